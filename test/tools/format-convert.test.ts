import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { File } from "../../src/index.ts";
import { runFormatConvert } from "../../src/tools/format-convert/command.ts";
import { runTool } from "./test-platform.ts";

let folder = "";
let path = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "h5ts-convert-"));
  path = join(folder, "a.h5");
  using f = new File(path, "w", { libver: "latest" });
  f.createDataset("chunks", { data: [1, 2, 3, 4], chunks: [2] });
  f.createDataset("group/plain", { data: [5, 6] });
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const IN_CHUNKS = `Open the dataset
Retrieve the dataset's layout
Dataset is a chunked dataset
Retrieve the dataset's chunk indexing type
Dataset's chunk indexing type is `;
const CLOSED = `Close the dataset
Close the dataset creation property list
`;
const PLAIN = `Open the dataset
Retrieve the dataset's layout
Dataset is a contiguous dataset: downgrade layout version as needed
`;

test("a trial tells what would be done, and leaves the file as it is", () => {
  const before = readFileSync(path);
  expect(runTool(runFormatConvert, "-v", "-n", path)).toMatchObject({
    code: 0,
    errors: "",
    output: `Process command line options
It is noop...
Open the file ${path}
Processing all datasets in the file...
Going to process dataset:/chunks...
${IN_CHUNKS}not version 1 B-tree
Not converting the dataset
${CLOSED}Going to process dataset:/group/plain...
${PLAIN}Not converting the dataset
${CLOSED}Not processing the file's superblock...
Close the file
`,
  });
  expect(readFileSync(path).equals(before)).toBe(true);
});

test("one dataset, then the others, are converted", () => {
  expect(runTool(runFormatConvert, "-d", "group/plain", path)).toMatchObject({ code: 0, output: "" });
  expect(readFileSync(path)[8]).toBe(2);
  const { output } = runTool(runFormatConvert, "-v", "--dname=/chunks", path);
  expect(output).toContain(
    `Going to process dataset: /chunks...\n${IN_CHUNKS}not version 1 B-tree\nConverting the dataset...\n`,
  );
  const again = runTool(runFormatConvert, "-v", path).output;
  expect(again).toContain(`${IN_CHUNKS}already version 1 B-tree: no further action\n${CLOSED}`);
  using f = new File(path);
  expect([...f.getDataset("chunks").read<{ data: Float64Array }>().data]).toEqual([1, 2, 3, 4]);
});

test("refuses what is no dataset, and no file", () => {
  expect(runTool(runFormatConvert, "-d", "group", path).errors).toContain('"group" is no dataset');
  expect(runTool(runFormatConvert, join(folder, "missing.h5")).code).toBe(1);
  expect(runTool(runFormatConvert).errors).toContain("missing file name");
});
