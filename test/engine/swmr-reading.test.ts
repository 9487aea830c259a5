/** Reading what another process may be writing: checksums that do not fit yet, files that are longer than they say. */
import { describe, expect, test } from "vitest";
import { lookup3 } from "../../src/base/checksum.ts";
import type { ChunkInfo } from "../../src/engine/chunks/chunk-list.ts";
import type { DatasetObject } from "../../src/engine/dataset-object.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { resolveObject } from "../../src/engine/resolve.ts";
import { File, type FileOptions, type NDArray } from "../../src/index.ts";
import { MemorySource } from "../../src/io/memory-source.ts";
import { h5d, h5f, h5g, h5o, h5p } from "../../src/lowlevel/index.ts";
import { expectFailure } from "../highlevel/helpers.ts";
import { changedPieces, grownFile, ROWS } from "../support/grown-file.ts";
import { type Tear, TornSource } from "../support/torn-source.ts";

const { older, bytes } = grownFile();

function expectRows(file: File): void {
  for (const path of ["ext", "tree"]) {
    const { data } = file.get(path).read();
    expect(data.length).toBe(ROWS);
    expect((data as Int32Array).every((value, i) => value === i)).toBe(true);
  }
}

describe("a structure that is half written", () => {
  const pieces = changedPieces(older, bytes);

  test("is one of every kind that a writer changes", () => {
    const names = [...pieces.keys()].map((name) => name.replace(/^.*: /, ""));
    expect(names.sort()).toEqual([
      "Extensible array data block N of super block N",
      "Extensible array header",
      "Extensible array index block",
      "Extensible array super block N",
      "Header of the B-tree, index of chunks",
      "Leaf of the B-tree, index of chunks",
      "Node of level N of the B-tree, index of chunks",
      "Object header, version N",
    ]);
  });

  test.each([...pieces])("%s: is read again until it is whole", (_, piece) => {
    for (const reads of [1, 9, 99]) {
      const source = new TornSource(bytes, older);
      source.tear = { ...piece, reads };
      using file = new File(source, "r", { swmr: true });
      expectRows(file);
      expect(source.tear.reads).toBe(0);
      const bins = file.id.getMetadataReadRetryInfo().retries.filter((counts) => counts.length > 0);
      expect(bins).toEqual([reads < 10 ? [1, 0] : [0, 1]]);
    }
  });

  test.each([...pieces])("%s: is an error after 100 attempts, and at once in a file that nobody writes", (_, piece) => {
    const source = new TornSource(bytes, older);
    source.tear = { ...piece, reads: 100 };
    expect(failure(source, { swmr: true })).toMatchObject({ message: /after all read attempts \(100\)/ });
    expect(source.tear.reads).toBe(0);
    source.tear = { ...piece, reads: Number.POSITIVE_INFINITY };
    expect(failure(source, {})).toMatchObject({ message: /^(?!.*read attempts).*field "Checksum": stored/ });
  });

  test("takes as many attempts as the access list says", () => {
    const [piece] = pieces.values();
    for (const swmr of [true, false]) {
      const fapl = h5p.create(h5p.FILE_ACCESS);
      fapl.setMetadataReadAttempts(3);
      const flags = swmr ? h5f.ACC_RDONLY | h5f.ACC_SWMR_READ : h5f.ACC_RDONLY;
      const source = new TornSource(bytes, older);
      source.tear = { ...(piece as Tear), reads: 2 };
      const id = h5f.open(source, flags, fapl);
      expect(id.getAccessPlist().getMetadataReadAttempts()).toBe(3);
      expectRows(new File(id));
      expect(id.getMetadataReadRetryInfo().nbins).toBe(1);
      source.tear.reads = Number.POSITIVE_INFINITY;
      const refresh = () => ["ext", "tree"].map((path) => h5o.refresh(h5d.open(id, path)));
      expect(refresh).toThrow(/after all read attempts \(3\)/);
      // As many again, the next time; what is whole from then on takes none.
      source.tear.reads = 2;
      expect(refresh).not.toThrow();
      const { retries } = id.getMetadataReadRetryInfo();
      expect(refresh).not.toThrow();
      expect(id.getMetadataReadRetryInfo().retries).toEqual(retries);
      id.close();
    }
  });
});

/** What reading everything fails with. */
function failure(source: TornSource, options: FileOptions): unknown {
  try {
    using file = new File(source, "r", options);
    expectRows(file);
  } catch (error) {
    return error;
  }
  return undefined;
}

describe("raw data that is half written", () => {
  const chunk = datasetAt("ext").chunkStore().chunkInfo()[ROWS - 1] as ChunkInfo;
  const piece = { offset: chunk.address + 2, byteLength: chunk.byteLength - 2 };

  test("is read again while its filters find it wanting", () => {
    const source = new TornSource(bytes, older);
    source.tear = { ...piece, reads: 50 };
    using file = new File(source, "r", { swmr: true });
    expectRows(file);
    expect(source.tear.reads).toBe(0);
    expect(file.id.getMetadataReadRetryInfo().retries.flat()).toEqual([]);
  });

  test("is the filter's error in the end", () => {
    const source = new TornSource(bytes, older);
    source.tear = { ...piece, reads: 100 };
    expect(failure(source, { swmr: true })).toMatchObject({ message: /Fletcher32/ });
    expect(source.tear.reads).toBe(0);
    source.tear.reads = 1;
    expect(failure(source, {})).toMatchObject({ message: /Fletcher32/ });
  });
});

function datasetAt(path: string): DatasetObject {
  return resolveObject(H5File.open(new MemorySource(bytes)).root(), path) as DatasetObject;
}

/** The bytes of a file as they are while a writer of SWMR has it open, or another one. */
function flagged(image: Uint8Array, flags: number, end = image.length): Uint8Array {
  const copy = image.slice();
  copy[11] = flags;
  const view = new DataView(copy.buffer);
  view.setBigUint64(28, BigInt(end), true);
  view.setUint32(44, lookup3(copy.subarray(0, 44)), true);
  return copy;
}

describe("a file that is open elsewhere", () => {
  const opening = (image: Uint8Array, swmr: boolean) => () => new File(image, "r", { swmr }).close();

  test("is read with swmr while a writer lets others read, and else not", () => {
    const openForWriting = "file is already open for write (may use <h5clear file> to clear file consistency flags)";
    const message = (reason: string) => `Unable to open file (${reason})`;
    expect(opening(flagged(bytes, 0), true)).not.toThrow();
    expect(opening(flagged(bytes, 5), true)).not.toThrow();
    for (const flags of [1, 4]) {
      const reason = "file is not already open for SWMR writing";
      expectFailure(opening(flagged(bytes, flags), true), "OSError", message(reason));
    }
    for (const flags of [1, 4, 5]) {
      expectFailure(opening(flagged(bytes, flags), false), "OSError", message(openForWriting));
    }
  });

  test("may be longer or shorter than it says, but not when nobody writes", () => {
    for (const end of [bytes.length / 2, bytes.length + 5000]) {
      using file = new File(flagged(bytes, 5, Math.floor(end)), "r", { swmr: true });
      expectRows(file);
    }
    expect(opening(flagged(bytes, 0, bytes.length + 1), true)).toThrow(/truncated file/);
  });

  test("has zeros where a chunk was allocated and not yet written", () => {
    const file = new File(new Uint8Array(0), "w", { libver: "latest" });
    // In a small file the index would lie behind its chunk.
    file.createDataset("x", { chunks: [10_000], maxshape: [null], data: new Float64Array(10_000).fill(7) });
    const image = file.toBytes();
    file.close();
    using short = new File(flagged(image.subarray(0, image.length - 4000), 5), "r", { swmr: true });
    const { data } = short.get("x").read<NDArray<Float64Array>>();
    expect([data[0], data[9499], data[9500], data[9999]]).toEqual([7, 7, 0, 0]);
  });
});

describe("a refresh", () => {
  test("shows what was appended, and reads the object's header alone until more is asked for", () => {
    const source = new TornSource(older, older);
    using file = new File(source, "r", { swmr: true });
    const [ext, tree] = [file.get("ext"), file.get("tree")];
    expect([ext.shape, tree.shape]).toEqual([[ROWS - 1000], [ROWS - 1000, 1]]);
    ext.read();
    tree.read();
    source.bytes = bytes;
    expect(ext.shape).toEqual([ROWS - 1000]);
    expect(ext.read([-1])).toBe(ROWS - 1001);
    source.reads.length = 0;
    for (let poll = 1; poll <= 3; poll++) {
      ext.refresh();
      expect(source.reads.length).toBe(poll);
    }
    expect([ext.shape, tree.shape]).toEqual([[ROWS], [ROWS - 1000, 1]]);
    expect(ext.read([-1])).toBe(ROWS - 1);
    // Header, index block, super block and data block of the array, then the chunk.
    expect(source.reads.length).toBe(3 + 5);
    tree.refresh();
    expect(tree.shape).toEqual([ROWS, 1]);
    expectRows(file);
  });

  test("is not needed for what was never read: no bytes around other structures are kept", () => {
    const source = new TornSource(older, older);
    using file = new File(source, "r", { swmr: true });
    expect(file.get("ext").shape).toEqual([ROWS - 1000]);
    source.bytes = bytes;
    expect(file.get("tree").shape).toEqual([ROWS, 1]);
  });

  test("shows attributes and links of a group", () => {
    const file = new File(new Uint8Array(0), "w", { libver: "latest" });
    const group = file.createGroup("g");
    file.flush();
    const before = file.toBytes();
    group.attrs.set("a", 1);
    group.createGroup("sub");
    const after = file.toBytes();
    file.close();
    const source = new TornSource(before, before);
    using reader = new File(source, "r", { swmr: true });
    const found = reader.getGroup("g");
    expect([[...found.keys()], [...found.attrs.keys()]]).toEqual([[], []]);
    source.bytes = after;
    expect([[...found.keys()], [...found.attrs.keys()]]).toEqual([[], []]);
    h5g.refresh(found.id);
    expect([[...found.keys()], [...found.attrs.keys()]]).toEqual([["sub"], ["a"]]);
  });
});
