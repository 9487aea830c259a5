import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { H5File } from "../../src/engine/h5-file.ts";
import { openPath } from "../../src/io/path-source.ts";
import { modelOfFile } from "../support/engine-model.ts";
import { fixtureModel, fixturePath, type Model } from "../support/fixture-model.ts";
import { copiedFixtures, writeCopy } from "./copies.ts";
import { h5dump, h5pyModel, inFolder } from "./peers.ts";

/** Everything is written, so what the original left unallocated takes space in the copy; compressed sizes may differ. */
function withoutSizes({ objects, ...rest }: Model): Model {
  const entries = Object.entries(objects).map(([path, { storageSize: _, ...object }]) => [path, object]);
  return { ...rest, objects: Object.fromEntries(entries) };
}

/** References show the addresses of objects. */
function comparable(dump: string, name: string): string {
  return dump.replace(/^HDF5 ".*"/, `HDF5 "${name}.h5"`).replace(/\b(GROUP|DATASET|DATATYPE) \d+ /g, "$1 ");
}

describe("a file with all that a file of the C library holds", () => {
  test.each(copiedFixtures())("$name: h5py, h5dump and we ourselves find the same in it", (fixture) => {
    inFolder((folder) => {
      const { name } = fixture;
      const path = join(folder, `${name}.h5`);
      writeCopy(fixture, path);
      const expected = withoutSizes(fixtureModel(name));
      const own = H5File.open(openPath(path, "r"));
      expect(withoutSizes(modelOfFile(own))).toEqual({ ...expected, superblock: own.superblock.version });
      own.close();
      expect(withoutSizes(h5pyModel(path))).toEqual({ ...expected, superblock: own.superblock.version });
      // h5dump has no lzf.
      if (fixture.features.includes("lzf")) return;
      const dump = readFileSync(fixturePath(`${name}.ddl`), "utf8");
      expect(comparable(h5dump(path), name)).toBe(comparable(dump, name));
    });
  });
});
