/**
 * Reading against h5py, over all fixtures and the files of a corpus: shapes, types, attributes, links, filters, storage
 * sizes and values.
 */
import { existsSync, readdirSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { CORPUS } from "./corpus.ts";
import { type Comparison, compareFiles } from "./corpus-compare.ts";

const FIXTURES = fileURLToPath(new URL("../fixtures", import.meta.url));

/** Files that h5py does not open, and why; any other is a failure. */
const NOT_OPENED: readonly (readonly [files: RegExp, why: string])[] = [
  [/\.(txt|conf|dat|raw|onion)$/, "no HDF5 file"],
  [/^t?family(_file|_v16-|-earliest-|-latest-)?\d+\.h5$/, "member of a family; h5py has to be told"],
  [
    /^(tmulti|tsplit_file|multi_file_v16|multi-\w+|split-\w+)-[a-z]\.h5$/,
    "member of a multi file; h5py has to be told",
  ],
  [/^(alone|branched)\.h5$/, "all bytes are in revisions of the onion driver"],
  [/(sec2_v3|status_noclose)\.h5$/, "marked as open for writing"],
  [/^(3790_infinite_loop|corrupt_stab_msg|cve_2020_10810)\.h5$/, "damaged"],
  [/^h5clear_fsm_persist_(greater|less)\.h5$/, "with a wrong end of file address"],
];

/** Files whose differences are not ours to change. */
const DIFFERENT: Readonly<Record<string, string>> = {
  "tmisc38b.h5": "32 bits in 1000 bytes: over our limit maxNumberPadding, as it is for newer versions of the library",
  "v0-offsets2-lengths2.h5": "unlimited, which the library does not see in fewer than 8 bytes",
  "v0-offsets4-lengths4.h5": "unlimited, which the library does not see in fewer than 8 bytes",
  "v0-offsets8-lengths4.h5": "unlimited, which the library does not see in fewer than 8 bytes",
};

function filesOf(folder: string, name: RegExp): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && name.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function compareFolder(folder: string, name: RegExp): Comparison[] {
  const all = compareFiles(filesOf(folder, name));
  const opened = all.filter(({ error }) => error === undefined);
  const lines = [
    `${folder}: ${all.length} files, ${opened.length} opened by h5py,` +
      ` ${opened.reduce((sum, { compared }) => sum + compared, 0)} parts compared`,
  ];
  for (const { path, error, ownError, unread } of all) {
    const shown = relative(folder, path);
    if (error !== undefined)
      lines.push(`not opened  ${shown}  ${whyNot(path)}; h5py: ${error}; we: ${ownError ?? "opened"}`);
    lines.push(...unread.map((part) => `not read    ${shown}  ${part}`));
  }
  console.info(lines.join("\n"));
  return all;
}

function whyNot(path: string): string {
  return NOT_OPENED.find(([files]) => files.test(basename(path)))?.[1] ?? "unknown";
}

/** With fewer files or parts than there are, the comparison itself would have a fault. */
function expectTheSame(all: readonly Comparison[], leastFiles: number, leastParts: number): void {
  const opened = all.filter(({ error }) => error === undefined);
  const differences = opened.flatMap(({ path, differences }) =>
    basename(path) in DIFFERENT ? [] : differences.map((difference) => `${path} ${difference}`),
  );
  expect(differences).toEqual([]);
  const known = opened.filter(({ path }) => basename(path) in DIFFERENT);
  expect(known.filter((file) => file.differences.length === 0)).toEqual([]);
  const unexplained = all.filter(({ path, error }) => error !== undefined && whyNot(path) === "unknown");
  expect(unexplained).toEqual([]);
  expect(opened.length).toBeGreaterThanOrEqual(leastFiles);
  expect(opened.reduce((sum, { compared }) => sum + compared, 0)).toBeGreaterThanOrEqual(leastParts);
}

test("every fixture is read as h5py reads it", () => {
  expectTheSame(compareFolder(FIXTURES, /\.h5$/), 95, 15_000);
});

test.runIf(existsSync(CORPUS))("every file of the corpus is read as h5py reads it", () => {
  expectTheSame(compareFolder(CORPUS, /./), 250, 160_000);
});
