/** Deletions, and whatever else frees what it walks through, in which each single read fails once. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { createDataset } from "../../src/engine/create-object.ts";
import type { DatasetObject } from "../../src/engine/dataset-object.ts";
import type { EngineObject } from "../../src/engine/engine-object.ts";
import type { GroupObject } from "../../src/engine/group-object.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { copyObject } from "../../src/engine/object-copy.ts";
import { resolveObject } from "../../src/engine/resolve.ts";
import { PREDEFINED } from "../../src/format/predefined-datatypes.ts";
import { type Dataset, File, type FileOptions, type Group, VirtualLayout, VirtualSource } from "../../src/index.ts";
import { MemoryTarget } from "../../src/io/index.ts";
import { typeIdOf } from "../../src/lowlevel/type-wrap.ts";
import { failEachRead, type Operation } from "../support/failing-reads.ts";
import { lostSpans, spaceProblems } from "../support/space-check.ts";
import { StumblingTarget } from "../support/stumbling-target.ts";

const numbers = (count: number) => Float64Array.from({ length: count }, (_, i) => Math.sin(i));
const words = (count: number, length = 3) => Array.from({ length: count }, (_, i) => `${i}`.padEnd(length, "x"));

const engineOf = (file: File) => file.id.location().object.file;

function at(file: H5File, path: string): EngineObject {
  return resolveObject(file.root(), path);
}

const group = (file: H5File, path: string) => at(file, path) as GroupObject;
const unlink = (name: string, from = "/"): Operation => ({ run: (file) => group(file, from).removeLink(name) });
const resize = (...dims: number[]): Operation => ({
  run: (file) => {
    const dataset = at(file, "/d") as DatasetObject;
    file.acquire(dataset);
    try {
      dataset.setExtent(dims);
    } finally {
      file.release(dataset);
    }
  },
  isPartial: true,
});

type Make = (file: File) => void;

const dataset =
  (options: object): Make =>
  (file) => {
    file.createDataset("d", options as never);
    file.createDataset("beside", { data: words(4) });
  };

function withAttributes(count: number): Make {
  return (file) => {
    const object = file.createDataset("d", { data: numbers(3) });
    for (let i = 0; i < count; i++) object.attrs.set(`attribute ${i}`, i % 3 === 0 ? words(3) : numbers(4));
    file.attrs.set("beside", words(4));
  };
}

function withLinks(count: number): Make {
  return (file) => {
    for (let i = 0; i < count; i++)
      file.createDataset(`group/${i}`, { data: numbers(i % 3), chunks: [2], maxshape: [null] });
  };
}

const groupOfGroups: Make = (file) => {
  for (const outer of ["a", "b"]) {
    for (let i = 0; i < 10; i++) file.createDataset(`top/${outer}/${i}`, { data: words(2) });
  }
  (file.get("top") as Group).set("link", file.get("top/a/3"));
  file.set("kept", file.get("top/b/4"));
};

/** A committed datatype that only a dataset and its attribute use any more. */
const committedType: Make = (file) => {
  const engine = engineOf(file);
  typeIdOf(PREDEFINED.STD_I32LE).commit(file.id, "type");
  const type = resolveObject(engine.root(), "type");
  const made = createDataset(engine, {
    datatype: PREDEFINED.STD_I32LE,
    committedTypeAddress: type.address,
    dataspace: { kind: "simple", version: 1, dims: [4], maxDims: [4], maxDimsStored: false },
    layout: { kind: "contiguous" },
  });
  made.writeBytes(new Uint8Array(16));
  engine.root().insertLink("d", { kind: "hard", objectHeaderAddress: made.address });
  made.createAttribute({
    name: "a",
    datatype: PREDEFINED.STD_I32LE,
    committedTypeAddress: type.address,
    dataspace: { kind: "scalar", version: 1, dims: [], maxDims: [], maxDimsStored: false },
    bytes: new Uint8Array(4),
  });
  engine.root().removeLink("type");
};

const virtual: Make = (file) => {
  file.createDataset("source", { data: numbers(4) });
  const layout = new VirtualLayout({ shape: [4], dtype: "<f8" });
  layout.set(null, new VirtualSource(".", { name: "source", shape: [4], dtype: "<f8" }));
  file.createVirtualDataset("d", layout);
};

const grid = { data: numbers(400), shape: [20, 20] };

const CASES: Readonly<Record<string, readonly [Make, Operation]>> = {
  "a contiguous dataset": [dataset({ data: numbers(10) }), unlink("d")],
  "a dataset of one chunk": [dataset({ data: numbers(10), chunks: [10] }), unlink("d")],
  "chunks that cannot grow": [dataset({ data: numbers(40), chunks: [2] }), unlink("d")],
  "many chunks that cannot grow": [
    dataset({ shape: [9000], dtype: "<i2", chunks: [4], data: numbers(9000) }),
    unlink("d"),
  ],
  "chunks that grow along one dimension": [
    dataset({ data: numbers(200), chunks: [2], maxshape: [null], compression: "gzip" }),
    unlink("d"),
  ],
  "chunks that grow along two dimensions": [
    dataset({ ...grid, chunks: [2, 2], maxshape: [null, null], fletcher32: true }),
    unlink("d"),
  ],
  strings: [dataset({ data: words(30) }), unlink("d")],
  "strings of collections of their own": [dataset({ data: words(3, 5000) }), unlink("d")],
  "strings in chunks": [dataset({ data: words(30), chunks: [4], maxshape: [null], compression: "gzip" }), unlink("d")],
  "strings with a fill value": [
    dataset({ shape: [9], dtype: "str", fillvalue: "fill", chunks: [4], maxshape: [null] }),
    unlink("d"),
  ],
  "a virtual dataset": [virtual, unlink("d")],
  "a few attributes": [withAttributes(3), unlink("d")],
  "many attributes": [withAttributes(30), unlink("d")],
  "a committed datatype with its last user": [committedType, unlink("d")],
  "a group of few": [withLinks(3), unlink("group")],
  "a group of many": [withLinks(20), unlink("group")],
  "groups in groups": [groupOfGroups, unlink("top")],
  "a link of few": [withLinks(4), unlink("2", "group")],
  "a link of many": [withLinks(60), unlink("23", "group")],
  "the link with which a group has few": [
    (file) => {
      withLinks(9)(file);
      for (const name of ["0", "3", "5"]) file.delete(`group/${name}`);
    },
    unlink("7", "group"),
  ],
  "the last link": [withLinks(1), unlink("0", "group")],
  "a soft link": [
    (file) => engineOf(file).root().insertLink("soft", { kind: "soft", path: "/nowhere" }),
    unlink("soft"),
  ],
  "an attribute of few": [withAttributes(3), { run: (file) => at(file, "/d").deleteAttribute("attribute 0") }],
  "an attribute of many": [withAttributes(30), { run: (file) => at(file, "/d").deleteAttribute("attribute 6") }],
  "the attribute with which an object has few": [
    (file) => {
      withAttributes(9)(file);
      const { attrs } = file.get("d") as Dataset;
      attrs.delete("attribute 1");
    },
    { run: (file) => at(file, "/d").deleteAttribute("attribute 3") },
  ],
  "the value of an attribute": [
    withAttributes(12),
    {
      run: (file) => {
        const object = at(file, "/d");
        // Those of another: elements of references alone have their objects in common.
        const { bytes } = object.attribute("attribute 1") ?? { bytes: new Uint8Array(32) };
        object.writeAttribute("attribute 1", bytes.toReversed());
      },
    },
  ],
  "the name of an attribute of many": [
    withAttributes(30),
    { run: (file) => at(file, "/d").renameAttribute("attribute 6", "another") },
  ],
  "a link that moves": [withLinks(20), { run: (file) => group(file, "group").moveLink("7", file.root(), "moved") }],
  "a group of names that are not ASCII": [
    withLinks(12),
    { run: (file) => group(file, "group").insertLink("ü", { kind: "soft", path: "x" }) },
  ],
  "a dataset cut to few chunks": [dataset({ data: numbers(200), chunks: [2], maxshape: [null] }), resize(7)],
  "a grid cut to few chunks": [
    dataset({ ...grid, chunks: [2, 2], maxshape: [null, null], compression: "gzip" }),
    resize(5, 7),
  ],
  "a dataset cut to nothing": [dataset({ data: numbers(200), chunks: [2], maxshape: [null] }), resize(0)],
  "strings cut to few": [dataset({ data: words(30), chunks: [4], maxshape: [null] }), resize(6)],
  "a grid of another format": [
    dataset({ ...grid, chunks: [2, 2], maxshape: [null, 20] }),
    {
      run: (file) => {
        const object = at(file, "/d") as DatasetObject;
        file.acquire(object);
        try {
          object.convertLayout();
          object.deleteAttribute("a");
        } finally {
          file.release(object);
        }
      },
    },
  ],
  "a copy": [
    groupOfGroups,
    {
      run: (file) => {
        const copy = copyObject(group(file, "top"), file);
        try {
          file.root().insertLink("copy", { kind: "hard", objectHeaderAddress: copy.address });
        } catch (error) {
          file.abandon([copy.address]);
          throw error;
        }
      },
    },
  ],
};

const FORMATS: Readonly<Record<string, FileOptions>> = {
  "the earliest format": {},
  "version 1.10": { libver: "v110" },
  "order of creation": { libver: "v110", trackOrder: true },
  "pages and stored free space": { libver: "v110", fsStrategy: "page", fsPersist: true, fsPageSize: 512 },
};

function made(make: Make, options: FileOptions): Uint8Array {
  const file = File.inMemory(undefined, options);
  make(file);
  const bytes = file.toBytes();
  file.close();
  return bytes;
}

describe.each(Object.entries(FORMATS))("%s: a read fails on the way of", (_, options) => {
  test.each(Object.entries(CASES).filter(([name]) => name !== "a grid of another format"))(
    "%s",
    (_name, [make, operation]) => {
      failEachRead(made(make, options), operation);
    },
  );
});

const FIXTURES = fileURLToPath(new URL("../fixtures/heaps-and-indexes/", import.meta.url));

describe.each<[string, Readonly<Record<string, Operation>>]>([
  ["attributes", { "dense attributes": unlink("d") }],
  ["shared-list", { "shared messages in a list": unlink("d6") }],
  ["shared-tree", { "shared messages in a tree": unlink("d6") }],
])("in the file %s of the C library a read fails on the way of", (name, operations) => {
  const bytes = gunzipSync(readFileSync(`${FIXTURES}${name}.h5.gz`));
  test.each(Object.entries(operations))("%s", (_, operation) => {
    failEachRead(new Uint8Array(bytes), operation);
  });
});

test("an object that cannot be deleted when its last holder lets go of it is deleted with the next flush", () => {
  const bytes = made(withAttributes(10), { libver: "v110" });
  for (let read = 0; ; read += 3) {
    const target = new StumblingTarget(new MemoryTarget(bytes.slice()));
    const file = H5File.open(target, { writable: true, metadataCacheBytes: 0, blockCacheBytes: 0 });
    const lost = lostSpans(file);
    const held = file.acquire(at(file, "/d"));
    file.root().removeLink("d");
    target.arm("read", read);
    let failed = false;
    try {
      file.release(held);
    } catch {
      failed = true;
    }
    target.disarm();
    file.flush();
    expect(spaceProblems(file, lost)).toEqual([]);
    expect(file.isOpenAt(held.address)).toBe(false);
    file.close();
    if (!failed) {
      expect(read).toBeGreaterThan(2);
      return;
    }
  }
});
