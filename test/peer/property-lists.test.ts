/** Property lists as bytes: ours are those of H5Pencode, and each library decodes the other's. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as h5ac from "../../src/lowlevel/h5ac.ts";
import * as h5d from "../../src/lowlevel/h5d.ts";
import * as h5f from "../../src/lowlevel/h5f.ts";
import * as h5p from "../../src/lowlevel/h5p.ts";
import * as h5s from "../../src/lowlevel/h5s.ts";
import * as h5t from "../../src/lowlevel/h5t.ts";
import { C_LIBRARY, runPython } from "./peers.ts";

/** What is done to a list, here and, as Python code with the list as `p` and its identifier as `i`, there. */
type Step<L> = readonly [ours: (list: L) => void, theirs: string];

interface Kind {
  readonly name: string;
  readonly create: () => h5p.PropInstanceID;
  readonly steps: readonly Step<never>[];
}

function kind<L extends h5p.PropInstanceID>(name: string, create: () => L, steps: readonly Step<L>[]): Kind {
  return { name, create, steps: steps as readonly Step<never>[] };
}

function selected(dims: number[], start: number[], count: number[]) {
  const space = h5s.createSimple(dims);
  space.selectHyperslab(start, count);
  return space;
}

const objectSteps: readonly Step<h5p.PropOCID>[] = [
  [(p) => p.setAttrCreationOrder(3), "C.H5Pset_attr_creation_order(i, 3)"],
  [(p) => p.setAttrPhaseChange(20, 10), "C.H5Pset_attr_phase_change(i, 20, 10)"],
  [(p) => p.setObjTrackTimes(false), "C.H5Pset_obj_track_times(i, False)"],
];
const groupSteps: readonly Step<h5p.PropGCID>[] = [
  ...objectSteps,
  [(p) => p.setLinkCreationOrder(3), "C.H5Pset_link_creation_order(i, 3)"],
  [(p) => p.setLinkPhaseChange(30, 3), "C.H5Pset_link_phase_change(i, 30, 3)"],
  [(p) => p.setLocalHeapSizeHint(700), "C.H5Pset_local_heap_size_hint(i, ctypes.c_size_t(700))"],
  [(p) => p.setEstLinkInfo(9, 70), "C.H5Pset_est_link_info(i, 9, 70)"],
];
const linkSteps: readonly Step<h5p.PropLAID>[] = [
  [(p) => p.setNlinks(300), "C.H5Pset_nlinks(i, ctypes.c_size_t(300))"],
  [(p) => p.setElinkPrefix("some/folder"), "C.H5Pset_elink_prefix(i, b'some/folder')"],
  [(p) => p.setElinkAccFlags(h5f.ACC_RDONLY), "C.H5Pset_elink_acc_flags(i, 0)"],
  [
    (p) => {
      const fapl = h5p.create(h5p.FILE_ACCESS);
      fapl.setAlignment(3, 8);
      fapl.setFcloseDegree(h5f.CLOSE_STRONG);
      p.setElinkFapl(fapl);
    },
    "f = h5p.create(h5p.FILE_ACCESS); f.set_alignment(3, 8); f.set_fclose_degree(h5f.CLOSE_STRONG); C.H5Pset_elink_fapl(i, hid(f.id))",
  ],
];

const KINDS: readonly Kind[] = [
  kind("OBJECT_CREATE", () => h5p.create(h5p.OBJECT_CREATE), objectSteps),
  kind("GROUP_CREATE", () => h5p.create(h5p.GROUP_CREATE), groupSteps),
  kind("FILE_CREATE", () => h5p.create(h5p.FILE_CREATE), [
    ...groupSteps,
    [(p) => p.setUserblock(2048), "p.set_userblock(2048)"],
    [(p) => p.setSizes(4, 8), "p.set_sizes(4, 8)"],
    [(p) => p.setSizes(0, 4), "p.set_sizes(0, 4)"],
    [(p) => p.setSymK(20, 0), "C.H5Pset_sym_k(i, 20, 0)"],
    [(p) => p.setSymK(0, 7), "C.H5Pset_sym_k(i, 0, 7)"],
    [(p) => p.setIstoreK(50), "C.H5Pset_istore_k(i, 50)"],
    [(p) => p.setFileSpaceStrategy(1, true, 5), "p.set_file_space_strategy(1, True, 5)"],
    [(p) => p.setFileSpacePageSize(8192), "p.set_file_space_page_size(8192)"],
    [
      (p) => {
        p.setSharedMesgNindexes(8);
        p.setSharedMesgIndex(1, 3, 70);
      },
      "C.H5Pset_shared_mesg_nindexes(i, 8); C.H5Pset_shared_mesg_index(i, 1, 3, 70)",
    ],
    [(p) => p.setSharedMesgPhaseChange(60, 30), "C.H5Pset_shared_mesg_phase_change(i, 60, 30)"],
  ]),
  kind("FILE_ACCESS", () => h5p.create(h5p.FILE_ACCESS), [
    [(p) => p.setAlignment(100, 4096), "p.set_alignment(100, 4096)"],
    [(p) => p.setCache(0, 1009, 5_000_000, 0.25), "p.set_cache(0, 1009, 5000000, 0.25)"],
    [(p) => p.setFcloseDegree(h5f.CLOSE_SEMI), "p.set_fclose_degree(h5f.CLOSE_SEMI)"],
    [(p) => p.setLibverBounds(1, "latest"), "p.set_libver_bounds(1, 2)"],
    [(p) => p.setLibverBounds(0, 1), "p.set_libver_bounds(0, 1)"],
    [(p) => p.setSieveBufSize(100), "p.set_sieve_buf_size(100)"],
    [(p) => p.setMetaBlockSize(70_000), "C.H5Pset_meta_block_size(i, ctypes.c_uint64(70000))"],
    [(p) => p.setSmallDataBlockSize(0), "C.H5Pset_small_data_block_size(i, ctypes.c_uint64(0))"],
    [(p) => p.setPageBufferSize(65536, 10, 20), "C.H5Pset_page_buffer_size(i, ctypes.c_size_t(65536), 10, 20)"],
    [(p) => p.setFileLocking(false, true), "C.H5Pset_file_locking(i, False, True)"],
    [(p) => p.setFileLocking(true, false), "C.H5Pset_file_locking(i, True, False)"],
    [(p) => p.setFaplStdio(), "p.set_fapl_stdio()"],
    [(p) => p.setFaplCore(512, false), "p.set_fapl_core(512, False)"],
    [(p) => p.setMetadataReadAttempts(7), "C.H5Pset_metadata_read_attempts(i, 7)"],
    [(p) => p.setEvictOnClose(true), "C.H5Pset_evict_on_close(i, True)"],
    [(p) => p.setElinkFileCacheSize(9), "C.H5Pset_elink_file_cache_size(i, 9)"],
    [(p) => p.setCoreWriteTracking(true, 300), "C.H5Pset_core_write_tracking(i, True, ctypes.c_size_t(300))"],
    [(p) => p.setFamilyOffset(1000), "C.H5Pset_family_offset(i, ctypes.c_uint64(1000))"],
    [(p) => p.setMultiType(3), "C.H5Pset_multi_type(i, 3)"],
    [(p) => p.setGcReferences(1), "C.H5Pset_gc_references(i, 1)"],
    [(p) => p.setMdcLogOptions(true, "log.txt", true), "C.H5Pset_mdc_log_options(i, True, b'log.txt', True)"],
    [
      (p) => {
        const config = p.getMdcConfig();
        config.initialSize = 3_000_000;
        config.incrMode = h5ac.INCR_OFF;
        config.upperHrThreshold = 0.5;
        p.setMdcConfig(config);
      },
      "c = p.get_mdc_config(); c.initial_size = 3000000; c.incr_mode = 0; c.upper_hr_threshold = 0.5; p.set_mdc_config(c)",
    ],
    [
      (p) => p.setMdcImageConfig({ generateImage: true, entryAgeout: -1 }),
      "C.H5Pset_mdc_image_config(i, (ctypes.c_int * 3)(1, 1, -1))",
    ],
  ]),
  kind("DATASET_CREATE", () => h5p.create(h5p.DATASET_CREATE), [
    ...objectSteps,
    [(p) => p.setChunk([4, 5]), "p.set_chunk((4, 5))"],
    [(p) => p.setLayout(h5d.COMPACT), "p.set_layout(h5d.COMPACT)"],
    [(p) => p.setAllocTime(h5d.ALLOC_TIME_EARLY), "p.set_alloc_time(h5d.ALLOC_TIME_EARLY)"],
    [(p) => p.setAllocTime(h5d.ALLOC_TIME_DEFAULT), "p.set_alloc_time(h5d.ALLOC_TIME_DEFAULT)"],
    [(p) => p.setFillTime(h5d.FILL_TIME_NEVER), "p.set_fill_time(h5d.FILL_TIME_NEVER)"],
    [(p) => p.setFillValue(Int32Array.of(5)), "p.set_fill_value(np.array(5, '<i4'))"],
    [(p) => p.setFillValue(null), "C.H5Pset_fill_value(i, hid(h5t.NATIVE_INT32.id), None)"],
    [(p) => p.setFillValue(Float64Array.of(0.5)), "p.set_fill_value(np.array(.5, '<f8'))"],
    [(p) => p.setDeflate(3), "p.set_deflate(3)"],
    [(p) => p.setShuffle(), "p.set_shuffle()"],
    [(p) => p.setFilter(32000, 1, [1, 2, 300]), "p.set_filter(32000, 1, (1, 2, 300))"],
    [(p) => p.setExternal("a.bin", 70_000, 300), "p.set_external(b'a.bin', 70000, 300)"],
    [(p) => p.setDsetNoAttrsHint(true), "C.H5Pset_dset_no_attrs_hint(i, True)"],
    [
      (p) => p.setVirtual(selected([4, 5], [0, 0], [2, 5]), "f.h5", "d", selected([9, 5], [3, 0], [2, 5])),
      `v, s = h5s.create_simple((4, 5)), h5s.create_simple((9, 5))
v.select_hyperslab((0, 0), (2, 5)); s.select_hyperslab((3, 0), (2, 5)); p.set_virtual(v, b'f.h5', b'd', s)`,
    ],
  ]),
  kind("DATATYPE_CREATE", () => h5p.create(h5p.DATATYPE_CREATE), objectSteps),
  kind("STRING_CREATE", () => h5p.create(h5p.STRING_CREATE), [
    [(p) => p.setCharEncoding(h5t.CSET_UTF8), "C.H5Pset_char_encoding(i, 1)"],
  ]),
  kind("ATTRIBUTE_CREATE", () => h5p.create(h5p.ATTRIBUTE_CREATE), [
    [(p) => p.setCharEncoding(h5t.CSET_UTF8), "C.H5Pset_char_encoding(i, 1)"],
  ]),
  kind("LINK_CREATE", () => h5p.create(h5p.LINK_CREATE), [
    [(p) => p.setCharEncoding(h5t.CSET_UTF8), "p.set_char_encoding(1)"],
    [(p) => p.setCreateIntermediateGroup(true), "p.set_create_intermediate_group(True)"],
  ]),
  kind("LINK_ACCESS", () => h5p.create(h5p.LINK_ACCESS), linkSteps),
  kind("GROUP_ACCESS", () => h5p.create(h5p.GROUP_ACCESS), linkSteps),
  kind("DATATYPE_ACCESS", () => h5p.create(h5p.DATATYPE_ACCESS), linkSteps),
  kind("ATTRIBUTE_ACCESS", () => h5p.create(h5p.ATTRIBUTE_ACCESS), linkSteps),
  kind("DATASET_ACCESS", () => h5p.create(h5p.DATASET_ACCESS), [
    ...linkSteps,
    [(p) => p.setChunkCache(7, 3000, 1), "p.set_chunk_cache(7, 3000, 1)"],
    [(p) => p.setEfilePrefix("raw"), "p.set_efile_prefix(b'raw')"],
    [(p) => p.setVirtualPrefix("sources"), "p.set_virtual_prefix(b'sources')"],
    [(p) => p.setVirtualView(h5d.VDS_FIRST_MISSING), "p.set_virtual_view(h5d.VDS_FIRST_MISSING)"],
    [(p) => p.setVirtualPrintfGap(300), "p.set_virtual_printf_gap(300)"],
  ]),
  kind("DATASET_XFER", () => h5p.create(h5p.DATASET_XFER), [
    [(p) => p.setBuffer(5000), "C.H5Pset_buffer(i, ctypes.c_size_t(5000), None, None)"],
    [(p) => p.setPreserve(true), "C.H5Pset_preserve(i, True)"],
    [(p) => p.setEdcCheck(0), "C.H5Pset_edc_check(i, 0)"],
    [(p) => p.setDataTransform("x*2 + 1"), "C.H5Pset_data_transform(i, b'x*2 + 1')"],
    [(p) => p.setHyperVectorSize(7), "C.H5Pset_hyper_vector_size(i, ctypes.c_size_t(7))"],
    [(p) => p.setBtreeRatios(0.25, 0.5, 1), "C.H5Pset_btree_ratios(i, *(ctypes.c_double(x) for x in (.25, .5, 1)))"],
  ]),
  kind("OBJECT_COPY", () => h5p.create(h5p.OBJECT_COPY), [
    [(p) => p.setCopyObject(0x21), "p.set_copy_object(0x21)"],
    [(p) => p.addMergeCommittedDtypePath("/a"), "C.H5Padd_merge_committed_dtype_path(i, b'/a')"],
    [(p) => p.addMergeCommittedDtypePath("/b"), "C.H5Padd_merge_committed_dtype_path(i, b'/b')"],
  ]),
];

interface Case {
  readonly kind: number;
  readonly steps: readonly number[];
  /** After how many of them the list goes on as a copy of itself. */
  readonly copied: number;
}

const anyCase = fc.nat(KINDS.length - 1).chain((at) => {
  const steps = (KINDS[at] as Kind).steps.map((_, i) => i);
  return fc.record({ kind: fc.constant(at), steps: fc.shuffledSubarray(steps), copied: fc.nat(8) });
});

function built({ kind: at, steps, copied }: Case): h5p.PropInstanceID {
  const { create, steps: all } = KINDS[at] as Kind;
  let list = create();
  steps.forEach((step, i) => {
    if (i === copied) list = list.copy();
    (all[step] as Step<h5p.PropInstanceID>)[0](list);
  });
  return list;
}

const PYTHON = `${C_LIBRARY}
import json
from h5py import h5p, h5d, h5f, h5s, h5t
hid = ctypes.c_int64
C.H5Pcreate.restype = C.H5Pcopy.restype = C.H5Pdecode.restype = hid
C.H5Eset_auto2(hid(0), None, None)

def encoded(i):
    size = ctypes.c_size_t()
    assert C.H5Pencode(i, None, ctypes.byref(size)) >= 0
    data = ctypes.create_string_buffer(size.value)
    assert C.H5Pencode(i, data, ctypes.byref(size)) >= 0
    return data.raw[:size.value].hex()

WRAPPERS = {'FILE_CREATE': h5p.PropFCID, 'FILE_ACCESS': h5p.PropFAID, 'DATASET_CREATE': h5p.PropDCID, 'GROUP_CREATE': h5p.PropGCID,
    'DATASET_ACCESS': h5p.PropDAID, 'OBJECT_COPY': h5p.PropCopyID, 'LINK_CREATE': h5p.PropLCID}
for name in ('OBJECT_CREATE', 'DATATYPE_CREATE', 'STRING_CREATE', 'ATTRIBUTE_CREATE', 'DATASET_XFER'): WRAPPERS[name] = h5p.PropOCID
for name in ('LINK_ACCESS', 'GROUP_ACCESS', 'DATATYPE_ACCESS', 'ATTRIBUTE_ACCESS'): WRAPPERS[name] = h5p.PropLAID

def made(name, steps, copied):
    i = hid(C.H5Pcreate(hid(hid.in_dll(C, 'H5P_CLS_%s_ID_g' % name).value)))
    p = WRAPPERS[name](i.value)
    for n, step in enumerate(steps):
        if n == copied:
            i = hid(C.H5Pcopy(i))
            p = WRAPPERS[name](i.value)
        exec(step, {**globals(), 'p': p, 'i': i})
    return p
`;

const theirs = (one: Case) => ({
  name: (KINDS[one.kind] as Kind).name,
  steps: one.steps.map((step) => ((KINDS[one.kind] as Kind).steps[step] as Step<never>)[1]),
  copied: one.copied,
});
const ours = (one: Case) => Buffer.from(built(one).encode()).toString("hex");

function ask(cases: unknown, code: string): unknown {
  return JSON.parse(
    runPython(`${PYTHON}\ncases = json.loads(${JSON.stringify(JSON.stringify(cases))})\nprint(json.dumps(${code}))`),
  );
}

const everyStep: readonly Case[] = KINDS.flatMap(({ steps }, at) => [
  { kind: at, steps: [], copied: 0 },
  ...steps.map((_, i) => ({ kind: at, steps: [i], copied: 1 })),
  ...steps.map((_, i) => ({ kind: at, steps: [i], copied: 0 })),
]);
const random = fc.sample(anyCase, { numRuns: 150, seed: 3 });
const CASES: readonly Case[] = [...everyStep, ...random];

describe("property lists as bytes", () => {
  test("are those of H5Pencode, for every setter and random sequences of them", { timeout: 30_000 }, () => {
    const expected = ask(CASES.map(theirs), "[encoded(hid(p.id)) for c in cases for p in [made(**c)]]") as string[];
    CASES.forEach((one, i) => {
      expect({ ...theirs(one), bytes: printed(ours(one)) }).toEqual({
        ...theirs(one),
        bytes: printed(expected[i] as string),
      });
    });
  });

  test("are decoded by the C library to the same list", { timeout: 30_000 }, () => {
    const bytes = CASES.map(ours);
    const code = `[C.H5Pequal(hid(C.H5Pdecode(bytes.fromhex(b))), hid(p.id)) for c, b in cases for p in [made(**c)]]`;
    const answers = ask(
      CASES.map((one, i) => [theirs(one), bytes[i]]),
      code,
    ) as number[];
    CASES.forEach((one, i) => {
      // What is not written is lost there too.
      const lost = theirs(one).steps.some((step) => step.includes("set_fapl"));
      if (!lost) expect({ ...theirs(one), equal: answers[i] }).toEqual({ ...theirs(one), equal: 1 });
    });
  });

  test("of the C library are decoded to the same list, and encoded as it does", { timeout: 30_000 }, () => {
    const code =
      "[[encoded(hid(p.id)), encoded(hid(C.H5Pdecode(bytes.fromhex(encoded(hid(p.id))))))] for c in cases for p in [made(**c)]]";
    const answers = ask(CASES.map(theirs), code) as [string, string][];
    CASES.forEach((one, i) => {
      const [given, again] = answers[i] as [string, string];
      const decoded = h5p.decode(Buffer.from(given, "hex"));
      expect(decoded.getClass()).toBe(built(one).getClass());
      expect(printed(Buffer.from(decoded.encode()).toString("hex"))).toBe(printed(again));
      const lost = theirs(one).steps.some((step) => step.includes("set_fapl"));
      if (!lost) expect({ ...theirs(one), equal: decoded.equal(built(one)) }).toEqual({ ...theirs(one), equal: true });
    });
  });
});

/** Bytes with the names among them readable. */
function printed(hex: string): string {
  const text = Buffer.from(hex, "hex").toString("latin1");
  return text
    .replace(/\0{9,}/g, (zeros) => `{${zeros.length} zeros}`)
    .replace(/[^ -~]/g, (c) => `\\${c.charCodeAt(0).toString(16)}`);
}
