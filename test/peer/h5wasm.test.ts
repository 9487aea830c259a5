import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { HDF5Error } from "../../src/base/errors.ts";
import { createDataset } from "../../src/engine/create-object.ts";
import type { DatasetObject } from "../../src/engine/dataset-object.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { resolveObject } from "../../src/engine/resolve.ts";
import { PREDEFINED } from "../../src/format/predefined-datatypes.ts";
import { openPath } from "../../src/io/path-source.ts";
import { modelOfFile } from "../support/engine-model.ts";
import type { Model } from "../support/fixture-model.ts";
import { fixturePath } from "../support/fixture-model.ts";
import { folderOpener } from "../support/folder-opener.ts";
import { writeWithH5wasm } from "../support/h5wasm-sample.ts";
import { copiedFixtures, writeCopy } from "./copies.ts";
import { CORPUS } from "./corpus.ts";
import { COMPLEX_CLASS, compareWithH5wasm, rawDataInH5wasm } from "./h5wasm-facts.ts";
import { inFolder } from "./peers.ts";

/** h5wasm has no LZF. */
const FIXTURES = copiedFixtures().filter(({ features }) => !features.includes("lzf"));

const OLD_INDEXES = {
  whole: "contiguous",
  "one chunk": "b-tree-v1",
  fixed: "b-tree-v1",
  growing: "b-tree-v1",
  "growing everywhere": "b-tree-v1",
};
const NEW_INDEXES = {
  whole: "contiguous",
  "one chunk": "single-chunk",
  fixed: "fixed-array",
  growing: "extensible-array",
  "growing everywhere": "b-tree-v2",
};

/**
 * Of several members; with LZF; with raw data in other files, which the library looks for in the current folder; large.
 */
const LEFT_OUT = /^(family|tsplit|tmulti|multi|h5ex_d_lzf)|_ex\.h5$|newgrat|hyper|h5diff_dset|h5repack_objs/;

function corpusFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !LEFT_OUT.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** `undefined` where we do not read all of a file, as when it is damaged. */
function wholeModel(path: string): Model | undefined {
  const opener = folderOpener(dirname(path));
  try {
    const file = H5File.open(openPath(path, "r"), { opener });
    const model = modelOfFile(file);
    file.close();
    return model;
  } catch (error) {
    if (error instanceof HDF5Error) return undefined;
    throw error;
  } finally {
    opener.closeAll();
  }
}

function ownModel(path: string): Model {
  const file = H5File.open(openPath(path, "r"));
  try {
    return modelOfFile(file);
  } finally {
    file.close();
  }
}

function expectAgreement(paths: readonly string[], leastParts: number): void {
  const all = paths.map((path) => ({ path, ...compareWithH5wasm(path, ownModel(path)) }));
  expect(all.flatMap(({ path, differences }) => differences.map((difference) => `${path} ${difference}`))).toEqual([]);
  expect(all.reduce((sum, { compared }) => sum + compared, 0)).toBeGreaterThan(leastParts);
}

describe("version 2.0 of the C library finds what we find", () => {
  test("in the fixtures", () => {
    expectAgreement(
      FIXTURES.map(({ name }) => fixturePath(`${name}.h5`)),
      4000,
    );
  });

  test.runIf(existsSync(CORPUS))("in the files of the corpus that we read whole", () => {
    const found = corpusFiles(CORPUS).flatMap((path) => {
      const model = wholeModel(path);
      return model === undefined ? [] : [{ path, ...compareWithH5wasm(path, model) }];
    });
    expect(found.flatMap(({ path, differences }) => differences.map((text) => `${path} ${text}`))).toEqual([]);
    expect(found.length).toBeGreaterThan(215);
    expect(found.reduce((sum, { compared }) => sum + compared, 0)).toBeGreaterThan(8000);
  });

  test.each(["earliest", "v108", "v110", "v112", "v200"] as const)("in what we write in the %s format", (lowBound) => {
    inFolder((folder) => {
      const paths = FIXTURES.map((fixture) => {
        const path = join(folder, `${fixture.name}.h5`);
        writeCopy(fixture, path, lowBound);
        return path;
      });
      expectAgreement(paths, 4000);
    });
  });

  test.each([
    ["earliest", 3, OLD_INDEXES],
    ["v108", 3, OLD_INDEXES],
    ["v110", 4, NEW_INDEXES],
    ["v112", 4, NEW_INDEXES],
    ["v114", 4, NEW_INDEXES],
    ["v200", 5, NEW_INDEXES],
    ["latest", 5, NEW_INDEXES],
  ] as const)("in what it writes itself in the %s format", (lowBound, version, indexes) => {
    inFolder((folder) => {
      const path = join(folder, "theirs.h5");
      writeWithH5wasm(path, lowBound);
      expectAgreement([path], 200);
      const file = H5File.open(openPath(path, "r"));
      const layouts = Object.keys(indexes).map((name) => (resolveObject(file.root(), name) as DatasetObject).layout);
      file.close();
      const found = layouts.map((layout) => (layout.kind === "chunked" ? layout.indexing.type : layout.kind));
      expect(found).toEqual(Object.values(indexes));
      // Only chunks with filters may need sizes beyond those of version 4.
      expect(Math.max(...layouts.map((layout) => layout.version))).toBe(version);
    });
  });

  test("in small floating-point and in complex numbers, which h5wasm reads but cannot make", () => {
    inFolder((folder) => {
      const path = join(folder, "numbers.h5");
      const file = H5File.create(openPath(path, "w"), { lowBound: "v200" });
      for (const [name, datatype] of NEW_NUMBERS) {
        const dataspace = { kind: "simple", version: 2, dims: [4], maxDims: [4], maxDimsStored: false } as const;
        const dataset = createDataset(file, { datatype, dataspace, layout: { kind: "contiguous" } });
        file.root().insertLink(name, { kind: "hard", objectHeaderAddress: dataset.address });
        dataset.writeBytes(patternOf(4 * datatype.size));
      }
      file.close();
      const expected = NEW_NUMBERS.map(([name, datatype]) => [
        name,
        {
          class: datatype.class === "complex" ? COMPLEX_CLASS : 1,
          bytes: Buffer.from(patternOf(4 * datatype.size)).toString("base64"),
        },
      ]);
      expect(rawDataInH5wasm(path)).toEqual(Object.fromEntries(expected));
    });
  });
});

const NAMES_OF_NEW_NUMBERS = [
  "IEEE_F16LE",
  "FLOAT_BFLOAT16LE",
  "FLOAT_F8E4M3",
  "FLOAT_F8E5M2",
  "COMPLEX_IEEE_F16LE",
  "COMPLEX_IEEE_F32LE",
  "COMPLEX_IEEE_F64LE",
] as const;
const NEW_NUMBERS = NAMES_OF_NEW_NUMBERS.map((name) => [name, PREDEFINED[name]] as const);

function patternOf(byteLength: number): Uint8Array {
  return Uint8Array.from({ length: byteLength }, (_, i) => 17 * i + 3);
}
