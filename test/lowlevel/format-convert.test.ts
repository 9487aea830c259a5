import { expect, test } from "vitest";
import { MemoryTarget } from "../../src/io/memory-source.ts";
import * as h5d from "../../src/lowlevel/h5d.ts";
import * as h5f from "../../src/lowlevel/h5f.ts";
import * as h5p from "../../src/lowlevel/h5p.ts";
import * as h5s from "../../src/lowlevel/h5s.ts";
import * as h5t from "../../src/lowlevel/h5t.ts";
import { overlaps } from "../support/space-check.ts";
import { expectError } from "./expect-error.ts";

interface Shape {
  readonly name: string;
  readonly dims: number[];
  readonly maxDims: (number | null)[] | null;
  readonly chunk: number[];
  readonly index: number;
  readonly early?: boolean;
}

const SHAPES: Shape[] = [
  { name: "fixed array", dims: [11], maxDims: null, chunk: [4], index: h5d.CHUNK_IDX_FARRAY },
  { name: "extensible array", dims: [11, 3], maxDims: [null, 3], chunk: [2, 3], index: h5d.CHUNK_IDX_EARRAY },
  // HDF5 1.10.8 puts the chunks of this one into other places.
  { name: "extensible array across", dims: [4, 6], maxDims: [10, null], chunk: [2, 3], index: h5d.CHUNK_IDX_EARRAY },
  { name: "version 2 B-tree", dims: [7, 9], maxDims: [null, null], chunk: [3, 3], index: h5d.CHUNK_IDX_BT2 },
  { name: "single chunk", dims: [5], maxDims: null, chunk: [5], index: h5d.CHUNK_IDX_SINGLE },
  { name: "implicit index", dims: [10], maxDims: null, chunk: [4], index: h5d.CHUNK_IDX_NONE, early: true },
];

function file() {
  const fapl = h5p.create(h5p.FILE_ACCESS);
  fapl.setLibverBounds(h5f.LIBVER_LATEST, h5f.LIBVER_LATEST);
  return h5f.create(new MemoryTarget(), { fapl });
}

function create(fid: h5f.FileID, shape: Shape, filtered: boolean, wholeEdges = true): [h5d.DatasetID, Int32Array] {
  const dcpl = h5p.create(h5p.DATASET_CREATE);
  dcpl.setChunk(shape.chunk);
  if (shape.early) dcpl.setAllocTime(h5d.ALLOC_TIME_EARLY);
  if (filtered) dcpl.setDeflate(6);
  if (!wholeEdges) dcpl.setChunkOpts(h5d.CHUNK_DONT_FILTER_PARTIAL_CHUNKS);
  const dataset = h5d.create(fid, shape.name, h5t.STD_I32LE, h5s.createSimple(shape.dims, shape.maxDims), dcpl);
  const values = Int32Array.from({ length: shape.dims.reduce((a, b) => a * b) }, (_, i) => i * 7);
  dataset.write(null, null, values);
  return [dataset, values];
}

function read(dataset: h5d.DatasetID, count: number): Int32Array {
  const out = new Int32Array(count);
  dataset.read(null, null, out);
  return out;
}

test.each(SHAPES)("chunks of the $name are found by a version 1 B-tree afterwards", (shape) => {
  for (const filtered of [false, true]) {
    if (filtered && shape.early) continue;
    const fid = file();
    const [dataset, values] = create(fid, shape, filtered);
    expect(dataset.getChunkIndexType()).toBe(shape.index);
    const stored = dataset.getStorageSize();
    dataset.formatConvert();
    expect(dataset.getChunkIndexType()).toBe(h5d.CHUNK_IDX_BTREE);
    expect(read(dataset, values.length)).toEqual(values);
    expect(dataset.getStorageSize()).toBe(stored);
    values[0] = -1;
    dataset.write(null, null, values);
    if (shape.maxDims !== null)
      dataset.setExtent(shape.dims.map((size, d) => (shape.maxDims?.[d] === null ? size + 5 : size)));
    const again = h5d.open(h5f.openFileImage(fid.getFileImage()), shape.name);
    expect(again.getChunkIndexType()).toBe(h5d.CHUNK_IDX_BTREE);
    const space = again.getSpace();
    space.selectHyperslab(
      shape.dims.map(() => 0),
      shape.dims,
    );
    const out = new Int32Array(values.length);
    again.read(h5s.createSimple([values.length]), space, out);
    expect(out).toEqual(values);
  }
});

test("chunks at the edge that no filter was applied to stay readable", () => {
  const fid = file();
  const [dataset, values] = create(fid, SHAPES[0] as Shape, true, false);
  dataset.formatConvert();
  expect(read(dataset, values.length)).toEqual(values);
  expect([...dataset.storedChunks()].map(({ filterMask }) => filterMask)).toEqual([0, 0, 1]);
});

test("what has no chunks, or none yet, stays as it is", () => {
  const fid = file();
  using plain = h5d.create(fid, "plain", h5t.STD_I32LE, h5s.createSimple([3]));
  plain.formatConvert();
  expect(plain.getCreatePlist().getLayout()).toBe(h5d.CONTIGUOUS);
  const dcpl = h5p.create(h5p.DATASET_CREATE);
  dcpl.setChunk([2]);
  using empty = h5d.create(fid, "empty", h5t.STD_I32LE, h5s.createSimple([6], [null]), dcpl);
  empty.formatConvert();
  expect([empty.getChunkIndexType(), empty.getNumChunks()]).toEqual([h5d.CHUNK_IDX_BTREE, 0]);
  empty.write(null, null, Int32Array.of(1, 2, 3, 4, 5, 6));
  empty.formatConvert();
  expect(read(empty, 6)).toEqual(Int32Array.of(1, 2, 3, 4, 5, 6));
  const reader = h5d.open(h5f.openFileImage(fid.getFileImage()), "empty");
  expectError(() => reader.formatConvert(), "RuntimeError", /^Unable to convert chunk indexing type/);
});

test("contiguous and compact layouts are described by version 3 of their message afterwards", () => {
  const fid = file();
  for (const layout of [h5d.CONTIGUOUS, h5d.COMPACT]) {
    const dcpl = h5p.create(h5p.DATASET_CREATE);
    dcpl.setLayout(layout);
    using dataset = h5d.create(fid, `${layout}`, h5t.STD_I32LE, h5s.createSimple([2]), dcpl);
    dataset.write(null, null, Int32Array.of(5, 6));
    const version = () => dataset.location().object.layout.version;
    expect(version()).toBeGreaterThan(3);
    dataset.formatConvert();
    expect(version()).toBe(3);
    expect(read(dataset, 2)).toEqual(Int32Array.of(5, 6));
  }
});

test("a file that gives out its space in pages and keeps account of it becomes one that does not say so", () => {
  const fcpl = h5p.create(h5p.FILE_CREATE);
  fcpl.setFileSpaceStrategy(h5f.FSPACE_STRATEGY_PAGE, true, 1);
  const fapl = h5p.create(h5p.FILE_ACCESS);
  fapl.setLibverBounds(h5f.LIBVER_LATEST, h5f.LIBVER_LATEST);
  let target = new MemoryTarget();
  const reopened = () => {
    target = new MemoryTarget(new Uint8Array(target.toBytes()));
    return h5f.open(target, h5f.ACC_RDWR);
  };
  const write = (name: string, fid: h5f.FileID) => {
    using dataset = h5d.create(fid, name, h5t.STD_I32LE, h5s.createSimple([3000]));
    dataset.write(null, null, new Int32Array(3000).fill(7));
  };
  let fid = h5f.create(target, { fcpl, fapl });
  write("a", fid);
  write("b", fid);
  fid.unlink("a");
  fid.close();
  fid = reopened();
  expect(fid.getFreespace()).toBeGreaterThan(0);
  fid.formatConvert();
  expect(fid.getCreatePlist().getFileSpaceStrategy()).toEqual(h5p.create(h5p.FILE_CREATE).getFileSpaceStrategy());
  write("c", fid);
  fid.close();
  fid = reopened();
  expect([fid.location().object.file.superblock.version, fid.getFreespace()]).toEqual([2, 0]);
  for (const name of ["b", "c"]) {
    using dataset = h5d.open(fid, name);
    expect(read(dataset, 3000)).toEqual(new Int32Array(3000).fill(7));
  }
  expect(overlaps(fid.location().object.file)).toEqual([]);
  fid.close();
});
