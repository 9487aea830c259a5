/** Raw data that lies behind space that was freed: small pieces move as the file is closed, unless somebody can know where they are. */
import { describe, expect, test } from "vitest";
import { type Dataset, type DatasetOptions, File, type Group, h5d, h5p, h5s, h5t } from "../../src/index.ts";
import { MemoryTarget } from "../../src/io/memory-source.ts";
import { end, GONE_BYTES, type Made, sizeOf } from "../support/closed-with-gap.ts";

function begin(libver: "earliest" | "latest", fsPersist = false): Made {
  const target = new MemoryTarget();
  const file = new File(target, "w", { libver, ...(fsPersist && { fsStrategy: "fsm", fsPersist }) });
  file.createDataset("gone", { data: new Uint8Array(GONE_BYTES) });
  return { target, file };
}

const values = Float64Array.from({ length: 60 }, (_, i) => i * 1.5);

const layouts: [string, "earliest" | "latest", DatasetOptions][] = [
  ["contiguous", "earliest", {}],
  ["contiguous", "latest", {}],
  ["chunked, with a version 1 B-tree", "earliest", { chunks: [7] }],
  ["filtered, with a version 1 B-tree", "earliest", { chunks: [7], compression: "gzip" }],
  ["of a single chunk", "latest", { chunks: [60] }],
  ["of a filtered single chunk", "latest", { chunks: [60], compression: "gzip" }],
];
/** Their indexes have blocks that say where the first one is, and stay. */
const withStayingIndexes: typeof layouts = [
  ["chunked, with a fixed array", "latest", { chunks: [7] }],
  ["filtered, with a fixed array", "latest", { chunks: [7], compression: "gzip" }],
  ["chunked, with an extensible array", "latest", { chunks: [7], maxshape: [null] }],
  ["filtered, with an extensible array", "latest", { chunks: [7], maxshape: [null], shuffle: true }],
];

describe.each(layouts)("data that is %s in the %s format", (_, libver, options) => {
  test.each([false, true])("moves; with free space kept: %s", (fsPersist) => {
    const made = begin(libver, fsPersist);
    made.file.createDataset("last", { data: values, ...options });
    end(made);
    expect(sizeOf(made)).toBeLessThan(GONE_BYTES / 2);
  });
});

describe.each([...layouts, ...withStayingIndexes])("data that is %s in the %s format", (_, libver, options) => {
  test.each([false, true])("can be read, wherever it moved; with free space kept: %s", (fsPersist) => {
    const made = begin(libver, fsPersist);
    made.file.createDataset("last", { data: values, ...options });
    expect((end(made).get("last") as Dataset).read()).toMatchObject({ data: values });
  });

  test("can be written and read by who opens the file again", () => {
    const made = begin(libver);
    made.file.createDataset("last", { data: values, ...options });
    end(made);
    const again = new MemoryTarget(made.target.toBytes());
    const file = new File(again, "r+");
    (file.get("last") as Dataset).write([0], -1);
    file.close();
    expect((new File(again.toBytes(), "r").get("last") as Dataset).read()).toMatchObject({
      data: Float64Array.of(-1, ...values.subarray(1)),
    });
  });

  test("stays where a flush left it", () => {
    const made = begin(libver);
    const last = made.file.createDataset("last", { data: values, ...options });
    made.file.flush();
    last.attrs.set("x", 1);
    end(made);
    expect(sizeOf(made)).toBeGreaterThan(GONE_BYTES);
  });
});

test("data of two dimensions that grow, with a version 2 B-tree, moves", () => {
  const made = begin("latest");
  made.file.createDataset("last", { data: values, shape: [6, 10], chunks: [4, 4], maxshape: [null, null] });
  const read = end(made);
  expect(sizeOf(made)).toBeLessThan(GONE_BYTES / 2);
  expect((read.get("last") as Dataset).read()).toMatchObject({ data: values });
});

describe("data stays whose place was told", () => {
  test("of contiguous data", () => {
    const made = begin("earliest");
    const offset = made.file.createDataset("last", { data: values }).id.getOffset();
    const read = end(made);
    expect(offset).toBeGreaterThan(GONE_BYTES);
    expect((read.get("last") as Dataset).id.getOffset()).toBe(offset);
  });

  test.each([
    ["getChunkInfo", (dataset: Dataset) => dataset.id.getChunkInfo(1).byteOffset],
    ["getChunkInfoByCoord", (dataset: Dataset) => dataset.id.getChunkInfoByCoord([7]).byteOffset],
  ])("of a chunk, by %s", (_, tell) => {
    const made = begin("latest");
    const offset = tell(made.file.createDataset("last", { data: values, chunks: [7], maxshape: [null] }));
    const read = end(made);
    expect(offset).toBeGreaterThan(GONE_BYTES);
    expect(tell(read.get("last") as Dataset)).toBe(offset);
  });
});

test("contiguous data that a flush has shown keeps its place", () => {
  const made = begin("earliest");
  const last = made.file.createDataset("last", { data: values });
  made.file.flush();
  last.attrs.set("x", 1);
  expect((end(made).get("last") as Dataset).id.getOffset()).toBeGreaterThan(GONE_BYTES);
});

test("chunks of an implicit index stay side by side", () => {
  const made = begin("latest");
  const dcpl = h5p.create(h5p.DATASET_CREATE);
  dcpl.setChunk([7]);
  dcpl.setAllocTime(h5d.ALLOC_TIME_EARLY);
  h5d.create(made.file.id, "last", h5t.IEEE_F64LE, h5s.createSimple([60]), dcpl).close();
  (made.file.get("last") as Dataset).write([], values);
  expect((end(made).get("last") as Dataset).read()).toMatchObject({ data: values });
});

test("names of external files move with what leads to them", () => {
  const made = begin("earliest");
  made.file.createDataset("last", { shape: [4], dtype: "<f4", external: [["raw.bin", 0, 16]] });
  const read = end(made);
  expect(sizeOf(made)).toBeLessThan(GONE_BYTES / 2);
  expect((read.get("last") as Dataset).external).toEqual([["raw.bin", 0, 16]]);
});

/** Memory that takes so many writes more, and then, for a while, none. */
class FailingTarget extends MemoryTarget {
  writesLeft = Number.POSITIVE_INFINITY;
  failures = 0;

  override write(offset: number, bytes: Uint8Array): void {
    if (this.writesLeft-- === 0) {
      this.failures++;
      throw new Error("the disk is full");
    }
    super.write(offset, bytes);
  }
}

test.each(["earliest", "latest"] as const)("a flush that fails leaves all where it was, in the %s format", (libver) => {
  let restored = 0;
  for (let writes = 0; ; writes++) {
    const target = new FailingTarget();
    const file = new File(target, "w", { libver });
    file.createDataset("kept", { data: values, chunks: [7] });
    file.flush();
    file.createDataset("gone", { data: new Uint8Array(GONE_BYTES).fill(7) });
    file.flush();
    file.createDataset("last", { data: values, chunks: [60], compression: "gzip" });
    file.createGroup("group").attrs.set("x", values);
    file.delete("gone");
    target.writesLeft = writes;
    try {
      file.close();
    } catch {
      // What is left is looked at.
    }
    const read = new File(target.toBytes(), "r");
    expect((read.get("kept") as Dataset).read()).toMatchObject({ data: values });
    const names = read.keys().sort();
    if (names.includes("gone")) {
      restored++;
      expect(names).toEqual(["gone", "kept"]);
      expect((read.get("gone") as Dataset).read()).toMatchObject({ data: new Uint8Array(GONE_BYTES).fill(7) });
      continue;
    }
    // Raw data that was refused once is written again before the rest.
    expect(names).toEqual(["group", "kept", "last"]);
    expect((read.get("last") as Dataset).read()).toMatchObject({ data: values });
    expect(target.toBytes().length).toBeLessThan(GONE_BYTES / 2);
    if (target.failures === 0) break;
  }
  expect(restored).toBeGreaterThan(3);
});

describe("a file of which a part is free as it is closed", () => {
  /** @returns Whether what lies last moved. */
  function shortens(dataBytes: number, goneBytes: number): boolean {
    const target = new MemoryTarget();
    const file = new File(target, "w", { libver: "latest" });
    file.createDataset("data", { data: new Uint8Array(dataBytes) });
    file.createDataset("gone", { data: new Uint8Array(goneBytes) });
    file.createGroup("last").attrs.set("x", new Float64Array(1000));
    file.delete("gone");
    file.close();
    const read = new File(target.toBytes(), "r");
    expect((read.get("last") as Group).attrs.get("x")).toMatchObject({ data: new Float64Array(1000) });
    return target.toBytes().length < dataBytes + goneBytes + 8000;
  }

  test("is shortened where it is small, and 2 % are free", () => expect(shortens(500_000, 10_000)).toBe(true));
  test("stays where it is large, and 2 % are free", () => expect(shortens(1_500_000, 30_000)).toBe(false));
  test("is shortened where it is large, and 4 % are free", () => expect(shortens(1_500_000, 60_000)).toBe(true));
});
