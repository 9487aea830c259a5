import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { File, type FileMode, h5f, MemoryTarget } from "../../src/index.ts";
import { fixturePath } from "../support/fixture-model.ts";
import { expectFailure, inFolder, newFile, reopened } from "./helpers.ts";

describe("modes of opening", () => {
  test("r reads what is there and writes nothing", () => {
    inFolder((path) => {
      copyFileSync(fixturePath("superblock-0.h5"), path("a.h5"));
      const before = readFileSync(path("a.h5"));
      const f = new File(path("a.h5"));
      expect(f.mode).toBe("r");
      expect(f.length).toBeGreaterThan(0);
      expectFailure(() => f.set("x", 1), "ValueError", "Unable to create dataset (no write intent on file)");
      f.close();
      expect(readFileSync(path("a.h5")).equals(before)).toBe(true);
    });
  });

  test("r+ changes what is there", () => {
    inFolder((path) => {
      new File(path("a.h5"), "w").close();
      const f = new File(path("a.h5"), "r+");
      f.set("x", 1);
      f.close();
      expect(new File(path("a.h5")).get("x").read()).toBe(1);
    });
  });

  test("w replaces what is there, w- and x refuse to", () => {
    inFolder((path) => {
      const a = path("a.h5");
      const first = new File(a, "x");
      first.set("x", 1);
      first.close();
      const message =
        `[Errno 17] Unable to create file (unable to open file: name = '${a}', errno = 17, ` +
        `error message = 'File exists', flags = 15, o_flags = c2)`;
      expectFailure(() => new File(a, "x"), "FileExistsError", message);
      expectFailure(() => new File(a, "w-"), "FileExistsError", message);
      expect(new File(a, "r").keys()).toEqual(["x"]);
    });
    inFolder((path) => {
      const first = new File(path("a.h5"), "w");
      first.set("x", 1);
      first.close();
      const second = new File(path("a.h5"), "w");
      expect(second.keys()).toEqual([]);
      second.close();
    });
  });

  test("a creates a file, then changes it", () => {
    inFolder((path) => {
      for (const name of ["x", "y"]) {
        const f = new File(path("a.h5"), "a");
        expect(f.mode).toBe("r+");
        f.set(name, 1);
        f.close();
      }
      expect(new File(path("a.h5")).keys()).toEqual(["x", "y"]);
    });
  });

  test("a leaves alone what is no HDF5 file", () => {
    inFolder((path) => {
      writeFileSync(path("not.h5"), "some text");
      for (const mode of ["a", "r", "r+"] as const) {
        expectFailure(
          () => new File(path("not.h5"), mode),
          "OSError",
          "Unable to open file (file signature not found)",
        );
      }
      expect(readFileSync(path("not.h5"), "utf8")).toBe("some text");
    });
  });

  test("any other mode is an error in h5py's words", () => {
    for (const mode of ["q", "", "rw", "R"]) {
      const words = "Invalid mode; must be one of r, r+, w, w-, x, a";
      expectFailure(() => new File("c.h5", mode as FileMode), "ValueError", words);
    }
  });

  test("a missing file is an error in h5py's words", () => {
    inFolder((path) => {
      const [missing, deeper] = [path("missing.h5"), path("nodir/x.h5")];
      const words = (doing: string, name: string, flags: string) =>
        `[Errno 2] Unable to ${doing} file (unable to open file: name = '${name}', errno = 2, ` +
        `error message = 'No such file or directory', ${flags})`;
      const expected: [FileMode, string, string][] = [
        ["r", missing, words("open", missing, "flags = 0, o_flags = 0")],
        ["r+", missing, words("open", missing, "flags = 1, o_flags = 2")],
        ["w", deeper, words("create", deeper, "flags = 13, o_flags = 242")],
      ];
      for (const [mode, name, message] of expected) {
        expectFailure(() => new File(name, mode), "FileNotFoundError", message);
      }
    });
  });

  test("what is not a file's name is a TypeError", () => {
    const words = "expected str, bytes or a source of bytes, not number";
    expectFailure(() => new File(42 as unknown as string), "TypeError", words);
  });
});

describe("options of opening", () => {
  test("libver decides which format is written", () => {
    const versions = [undefined, "earliest", "v108", "v110", "latest"] as const;
    const superblocks = versions.map((libver) => {
      const f = newFile(libver === undefined ? {} : { libver });
      return f.toBytes()[8];
    });
    expect(superblocks).toEqual([0, 0, 2, 3, 3]);
    expect(newFile().libver).toEqual(["earliest", "v110"]);
    expect(newFile({ libver: "latest" }).libver).toEqual(["v110", "v110"]);
    expect(newFile({ libver: ["v108", "v110"] }).libver).toEqual(["v108", "v110"]);
    expectFailure(() => newFile({ libver: "bogus" as "latest" }), "KeyError", "b");
  });

  test("a user block stands before the file", () => {
    const f = newFile({ userblockSize: 512 });
    expect(f.userblockSize).toBe(512);
    f.set("x", [1, 2]);
    const bytes = f.toBytes();
    expect([...bytes.subarray(512, 516)]).toEqual([0x89, 0x48, 0x44, 0x46]);
    expect(new File(bytes).get("x").read().data).toEqual(Float64Array.of(1, 2));
    const words = "Userblock size is non-zero and less than 512 (userblock size is non-zero and less than 512)";
    expectFailure(() => newFile({ userblockSize: 100 }), "ValueError", words);
    const refused = "User block may only be specified when creating a file";
    expectFailure(() => new File(bytes, "r", { userblockSize: 512 }), "ValueError", refused);
  });

  test("a asks a file that is there for the same user block", () => {
    inFolder((path) => {
      new File(path("a.h5"), "w", { userblockSize: 1024 }).close();
      const words = "Requested userblock size (512) does not match that of existing file (1024)";
      expectFailure(() => new File(path("a.h5"), "a", { userblockSize: 512 }), "ValueError", words);
      const f = new File(path("a.h5"), "a", { userblockSize: 1024 });
      f.close();
    });
  });

  test("the chunk cache takes what is given and keeps the rest", () => {
    expect(newFile().id.getAccessPlist().getCache()).toEqual([0, 521, 1048576, 0.75]);
    const f = newFile({ rdccNbytes: 4096, rdccNslots: 11 });
    expect(f.id.getAccessPlist().getCache()).toEqual([0, 11, 4096, 0.75]);
    expect(newFile({ rdccW0: 1 }).id.getAccessPlist().getCache()[3]).toBe(1);
  });

  test("trackOrder lists names as they were made", () => {
    for (const [trackOrder, names] of [
      [true, ["z", "a", "m"]],
      [false, ["a", "m", "z"]],
    ] as const) {
      const f = newFile({ trackOrder });
      for (const name of ["z", "a", "m"]) {
        f.set(name, 1);
        f.attrs.set(name, 1);
      }
      const again = reopened(f);
      expect(again.keys()).toEqual(names);
      expect(again.attrs.keys()).toEqual(names);
    }
  });
});

describe("a file", () => {
  test("of bytes is read where they are, and written as a copy", () => {
    const f = newFile();
    f.set("x", 1);
    const bytes = f.toBytes();
    const before = bytes.slice();
    const copy = new File(bytes, "r+");
    copy.set("y", 2);
    expect(copy.driver).toBe("core");
    expect(copy.filename).toBe("");
    const changed = copy.toBytes();
    copy.close();
    expect(bytes).toEqual(before);
    expect(new File(changed).keys()).toEqual(["x", "y"]);
    expect(new File(bytes).keys()).toEqual(["x"]);
  });

  test("can be made in a target of the caller's", () => {
    const target = new MemoryTarget(undefined, "mine.h5");
    const f = new File(target, "w");
    f.set("x", 1);
    expect(String(f)).toBe('<HDF5 file "mine.h5" (mode r+)>');
    f.close();
    expect(new File(target.toBytes()).keys()).toEqual(["x"]);
  });

  test("prints as h5py prints it, in Node too", () => {
    inFolder((path) => {
      const f = new File(path("x.h5"), "w");
      expect(inspect(f)).toBe('<HDF5 file "x.h5" (mode r+)>');
      expect(f.driver).toBe("sec2");
      f.close();
      expect(inspect(f)).toBe("<Closed HDF5 file>");
    });
  });

  test("is one object, whichever of its objects is asked for it", () => {
    const f = newFile();
    const g = f.createGroup("a/b");
    f.set("a/b/d", 1);
    expect(g.file).toBe(f);
    expect(f.get("a/b/d").file).toBe(f);
    expect(f.file).toBe(f);
    expect(String(f.get("a/b/d").parent)).toBe('<HDF5 group "/a/b" (1 members)>');
    expect(f.parent.equals(f)).toBe(true);
    f.close();
    expect(g.isOpen).toBe(false);
  });

  test("stays open for a second opening when the first is closed", () => {
    inFolder((path) => {
      const a = new File(path("a.h5"), "w");
      const b = new File(path("a.h5"), "r+");
      a.set("x", 1);
      expect(b.keys()).toEqual(["x"]);
      expectFailure(
        () => new File(path("a.h5"), "w"),
        "OSError",
        "Unable to create file (unable to truncate a file which is already open)",
      );
      a.close();
      expect(b.get("x").read()).toBe(1);
      b.close();
    });
  });

  test("writes what was changed when it is flushed", () => {
    inFolder((path) => {
      const f = new File(path("a.h5"), "w");
      f.createDataset("d", { shape: [10], chunks: [5], dtype: "i2" }).write(null, 7);
      f.flush();
      const copy = new File(new Uint8Array(readFileSync(path("a.h5"))));
      expect(copy.get("d").read().data).toEqual(new Int16Array(10).fill(7));
      f.close();
    });
  });

  test("is adopted from the low level with the mode it has", () => {
    inFolder((path) => {
      const fid = h5f.create(path("low.h5"));
      const f = new File(fid, "r");
      expect(f.id).toBe(fid);
      expect(f.mode).toBe("r+");
      f.close();
    });
  });
});
