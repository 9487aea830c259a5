/** Places where readers and writers of HDF5 go wrong, in files of the C library: read as h5py reads them, also after we edit them. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { Dataset, File, type Group, HardLink } from "../../src/index.ts";
import { compareFiles } from "./corpus-compare.ts";
import { h5dump, inFolder, pythonWithH5py, start } from "./peers.ts";

const SCRIPT = fileURLToPath(new URL("format-traps.py", import.meta.url));

function expectAgreement(paths: readonly string[]): void {
  const all = compareFiles(paths);
  const problems = all.flatMap(({ path, error, differences }) => [
    ...(error === undefined ? [] : [`${path}: ${error}`]),
    ...differences.map((difference) => `${path} ${difference}`),
  ]);
  expect(problems).toEqual([]);
  expect(all.reduce((sum, { compared }) => sum + compared, 0)).toBeGreaterThan(10_000);
}

/** Something in every group, at every dataset; what can grow does, the first name of each group goes. */
function edit(group: Group): void {
  const own = "made by us";
  if (group.has(own)) return;
  group.attrs.set("edited", [1, 2, 3]);
  const names = group.keys();
  group.createDataset(own, { data: Int16Array.of(1, 2, 3) });
  for (const name of names.slice(0, 60)) {
    if (!(group.get(name, { getlink: true }) instanceof HardLink)) continue;
    const member = group.get(name);
    if (member instanceof Dataset) editDataset(member);
    else if ("keys" in member) edit(member as Group);
  }
  const first = names[0];
  if (first !== undefined && first !== "g") group.delete(first);
}

function editDataset(dataset: Dataset): void {
  dataset.attrs.set("edited", "by us");
  const { shape, maxshape, chunks } = dataset;
  if (chunks === null || shape === null || maxshape === null) return;
  const grown = shape.map((size, d) => (maxshape[d] === null ? size + 5 : Math.min(size + 1, maxshape[d] as number)));
  if (grown.some((size, d) => size !== shape[d])) dataset.resize(grown);
}

test("are read and edited so that h5py, h5dump and we agree", () => {
  inFolder((folder) => {
    const made = start(pythonWithH5py(), [SCRIPT, folder]);
    expect(made, made?.stderr).toMatchObject({ status: 0 });
    const paths = readdirSync(folder)
      .filter((name) => name.endsWith(".h5"))
      .sort()
      .map((name) => join(folder, name));
    expect(paths).toHaveLength(40);
    expectAgreement(paths);
    for (const path of paths) {
      using file = new File(path, "r+");
      edit(file);
    }
    // External raw data h5dump would look for in the current folder, and it has no LZF.
    for (const path of paths) h5dump(path, ...(/(external|filters) \w+\.h5$/.test(path) ? ["-H"] : []));
    expectAgreement(paths);
  });
});
