import fc from "fast-check";
import * as whole from "h5ts";
import { describe, expect, test } from "vitest";
import { boxOf, eachRow, pitches } from "../../src/core/box.ts";
import { File } from "../../src/core/index.ts";

const extents = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 0, maxLength: 4 });
const bound = fc.option(fc.integer({ min: -9, max: 9 }));
const range = fc.tuple(bound, bound, fc.integer({ min: 1, max: 4 }));

/** A dataset of those dimensions, in a layout, and one argument for each of some dimensions. */
const reads = extents.chain((dims) =>
  fc.record({
    dims: fc.constant(dims),
    args: fc
      .tuple(...dims.map((length) => fc.oneof(fc.integer({ min: -length, max: length - 1 }), range, fc.constant(null))))
      .chain((all) => fc.nat({ max: all.length }).map((count) => all.slice(0, count))),
    layout: fc.constantFrom("contiguous", "chunked", "gzip"),
    chunks: fc.tuple(...dims.map((length) => fc.integer({ min: 1, max: length }))),
  }),
);

type Argument = number | readonly [number | null, number | null, number] | null;
const isRange = (arg: Argument): arg is Exclude<Argument, number | null> => typeof arg === "object" && arg !== null;
const given = (args: readonly Argument[]) => args.map((arg) => (isRange(arg) ? whole.slice(...arg) : arg));

describe("boxes", () => {
  test("are what the whole facade selects with the same arguments, in every layout", () => {
    fc.assert(
      fc.property(reads, ({ dims, args, layout, chunks }) => {
        const file = new whole.File("box.h5", "w", { driver: "core", backingStore: false });
        const data = Int16Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => i);
        const isChunked = dims.length > 0 && (layout === "chunked" || layout === "gzip");
        const options = isChunked ? { chunks, ...(layout === "gzip" ? { compression: "gzip" as const } : {}) } : {};
        file.createDataset("d", { shape: dims, data, ...options });
        const expected = file.getDataset("d").read(given(args));
        const found = new File(file.toBytes()).get("d").read<unknown>(given(args));
        expect(found).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  test("of elements far apart are read in pieces", () => {
    const file = new whole.File("box.h5", "w", { driver: "core", backingStore: false });
    const data = Int16Array.from({ length: 600_000 }, (_, i) => i);
    file.set("d", data);
    const found = new File(file.toBytes()).get("d");
    for (const step of [3, 1000, 200_000]) {
      const expected = data.filter((_, i) => i % step === 0);
      expect(found.read([whole.slice(0, null, step)]).data).toEqual(expected);
    }
  });

  test("of whole rows are read in one piece", () => {
    const rows: number[][] = [];
    const within = { start: 2 * 6 * 5 * 8, pitch: pitches([4, 6, 5], 8) };
    eachRow([2, 6, 5], within, { start: 0, pitch: pitches([2, 6, 5], 8) }, (...row) => rows.push(row));
    expect(rows).toEqual([[480, 0, 60, 8, 8]]);
  });

  test("end with the extent, and refuse what is outside", () => {
    expect(boxOf([5], [whole.slice(-100, 100)])).toEqual({ start: [0], step: [1], count: [5], shape: [5] });
    expect(boxOf([5, 4], [-1])).toEqual({ start: [4, 0], step: [1, 1], count: [1, 4], shape: [4] });
    expect(() => boxOf([5], [5])).toThrow("Index (5) out of range for (0-4)");
    expect(() => boxOf([5], [1.5])).toThrow("Index (1.5) out of range");
    expect(() => boxOf([5], [0, 0])).toThrow("2 indexing arguments for 1 dimensions");
    expect(() => boxOf([5], [whole.slice(0, 5, -1)])).toThrow("Step must be >= 1 (got -1)");
    expect(() => boxOf([5], [whole.slice(0, 2.5)])).toThrow("2.5 is no bound of a slice");
    for (const other of [3n, "1:3", [1]])
      expect(() => boxOf([5], [other as never])).toThrow("is no index, slice or null");
    expect(() => boxOf([5], "1:3" as never)).toThrow("a list of indices and slices expected, not 1:3");
  });
});
