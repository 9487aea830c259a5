import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { SourceError } from "../../src/base/errors.ts";
import { decodeElements } from "../../src/engine/conversion/element-decoder.ts";
import { DatasetObject } from "../../src/engine/dataset-object.ts";
import { defaultMultiLayout, type OpenBytes, openSpread, type SpreadDriver } from "../../src/engine/file-drivers.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { resolveObject } from "../../src/engine/resolve.ts";
import { FamilySource, FamilyTarget, familyMemberName } from "../../src/io/family-source.ts";
import { MemorySource, MemoryTarget } from "../../src/io/memory-source.ts";
import { MultiSource, SPLIT_RAW_DATA_START } from "../../src/io/multi-source.ts";
import { PageFault } from "../../src/io/page-fault.ts";
import type { ByteSource } from "../../src/io/source.ts";
import { folderOpener } from "../support/folder-opener.ts";

const FOLDER = fileURLToPath(new URL("../fixtures/drivers/", import.meta.url));
const COUNTING = Array.from({ length: 200 }, (_, i) => i);

function source(name: string): MemorySource | undefined {
  try {
    return new MemorySource(readFileSync(FOLDER + name), name);
  } catch {
    return undefined;
  }
}

function required(name: string): MemorySource {
  const found = source(name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

function dataset(file: H5File, path: string): DatasetObject {
  const object = resolveObject(file.root(), path);
  if (!(object instanceof DatasetObject)) throw new Error(`${path} is no dataset`);
  return object;
}

function numbers(bytes: Uint8Array): number[] {
  return [...new Int32Array(bytes.slice().buffer)];
}

function expectContents(file: H5File): void {
  expect(numbers(dataset(file, "data").readBytes())).toEqual(COUNTING);
  expect(numbers(dataset(file, "group/chunked").readBytes())).toEqual(COUNTING);
  expect(numbers(dataset(file, "data").attribute("attribute")?.bytes ?? new Uint8Array(0))).toEqual([17]);
  const string = dataset(file, "group/string");
  const context = {
    widths: file.storage.widths,
    readHeapObject: (address: number, index: number) => file.globalHeap.read(address, index),
    writeHeapObject: (bytes: Uint8Array) => file.globalHeap.insert(bytes),
  };
  expect([...decodeElements(string.datatype, string.readBytes(), 1, context)]).toEqual(["hello"]);
}

describe.each(["earliest", "latest"])("files of several members, %s", (bound) => {
  test("a family is read through its pattern", () => {
    const file = H5File.open(new FamilySource(`family-${bound}-%03d.h5`, source));
    expectContents(file);
    file.close();
  });

  test("a family is put together from its first member", () => {
    const file = H5File.open(required(`family-${bound}-000.h5`), { opener: folderOpener(FOLDER) });
    expectContents(file);
    file.close();
  });

  test("the first member of a family alone is a truncated file", () => {
    expect(() => H5File.open(required(`family-${bound}-000.h5`))).toThrow(/^truncated file: eof = 1024, /);
    expect(() => H5File.open(required(`family-${bound}-001.h5`))).toThrow("file signature not found");
  });

  test("a family that is written to gets members", () => {
    const members = new Map<string, MemoryTarget>();
    const make = (name: string) => {
      const target = new MemoryTarget(undefined, name);
      members.set(name, target);
      return target;
    };
    const open = (name: string) => {
      const found = members.get(name) ?? source(name);
      if (found === undefined || found instanceof MemoryTarget) return found;
      const target = new MemoryTarget(readFileSync(FOLDER + name), name);
      members.set(name, target);
      return target;
    };
    const pattern = `family-${bound}-%03d.h5`;
    const file = H5File.open(new FamilyTarget(pattern, open, make, 1024), { writable: true });
    dataset(file, "group/chunked").writeBytes(new Uint8Array(new Int32Array(COUNTING).reverse().buffer));
    for (let i = 0; i < 30; i++) {
      const type = dataset(file, "data").datatype;
      const dataspace = { kind: "simple", version: 1, dims: [40], maxDims: [40], maxDimsStored: false } as const;
      dataset(file, "data").createAttribute({
        name: `more-${i}`,
        datatype: type,
        dataspace,
        bytes: new Uint8Array(160),
      });
    }
    file.close();
    const again = H5File.open(
      new FamilySource(
        pattern,
        (name) => members.get(name) && new MemorySource((members.get(name) as MemoryTarget).toBytes()),
        1024,
      ),
    );
    expect(numbers(dataset(again, "group/chunked").readBytes())).toEqual([...COUNTING].reverse());
    expect(dataset(again, "data").attributeCount).toBe(31);
    again.close();
  });

  test("a split file is put together from its metadata", () => {
    const file = H5File.open(required(`split-${bound}-m.h5`), { opener: folderOpener(FOLDER) });
    expect(file.name).toBe(`split-${bound}`);
    expectContents(file);
    file.close();
  });

  test("members of split files are named by the driver that is needed", () => {
    expect(() => H5File.open(required(`split-${bound}-m.h5`))).toThrow("multi driver should be used");
    expect(() => H5File.open(required(`split-${bound}-r.h5`))).toThrow("file signature not found");
  });

  test("split and multi files are read through their members", () => {
    const split = new MultiSource("split", [
      { startAddress: 0n, source: required(`split-${bound}-m.h5`) },
      { startAddress: SPLIT_RAW_DATA_START, source: required(`split-${bound}-r.h5`) },
    ]);
    const file = H5File.open(split);
    expectContents(file);
    file.close();
    const members = [..."sbrglo"].map((letter, i) => ({
      startAddress: BigInt(i) << 19n,
      source: required(`multi-${bound}-${letter}.h5`),
    }));
    const multi = H5File.open(new MultiSource("multi", members));
    expectContents(multi);
    multi.close();
  });
});

test("members of a family are numbered as the C library numbers them", () => {
  expect(familyMemberName("a%d.h5", 12)).toBe("a12.h5");
  expect(familyMemberName("a%05d.h5", 12)).toBe("a00012.h5");
  expect(familyMemberName("100%%-%3d", 7)).toBe("100%-  7");
});

/** Members of the fixtures, which of them are open, and one that cannot be found, or not be opened. */
class WatchedMembers {
  readonly stillOpen = new Set<ByteSource>();
  private readonly missing: string | undefined;
  private readonly forbidden: string | undefined;

  constructor({ missing, forbidden }: { readonly missing?: string; readonly forbidden?: string } = {}) {
    this.missing = missing;
    this.forbidden = forbidden;
  }

  readonly openBytes: OpenBytes = (name, mode) => {
    if (name === this.forbidden) throw new SourceError("permission denied", { path: name });
    const found = name === this.missing ? undefined : source(name);
    if (found === undefined) return undefined;
    const bytes: ByteSource = mode === "read" ? found : new MemoryTarget(found.view(0, found.byteLength()), name);
    const close = bytes.close.bind(bytes);
    bytes.close = () => {
      this.stillOpen.delete(bytes);
      close();
    };
    this.stillOpen.add(bytes);
    return bytes;
  };
}

/** The member that a file is opened by, and the last one that is looked for. */
const SPREAD = [
  ["family-earliest-000.h5", "family-earliest-012.h5"],
  ["split-earliest-m.h5", "split-earliest-r.h5"],
  ["multi-earliest-s.h5", "multi-earliest-o.h5"],
] as const;

describe.each([false, true])("the members of a file (to be written to: %s)", (writable) => {
  const first = (name: string) => (writable ? new MemoryTarget(readFileSync(FOLDER + name), name) : required(name));

  test.each(SPREAD)("are closed with the file: %s", (name) => {
    const members = new WatchedMembers();
    const file = H5File.open(first(name), { opener: members, writable });
    expect(members.stillOpen.size).toBeGreaterThan(0);
    file.close();
    expect([...members.stillOpen]).toEqual([]);
  });

  test.each(SPREAD)("are closed when another is not found: %s, %s", (name, last) => {
    expect(source(last)).toBeDefined();
    const members = new WatchedMembers({ missing: last });
    expect(() => H5File.open(first(name), { opener: members, writable })).toThrow(/multi driver|truncated file/);
    expect([...members.stillOpen]).toEqual([]);
  });

  test.each(SPREAD)("are closed when another cannot be opened: %s, %s", (name, last) => {
    const members = new WatchedMembers({ forbidden: last });
    const given = first(name);
    expect(() => H5File.open(given, { opener: members, writable })).toThrow("permission denied");
    expect([...members.stillOpen]).toEqual([]);
    // That one is its owner's.
    expect(given.byteLength()).toBeGreaterThan(0);
  });

  test.each<[string, SpreadDriver, string]>([
    ["family-earliest-%03d.h5", { kind: "family", memberByteLength: undefined }, "family-earliest-012.h5"],
    ["multi-earliest", { kind: "multi", layout: defaultMultiLayout() }, "multi-earliest-o.h5"],
  ])("are closed when a driver cannot open another: %s", (name, driver, forbidden) => {
    const { stillOpen, openBytes } = new WatchedMembers({ forbidden });
    expect(() => openSpread(name, driver, writable ? "write" : "read", openBytes)).toThrow("permission denied");
    expect([...stillOpen]).toEqual([]);
  });

  test("stay open while it is not known yet whether there is another", () => {
    const { stillOpen, openBytes } = new WatchedMembers();
    const fault = new PageFault({ name: "", fetch: () => Promise.resolve(true) }, []);
    const late: OpenBytes = (name, mode) => {
      if (name.endsWith("-012.h5")) throw fault;
      return openBytes(name, mode);
    };
    let thrown: unknown;
    try {
      H5File.open(first("family-earliest-000.h5"), { opener: { openBytes: late }, writable });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBe(fault);
    expect(stillOpen.size).toBe(11);
  });
});
