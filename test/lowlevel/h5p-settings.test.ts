/** Every property: its default, what is set comes back, what is refused. */
import { describe, expect, test } from "vitest";
import * as h5ac from "../../src/lowlevel/h5ac.ts";
import * as h5d from "../../src/lowlevel/h5d.ts";
import * as h5f from "../../src/lowlevel/h5f.ts";
import * as h5fd from "../../src/lowlevel/h5fd.ts";
import * as h5o from "../../src/lowlevel/h5o.ts";
import * as h5p from "../../src/lowlevel/h5p.ts";
import * as h5s from "../../src/lowlevel/h5s.ts";
import * as h5t from "../../src/lowlevel/h5t.ts";
import * as h5z from "../../src/lowlevel/h5z.ts";
import { expectError } from "./expect-error.ts";

const twice = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1).toLowerCase()} (${text})`;

describe("file access", () => {
  test("keeps what tunes caches and allocation", () => {
    const p = h5p.create(h5p.FILE_ACCESS);
    expect([p.getMetaBlockSize(), p.getSmallDataBlockSize(), p.getSieveBufSize()]).toEqual([2048, 2048, 65536]);
    p.setMetaBlockSize(1);
    p.setSmallDataBlockSize(2);
    p.setSieveBufSize(3);
    expect([p.getMetaBlockSize(), p.getSmallDataBlockSize(), p.getSieveBufSize()]).toEqual([1, 2, 3]);
    expect(p.getFileLocking()).toEqual([true, true]);
    p.setFileLocking(false, true);
    expect(p.getFileLocking()).toEqual([false, true]);
    expect([p.getMetadataReadAttempts(), p.getEvictOnClose(), p.getElinkFileCacheSize()]).toEqual([1, false, 0]);
    p.setMetadataReadAttempts(5);
    p.setEvictOnClose(true);
    p.setElinkFileCacheSize(4);
    expect([p.getMetadataReadAttempts(), p.getEvictOnClose(), p.getElinkFileCacheSize()]).toEqual([5, true, 4]);
    expect(p.getCoreWriteTracking()).toEqual([false, 524288]);
    p.setCoreWriteTracking(true, 4096);
    expect(p.getCoreWriteTracking()).toEqual([true, 4096]);
    expect([p.getFamilyOffset(), p.getMultiType(), p.getGcReferences()]).toEqual([0, 0, 0]);
    p.setFamilyOffset(7);
    p.setMultiType(h5fd.MEM_DRAW);
    p.setGcReferences(1);
    expect([p.getFamilyOffset(), p.getMultiType(), p.getGcReferences()]).toEqual([7, h5fd.MEM_DRAW, 1]);
    p.setRelaxFileIntegrityChecks(h5p.RFIC_UNUSUAL_NUM_UNUSED_NUMERIC_BITS);
    expect(p.getRelaxFileIntegrityChecks()).toBe(1);
    p.setMdcLogOptions(true, "log", false);
    expect(p.getMdcLogOptions()).toEqual([true, "log", false]);
    p.setMdcImageConfig({ generateImage: true });
    expect(p.getMdcImageConfig()).toEqual({
      version: 1,
      generateImage: true,
      saveResizeStatus: false,
      entryAgeout: -1,
    });
  });

  test("gives copies of the metadata cache's settings", () => {
    const p = h5p.create(h5p.FILE_ACCESS);
    const config = p.getMdcConfig();
    expect(config).toBeInstanceOf(h5ac.CacheConfig);
    expect([config.version, config.initialSize, config.maxSize, config.minSize]).toEqual([
      1,
      2 ** 21,
      2 ** 25,
      2 ** 20,
    ]);
    expect([config.rptFcnEnabled, config.evictionsEnabled, config.setInitialSize]).toEqual([false, true, true]);
    expect([config.incrMode, config.flashIncrMode, config.decrMode]).toEqual([
      h5ac.INCR_THRESHOLD,
      h5ac.FLASH_INCR_ADD_SPACE,
      h5ac.DECR_AGE_OUT_WITH_THRESHOLD,
    ]);
    expect([config.minCleanFraction, config.lowerHrThreshold, config.increment].map((n) => n.toFixed(2))).toEqual([
      "0.01",
      "0.90",
      "2.00",
    ]);
    expect([config.epochLength, config.applyMaxIncrement, config.maxIncrement]).toEqual([50_000, true, 2 ** 22]);
    expect([config.flashMultiple.toFixed(1), config.flashThreshold, config.upperHrThreshold.toFixed(3)]).toEqual([
      "1.4",
      0.25,
      "0.999",
    ]);
    expect([config.decrements.toFixed(1), config.applyMaxDecrement, config.maxDecrement]).toEqual([
      "0.9",
      true,
      2 ** 20,
    ]);
    expect([config.epochsBeforeEviction, config.applyEmptyReserve, config.emptyReserve.toFixed(1)]).toEqual([
      3,
      true,
      "0.1",
    ]);
    expect([config.dirtyBytesThreshold, config.metadataWriteStrategy]).toEqual([2 ** 18, 1]);
    config.initialSize = 5;
    expect(p.getMdcConfig().initialSize).toBe(2 ** 21);
    p.setMdcConfig(config);
    config.initialSize = 6;
    expect(p.getMdcConfig().initialSize).toBe(5);
    expectError(
      () => p.setMdcConfig(new h5ac.CacheConfig({ version: 9 })),
      "ValueError",
      "Unknown h5ac_cache_config_t version (Unknown H5AC_cache_config_t version)",
    );
  });

  test("knows its driver", () => {
    const p = h5p.create(h5p.FILE_ACCESS);
    const drivers: [() => void, number][] = [
      [() => p.setFaplStdio(), h5fd.STDIO],
      [() => p.setFaplSec2(), h5fd.SEC2],
      [() => p.setFaplFamily(100), h5fd.FAMILY],
      [() => p.setFaplSplit("-a", "-b"), h5fd.MULTI],
      [() => p.setFaplMulti(), h5fd.MULTI],
      [() => p.setFaplOnion(3), h5fd.ONION],
      [() => p.setFaplCore(10, false), h5fd.CORE],
    ];
    for (const [set, driver] of drivers) {
      set();
      expect(p.getDriver()).toBe(driver);
    }
    expect(p.getFaplCore()).toEqual([10, false]);
    p.setFaplFamily(100);
    expect(p.getFaplFamily()).toBe(100);
    p.setFaplOnion(3);
    const usual = { pageSize: 4096, pageAlignment: false, comment: "", forceWriteOpen: false };
    expect(p.getFaplOnion()).toEqual({ revision: 3, ...usual });
    const settings = { revision: 2, pageSize: 64, pageAlignment: true, comment: "why", forceWriteOpen: true };
    p.setFaplOnion(settings);
    expect(p.copy().getFaplOnion()).toEqual(settings);
    p.setFaplOnion();
    expect(p.getFaplOnion()).toEqual({ revision: undefined, ...usual });
    expectError(() => p.setFaplOnion({ pageSize: 6 }), "ValueError", twice("invalid info page size"));
    p.setFaplSplit("-a", "-b");
    expect(p.getFaplMulti().names.slice(0, 3)).toEqual(["%s-a", "%s-a", "%s-b"]);
    expectError(() => p.getFaplCore(), "ValueError", twice("incorrect VFL driver"));
    p.setFileImage(Uint8Array.of(1, 2));
    expect([...(p.getFileImage() ?? [])]).toEqual([1, 2]);
  });

  test("refuses in the C library's words", () => {
    const p = h5p.create(h5p.FILE_ACCESS);
    const cases: [() => unknown, string, string][] = [
      [
        () => p.setMetadataReadAttempts(0),
        "ValueError",
        twice("number of metadatata read attempts must be greater than 0"),
      ],
      [() => p.setCoreWriteTracking(true, 0), "ValueError", twice("page_size cannot be zero")],
      [() => p.setMultiType(9), "ValueError", twice("invalid memory type")],
      [() => p.setRelaxFileIntegrityChecks(8), "ValueError", twice("invalid relax file integrity checks flags")],
      [
        () => p.setMdcImageConfig({ entryAgeout: 3 }),
        "ValueError",
        "Invalid metadata cache image configuration (unexpected value in entry_ageout field)",
      ],
    ];
    for (const [operation, name, message] of cases) expectError(operation, name, message);
  });
});

describe("file and group creation", () => {
  test("keep what is set", () => {
    const p = h5p.create(h5p.FILE_CREATE);
    expect(p.getVersion()).toEqual([0, 0, 0, 0]);
    p.setIstoreK(50);
    expect(p.getIstoreK()).toBe(50);
    p.setLinkPhaseChange(20, 10);
    expect(p.getLinkPhaseChange()).toEqual([20, 10]);
    p.setEstLinkInfo(7, 9);
    expect(p.getEstLinkInfo()).toEqual([7, 9]);
    p.setLocalHeapSizeHint(300);
    expect(p.getLocalHeapSizeHint()).toBe(300);
    p.setSharedMesgNindexes(8);
    p.setSharedMesgIndex(2, h5o.SHMESG_DTYPE_FLAG, 30);
    expect([
      p.getSharedMesgNindexes(),
      p.getSharedMesgIndex(2),
      p.getSharedMesgIndex(0),
      p.getSharedMesgIndex(7),
    ]).toEqual([8, [h5o.SHMESG_DTYPE_FLAG, 30], [0, 250], [0, 0]]);
    p.setSharedMesgPhaseChange(30, 20);
    expect(p.getSharedMesgPhaseChange()).toEqual([30, 20]);
    expect(p.getFileSpace()).toEqual([2, 1]);
    p.setFileSpace(1, 5);
    expect([p.getFileSpace(), p.getFileSpaceStrategy()]).toEqual([
      [1, 5],
      [h5f.FSPACE_STRATEGY_FSM_AGGR, true, 5],
    ]);
    p.setFileSpace(4, 0);
    expect(p.getFileSpace()).toEqual([4, 5]);
    expectError(() => p.setFileSpace(5, 0), "ValueError", twice("invalid file space strategy"));
  });
});

describe("dataset creation and access", () => {
  test("keep what is set", () => {
    const p = h5p.create(h5p.DATASET_CREATE);
    p.setChunk([5]);
    p.setChunkOpts(h5d.CHUNK_DONT_FILTER_PARTIAL_CHUNKS);
    expect(p.getChunkOpts()).toBe(h5d.CHUNK_DONT_FILTER_PARTIAL_CHUNKS);
    expect(p.getDsetNoAttrsHint()).toBe(false);
    p.setDsetNoAttrsHint(true);
    expect(p.getDsetNoAttrsHint()).toBe(true);
    const space = h5s.createSimple([3]);
    p.setVirtual(space, "f", "d", space);
    expect(p.getVirtualSrcspace(0).shape).toEqual([3]);
    expect(p.getAllocTime()).toBe(h5d.ALLOC_TIME_INCR);
  });

  test("change filters that are there", () => {
    const p = h5p.create(h5p.DATASET_CREATE);
    p.setDeflate(3);
    p.modifyFilter(h5z.FILTER_DEFLATE, h5z.FLAG_MANDATORY, [7]);
    expect(p.getFilter(0).slice(0, 3)).toEqual([h5z.FILTER_DEFLATE, 0, [7]]);
    expectError(
      () => p.modifyFilter(h5z.FILTER_SHUFFLE, 0, []),
      "RuntimeError",
      "Failed to call private function (filter not in pipeline)",
    );
    expectError(() => p.modifyFilter(-1, 0, []), "ValueError", twice("invalid filter identifier"));
  });

  test("of virtual datasets and files outside", () => {
    const p = h5p.create(h5p.DATASET_ACCESS);
    p.setChunkCache(7, 100, 0.5);
    expect(p.getChunkCache()).toEqual([7, 100, 0.5]);
    p.setEfilePrefix("a");
    p.setVirtualPrefix("b");
    expect([p.getEfilePrefix(), p.getVirtualPrefix()]).toEqual(["a", "b"]);
    expect([p.getVirtualView(), p.getVirtualPrintfGap(), p.getVirtualSpatialTree()]).toEqual([1, 0, true]);
    p.setVirtualView(h5d.VDS_FIRST_MISSING);
    p.setVirtualPrintfGap(3);
    p.setVirtualSpatialTree(false);
    expect([p.getVirtualView(), p.getVirtualPrintfGap(), p.getVirtualSpatialTree()]).toEqual([0, 3, false]);
  });

  test("transfer lists", () => {
    const p = h5p.create(h5p.DATASET_XFER);
    expect([p.getBuffer(), p.getPreserve(), p.getEdcCheck(), p.getHyperVectorSize()]).toEqual([
      1048576,
      false,
      1,
      1024,
    ]);
    expect(p.getBtreeRatios().map((ratio) => ratio.toFixed(1))).toEqual(["0.1", "0.5", "0.9"]);
    p.setBuffer(10);
    p.setPreserve(true);
    p.setEdcCheck(0);
    p.setHyperVectorSize(9);
    p.setBtreeRatios(0, 0.5, 1);
    expect([p.getBuffer(), p.getPreserve(), p.getEdcCheck(), p.getHyperVectorSize(), p.getBtreeRatios()]).toEqual([
      10,
      true,
      0,
      9,
      [0, 0.5, 1],
    ]);
    expectError(() => p.getDataTransform(), "ValueError", twice("data transform has not been set"));
    p.setDataTransform("x+1");
    expect(p.getDataTransform()).toBe("x+1");
    expectError(() => p.setBuffer(0), "ValueError", twice("buffer size must not be zero"));
    expectError(() => p.setEdcCheck(5), "ValueError", twice("not a valid value"));
    expectError(() => p.setHyperVectorSize(0), "ValueError", twice("vector size too small"));
    expectError(() => p.setDataTransform(""), "RuntimeError", /^Unable to create data transform info/);
    expectError(
      () => p.setBtreeRatios(2, 0, 0),
      "ValueError",
      "Split ratio must satisfy 0.0 <= x <= 1.0 (split ratio must satisfy 0.0 <= X <= 1.0)",
    );
  });
});

describe("links and copies", () => {
  test("keep what is set", () => {
    for (const cls of [h5p.LINK_ACCESS, h5p.GROUP_ACCESS, h5p.DATATYPE_ACCESS, h5p.ATTRIBUTE_ACCESS]) {
      const p = h5p.create(cls) as h5p.PropLAID;
      p.setElinkPrefix("folder");
      p.setElinkAccFlags(h5f.ACC_RDONLY);
      expect([p.getElinkPrefix(), p.getElinkAccFlags(), p.getElinkFapl()]).toEqual(["folder", 0, null]);
      const fapl = h5p.create(h5p.FILE_ACCESS);
      fapl.setAlignment(1, 512);
      p.setElinkFapl(fapl);
      expect(p.getElinkFapl()?.getAlignment()).toEqual([1, 512]);
    }
    const names = h5p.create(h5p.ATTRIBUTE_CREATE);
    expect(names.getCharEncoding()).toBe(h5t.CSET_ASCII);
    names.setCharEncoding(h5t.CSET_UTF8);
    expect(names.getCharEncoding()).toBe(h5t.CSET_UTF8);
    const link = h5p.create(h5p.LINK_CREATE);
    link.setCharEncoding(h5t.CSET_UTF8);
    expect(link.getCharEncoding()).toBe(h5t.CSET_UTF8);
    const copying = h5p.create(h5p.OBJECT_COPY);
    copying.addMergeCommittedDtypePath("/t");
    expect(copying.values().mergePaths).toEqual(["/t"]);
    copying.freeMergeCommittedDtypePaths();
    expect(copying.values().mergePaths).toEqual([]);
    const search = () => "stop" as const;
    copying.setMcdtSearchCb(search);
    expect(copying.getMcdtSearchCb()).toBe(search);
    expect(h5p.create(h5p.OBJECT_CREATE).getObjTrackTimes()).toBe(true);
    expect(h5p.DEFAULT).toBe(null);
  });
});
