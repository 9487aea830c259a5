/** The program as a whole: what it answers to what is missing, and to those who do not read on. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { File } from "../../src/index.ts";
import { runClear } from "../../src/tools/clear/command.ts";
import { runCopy } from "../../src/tools/copy/command.ts";
import { runDiff } from "../../src/tools/diff/command.ts";
import { runDump } from "../../src/tools/dump/command.ts";
import { runFormatConvert } from "../../src/tools/format-convert/command.ts";
import { runList } from "../../src/tools/ls/command.ts";
import { runMap } from "../../src/tools/map/command.ts";
import { runMkgrp } from "../../src/tools/mkgrp/command.ts";
import { runRepack } from "../../src/tools/repack/command.ts";
import { runStat } from "../../src/tools/stat/command.ts";
import { runUnjam } from "../../src/tools/unjam/command.ts";
import { VERSION } from "../../src/tools/version.ts";
import { runTool } from "./test-platform.ts";

let folder = "";
const at = (name: string): string => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "h5ts-program-"));
  writeFileSync(at("notes.txt"), "no HDF5 file");
  const options = { bundle: true, platform: "node", format: "esm", logLevel: "error" } as const;
  // The bundle takes a package that is made for require.
  const banner = { js: 'import * as m from "node:module"; const require = m.createRequire(import.meta.url);' };
  buildSync({ ...options, banner, entryPoints: ["src/tools/cli.ts"], outfile: at("cli.mjs") });
  const file = new File(at("large.h5"), "w");
  file.createDataset("d", { data: new Int32Array(500_000) });
  file.close();
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Runs the program in a shell, in which `h5ts` is its name. @returns what is left of it all: the exit codes. */
function shell(script: string) {
  const prelude = `set -o pipefail; h5ts() { "${process.execPath}" cli.mjs "$@"; }; `;
  const env = { ...process.env, NODE: process.execPath };
  const { stdout, stderr } = spawnSync("bash", ["-c", prelude + script], { cwd: folder, encoding: "utf8", env });
  return { stdout, stderr };
}

describe("h5ts", () => {
  test("has the version of the package", () => {
    expect(VERSION).toBe(JSON.parse(readFileSync("package.json", "utf8")).version);
    expect(shell("h5ts --version; h5ts dump --version").stdout).toBe(
      `h5ts: Version ${VERSION}\nh5ts dump: Version ${VERSION}\n`,
    );
  });

  test("asks the runtime to keep what it compiles, and does without where that fails", () => {
    writeFileSync(
      at("preload.cjs"),
      `require("node:module").enableCompileCache = () => { console.error("asked"); throw new Error("no room"); };`,
    );
    expect(shell('"$NODE" -r ./preload.cjs cli.mjs --version')).toEqual({
      stdout: `h5ts: Version ${VERSION}\n`,
      stderr: "asked\n",
    });
  });

  test("ends when nobody reads on, as C programs do, but finishes files that it writes", () => {
    expect(shell("h5ts dump large.h5 | head -1; echo $?")).toEqual({ stdout: 'HDF5 "large.h5" {\n141\n', stderr: "" });
    expect(shell("h5ts repack -v large.h5 copy.h5 | true; echo $?; h5ts diff large.h5 copy.h5; echo $?")).toEqual({
      stdout: "0\n0\n",
      stderr: "",
    });
  });

  test.runIf(process.platform === "linux")("says that its output cannot be written", () => {
    const { stdout, stderr } = shell("h5ts ls large.h5 > /dev/full; echo $?");
    expect(stdout).toBe("1\n");
    expect(stderr).toBe("h5ts ls error: unable to write the output: No space left on device\n");
  });
});

test("h5ts ends with the exit code of its tool", () => {
  const other = new File(at("other.h5"), "w");
  other.createDataset("d", { data: new Int32Array(500_000).fill(1) });
  other.close();
  const script =
    "h5ts diff large.h5 large.h5; echo $?; h5ts diff -q large.h5 other.h5; echo $?; h5ts diff -q large.h5 notes.txt; echo $?";
  expect(shell(`(${script}) 2> /dev/null | grep "^[0-9]*$"`).stdout).toBe("0\n1\n2\n");
});

test("h5ts says which file beside its output cannot be written", () => {
  const message = (tool: string) => `h5ts ${tool} error: unable to write 'no/such': ${LACKS}\n`;
  for (const [tool, options] of [
    ["dump", "-o no/such -d d"],
    ["dump", "--ddl=no/such"],
    ["map", "--svg no/such"],
  ]) {
    const { stdout, stderr } = shell(`h5ts ${tool} ${options} large.h5 > /dev/null; echo $?`);
    expect([stdout, stderr]).toEqual(["1\n", message(tool as string)]);
  }
});

const COPIED = ["-o", "o.h5", "-s", "/", "-d", "/all"];
const LACKS = "No such file or directory";

test("a damaged file is an error to diff, not a difference", () => {
  const bytes = readFileSync(at("large.h5"));
  const root = bytes.readUInt32LE(64);
  bytes.fill(0xff, root, root + 16);
  writeFileSync(at("damaged.h5"), bytes);
  const { code, errors } = runTool(runDiff, at("damaged.h5"), at("large.h5"));
  expect(code).toBe(2);
  expect(errors).toContain("h5ts diff error: Object header");
});

test.each([
  ["dump", runDump, ["none.h5"], `h5ts dump error: unable to open file "none.h5": ${LACKS}`],
  ["stat", runStat, ["none.h5"], `h5ts stat error: unable to open file "none.h5": ${LACKS}`],
  ["map", runMap, ["none.h5"], `h5ts map error: unable to map "none.h5": ${LACKS}`],
  ["diff", runDiff, ["large.h5", "none.h5"], `h5ts diff error: none.h5: ${LACKS}`],
  ["diff", runDiff, ["large.h5", "notes.txt"], "h5ts diff error: notes.txt: file signature not found"],
  ["clear", runClear, ["-s", "none.h5"], `h5ts clear error: unable to open file 'none.h5': ${LACKS}`],
  ["repack", runRepack, ["none.h5", "o.h5"], `h5ts repack error: unable to open file 'none.h5': ${LACKS}`],
  ["repack", runRepack, ["notes.txt", "o.h5"], "h5ts repack error: notes.txt: file signature not found"],
  ["repack", runRepack, ["large.h5", "no/o.h5"], `h5ts repack error: unable to open file 'no/o.h5': ${LACKS}`],
  ["convert", runFormatConvert, ["notes.txt"], "h5ts format-convert error: notes.txt: file signature not found"],
  ["ls", runList, ["none.h5"], `h5ts ls: none.h5: unable to open file: ${LACKS}`],
  ["ls", runList, ["notes.txt/g"], "h5ts ls: notes.txt/g: unable to open file: file signature not found"],
  [
    "copy",
    runCopy,
    [...COPIED, "-i", "none.h5"],
    `h5ts copy error: Could not open input file <none.h5>...Exiting (${LACKS})`,
  ],
  [
    "copy",
    runCopy,
    [...COPIED, "-i", "large.h5", "-o", "no/o.h5"],
    `h5ts copy error: Could not open output file <no/o.h5>...Exiting (${LACKS})`,
  ],
  [
    "unjam",
    runUnjam,
    ["-i", "none.h5", "-o", "o.h5", "-u", "b"],
    `h5ts unjam error: unable to open file 'none.h5': ${LACKS}`,
  ],
  ["mkgrp", runMkgrp, ["notes.txt", "g"], "h5ts mkgrp error: notes.txt: file signature not found"],
  ["mkgrp", runMkgrp, ["large.h5", "/no/g"], "h5ts mkgrp error: /no: component not found"],
] as const)("%s tells what is wrong with which file (%#)", (_, tool, words, problem) => {
  const cwd = process.cwd();
  process.chdir(folder);
  try {
    const { code, errors } = runTool(tool, ...words);
    expect(code).toBeGreaterThan(0);
    expect(errors).toBe(`${problem}\n`);
  } finally {
    process.chdir(cwd);
  }
});
