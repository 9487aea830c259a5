/** Space that was freed is used again before the next flush, and nothing else is written for that than has to be. */
import { describe, expect, test } from "vitest";
import { type Dataset, File } from "../../src/index.ts";
import { MemoryTarget, RecordingTarget } from "../../src/io/index.ts";

const COUNT = 10;

function numbers(count: number, first = 0): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => first + i);
}

function fill(file: File): void {
  for (let i = 0; i < COUNT; i++) file.createDataset(`d${i}`, { data: numbers(2000) }).id.close();
  file.flush();
}

/** Replaces datasets, of which each is more than a hundredth of the file. */
function replaceAll(file: File, between: (i: number) => void): void {
  for (let i = 0; i < COUNT; i++) {
    file.delete(`d${i}`);
    file.createDataset(`d${i}`, { data: numbers(2000, i) }).id.close();
    between(i);
  }
}

function dataset(file: File, name: string): Dataset {
  return file.get(name) as Dataset;
}

describe("datasets are replaced one by one, and the file hardly grows", () => {
  test("while changed chunks wait in the chunk cache", () => {
    const memory = new MemoryTarget();
    const target = new RecordingTarget(memory);
    const file = new File(target, "w");
    const noise = numbers(1000).map((i) => Math.sin(i * i));
    const packed = file.createDataset("packed", { data: noise, chunks: [100], compression: "gzip" });
    fill(file);
    const size = memory.byteLength();
    const { byteOffset, size: storedBytes } = packed.id.getChunkInfo(0);
    const start = byteOffset ?? 0;
    packed.write("0:50", numbers(50));
    target.calls.length = 0;
    replaceAll(file, (i) => packed.write([i], 7));
    expect(memory.byteLength()).toBeLessThan(size + 16_000 + 4096);
    const touching = target.calls.filter(
      ({ kind, offset, byteLength }) => kind === "write" && offset < start + storedBytes && offset + byteLength > start,
    );
    expect(touching).toEqual([]);

    // What is in the file is whole, and has the chunk as it was.
    const seen = new File(memory.toBytes().slice());
    expect(dataset(seen, "packed").read("0:100").data).toEqual(noise.subarray(0, 100));
    expect(dataset(seen, "d8").read([0])).toBe(8);
    seen.close();

    packed.write("50:100", numbers(50));
    file.close();
    const again = new File(memory.toBytes());
    const expected = Float64Array.of(...numbers(50).fill(7, 0, COUNT), ...numbers(50));
    expect(dataset(again, "packed").read("0:100").data).toEqual(expected);
    again.close();
  });

  test("while chunks are new: the file that a crash would leave has those that left the cache, and fill values", () => {
    const memory = new MemoryTarget();
    // Room for one chunk.
    const file = new File(memory, "w", { rdccNbytes: 1000 });
    fill(file);
    const packed = file.createDataset("new", { shape: [400], dtype: "<f8", chunks: [100], compression: "gzip" });
    packed.write("0:250", numbers(250));
    replaceAll(file, () => {});
    const written = (dataset: Dataset, count: number) =>
      expect(dataset.read(null).data).toEqual(Float64Array.of(...numbers(count), ...new Float64Array(400 - count)));
    const seen = new File(memory.toBytes().slice());
    written(dataset(seen, "new"), 200);
    seen.close();
    file.close();
    const again = new File(memory.toBytes());
    written(dataset(again, "new"), 250);
    again.close();
  });

  test("while strings are written over: those in the file point to what is in the heap", () => {
    const memory = new MemoryTarget();
    const file = new File(memory, "w");
    const texts = Array.from({ length: 60 }, (_, i) => `text ${i} `.repeat(30));
    const words = file.createDataset("words", { data: texts, chunks: [20] });
    fill(file);
    words.write("0:20", texts.slice(40));
    replaceAll(file, () => {});
    const seen = new File(memory.toBytes().slice());
    expect(dataset(seen, "words").read(null).data).toEqual([...texts.slice(40), ...texts.slice(20)]);
    seen.close();
    file.close();
  });
});

test("small raw data that takes the place of other begins no page, though the file keeps no account", () => {
  const memory = new MemoryTarget();
  const file = new File(memory, "w", { fsStrategy: "page", fsPageSize: 4096 });
  file.createDataset("small", { data: numbers(10) }).id.close();
  file.close();
  const bytes = memory.toBytes();
  const second = new MemoryTarget(bytes.slice());
  const edited = new File(second, "r+");
  edited.delete("small");
  edited.createDataset("small", { data: numbers(10, 1) }).id.close();
  edited.close();
  expect(second.toBytes().length).toBe(bytes.length);
});
