import { describe, expect, test } from "vitest";
import * as h5p from "../../src/lowlevel/h5p.ts";
import * as h5s from "../../src/lowlevel/h5s.ts";
import * as h5t from "../../src/lowlevel/h5t.ts";
import { expectError } from "./expect-error.ts";

describe("property lists", () => {
  test("are made of a class, with the defaults of HDF5 1.10", () => {
    const fapl = h5p.create(h5p.FILE_ACCESS);
    expect(fapl).toBeInstanceOf(h5p.PropFAID);
    expect(fapl.getCache()).toEqual([0, 521, 1048576, 0.75]);
    expect(fapl.getLibverBounds()).toEqual([0, 2]);
    expect(fapl.getAlignment()).toEqual([1, 1]);
    expect(fapl.getFcloseDegree()).toBe(0);
    expect(fapl.getSieveBufSize()).toBe(65536);
    const fcpl = h5p.create(h5p.FILE_CREATE);
    expect(fcpl.getSizes()).toEqual([8, 8]);
    expect(fcpl.getFileSpaceStrategy()).toEqual([0, false, 1]);
    expect(fcpl.getFileSpacePageSize()).toBe(4096);
    expect(fcpl.getAttrPhaseChange()).toEqual([8, 6]);
    const dcpl = h5p.create(h5p.DATASET_CREATE);
    expect([dcpl.getLayout(), dcpl.getFillTime(), dcpl.getAllocTime(), dcpl.fillValueDefined()]).toEqual([1, 2, 2, 1]);
    expect(h5p.create(h5p.DATASET_ACCESS).getChunkCache()).toEqual([521, 1048576, 0.75]);
    expect(h5p.create(h5p.LINK_ACCESS).getNlinks()).toBe(16);
    expect(h5p.create(h5p.LINK_CREATE).getCreateIntermediateGroup()).toBe(false);
    expect(h5p.create(h5p.OBJECT_COPY).getCopyObject()).toBe(0);
  });

  test("keep what is set, as the seed notebook does it", () => {
    const fapl = h5p.create(h5p.FILE_ACCESS);
    const settings = fapl.getCache();
    settings[2] = 2 * 1024 * 1024;
    fapl.setCache(...settings);
    expect(fapl.getCache()).toEqual([0, 521, 2097152, 0.75]);
  });

  test("are compared by content and copied by value", () => {
    const one = h5p.create(h5p.DATASET_CREATE);
    const two = h5p.create(h5p.DATASET_CREATE);
    expect(one.equals(two)).toBe(true);
    one.setChunk([5, 5]);
    one.setDeflate(4);
    expect(one.equal(two)).toBe(false);
    const copy = one.copy();
    expect(copy).toBeInstanceOf(h5p.PropDCID);
    expect(copy.equal(one)).toBe(true);
    copy.setShuffle();
    expect([one.getNfilters(), copy.getNfilters()]).toEqual([1, 2]);
    expectError(() => one.hash(), "TypeError", "Property lists are unhashable");
  });

  test("know their class", () => {
    expect(h5p.create(h5p.GROUP_CREATE).getClass()).toBe(h5p.GROUP_CREATE);
    expect(h5p.FILE_CREATE.equal(h5p.FILE_CREATE)).toBe(true);
    expect(h5p.FILE_CREATE.equal(h5p.FILE_ACCESS)).toBe(false);
    expectError(
      () => h5p.create(5 as never),
      "TypeError",
      "Argument 'cls' has incorrect type (expected PropClassID, got number)",
    );
    expectError(() => h5p.create(h5p.NO_CLASS as never), "ValueError", /^No class found for ID \d+$/);
  });

  test("fail when closed", () => {
    const fapl = h5p.create(h5p.FILE_ACCESS);
    fapl.close();
    expectError(() => fapl.getCache(), "ValueError", "Can't find object for id (not a property list)");
    expectError(() => fapl.getClass(), "ValueError", "Not a property list (not a property list)");
    expectError(
      () => fapl.equal(h5p.create(h5p.FILE_ACCESS)),
      "ValueError",
      "Not property objects (not property objects)",
    );
  });
});

const twice = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1).toLowerCase()} (${text})`;

describe("what property lists refuse", () => {
  const fapl = h5p.create(h5p.FILE_ACCESS);
  const fcpl = h5p.create(h5p.FILE_CREATE);
  const dcpl = h5p.create(h5p.DATASET_CREATE);
  const dapl = h5p.create(h5p.DATASET_ACCESS);
  const refusals: [string, () => unknown, string, string][] = [
    [
      "a w0 above 1",
      () => fapl.setCache(1, 521, 100, 2),
      "ValueError",
      twice("raw data cache w0 value must be between 0.0 and 1.0 inclusive"),
    ],
    [
      "a w0 below 0",
      () => fapl.setCache(1, 521, 100, -0.5),
      "ValueError",
      twice("raw data cache w0 value must be between 0.0 and 1.0 inclusive"),
    ],
    ["an unknown low bound", () => fapl.setLibverBounds(9, 9), "ValueError", twice("low bound is not valid")],
    ["an unknown high bound", () => fapl.setLibverBounds(0, 9), "ValueError", twice("high bound is not valid")],
    [
      "bounds in the wrong order",
      () => fapl.setLibverBounds(2, 1),
      "ValueError",
      "Invalid (low,high) combination of library version bound (Invalid (low,high) combination of library version bound)",
    ],
    ["an alignment of 0", () => fapl.setAlignment(1, 0), "ValueError", twice("alignment must be positive")],
    [
      "the core driver's settings of another driver",
      () => fapl.getFaplCore(),
      "ValueError",
      "Incorrect vfl driver (incorrect VFL driver)",
    ],
    [
      "page buffer shares over 100",
      () => fapl.setPageBufferSize(4096, 60, 50),
      "ValueError",
      "Sum of minimum metadata and raw data fractions can't be bigger than 100 (Sum of minimum metadata and raw data fractions can't be bigger than 100)",
    ],
    [
      "a small user block",
      () => fcpl.setUserblock(100),
      "ValueError",
      twice("userblock size is non-zero and less than 512"),
    ],
    [
      "a crooked user block",
      () => fcpl.setUserblock(513),
      "ValueError",
      twice("userblock size is non-zero and not a power of two"),
    ],
    ["odd sizes of addresses", () => fcpl.setSizes(3, 8), "ValueError", twice("file haddr_t size is not valid")],
    ["odd sizes of lengths", () => fcpl.setSizes(8, 3), "ValueError", twice("file size_t size is not valid")],
    [
      "an index of untracked order",
      () => fcpl.setLinkCreationOrder(h5p.CRT_ORDER_INDEXED),
      "ValueError",
      twice("tracking creation order is required for index"),
    ],
    ["an unknown strategy", () => fcpl.setFileSpaceStrategy(9, true, 1), "ValueError", twice("invalid strategy")],
    [
      "small pages",
      () => fcpl.setFileSpacePageSize(100),
      "ValueError",
      twice("cannot set file space page size to less than 512"),
    ],
    [
      "large pages",
      () => fcpl.setFileSpacePageSize(2 ** 31),
      "ValueError",
      "Cannot set file space page size to more than 1gb (cannot set file space page size to more than 1GB)",
    ],
    [
      "a phase change in the wrong order",
      () => fcpl.setAttrPhaseChange(2, 5),
      "ValueError",
      twice("max compact value must be >= min dense value"),
    ],
    ["chunks of no dimension", () => dcpl.setChunk([]), "ValueError", twice("chunk dimensionality must be positive")],
    ["chunks without elements", () => dcpl.setChunk([0]), "ValueError", twice("all chunk dimensions must be positive")],
    [
      "chunks with too many elements",
      () => dcpl.setChunk([2 ** 30, 2 ** 30]),
      "ValueError",
      twice("number of elements in chunk overflowed"),
    ],
    [
      "chunks of too many dimensions",
      () => dcpl.setChunk(new Array(33).fill(1)),
      "ValueError",
      twice("chunk dimensionality is too large"),
    ],
    ["negative chunks", () => dcpl.setChunk([-1]), "OverflowError", "can't convert negative value to hsize_t"],
    ["chunks that are no list", () => dcpl.setChunk(5 as never), "ValueError", "chunksize must be a tuple."],
    ["the chunk of a contiguous layout", () => dcpl.getChunk(), "ValueError", twice("not a chunked storage layout")],
    ["deflate at level 10", () => dcpl.setDeflate(10), "ValueError", twice("invalid deflate level")],
    ["a filter that is not there", () => dcpl.getFilter(0), "ValueError", twice("filter number is invalid")],
    ["a negative filter index", () => dcpl.getFilter(-1), "ValueError", "Filter index must be a non-negative integer"],
    ["a filter number beyond 65535", () => dcpl.setFilter(70000), "ValueError", twice("invalid filter identifier")],
    ["flags of other calls", () => dcpl.setFilter(300, 512), "ValueError", twice("invalid flags")],
    ["odd pixels", () => dcpl.setSzip(32, 15), "ValueError", twice("pixels_per_block is not even")],
    ["many pixels", () => dcpl.setSzip(32, 34), "ValueError", twice("pixels_per_block is too large")],
    ["an unknown scale", () => dcpl.setScaleoffset(7, 0), "ValueError", twice("invalid scale type")],
    ["a negative scale factor", () => dcpl.setScaleoffset(2, -1), "ValueError", twice("scale factor must be >= 0")],
    ["an unknown layout", () => dcpl.setLayout(99), "ValueError", twice("raw data layout method is not valid")],
    ["an unknown fill time", () => dcpl.setFillTime(9), "ValueError", twice("invalid fill time setting")],
    ["an unknown allocation time", () => dcpl.setAllocTime(9), "ValueError", twice("invalid allocation time setting")],
    [
      "an external file that is not there",
      () => dcpl.getExternal(0),
      "ValueError",
      twice("external file index is out of range"),
    ],
    ["an external file without a name", () => dcpl.setExternal("", 0, 0), "ValueError", twice("no name given")],
    [
      "an external file before its start",
      () => dcpl.setExternal("x", -1, 10),
      "ValueError",
      twice("negative external file offset"),
    ],
    [
      "sources of a layout that is not virtual",
      () => dcpl.getVirtualFilename(0),
      "ValueError",
      twice("not a virtual storage layout"),
    ],
    ["an unknown view", () => dapl.setVirtualView(9), "ValueError", twice("not a valid bounds option")],
    [
      "an unknown encoding",
      () => h5p.create(h5p.LINK_CREATE).setCharEncoding(9),
      "ValueError",
      twice("character encoding is not valid"),
    ],
    [
      "no links at all",
      () => h5p.create(h5p.LINK_ACCESS).setNlinks(0),
      "ValueError",
      twice("number of links must be positive"),
    ],
    [
      "unknown bits of copying",
      () => h5p.create(h5p.OBJECT_COPY).setCopyObject(999),
      "ValueError",
      twice("unknown option specified"),
    ],
  ];
  test.each(refusals)("%s", (_, operation, name, message) => {
    expectError(operation, name, message);
  });
});

describe("dataset creation lists", () => {
  test("list their filters with the flags and values the C library gives them", () => {
    const dcpl = h5p.create(h5p.DATASET_CREATE);
    dcpl.setDeflate();
    dcpl.setShuffle();
    dcpl.setFletcher32();
    dcpl.setSzip(32, 8);
    dcpl.setScaleoffset(2, 0);
    dcpl.setFilter(32015, 0, [1, 2]);
    const entries = Array.from({ length: dcpl.getNfilters() }, (_, i) => dcpl.getFilter(i));
    expect(entries.map(([code, flags, values]) => [code, flags, values])).toEqual([
      [1, 1, [5]],
      [2, 1, []],
      [3, 0, []],
      [4, 1, [161, 8]],
      [6, 1, [2, 0]],
      [32015, 0, [1, 2]],
    ]);
    expect(dcpl.getFilterById(1)).toEqual([1, [5], "deflate"]);
    expect(dcpl.getFilterById(99)).toBeNull();
    expect(dcpl.allFiltersAvail()).toBe(false);
    dcpl.removeFilter(1);
    expect(() => dcpl.removeFilter(99)).toThrow("Can't delete filter (filter not in pipeline)");
    expect(dcpl.getNfilters()).toBe(5);
    dcpl.removeFilter(0);
    dcpl.removeFilter(99);
    expect(dcpl.getNfilters()).toBe(0);
  });

  test("take the allocation time from the layout until one is set", () => {
    const dcpl = h5p.create(h5p.DATASET_CREATE);
    const times = [0, 1, 2, 3].map((layout) => {
      dcpl.setLayout(layout);
      return dcpl.getAllocTime();
    });
    expect(times).toEqual([1, 2, 3, 3]);
    dcpl.setAllocTime(1);
    dcpl.setLayout(2);
    expect(dcpl.getAllocTime()).toBe(1);
    dcpl.setAllocTime(0);
    expect(dcpl.getAllocTime()).toBe(3);
  });

  test("keep external files in order, none after one without end", () => {
    const dcpl = h5p.create(h5p.DATASET_CREATE);
    dcpl.setExternal("a", 0, 10);
    dcpl.setExternal("b", 5, 0xffff_ffff_ffff_ffffn);
    expect(dcpl.getExternalCount()).toBe(2);
    expect(dcpl.getExternal(1)).toEqual(["b", 5, h5s.UNLIMITED]);
    expectError(() => dcpl.setExternal("c", 0, 1), "ValueError", twice("previous file size is unlimited"));
  });

  test("map virtual data with copies of the dataspaces", () => {
    const dcpl = h5p.create(h5p.DATASET_CREATE);
    const virtualSpace = h5s.createSimple([10]);
    dcpl.setVirtual(virtualSpace, "f.h5", "/d", h5s.createSimple([10]));
    virtualSpace.selectNone();
    expect([dcpl.getLayout(), dcpl.getVirtualCount()]).toEqual([3, 1]);
    expect([dcpl.getVirtualFilename(0), dcpl.getVirtualDsetname(0)]).toEqual(["f.h5", "/d"]);
    expect(dcpl.getVirtualVspace(0).getSelectNpoints()).toBe(10);
    expectError(() => dcpl.getVirtualFilename(1), "ValueError", twice("invalid index (out of range)"));
    expectError(
      () => dcpl.setVirtual(h5s.createSimple([10]), "f.h5", "/d", h5s.createSimple([11])),
      "ValueError",
      /different numbers of elements/,
    );
  });

  test("take fill values of any datatype, or none", () => {
    const dcpl = h5p.create(h5p.DATASET_CREATE);
    dcpl.setFillValue(Int32Array.of(3));
    expect(dcpl.fillValueDefined()).toBe(2);
    dcpl.setFillValue(Uint8Array.of(1, 2, 3), h5t.create(h5t.OPAQUE, 3));
    expect(dcpl.values().fillValue).toMatchObject({ bytes: Uint8Array.of(1, 2, 3) });
    expectError(() => dcpl.setFillValue(Int32Array.of(3, 4)), "ValueError", /4 bytes/);
    dcpl.setFillValue(null);
    expect(dcpl.fillValueDefined()).toBe(0);
  });
});
