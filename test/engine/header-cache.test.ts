import { describe, expect, test } from "vitest";
import { createDataset } from "../../src/engine/create-object.ts";
import type { DatasetOptions } from "../../src/engine/dataset-creation.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { HeaderCache } from "../../src/engine/header-cache.ts";
import type { HeaderMessage } from "../../src/engine/header-message.ts";
import { ObjectHeader } from "../../src/engine/object-header.ts";
import { MESSAGE } from "../../src/format/message-types.ts";
import type { ObjectHeader as Prefix } from "../../src/format/object-header.ts";
import { PREDEFINED } from "../../src/format/predefined-datatypes.ts";
import { MemorySource, MemoryTarget } from "../../src/io/memory-source.ts";
import { memoryStorage } from "./memory-storage.ts";

const PREFIX: Prefix = {
  version: 1,
  attributeCreationOrderTracked: false,
  totalMessages: 0,
  objectReferenceCount: 1,
  messages: [],
  gap: 0,
};

/** `count` headers, all of which wait to be written. */
function headers(count: number) {
  const storage = memoryStorage();
  const list = Array.from({ length: count }, () => ObjectHeader.create(storage, PREFIX, [], 64));
  const cache = new HeaderCache();
  const put = (from: number, to: number): void => {
    for (const header of list.slice(from, to)) cache.set(header.address, header);
  };
  const known = () => list.filter((header) => cache.get(header.address) === header).length;
  return { storage, list, cache, put, known };
}

describe("object headers in memory", () => {
  test("are the last ones that were used", () => {
    const { storage, list, cache, put } = headers(2000);
    storage.flush(() => undefined);
    put(0, 100);
    const [first] = list as [ObjectHeader];
    for (let i = 100; i < 2000; i++) {
      put(i, i + 1);
      expect(cache.get(first.address)).toBe(first);
    }
    expect(list.slice(-256).every((header) => cache.get(header.address) === header)).toBe(true);
    expect(cache.get((list[1] as ObjectHeader).address)).toBeUndefined();
  });

  test("stay while later blocks of them wait alone", () => {
    const { storage, list, cache, put } = headers(1500);
    const [first] = list as [ObjectHeader];
    for (let i = 0; i < 12; i++) first.add({ type: MESSAGE.ATTRIBUTE, data: new Uint8Array(40).fill(i) });
    storage.flush(() => undefined);
    const later = first.all(MESSAGE.ATTRIBUTE).at(-1) as HeaderMessage;
    expect(first.extents.length).toBeGreaterThan(1);
    put(0, 1);
    first.replace(later, new Uint8Array(40).fill(99));
    // Of version 1 the first block goes with all others.
    storage.forget(first.address);
    expect([first.dirty, first.waitsWithoutFirst]).toEqual([true, true]);
    put(1, 1500);
    expect(cache.get(first.address)).toBe(first);
    storage.flush(() => undefined);
    put(1, 1500);
    expect(cache.get(first.address)).toBeUndefined();
  });

  test("go when they are deleted", () => {
    const { list, cache, put, known } = headers(600);
    put(0, 600);
    // Of those used last, and of those before.
    for (const i of [599, 300]) {
      const { address } = list[i] as ObjectHeader;
      cache.delete(address);
      expect(cache.get(address)).toBeUndefined();
    }
    expect(known()).toBeGreaterThan(256);
    cache.clear();
    expect(known()).toBe(0);
  });
});

describe("headers that wait to be written", () => {
  const dataspace = { kind: "simple", version: 1, dims: [2], maxDims: [2], maxDimsStored: false } as const;
  const spec: DatasetOptions = { datatype: PREDEFINED.STD_U8LE, dataspace, layout: { kind: "contiguous" } };

  test.each(["earliest", "v110"] as const)("are found with what waits, however many there are (%s)", (lowBound) => {
    const file = H5File.create(new MemoryTarget(), { lowBound });
    const made = Array.from({ length: 2000 }, (_, i) => {
      const { header } = createDataset(file, spec);
      file.root().insertLink(`d${i}`, { kind: "hard", objectHeaderAddress: header.address });
      return header;
    });
    for (const header of made) expect(file.header(header.address)).toBe(header);
    file.close();
  });

  test.each(["earliest", "v110"] as const)("are not read again while a later block of them waits (%s)", (lowBound) => {
    const target = new MemoryTarget();
    const file = H5File.create(target, { lowBound, metadataCacheBytes: 0 });
    const addresses = Array.from({ length: 1500 }, (_, i) => {
      const { address } = createDataset(file, spec);
      file.root().insertLink(`d${i}`, { kind: "hard", objectHeaderAddress: address });
      return address;
    });
    const address = addresses[0] as number;
    const attribute = { datatype: PREDEFINED.STD_U8LE, characterSet: "ascii", dataspace } as const;
    const names = Array.from({ length: 7 }, (_, i) => `attribute number ${i} of a header with more than one block`);
    for (const name of names) file.object(address).createAttribute({ ...attribute, name, bytes: new Uint8Array(2) });
    expect(file.header(address).blockAddresses.length).toBeGreaterThan(1);
    file.flush();
    const last = names.at(-1) as string;
    file.object(address).writeAttribute(last, Uint8Array.of(7, 8));
    for (const other of addresses.slice(1)) file.header(other);
    expect([...(file.object(address).attribute(last)?.bytes ?? [])]).toEqual([7, 8]);
    file.object(address).writeAttribute(names[0] as string, Uint8Array.of(5, 6));
    file.close();
    const again = H5File.open(new MemorySource(target.toBytes()));
    const read = (name: string) => [...(again.object(address).attribute(name)?.bytes ?? [])];
    expect([read(last), read(names[0] as string)]).toEqual([
      [7, 8],
      [5, 6],
    ]);
    again.close();
  });
});
