/** What h5py's page about file objects shows. */
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Empty, File, isHdf5, version } from "../../src/index.ts";
import { expectFailure, inFolder } from "../highlevel/helpers.ts";

describe("opening and creating", () => {
  test("goes by modes", () => {
    inFolder((path) => {
      const name = path("myfile.hdf5");
      expect(() => new File(name)).toThrow("No such file or directory");
      new File(name, "x").close();
      expect(() => new File(name, "w-")).toThrow("File exists");
      using f = new File(name, "a");
      expect([f.mode, f.filename, f.driver]).toEqual(["r+", name, "sec2"]);
      expect(String(f)).toBe('<HDF5 file "myfile.hdf5" (mode r+)>');
    });
  });

  test("keeps room for other data in front", () => {
    inFolder((path) => {
      const name = path("user.h5");
      new File(name, "w", { userblockSize: 512 }).close();
      const bytes = readFileSync(name);
      bytes.write("#!/usr/bin/env reader\n");
      writeFileSync(name, bytes);
      using f = new File(name, "r");
      expect([f.userblockSize, f.keys()]).toEqual([512, []]);
      const message = "User block may only be specified when creating a file";
      expectFailure(() => new File(name, "r", { userblockSize: 512 }), "ValueError", message);
    });
  });

  test("chooses which versions of the format may be written", () => {
    using f = File.inMemory(undefined, { libver: ["earliest", "v110"] });
    expect(f.libver).toEqual(["earliest", "v110"]);
    using latest = File.inMemory(undefined, { libver: "latest" });
    expect(latest.libver[0]).toBe("v110");
  });

  test("works in memory, and on bytes", () => {
    using f = File.inMemory();
    f.createDataset("a", { data: [0, 1, 2] });
    const bytes = f.toBytes();
    using copy = new File(bytes, "r");
    expect(copy.get("a").read().data).toEqual(Float64Array.of(0, 1, 2));
    expect([isHdf5(bytes), isHdf5(new Uint8Array(100)), isHdf5("/nowhere/at/all.h5"), isHdf5(".")]).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(version.hdf5Version).toMatch(/^\d+\.\d+\.\d+$/);
  });
});

describe("closing", () => {
  test("ends the life of all objects of the file", () => {
    const f = File.inMemory();
    const group = f.createGroup("g");
    f.close();
    expect([f.isOpen, group.isOpen, String(f), String(group)]).toEqual([
      false,
      false,
      "<Closed HDF5 file>",
      "<Closed HDF5 group>",
    ]);
  });
});

test("data without elements is told from data that is missing", () => {
  using f = File.inMemory();
  f.attrs.set("EmptyAttr", new Empty("f"));
  f.createDataset("EmptyDataset", { data: new Empty("f") });
  expect(String(f.attrs.get("EmptyAttr"))).toBe("Empty(dtype=dtype('<f4'))");
  expect([f.get("EmptyDataset").shape, f.get("EmptyDataset").size]).toEqual([null, null]);
  expect(f.get("EmptyDataset").read<Empty>()).toBeInstanceOf(Empty);
});
