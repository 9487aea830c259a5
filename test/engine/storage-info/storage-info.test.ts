import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { HDF5Error } from "../../../src/base/errors.ts";
import { DatasetObject } from "../../../src/engine/dataset-object.ts";
import type { EngineObject } from "../../../src/engine/engine-object.ts";
import { fileSpaceSettings, freeSections } from "../../../src/engine/free-space-managers.ts";
import { GroupObject } from "../../../src/engine/group-object.ts";
import { H5File } from "../../../src/engine/h5-file.ts";
import { attributeStorageInfo } from "../../../src/engine/storage-info/attribute-storage-info.ts";
import { datasetStorageInfo } from "../../../src/engine/storage-info/dataset-storage-info.ts";
import { fileStorageInfo } from "../../../src/engine/storage-info/file-storage-info.ts";
import { groupStorageInfo } from "../../../src/engine/storage-info/group-storage-info.ts";
import { type IndexHeapInfo, NO_INDEX_OR_HEAP } from "../../../src/engine/storage-info/index-heap-info.ts";
import { objectHeaderInfo } from "../../../src/engine/storage-info/object-header-info.ts";
import { FREE_SPACE_KINDS } from "../../../src/format/file-space-info.ts";
import { MemorySource, MemoryTarget } from "../../../src/io/memory-source.ts";

const FOLDER = "test/fixtures/storage-info/";

/** As `storage-facts.c` prints them. */
interface ObjectFacts {
  readonly address: number;
  readonly version: number;
  readonly messages: number;
  readonly blocks: number;
  readonly space: readonly number[];
  readonly present: number;
  readonly shared: number;
  readonly object: readonly number[];
  readonly attributes: readonly number[];
}

interface FileFacts {
  readonly superblock: readonly number[];
  readonly freeSpace: readonly number[];
  readonly sharedMessages: readonly number[];
  readonly sections: readonly (readonly number[])[];
  readonly objects: readonly ObjectFacts[];
}

const FACTS: Readonly<Record<string, { readonly facts: FileFacts }>> = JSON.parse(
  readFileSync(`${FOLDER}facts.json`, "utf8"),
);

function expectedOf(name: string): FileFacts {
  const known = FACTS[name];
  if (known === undefined) throw new RangeError(`no facts of ${name}`);
  return known.facts;
}

function bytesOf(name: string): Uint8Array {
  return new Uint8Array(readFileSync(FOLDER + name));
}

function open(name: string): H5File {
  return H5File.open(new MemorySource(bytesOf(name)));
}

function pair({ indexByteLength, heapByteLength }: IndexHeapInfo): readonly number[] {
  return [indexByteLength, heapByteLength];
}

function storageInfo(object: EngineObject): IndexHeapInfo {
  if (object instanceof GroupObject) return groupStorageInfo(object);
  return object instanceof DatasetObject ? datasetStorageInfo(object) : NO_INDEX_OR_HEAP;
}

function factsOf(object: EngineObject): ObjectFacts {
  const { version, messageCount, blockCount, space, typesPresent, typesShared } = objectHeaderInfo(object);
  return {
    address: object.address,
    version,
    messages: messageCount,
    blocks: blockCount,
    space: [space.total, space.metadata, space.messages, space.free],
    present: typesPresent,
    shared: typesShared,
    object: pair(storageInfo(object)),
    attributes: pair(attributeStorageInfo(object)),
  };
}

describe("storage of objects and files", () => {
  test.each(Object.keys(FACTS))("is what the C library says of %s", (name) => {
    const facts = expectedOf(name);
    const file = open(name);
    const { superblock, freeSpace, sharedMessages } = fileStorageInfo(file);
    const { version, byteLength, extensionByteLength } = superblock;
    expect([version, byteLength, extensionByteLength]).toEqual(facts.superblock);
    expect([freeSpace.managersByteLength, freeSpace.totalBytes]).toEqual(facts.freeSpace);
    expect([sharedMessages.tableByteLength, ...pair(sharedMessages)]).toEqual(facts.sharedMessages);
    expect(freeSections(file).map((section) => [section.address, section.byteLength])).toEqual(facts.sections);
    expect(facts.objects.map(({ address }) => factsOf(file.object(address)))).toEqual(facts.objects);
  });

  test("is measured after changes were flushed", () => {
    const target = new MemoryTarget();
    const file = H5File.create(target);
    const before = objectHeaderInfo(file.root()).space;
    file.root().setComment("x".repeat(200));
    const after = objectHeaderInfo(file.root()).space;
    expect(after.total).toBeGreaterThan(before.total);
    expect(after.metadata + after.messages + after.free).toBe(after.total);
  });

  test("of a file that says nothing of its space has the library's defaults", () => {
    expect(fileSpaceSettings(open("../files/empty-earliest.h5"))).toMatchObject({
      strategy: "free-space-managers",
      persist: false,
      threshold: 1,
      pageSize: 4096,
    });
  });

  test("knows what free space was used for", () => {
    const sections = freeSections(open("free-space-paged.h5"));
    expect(sections.length).toBeGreaterThan(0);
    expect(sections.every(({ kind }) => FREE_SPACE_KINDS.includes(kind))).toBe(true);
    expect(fileSpaceSettings(open("free-space-paged.h5"))).toMatchObject({ strategy: "page", pageSize: 512 });
  });

  test.each(["free-space.h5", "free-space-paged.h5", "deep-links.h5", "old-trees.h5", "chunk-indexes.h5"])(
    "of %s with damaged bytes is an HDF5Error or a number",
    (name) => {
      const addresses = expectedOf(name).objects.map(({ address }) => address);
      const intact = bytesOf(name);
      const step = Math.max(1, Math.floor(intact.length / 400));
      for (let at = 0; at < intact.length; at += step) {
        const bytes = intact.slice();
        bytes[at] = (bytes[at] as number) ^ 0xff;
        expect(() => measureAll(bytes, addresses), `byte ${at}`).not.toThrow();
      }
    },
  );
});

/** Errors that are no HDF5Error get through. */
function measureAll(bytes: Uint8Array, addresses: readonly number[]): void {
  const parts: ((file: H5File) => unknown)[] = [fileStorageInfo, freeSections];
  for (const address of addresses) parts.push((file) => factsOf(file.object(address)));
  for (const part of parts) {
    try {
      part(H5File.open(new MemorySource(bytes)));
    } catch (error) {
      if (!(error instanceof HDF5Error)) throw error;
    }
  }
}
