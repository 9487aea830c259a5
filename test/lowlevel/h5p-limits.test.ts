/** The first and the last of what setters take, as version 1.10.8 of the C library has them; and that lists keep copies. */
import { describe, expect, test } from "vitest";
import * as h5d from "../../src/lowlevel/h5d.ts";
import * as h5f from "../../src/lowlevel/h5f.ts";
import * as h5fd from "../../src/lowlevel/h5fd.ts";
import * as h5p from "../../src/lowlevel/h5p.ts";
import * as h5s from "../../src/lowlevel/h5s.ts";
import * as h5z from "../../src/lowlevel/h5z.ts";

const ones = (count: number): number[] => new Array<number>(count).fill(1);
const fcpl = () => h5p.create(h5p.FILE_CREATE);
const fapl = () => h5p.create(h5p.FILE_ACCESS);
const dcpl = () => h5p.create(h5p.DATASET_CREATE);
const dapl = () => h5p.create(h5p.DATASET_ACCESS);
const dxpl = () => h5p.create(h5p.DATASET_XFER);
const gcpl = () => h5p.create(h5p.GROUP_CREATE);

/** Arguments that are taken, and such that are not. */
function limits<A extends unknown[]>(
  name: string,
  set: (...values: A) => void,
  taken: readonly A[],
  refused: readonly A[],
): [string, () => void] {
  const check = () => {
    for (const values of taken) expect(() => set(...values), `${name}(${values})`).not.toThrow();
    for (const values of refused) expect(() => set(...values), `${name}(${values})`).toThrow();
  };
  return [name, check];
}

type Two = [number, number];
type Three = [number, number, number];
const phases: readonly Two[] = [
  [0, 0],
  [6, 6],
  [65535, 65535],
];
const noPhases: readonly Two[] = [
  [5, 6],
  [65536, 0],
];

test.each([
  limits("H5Pset_userblock", (n: number) => fcpl().setUserblock(n), [[0], [512], [1024]], [[256], [513]]),
  limits("H5Pset_sym_k", (n: number) => fcpl().setSymK(n, 4), [[0x7fff]], [[0x8000]]),
  limits("H5Pset_istore_k", (n: number) => fcpl().setIstoreK(n), [[1], [0x7fff]], [[0], [0x8000]]),
  limits(
    "H5Pset_file_space_page_size",
    (n: number) => fcpl().setFileSpacePageSize(n),
    [[512], [2 ** 30]],
    [[511], [2 ** 30 + 1]],
  ),
  limits("H5Pset_file_space_strategy", (n: number) => fcpl().setFileSpaceStrategy(n, false, 1), [[0], [3]], [[4]]),
  limits("H5Pset_shared_mesg_nindexes", (n: number) => fcpl().setSharedMesgNindexes(n), [[0], [8]], [[9]]),
  limits(
    "H5Pset_shared_mesg_phase_change",
    (...[most, least]: Two) => fcpl().setSharedMesgPhaseChange(most, least),
    [
      [0, 0],
      [0, 1],
      [10, 11],
      [5000, 5000],
    ],
    [
      [10, 12],
      [5001, 0],
    ],
  ),
  limits("H5Pset_attr_phase_change", (...[max, min]: Two) => dcpl().setAttrPhaseChange(max, min), phases, noPhases),
  limits("H5Pset_link_phase_change", (...[max, min]: Two) => gcpl().setLinkPhaseChange(max, min), phases, noPhases),
  limits(
    "H5Pset_attr_creation_order",
    (n: number) => dcpl().setAttrCreationOrder(n),
    [[0], [1], [3], [4], [7]],
    [[2], [6]],
  ),
  limits(
    "H5Pset_est_link_info",
    (...[entries, length]: Two) => gcpl().setEstLinkInfo(entries, length),
    [[65535, 65535]],
    [
      [65536, 1],
      [1, 65536],
    ],
  ),
  limits("H5Pset_szip", (n: number) => dcpl().setSzip(h5z.SZIP_NN_OPTION_MASK, n), [[0], [32]], [[31], [34]]),
  limits(
    "H5Pset_scaleoffset",
    (...[type, factor]: Two) => dcpl().setScaleoffset(type, factor),
    [
      [0, 0],
      [2, 0],
    ],
    [
      [3, 0],
      [0, -1],
    ],
  ),
  limits("H5Pset_deflate", (n: number) => dcpl().setDeflate(n), [[0], [9]], [[10]]),
  limits(
    "H5Pset_filter",
    (...[id, flags]: Two) => dcpl().setFilter(id, flags),
    [
      [65535, 0],
      [300, 1],
      [300, 2],
    ],
    [
      [65536, 0],
      [-1, 0],
      [300, 0x100],
    ],
  ),
  limits("H5Pset_chunk", (n: number) => dcpl().setChunk(ones(n)), [[1], [32]], [[0], [33]]),
  limits("H5Pset_layout", (n: number) => dcpl().setLayout(n), [[0], [3]], [[-1], [4]]),
  limits("H5Pset_alloc_time", (n: number) => dcpl().setAllocTime(n), [[0], [3]], [[-1], [4]]),
  limits("H5Pset_fill_time", (n: number) => dcpl().setFillTime(n), [[0], [2]], [[-1], [3]]),
  limits("H5Pset_chunk_cache", (w0: number) => dapl().setChunkCache(521, 1000, w0), [[0], [1], [-1]], [[1.01]]),
  limits("H5Pset_cache", (w0: number) => fapl().setCache(0, 521, 1000, w0), [[0], [1]], [[-1], [1.01]]),
  limits("H5Pset_nlinks", (n: number) => dapl().setNlinks(n), [[1]], [[0]]),
  limits(
    "H5Pset_page_buffer_size",
    (...[meta, raw]: Two) => fapl().setPageBufferSize(4096, meta, raw),
    [
      [100, 0],
      [0, 100],
      [60, 40],
    ],
    [
      [60, 41],
      [101, 0],
      [0, 101],
    ],
  ),
  limits("H5Pset_metadata_read_attempts", (n: number) => fapl().setMetadataReadAttempts(n), [[1]], [[0]]),
  limits(
    "H5Pset_btree_ratios",
    (...ratios: Three) => dxpl().setBtreeRatios(...ratios),
    [
      [0, 0, 0],
      [1, 1, 1],
    ],
    [
      [-0.1, 0, 0],
      [0, 1.1, 0],
      [0, 0, 2],
    ],
  ),
])("%s takes what the C library takes", (_name, check) => check());

describe("what depends on something else", () => {
  test("is as in the C library: file creation", () => {
    const p = fcpl();
    p.setSharedMesgPhaseChange(0, 1);
    expect(p.getSharedMesgPhaseChange()).toEqual([0, 0]);
    p.setSharedMesgNindexes(8);
    expect(Array.from({ length: 8 }, (_, i) => p.getSharedMesgIndex(i))).toEqual([
      ...new Array(6).fill([0, 250]),
      [0, 0],
      [0, 0],
    ]);
    // Strategies that manage no free space have none to keep.
    const strategies = [0, 1, 2, 3].map((strategy) => {
      const each = fcpl();
      each.setFileSpaceStrategy(strategy, true, 7);
      return each.getFileSpaceStrategy();
    });
    expect(strategies).toEqual([
      [0, true, 7],
      [1, true, 7],
      [2, false, 1],
      [3, false, 1],
    ]);
    p.setFileSpaceStrategy(h5f.FSPACE_STRATEGY_PAGE, true, 5);
    p.setFileSpace(0, 9);
    expect(p.getFileSpaceStrategy()).toEqual([h5f.FSPACE_STRATEGY_PAGE, true, 9]);
    p.setSizes(4, 2);
    p.setSizes(0, 0);
    expect(p.getSizes()).toEqual([4, 2]);
    p.setSizes(0, 4);
    p.setSizes(2, 0);
    expect(p.getSizes()).toEqual([2, 4]);
  });

  test("is as in the C library: orders, caches and sizes", () => {
    const p = dcpl();
    const orders = [4, 7, 5].map((order) => {
      p.setAttrCreationOrder(order);
      return p.getAttrCreationOrder();
    });
    expect(orders).toEqual([0, 3, 1]);
    const access = dapl();
    access.setChunkCache(7, 0, 0);
    expect(access.getChunkCache()).toEqual([7, 0, 0]);
    access.setChunkCache(h5d.CHUNK_CACHE_NSLOTS_DEFAULT, h5d.CHUNK_CACHE_NBYTES_DEFAULT, h5d.CHUNK_CACHE_W0_DEFAULT);
    expect(access.getChunkCache()).toEqual([521, 1048576, 0.75]);
    expect(() => fapl().setPageBufferSize(4096, 0, 101)).toThrow("Minimum rawdata fractions");
    const file = fapl();
    file.setMultiType(h5fd.MEM_OHDR);
    expect(file.getMultiType()).toBe(h5fd.MEM_OHDR);
    file.insert("mine", 1, 8);
    file.set("mine", 2);
    expect([file.get("mine"), file.getSize("mine")]).toEqual([2, 8]);
  });

  test("is as in the C library: chunks", () => {
    const p = dcpl();
    p.setChunk([4]);
    p.setChunkOpts(h5d.CHUNK_DONT_FILTER_PARTIAL_CHUNKS);
    p.setChunk([5]);
    expect(p.getChunkOpts()).toBe(0);
    p.setChunkOpts(h5d.CHUNK_DONT_FILTER_PARTIAL_CHUNKS);
    p.setLayout(h5d.CHUNKED);
    expect(p.getChunkOpts()).toBe(0);
    p.setFilter(300);
    p.modifyFilter(300, h5z.FLAG_OPTIONAL);
    expect(() => p.modifyFilter(300, 0x100)).toThrow("invalid flags");
    p.setShuffle();
    p.removeFilter(h5z.FILTER_ALL);
    expect(p.getNfilters()).toBe(0);
  });
});

describe("lists are equal", () => {
  test("when they are of one class and all of their values are equal", () => {
    const [short, long] = [fapl(), fapl()];
    short.setFileImage(Uint8Array.of(1));
    long.setFileImage(Uint8Array.of(1, 2));
    expect([short.equal(long), long.equal(short), short.equal(short.copy())]).toEqual([false, false, true]);
    const [one, two] = [h5p.create(h5p.OBJECT_COPY), h5p.create(h5p.OBJECT_COPY)];
    for (const list of [one, two]) list.addMergeCommittedDtypePath("a");
    expect(one.equal(two)).toBe(true);
    two.addMergeCommittedDtypePath("b");
    expect([one.equal(two), two.equal(one)]).toEqual([false, false]);
    // An allocation time that was set is not the layout's, whichever is set first.
    const [before, after] = [dcpl(), dcpl()];
    before.setAllocTime(h5d.ALLOC_TIME_EARLY);
    for (const list of [before, after]) list.setChunk([4]);
    after.setAllocTime(h5d.ALLOC_TIME_EARLY);
    expect(before.equal(after)).toBe(true);
    const classes = [h5p.GROUP_ACCESS, h5p.DATATYPE_ACCESS, h5p.LINK_ACCESS];
    const equal = classes.map((first) => classes.map((second) => h5p.create(first).equal(h5p.create(second))));
    expect(equal).toEqual([
      [true, false, false],
      [false, true, false],
      [false, false, true],
    ]);
    const closed = h5p.create(h5p.LINK_ACCESS);
    closed.close();
    expect(() => h5p.create(h5p.LINK_ACCESS).equal(closed)).toThrow("not property objects");
  });
});

describe("a list is not changed by what is done to", () => {
  test("values that it was given, or gave", () => {
    const image = Uint8Array.of(1, 2, 3);
    const p = fapl();
    p.setFileImage(image);
    image[0] = 9;
    p.getFileImage()?.fill(7);
    expect(p.getFileImage()).toEqual(Uint8Array.of(1, 2, 3));
    const config = p.getMdcConfig();
    config.initialSize = 1 << 22;
    p.setMdcConfig(config);
    config.initialSize = 1 << 23;
    p.getMdcConfig().initialSize = 1 << 24;
    expect(p.getMdcConfig().initialSize).toBe(1 << 22);
    const links = h5p.create(h5p.LINK_ACCESS);
    links.setElinkFapl(p);
    p.setMetaBlockSize(77);
    links.getElinkFapl()?.setMetaBlockSize(78);
    expect(links.getElinkFapl()?.getMetaBlockSize()).toBe(2048);
    const chunks = [4, 5];
    const creation = dcpl();
    creation.setChunk(chunks);
    chunks[0] = 9;
    creation.getChunk()[1] = 9;
    expect(creation.getChunk()).toEqual([4, 5]);
    const transfer = dxpl();
    transfer.setBtreeRatios(0.2, 0.4, 0.8);
    transfer.getBtreeRatios()[0] = 1;
    expect(transfer.getBtreeRatios()).toEqual([0.2, 0.4, 0.8]);
  });

  test("dataspaces of mappings", () => {
    const p = dcpl();
    const [virtual, source] = [h5s.createSimple([6]), h5s.createSimple([6])];
    p.setVirtual(virtual, "f.h5", "d", source);
    virtual.selectNone();
    source.selectNone();
    p.getVirtualVspace().selectNone();
    p.getVirtualSrcspace().selectNone();
    expect([p.getVirtualVspace().getSelectNpoints(), p.getVirtualSrcspace().getSelectNpoints()]).toEqual([6, 6]);
  });
});
