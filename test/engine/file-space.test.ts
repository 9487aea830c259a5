import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { createDataset, createGroup } from "../../src/engine/create-object.ts";
import { DatasetObject } from "../../src/engine/dataset-object.ts";
import { fileSpaceSettings, freeSections, superblockExtensionAddress } from "../../src/engine/free-space-managers.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { resolveObject } from "../../src/engine/resolve.ts";
import { MESSAGE } from "../../src/format/message-types.ts";
import { MemorySource, MemoryTarget } from "../../src/io/memory-source.ts";

const FOLDER = fileURLToPath(new URL("../fixtures/file-space/", import.meta.url));
const NAMES = ["cache-image", "persistent", "persistent-earliest", "paged", "paged-persistent", "paged-image"] as const;

/** Of version 3. */
const SUPERBLOCK_BYTES = 48;

function bytesOf(name: string): Uint8Array {
  return new Uint8Array(readFileSync(`${FOLDER}${name}.h5`));
}

function dataset(file: H5File, path: string): DatasetObject {
  const object = resolveObject(file.root(), path);
  if (!(object instanceof DatasetObject)) throw new Error(`${path} is no dataset`);
  return object;
}

function numbers(object: DatasetObject): number[] {
  return [...new Int32Array(object.readBytes().slice().buffer)];
}

function expectContents(file: H5File): void {
  expect(numbers(dataset(file, "data"))).toEqual(Array.from({ length: 200 }, (_, i) => i));
  for (let i = 0; i < 12; i++) {
    const own = dataset(file, `group/d${String.fromCharCode(97 + i)}`);
    expect(numbers(own)).toEqual([1000 * i, 1000 * i + 1, 1000 * i + 2]);
  }
}

/** Changes the file as a user does. */
function edit(target: MemoryTarget): void {
  const file = H5File.open(target, { writable: true, lowBound: "v110" });
  const root = file.root();
  const { datatype } = dataset(file, "data");
  const group = createGroup(file);
  root.insertLink("more", { kind: "hard", objectHeaderAddress: group.address });
  for (let i = 0; i < 20; i++) {
    const count = i === 7 ? 1000 : 10;
    const dims = [count];
    const made = createDataset(file, {
      datatype,
      dataspace: { kind: "simple", version: 2, dims, maxDims: dims, maxDimsStored: false },
      layout: { kind: "contiguous" },
    });
    made.writeBytes(new Uint8Array(new Int32Array(count).fill(i).buffer));
    group.insertLink(`e${i}`, { kind: "hard", objectHeaderAddress: made.address });
  }
  root.removeLink("data");
  file.close();
}

describe.each(NAMES)("%s.h5", (name) => {
  test("is read", () => {
    const file = H5File.open(new MemorySource(bytesOf(name)));
    expectContents(file);
    file.close();
  });

  test("is changed and read again", () => {
    const target = new MemoryTarget(bytesOf(name));
    edit(target);
    const file = H5File.open(new MemorySource(target.toBytes()));
    for (let i = 0; i < 20; i++) {
      expect(numbers(dataset(file, `more/e${i}`))).toEqual(new Array<number>(i === 7 ? 1000 : 10).fill(i));
    }
    expect(numbers(dataset(file, "group/dl"))).toEqual([11000, 11001, 11002]);
    expect(file.root().link("data")).toBeUndefined();
    file.close();
  });

  test("keeps its settings and its account of free space when it is opened for writing", () => {
    const before = H5File.open(new MemorySource(bytesOf(name)));
    const { strategy, persist, pageSize } = fileSpaceSettings(before);
    const extension = superblockExtensionAddress(before);
    const hasImage = extension !== undefined && before.header(extension).first(MESSAGE.CACHE_IMAGE) !== undefined;
    before.close();
    const target = new MemoryTarget(bytesOf(name));
    H5File.open(target, { writable: true }).close();
    expect(Buffer.from(target.toBytes()).equals(Buffer.from(bytesOf(name)))).toBe(!hasImage);
    const file = H5File.open(new MemorySource(target.toBytes()));
    expect(fileSpaceSettings(file)).toMatchObject({ strategy, persist, pageSize });
    const own = superblockExtensionAddress(file);
    expect(own && file.header(own).first(MESSAGE.CACHE_IMAGE)).toBeUndefined();
    expectContents(file);
    file.close();
  });

  test("has an account of its free space after changes if it had one before, and none while they are made", () => {
    const target = new MemoryTarget(bytesOf(name));
    const open = H5File.open(target, { writable: true });
    open.root().removeLink("data");
    open.flush();
    expect(freeSections(open)).toEqual([]);
    open.close();
    const file = H5File.open(new MemorySource(target.toBytes()));
    const { persist } = fileSpaceSettings(file);
    expect(freeSections(file).length > 0).toBe(persist);
    expect(file.freeSpace() >= 800).toBe(persist);
    file.close();
  });
});

test.each(["persistent", "paged-persistent"])(
  "an account of free space stays in its place while nothing is changed: %s",
  (name) => {
    const before = bytesOf(name);
    const target = new MemoryTarget(before);
    const file = H5File.open(target, { writable: true, lowBound: "v110" });
    expectContents(file);
    file.flush();
    // Only the superblock says that somebody has the file open.
    expect(target.toBytes().subarray(SUPERBLOCK_BYTES)).toEqual(before.subarray(SUPERBLOCK_BYTES));
    file.close();
    expect(target.toBytes()).toEqual(before);
  },
);

test("stored free space is used again", () => {
  const target = new MemoryTarget(bytesOf("persistent"));
  const file = H5File.open(target, { writable: true });
  expect(file.freeSpace()).toBeGreaterThan(2000);
  file.close();
});

test("pages are not shared by metadata and raw data, nor cut", () => {
  const target = new MemoryTarget(bytesOf("paged"));
  edit(target);
  expect(target.toBytes().length % 512).toBe(0);
  const file = H5File.open(new MemorySource(target.toBytes()));
  const raw = new Set<number>();
  for (let i = 0; i < 20; i++) raw.add(Math.floor((dataset(file, `more/e${i}`).offset() as number) / 512));
  for (let i = 0; i < 20; i++) expect(raw.has(Math.floor(dataset(file, `more/e${i}`).address / 512))).toBe(false);
  file.close();
});

test("a cache image that is damaged is refused", () => {
  const bytes = bytesOf("cache-image");
  const at = Buffer.from(bytes).indexOf("MDCI");
  bytes[at + 40] = (bytes[at + 40] as number) ^ 0xff;
  expect(() => H5File.open(new MemorySource(bytes))).toThrow(/^Metadata cache image at address \d+, field /);
});
