import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Dataset, ExternalLink, File, type Group, SoftLink } from "../../src/index.ts";
import { h5, h5a, h5d, h5f, h5g, h5o, h5p, h5s, h5t } from "../../src/lowlevel/index.ts";
import { openSharedFiles } from "../../src/lowlevel/shared-file.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(`${tmpdir()}/h5ts-links-`);
  mkdirSync(`${folder}/elsewhere`);
  for (const name of ["one", "two", "three", "elsewhere/far"]) {
    const f = new File(`${folder}/${name}.h5`, "w");
    f.createDataset("x", { data: Int32Array.of(1, 2, 3) });
    f.createGroup("g");
    f.close();
  }
});

afterEach(() => {
  h5.close();
  rmSync(folder, { recursive: true });
});

function parent(fapl: (list: h5p.PropFAID) => void = () => undefined): File {
  const list = h5p.create(h5p.FILE_ACCESS);
  fapl(list);
  const f = new File(h5f.create(`${folder}/parent.h5`, { fapl: list }));
  for (const name of ["one", "two", "three", "far"]) f.set(name, new ExternalLink(`${name}.h5`, "/x"));
  f.set("group", new ExternalLink("one.h5", "/g"));
  return f;
}

/** Names of open files without folders. */
const open = (): string[] => openSharedFiles().map(({ name }) => name.slice(folder.length + 1));

describe("a link access list", () => {
  test("limits how many links are followed", () => {
    const f = parent();
    f.createGroup("end");
    f.set("a", new SoftLink("end"));
    f.set("b", new SoftLink("a"));
    f.set("c", new SoftLink("b"));
    const lapl = h5p.create(h5p.LINK_ACCESS);
    lapl.setNlinks(2);
    expect(h5o.open(f.id, "b", lapl).valid).toBe(true);
    expect(() => h5o.open(f.id, "c", lapl)).toThrow("too many links");
    expect(h5o.open(f.id, "c").valid).toBe(true);
    const gapl = h5p.create(h5p.GROUP_ACCESS);
    gapl.setNlinks(1);
    expect(() => h5g.open(f.id, "b", gapl)).toThrow("too many links");
  });

  test("counts in every function that goes by a name", () => {
    const f = parent();
    const end = f.createGroup("end");
    end.createGroup("inner");
    end.set("soft", new SoftLink("inner"));
    end.attrs.set("a", 1);
    f.set("a", new SoftLink("end"));
    f.set("b", new SoftLink("a"));
    f.set("c", new SoftLink("b"));
    const { links } = f.id;
    const calls: Record<string, (lapl: h5p.PropLAID | null) => unknown> = {
      H5Aexists_by_name: (lapl) => h5a.exists(f.id, "a", { objName: "c", lapl }),
      H5Aget_info_by_name: (lapl) => h5a.getInfo(f.id, "a", -1, { objName: "c", lapl }),
      H5Aiterate_by_name: (lapl) => h5a.iterate(f.id, () => undefined, 0, { objName: "c", lapl }),
      H5Oexists_by_name: (lapl) => h5o.existsByName(f.id, "c/inner", lapl),
      H5Oget_info_by_name: (lapl) => h5o.getInfo(f.id, "c", -1, { lapl }),
      H5Oget_info_by_idx: (lapl) => h5o.getInfo(f.id, null, 0, { objName: "c", lapl }),
      H5Oget_comment_by_name: (lapl) => h5o.getComment(f.id, { objName: "c", lapl }),
      H5Oset_comment_by_name: (lapl) => h5o.setComment(f.id, "text", { objName: "c", lapl }),
      H5Olink: (lapl) => h5o.link(end.id, f.id, "c/linked", null, lapl),
      H5Lexists: (lapl) => links.exists("c/inner", lapl),
      H5Lget_info: (lapl) => links.getInfo("c/inner", -1, { lapl }),
      H5Lget_info_by_idx: (lapl) => links.getInfo("c", 0, { lapl }),
      H5Lget_name_by_idx: (lapl) => links.getNameByIdx("c", 0, { lapl }),
      H5Lget_val: (lapl) => links.getVal("c/soft", lapl),
      H5Literate_by_name: (lapl) => links.iterate(() => undefined, { objName: "c", lapl }),
      H5Lvisit_by_name: (lapl) => links.visit(() => undefined, { objName: "c", lapl }),
      H5Lcreate_hard: (lapl) => links.createHard("hard", f.id, "c/inner", null, lapl),
      H5Lcreate_soft: (lapl) => links.createSoft("c/to", "inner", null, lapl),
      H5Lcreate_external: (lapl) => links.createExternal("c/out", "one.h5", "x", null, lapl),
      H5Lcopy: (lapl) => links.copy("c/soft", f.id, "copy", null, lapl),
      H5Lmove: (lapl) => links.move("c/soft", f.id, "moved", null, lapl),
      H5Ldelete: (lapl) => links.delete("c/to", lapl),
      H5Ldelete_by_idx: (lapl) => links.deleteByIdx("c", 0, { lapl }),
    };
    const lapl = h5p.create(h5p.LINK_ACCESS);
    lapl.setNlinks(2);
    for (const [name, call] of Object.entries(calls)) {
      expect(() => call(lapl), name).toThrow("too many links");
      expect(() => call(null), name).not.toThrow();
    }
  });

  test("names the folder of files that links lead to", () => {
    const f = parent();
    expect(() => h5d.open(f.id, "far")).toThrow();
    const dapl = h5p.create(h5p.DATASET_ACCESS);
    dapl.setElinkPrefix(`${folder}/elsewhere`);
    expect(h5d.open(f.id, "far", dapl).shape).toEqual([3]);
  });

  test("says how they are opened", () => {
    const f = parent();
    const lapl = h5p.create(h5p.LINK_ACCESS);
    lapl.setElinkAccFlags(h5f.ACC_RDONLY);
    const read = h5o.open(f.id, "group", lapl) as h5g.GroupID;
    expect(() => h5g.create(read, "new")).toThrow("no write intent on file");
    read.close();
    expect(h5g.create(h5o.open(f.id, "group") as h5g.GroupID, "new").valid).toBe(true);
  });

  test("gives the access list of these files", () => {
    const f = parent();
    const lapl = h5p.create(h5p.LINK_ACCESS);
    const fapl = h5p.create(h5p.FILE_ACCESS);
    fapl.setCache(0, 7, 999, 0.25);
    lapl.setElinkFapl(fapl);
    const id = h5o.open(f.id, "two", lapl);
    expect(h5f.getName(id)).toMatch(/two[.]h5$/);
    const other = openSharedFiles().find(({ name }) => name.endsWith("two.h5"));
    expect(other?.access).toMatchObject({ chunkCacheSlots: 7, chunkCacheBytes: 999, chunkCacheW0: 0.25 });
  });

  test("is behind the options of get", () => {
    const f = parent();
    const group = f.get<Group>("group", { elinkMode: "r" });
    expect([group.file.mode, f.mode]).toEqual(["r", "r+"]);
    expect(() => group.set("y", 1)).toThrow();
    group.file.close();
    const swmr = f.get<Group>("group", { elinkMode: "r", elinkSwmr: true });
    expect(swmr.file.id.getIntent()).toBe(h5f.ACC_SWMR_READ);
    swmr.file.close();
    expect(f.get<Group>("group", { elinkSwmr: true }).file.id.getIntent()).toBe(h5f.ACC_SWMR_READ);
    expect(() => f.get("three", { elinkMode: "r+", elinkSwmr: true })).toThrow("unable to open");
    expect(f.get<Dataset>("two", { elinkLocking: false }).file.mode).toBe("r+");
    const two = openSharedFiles().find(({ name }) => name.endsWith("two.h5"));
    expect(two?.access).toMatchObject({ useFileLocking: false, ignoreDisabledLocks: false });
    expect(f.get("nowhere", { elinkMode: "r", default: 5 })).toBe(5);
    expect(() => f.get("three", { elinkMode: "w" as never })).toThrow("Invalid mode; must be one of r, r+");
  });
});

describe("files that links lead to", () => {
  test("close with the last of their objects", () => {
    const f = parent();
    h5d.open(f.id, "one").close();
    f.has("end");
    h5o.existsByName(f.id, "two");
    expect(open()).not.toContain("one.h5");
  });

  test("stay open, so many of them", () => {
    const f = parent((list) => list.setElinkFileCacheSize(2));
    for (const name of ["one", "two", "one", "three"]) h5d.open(f.id, name).close();
    expect(open().sort()).toEqual(["one.h5", "parent.h5", "three.h5"]);
    f.id.clearElinkFileCache();
    expect(open()).toEqual(["parent.h5"]);
    h5d.open(f.id, "two").close();
    expect(open().sort()).toEqual(["parent.h5", "two.h5"]);
    f.close();
    h5.close();
    expect(open()).toEqual([]);
  });
});

describe("names of booleans and complex numbers", () => {
  const config = h5.getConfig();
  const { boolNames, complexNames } = config;

  afterEach(() => {
    Object.assign(config, { boolNames, complexNames });
  });

  test("are those of the settings, for what is stored and what is read", () => {
    const f = File.inMemory();
    f.set("before", [true, false]);
    config.boolNames = ["no", "yes"];
    f.set("after", [true, false]);
    expect([f.get("before").dtype, f.get("after").dtype]).toEqual(["|i1", "|b1"]);
    expect(f.get("after").read().data).toEqual([true, false]);
    expect(f.get("before").read().data).toEqual(Int8Array.of(1, 0));
    config.boolNames = boolNames;
    expect(f.get("before").read().data).toEqual([true, false]);
    expect(f.get("after").read().data).toEqual(Int8Array.of(1, 0));
  });

  test("are two", () => {
    expect(() => Object.assign(config, { boolNames: ["a"] })).toThrow("bool_names must be a length-2 sequence");
    config.complexNames = ["re", "im"];
    expect(config.complexNames).toEqual(["re", "im"]);
    const f = File.inMemory();
    const data = [{ re: 1, im: 2 }];
    expect(f.createDataset("x", { data }).dtype).toBe("<c16");
    config.complexNames = complexNames;
    expect(f.get("x").dtype).not.toBe("<c16");
  });
});

describe("settings of the chunk cache", () => {
  test("are those of the first of the handles that are open, be it light", () => {
    const made = File.inMemory();
    made.createDataset("x", { data: new Int8Array(10), chunks: [5] });
    const f = new File(made.toBytes());
    const first = f.get("x");
    const second = f.getDataset("x", { rdccNslots: 11, rdccNbytes: 77 });
    expect(second.id.getAccessPlist().getChunkCache().slice(0, 2)).toEqual([521, 1 << 20]);
    second.id.close();
    first.id.close();
    const third = f.getDataset("x", { rdccNslots: 11, rdccNbytes: 77 });
    expect(third.id.getAccessPlist().getChunkCache().slice(0, 2)).toEqual([11, 77]);
  });
});

describe("what is set of a file before it is opened", () => {
  test("lets numbers have any share of unused bits", () => {
    const f = File.inMemory();
    const type = h5t.STD_I32LE.copy();
    type.setSize(64);
    type.setPrecision(8);
    h5d.create(f.id, "wide", type, h5s.createSimple([2]));
    const bytes = f.toBytes();
    expect(() => new File(bytes).get("wide").datatype).toThrow("maxNumberPadding");
    const fapl = h5p.create(h5p.FILE_ACCESS);
    fapl.setRelaxFileIntegrityChecks(h5p.RFIC_UNUSUAL_NUM_UNUSED_NUMERIC_BITS);
    expect(new File(h5f.openFileImage(bytes, 0, fapl)).get("wide").datatype.size).toBe(64);
  });

  test("bounds its cache of metadata", () => {
    const fapl = h5p.create(h5p.FILE_ACCESS);
    const config = fapl.getMdcConfig();
    config.initialSize = 3 << 20;
    fapl.setMdcConfig(config);
    const f = new File(h5f.open(`${folder}/one.h5`, h5f.ACC_RDONLY, fapl));
    expect(f.id.getMdcSize()[0]).toBe(3 << 20);
    f.close();
    const plain = new File(`${folder}/one.h5`);
    expect(plain.id.getMdcSize()[0]).not.toBe(3 << 20);
  });
});
