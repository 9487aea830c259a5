/** What h5py's "Quick Start Guide" shows, step by step. */
import { expect, test } from "vitest";
import { File, slice } from "../../src/index.ts";
import { expectFailure, inFolder } from "../highlevel/helpers.ts";

const firstHundred = Int32Array.from({ length: 100 }, (_, i) => i);

test("a file is made, filled, and opened by somebody else", () => {
  inFolder((path) => {
    {
      using f = new File(path("mytestfile.hdf5"), "w");
      const dset = f.createDataset("mydataset", { shape: [100], dtype: "i" });
      dset.write("...", firstHundred);
    }
    using f = new File(path("mytestfile.hdf5"), "r");
    expect(f.keys()).toEqual(["mydataset"]);
    const dset = f.get("mydataset");
    expect(dset.shape).toEqual([100]);
    expect(dset.dtype).toBe("<i4");
    expect(dset.read<number>(0)).toBe(0);
    expect(dset.read<number>(10)).toBe(10);
    const tens = Int32Array.of(0, 10, 20, 30, 40, 50, 60, 70, 80, 90);
    expect(dset.read("0:100:10").data).toEqual(tens);
    expect(dset.read(slice(0, 100, 10)).data).toEqual(tens);
    expectFailure(() => dset.write(0, 1), "OSError", "Can't write data (no write intent on file)");
  });
});

test("objects have names in a hierarchy, and attributes", () => {
  inFolder((path) => {
    new File(path("mydataset.hdf5"), "w").createDataset("mydataset", { shape: [100], dtype: "i" }).file.close();
    using f = new File(path("mydataset.hdf5"), "a");
    const dset = f.get("mydataset");
    expect([dset.name, f.name]).toEqual(["/mydataset", "/"]);

    const grp = f.createGroup("subgroup");
    expect(grp.createDataset("another_dataset", { shape: [50], dtype: "f" }).name).toBe("/subgroup/another_dataset");
    const three = f.createDataset("subgroup2/dataset_three", { shape: [10], dtype: "i" });
    expect(three.name).toBe("/subgroup2/dataset_three");
    expect(f.get("subgroup2/dataset_three").equals(three)).toBe(true);

    expect([...f]).toEqual(["mydataset", "subgroup", "subgroup2"]);
    expect([f.has("mydataset"), f.has("somethingelse"), f.has("subgroup/another_dataset")]).toEqual([
      true,
      false,
      true,
    ]);

    const visited: string[] = [];
    f.visit((name) => void visited.push(name));
    expect(visited).toEqual([
      "mydataset",
      "subgroup",
      "subgroup/another_dataset",
      "subgroup2",
      "subgroup2/dataset_three",
    ]);

    dset.attrs.set("temperature", 99.5);
    expect(dset.attrs.get("temperature")).toBe(99.5);
    expect(dset.attrs.has("temperature")).toBe(true);
  });
});
