/** Boxes take a short way to their chunks (engine/dataset-io/box-reader.ts): it must give what the general way gives. */
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { addConversion, removeConversions } from "../../src/engine/conversion/custom-conversions.ts";
import { BoxReader } from "../../src/engine/dataset-io/box-reader.ts";
import { slice } from "../../src/engine/selection/index-arguments.ts";
import type { Dataset } from "../../src/highlevel/dataset.ts";
import { File } from "../../src/highlevel/file.ts";
import { openAsync } from "../../src/highlevel/open-async.ts";
import type { SelectionArguments } from "../../src/highlevel/selections.ts";
import { LateSource } from "../../src/io/late-source.ts";
import { MemoryTarget } from "../../src/io/memory-source.ts";

/** Read options, were they empty, keep a read on the general way. */
const GENERAL = {};

function outcomeOf(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    return String(error);
  }
}

const rank = fc.constantFrom(1, 2, 2, 3, 3, 4);
const dtype = fc.constantFrom("<i4", "|u1", "|i1", "<u2", "<i8", "<u8", "<f4", "<f8", ">i4", "<f2", "|b1", ">f8");
const filters = fc.constantFrom(
  {},
  {},
  { compression: "gzip" as const, shuffle: true },
  { fletcher32: true },
  { scaleoffset: 0 as const },
);
const fill = fc.constantFrom({}, { fillvalue: 7 }, { fillTime: "never" as const }, { fillTime: "alloc" as const });
/** The cache may hold nothing, a few chunks, or all. */
const cache = fc.constantFrom({}, { rdccNbytes: 0 }, { rdccNbytes: 200 }, { rdccNslots: 1 });
const bound = fc.oneof(
  { weight: 8, arbitrary: fc.nat({ max: 11 }) },
  fc.constantFrom(null, -1, -3, 2.5, 3n, 40, undefined, Number.NaN),
);
const index = fc.oneof(
  { weight: 12, arbitrary: fc.nat({ max: 8 }) },
  { weight: 24, arbitrary: fc.tuple(fc.nat({ max: 7 }), fc.nat({ max: 5 })).map(([a, n]) => slice(a, a + n)) },
  { weight: 2, arbitrary: fc.tuple(bound, bound).map(([a, b]) => slice(a, b)) },
  fc.tuple(fc.nat({ max: 9 }), fc.nat({ max: 12 }), bound).map(([a, b, step]) => slice(a, b, step)),
  fc.constantFrom<unknown>(-1, 1.5, 30, null, "...", true, [1, 3], "1:3"),
);
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("read" as const), args: fc.array(index, { maxLength: 4 }) }) },
  fc.record({ kind: fc.constant("write" as const), at: fc.array(fc.nat({ max: 9 }), { minLength: 3, maxLength: 3 }) }),
  fc.record({
    kind: fc.constant("resize" as const),
    to: fc.array(fc.nat({ max: 12 }), { minLength: 3, maxLength: 3 }),
  }),
  fc.record({ kind: fc.constant("flush" as const) }),
  fc.record({ kind: fc.constant("refresh" as const) }),
);
const session = rank.chain((dims) => {
  const ofAll = <T>(of: fc.Arbitrary<T>) => fc.array(of, { minLength: dims, maxLength: dims });
  const sizes = (max: number) => ofAll(fc.integer({ min: 1, max }));
  const read = fc.record({ kind: fc.constant("read" as const), args: ofAll(index) });
  const inChunk = fc.record({ chunk: fc.nat({ max: 3 }), from: fc.nat(), size: fc.nat({ max: 6 }) });
  const box = fc.record({ kind: fc.constant("box" as const), of: ofAll(inChunk) });
  return fc.record({
    shape: sizes(10),
    chunks: sizes(6),
    grows: fc.integer({ min: 0, max: dims }),
    libver: fc.constantFrom("earliest" as const, "latest" as const),
    dtype,
    filters,
    fill,
    cache,
    steps: fc.array(fc.oneof({ weight: 4, arbitrary: box }, { weight: 2, arbitrary: read }, step), {
      minLength: 4,
      maxLength: 14,
    }),
  });
});
type Session = typeof session extends fc.Arbitrary<infer T> ? T : never;

/** Elements of one chunk along each dimension, or a single one where no size is given. */
function boxArguments(of: readonly { chunk: number; from: number; size: number }[], chunks: readonly number[]) {
  return of.map(({ chunk, from, size }, d) => {
    const edge = chunks[d] as number;
    const start = chunk * edge + (from % edge);
    return size === 0 ? start : slice(start, Math.min(start + size, (chunk + 1) * edge));
  });
}

/** Everything that the steps of a session tell, with reads done by `read`. */
function told(plan: Session, read: (dataset: Dataset, args?: SelectionArguments) => unknown): unknown[] {
  const { shape, grows, libver, steps } = plan;
  // No chunk may be larger than a dataset that cannot grow.
  const chunks = plan.chunks.map((size, d) => (d < grows ? size : Math.min(size, shape[d] as number)));
  const target = new MemoryTarget();
  const maxshape = shape.map((size, d) => (d < grows ? null : size));
  const options = { shape, chunks, maxshape, dtype: plan.dtype, ...plan.filters, ...plan.fill };
  const made = new File(target, "w", { libver });
  const valid = outcomeOf(() => made.createDataset("d", options).write([0], shape.length === 1 ? 3 : 1));
  made.close();
  const kept = new MemoryTarget(target.toBytes());
  if (typeof valid === "string") return [valid];
  const f = new File(kept, "r+");
  const dataset = f.getDataset("d", plan.cache);
  const outcomes: unknown[] = [];
  for (const each of steps) {
    outcomes.push(
      outcomeOf(() => {
        if (each.kind === "box") return read(dataset, boxArguments(each.of, chunks));
        if (each.kind === "read") return read(dataset, each.args as SelectionArguments);
        if (each.kind === "write") return dataset.write(each.at.slice(0, shape.length), each.at[0]);
        if (each.kind === "resize")
          return dataset.resize(shape.map((size, d) => (d < grows ? (each.to[d] ?? 1) : size)));
        return each.kind === "flush" ? dataset.flush() : dataset.refresh();
      }),
      dataset.chunkCacheStatistics,
    );
  }
  outcomes.push(
    outcomeOf(() => read(dataset, undefined)),
    dataset.chunkCacheStatistics,
  );
  f.close();
  return outcomes;
}

describe("boxes", () => {
  test("are what the general way reads, whatever is selected, written, resized and kept in between", () => {
    const short = vi.spyOn(BoxReader.prototype, "read");
    fc.assert(
      fc.property(session, (plan) => {
        const general = told(plan, (dataset, args) => dataset.read(args, GENERAL));
        expect(told(plan, (dataset, args) => dataset.read(args))).toEqual(general);
      }),
      { numRuns: 150 },
    );
    const found = short.mock.results.filter(({ value }) => value !== undefined);
    // Else the test would compare the general way with itself.
    expect(found.length).toBeGreaterThan(100);
    short.mockRestore();
  });

  const values = Int32Array.from({ length: 60 }, (_, i) => i);
  const ofBytes = (write: (f: File) => void, libver: "earliest" | "latest" = "latest"): Uint8Array => {
    const target = new MemoryTarget();
    const f = new File(target, "w", { libver });
    write(f);
    f.close();
    return target.toBytes();
  };
  const plain = ofBytes((f) => f.createDataset("d", { data: { data: values, shape: [6, 10] }, chunks: [2, 5] }));
  const corner = [slice(2, 4), slice(5, 9)];
  const cornerData = Int32Array.of(25, 26, 27, 28, 35, 36, 37, 38);

  test("of which only later chunks have several groups of runs look at no chunk twice", () => {
    const cube = ofBytes((f) => f.createDataset("d", { data: { data: values, shape: [3, 10, 2] }, chunks: [2, 4, 2] }));
    using f = new File(cube);
    const d = f.getDataset("d");
    // The first chunk has one row of it, the second two.
    const across = [slice(0, 2), slice(3, 6), 0];
    for (let i = 0; i < 3; i++) expect(d.read([0, 0, 0])).toBe(0);
    const before = d.chunkCacheStatistics?.hits;
    expect(before).toBe(2);
    expect(d.read(across).data).toEqual(Int32Array.of(6, 8, 10, 26, 28, 30));
    expect(d.chunkCacheStatistics?.hits).toBe(3);
  });

  test("are the caller's own", () => {
    using f = new File(plain);
    const d = f.getDataset("d");
    const whole = [slice(2, 4), slice(5, 10)];
    d.read<{ data: Int32Array }>(whole).data.fill(0);
    expect(d.read(corner).data).toEqual(cornerData);
  });

  test("of three dimensions", () => {
    const cube = ofBytes((f) => f.createDataset("d", { data: { data: values, shape: [5, 4, 3] }, chunks: [5, 4, 3] }));
    using f = new File(cube);
    const d = f.getDataset("d");
    const cut = [slice(1, 3), slice(1, 3), slice(1, 3)];
    const short = vi.spyOn(BoxReader.prototype, "read");
    expect(d.read(cut).data).toEqual(Int32Array.of(16, 17, 19, 20, 28, 29, 31, 32));
    expect(short.mock.results.map(({ type, value }) => [type, value === undefined])).toEqual([["return", false]]);
    short.mockRestore();
    expect(d.read([slice(1, 3), 2, slice(1, 3)])).toEqual({
      data: Int32Array.of(19, 20, 31, 32),
      shape: [2, 2],
      stride: [2, 1],
    });
    expect(d.read([slice(1, 3), slice(3, 4), slice(0, 3)]).data).toEqual(Int32Array.of(21, 22, 23, 33, 34, 35));
  });

  test("of four dimensions", () => {
    const shape = [2, 3, 5, 2];
    using f = new File(ofBytes((f) => f.createDataset("d", { data: { data: values, shape }, chunks: shape })));
    const short = vi.spyOn(BoxReader.prototype, "read");
    const { data } = f.getDataset("d").read([slice(0, 2), slice(0, 2), slice(1, 3), slice(0, 1)]);
    expect(data).toEqual(Int32Array.of(2, 4, 12, 14, 32, 34, 42, 44));
    expect(short.mock.results.map(({ value }) => value === undefined)).toEqual([false]);
    short.mockRestore();
  });

  test("of contiguous data are what the general way reads", () => {
    const short = vi.spyOn(BoxReader.prototype, "read");
    const contiguous = fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 4 }).chain((shape) =>
      fc.record({
        shape: fc.constant(shape),
        dtype,
        args: fc.array(fc.array(index, { maxLength: shape.length }), { minLength: 4 }),
        isWritable: fc.constantFrom(false, false, true),
      }),
    );
    fc.assert(
      fc.property(contiguous, ({ shape, dtype, args, isWritable }) => {
        const numbers = Float64Array.from({ length: shape.reduce((all, size) => all * size, 1) }, (_, i) => i % 2);
        const bytes = ofBytes((f) => f.createDataset("d", { shape, dtype }).write(null, { data: numbers, shape }));
        using f = new File(bytes, isWritable ? "r+" : "r");
        const d = f.getDataset("d");
        for (const each of [undefined, ...args] as (SelectionArguments | undefined)[]) {
          const general = outcomeOf(() => d.read(each, GENERAL));
          expect(outcomeOf(() => d.read(each))).toEqual(general);
        }
      }),
      { numRuns: 100 },
    );
    expect(short.mock.results.filter(({ value }) => value !== undefined).length).toBeGreaterThan(100);
    short.mockRestore();
  });

  test.each([
    { columns: 2000, lengths: [16_008] },
    { columns: 4000, lengths: [8, 8, 8] },
  ])("of contiguous data with rows of $columns are read in $lengths bytes", ({ columns, lengths }) => {
    const rows = Int32Array.from({ length: 6 * columns }, (_, i) => i);
    const source = new MemoryTarget(
      ofBytes((f) => f.createDataset("d", { data: { data: rows, shape: [6, columns] } })),
    );
    using f = new File(source);
    const d = f.getDataset("d");
    d.read([slice(1, 3), slice(1500, 1502)]);
    const reads = vi.spyOn(source, "readInto");
    const first = d.read([slice(0, 3), slice(1000, 1002)]);
    expect(reads.mock.calls.map(([, destination]) => destination.length)).toEqual(lengths);
    reads.mockRestore();
    d.read([slice(1, 3), slice(1500, 1502)]);
    const corners = [0, columns, 2 * columns].flatMap((row) => [row + 1000, row + 1001]);
    expect(first.data).toEqual(Int32Array.from(corners));
  });

  test("over several chunks, and of whole datasets, take the short way too", () => {
    const short = vi.spyOn(BoxReader.prototype, "read");
    using f = new File(
      ofBytes((f) => {
        f.createDataset("chunked", { data: { data: values, shape: [6, 10] }, chunks: [4, 3] });
        f.createDataset("cube", { data: { data: values, shape: [3, 4, 5] }, chunks: [2, 2, 5] });
        f.createDataset("contiguous", { data: { data: values, shape: [6, 10] } });
      }),
    );
    const chunked = f.getDataset("chunked");
    expect(chunked.read()).toEqual({ data: values, shape: [6, 10], stride: [10, 1] });
    expect(chunked.read([slice(3, 5), slice(2, 7)]).data).toEqual(
      Int32Array.of(32, 33, 34, 35, 36, 42, 43, 44, 45, 46),
    );
    expect(f.getDataset("contiguous").read().data).toEqual(values);
    expect(f.getDataset("contiguous").read([5]).data).toEqual(values.slice(50));
    // A row of the cube's planes is in several runs of two chunks.
    expect(f.getDataset("cube").read([slice(1, 3), 3, slice(1, 3)]).data).toEqual(Int32Array.of(36, 37, 56, 57));
    const taken = short.mock.results.map(({ value }) => value !== undefined);
    expect(taken).toEqual([true, true, true, true, true]);
    expect(f.getDataset("cube").read().data).toEqual(values);
    short.mockRestore();
  });

  test("of a chunk whose filters were skipped", () => {
    const bytes = ofBytes((f) => {
      const d = f.createDataset("d", { shape: [4], chunks: [2], dtype: "<i4", compression: "gzip", shuffle: true });
      // Neither filter, and the second alone.
      d.id.writeDirectChunk([0], new Uint8Array(Int32Array.of(5, 6).buffer), 3);
      d.write([slice(2, 4)], [7, 8]);
    });
    using f = new File(bytes);
    const d = f.getDataset("d");
    expect(d.read([slice(0, 2)]).data).toEqual(Int32Array.of(5, 6));
    expect([d.read([1]), d.read([3]), d.read([slice(2, 3)]).data]).toEqual([6, 8, Int32Array.of(7)]);
  });

  test("come late where the file's bytes do", async () => {
    const late = await openAsync(new LateSource(plain), { pageSize: 64 });
    const d = await late.getDataset("d");
    expect((await d.read(corner)).data).toEqual(cornerData);
    expect(await d.read([5, 9])).toBe(59);
    await late.close();
  });

  test("go through a program's own conversions", () => {
    using f = new File(plain);
    const d = f.getDataset("d");
    expect(d.read([0, 1])).toBe(1);
    const negative = {
      find: () => ({
        noop: false,
        convert(from: Uint8Array, fromOffset: number, to: Uint8Array, toOffset: number, count: number) {
          const source = new DataView(from.buffer, from.byteOffset + fromOffset);
          const target = new DataView(to.buffer, to.byteOffset + toOffset);
          for (let i = 0; i < count; i++) target.setInt32(4 * i, -source.getInt32(4 * i, true), true);
        },
      }),
    };
    addConversion(negative);
    try {
      expect([d.read([0, 1]), d.read(corner).data]).toEqual([-1, cornerData.map((value) => -value)]);
    } finally {
      removeConversions((each) => each === negative);
    }
    expect(d.read([0, 1])).toBe(1);
  });

  test("follow what another process appends", () => {
    const target = new MemoryTarget();
    const writer = new File(target, "w", { libver: "latest" });
    const log = writer.createDataset("d", { shape: [0, 3], maxshape: [null, 3], chunks: [2, 3], dtype: "<i4" });
    writer.swmrMode = true;
    const source = {
      name: "",
      byteLength: () => target.byteLength(),
      readInto: (offset: number, destination: Uint8Array) => target.readInto(offset, destination),
      close() {},
    };
    const reader = new File(source, "r", { swmr: true });
    const seen = reader.getDataset("d");
    for (let row = 0; row < 9; row++) {
      log.resize([row + 1, 3]);
      log.write([row], [row, 10 * row, 100 * row]);
      log.flush();
      expect(String(outcomeOf(() => seen.read([row, 1])))).toMatch(/IndexError/);
      seen.refresh();
      expect([seen.read([row, 1]), seen.read([row, slice(1, 3)]).data]).toEqual([
        10 * row,
        Int32Array.of(10 * row, 100 * row),
      ]);
    }
    reader.close();
    writer.close();
  });

  test.each<[string, unknown[]]>([
    ["beyond the end", [9, 0]],
    ["of too many dimensions", [0, 1, 2]],
    ["with a step of none", [slice(0, 1, 0), 0]],
    ["of a word", ["x"]],
    ["between two elements", [slice(0, 1.5), 1]],
    ["up to between two elements behind the end", [slice(0, 99.5), 1]],
    ["in no order", [[3, 1], 0]],
  ])("%s are refused in the words for it", (_, args) => {
    using f = new File(plain);
    const d = f.getDataset("d");
    const general = outcomeOf(() => d.read(args as SelectionArguments, GENERAL));
    expect(general).toMatch(/Error/);
    expect(outcomeOf(() => d.read(args as SelectionArguments))).toBe(general);
  });

  test("of a damaged chunk are refused in the words for it", () => {
    const bytes = ofBytes((f) => f.createDataset("d", { data: values, chunks: [20], fletcher32: true }));
    const at = bytes.findIndex((_, i) => new DataView(bytes.buffer, bytes.byteOffset + i).getUint32(0, true) === 33);
    bytes[at] = 34;
    using f = new File(bytes);
    const d = f.getDataset("d");
    expect(outcomeOf(() => d.read([slice(30, 34)]))).toMatch(/OSError: Can't read data .*Fletcher32/);
    expect(outcomeOf(() => d.read([slice(20, 40)]))).toBe(outcomeOf(() => d.read([slice(20, 40)], GENERAL)));
    expect(d.read([slice(40, 42)]).data).toEqual(Int32Array.of(40, 41));
  });

  test("of a closed dataset or file are refused", () => {
    const f = new File(plain);
    const d = f.getDataset("d");
    expect(d.read([0, 1])).toBe(1);
    f.close();
    expect(() => d.read([0, 1])).toThrow(expect.objectContaining({ name: "ValueError" }));
  });
});
