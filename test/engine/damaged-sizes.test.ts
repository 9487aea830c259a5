import { describe, expect, test } from "vitest";
import { lookup3 } from "../../src/base/checksum.ts";
import { createDataset } from "../../src/engine/create-object.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { Allocator } from "../../src/engine/space/allocator.ts";
import { PREDEFINED } from "../../src/format/predefined-datatypes.ts";
import { MemorySource, MemoryTarget } from "../../src/io/memory-source.ts";
import { fixtureBytes } from "../support/fixture-model.ts";

const DIMS = [10];
const SPACE = { kind: "simple", version: 1, dims: DIMS, maxDims: DIMS, maxDimsStored: false } as const;

/** With addresses of 8 bytes, without filters. */
const FRACTAL_HEAP_HEADER_BYTES = 146;

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

  test.each([
    ["free", (allocator: Allocator) => allocator.flushed()],
    ["given up by the next flush", () => undefined],
  ])("space that is %s is not freed again", (_, settle) => {
    const allocator = new Allocator({ end: 1000 });
    allocator.release("b-tree", 100, 50);
    allocator.release("draw", 300, 50);
    settle(allocator);
    for (const [address, byteLength] of [
      [100, 50],
      [90, 11],
      [149, 1],
      [0, 1000],
      [320, 500],
    ] as const) {
      const problem = `${byteLength} bytes at address ${address} are free already, or a part of them is`;
      expect(() => allocator.release("draw", address, byteLength)).toThrow(problem);
    }
    allocator.release("draw", 150, 150);
    expect(allocator.freeBytes).toBe(250);
  });

  test("space that is set aside is not freed", () => {
    const allocator = new Allocator({ end: 1000 });
    const address = allocator.allocate("b-tree", 10);
    expect(() => allocator.release("b-tree", address, 11)).toThrow("are free already");
  });

  test("a file that ends where no address can be gives no more space", () => {
    const allocator = new Allocator({ end: 2 ** 53 - 10 });
    expect(() => allocator.allocate("draw", 100)).toThrow("100 bytes of kind draw: the file ends at 9007199254740982");
  });

  test("a heap whose identifiers have another length gets nothing more", () => {
    const opened = (given: Uint8Array) => {
      const bytes = given.slice();
      const at = Buffer.from(bytes.buffer).indexOf("FRHP");
      bytes[at + 5] = 12;
      const checksum = at + FRACTAL_HEAP_HEADER_BYTES - 4;
      new DataView(bytes.buffer).setUint32(checksum, lookup3(bytes, at, checksum), true);
      return H5File.open(new MemoryTarget(bytes), { writable: true }).root();
    };
    const words = 'field "Heap ID Length": IDs of 12 bytes, expected 8';
    const attribute = { name: "more", datatype: PREDEFINED.STD_I32LE, dataspace: SPACE, bytes: new Uint8Array(40) };
    expect(() => opened(fixtureBytes("large-attribute-latest")).createAttribute(attribute)).toThrow(words);
    const made = H5File.create(new MemoryTarget(), { lowBound: "v108" });
    for (let i = 0; i < 12; i++) made.root().createAttribute({ ...attribute, name: `a${i}` });
    made.flush();
    const bytes = new Uint8Array(made.storage.allocator.endOfAllocation);
    made.storage.readRaw(0, bytes);
    expect(() => opened(bytes).renameAttribute("a3", "other")).toThrow(words);
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
      'Superblock at address 0, field "End of File Address": -1047776, before the base address, 0',
    );
  });

  test("a deleted object that somebody still has refuses changes", () => {
    const { file, dataset } = fileWithDataset();
    file.root().removeLink("d");
    expect(() => dataset.setComment("late")).toThrow("the object was deleted");
    file.close();
  });
});
