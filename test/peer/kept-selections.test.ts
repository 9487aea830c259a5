/** Selections that are stored: what h5py finds in virtual datasets and region references that we make, after the dataset grew. */
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  File,
  type IndexArguments,
  regionrefDtype,
  SimpleSelection,
  slice,
  VirtualLayout,
  VirtualSource,
} from "../../src/index.ts";
import { inFolder, runPython } from "./peers.ts";

/** Each selects all there is; whether it stays what it is when there is more. */
const CASES: readonly (readonly [IndexArguments, boolean])[] = [
  [[slice(0, 4)], true],
  [slice(null), true],
  [[[0, 1, 2, 3]], true],
  [[], false],
  [["..."], false],
];

const CHECK = `
import json
f = h5py.File(args[0], 'r+')
number = {True: h5py.h5s.SEL_HYPERSLABS, False: h5py.h5s.SEL_ALL}
for i, stays in enumerate(json.loads(args[1])):
    mapping = f['virtual%d' % i].virtual_sources()[0]
    assert [s.get_select_type() for s in (mapping.vspace, mapping.src_space)] == [number[stays]] * 2, (i, mapping)
    reference = f['references'][i]
    assert h5py.h5r.get_region(reference, f.id).get_select_type() == number[stays], i
f['source'].resize((6,))
for i, stays in enumerate(json.loads(args[1])):
    if stays:
        assert f['virtual%d' % i][()].tolist() == [1, 2, 3, 4], i
    assert f['source'].regionref.selection(f['references'][i]) == ((4,) if stays else (6,)), i
assert f['source'].regionref.selection(f['references'][5]) == (4,)
`;

test("slices that take all there is stay what they are; everything grows", () => {
  inFolder((folder) => {
    const path = join(folder, "kept.h5");
    using f = new File(path, "w", { libver: "latest" });
    const source = f.createDataset("source", { data: Int32Array.of(1, 2, 3, 4), maxshape: [null] });
    const references = CASES.map(([args], i) => {
      const layout = new VirtualLayout({ shape: [4], dtype: "<i4" });
      layout.set(args, new VirtualSource(source).select(args));
      f.createVirtualDataset(`virtual${i}`, layout);
      return source.regionRef(args);
    });
    references.push(source.regionRef(new SimpleSelection([4], slice(0, 4))));
    f.createDataset("references", { data: references, dtype: regionrefDtype });
    expect(f.getDataset("virtual0").read().data).toEqual(Int32Array.of(1, 2, 3, 4));
    f.close();
    runPython(CHECK, path, JSON.stringify(CASES.map(([, stays]) => stays)));
  });
});
