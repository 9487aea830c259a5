import { describe, expect, test } from "vitest";
import { DatasetObject } from "../../src/engine/dataset-object.ts";
import { DatatypeObject } from "../../src/engine/datatype-object.ts";
import type { CreateFileOptions } from "../../src/engine/file-options.ts";
import type { GroupObject } from "../../src/engine/group-object.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { copyObject, copyTree } from "../../src/engine/object-copy.ts";
import { type Dataset, type Datatype, File, h5t, stringDtype, VirtualLayout, VirtualSource } from "../../src/index.ts";
import { MemorySource, MemoryTarget } from "../../src/io/memory-source.ts";
import { modelOfFile } from "../support/engine-model.ts";
import { fixtureBytes, fixturePath, fixtures } from "../support/fixture-model.ts";
import { folderOpener } from "../support/folder-opener.ts";

const NAMES = fixtures().map(({ name }) => name);

function openFixture(name: string, bytes = fixtureBytes(name)): H5File {
  return H5File.open(new MemorySource(bytes, `${name}.h5`), { opener: folderOpener(fixturePath(".")) });
}

/** A new file with what `fill` puts into it, read again. */
function written(name: string, options: CreateFileOptions, fill: (file: H5File) => void) {
  const target = new MemoryTarget();
  const file = H5File.create(target, options);
  fill(file);
  file.close();
  const copy = openFixture(name, target.toBytes());
  try {
    return modelOfFile(copy).objects;
  } finally {
    copy.close();
  }
}

/** All of a fixture in a new file. */
function copied(name: string, options: CreateFileOptions) {
  const source = openFixture(name);
  const root = source.root();
  try {
    return written(
      name,
      {
        ...options,
        trackLinkOrder: root.tracksCreationOrder,
        trackAttributeOrder: root.header.fields.attributeCreationOrderTracked,
      },
      (file) => copyTree(source.root(), file.root()),
    );
  } finally {
    source.close();
  }
}

function original(name: string) {
  const source = openFixture(name);
  try {
    return modelOfFile(source).objects;
  } finally {
    source.close();
  }
}

/** Elements that hold addresses have other sizes, and what holds them other offsets. */
function withoutSizes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSizes);
  if (typeof value !== "object" || value === null) return value;
  const sizes = ["size", "offset", "storageSize"];
  const entries = Object.entries(value).filter(([key]) => !sizes.includes(key));
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutSizes(inner)]));
}

/**
 * Without the sizes of chunks that are encoded anew, since the addresses in their elements are others: those compress to a few bytes
 * more or less, and the last bytes of a stream depend on what was compressed before (ready-deflate.ts).
 */
function withoutEncodedSizes(objects: ReturnType<typeof original>) {
  const isEncoded = (entry: object) => "filters" in entry && !("bytes" in entry);
  return Object.fromEntries(
    Object.entries(objects).map(([path, entry]) => [
      path,
      isEncoded(entry) ? { ...entry, storageSize: undefined } : entry,
    ]),
  );
}

/** Files that hold what only dense storage holds. */
const DENSE_ONLY = ["large-attribute-latest"];

describe("a copy of all objects of a file", () => {
  test.each(NAMES.filter((name) => !name.startsWith("sizes-") && !DENSE_ONLY.includes(name)))(
    "of %s says the same, by the earliest and the latest format",
    (name) => {
      const objects = withoutEncodedSizes(original(name));
      expect(withoutEncodedSizes(copied(name, { lowBound: "earliest" }))).toEqual(objects);
      expect(withoutEncodedSizes(copied(name, { lowBound: "v200" }))).toEqual(objects);
    },
  );

  test.each(NAMES.filter((name) => /^(references|variable-length|layouts|committed|sizes)-/.test(name)))(
    "of %s says the same with addresses of other sizes",
    (name) => {
      const objects = withoutSizes(original(name));
      expect(withoutSizes(copied(name, {}))).toEqual(objects);
      expect(withoutSizes(copied(name, { sizeOfOffsets: 4, sizeOfLengths: 4 }))).toEqual(objects);
      expect(withoutSizes(copied(name, { lowBound: "v200", sizeOfOffsets: 4, sizeOfLengths: 8 }))).toEqual(objects);
    },
  );

  /** Something that a file for readers of 1.8 cannot have, behind something that it can. */
  const tooNew: Readonly<Record<string, (file: File) => void>> = {
    "layout version out of bounds": (file) => {
      file.createDataset("a", { data: [1, 2, 3], chunks: [1], maxshape: [null] });
      const layout = new VirtualLayout({ shape: [3], dtype: "<i4" });
      layout.set("...", new VirtualSource("other.h5", { name: "data", shape: [3] }));
      file.createVirtualDataset("b", layout);
    },
    "Datatype version out of bounds": (file) => {
      file.set("z", h5t.complexCreate(h5t.IEEE_F32LE));
      file.createDataset("a", { data: [1, 2, 3], chunks: [1], maxshape: [null] });
      file.createDataset("b", { shape: [2], dtype: file.get("z") as Datatype });
    },
  };

  test.each(Object.entries(tooNew))("leaves nothing behind when it fails: %s", (words, fill) => {
    const made = new MemoryTarget();
    const written = new File(made, "w", { libver: "latest" });
    fill(written);
    written.close();
    const source = openFixture("too new", made.toBytes());
    const target = new MemoryTarget();
    const file = H5File.create(target, { highBound: "v108" });
    file.flush();
    const { endOfAllocation, freeBytes } = file.storage.allocator;
    expect(() => copyObject(source.root(), file)).toThrow(words);
    expect(file.storage.allocator.endOfAllocation - file.storage.allocator.freeBytes).toBe(endOfAllocation - freeBytes);
    file.close();
    expect([...openFixture("too new", target.toBytes()).root().links()]).toEqual([]);
  });
});

describe("committed datatypes of the destination", () => {
  /** A file with a copy of the committed datatypes of a fixture, under a group; and which of them a further copy uses. */
  function merged(options: Parameters<typeof copyObject>[2]) {
    const source = openFixture("committed-latest");
    const file = H5File.create(new MemoryTarget());
    const first = copyObject(source.root(), file);
    file.root().insertLink("first", { kind: "hard", objectHeaderAddress: first.address });
    const second = copyObject(source.root(), file, options);
    file.root().insertLink("second", { kind: "hard", objectHeaderAddress: second.address });
    const addresses = (group: GroupObject) =>
      group.links().flatMap(({ target }) => {
        if (target.kind !== "hard") return [];
        const object = file.object(target.objectHeaderAddress);
        if (object instanceof DatatypeObject) return [object.address];
        return object instanceof DatasetObject ? [object.committedTypeAddress ?? -1] : [];
      });
    return { first: addresses(first), second: addresses(second) };
  }

  test("stand in for equal ones where that is asked for", () => {
    const plain = merged({});
    expect(plain.second).toHaveLength(plain.first.length);
    expect(plain.second.some((address) => address >= 0 && plain.first.includes(address))).toBe(false);
    const shared = merged({ mergeCommittedTypes: {} });
    expect(shared.second).toEqual(shared.first);
  });

  test("are found by paths, and else only where the search goes on", () => {
    let asked = 0;
    const searchFile = () => {
      asked++;
      return false;
    };
    const none = merged({ mergeCommittedTypes: { searchFile } });
    expect([none.second.some((address) => address >= 0 && none.first.includes(address)), asked]).toEqual([false, 1]);
    const paths = ["/first", "/nowhere", ...namesOf("committed-latest").map((name) => `/first/${name}`)];
    const shared = merged({ mergeCommittedTypes: { paths, searchFile } });
    expect([shared.second, asked]).toEqual([shared.first, 1]);
  });
});

function namesOf(name: string): string[] {
  return openFixture(name)
    .root()
    .links()
    .map((link) => link.name);
}

test("copies one by one of a dataset that changes between them are each as it is then", () => {
  const file = File.inMemory();
  const values = (name: string) => [...(file.getDataset(name).read().data as Float64Array)];
  for (let i = 0; i < 3; i++) file.createDataset(`d${i}`, { data: Float64Array.of(i, 2, 3) });
  file.flush();
  file.copy("d0", "c0");
  file.getDataset("d0").attrs.set("a", 5);
  file.getDataset("d0").write([0], 7);
  file.copy("d0", "c1");
  file.copy("d1", "c2", { withoutAttrs: true });
  file.copy("d0", "c3", { withoutAttrs: true });
  file.copy("d2", "c4");
  file.createDataset("other", { data: Int32Array.of(1, 2) });
  file.copy("other", "c5");
  file.copy("d1", "c6");
  expect(["c0", "c1", "c2", "c3", "c4", "c6"].map(values)).toEqual([
    [0, 2, 3],
    [7, 2, 3],
    [1, 2, 3],
    [7, 2, 3],
    [2, 2, 3],
    [1, 2, 3],
  ]);
  expect([...(file.getDataset("c5").read().data as Int32Array)]).toEqual([1, 2]);
  expect(["c0", "c1", "c3"].map((name) => file.getDataset(name).attrs.keys())).toEqual([[], ["a"], []]);
  file.close();
});

test("a copy has the chunks that its source has, also where elements lie in the heap", () => {
  const file = new File(new MemoryTarget(), "w");
  const source = file.createDataset("text", { shape: [6, 8], chunks: [2, 4], dtype: stringDtype() });
  source.write([4, 5], "one");
  source.write([1, 1], "another");
  file.copy("text", "copy");
  const copy = file.get("copy") as Dataset;
  expect([source.id.getNumChunks(), copy.id.getNumChunks()]).toEqual([2, 2]);
  expect(copy.read()).toEqual(source.read());
  file.close();
});
