import { expect, test } from "vitest";
import { File } from "../../src/highlevel/file.ts";
import { MemoryTarget } from "../../src/io/memory-source.ts";
import * as h5d from "../../src/lowlevel/h5d.ts";
import * as h5f from "../../src/lowlevel/h5f.ts";
import * as h5ld from "../../src/lowlevel/h5ld.ts";
import * as h5p from "../../src/lowlevel/h5p.ts";
import * as h5s from "../../src/lowlevel/h5s.ts";
import * as h5t from "../../src/lowlevel/h5t.ts";
import { expectError } from "./expect-error.ts";
import { sampleFile } from "./sample-file.ts";

function newFile(low = h5f.LIBVER_LATEST) {
  const fapl = h5p.create(h5p.FILE_ACCESS);
  fapl.setLibverBounds(low, h5f.LIBVER_LATEST);
  return h5f.create(new MemoryTarget(), { fapl });
}

test("the index of chunks is that of their shape, as the C library chooses it", () => {
  const fid = newFile();
  const make = (dims: number[], maxDims: (number | null)[] | null, chunk: number[], early = false) => {
    const dcpl = h5p.create(h5p.DATASET_CREATE);
    dcpl.setChunk(chunk);
    if (early) dcpl.setAllocTime(h5d.ALLOC_TIME_EARLY);
    return h5d.create(fid, null, h5t.STD_I32LE, h5s.createSimple(dims, maxDims), dcpl).getChunkIndexType();
  };
  expect(make([10], null, [5])).toBe(h5d.CHUNK_IDX_FARRAY);
  expect(make([10], [null], [5])).toBe(h5d.CHUNK_IDX_EARRAY);
  expect(make([10, 10], [null, null], [5, 5])).toBe(h5d.CHUNK_IDX_BT2);
  expect(make([5], null, [5])).toBe(h5d.CHUNK_IDX_SINGLE);
  expect(make([10], null, [5], true)).toBe(h5d.CHUNK_IDX_NONE);
  const old = sampleFile();
  expect(h5d.open(old, "ch").getChunkIndexType()).toBe(h5d.CHUNK_IDX_BTREE);
  expectError(() => h5d.open(old, "data").getChunkIndexType(), "ValueError", /dataset is not chunked/);
});

test("stored chunks tell their sizes and come as an iterator", () => {
  const fid = sampleFile();
  using dataset = h5d.open(fid, "ch");
  expect(dataset.getChunkStorageSize([0, 0])).toBe(100);
  expect(dataset.getChunkStorageSize([4, 3])).toBe(100);
  expectError(() => dataset.getChunkStorageSize([5, 5]), "RuntimeError", /chunk storage is not allocated/);
  expectError(() => dataset.getChunkStorageSize([5]), "ValueError", "Tuple length incompatible with array");
  expect([...dataset.storedChunks()].map(({ chunkOffset, size }) => [chunkOffset, size])).toEqual([[[0, 0], 100]]);
  expect(dataset.chunkIter(({ size }) => size)).toBe(100);
  const dcpl = h5p.create(h5p.DATASET_CREATE);
  dcpl.setChunk([5]);
  using none = h5d.create(fid, "none", h5t.STD_I8LE, h5s.createSimple([10]), dcpl);
  expect(none.getChunkStorageSize([0])).toBe(0);
});

test("memory for variable-length data is counted as the C library does it", () => {
  const fid = newFile();
  const file = new File(fid);
  const text = h5t.C_S1.copy();
  text.setSize(h5t.VARIABLE);
  file.createDataset("strings", { data: ["abc", "de", ""] });
  using strings = h5d.open(fid, "strings");
  expect(strings.vlenGetBufSize(text)).toBe(8);
  const one = strings.getSpace();
  one.selectHyperslab([1], [1]);
  expect(strings.vlenGetBufSize(text, one)).toBe(3);

  const int = h5t.vlenCreate(h5t.STD_I32LE);
  file.createDataset("sequences", { dtype: int, data: [[0, 1, 2], [0, 1, 2, 3, 4], []] });
  using sequences = h5d.open(fid, "sequences");
  expect(sequences.vlenGetBufSize(int)).toBe(32);
  expect(sequences.vlenGetBufSize(h5t.vlenCreate(h5t.STD_I64LE))).toBe(64);
  const nested = h5t.vlenCreate(h5t.vlenCreate(h5t.STD_I8LE));
  file.createDataset("nested", { dtype: nested, data: [[[1], [2, 3]], []] });
  // Two inner sequences of 16 bytes each, and three numbers.
  expect(h5d.open(fid, "nested").vlenGetBufSize(nested)).toBe(35);
  using plain = h5d.create(fid, "plain", h5t.STD_I32LE, h5s.createSimple([2]));
  expect(plain.vlenGetBufSize(h5t.STD_I32LE)).toBe(0);
});

test("several datasets are read and written with one call", () => {
  const fid = newFile();
  const [a, b] = ["a", "b"].map((name) => h5d.create(fid, name, h5t.STD_I32LE, h5s.createSimple([4])));
  if (a === undefined || b === undefined) throw new Error("two datasets");
  const space = h5s.createSimple([4]);
  space.selectHyperslab([1], [2]);
  h5d.writeMulti([
    { dataset: a, array: Int32Array.of(1, 2, 3, 4) },
    { dataset: b, fspace: space, mspace: h5s.createSimple([2]), array: Float64Array.of(5, 6) },
  ]);
  const [first, second] = [new Int32Array(4), new Int32Array(4)];
  h5d.readMulti([
    { dataset: a, array: first, mtype: h5t.NATIVE_INT32 },
    { dataset: b, array: second },
  ]);
  expect([[...first], [...second]]).toEqual([
    [1, 2, 3, 4],
    [0, 5, 6, 0],
  ]);
  const tooShort = { dataset: a, array: new Int32Array(1) };
  expectError(() => h5d.readMulti([tooShort]), "OSError", /^Can't read data/);
});

test("what a dataset has grown by is read, whole or by fields", () => {
  const fid = newFile();
  const dcpl = h5p.create(h5p.DATASET_CREATE);
  dcpl.setChunk([2, 2]);
  using grid = h5d.create(fid, "grid", h5t.STD_U8LE, h5s.createSimple([2, 3], [null, null]), dcpl);
  grid.write(null, null, Uint8Array.of(1, 2, 3, 4, 5, 6));
  expect(h5ld.getDsetDims(grid)).toEqual([2, 3]);
  expect(h5ld.getDsetElmts(grid, [1, 3], [2, 3])).toEqual([4, 5, 6]);
  expect(h5ld.getDsetElmts(grid, [1, 2], [2, 3])).toEqual([3, 4, 5, 6]);
  expectError(() => h5ld.getDsetElmts(grid, [2, 3], [2, 3]), "RuntimeError", /H5LDget_dset_elmts/);
  expectError(() => h5ld.getDsetElmts(grid, [2], [3]), "ValueError", /must be a tuple of size 2/);

  const inner = h5t.create(h5t.COMPOUND, 3);
  inner.insert("x", 0, h5t.STD_U8LE);
  inner.insert("a.b", 1, h5t.STD_U16LE);
  const type = h5t.create(h5t.COMPOUND, 4);
  type.insert("t", 0, h5t.STD_U8LE);
  type.insert("p", 1, inner);
  using table = h5d.create(fid, "table", type, h5s.createSimple([2]));
  table.write(null, null, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8), type);
  // As a C compiler aligns the native types.
  expect(h5ld.getDsetTypeSize(table)).toBe(6);
  expect(h5ld.getDsetTypeSize(table, "t,p.x")).toBe(2);
  expect(h5ld.getDsetTypeSize(table, "p.a\\.b")).toBe(2);
  expect(h5ld.getDsetElmts(table, [1], [2], "p.a\\.b,t")).toEqual([{ "p.a\\.b": 0x807, t: 5 }]);
  expectError(() => h5ld.getDsetTypeSize(table, "p.y"), "ValueError", /no field "p.y"/);
});

test("the chunk cache has the settings of the handle that opened the dataset first, and counts", () => {
  const fapl = h5p.create(h5p.FILE_ACCESS);
  fapl.setCache(0, 101, 5000, 0.25);
  const fid = h5f.create(new MemoryTarget(), { fapl });
  const dcpl = h5p.create(h5p.DATASET_CREATE);
  dcpl.setChunk([2]);
  h5d.create(fid, "d", h5t.STD_I32LE, h5s.createSimple([8]), dcpl).close();
  const settings = (...cache: [number, number, number]) => {
    const dapl = h5p.create(h5p.DATASET_ACCESS);
    dapl.setChunkCache(...cache);
    return dapl;
  };
  const first = h5d.open(fid, "d", settings(7, h5d.CHUNK_CACHE_NBYTES_DEFAULT, h5d.CHUNK_CACHE_W0_DEFAULT));
  expect(first.getAccessPlist().getChunkCache()).toEqual([7, 5000, 0.25]);
  const second = h5d.open(fid, "d", settings(9, 10, 1));
  expect(second.getAccessPlist().getChunkCache()).toEqual([7, 5000, 0.25]);
  second.write(null, null, Int32Array.of(1, 2, 3, 4, 5, 6, 7, 8));
  first.read(null, null, new Int32Array(8));
  const counts = { hits: 4, misses: 0, evictions: 0, collisions: 0, entries: 4, byteLength: 32 };
  expect(second.chunkCacheStatistics()).toEqual(counts);
  first.close();
  second.close();
  const again = h5d.open(fid, "d", settings(h5d.CHUNK_CACHE_NSLOTS_DEFAULT, 0, 1));
  expect(again.getAccessPlist().getChunkCache()).toEqual([0, 0, 1]);
  again.close();
  expect(h5d.open(fid, "d").getAccessPlist().getChunkCache()).toEqual([101, 5000, 0.25]);
  const flat = h5d.create(fid, "flat", h5t.STD_I32LE, h5s.createSimple([8]));
  expect([flat.chunkCacheStatistics(), flat.getAccessPlist().getChunkCache()]).toEqual([null, [521, 1 << 20, 0.75]]);
});
