/** Datasets made one after the other: the next that is like the last is made from what was found out for it. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { File } from "../../src/index.ts";
import { MemoryTarget } from "../../src/io/index.ts";

const arrays = {
  doubles: (length: number, value: number) => new Float64Array(length).fill(value),
  integers: (length: number, value: number) => new Int32Array(length).fill(value),
  bytes: (length: number, value: number) => new Uint8Array(length).fill(value),
};

const at = fc.nat({ max: 30 });
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("make" as const),
      array: fc.constantFrom("doubles", "doubles", "doubles", "integers", "bytes") as fc.Arbitrary<keyof typeof arrays>,
      length: fc.constantFrom(3, 3, 3, 7, 0),
      times: fc.integer({ min: 1, max: 12 }),
      value: fc.nat({ max: 200 }),
      place: fc.constantFrom("", "", "group/", "a b é "),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("delete" as const), at }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("taken" as const), at }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("attribute" as const), at, value: fc.string({ maxLength: 9 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("write" as const), at, value: fc.nat({ max: 200 }) }) },
  { weight: 1, arbitrary: fc.constant({ kind: "flush" as const }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** What the steps leave in a file. @param isTold - Whether shapes are told, so that no dataset is like the last. */
function run(steps: readonly Step[], libver: "earliest" | "v110", isTold: boolean): Uint8Array {
  const target = new MemoryTarget();
  const file = new File(target, "w", { libver });
  file.createGroup("group");
  const names: string[] = [];
  let count = 0;
  const options = (data: Float64Array | Int32Array | Uint8Array) =>
    isTold ? { data, shape: [data.length] } : { data };
  const pick = (index: number) => names[index % Math.max(names.length, 1)];
  for (const each of steps) {
    if (each.kind === "flush") {
      file.flush();
    } else if (each.kind === "make") {
      for (let i = 0; i < each.times; i++) {
        const name = `${each.place}d${String(count++).padStart(3, "0")}`;
        file.createDataset(name, options(arrays[each.array](each.length, each.value + i)));
        names.push(name);
      }
    } else {
      const name = pick(each.at);
      if (name === undefined) continue;
      if (each.kind === "taken") {
        expect(() => file.createDataset(name, options(arrays.doubles(3, 1)))).toThrow("name already exists");
      } else if (each.kind === "delete") {
        file.delete(name);
        names.splice(names.indexOf(name), 1);
      } else if (each.kind === "attribute") {
        file.getDataset(name).attrs.set("a", each.value);
      } else if (file.getDataset(name).size !== 0) {
        file.getDataset(name).write([0], each.value);
      }
    }
  }
  file.close();
  return target.toBytes();
}

describe("datasets made in a row", () => {
  // Groups of later versions tell when they were changed.
  beforeAll(() => void vi.useFakeTimers({ toFake: ["Date"], now: 0 }));
  afterAll(() => void vi.useRealTimers());

  test.each(["earliest", "v110"] as const)("are, byte for byte, those made one by one (%s)", (libver) => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), (steps) => {
        expect(Buffer.compare(run(steps, libver, false), run(steps, libver, true))).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  test("follow the file's bounds when those change", () => {
    const version = (file: File, name: string) => file.getDataset(name).id.location().object.header.version;
    const file = new File(new MemoryTarget(), "w");
    const data = arrays.doubles(4, 1);
    for (const name of ["a", "b"]) file.createDataset(name, { data });
    file.id.setLibverBounds(3, 5);
    file.createDataset("c", { data });
    expect([version(file, "a"), version(file, "b"), version(file, "c")]).toEqual([1, 1, 2]);
    file.close();
  });
});
