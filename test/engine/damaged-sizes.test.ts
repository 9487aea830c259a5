import { describe, expect, test } from "vitest";
import { createDataset } from "../../src/engine/create-object.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { Allocator } from "../../src/engine/space/allocator.ts";
import { PREDEFINED } from "../../src/format/predefined-datatypes.ts";
import { MemorySource, MemoryTarget } from "../../src/io/memory-source.ts";
import { fixtureBytes } from "../support/fixture-model.ts";

const DIMS = [10];
const SPACE = { kind: "simple", version: 1, dims: DIMS, maxDims: DIMS, maxDimsStored: false } as const;

function fileWithDataset() {
  const file = H5File.create(new MemoryTarget());
  const dataset = createDataset(file, {
    datatype: PREDEFINED.STD_I32LE,
    dataspace: SPACE,
    layout: { kind: "contiguous" },
  });
  file.root().insertLink("d", { kind: "hard", objectHeaderAddress: dataset.address });
  return { file, dataset };
}

describe("sizes that cannot be", () => {
  test("space behind the end of the file is not freed", () => {
    const allocator = new Allocator({ end: 1000 });
    expect(() => allocator.release("draw", 900, 200)).toThrow("200 bytes to be freed, the file ends at 1000");
    expect(allocator.freeBytes).toBe(0);
  });

  test("a dataset gets no more space than its layout says, however large its dataspace is", () => {
    const { file, dataset } = fileWithDataset();
    dataset.replaceLayout({ ...dataset.layout, byteLength: 8 } as typeof dataset.layout);
    expect(() => dataset.writeBytes(new Uint8Array(40))).toThrow(
      'Data layout message, field "Size": 8 bytes, a dataset of (10) needs 40',
    );
    file.close();
  });

  test("a superblock whose end of file lies before its base address is refused", () => {
    const bytes = fixtureBytes("empty-earliest");
    // The base address of a superblock of version 0, shifted: the end that belongs to the file is then below 0.
    new DataView(bytes.buffer).setBigUint64(24, 1n << 20n, true);
    expect(() => H5File.open(new MemorySource(bytes))).toThrow(
      'Superblock, field "End of File Address": -1047776, before the base address, 0',
    );
  });

  test("a deleted object that somebody still has refuses changes", () => {
    const { file, dataset } = fileWithDataset();
    file.root().removeLink("d");
    expect(() => dataset.setComment("late")).toThrow("the object was deleted");
    file.close();
  });
});
