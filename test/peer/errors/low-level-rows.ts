/** Calls of the low level that fail, as Python code and here. */
import * as h5a from "../../../src/lowlevel/h5a.ts";
import * as h5d from "../../../src/lowlevel/h5d.ts";
import * as h5ds from "../../../src/lowlevel/h5ds.ts";
import * as h5f from "../../../src/lowlevel/h5f.ts";
import * as h5g from "../../../src/lowlevel/h5g.ts";
import * as h5i from "../../../src/lowlevel/h5i.ts";
import * as h5o from "../../../src/lowlevel/h5o.ts";
import * as h5p from "../../../src/lowlevel/h5p.ts";
import * as h5r from "../../../src/lowlevel/h5r.ts";
import * as h5s from "../../../src/lowlevel/h5s.ts";
import * as h5t from "../../../src/lowlevel/h5t.ts";
import * as h5z from "../../../src/lowlevel/h5z.ts";
import { changeable, dcpl, fapl, fcpl, hundred, type World } from "./world.ts";

/** `message` and `name`: our words and class where they are others on purpose, see docs/errors.md. */
export type Row = readonly [theirs: string, ours: (w: World) => unknown, message?: string, name?: string];

/** One text for every use of a closed file. */
export const CLOSED = "Not a file id (Not a file id)";

export const CLOSED_ROWS: readonly Row[] = [
  ["f.close(); fid.get_filesize()", (w) => w.closed().fid.getFilesize(), CLOSED],
  ["f.close(); fid.get_create_plist()", (w) => w.closed().fid.getCreatePlist(), CLOSED],
  ["f.close(); fid.get_access_plist()", (w) => w.closed().fid.getAccessPlist(), CLOSED],
  ["f.close(); fid.get_intent()", (w) => w.closed().fid.getIntent(), CLOSED],
  ["f.close(); fid.name", (w) => w.closed().fid.name, CLOSED],
  ["f.close(); h5i.get_type(fid)", (w) => h5i.getType(w.closed().fid)],
  ["f.close(); h5i.dec_ref(fid)", (w) => h5i.decRef(w.closed().fid)],
  ["f.close(); h5i.get_file_id(fid)", (w) => h5i.getFileId(w.closed().fid)],
  ["f.close(); did.get_storage_size()", (w) => w.closed().did.getStorageSize()],
];

/** The datatypes of datasets and attributes, of which only copies can be changed. */
export const DATATYPE_ROWS: readonly Row[] = [
  ["did.get_type().set_size(2)", (w) => w.did.getType().setSize(2)],
  ["did.get_type().set_size(0)", (w) => w.did.getType().setSize(0)],
  ["did.get_type().set_order(h5t.ORDER_BE)", (w) => ofIntegers(w).setOrder(h5t.ORDER_BE)],
  ["did.get_type().set_precision(7)", (w) => ofIntegers(w).setPrecision(7)],
  ["did.get_type().set_offset(1)", (w) => ofIntegers(w).setOffset(1)],
  ["did.get_type().set_sign(h5t.SGN_NONE)", (w) => ofIntegers(w).setSign(h5t.SGN_NONE)],
  ["did.get_type().set_pad(1, 1)", (w) => ofIntegers(w).setPad(1, 1)],
  ["hash(did.get_type())", (w) => w.did.getType().hash()],
  ["h5a.open(did, b'a').get_type().set_size(8)", (w) => h5a.open(w.did, "a").getType().setSize(8)],
  ["f['cmp'].id.get_type().insert(b'c', 0, h5t.STD_I8LE)", (w) => ofRecords(w).insert("c", 0, h5t.STD_I8LE)],
  ["f['cmp'].id.get_type().insert(b'', 0, h5t.STD_I8LE)", (w) => ofRecords(w).insert("", 0, h5t.STD_I8LE)],
  ["t = f['cmp'].id.get_type(); t.insert(b'c', 0, t)", (w) => insertInItself(ofRecords(w))],
  ["f['cmp'].id.get_type().set_size(16)", (w) => ofRecords(w).setSize(16)],
  [
    "t = h5t.create(h5t.COMPOUND, 8); t.insert(b'a', 4, h5t.STD_I8LE); t.lock(); t.pack()",
    () => {
      const type = h5t.create(h5t.COMPOUND, 8) as h5t.TypeCompoundID;
      type.insert("a", 4, h5t.STD_I8LE);
      type.lock().pack();
    },
  ],
];

const ofIntegers = (w: World) => w.did.getType() as h5t.TypeIntegerID;
const ofRecords = (w: World) => w.dset("cmp").id.getType() as h5t.TypeCompoundID;
const insertInItself = (type: h5t.TypeCompoundID) => type.insert("c", 0, type);

export const LOW_LEVEL_ROWS: readonly Row[] = [
  ["h5d.open(fid, b'nope')", (w) => h5d.open(w.fid, "nope")],
  ["h5d.open(fid, b'g')", (w) => h5d.open(w.fid, "g")],
  ["h5g.open(fid, b'data')", (w) => h5g.open(w.fid, "data")],
  ["h5g.open(fid, b'nope')", (w) => h5g.open(w.fid, "nope")],
  ["h5o.open(fid, b'nope')", (w) => h5o.open(w.fid, "nope")],
  ["h5t.open(fid, b'data')", (w) => h5t.open(w.fid, "data")],
  ["h5a.open(did, b'nope')", (w) => h5a.open(w.did, "nope")],
  ["h5a.open(did, index=99)", (w) => h5a.open(w.did, null, 99)],
  ["h5a.delete(did, b'nope')", (w) => h5a.remove(w.did, "nope")],
  [
    "h5a.create(did, b'a', h5t.STD_I32LE, h5s.create(h5s.SCALAR))",
    (w) => h5a.create(w.did, "a", h5t.STD_I32LE, h5s.create(h5s.SCALAR)),
  ],
  [
    "h5d.create(fid, b'data', h5t.STD_I32LE, h5s.create(h5s.SCALAR))",
    (w) => h5d.create(w.fid, "data", h5t.STD_I32LE, h5s.create(h5s.SCALAR)),
  ],
  ["fapl.set_cache(1, 521, 100, 2.0)", () => fapl().setCache(1, 521, 100, 2)],
  ["fapl.set_libver_bounds(9, 9)", () => fapl().setLibverBounds(9, 9)],
  ["dcpl.set_chunk(())", () => dcpl().setChunk([])],
  ["dcpl.set_chunk((0,))", () => dcpl().setChunk([0])],
  ["dcpl.get_chunk()", () => dcpl().getChunk()],
  ["dcpl.set_deflate(10)", () => dcpl().setDeflate(10)],
  ["dcpl.get_filter(0)", () => dcpl().getFilter(0)],
  ["dcpl.set_layout(99)", () => dcpl().setLayout(99)],
  ["dcpl.set_fill_time(9)", () => dcpl().setFillTime(9)],
  ["dcpl.get_external(0)", () => dcpl().getExternal(0)],
  ["dcpl.get_virtual_filename(0)", () => dcpl().getVirtualFilename(0)],
  ["fcpl.set_userblock(100)", () => fcpl().setUserblock(100)],
  ["fcpl.set_sizes(3, 8)", () => fcpl().setSizes(3, 8)],
  [
    "dcpl.set_shuffle(); dcpl.remove_filter(99)",
    () => {
      const list = dcpl();
      list.setShuffle();
      list.removeFilter(99);
    },
  ],
  ["fcpl.set_link_creation_order(h5p.CRT_ORDER_INDEXED)", () => fcpl().setLinkCreationOrder(h5p.CRT_ORDER_INDEXED)],
  ["h5s.create(9)", () => h5s.create(9)],
  ["h5s.create_simple((-1,))", () => h5s.createSimple([-1])],
  ["h5s.create_simple((5,), (3,))", () => h5s.createSimple([5], [3])],
  ["h5s.create_simple((5,), (3, 3))", () => h5s.createSimple([5], [3, 3])],
  ["hundred.select_hyperslab((0,), (5,))", () => hundred().selectHyperslab([0], [5])],
  ["hundred.select_hyperslab((0, 0), (5, 5), stride=(0, 1))", () => hundred().selectHyperslab([0, 0], [5, 5], [0, 1])],
  [
    "hundred.select_hyperslab((0, 0), (2, 2), stride=(1, 1), block=(2, 2))",
    () => hundred().selectHyperslab([0, 0], [2, 2], [1, 1], [2, 2]),
  ],
  ["hundred.select_elements([(0, 0, 0)])", () => hundred().selectElements([[0, 0, 0]])],
  ["hundred.get_select_hyper_nblocks()", () => hundred().getSelectHyperNblocks()],
  ["hundred.get_select_elem_npoints()", () => hundred().getSelectElemNpoints()],
  ["hundred.get_regular_hyperslab()", () => hundred().getRegularHyperslab()],
  ["h5s.decode(b'xx')", () => h5s.decode(Uint8Array.of(120, 120))],
  ["h5t.decode(b'xx')", () => h5t.decode(Uint8Array.of(120, 120))],
  [
    "did.read(h5s.create_simple((5,)), did.get_space(), np.zeros(5, 'i1'))",
    (w) => w.did.read(h5s.createSimple([5]), w.did.getSpace(), new Int8Array(5)),
  ],
  [
    "s = did.get_space(); s.select_hyperslab((98,), (5,)); did.read(h5s.create_simple((5,)), s, np.zeros(5, 'i1'))",
    (w) => {
      const space = w.did.getSpace();
      space.selectHyperslab([98], [5]);
      w.did.read(h5s.createSimple([5]), space, new Int8Array(5));
    },
  ],
  [
    "did.read(h5s.ALL, h5s.ALL, np.zeros(100, 'S3'))",
    (w) => {
      const text = h5t.C_S1.copy();
      text.setSize(3);
      w.did.read(h5s.ALL, h5s.ALL, new Uint8Array(300), text);
    },
  ],
  ["did.set_extent((5,))", (w) => w.did.setExtent([5])],
  ["did.extend((5,))", (w) => w.did.extend([5])],
  ["did.get_chunk_info(0)", (w) => w.did.getChunkInfo(0)],
  ["did.get_num_chunks()", (w) => w.did.getNumChunks()],
  ["did.write_direct_chunk((0,), b'x')", (w) => w.did.writeDirectChunk([0], Uint8Array.of(120))],
  ["ch.read_direct_chunk((1, 1))", (w) => w.ch.readDirectChunk([1, 1])],
  ["ch.read_direct_chunk((5, 5))", (w) => w.ch.readDirectChunk([5, 5])],
  ["ch.get_chunk_info_by_coord((0,))", (w) => w.ch.getChunkInfoByCoord([0])],
  ["fid.start_swmr_write()", (w) => w.fid.startSwmrWrite()],
  [
    "h5r.get_region(h5r.create(fid, b'data', h5r.OBJECT), fid)",
    (w) => h5r.getRegion(h5r.create(w.fid, "data", h5r.OBJECT), w.fid),
    "Argument 'ref' has incorrect type (expected RegionReference, got Reference)",
  ],
  ["ch.write_direct_chunk((50, 50), b'x')", (w) => w.ch.writeDirectChunk([50, 50], Uint8Array.of(120))],
  ["gid.unlink(b'nope')", (w) => w.gid.unlink("nope")],
  ["gid.move(b'nope', b'q')", (w) => w.gid.move("nope", "q")],
  ["gid.links.get_info(b'nope')", (w) => w.gid.links.getInfo("nope")],
  ["gid.links.get_val(b'data')", (w) => w.gid.links.getVal("data")],
  ["gid.links.get_val(b'nope')", (w) => w.gid.links.getVal("nope")],
  ["gid.links.exists(b'nope/deeper')", (w) => w.gid.links.exists("nope/deeper")],
  ["gid.links.create_hard(b'q', gid, b'nope')", (w) => w.gid.links.createHard("q", w.gid, "nope")],
  ["gid.links.move(b'data', gid, b'g')", (w) => w.gid.links.move("data", w.gid, "g")],
  ["gid.get_objname_by_idx(999)", (w) => w.gid.getObjnameByIdx(999)],
  ["h5g.get_objinfo(gid, b'nope')", (w) => h5g.getObjinfo(w.gid, "nope")],
  ["h5o.get_info(fid, b'nope')", (w) => h5o.getInfo(w.fid, "nope")],
  ["h5o.copy(fid, b'nope', fid, b'q')", (w) => h5o.copy(w.fid, "nope", w.fid, "q")],
  ["h5o.link(gid, fid, b'data')", (w) => h5o.link(w.gid, w.fid, "data")],
  ["h5o.exists_by_name(fid, b'nope')", (w) => h5o.existsByName(w.fid, "nope")],
  ["h5r.create(fid, b'nope', h5r.OBJECT)", (w) => h5r.create(w.fid, "nope", h5r.OBJECT)],
  ["h5r.create(fid, b'data', h5r.DATASET_REGION)", (w) => h5r.create(w.fid, "data", h5r.DATASET_REGION as number)],
  ["h5z.get_filter_info(32015)", () => h5z.getFilterInfo(32015)],
  ["h5z.unregister_filter(32015)", () => h5z.unregisterFilter(32015)],
  ["h5t.create(h5t.INTEGER, 4)", () => h5t.create(h5t.INTEGER as number, 4)],
  ["h5t.create(h5t.COMPOUND, 0)", () => h5t.create(h5t.COMPOUND, 0)],
  ["compound.insert(b'a', 4, h5t.STD_I32LE)", () => changeable().compound.insert("a", 4, h5t.STD_I32LE)],
  ["compound.insert(b'b', 2, h5t.STD_I32LE)", () => changeable().compound.insert("b", 2, h5t.STD_I32LE)],
  ["compound.insert(b'b', 6, h5t.STD_I32LE)", () => changeable().compound.insert("b", 6, h5t.STD_I32LE)],
  ["colours.enum_insert(b'A', 2)", () => changeable().colours.enumInsert("A", 2)],
  ["colours.enum_insert(b'B', 1)", () => changeable().colours.enumInsert("B", 1)],
  ["colours.enum_nameof(9)", () => changeable().colours.enumNameof(9)],
  ["colours.enum_valueof(b'Z')", () => changeable().colours.enumValueof("Z")],
  ["h5t.NATIVE_INT32.set_size(8)", () => h5t.NATIVE_INT32.setSize(8)],
  ["h5t.NATIVE_INT32.copy().set_size(0)", () => h5t.NATIVE_INT32.copy().setSize(0)],
  ["h5t.NATIVE_INT32.copy().set_order(99)", () => h5t.NATIVE_INT32.copy().setOrder(99)],
  ["compound.commit(fid, b'nt')", (w) => changeable().compound.commit(w.fid, "nt")],
  ["h5t.open(fid, b'nt').commit(fid, b'nt2')", (w) => h5t.open(w.fid, "nt").commit(w.fid, "nt2")],
  ["compound.get_member_type(9)", () => changeable().compound.getMemberType(9)],
  ["compound.get_member_index(b'zz')", () => changeable().compound.getMemberIndex("zz")],
  ["compound.get_member_offset(-1)", () => changeable().compound.getMemberOffset(-1)],
  ["h5t.array_create(h5t.STD_I8LE, ())", () => h5t.arrayCreate(h5t.STD_I8LE, [])],
  [
    "h5t.convert(h5t.STD_I8LE, h5t.C_S1, 1, np.zeros(1, 'i1'))",
    () => h5t.convert(h5t.STD_I8LE, h5t.C_S1, 1, new Int8Array(1)),
  ],
  ["h5ds.attach_scale(did, did, 0)", (w) => h5ds.attachScale(w.did, w.did, 0)],
  ["h5ds.get_num_scales(did, 9)", (w) => h5ds.getNumScales(w.did, 9)],
  ["h5ds.get_label(did, 9)", (w) => h5ds.getLabel(w.did, 9)],
  ["h5f.unmount(fid, b'nope')", (w) => h5f.unmount(w.fid, "nope")],
];
