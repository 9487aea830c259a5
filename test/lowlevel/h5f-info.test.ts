import { existsSync, writeFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { MemoryTarget } from "../../src/io/memory-source.ts";
import * as h5 from "../../src/lowlevel/h5.ts";
import * as h5d from "../../src/lowlevel/h5d.ts";
import * as h5f from "../../src/lowlevel/h5f.ts";
import * as h5fd from "../../src/lowlevel/h5fd.ts";
import * as h5g from "../../src/lowlevel/h5g.ts";
import * as h5i from "../../src/lowlevel/h5i.ts";
import * as h5o from "../../src/lowlevel/h5o.ts";
import * as h5p from "../../src/lowlevel/h5p.ts";
import * as h5s from "../../src/lowlevel/h5s.ts";
import * as h5t from "../../src/lowlevel/h5t.ts";
import { openSharedFiles } from "../../src/lowlevel/shared-file.ts";
import { onionFile } from "../support/onion-file.ts";
import { expectError } from "./expect-error.ts";
import { sampleFile } from "./sample-file.ts";
import { scratchFolder } from "./scratch.ts";

const scratch = scratchFolder();

function latestFile(name?: string) {
  const fapl = h5p.create(h5p.FILE_ACCESS);
  fapl.setLibverBounds(h5f.LIBVER_LATEST, h5f.LIBVER_LATEST);
  return h5f.create(name === undefined ? new MemoryTarget() : scratch(name), { fapl });
}

test("a file tells what its superblock, free space and shared messages take", () => {
  const plain = sampleFile();
  const info = plain.getInfo();
  expect(info.super).toEqual({ version: 0, superSize: 96, superExtSize: 0 });
  expect(info.free).toEqual({ version: 0, metaSize: 0, totSpace: plain.getFreespace() });
  expect(info.sohm).toEqual({ version: 0, hdrSize: 0, msgsInfo: { indexSize: 0, heapSize: 0 } });
  const latest = latestFile();
  expect(latest.getInfo().super).toEqual({ version: 3, superSize: 48, superExtSize: 0 });
  // As h5py's get_version.
  expect([plain, latest].map((file) => file.getCreatePlist().getVersion())).toEqual([
    [0, 0, 0, 0],
    [3, 0, 0, 0],
  ]);
  const fcpl = h5p.create(h5p.FILE_CREATE);
  fcpl.setSharedMesgNindexes(1);
  fcpl.setSharedMesgIndex(0, h5o.SHMESG_DTYPE_FLAG, 10);
  const shared = h5f.create(new MemoryTarget(), { fcpl }).getInfo();
  expect([shared.super.superExtSize > 0, shared.sohm.hdrSize > 0, shared.sohm.msgsInfo.indexSize > 0]).toEqual([
    true,
    true,
    true,
  ]);
});

test("the end of what is allocated can be moved on", () => {
  const fid = latestFile("eoa.h5");
  h5f.flush(fid);
  const before = fid.getEoa();
  expect(before).toBe(fid.getFilesize());
  fid.incrementFilesize(1000);
  expect(fid.getEoa()).toBe(before + 1000);
  fid.close();
  const again = h5f.open(scratch("eoa.h5"), h5f.ACC_RDONLY);
  expect([again.getEoa(), again.getFilesize()]).toEqual([before + 1000, before + 1000]);
  expectError(() => again.incrementFilesize(1), "RuntimeError", /^Unable to increment file size/);
});

test("headers of datasets leave no room for attributes when the file says so", () => {
  const fid = latestFile();
  const size = (name: string) => {
    h5d.create(fid, name, h5t.STD_I64LE, h5s.create(h5s.SCALAR)).close();
    return h5o.getInfo(fid, name).hdr.space;
  };
  expect(fid.getDsetNoAttrsHint()).toBe(false);
  const usual = size("usual");
  fid.setDsetNoAttrsHint(true);
  expect(fid.getDsetNoAttrsHint()).toBe(true);
  const small = size("small");
  expect([small.free, small.mesg]).toEqual([0, usual.mesg]);
  expect(usual.total).toBeGreaterThan(small.total + 100);
});

test("the header of a dataset leaves no room for attributes when its creation list says so", () => {
  const fid = latestFile();
  const space = (name: string, hint: boolean) => {
    const dcpl = h5p.create(h5p.DATASET_CREATE);
    dcpl.setDsetNoAttrsHint(hint);
    h5d.create(fid, name, h5t.STD_I64LE, h5s.create(h5s.SCALAR), dcpl).close();
    return h5o.getInfo(fid, name).hdr.space;
  };
  const usual = space("usual", false);
  const small = space("small", true);
  expect([small.free, small.mesg]).toEqual([0, usual.mesg]);
  expect(usual.total).toBeGreaterThan(small.total + 100);
  expect(space("usual again", false)).toEqual(usual);
});

test("a file of the newest superblock becomes one that 1.8 opens", () => {
  const fid = latestFile("converted.h5");
  h5g.create(fid, "g").close();
  expect(fid.getInfo().super.version).toBe(3);
  fid.formatConvert();
  expect(fid.getInfo().super.version).toBe(2);
  fid.close();
  const again = h5f.open(scratch("converted.h5"));
  expect([again.getInfo().super.version, [...again]]).toEqual([2, ["g"]]);
  again.formatConvert();
});

test("caches of metadata are counted", () => {
  const fid = sampleFile(scratch("caches.h5"));
  fid.close();
  const again = h5f.open(scratch("caches.h5"), h5f.ACC_RDONLY);
  for (let i = 0; i < 5; i++) expect(h5g.open(again, "g").getNumObjs()).toBe(1);
  expect(again.getMdcHitRate()).toBeGreaterThan(0);
  const [most, leastClean, now, entries] = again.getMdcSize();
  expect([most > now, leastClean, now > 0, entries > 0]).toEqual([true, 0, true, true]);
  again.resetMdcHitRateStats();
  expect(again.getMdcHitRate()).toBe(0);
  expect(again.getMdcImageInfo()).toEqual([null, 0]);
  expect(again.getMetadataReadRetryInfo()).toEqual({ nbins: 0, retries: new Array(21).fill([]) });
  again.clearElinkFileCache();
  const off = "Page buffering not enabled on file (page buffering not enabled on file)";
  expectError(() => again.getPageBufferingStats(), "ValueError", off);
  expectError(() => again.resetPageBufferingStats(), "ValueError", off);
});

test.each([h5f.ACC_RDONLY, h5f.ACC_RDWR])(
  "metadata leaves memory with its object where that is wanted (flags %i)",
  (flags) => {
    const path = scratch(`evicted-${flags}.h5`);
    sampleFile(path).close();
    const entriesAfterClose = (evict: boolean) => {
      const fapl = h5p.create(h5p.FILE_ACCESS);
      fapl.setEvictOnClose(evict);
      const file = h5f.open(path, flags, fapl);
      for (let i = 0; i < 2; i++) {
        const group = h5g.open(file, "g");
        expect(group.getNumObjs()).toBe(1);
        group.close();
      }
      const [, , byteLength, entries] = file.getMdcSize();
      file.close();
      return [byteLength, entries];
    };
    expect(entriesAfterClose(true)).toEqual([0, 0]);
    expect(entriesAfterClose(false)[1]).toBeGreaterThan(0);
  },
);

test("a page buffer tells what went through it", () => {
  const fcpl = h5p.create(h5p.FILE_CREATE);
  fcpl.setFileSpaceStrategy(h5f.FSPACE_STRATEGY_PAGE, false, 1);
  const name = scratch("paged.h5");
  const created = h5f.create(name, { fcpl });
  using dataset = h5d.create(created, "a", h5t.STD_I32LE, h5s.createSimple([1000]));
  dataset.write(null, null, new Int32Array(1000));
  dataset.close();
  created.close();
  const fapl = h5p.create(h5p.FILE_ACCESS);
  fapl.setPageBufferSize(4096 * 4);
  const fid = h5f.open(name, h5f.ACC_RDONLY, fapl);
  h5d.open(fid, "a").read(null, null, new Int32Array(1000));
  const { meta, raw } = fid.getPageBufferingStats();
  expect(meta.accesses).toBe(meta.hits + meta.misses + meta.bypasses);
  expect([meta.misses > 0, meta.evictions, raw.accesses, raw.bypasses, raw.hits]).toEqual([true, 0, 1, 1, 0]);
  fid.resetPageBufferingStats();
  const none = { accesses: 0, hits: 0, misses: 0, evictions: 0, bypasses: 0 };
  expect(fid.getPageBufferingStats()).toEqual({ meta: none, raw: none });
});

test("files are told apart, and deleted", () => {
  const [good, text] = [scratch("good.h5"), scratch("text.h5")];
  const fid = sampleFile(good);
  writeFileSync(text, "hello");
  expect([h5f.isAccessible(good), h5f.isAccessible(text), h5f.isHdf5(good), h5f.isHdf5(text)]).toEqual([
    true,
    false,
    true,
    false,
  ]);
  expectError(() => h5f.isAccessible(scratch("none.h5")), "FileNotFoundError", /Unable to determine/);
  expectError(() => h5f.delete(good), "OSError", /file is already open/);
  fid.close();
  h5f.delete(good);
  expect(existsSync(good)).toBe(false);
  expectError(() => h5f.delete(text), "OSError", "Unable to delete the file (not an HDF5 file)");
  expectError(() => h5f.delete(good), "FileNotFoundError", /Unable to delete the file/);
  const fapl = h5p.create(h5p.FILE_ACCESS);
  fapl.setFaplFamily(4096);
  const members = [0, 1].map((i) => scratch(`family-${i}.h5`));
  const family = h5f.create(scratch("family-%d.h5"), { fapl });
  h5d.create(family, "d", h5t.STD_U8LE, h5s.createSimple([5000])).write(null, null, new Uint8Array(5000));
  family.close();
  expect(members.map(existsSync)).toEqual([true, true]);
  expect(h5f.isAccessible(scratch("family-%d.h5"), fapl)).toBe(true);
  h5f.delete(scratch("family-%d.h5"), fapl);
  expect(members.map(existsSync)).toEqual([false, false]);
});

test("bounds of versions change while a file is open", () => {
  const fid = sampleFile();
  fid.setLibverBounds(h5f.LIBVER_LATEST, "latest");
  h5g.create(fid, "new").close();
  expect([h5g.getInfo(fid, "g").storageType, h5g.getInfo(fid, "new").storageType]).toEqual([
    h5g.STORAGE_TYPE_SYMBOL_TABLE,
    h5g.STORAGE_TYPE_COMPACT,
  ]);
  expectError(() => fid.setLibverBounds(9, 9), "ValueError", /low bound is not valid/);
});

test("the library is opened and closed with all that is open, and tells its version", () => {
  h5.open();
  const fid = sampleFile(scratch("library.h5"));
  const dataset = h5d.open(fid, "data");
  h5.close();
  expect([fid.valid, dataset.valid]).toEqual([false, false]);
  expect(h5f.getObjCount()).toBe(0);
  expect(h5.getLibversion()).toEqual([...h5.HDF5_VERSION_COMPILED_AGAINST]);
  expect([...h5f.open(scratch("library.h5"), h5f.ACC_RDONLY)]).toContain("data");
  expect(h5i.isValid(h5i.INVALID_HID)).toBe(false);
});

test("with the library close files whose handles were dropped", async () => {
  const path = scratch("dropped.h5");
  const dataset = h5d.open(sampleFile(path), "data");
  await new Promise((resolve) => setImmediate(resolve));
  // As if the handles had been collected, which no test can be sure of.
  const deref = vi.spyOn(WeakRef.prototype, "deref").mockReturnValue(undefined);
  try {
    // Another handle of the file, since the first is gone.
    h5i.getFileId(dataset);
    h5.close();
  } finally {
    deref.mockRestore();
  }
  expect(openSharedFiles()).toEqual([]);
  expect([...h5f.open(path, h5f.ACC_RDONLY)]).toContain("data");
});

test("there is one configuration, with h5py's defaults", () => {
  const config = h5.getConfig();
  expect(config).toBeInstanceOf(h5.H5PYConfig);
  expect([config.complexNames, config.boolNames]).toEqual([
    ["r", "i"],
    ["FALSE", "TRUE"],
  ]);
  expect([config.defaultFileMode, config.trackOrder]).toEqual(["r", false]);
  expect([config.hasNativeComplex, config.mpi, config.ros3, config.directVfd]).toEqual([true, false, false, false]);
  expect([config.swmrMinHdf5Version, config.vdsMinHdf5Version]).toEqual([
    [1, 9, 178],
    [1, 9, 233],
  ]);
  config.trackOrder = true;
  expect(h5.getConfig().trackOrder).toBe(true);
  config.trackOrder = false;
});

test("revisions of a file that are kept beside it are counted", () => {
  const name = scratch("revised.h5");
  const original = sampleFile().getFileImage();
  writeFileSync(name, original);
  writeFileSync(`${name}.onion`, onionFile(original, [original, original], 64));
  expect(h5fd.onionRevisions(name)).toBe(2);
  expectError(() => h5fd.onionRevisions(scratch("nothing.h5")), "OSError", /^Unable to get revision count/);
});

test("drivers are numbered apart", () => {
  const drivers = [h5fd.SEC2, h5fd.CORE, h5fd.FAMILY, h5fd.MULTI, h5fd.STDIO, h5fd.ONION, h5fd.LOG];
  expect(new Set(drivers).size).toBe(drivers.length);
});
