import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { File } from "../../src/highlevel/file.ts";
import { MemoryTarget } from "../../src/io/memory-source.ts";
import { getConfig } from "../../src/lowlevel/h5.ts";

const arrays = [
  () => Float64Array.of(1, 2, 3),
  () => Float64Array.of(4, 5, 6),
  () => Float32Array.of(1, 2, 3),
  () => BigInt64Array.of(1n, 2n, 3n),
  () => new Uint8Array(24).fill(7),
  () => Float64Array.of(8),
  () => new Float64Array(0),
  () => Buffer.from("bytes"),
  () => [1, 2, 3],
];
const step = fc.record({
  group: fc.constantFrom("", "", "g", "/"),
  name: fc.constantFrom("a", "b", "c", ".", "x/y", "e\u00e9", "name 1", "name 2", "name 3", "name 4", null),
  data: fc.oneof(fc.constant(0), fc.nat({ max: arrays.length - 1 })),
  closes: fc.boolean(),
  after: fc.constantFrom("nothing", "nothing", "nothing", "flush", "delete", "order"),
});

interface Step {
  readonly group: string;
  readonly name: string | null;
  readonly data: number;
  readonly closes: boolean;
  readonly after: string;
}

/** @param isPlain - Whether the options are the data alone; a shape that follows from it changes nothing but the way. */
function run(steps: readonly Step[], libver: "earliest" | "latest", isPlain: boolean) {
  const target = new MemoryTarget();
  const file = new File(target, "w", { libver });
  file.createGroup("g");
  const told: string[] = [];
  for (const { group, name, data: which, closes, after } of steps) {
    const data = (arrays[which] as () => Float64Array)();
    const parent = group === "g" ? file.getGroup("g") : file;
    const path = name !== null && group === "/" ? `/${name}` : name;
    try {
      if (after === "order") getConfig().trackOrder = true;
      const dataset = parent.createDataset(path, isPlain ? { data } : { data, shape: [data.length] });
      told.push(`${dataset.name} ${dataset.dtype} ${dataset.shape}`);
      if (closes) dataset.id.close();
    } catch (error) {
      told.push(String(error));
    } finally {
      getConfig().trackOrder = false;
    }
    if (after === "flush") file.flush();
    if (after === "delete" && path !== null && path !== "." && path !== "/." && parent.has(path)) parent.delete(path);
  }
  file.close();
  return { told, bytes: target.toBytes() };
}

// Groups of the latest format have times.
beforeAll(() => vi.useFakeTimers({ toFake: ["Date"] }));
afterAll(() => vi.useRealTimers());

describe("datasets of arrays that are like the one before", () => {
  test.each(["earliest", "latest"] as const)("are what they are when made one by one (%s)", (libver) => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 2, maxLength: 25 }), (steps) => {
        const repeated = run(steps, libver, true);
        const single = run(steps, libver, false);
        expect(repeated.told).toEqual(single.told);
        expect(Buffer.compare(repeated.bytes, single.bytes)).toBe(0);
      }),
      { numRuns: 60 },
    );
  });
});
