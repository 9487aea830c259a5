import { describe, expect, test } from "vitest";
import { decodeElements } from "../../src/engine/conversion/element-decoder.ts";
import { encodeElements } from "../../src/engine/conversion/element-encoder.ts";
import { MemoryTarget } from "../../src/io/memory-source.ts";
import { elementContextOf } from "../../src/lowlevel/element-context.ts";
import * as h5a from "../../src/lowlevel/h5a.ts";
import * as h5d from "../../src/lowlevel/h5d.ts";
import * as h5f from "../../src/lowlevel/h5f.ts";
import * as h5g from "../../src/lowlevel/h5g.ts";
import * as h5o from "../../src/lowlevel/h5o.ts";
import * as h5p from "../../src/lowlevel/h5p.ts";
import * as h5r from "../../src/lowlevel/h5r.ts";
import * as h5s from "../../src/lowlevel/h5s.ts";
import * as h5t from "../../src/lowlevel/h5t.ts";
import { expectError } from "./expect-error.ts";
import { sampleFile } from "./sample-file.ts";

function withFlags(flags: number): h5p.PropCopyID {
  const list = h5p.create(h5p.OBJECT_COPY);
  list.setCopyObject(flags);
  return list;
}

/** Strings in a dataset of variable-length strings. */
function strings(dataset: h5d.DatasetID): unknown[] {
  const { object } = dataset.location();
  const bytes = object.readBytes();
  return decodeElements(object.datatype, bytes, bytes.length / object.elementSize, elementContextOf(object.file));
}

function makeStrings(loc: h5g.GroupID, name: string, values: string[]): h5d.DatasetID {
  const type = h5t.C_S1.copy();
  type.setSize(h5t.VARIABLE);
  const dataset = h5d.create(loc, name, type, h5s.createSimple([values.length]));
  const { object } = dataset.location();
  object.writeBytes(encodeElements(object.datatype, values, elementContextOf(object.file)));
  return dataset;
}

describe("copies of objects", () => {
  test("hold the same data, attributes and properties, in another file", () => {
    const source = sampleFile();
    const data = h5d.open(source, "data");
    h5a.create(data, "a", h5t.STD_I32LE, h5s.createSimple([2])).write(Int32Array.of(1, 2));
    const target = h5f.create(new MemoryTarget());
    h5o.copy(source, "data", target, "copied");
    h5o.copy(source, "ch", target, "chunks");
    const image = target.getFileImage();
    source.close();
    const reader = h5f.openFileImage(image);
    const copy = h5d.open(reader, "copied");
    const out = new Int8Array(100);
    copy.read(null, null, out);
    expect(out[99]).toBe(99);
    const value = new Int32Array(2);
    h5a.open(copy, "a").read(value);
    expect([...value]).toEqual([1, 2]);
    const chunks = h5d.open(reader, "chunks");
    expect([chunks.getCreatePlist().getChunk(), chunks.getNumChunks()]).toEqual([[5, 5], 1]);
    const floats = new Float32Array(100);
    chunks.read(null, null, floats);
    expect([floats[0], floats[99]]).toEqual([1, 0]);
  });

  test("of groups hold all that is in them, each object once", () => {
    const fid = sampleFile();
    const group = h5g.open(fid, "g");
    group.links.createHard("d", fid, "data");
    group.links.createHard("again", fid, "data");
    group.links.createHard("sub/up", fid, "g");
    group.links.createSoft("s", "/data");
    h5o.copy(fid, "g", fid, "g/copy");
    const copy = h5g.open(fid, "g/copy");
    expect([...copy]).toEqual(["again", "d", "s", "sub"]);
    expect(h5o.getInfo(copy, "d").addr).toBe(h5o.getInfo(copy, "again").addr);
    expect(h5o.getInfo(copy, "d").addr).not.toBe(h5o.getInfo(fid, "data").addr);
    expect(h5o.getInfo(copy, "d").rc).toBe(2);
    expect(h5g.open(copy, "sub/up").equals(copy)).toBe(true);
    expect(copy.links.getVal("s")).toBe("/data");
  });

  test("may be shallow, without attributes, with objects in place of links", () => {
    const fid = sampleFile();
    const group = h5g.open(fid, "g");
    h5a.create(group, "a", h5t.STD_I8LE, h5s.create(h5s.SCALAR));
    group.links.createSoft("s", "/data");
    group.links.createSoft("dangling", "/nope");
    h5g.create(fid, "g/sub/deep");
    h5o.copy(fid, "g", fid, "shallow", withFlags(h5o.COPY_SHALLOW_HIERARCHY_FLAG | h5o.COPY_WITHOUT_ATTR_FLAG));
    expect([fid.has("shallow/sub"), fid.has("shallow/sub/deep")]).toEqual([true, false]);
    expect(h5a.exists(h5g.open(fid, "shallow"), "a")).toBe(false);
    h5o.copy(fid, "g", fid, "expanded", withFlags(h5o.COPY_EXPAND_SOFT_LINK_FLAG));
    const expanded = h5g.open(fid, "expanded");
    expect(h5o.open(expanded, "s")).toBeInstanceOf(h5d.DatasetID);
    expect([expanded.links.getInfo("s").type, expanded.links.getInfo("dangling").type]).toEqual([0, 1]);
    expect(h5a.exists(expanded, "a")).toBe(true);
  });

  test("have strings and references of their own", () => {
    const source = sampleFile();
    const group = h5g.open(source, "g");
    const texts = ["one", "", "a longer one"];
    makeStrings(group, "texts", texts).close();
    const references = h5d.create(group, "refs", h5t.STD_REF_OBJ, h5s.createSimple([2]));
    const bytes = new Uint8Array(16);
    bytes.set(h5r.create(source, "g/texts", h5r.OBJECT).bytes);
    bytes.set(h5r.create(source, "data", h5r.OBJECT).bytes, 8);
    references.write(null, null, bytes);
    h5o.copy(source, "g", source, "within");
    const target = h5f.create(new MemoryTarget());
    h5o.copy(source, "g", target, "there", withFlags(h5o.COPY_EXPAND_REFERENCE_FLAG));
    h5o.copy(source, "g", target, "plain");
    source.unlink("g");
    group.close();
    references.close();
    const leads = (fid: h5f.FileID, path: string): (string | null)[] => {
      const raw = new Uint8Array(16);
      h5d.open(fid, path).read(null, null, raw);
      return [0, 8].map((at) => {
        try {
          return h5r.getName(new h5r.Reference(raw.slice(at, at + 8)), fid);
        } catch (error) {
          // The object is gone, and what was in its place with it.
          expect(String(error)).toContain("Unable to determine object path");
          return null;
        }
      });
    };
    expect(strings(h5d.open(source, "within/texts"))).toEqual(texts);
    expect(leads(source, "within/refs")).toEqual([null, "/data"]);
    expect(strings(h5d.open(target, "there/texts"))).toEqual(texts);
    expect(leads(target, "there/refs")).toEqual(["/there/texts", expect.stringMatching(/^\/~obj_pointed_by_\d+$/)]);
    expect(leads(target, "plain/refs")).toEqual([null, null]);
  });

  test("share committed datatypes as the original does", () => {
    const fid = sampleFile();
    h5d.create(fid, "typed", h5t.open(fid, "nt"), h5s.create(h5s.SCALAR)).close();
    h5o.copy(fid, "typed", fid, "same");
    // As the C library has it, the copy has a copy of the datatype, also in the same file.
    const same = h5d.open(fid, "same").getType();
    expect([same.committed(), same.equal(h5t.open(fid, "nt"))]).toEqual([true, true]);
    expect(h5o.getInfo(same).addr).not.toBe(h5o.getInfo(fid, "nt").addr);
    expect([h5o.getInfo(fid, "nt").rc, h5o.getInfo(same).rc]).toEqual([2, 1]);
    const target = h5f.create(new MemoryTarget());
    h5o.copy(fid, "typed", target, "typed");
    expect(h5d.open(target, "typed").getType().committed()).toBe(true);
    h5o.copy(fid, "nt", target, "nt");
    expect(h5t.open(target, "nt").equal(h5t.STD_I32LE)).toBe(true);
    const memory = new MemoryTarget();
    const other = h5f.create(memory);
    h5o.copy(fid, "typed", other, "typed");
    other.close();
    const reader = h5f.openFileImage(memory.toBytes());
    const type = h5d.open(reader, "typed").getType();
    expect([type.committed(), h5o.getInfo(type).rc]).toEqual([true, 1]);
  });

  test("refuse in h5py's words", () => {
    const fid = sampleFile();
    expectError(
      () => h5o.copy(fid, "nope", fid, "q"),
      "RuntimeError",
      "Unable to copy object (object 'nope' doesn't exist)",
    );
    expectError(
      () => h5o.copy(fid, "data", fid, "ch"),
      "RuntimeError",
      "Unable to copy object (destination object already exists)",
    );
    expectError(() => h5o.copy(fid, "data", fid, "x/y"), "RuntimeError", "Unable to copy object (component not found)");
    const reader = h5f.openFileImage(fid.getFileImage());
    expectError(
      () => h5o.copy(fid, "data", reader, "q"),
      "RuntimeError",
      "Unable to copy object (no write intent on file)",
    );
  });
});
