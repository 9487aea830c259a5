/** `copy` and `repack` beside the C library's h5copy and h5repack: the same arguments make files with the same contents. */
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { H5File } from "../../src/engine/h5-file.ts";
import { openPath } from "../../src/io/path-source.ts";
import { runCopy } from "../../src/tools/copy/command.ts";
import { runRepack } from "../../src/tools/repack/command.ts";
import { fixturePath } from "../support/fixture-model.ts";
import { versionsOfFile } from "../support/format-versions.ts";
import { runTool } from "../tools/test-platform.ts";
import { expectNoDifference, h5dump, inFolder, runPython, start } from "./peers.ts";

/** The file's own path and the addresses that references show say nothing about the contents. */
function dumpOf(path: string, ...options: string[]): string {
  return (
    h5dump(path, ...options)
      .replace(/^HDF5 ".*" \{/, "HDF5 {")
      .replaceAll(/\b(DATASET|GROUP|DATATYPE|ATTRIBUTE) \d+ /g, "$1 N ")
      .replaceAll(/~obj_pointed_by_\d+/g, "~obj_pointed_by_N")
      .replaceAll(/"(\/?)#\d+"/g, '"$1#N"')
      // h5repack makes groups anew, without their comments.
      .replaceAll(/^ *COMMENT .*\n/gm, "")
      .replaceAll(/OFFSET \d+/g, "OFFSET N")
  );
}

/** Runs a tool of the C library; it must succeed. */
function runPeer(command: string, args: readonly string[]): void {
  const output = start(command, args);
  if (output === undefined) throw new Error(`the peer suite needs ${command}`);
  if (output.status !== 0) throw new Error(`${command} ended with ${output.status}: ${output.stderr}`);
}

/** Calls with a copy of a fixture and the paths of the file of the C library's tool and of ours. */
function compared(fixture: string, make: (source: string, theirs: string, ours: string) => void, ...shown: string[]) {
  inFolder((folder) => {
    const [source, theirs, ours] = ["source.h5", "theirs.h5", "ours.h5"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    copyFileSync(fixturePath(`${fixture}.h5`), source);
    make(source, theirs, ours);
    expectNoDifference(theirs, ours);
    expect(dumpOf(ours, ...shown)).toBe(dumpOf(theirs, ...shown));
  });
}

const FIXTURES = [
  "attributes-earliest",
  "attributes-latest",
  "chunks-earliest",
  "comments-earliest",
  "committed-earliest",
  "committed-latest",
  "creation-order-latest",
  "fill-values-earliest",
  "filters-earliest",
  "growing-chunks-latest",
  "layouts-latest",
  "links-earliest",
] as const;

/** A soft link leads to the group that it is in, which goes on for ever; copies of objects in the order of references. */
const UNCOMPARED: Readonly<Record<string, readonly string[]>> = {
  "links-earliest": ["soft", "allflags"],
  "attributes-earliest": ["ref", "allflags"],
};

const COPY_OPTIONS = [[], ["-f", "shallow"], ["-f", "soft"], ["-f", "ref"], ["-f", "noattr"], ["-f", "allflags"]];

describe("copy", () => {
  test.each(FIXTURES)("of the root group of %s is that of h5copy", (fixture) => {
    for (const options of COPY_OPTIONS) {
      if (options.some((word) => UNCOMPARED[fixture]?.includes(word))) continue;
      compared(fixture, (source, theirs, ours) => {
        const args = (output: string) => ["-i", source, "-o", output, "-p", "-s", "/", "-d", "/a/b", ...options];
        runPeer("h5copy", args(theirs));
        expect(runTool(runCopy, ...args(ours))).toMatchObject({ code: 0, errors: "" });
      });
    }
  });
});

const REPACK_OPTIONS = [
  [],
  ["-n", "-f", "GZIP=1"],
  ["-f", "GZIP=4", "-f", "SHUF"],
  ["-f", "NONE", "-l", "CONTI"],
  ["-m", "100", "-f", "FLET"],
  ["-q", "creation_order", "-z", "descending"],
];

describe("repack", () => {
  test.each(FIXTURES)("of %s is that of h5repack", (fixture) => {
    for (const options of REPACK_OPTIONS) {
      compared(fixture, (source, theirs, ours) => {
        runPeer("h5repack", [...options, source, theirs]);
        expect(runTool(runRepack, ...options, source, ours)).toMatchObject({ code: 0, errors: "" });
      });
    }
  });
});

test("repack stores as it was what does not suit what is asked for, as h5repack does", () => {
  inFolder((folder) => {
    const [source, theirs, ours] = [join(folder, "source.h5"), join(folder, "theirs.h5"), join(folder, "ours.h5")];
    runPython(
      `f = h5py.File(args[0], "w")
f.create_dataset("strings", data=np.array([b"ab", b"cd", b"ef"]))
f.create_dataset("cube", data=np.arange(8).reshape(2, 2, 2))
f.create_dataset("chunked", data=np.arange(8), chunks=(3,), compression="gzip", fillvalue=7)
f.create_dataset("variable", data=["a", "b"], dtype=h5py.string_dtype(), fillvalue="none")`,
      source,
    );
    for (const options of [
      ["-l", "cube:CHUNK=2"],
      ["-l", "cube:CHUNK=20x5x5"],
      ["-l", "variable:CHUNK=2x2"],
      ["-f", "strings:SOFF=3,IN"],
      ["-l", "strings:CHUNK=2", "-f", "strings:NBIT", "-f", "cube:SOFF=0,IN"],
      ["-l", "chunked:CHUNK=100"],
    ]) {
      runPeer("h5repack", [...options, source, theirs]);
      expect(runTool(runRepack, ...options, source, ours)).toMatchObject({ code: 0, errors: "" });
      expectNoDifference(theirs, ours);
      expect(dumpOf(ours, "-p"), options.join(" ")).toBe(dumpOf(theirs, "-p"));
    }
  });
});

/** Versions of the superblock, and of all headers and layouts. */
function versionsIn(path: string) {
  const file = H5File.open(openPath(path, "r"));
  try {
    const { superblock, objects } = versionsOfFile(file);
    const versions = (lines: readonly string[]) =>
      [...new Set(lines.map((line) => /version (\d)/.exec(line)?.[1]))].sort();
    const all = Object.values(objects);
    const layouts = all.flatMap(({ messages }) => messages.filter((line) => /layout/i.test(line)));
    return { superblock, headers: versions(all.map(({ header }) => header)), layouts: versions(layouts) };
  } finally {
    file.close();
  }
}

describe("repack with bounds", () => {
  test.each([
    [["-L"], { superblock: 3, headers: ["2"], layouts: ["4"] }],
    [["--low=latest", "--high=v110"], { superblock: 3, headers: ["2"], layouts: ["4"] }],
    [["-L", "--high=v108"], { superblock: 2, headers: ["2"], layouts: ["3"] }],
    [["--high=1"], { superblock: 0, headers: ["1", "2"], layouts: ["3"] }],
  ])("%j makes files that 1.10 reads", (options, versions) => {
    for (const fixture of FIXTURES) {
      // Of that file, virtual datasets need layout version 4.
      if (fixture === "layouts-latest" && versions.layouts[0] === "3") continue;
      compared(fixture, (source, theirs, ours) => {
        copyFileSync(source, theirs);
        expect(runTool(runRepack, ...options, source, ours)).toMatchObject({ code: 0, errors: "" });
        const found = versionsIn(ours);
        expect(found.superblock).toBe(versions.superblock);
        // Creation order of attributes needs version 2 of its header.
        expect(versions.headers).toEqual(expect.arrayContaining(found.headers));
        expect(versions.layouts).toEqual(expect.arrayContaining(found.layouts));
      });
    }
  });
});
