/** Files whose addresses are too narrow for all that is put into them. */
import { describe, expect, test } from "vitest";
import { createDataset } from "../../src/engine/create-object.ts";
import type { DatasetOptions } from "../../src/engine/dataset-creation.ts";
import type { DatasetObject } from "../../src/engine/dataset-object.ts";
import type { CreateFileOptions } from "../../src/engine/file-options.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { PREDEFINED } from "../../src/format/predefined-datatypes.ts";
import { MemoryTarget } from "../../src/io/memory-source.ts";
import { lostSpans, spaceProblems } from "../support/space-check.ts";

/** What two bytes say for "no address". */
const UNDEFINED = 0xffff;

function newFile(target: MemoryTarget, lowBound: "earliest" | "v110", options: CreateFileOptions = {}): H5File {
  return H5File.create(target, { lowBound, sizeOfOffsets: 2, sizeOfLengths: 4, ...options });
}

function addDataset(file: H5File, name: string, byteLength: number, options: Partial<DatasetOptions> = {}) {
  const dataset = createDataset(file, {
    datatype: PREDEFINED.STD_U8LE,
    dataspace: { kind: "simple", version: 1, dims: [byteLength], maxDims: [byteLength], maxDimsStored: false },
    layout: { kind: "contiguous" },
    ...options,
  });
  file.root().insertLink(name, { kind: "hard", objectHeaderAddress: dataset.address });
  return dataset;
}

function bytesAt(file: H5File, name: string): Uint8Array {
  const target = file.root().link(name)?.target;
  if (target?.kind !== "hard") throw new Error(`no dataset ${name}`);
  return (file.object(target.objectHeaderAddress) as DatasetObject).readBytes();
}

describe.each(["earliest", "v110"] as const)("addresses of two bytes, bound %s", (lowBound) => {
  test("refuse what they do not reach, and the file goes on with what they do", () => {
    const target = new MemoryTarget();
    const file = newFile(target, lowBound);
    const large = addDataset(file, "large", 70_000);
    expect(() => large.writeBytes(new Uint8Array(70_000))).toThrow("file allocation failed");
    expect(spaceProblems(file)).toEqual([]);
    addDataset(file, "small", 5000).writeBytes(new Uint8Array(5000).fill(5));
    expect(file.fileSize()).toBeLessThan(UNDEFINED);
    file.close();
    expect(bytesAt(H5File.open(new MemoryTarget(target.toBytes())), "small")).toEqual(new Uint8Array(5000).fill(5));
  });

  test.each<[string, CreateFileOptions]>([
    ["a user block", { userBlockBytes: 32768 }],
    ["pages", { fileSpace: { strategy: "page", persist: false, threshold: 1, pageSize: 16384 } }],
  ])("refuse what makes the end of the file a number too great, with %s", (_, options) => {
    const target = new MemoryTarget();
    const file = newFile(target, lowBound, options);
    const bytes = new Uint8Array(4000).fill(5);
    let count = 0;
    const add = () => addDataset(file, `d${count}`, bytes.length, { allocationTime: "early" }).writeBytes(bytes);
    expect(() => {
      for (; count < 20; count++) add();
    }).toThrow("file allocation failed");
    expect(count).toBeGreaterThan(5);
    file.close();
    const again = H5File.open(new MemoryTarget(target.toBytes()));
    for (let i = 0; i < count; i++) expect(bytesAt(again, `d${i}`)).toEqual(bytes);
  });

  test("reach to the byte before the address that is none", () => {
    for (const [end, fits] of [
      [UNDEFINED - 1, true],
      [UNDEFINED, false],
      [UNDEFINED + 1, false],
    ] as const) {
      const { storage } = newFile(new MemoryTarget(), lowBound);
      storage.allocator.trim();
      const allocate = () => storage.allocate("draw", end - storage.allocator.endOfAllocation);
      if (fits) expect(allocate).not.toThrow();
      else expect(allocate).toThrow("file allocation failed");
    }
  });

  test("let a block at the end grow in place as far as they reach", () => {
    const { storage } = newFile(new MemoryTarget(), lowBound);
    const { allocator } = storage;
    allocator.trim();
    const byteLength = 0xff00 - allocator.endOfAllocation;
    const address = storage.allocate("draw", byteLength);
    const most = UNDEFINED - 1 - address;
    expect(storage.extend("draw", address, byteLength, most + 1)).toBe(false);
    expect(allocator.endOfAllocation).toBe(0xff00);
    expect(storage.extend("draw", address, byteLength, most)).toBe(true);
    expect(allocator.endOfAllocation).toBe(UNDEFINED - 1);
  });

  test("lose nothing of chunks that are written over with more or less", () => {
    const target = new MemoryTarget();
    const file = newFile(target, lowBound);
    const lost = lostSpans(file);
    const dataset = file.acquire(
      addDataset(file, "d", 3000, {
        layout: { kind: "chunked", chunkDims: [1000] },
        filters: [{ id: 1, name: "deflate", optional: true, flags: 1, clientData: [4] }],
      }),
    );
    for (let round = 0; round < 6; round++) {
      const bytes = Uint8Array.from({ length: 3000 }, (_, i) => Math.imul(i + 1, 2654435761) >>> (8 + 4 * (round % 3)));
      dataset.writeBytes(round % 2 === 0 ? bytes : new Uint8Array(3000));
      dataset.flush();
      expect(spaceProblems(file, lost)).toEqual([]);
    }
    file.close();
    expect(bytesAt(H5File.open(new MemoryTarget(target.toBytes())), "d")).toEqual(new Uint8Array(3000));
  });
});

test.each([
  [3, 8, "Size of Offsets"],
  [8, 16, "Size of Lengths"],
])("no file is made with offsets of %i and lengths of %i bytes", (sizeOfOffsets, sizeOfLengths, field) => {
  const target = new MemoryTarget();
  expect(() => H5File.create(target, { lowBound: "earliest", sizeOfOffsets, sizeOfLengths })).toThrow(field);
  expect(target.byteLength()).toBe(0);
});

describe("lengths of two bytes", () => {
  test("refuse dense links before there are any, and the file goes on with what it has", () => {
    const target = new MemoryTarget();
    const file = H5File.create(target, { lowBound: "v108", sizeOfLengths: 2 });
    for (let i = 0; i < 8; i++) addDataset(file, `d${i}`, 3).writeBytes(Uint8Array.of(1, 2, i));
    expect(() => addDataset(file, "d8", 3)).toThrow("65536 bytes in a file whose lengths have 2");
    file.root().removeLink("d0");
    file.close();
    const again = H5File.open(new MemoryTarget(target.toBytes()));
    expect(
      again
        .root()
        .links()
        .map(({ name }) => name),
    ).toEqual(["d1", "d2", "d3", "d4", "d5", "d6", "d7"]);
    expect(bytesAt(again, "d7")).toEqual(Uint8Array.of(1, 2, 7));
  });
});
