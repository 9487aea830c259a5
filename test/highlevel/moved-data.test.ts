/** Raw data that lies behind space that was freed: small pieces move as the file is closed, unless somebody can know where they are. */
import { describe, expect, test } from "vitest";
import { type Dataset, type DatasetOptions, File } from "../../src/index.ts";
import { MemoryTarget } from "../../src/io/memory-source.ts";

/** Bytes of the dataset that is deleted. */
const GONE_BYTES = 40_000;

interface Made {
  readonly target: MemoryTarget;
  readonly file: File;
}

function begin(libver: "earliest" | "latest", fsPersist = false): Made {
  const target = new MemoryTarget();
  const file = new File(target, "w", { libver, ...(fsPersist && { fsStrategy: "fsm", fsPersist }) });
  file.createDataset("gone", { data: new Uint8Array(GONE_BYTES) });
  return { target, file };
}

/** @returns The file, read again. */
function end({ target, file }: Made): File {
  file.delete("gone");
  file.close();
  return new File(target.toBytes(), "r");
}

const sizeOf = ({ target }: Made): number => target.toBytes().length;
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
    last.id.close();
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

test("names of external files move with what leads to them", () => {
  const made = begin("earliest");
  made.file.createDataset("last", { shape: [4], dtype: "<f4", external: [["raw.bin", 0, 16]] });
  const read = end(made);
  expect(sizeOf(made)).toBeLessThan(GONE_BYTES / 2);
  expect((read.get("last") as Dataset).external).toEqual([["raw.bin", 0, 16]]);
});
