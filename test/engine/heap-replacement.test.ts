import { describe, expect, test } from "vitest";
import { SourceError } from "../../src/base/errors.ts";
import { encodeElements } from "../../src/engine/conversion/element-encoder.ts";
import { createDataset } from "../../src/engine/create-object.ts";
import type { MemorySide } from "../../src/engine/dataset-io/memory-side.ts";
import type { DatasetObject } from "../../src/engine/dataset-object.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { selectAll } from "../../src/engine/selection/selection.ts";
import { spaceMap } from "../../src/engine/space-map/space-map.ts";
import { variableString } from "../../src/format/predefined-datatypes.ts";
import { MemoryTarget } from "../../src/io/memory-source.ts";
import { elementContextOf } from "../../src/lowlevel/element-context.ts";
import { bytesOf, spaceProblems } from "../support/space-check.ts";

const TEXT = variableString();
/** More bytes of elements than are held back to be written together. */
const COUNT = 600;

/** Fails where its next calls of `write` are to fail. */
class UnsteadyTarget extends MemoryTarget {
  /** Whether each of the next calls fails. */
  fails: boolean[] = [];

  override write(offset: number, bytes: Uint8Array): void {
    if (this.fails.shift() === true) throw new SourceError("the device is full", { path: this.name });
    super.write(offset, bytes);
  }
}

/** Texts that get their heap objects as they are written. */
class Texts implements MemorySide {
  readonly elementSize = TEXT.size;
  readonly keepsTarget = false;
  private readonly file: H5File;
  private readonly values: readonly string[];

  constructor(file: H5File, values: readonly string[]) {
    this.file = file;
    this.values = values;
  }

  direct(): undefined {
    return undefined;
  }

  put(): void {
    throw new TypeError("nothing is read into texts");
  }

  take(...[target, offset, stride, length, repeat, position, positionStride]: Parameters<MemorySide["take"]>): void {
    for (let i = 0; i < repeat; i++) {
      const start = position + i * positionStride;
      const part = this.values.slice(start, start + length);
      target.set(encodeElements(TEXT, part, elementContextOf(this.file)), offset + i * stride);
      if (part.length < length) throw new RangeError("no more texts");
    }
  }

  finish(): void {}
}

function textsOf(dataset: DatasetObject): string[] {
  const bytes = dataset.readBytes();
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return Array.from({ length: bytes.length / TEXT.size }, (_, i) => {
    const address = Number(view.getBigUint64(i * TEXT.size + 4, true));
    const stored = dataset.file.globalHeap.read(address, view.getUint32(i * TEXT.size + 12, true));
    return new TextDecoder().decode(stored.subarray(0, view.getUint32(i * TEXT.size, true)));
  });
}

const texts = (letter: string) => Array.from({ length: COUNT }, (_, i) => letter.repeat(40 - (i % 3)));

function makeFile(
  layout: DataLayoutOf,
  nbytes: number,
): { target: UnsteadyTarget; file: H5File; dataset: DatasetObject } {
  const target = new UnsteadyTarget();
  const file = H5File.create(target, { chunkCache: { nslots: 521, nbytes, w0: 0.75 } });
  const dataspace = { kind: "simple", dims: [COUNT], maxDims: [COUNT], maxDimsStored: false, version: 1 } as const;
  // Of level 0, so that chunks do not become small.
  const deflate = { id: 1, name: "deflate", optional: true, flags: 1, clientData: [0] };
  const filters = layout.kind === "chunked" ? [deflate] : [];
  const dataset = createDataset(file, { datatype: TEXT, dataspace, layout, filters });
  file.root().insertLink("texts", { kind: "hard", objectHeaderAddress: dataset.address });
  write(dataset, texts("a"));
  file.flush();
  return { target, file, dataset };
}

type DataLayoutOf = { kind: "contiguous" } | { kind: "chunked"; chunkDims: number[] };

function write(dataset: DatasetObject, values: readonly string[]): void {
  dataset.write(selectAll([COUNT]), new Texts(dataset.file, values));
}

/** What another program finds in the file. */
function found(target: MemoryTarget): string[] {
  const file = H5File.open(new MemoryTarget(target.toBytes()));
  const there = file.root().link("texts")?.target;
  return there?.kind === "hard" ? textsOf(file.object(there.objectHeaderAddress) as DatasetObject) : [];
}

/** With bytes of the chunk cache: room for no chunk, for one and for two. */
const LAYOUTS: readonly [string, DataLayoutOf, number][] = [
  ["contiguous", { kind: "contiguous" }, 0],
  ["in chunks that are written at once", { kind: "chunked", chunkDims: [250] }, 0],
  ["in chunks that wait", { kind: "chunked", chunkDims: [250] }, 5000],
  ["in chunks some of which wait", { kind: "chunked", chunkDims: [250] }, 9000],
];

describe.each(LAYOUTS)("elements that replace others in the heap, %s", (_, layout, nbytes) => {
  test("get the room of those", () => {
    const { target, file, dataset } = makeFile(layout, nbytes);
    const heapBytes = () => bytesOf(spaceMap(file), "global-heap");
    const before = heapBytes();
    for (const letter of "bcdefgh") {
      write(dataset, texts(letter));
      expect(spaceProblems(file)).toEqual([]);
      file.flush();
      expect(heapBytes()).toBe(before);
    }
    expect(textsOf(dataset)).toEqual(texts("h"));
    file.close();
    expect(found(target)).toEqual(texts("h"));
  });

  test("more of them than there is room for have a collection more", () => {
    const { target, file, dataset } = makeFile(layout, nbytes);
    const longer = texts("b").map((text) => text.repeat(2));
    write(dataset, longer);
    expect(spaceProblems(file)).toEqual([]);
    file.close();
    expect(found(target)).toEqual(longer);
  });

  test("leave those where one of them is refused", () => {
    const { target, file, dataset } = makeFile(layout, nbytes);
    expect(() => write(dataset, texts("b").slice(1))).toThrow("no more texts");
    expect(textsOf(dataset)).toEqual(texts("a"));
    expect(spaceProblems(file)).toEqual([]);
    file.close();
    expect(found(target)).toEqual(texts("a"));
  });

  test("leave those where the device refuses them, at once or with the next flush", () => {
    let refused = 0;
    for (let first = 0; first < 4; first++) {
      for (const more of [0, 1, 2, 3]) {
        const { target, file, dataset } = makeFile(layout, nbytes);
        target.fails = [...Array(first).fill(false), ...Array(1 + more).fill(true)];
        let isRefused = false;
        try {
          write(dataset, texts("b"));
        } catch (error) {
          expect((error as Error).message).toContain("the device is full");
          isRefused = true;
        }
        target.fails = [];
        file.flush();
        if (isRefused) refused++;
        const expected = texts(isRefused ? "a" : "b");
        expect(found(target)).toEqual(expected);
        expect(textsOf(dataset)).toEqual(expected);
        expect(spaceProblems(file)).toEqual([]);
        write(dataset, texts("c"));
        expect(spaceProblems(file)).toEqual([]);
        file.close();
        expect(found(target)).toEqual(texts("c"));
      }
    }
    expect(refused).toBeGreaterThan(2);
  });

  test("that were refused can be written again, or go with their dataset", () => {
    for (const isDeleted of [true, false]) {
      const { target, file, dataset } = makeFile(layout, nbytes);
      target.fails = Array(6).fill(true);
      expect(() => write(dataset, texts("b"))).toThrow("the device is full");
      target.fails = [];
      if (isDeleted) file.root().removeLink("texts");
      else write(dataset, texts("c"));
      expect(spaceProblems(file)).toEqual([]);
      file.close();
      expect(found(target)).toEqual(isDeleted ? [] : texts("c"));
    }
  });
});
