/** Datasets made one after the other: the next that is like the last is made from what was found out for it. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { DatasetObject } from "../../src/engine/dataset-object.ts";
import { File } from "../../src/index.ts";
import { MemoryTarget } from "../../src/io/index.ts";
import { getConfig } from "../../src/lowlevel/h5.ts";
import * as h5t from "../../src/lowlevel/h5t.ts";

type ArrayOfData = Float64Array | Float32Array | BigInt64Array | Int32Array | Uint8Array | number[];

const arrays = {
  doubles: (length: number, value: number) => new Float64Array(length).fill(value),
  floats: (length: number, value: number) => new Float32Array(length).fill(value),
  integers: (length: number, value: number) => new Int32Array(length).fill(value),
  wide: (length: number, value: number) => new BigInt64Array(length).fill(BigInt(value)),
  bytes: (length: number, value: number) => new Uint8Array(length).fill(value),
  buffer: (length: number, value: number) => Buffer.alloc(length, value),
  list: (length: number, value: number) => new Array<number>(length).fill(value),
} satisfies Record<string, (length: number, value: number) => ArrayOfData>;

const kinds = Object.keys(arrays) as (keyof typeof arrays)[];
const at = fc.nat({ max: 30 });
const make = fc.record({
  kind: fc.constant("make" as const),
  array: fc.oneof({ weight: 2, arbitrary: fc.constant("doubles" as const) }, fc.constantFrom(...kinds)),
  length: fc.constantFrom(3, 3, 3, 7, 0),
  times: fc.integer({ min: 1, max: 12 }),
  value: fc.nat({ max: 200 }),
  place: fc.constantFrom("", "", "group/", "/group/", "a b é ", "x/y "),
  closes: fc.boolean(),
  tracksOrder: fc.boolean(),
});
const step = fc.oneof(
  { weight: 8, arbitrary: make },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("name" as const), name: fc.constantFrom(".", "/.", "no/x", null) }),
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

/** A file in which steps are taken. */
class Session {
  readonly target = new MemoryTarget();
  /** What is known of each dataset, or why there is none. */
  readonly told: string[] = [];
  private readonly file: File;
  private readonly names: string[] = [];
  private readonly isTold: boolean;
  private count = 0;

  /** @param isTold - Whether shapes are told, so that no dataset is like the last. */
  constructor(libver: "earliest" | "latest", isTold: boolean) {
    this.isTold = isTold;
    this.file = new File(this.target, "w", { libver });
    this.file.createGroup("group");
  }

  run(steps: readonly Step[]): this {
    for (const each of steps) this.take(each);
    this.file.close();
    return this;
  }

  private take(each: Step): void {
    const { file } = this;
    if (each.kind === "flush") file.flush();
    else if (each.kind === "make") this.makeRow(each);
    else if (each.kind === "name") this.make(each.name, arrays.doubles(3, 1), false);
    else {
      const name = this.names[each.at % Math.max(this.names.length, 1)];
      if (name === undefined) return;
      if (each.kind === "taken") this.make(name, arrays.doubles(3, 1), false);
      else if (each.kind === "attribute") file.getDataset(name).attrs.set("a", each.value);
      else if (each.kind === "write") {
        if (file.getDataset(name).size !== 0) file.getDataset(name).write([0], each.value);
      } else {
        file.delete(name);
        this.names.splice(this.names.indexOf(name), 1);
      }
    }
  }

  private makeRow({ array, length, times, value, place, closes, tracksOrder }: Step & { kind: "make" }): void {
    try {
      getConfig().trackOrder = tracksOrder;
      for (let i = 0; i < times; i++) {
        const name = `${place}d${String(this.count++).padStart(3, "0")}`;
        if (this.make(name, arrays[array](length, value + i), closes)) this.names.push(name);
      }
    } finally {
      getConfig().trackOrder = false;
    }
  }

  private make(name: string | null, data: ArrayOfData, closes: boolean): boolean {
    try {
      const dataset = this.file.createDataset(name, this.isTold ? { data, shape: [data.length] } : { data });
      this.told.push(`${dataset.name} ${dataset.dtype} ${dataset.shape}`);
      if (closes) dataset.id.close();
      return true;
    } catch (error) {
      this.told.push(String(error));
      return false;
    }
  }
}

describe("datasets made in a row", () => {
  // Groups of later versions tell when they were changed.
  beforeAll(() => void vi.useFakeTimers({ toFake: ["Date"], now: 0 }));
  afterAll(() => void vi.useRealTimers());

  test.each(["earliest", "latest"] as const)("are, byte for byte, those made one by one (%s)", (libver) => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), (steps) => {
        const inARow = new Session(libver, false).run(steps);
        const single = new Session(libver, true).run(steps);
        expect(inARow.told).toEqual(single.told);
        expect(Buffer.compare(inARow.target.toBytes(), single.target.toBytes())).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  test("say that a name is taken", () => {
    const file = new File(new MemoryTarget(), "w");
    const data = arrays.doubles(3, 1);
    for (const name of ["a", "b"]) file.createDataset(name, { data });
    expect(() => file.createDataset("a", { data })).toThrow("name already exists");
  });

  test("are converted by what a program registers meanwhile, be it from a datatype to itself", () => {
    const file = new File(new MemoryTarget(), "w");
    const data = arrays.doubles(3, 4);
    for (const name of ["a", "b"]) file.createDataset(name, { data });
    h5t.register(h5t.PERS_HARD, "halves", h5t.IEEE_F64LE, h5t.IEEE_F64LE, (source, target, count) => {
      const values = new Float64Array(source.slice().buffer, 0, count);
      target.set(new Uint8Array(values.map((value) => value / 2).buffer));
    });
    try {
      file.createDataset("c", { data });
    } finally {
      h5t.unregister(h5t.PERS_DONTCARE, "halves");
    }
    const read = (name: string) => [...file.getDataset<"<f8">(name).read().data];
    expect(["a", "b", "c"].map(read)).toEqual([
      [4, 4, 4],
      [4, 4, 4],
      [2, 2, 2],
    ]);
    file.close();
  });

  test("know what they are without looking: opened anew they are the same", () => {
    const file = new File(new MemoryTarget(), "w");
    const made = ["a", "b", "c"].map((name) => file.createDataset(name, { data: new Int16Array([1, 2]) }));
    for (const dataset of made) {
      const { object } = dataset.id.location();
      const opened = new DatasetObject(object.file, object.header);
      expect(object.datatype).toEqual(opened.datatype);
      expect([object.isVirtual, object.ownsHeapObjects]).toEqual([opened.isVirtual, opened.ownsHeapObjects]);
      expect(object.address).toBe(object.header.address);
    }
    file.close();
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
