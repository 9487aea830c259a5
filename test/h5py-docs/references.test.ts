/** What h5py's page about references shows. */
import { inspect } from "node:util";
import { expect, test } from "vitest";
import {
  File,
  type Group,
  type NDArray,
  Reference,
  type ReferenceValue,
  RegionReference,
  refDtype,
  slice,
} from "../../src/index.ts";

test("references lead to objects", () => {
  using f = File.inMemory();
  const { ref } = f.createGroup("/some/group");
  expect(ref).toBeInstanceOf(Reference);
  expect([String(ref), inspect(ref)]).toEqual(["<HDF5 object reference>", "<HDF5 object reference>"]);
  const found = f.get<Group>(ref);
  expect(String(found)).toBe('<HDF5 group "/some/group" (0 members)>');
  expect(found.equals(f.getGroup("some/group"))).toBe(true);
});

test("and to regions of datasets", () => {
  using f = File.inMemory();
  const dset = f.createDataset("dset", { shape: [200, 200], dtype: "<i4" });
  dset.write(
    [slice(0, 2), slice(0, 2)],
    [
      [1, 2],
      [3, 4],
    ],
  );
  const regref = dset.regionref.get([slice(0, 10), slice(0, 5)]);
  expect(regref).toBeInstanceOf(RegionReference);
  expect(String(regref)).toBe("<HDF5 region reference>");
  const subset = dset.read(regref);
  expect([subset.shape, subset.data[1]]).toEqual([[10, 5], 2]);
  expect([dset.regionref.shape(regref), dset.regionref.selection(regref)]).toEqual([
    [200, 200],
    [10, 5],
  ]);
  expect(f.get(regref).equals(dset)).toBe(true);
});

test("they are stored in datasets and attributes; what was never written is null", () => {
  using f = File.inMemory();
  const refs = f.createDataset("MyRefs", { shape: [100], dtype: refDtype });
  refs.write(0, f.ref);
  const { data } = refs.read<NDArray<ReferenceValue[]>>([slice(0, 51)]);
  const [first, , last] = [data[0], data[1], data[50]].map((value) => new Reference(value?.bytes, value?.kind));
  expect([first?.isNull, last?.isNull]).toEqual([false, true]);
  expect(first && f.get<Group>(first).name).toBe("/");
  f.attrs.set("Root group reference", f.ref);
  expect(f.get<Group>(f.attrs.get<ReferenceValue>("Root group reference")).equals(f)).toBe(true);
});
