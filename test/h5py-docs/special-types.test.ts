/** What h5py's page about special types shows. */
import { expect, test } from "vitest";
import {
  checkEnumDtype,
  checkOpaqueDtype,
  checkStringDtype,
  checkVlenDtype,
  complexCompatDtype,
  enumDtype,
  File,
  opaqueDtype,
  stringDtype,
  vlenDtype,
} from "../../src/index.ts";

test("strings of any length", () => {
  using f = File.inMemory();
  const ds = f.createDataset("VLDS", { shape: [100, 100], dtype: stringDtype({ encoding: "utf-8" }) });
  expect(ds.dtype).toBe("|O");
  expect(checkStringDtype(ds.datatype)).toEqual({ encoding: "utf-8", length: null });
});

test("sequences", () => {
  using f = File.inMemory();
  const dset = f.createDataset("vlen_int", { shape: [100], dtype: vlenDtype("int32") });
  dset.write(0, [1, 2, 3]);
  dset.write(1, [1, 2, 3, 4, 5]);
  expect(dset.read<Int32Array>(0)).toEqual(Int32Array.of(1, 2, 3));
  expect(dset.read("0:2").data).toEqual([Int32Array.of(1, 2, 3), Int32Array.of(1, 2, 3, 4, 5)]);
  expect(checkVlenDtype(dset.datatype)?.size).toBe(4);
});

test("complex numbers", () => {
  using f = File.inMemory();
  f.createDataset("complex", { data: [{ re: 1, im: 2 }], dtype: "c8" });
  expect(f.get("complex").dtype).toBe("<c8");
  const compat = f.createDataset("complex2", { shape: [2], dtype: complexCompatDtype("<f4") });
  compat.write("...", [
    { re: 0, im: 1 },
    { re: 3, im: -4 },
  ]);
  expect(compat.read().data).toEqual([
    { r: 0, i: 1 },
    { r: 3, i: -4 },
  ]);
});

test("enumerations", () => {
  using f = File.inMemory();
  const dtype = enumDtype({ RED: 0, GREEN: 1, BLUE: 42 }, { basetype: "i" });
  expect(checkEnumDtype(dtype)).toEqual({ RED: 0, GREEN: 1, BLUE: 42 });
  const ds = f.createDataset("EnumDS", { shape: [100, 100], dtype });
  ds.write([0, ":"], 42);
  expect([ds.dtype, ds.read<number>([0, 0]), ds.read<number>([1, 0])]).toEqual(["<i4", 42, 0]);
  ds.write([1, 0], "GREEN");
  expect(ds.read<number>([1, 0])).toBe(1);
});

test("times, which HDF5 has no class for", () => {
  using f = File.inMemory();
  const when = new Date("2019-09-22T17:38:30Z");
  f.createDataset("data", { data: [when], dtype: opaqueDtype("<M8[s]") });
  expect(checkOpaqueDtype(f.get("data").datatype)).toBe(true);
  expect(f.get("data").read(null, { numpyTimes: "date" }).data).toEqual([when]);
});
