import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type DatasetOptions, File, type IndexArguments, MultiBlockSlice, points, slice } from "../../../src/index.ts";
import { h5d, h5p } from "../../../src/lowlevel/index.ts";
import { earlyAllocation, openInPlace } from "../../../src/parallel/index.ts";
import { pathsInFolder } from "./folder.ts";

const at = pathsInFolder();

function make(path: string, options: DatasetOptions, libver?: "latest"): void {
  using file = new File(path, "w", libver === undefined ? {} : { libver });
  file.createDataset("x", { shape: [12, 10], dtype: "<i4", dcpl: earlyAllocation(), ...options }).attrs.set("a", 1);
}

/** Which bytes of a file differ from before. */
function changed(before: Uint8Array, after: Uint8Array): number[] {
  expect(after.length).toBe(before.length);
  return [...after.keys()].filter((i) => after[i] !== before[i]);
}

const LAYOUTS: readonly [string, DatasetOptions][] = [
  ["contiguous", {}],
  ["contiguous, with a fill value", { fillvalue: 7 }],
  ["chunked", { chunks: [5, 4] }],
  ["chunked and never filled", { chunks: [5, 4], fillTime: "never" }],
  ["chunked, to grow", { chunks: [5, 4], maxshape: [null, null] }],
  ["one chunk", { chunks: [12, 10] }],
];

const SELECTIONS: readonly [string, IndexArguments][] = [
  ["rows", [slice(2, 5)]],
  ["columns", [null, slice(3, 7)]],
  ["every other column", [null, slice(0, 10, 2)]],
  ["blocks", [new MultiBlockSlice({ start: 1, stride: 4, count: 2, block: 2 }), slice(1, 4)]],
  [
    "points",
    points([
      [3, 3],
      [0, 9],
      [11, 0],
    ]),
  ],
  ["a list of columns", [slice(0, 12), [1, 2, 7]]],
];

describe("elements written in place", () => {
  describe.each([undefined, "latest"] as const)("libver %s", (libver) => {
    test.each(LAYOUTS)(
      "%s: are what they are when written as ever, and no other byte of the file changes",
      (_, options) => {
        for (const [name, selection] of SELECTIONS) {
          const path = at("place.h5");
          make(path, options, libver);
          const before = readFileSync(path);
          const bytes: number[] = [];
          {
            using file = new File(openInPlace(path));
            const dataset = file.getDataset("x");
            const wanted = dataset.read<{ data: Int32Array; shape: number[] }>(selection);
            const data = Int32Array.from(wanted.data, (_value, i) => 0x01010101 * (i + 1));
            dataset.write(selection, { data, shape: wanted.shape });
            expect(dataset.read<{ data: Int32Array }>(selection).data, name).toEqual(data);
            bytes.push(4 * data.length);
          }
          expect(changed(before, readFileSync(path)).length, name).toBeLessThanOrEqual(bytes[0] ?? 0);
          const twin = at("twin.h5");
          make(twin, options, libver);
          {
            using file = new File(twin, "r+");
            const dataset = file.getDataset("x");
            const wanted = dataset.read<{ data: Int32Array; shape: number[] }>(selection);
            const data = Int32Array.from(wanted.data, (_value, i) => 0x01010101 * (i + 1));
            dataset.write(selection, { data, shape: wanted.shape });
          }
          using file = new File(path);
          using other = new File(twin);
          expect(file.getDataset("x").read(), name).toEqual(other.getDataset("x").read());
          expect(file.getDataset("x").attrs.get("a")).toBe(other.getDataset("x").attrs.get("a"));
        }
      },
    );
  });

  test("touch nothing between the runs of a selection, where another rank writes at the same time", () => {
    const path = at("gaps.h5");
    make(path, {});
    const writes: [number, number][] = [];
    const source = openInPlace(path);
    const write = source.writeInPlace.bind(source);
    source.writeInPlace = (offset, bytes) => {
      writes.push([offset, bytes.length]);
      write(offset, bytes);
    };
    using file = new File(source);
    file.getDataset("x").write([null, slice(3, 7)], 5);
    expect(writes.length).toBe(12);
    expect(writes.every(([, byteLength]) => byteLength === 16)).toBe(true);
  });

  test("convert, broadcast, and write members of compounds, leaving the others", () => {
    const path = at("compound.h5");
    {
      using file = new File(path, "w");
      file.createDataset("c", { shape: [4], dtype: "[('a', '<i2'), ('b', '<f8')]", dcpl: earlyAllocation() });
    }
    {
      using file = new File(openInPlace(path));
      const dataset = file.getDataset("c");
      dataset.write(null, { a: 1, b: 2.5 });
      dataset.write([slice(1, 3), "b"], 9);
    }
    using file = new File(path);
    expect(file.getDataset("c").read<{ data: Float64Array }>("b").data).toEqual(Float64Array.of(2.5, 9, 9, 2.5));
    expect(file.getDataset("c").read<{ data: Int16Array }>("a").data).toEqual(Int16Array.of(1, 1, 1, 1));
  });

  test("behind a user block lie where they are", () => {
    const path = at("block.h5");
    {
      using file = new File(path, "w", { userblockSize: 1024 });
      file.createDataset("x", { shape: [4], dtype: "<i4", dcpl: earlyAllocation() });
    }
    {
      using file = new File(openInPlace(path));
      file.getDataset("x").write(null, [1, 2, 3, 4]);
    }
    using file = new File(path);
    expect(file.getDataset("x").read<{ data: Int32Array }>().data).toEqual(Int32Array.of(1, 2, 3, 4));
  });
});

describe("what would change metadata is refused before anything is written", () => {
  const refusals: readonly [string, (file: File) => void, string][] = [
    [
      "filters",
      (file) => file.createDataset("x", { shape: [8], chunks: [4], compression: "gzip", dcpl: earlyAllocation() }),
      "filters change",
    ],
    ["late allocation", (file) => file.createDataset("x", { shape: [8], dtype: "<f4" }), "early allocation"],
    [
      "a chunk that does not exist",
      (file) => file.createDataset("x", { shape: [8], dtype: "<f4", chunks: [4] }).write([slice(0, 4)], 1),
      "the chunk at (4) does not exist",
    ],
    [
      "variable length",
      (file) => file.createDataset("x", { shape: [8], dtype: "str", dcpl: earlyAllocation() } as DatasetOptions),
      "global heap",
    ],
    [
      "compact storage",
      (file) => {
        const dcpl = h5p.create(h5p.DATASET_CREATE);
        dcpl.setLayout(h5d.COMPACT);
        file.createDataset("x", { shape: [8], dtype: "<f4", dcpl });
      },
      "object header",
    ],
  ];

  test.each(refusals)("%s", (name, build, message) => {
    const path = at("refused.h5");
    {
      using file = new File(path, "w");
      build(file);
    }
    const before = readFileSync(path);
    {
      using file = new File(openInPlace(path));
      const value = name === "variable length" ? "text" : 1;
      expect(() => file.getDataset("x").write(null, value)).toThrow(message);
    }
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test("attributes, objects, growing, renaming, and chunks as they are", () => {
    const path = at("metadata.h5");
    make(path, { chunks: [5, 4], maxshape: [null, null] });
    const before = readFileSync(path);
    {
      using file = new File(openInPlace(path));
      const dataset = file.getDataset("x");
      const nothingElse = "elements in place";
      expect(() => dataset.resize([20, 10])).toThrow(nothingElse);
      expect(() => file.createGroup("g")).toThrow(nothingElse);
      expect(() => file.createDataset("y", { data: [1] })).toThrow(nothingElse);
      expect(() => file.delete("x")).toThrow(nothingElse);
      expect(() => dataset.id.writeDirectChunk([0, 0], new Uint8Array(80))).toThrow(nothingElse);
      expect(() => dataset.attrs.set("a", 2)).toThrow();
      file.flush();
    }
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test("selections over the edge", () => {
    const path = at("edge.h5");
    make(path, {});
    using file = new File(openInPlace(path));
    expect(() => file.getDataset("x").write([slice(0, 3), 10], 1)).toThrow("out of range");
    expect(() => openInPlace(path).writeInPlace(10_000_000, new Uint8Array(1))).toThrow("unable to write in place");
  });
});

test("several writers of interleaved shares lose nothing", () => {
  const path = at("shares.h5");
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.constantFrom<DatasetOptions>({}, { chunks: [5, 4] }),
      fc.array(fc.nat(119), { minLength: 1, maxLength: 60 }),
      (size, layout, order) => {
        make(path, layout);
        const files = Array.from({ length: size }, () => new File(openInPlace(path)));
        const expected = new Int32Array(120);
        order.forEach((element, i) => {
          const rank = element % size;
          files[rank]?.getDataset("x").write([Math.floor(element / 10), element % 10], i + 1);
          expected[element] = i + 1;
        });
        for (const file of files) {
          expect(file.getDataset("x").read<{ data: Int32Array }>().data).toEqual(expected);
          file.close();
        }
      },
    ),
    { numRuns: 40 },
  );
});
