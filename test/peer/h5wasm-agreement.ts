/** Files of which h5wasm and h5ts must find the same. */
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import { HDF5Error } from "../../src/base/errors.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import type { LibraryVersion } from "../../src/format/library-version.ts";
import { openPath } from "../../src/io/path-source.ts";
import { modelOfFile } from "../support/engine-model.ts";
import type { Model } from "../support/fixture-model.ts";
import { fixturePath } from "../support/fixture-model.ts";
import { folderOpener } from "../support/folder-opener.ts";
import { copiedFixtures, writeCopy } from "./copies.ts";
import { compareWithH5wasm } from "./h5wasm-facts.ts";
import { inFolder } from "./peers.ts";

/** h5wasm has no LZF. */
const FIXTURES = copiedFixtures().filter(({ features }) => !features.includes("lzf"));

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

export function expectAgreement(paths: readonly string[], leastParts: number): void {
  const all = paths.map((path) => ({ path, ...compareWithH5wasm(path, ownModel(path)) }));
  expect(all.flatMap(({ path, differences }) => differences.map((difference) => `${path} ${difference}`))).toEqual([]);
  expect(all.reduce((sum, { compared }) => sum + compared, 0)).toBeGreaterThan(leastParts);
}

export function expectAgreementInFixtures(): void {
  expectAgreement(
    FIXTURES.map(({ name }) => fixturePath(`${name}.h5`)),
    4000,
  );
}

/** In those that we read whole. */
export function expectAgreementInCorpus(folder: string): void {
  const found = corpusFiles(folder).flatMap((path) => {
    const model = wholeModel(path);
    return model === undefined ? [] : [{ path, ...compareWithH5wasm(path, model) }];
  });
  expect(found.flatMap(({ path, differences }) => differences.map((text) => `${path} ${text}`))).toEqual([]);
  expect(found.length).toBeGreaterThan(215);
  expect(found.reduce((sum, { compared }) => sum + compared, 0)).toBeGreaterThan(8000);
}

/** In copies of the fixtures that we write. */
export function expectAgreementInCopies(lowBound: LibraryVersion): void {
  inFolder((folder) => {
    const paths = FIXTURES.map((fixture) => {
      const path = join(folder, `${fixture.name}.h5`);
      writeCopy(fixture, path, lowBound);
      return path;
    });
    expectAgreement(paths, 4000);
  });
}
