import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { UNLIMITED } from "../../src/base/address.ts";
import { MemoryTarget } from "../../src/io/memory-source.ts";
import * as h5 from "../../src/lowlevel/h5.ts";
import * as h5a from "../../src/lowlevel/h5a.ts";
import * as h5d from "../../src/lowlevel/h5d.ts";
import * as h5f from "../../src/lowlevel/h5f.ts";
import * as h5g from "../../src/lowlevel/h5g.ts";
import * as h5i from "../../src/lowlevel/h5i.ts";
import * as h5o from "../../src/lowlevel/h5o.ts";
import * as h5p from "../../src/lowlevel/h5p.ts";
import * as h5s from "../../src/lowlevel/h5s.ts";
import * as h5t from "../../src/lowlevel/h5t.ts";
import { expectError } from "./expect-error.ts";
import { sampleFile } from "./sample-file.ts";
import { scratchFolder } from "./scratch.ts";

const scratch = scratchFolder();
const VERSIONS = [h5f.LIBVER_EARLIEST, h5f.LIBVER_LATEST];

function file(low: number) {
  const fapl = h5p.create(h5p.FILE_ACCESS);
  fapl.setLibverBounds(low, h5f.LIBVER_LATEST);
  const fid = h5f.create(new MemoryTarget(), { fapl });
  const ocpl = h5p.create(h5p.DATASET_CREATE);
  ocpl.setChunk([4]);
  using dataset = h5d.create(fid, "chunked", h5t.STD_I32LE, h5s.createSimple([100], [null]), ocpl);
  dataset.write(null, null, new Int32Array(100));
  h5a.create(dataset, "unit", h5t.STD_U8LE, h5s.create(h5s.SCALAR)).close();
  using group = h5g.create(fid, "group");
  for (let i = 0; i < 20; i++) h5g.create(group, `member ${i}`).close();
  return fid;
}

test.each(VERSIONS)("tells what a header is made of and what is kept beside it, low bound %i", (low) => {
  const fid = file(low);
  const { hdr, metaSize } = h5o.getNativeInfo(fid, "chunked");
  expect(hdr.version).toBe(low === h5f.LIBVER_EARLIEST ? 1 : 2);
  expect(hdr.flags & 0x20).toBe(low === h5f.LIBVER_EARLIEST ? 0x20 : hdr.flags & 0x20);
  expect(hdr.space.total).toBe(hdr.space.meta + hdr.space.mesg + hdr.space.free);
  // Dataspace, datatype, fill value, layout, attribute.
  for (const type of [1, 3, 5, 8, 12]) expect(hdr.mesg.present & (1 << type), `message ${type}`).not.toBe(0);
  expect(hdr.mesg.shared).toBe(0);
  expect([hdr.nmesgs >= 5, hdr.nchunks]).toEqual([true, 1]);
  expect(metaSize.obj.indexSize).toBeGreaterThan(0);
  expect(metaSize.attr).toEqual({ indexSize: 0, heapSize: 0 });
  const group = h5o.getNativeInfo(fid, null, 1).metaSize.obj;
  expect([group.indexSize > 0, group.heapSize > 0]).toEqual([true, true]);
  const own = h5o.getNativeInfo(h5g.open(fid, "group"));
  expect(own.metaSize.obj).toEqual(group);
  expectError(
    () => h5o.getNativeInfo(fid, "nope"),
    "RuntimeError",
    /^Can't get native file format info for object: 'nope'/,
  );
});

test("an information record has all that h5py's has, and a copy of it stays as it is", () => {
  const fid = file(h5f.LIBVER_LATEST);
  const dcpl = h5p.create(h5p.DATASET_CREATE);
  dcpl.setObjTrackTimes(true);
  const before = Math.floor(Date.now() / 1000);
  using dataset = h5d.create(fid, "timed", h5t.STD_I32LE, h5s.createSimple([2]), dcpl);
  h5a.create(dataset, "a", h5t.STD_I8LE, h5s.create(h5s.SCALAR)).close();
  const info = h5o.getInfo(dataset);
  expect(info).toBeInstanceOf(h5o.ObjInfo);
  for (const time of [info.atime, info.mtime, info.ctime, info.btime]) expect(time).toBeGreaterThanOrEqual(before);
  expect([info.fileno, info.numAttrs, info.type, info.rc]).toEqual([fid.fileno, 1, h5o.TYPE_DATASET, 1]);
  const copy = info.copy();
  h5a.create(dataset, "b", h5t.STD_I8LE, h5s.create(h5s.SCALAR)).close();
  const after = h5o.getInfo(dataset);
  expect([copy.numAttrs, after.numAttrs]).toEqual([1, 2]);
  expect(after.hdr.nmesgs).toBe(copy.hdr.nmesgs + 1);
  expect(copy.metaSize).toEqual(after.metaSize);
});

test("objects are opened by position, address and token", () => {
  const fid = sampleFile();
  const data = h5o.getInfo(fid, "data");
  const byIndex = h5o.openByIdx(fid, ".", 1);
  expect(byIndex.equals(h5o.open(fid, "data"))).toBe(true);
  const last = h5o.openByIdx(fid, "/", 1n, { order: h5.ITER_DEC, idxType: h5.INDEX_NAME });
  expect(h5i.getName(last)).toBe("/scalar");
  expect(h5o.openByAddr(fid, data.addr).equals(byIndex)).toBe(true);
  expect(h5o.openByToken(fid, data.token).equals(byIndex)).toBe(true);
  expectError(() => h5o.openByIdx(fid, ".", 99), "KeyError", "Unable to open object (index out of bound)");
  expect(() => h5o.openByIdx(fid, ".", 99)).toThrow(expect.objectContaining({ code: "not-found" }));
  expectError(() => h5o.openByIdx(fid, "", 0), "ValueError", "No name specified (no name specified)");
  expectError(() => h5o.openByAddr(fid, UNLIMITED), "ValueError", "No address supplied (no address supplied)");
  expectError(() => h5o.openByAddr(fid, 5), "KeyError", /^Unable to open object/);
  expectError(() => h5o.openByToken(fid, h5o.undefinedToken()), "ValueError", /no object token supplied/);
  expectError(() => h5o.openByToken(fid, new Uint8Array(3)), "ValueError", /16 bytes/);
});

test("tokens compare by address, and their text is the address", () => {
  const fid = sampleFile();
  const [a, b] = [h5o.getInfo(fid, "data"), h5o.getInfo(fid, "g")];
  expect(h5o.tokenCmp(a.token, h5o.getInfo(fid, "data").token)).toBe(0);
  expect(h5o.tokenCmp(a.token, b.token)).toBe(Math.sign(a.addr - b.addr));
  expect(h5o.tokenToStr(a.token)).toBe(String(a.addr));
  expect(h5o.tokenFromStr(String(a.addr))).toEqual(a.token);
  expectError(() => h5o.tokenFromStr("0x10"), "ValueError", /can't deserialize object token string/);
});

test("link counts are raised and lowered without links", () => {
  const fid = sampleFile();
  using group = h5g.open(fid, "g");
  h5o.incrRefcount(group);
  expect(h5o.getInfo(group).rc).toBe(2);
  fid.links.delete("g");
  expect(h5o.getInfo(group).rc).toBe(1);
  h5o.decrRefcount(group);
  expect(h5o.getInfo(group).rc).toBe(0);
  expectError(() => h5o.decrRefcount(group), "RuntimeError", /link count would be negative/);
  expectError(() => h5o.incrRefcount(h5s.createSimple([1])), "ValueError", /^Invalid location identifier/);
});

test("a walk over objects yields each once, with its information", () => {
  const fid = sampleFile();
  fid.links.createHard("g/again", fid, "data");
  const all = [...h5o.walk(fid)].map(([path, { type }]) => [path, type]);
  expect(all).toContainEqual(["g/sub", h5o.TYPE_GROUP]);
  expect(all.filter(([path]) => path === "data" || path === "g/again")).toEqual([["data", h5o.TYPE_DATASET]]);
  expect([...h5o.walk(fid, { objName: "g", order: h5.ITER_DEC })].map(([path]) => path)).toEqual(["sub", "again"]);
  for (const [path] of h5o.walk(fid)) {
    expect(path).toBe("ch");
    break;
  }
});

test("what another opening wrote is seen after a refresh", () => {
  const path = scratch("refreshed.h5");
  const writer = sampleFile(path);
  writer.links.createHard("g/data", writer, "data");
  h5f.flush(writer);
  const copy = scratch("refreshed-copy.h5");
  const snapshot = () => writeFileSync(copy, writer.getFileImage());
  snapshot();
  const reader = h5f.open(copy, h5f.ACC_RDONLY);
  const [group, dataset] = [h5g.open(reader, "g"), h5d.open(reader, "ch")];
  expect([group.getNumObjs(), dataset.shape]).toEqual([2, [10, 10]]);

  h5g.create(writer, "g/third").close();
  using grown = h5d.open(writer, "ch");
  grown.setExtent([20, 10]);
  using row = grown.getSpace();
  row.selectHyperslab([19, 0], [1, 10]);
  grown.write(h5s.createSimple([10]), row, new Float32Array(10).fill(3));
  snapshot();
  expect([group.getNumObjs(), dataset.shape]).toEqual([2, [10, 10]]);
  h5o.refresh(group);
  dataset.refresh();
  expect([group.getNumObjs(), dataset.shape]).toEqual([3, [20, 10]]);
  const values = new Float32Array(10);
  dataset.read(h5s.createSimple([10]), row, values);
  expect([...values]).toEqual(new Array(10).fill(3));
  h5g.refresh(group);
  h5o.refresh(h5g.open(writer, "g"));
});

test("flushing an object writes its file", () => {
  const fid = sampleFile(scratch("flushed.h5"));
  using group = h5g.create(fid, "late");
  h5o.flush(group);
  h5g.flush(group);
  using dataset = h5d.open(fid, "data");
  dataset.flush();
  expectError(() => h5g.flush(fid), "ValueError", "Not a group (not a group)");
  expectError(() => h5o.flush(h5t.STD_I8LE), "RuntimeError", /^Unable to flush object/);
  expectError(() => h5o.refresh(h5s.createSimple([1])), "ValueError", /^Not an object/);
});
