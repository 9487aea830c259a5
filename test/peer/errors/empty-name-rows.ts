/** Calls of the low level with an empty name, as Python code and here. */
import * as h5a from "../../../src/lowlevel/h5a.ts";
import * as h5d from "../../../src/lowlevel/h5d.ts";
import * as h5g from "../../../src/lowlevel/h5g.ts";
import * as h5o from "../../../src/lowlevel/h5o.ts";
import * as h5s from "../../../src/lowlevel/h5s.ts";
import * as h5t from "../../../src/lowlevel/h5t.ts";
import type { Row } from "./low-level-rows.ts";

export const EMPTY_NAME_ROWS: readonly Row[] = [
  ["gid.links.get_info(b'')", (w) => w.gid.links.getInfo("")],
  ["gid.links.get_val(b'')", (w) => w.gid.links.getVal("")],
  ["gid.links.exists(b'')", (w) => w.gid.links.exists("")],
  ["gid.links.move(b'', gid, b'y')", (w) => w.gid.links.move("", w.gid, "y")],
  ["gid.links.move(b'data', gid, b'')", (w) => w.gid.links.move("data", w.gid, "")],
  ["gid.links.create_soft(b'', b'x')", (w) => w.gid.links.createSoft("", "x")],
  ["gid.links.create_soft(b'z', b'')", (w) => w.gid.links.createSoft("z", "")],
  ["gid.links.create_external(b'', b'a', b'b')", (w) => w.gid.links.createExternal("", "a", "b")],
  ["gid.links.create_hard(b'', gid, b'data')", (w) => w.gid.links.createHard("", w.gid, "data")],
  ["gid.links.create_hard(b'z', gid, b'')", (w) => w.gid.links.createHard("z", w.gid, "")],
  ["gid.link(b'', b'z')", (w) => w.gid.link("", "z")],
  ["gid.link(b'data', b'')", (w) => w.gid.link("data", "")],
  ["gid.unlink(b'')", (w) => w.gid.unlink("")],
  ["gid.get_linkval(b'')", (w) => w.gid.getLinkval("")],
  ["gid.set_comment(b'', b'x')", (w) => w.gid.setComment("", "x")],
  ["gid.get_comment(b'')", (w) => w.gid.getComment("")],
  ["h5g.get_objinfo(fid, b'')", (w) => h5g.getObjinfo(w.fid, "")],
  ["h5g.open(fid, b'')", (w) => h5g.open(w.fid, "")],
  ["h5g.create(fid, b'')", (w) => h5g.create(w.fid, "")],
  ["h5d.open(fid, b'')", (w) => h5d.open(w.fid, "")],
  ["h5t.open(fid, b'')", (w) => h5t.open(w.fid, "")],
  ["h5o.open(fid, b'')", (w) => h5o.open(w.fid, "")],
  ["h5o.get_info(fid, b'')", (w) => h5o.getInfo(w.fid, "")],
  ["h5o.exists_by_name(fid, b'')", (w) => h5o.existsByName(w.fid, "")],
  ["h5o.set_comment(fid, b'x', obj_name=b'')", (w) => h5o.setComment(w.fid, "x", { objName: "" })],
  ["h5a.get_info(did, b'')", (w) => h5a.getInfo(w.did, "")],
  ["h5a.open(did, b'')", (w) => h5a.open(w.did, "")],
  ["h5a.exists(did, b'')", (w) => h5a.exists(w.did, "")],
  ["h5a.delete(did, b'')", (w) => h5a.remove(w.did, "")],
  ["h5a.rename(did, b'', b'y')", (w) => h5a.rename(w.did, "", "y")],
  ["h5a.rename(did, b'a', b'')", (w) => h5a.rename(w.did, "a", "")],
  [
    "h5a.create(did, b'', h5t.STD_I8LE, h5s.create(h5s.SCALAR))",
    (w) => h5a.create(w.did, "", h5t.STD_I8LE, h5s.create(h5s.SCALAR)),
  ],
];
