import { describe, expect, test } from "vitest";
import { encodeElements } from "../../src/engine/conversion/element-encoder.ts";
import { createDataset } from "../../src/engine/create-object.ts";
import type { DatasetObject } from "../../src/engine/dataset-object.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { selectBox } from "../../src/engine/selection/selection.ts";
import type { Dataspace } from "../../src/format/dataspace.ts";
import { fixedPoint, variableSequence, variableString } from "../../src/format/predefined-datatypes.ts";
import { MemoryTarget } from "../../src/io/memory-source.ts";
import { elementContextOf } from "../../src/lowlevel/element-context.ts";
import { spaceProblems } from "../support/space-check.ts";

const TEXT = variableString();

function simple(size: number, most = size): Dataspace {
  return { kind: "simple", dims: [size], maxDims: [most], maxDimsStored: true, version: 1 };
}

/** Elements so long that every object of the heap has a collection of its own. */
function texts(file: H5File, count: number): Uint8Array {
  const values = Array.from({ length: count }, (_, i) => `${i}`.repeat(5000));
  return encodeElements(TEXT, values, elementContextOf(file));
}

function withDataset(dataset: (file: H5File) => DatasetObject): { file: H5File; dataset: DatasetObject } {
  const file = H5File.create(new MemoryTarget());
  const made = dataset(file);
  file.root().insertLink("texts", { kind: "hard", objectHeaderAddress: made.address });
  return { file, dataset: made };
}

const contiguous = (file: H5File) =>
  createDataset(file, { datatype: TEXT, dataspace: simple(4), layout: { kind: "contiguous" } });
const chunked = (file: H5File) =>
  createDataset(file, { datatype: TEXT, dataspace: simple(4, 9), layout: { kind: "chunked", chunkDims: [3] } });

describe("what variable-length elements keep in the heap", () => {
  test.each([
    ["contiguous", contiguous],
    ["chunked", chunked],
  ])("goes when they are overwritten: %s", (_, make) => {
    const { file, dataset } = withDataset(make);
    dataset.writeBytes(texts(file, 4));
    file.flush();
    const size = file.fileSize();
    for (let i = 0; i < 5; i++) {
      dataset.writeBytes(texts(file, 2), selectBox([4], [1], [2]));
      expect(spaceProblems(file)).toEqual([]);
    }
    // Two elements more at most: what is freed can be used after the next flush.
    expect(file.fileSize()).toBeLessThan(size + 2 * 6000);
  });

  test("stays when the same bytes are written again", () => {
    const { file, dataset } = withDataset(contiguous);
    dataset.writeBytes(texts(file, 4));
    dataset.writeBytes(dataset.readBytes());
    const heapIds = dataset.readBytes();
    expect(file.globalHeap.read(new DataView(heapIds.buffer).getUint32(4, true), 1)[0]).toBe("0".charCodeAt(0));
  });

  test("goes with elements that are cut off, and with the dataset", () => {
    const { file, dataset } = withDataset(chunked);
    dataset.writeBytes(texts(file, 4));
    file.flush();
    dataset.setExtent([1]);
    expect(spaceProblems(file)).toEqual([]);
    file.root().removeLink("texts");
    expect(spaceProblems(file)).toEqual([]);
  });

  test("goes with attributes: overwritten, deleted, or with their object", () => {
    const { file, dataset } = withDataset(contiguous);
    const add = (name: string) =>
      dataset.createAttribute({ name, datatype: TEXT, dataspace: simple(2), bytes: texts(file, 2) });
    add("first");
    add("second");
    dataset.writeAttribute("first", texts(file, 2));
    expect(spaceProblems(file)).toEqual([]);
    dataset.deleteAttribute("first");
    expect(spaceProblems(file)).toEqual([]);
    file.root().removeLink("texts");
    expect(spaceProblems(file)).toEqual([]);
  });

  test("goes with sequences of sequences", () => {
    const datatype = variableSequence(variableSequence(fixedPoint(1, false)));
    const { file, dataset } = withDataset((target) =>
      createDataset(target, { datatype, dataspace: simple(1), layout: { kind: "contiguous" } }),
    );
    const values = [[new Uint8Array(5000), new Uint8Array(6000)]];
    dataset.writeBytes(encodeElements(datatype, values, elementContextOf(file)));
    dataset.writeBytes(encodeElements(datatype, values, elementContextOf(file)));
    expect(spaceProblems(file)).toEqual([]);
    file.root().removeLink("texts");
    expect(spaceProblems(file)).toEqual([]);
  });
});
