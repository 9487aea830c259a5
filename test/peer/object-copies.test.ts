/** Everything of a fixture copied into a new file: h5diff finds no difference, and h5dump reads all of it. */
import { copyFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { H5File } from "../../src/engine/h5-file.ts";
import { copyTree } from "../../src/engine/object-copy.ts";
import { File, SoftLink } from "../../src/index.ts";
import { openPath } from "../../src/io/path-source.ts";
import { fixtureModel, fixturePath, fixtures } from "../support/fixture-model.ts";
import { expectNoDifference, h5dump, h5pyModel, inFolder, runPython } from "./peers.ts";

/** Readable with this release of the C library and its filters, from any folder. */
const NAMES = fixtures()
  .map(({ name }) => name)
  .filter((name) => !["lzf", "external-storage"].includes(name));

/** Raw data, and sources of virtual datasets. */
const OTHER_FILES = readdirSync(fixturePath(".")).filter((file) => /\.raw$|^virtual-.*\.h5$/.test(file));

describe("copies of all objects of a file", () => {
  test.each(NAMES)("of %s are to the C library what the original is", (name) => {
    inFolder((folder) => {
      const source = H5File.open(openPath(fixturePath(`${name}.h5`), "r"));
      for (const file of OTHER_FILES) copyFileSync(fixturePath(file), join(folder, file));
      // Attributes beyond 64 KiB are for files of 1.8 and later.
      const bounds = name === "large-attribute-latest" ? (["latest"] as const) : (["earliest", "latest"] as const);
      // As h5py found them when the fixture was made.
      const objects = Object.keys(fixtureModel(name).objects);
      for (const lowBound of bounds) {
        const path = join(folder, `${name}.h5`);
        const copy = H5File.create(openPath(path, "w"), {
          lowBound: lowBound === "latest" ? "v110" : lowBound,
          trackLinkOrder: source.root().tracksCreationOrder,
          trackAttributeOrder: source.root().header.fields.attributeCreationOrderTracked,
        });
        copyTree(source.root(), copy.root());
        copy.close();
        h5dump(path);
        expectNoDifference(fixturePath(`${name}.h5`), path);
        expect(Object.keys(h5pyModel(path).objects)).toEqual(objects);
      }
      source.close();
    });
  });
});

test("soft links that lead nowhere, or in a circle, stay links where links are expanded", () => {
  inFolder((folder) => {
    const path = join(folder, "circles.h5");
    const file = new File(path, "w");
    const group = file.createGroup("g");
    group.createDataset("s", { data: [1, 2] });
    const targets = { a: "/g/b", b: "/g/a", nowhere: "/none", around: "/g", found: "/g/s" };
    for (const [name, target] of Object.entries(targets)) group.set(name, new SoftLink(target));
    file.copy("g", "ours", { expandSoft: true });
    file.close();
    const code = `
with h5py.File(args[0], 'r+') as f:
    f.copy('g', 'theirs', expand_soft=True)
    kinds = lambda g: {name: type(g.get(name, getlink=True)).__name__ for name in g}
    print(kinds(f['ours']) == kinds(f['theirs']), kinds(f['ours/around']) == kinds(f['theirs/around']), kinds(f['ours']))
`;
    const kinds =
      "{'a': 'SoftLink', 'around': 'HardLink', 'b': 'SoftLink', 'found': 'HardLink', 'nowhere': 'SoftLink', 's': 'HardLink'}";
    expect(runPython(code, path).trim()).toBe(`True True ${kinds}`);
  });
});
