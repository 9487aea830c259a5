import { describe, expect, test } from "vitest";
import { File, h5d, h5f, h5p } from "../../src/index.ts";
import { expectFailure, inFolder } from "./helpers.ts";

/** Runs with the folder as the current one, so that files have the names the notebook gives them. */
function inside<T>(use: () => T): T {
  return inFolder((path) => {
    const before = process.cwd();
    process.chdir(path("."));
    try {
      return use();
    } finally {
      process.chdir(before);
    }
  });
}

const CLOSED = ["ValueError", "Not a file id (Not a file id)"] as const;

describe("the session of the notebook", () => {
  test("makes a file and a dataset, and looks at the handle behind it", () => {
    inside(() => {
      const f = new File("dataset.h5", "w");
      f.set(
        "/data",
        Int8Array.from({ length: 100 }, (_, i) => i),
      );
      const dset = f.get("data");
      expect(String(dset)).toBe('<HDF5 dataset "data": shape (100,), type "|i1">');
      expect(dset.id).toBeInstanceOf(h5d.DatasetID);
      expect(dset.id.getStorageSize()).toBe(100);
      expect(dset.id.getSpaceStatus()).toBe(h5d.SPACE_STATUS_ALLOCATED);
      expect(dset.id.rank).toBe(1);
      expect(dset.id.getSpace().shape).toEqual([100]);
      expect(dset.id.getType().getSize()).toBe(1);
      const dcpl = dset.id.getCreatePlist();
      expect(dcpl.getLayout()).toBe(h5d.CONTIGUOUS);
      expect(dcpl.getFillTime()).toBe(h5d.FILL_TIME_IFSET);
      expect(dcpl.getAllocTime()).toBe(h5d.ALLOC_TIME_LATE);
      f.close();
      expect(String(f)).toBe("<Closed HDF5 file>");
    });
  });

  test("sets the chunk cache, makes a file with it on the low level and uses it on the high level", () => {
    inside(() => {
      const propfaid = h5p.create(h5p.FILE_ACCESS);
      expect(propfaid).toBeInstanceOf(h5p.PropFAID);
      expect(propfaid.getCache()).toEqual([0, 521, 1048576, 0.75]);
      propfaid.setCache(0, 521, 2 * 1024 * 1024, 0.75);
      expect(propfaid.getCache()).toEqual([0, 521, 2097152, 0.75]);

      const fid = h5f.create("newfile.h5", { flags: h5f.ACC_TRUNC, fapl: propfaid });
      expect(fid.name).toBe("newfile.h5");
      expect(fid.getIntent()).toBe(h5f.ACC_RDWR);
      const g = new File(fid);
      expect(String(g)).toBe('<HDF5 file "newfile.h5" (mode r+)>');
      g.set("some_dataset", [0, 1, 2]);
      expect([...g]).toEqual(["some_dataset"]);
      expect(g.id.getAccessPlist().getCache()).toEqual([0, 521, 2097152, 0.75]);
      g.close();
      expect(String(g)).toBe("<Closed HDF5 file>");
      expectFailure(() => [...g], ...CLOSED);
      expect(fid.valid).toBe(false);
    });
  });

  test("closes a file by either end", () => {
    inside(() => {
      const first = h5f.create("exercise.h5");
      const f = new File(first);
      const g = f.createGroup("g");
      first.close();
      expect(f.isOpen).toBe(false);
      expect(g.isOpen).toBe(false);
      const second = new File("exercise.h5");
      const id = second.id;
      second.close();
      expect(id.valid).toBe(false);
    });
  });
});

describe("what is closed", () => {
  function closed() {
    const f = new File(new Uint8Array(0), "w");
    f.createGroup("g").set("d", [1, 2, 3]);
    const handles = { f, g: f.getGroup("g"), d: f.get("g/d"), attrs: f.attrs };
    f.close();
    return handles;
  }

  test.each([
    ["f.get", ({ f }) => f.get("d")],
    ["f.keys", ({ f }) => f.keys()],
    ["iteration", ({ f }) => [...f]],
    ["f.length", ({ f }) => f.length],
    ["f.attrs", ({ f }) => f.attrs],
    ["f.createGroup", ({ f }) => f.createGroup("q")],
    ["f.createDataset", ({ f }) => f.createDataset("q", { data: 1 })],
    ["f.requireGroup", ({ f }) => f.requireGroup("q")],
    ["f.set", ({ f }) => f.set("x", 1)],
    ["f.delete", ({ f }) => f.delete("d")],
    ["f.move", ({ f }) => f.move("a", "b")],
    ["f.visit", ({ f }) => f.visit(() => undefined)],
    ["f.filename", ({ f }) => f.filename],
    ["f.mode", ({ f }) => f.mode],
    ["f.libver", ({ f }) => f.libver],
    ["f.driver", ({ f }) => f.driver],
    ["f.userblockSize", ({ f }) => f.userblockSize],
    ["f.flush", ({ f }) => f.flush()],
    ["f.toBytes", ({ f }) => f.toBytes()],
    ["f.parent", ({ f }) => f.parent],
    ["new File(f.id)", ({ f }) => new File(f.id)],
    ["g.get", ({ g }) => g.get("d")],
    ["g.file", ({ g }) => g.file],
    ["d.read", ({ d }) => d.read()],
    ["d.write", ({ d }) => d.write(null, 1)],
    ["d.shape", ({ d }) => d.shape],
    ["d.dtype", ({ d }) => d.dtype],
    ["d.chunks", ({ d }) => d.chunks],
    ["d.resize", ({ d }) => d.resize(3)],
    ["d.flush", ({ d }) => d.flush()],
    ["d.attrs", ({ d }) => d.attrs],
    ["attrs.get", ({ attrs }) => attrs.get("x")],
    ["attrs.set", ({ attrs }) => attrs.set("x", 1)],
    ["attrs.keys", ({ attrs }) => attrs.keys()],
    ["attrs.delete", ({ attrs }) => attrs.delete("x")],
  ] as [string, (handles: ReturnType<typeof closed>) => unknown][])("refuses %s", (_, use) => {
    expectFailure(() => use(closed()), ...CLOSED);
  });

  test("still answers what needs no file", () => {
    const { f, g, d, attrs } = closed();
    expect(f.has("g")).toBe(false);
    expect(attrs.has("x")).toBe(false);
    expect([f.name, g.name, d.name]).toEqual([null, null, null]);
    expect([f, g, d, attrs].map(String)).toEqual([
      "<Closed HDF5 file>",
      "<Closed HDF5 group>",
      "<Closed HDF5 dataset>",
      "<Attributes of closed HDF5 object>",
    ]);
    expect([f.isOpen, g.isOpen, d.isOpen]).toEqual([false, false, false]);
    f.close();
    f[Symbol.dispose]();
  });
});
