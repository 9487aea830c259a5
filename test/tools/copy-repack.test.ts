import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { UNDEFINED_ADDRESS } from "../../src/base/address.ts";
import { DatasetObject } from "../../src/engine/dataset-object.ts";
import { fileSpaceSettings } from "../../src/engine/free-space-managers.ts";
import { GroupObject } from "../../src/engine/group-object.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { resolveObject } from "../../src/engine/resolve.ts";
import { decodeLinkInfo } from "../../src/format/link-info.ts";
import { MESSAGE } from "../../src/format/message-types.ts";
import { File } from "../../src/index.ts";
import { openPath } from "../../src/io/path-source.ts";
import { runCopy } from "../../src/tools/copy/command.ts";
import { runDiff } from "../../src/tools/diff/command.ts";
import { runDump } from "../../src/tools/dump/command.ts";
import { UsageError } from "../../src/tools/option-reader.ts";
import { runRepack } from "../../src/tools/repack/command.ts";
import { parseRepackOptions } from "../../src/tools/repack/options.ts";
import { withExternalLayoutOfVersion1 } from "../support/old-layout.ts";
import { runTool } from "./test-platform.ts";

let folder = "";
const inFolder = (name: string) => join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "h5ts-tools-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** A file with a bit of everything that the options speak of. */
function makeSample(name: string): string {
  const file = new File(inFolder(name), "w");
  const data = Int32Array.from({ length: 600 }, (_, i) => i);
  file.createDataset("plain", { data, shape: [20, 30] });
  file.createDataset("g/packed", { data, shape: [20, 30], chunks: [5, 30], compression: "gzip" });
  file.createDataset("scalar", { data: 7 });
  file.createDataset("grows", { data, shape: [20, 30], chunks: [7, 11], maxshape: [null, 30] });
  file.getGroup("g").attrs.set("note", "kept");
  file.createDataset("removed", { data: new Float64Array(50_000) });
  file.delete("removed");
  file.close();
  const engine = H5File.open(openPath(inFolder(name), "r+"), { writable: true });
  engine.root().insertLink("soft", { kind: "soft", path: "/plain" });
  engine.root().insertLink("dangling", { kind: "soft", path: "/nowhere" });
  engine.close();
  return inFolder(name);
}

/** Filters and layouts of the datasets of a file. */
function storageOf(path: string, name: string) {
  const file = H5File.open(openPath(path, "r"));
  try {
    const dataset = resolveObject(file.root(), name);
    if (!(dataset instanceof DatasetObject)) throw new Error(`${name} is a ${dataset.kind}`);
    const { layout, pipeline } = dataset;
    const chunks = layout.kind === "chunked" ? layout.chunkDims : undefined;
    return [layout.kind, chunks, pipeline?.filters.map(({ id }) => id) ?? []];
  } finally {
    file.close();
  }
}

function valuesOf(path: string, name: string): unknown {
  const file = new File(path, "r");
  try {
    return file.get(name).read();
  } finally {
    file.close();
  }
}

const copy = (...words: string[]) => runTool(runCopy, ...words);
const repack = (...words: string[]) => runTool(runRepack, ...words);

describe("h5ts copy", () => {
  test("copies into a new file, and within it", () => {
    const [from, to] = [makeSample("a.h5"), inFolder("b.h5")];
    expect(copy("-i", from, "-o", to, "-vp", "-s", "g", "-d", "/x/y")).toEqual({
      code: 0,
      output: `Copying file <${from}> and object <g> to file <${to}> and object </x/y>\nh5copy: Creating parent groups\n`,
      errors: "",
      files: new Map(),
    });
    expect(copy("-i", to, "-o", to, "-s", "/x/y/packed", "-d", "again").code).toBe(0);
    expect(valuesOf(to, "again")).toEqual(valuesOf(from, "plain"));
    expect(storageOf(to, "again")).toEqual(["chunked", [5, 30], [1]]);
  });

  test("copies what links lead to, and links that lead nowhere", () => {
    const [from, to] = [makeSample("a.h5"), inFolder("b.h5")];
    expect(copy("-i", from, "-o", to, "-s", "soft", "-d", "s").code).toBe(0);
    expect(copy("-i", from, "-o", to, "-s", "dangling", "-d", "d").code).toBe(0);
    const file = H5File.open(openPath(to, "r"));
    const targets = file
      .root()
      .links()
      .map(({ name, target }) => [name, target.kind]);
    file.close();
    expect(targets).toEqual([
      ["d", "soft"],
      ["s", "hard"],
    ]);
  });

  test.each([
    [["-s", "nope", "-d", "x"], "object 'nope' doesn't exist"],
    [["-s", "plain", "-d", "/no/where"], "group </no> doesn't exist. Use -p to create parent groups."],
    [["-s", "plain", "-d", "scalar"], "destination object already exists"],
  ])("%j fails and leaves the file as it was", (words, problem) => {
    const path = makeSample("a.h5");
    const { code, output, errors } = copy("-i", path, "-o", path, ...words);
    expect([code, output]).toEqual([1, "Error in copy...Exiting\n"]);
    expect(errors).toContain(problem);
  });

  test.each([
    [["-o", "x", "-s", "x", "-d", "x"], "Input file name missing"],
    [["-i", "x", "-o", "x", "-s", "x", "-d", "x", "-f", "deep"], "Error in input flag"],
  ])("%j is not understood", (words, problem) => {
    const { code, errors } = copy(...words);
    expect([code, errors]).toEqual([1, `h5ts copy error: ${problem}\n`]);
  });
});

describe("h5ts repack", () => {
  test("leaves out what is not used, and keeps all else", () => {
    const [from, to] = [makeSample("a.h5"), inFolder("b.h5")];
    expect(repack(from, to)).toMatchObject({ code: 0, output: "", errors: "" });
    expect(statSync(to).size).toBeLessThanOrEqual(statSync(from).size);
    for (const name of ["plain", "g/packed", "scalar", "grows"]) {
      expect(valuesOf(to, name)).toEqual(valuesOf(from, name));
      expect(storageOf(to, name)).toEqual(storageOf(from, name));
    }
  });

  test("stores datasets as it is told", () => {
    const [from, to] = [makeSample("a.h5"), inFolder("b.h5")];
    const words = ["-f", "SHUF", "-f", "GZIP=5", "-f", "grows:NONE", "-l", "g/packed,plain:CHUNK=4x6"];
    expect(repack(...words, from, to)).toMatchObject({ code: 0, errors: "" });
    expect(storageOf(to, "plain")).toEqual(["chunked", [4, 6], [2, 1]]);
    expect(storageOf(to, "g/packed")).toEqual(["chunked", [4, 6], [2, 1]]);
    expect(storageOf(to, "grows")).toEqual(["chunked", [7, 11], []]);
    expect(storageOf(to, "scalar")).toEqual(["contiguous", undefined, []]);
    for (const name of ["plain", "g/packed", "grows"]) expect(valuesOf(to, name)).toEqual(valuesOf(from, name));
    const again = inFolder("c.h5");
    expect(repack("-l", "CONTI", "-l", "plain:COMPA", to, again).code).toBe(0);
    expect(storageOf(again, "plain")).toEqual(["compact", undefined, []]);
    expect(storageOf(again, "grows")).toEqual(["contiguous", undefined, []]);
    expect(valuesOf(again, "grows")).toEqual(valuesOf(from, "grows"));
  });

  test("reads further options from a file, and leaves small datasets alone", () => {
    const [from, to] = [makeSample("a.h5"), inFolder("b.h5")];
    writeFileSync(inFolder("options"), "-f plain:GZIP=1\n-l plain:CHUNK=20x30\n");
    expect(repack("-e", inFolder("options"), from, to).code).toBe(0);
    expect(storageOf(to, "plain")).toEqual(["chunked", [20, 30], [1]]);
    expect(repack("-m", "2401", "-f", "GZIP=1", from, inFolder("c.h5")).code).toBe(0);
    expect(storageOf(inFolder("c.h5"), "plain")).toEqual(["contiguous", undefined, []]);
  });

  test("merges and prunes links", () => {
    const from = makeSample("a.h5");
    expect(repack("--prune", from, inFolder("b.h5")).output).toBe("Pruned /dangling.\nPruned /soft.\n");
    expect(repack("--merge", "--prune", from, inFolder("c.h5")).output).toBe("Pruned /dangling.\n");
    expect(storageOf(inFolder("c.h5"), "soft")).toEqual(["contiguous", undefined, []]);
  });

  test("makes everything anew under its bounds, what it merges included", () => {
    const from = makeSample("a.h5");
    for (const [low, headers, layouts] of [
      ["earliest", 1, 3],
      ["v110", 2, 4],
    ] as const) {
      const path = inFolder(`${low}.h5`);
      repack("--merge", "--prune", `--low=${low}`, from, path);
      const file = H5File.open(openPath(path, "r"));
      const found = ["plain", "soft", "grows"].map((name) => resolveObject(file.root(), name) as DatasetObject);
      file.close();
      expect(found.map(({ header }) => header.version)).toEqual([headers, headers, headers]);
      expect(found.map(({ layout }) => layout.version)).toEqual([layouts, layouts, layouts]);
    }
  });

  test("makes a user block, and keeps the one there is", () => {
    const from = makeSample("a.h5");
    writeFileSync(inFolder("block"), "in front of all");
    expect(repack("-u", inFolder("block"), "-b", "2048", from, inFolder("b.h5")).code).toBe(0);
    expect(repack("-L", inFolder("b.h5"), inFolder("c.h5")).code).toBe(0);
    const bytes = new Uint8Array(15);
    const source = openPath(inFolder("c.h5"), "r");
    source.readInto(0, bytes);
    source.close();
    expect(new TextDecoder().decode(bytes)).toBe("in front of all");
    expect(valuesOf(inFolder("c.h5"), "plain")).toEqual(valuesOf(from, "plain"));
  });

  test("gives the new file another way to give out its space, and shared messages", () => {
    const from = makeSample("a.h5");
    const words = ["-S", "PAGE", "-G", "1024", "-P", "1", "-T", "3", "-s", "30:dtype"];
    expect(repack(...words, from, inFolder("b.h5"))).toMatchObject({ code: 0, errors: "" });
    // What nothing is said of stays.
    expect(repack(inFolder("b.h5"), inFolder("c.h5"))).toMatchObject({ code: 0, errors: "" });
    for (const name of ["b.h5", "c.h5"]) {
      const file = H5File.open(openPath(inFolder(name), "r"));
      const { strategy, pageSize, persist, threshold } = fileSpaceSettings(file);
      expect([strategy, pageSize, persist, threshold]).toEqual(["page", 1024, true, 3]);
      expect(file.sharedMessages.indexes).toMatchObject([{ messageTypeFlags: 1 << 3, minimumMessageSize: 30 }]);
      file.close();
      expect(valuesOf(inFolder(name), "g/packed")).toEqual(valuesOf(from, "plain"));
    }
    expect(repack("-t", "1", "-a", "4096", from, inFolder("d.h5")).code).toBe(0);
    expect(repack(from, inFolder("e.h5")).code).toBe(0);
    expect(statSync(inFolder("d.h5")).size).toBeGreaterThan(statSync(inFolder("e.h5")).size);
  });

  test("turns numbers into native ones", () => {
    const file = new File(inFolder("a.h5"), "w");
    file.createDataset("big", { data: [1, -2, 300], dtype: ">i2" }).attrs.set("a", Float32Array.of(1.5));
    file.close();
    expect(repack("-n", inFolder("a.h5"), inFolder("b.h5")).code).toBe(0);
    const copied = new File(inFolder("b.h5"), "r");
    const value = copied.get("big").read() as { readonly data: ArrayLike<number> };
    expect([copied.get("big").dtype, Array.from(value.data)]).toEqual(["<i2", [1, -2, 300]]);
    copied.close();
  });

  test("lists objects", () => {
    const from = makeSample("a.h5");
    const { output } = repack("-v", "1", "-f", "plain:GZIP=9", from, inFolder("b.h5"));
    expect(output).toContain(" group                       /g\n");
    expect(output).toMatch(/ dset {5}GZIP {3}\(\d\.\d{3}:1\) +\/plain\n/);
    expect(output).toContain(" link                        /soft\n");
  });

  test.each([
    [["-l", "plain:CHUNK=3"], "plain"],
    [["-l", "plain:CHUNK=1000x1000"], "plain"],
    [["-f", "words:SOFF=3,IN"], "words"],
    [["-f", "words:SOFF=3,IN", "-l", "words:CHUNK=2"], "words"],
    [["-f", "filled:SOFF=3,IN"], "filled"],
  ])("%j does not suit, and is left out", (words, name) => {
    const from = inFolder("a.h5");
    const file = new File(from, "w");
    file.createDataset("plain", { data: Int32Array.from({ length: 12 }, (_, i) => i), shape: [3, 4] });
    file.createDataset("words", { data: ["one", "two"], dtype: "S4" });
    file.createDataset("filled", { shape: [4], dtype: "S4", chunks: [2], fillvalue: "abc" });
    file.close();
    const { code, output, errors } = repack("-v", ...words, from, inFolder("b.h5"));
    expect([code, errors]).toEqual([0, ""]);
    expect(output).toContain(` warning: could not create dataset </${name}>. Applying original settings\n dset `);
    expect(runTool(runDump, "-p", inFolder("b.h5")).output.replaceAll(/".*\.h5"|OFFSET \d+/g, "")).toBe(
      runTool(runDump, "-p", from).output.replaceAll(/".*\.h5"|OFFSET \d+/g, ""),
    );
  });

  test.each([
    [["-f", "nope:GZIP=1"], "Could not find <nope>"],
    [["-f", "plain:UD=32015,1,1,3"], "required filter 32015 is not registered"],
    [["-f", "g:GZIP=1"], "<g> is not a dataset"],
  ])("%j fails", (words, problem) => {
    const { code, output, errors } = repack(...words, makeSample("a.h5"), inFolder("b.h5"));
    expect([code, output]).toEqual([1, "Error occurred while repacking\n"]);
    expect(errors).toContain(problem);
  });

  test.each([
    ["-f", "ZIP=1"],
    ["-f", "GZIP=10"],
    ["-f", "SZIP=7,NN"],
    ["-f", "SZIP=8,XX"],
    ["-f", "SOFF=2"],
    ["-f", "UD=307,0,2,9"],
    ["-f", "SHUF=1"],
    ["-f", "a,:GZIP=1"],
    ["-l", "CHUNK=4x"],
    ["-l", "TREE"],
    ["-b", "1000"],
    ["-j", "5", "-k", "2"],
    ["-q", "size"],
    ["-S", "ALL"],
    ["-s", "30:link"],
  ])("%s %s is not understood", (...words) => {
    expect(repack(...words, "a", "b").code).toBe(1);
    expect(repack(...words, "a", "b").errors).toMatch(/^h5ts repack error: /);
  });
});

describe("links of a repacked file", () => {
  /** Whether the links of the root group and of the group g are in dense storage. */
  function dense(path: string): boolean[] {
    const file = H5File.open(openPath(path, "r"));
    try {
      const group = resolveObject(file.root(), "g");
      if (!(group instanceof GroupObject)) throw new Error(`g is a ${group.kind}`);
      return [file.root(), group].map(({ header, file: { storage } }) => {
        const message = header.first(MESSAGE.LINK_INFO);
        if (message === undefined) return false;
        return (
          decodeLinkInfo(storage.cursor(message.data, "Link info message", header.address)).fractalHeapAddress !==
          UNDEFINED_ADDRESS
        );
      });
    } finally {
      file.close();
    }
  }

  function makeLinks(): string {
    const file = new File(inFolder("links.h5"), "w");
    for (let i = 0; i < 5; i++) file.createGroup(`g/${i}`);
    for (let i = 0; i < 4; i++) file.createGroup(`h${i}`);
    file.close();
    return inFolder("links.h5");
  }

  test("go to dense storage beyond the count of -c, and again when the copy is repacked", () => {
    const source = makeLinks();
    const [first, second] = [inFolder("first.h5"), inFolder("second.h5")];
    expect(runTool(runRepack, source, first)).toMatchObject({ code: 0 });
    expect(dense(first)).toEqual([false, false]);
    expect(runTool(runRepack, "-c", "4", "-d", "2", source, first)).toMatchObject({ code: 0 });
    expect(dense(first)).toEqual([true, true]);
    expect(runTool(runRepack, "-c", "20", source, second)).toMatchObject({ code: 0 });
    expect(dense(second)).toEqual([false, false]);
    expect(runTool(runRepack, "--low=1", first, second)).toMatchObject({ code: 0 });
    expect(dense(second)).toEqual([true, true]);
  });

  test("are refused limits that contradict each other", () => {
    const { code, errors } = runTool(runRepack, "-c", "2", "-d", "4", makeLinks(), inFolder("out.h5"));
    expect(code).toBe(1);
    expect(errors).toContain("minimum indexed size is greater than maximum compact size");
  });
});

describe("bounds of the format", () => {
  const bounds = (...words: string[]) => {
    const { lowBound, highBound } = parseRepackOptions([...words, "a.h5", "b.h5"], () => "");
    return [lowBound, highBound];
  };

  test("are named, or have the numbers of h5repack", () => {
    expect(bounds()).toEqual(["earliest", "v200"]);
    expect(bounds("--low=v108", "--high=v110")).toEqual(["v108", "v110"]);
    expect(bounds("--low=5")).toEqual(["v200", "v200"]);
    expect(bounds("--low=earliest", "--high=1")).toEqual(["earliest", "v108"]);
    for (const words of [["--low=7"], ["--high=v100"], ["--low=v112", "--high=v110"], ["--high=0"]]) {
      expect(() => bounds(...words)).toThrow(UsageError);
    }
  });

  test("a number that may be missing is no file name", () => {
    for (const words of [["-v"], ["-v2"], ["-v", "2"], ["-vL"], ["-E"], ["--verbose=2"]]) {
      const options = parseRepackOptions([...words, "a.h5", "b.h5"], () => "");
      expect(options).toMatchObject({ input: "a.h5", output: "b.h5", verbose: words[0] !== "-E" });
      expect(options.lowBound).toBe(words[0] === "-vL" ? "v110" : "earliest");
    }
  });

  test("make the latest format what every library since 1.10 reads", () => {
    expect(bounds("-L")).toEqual(["v110", "v200"]);
    expect(bounds("--low=latest", "--high=latest")).toEqual(["v110", "v200"]);
    expect(bounds("--low=6")).toEqual(["v110", "v200"]);
    expect(bounds("--latest", "--high=v108")).toEqual(["v108", "v108"]);
    expect(bounds("-L", "--high=v112")).toEqual(["v110", "v112"]);
  });
});

test("a file is not repacked over itself by another name of it", () => {
  const from = makeSample("a.h5");
  const bytes = readFileSync(from);
  symlinkSync(from, inFolder("b.h5"));
  for (const to of [from, join(folder, ".", "..", basename(folder), "a.h5"), inFolder("b.h5")]) {
    expect(repack(from, to).errors).toContain("file names cannot be the same\n");
  }
  expect(readFileSync(from).equals(bytes)).toBe(true);
});

test("data in other files is copied, compared and shown though its layout is of version 1 and tells no size", () => {
  const made = (name: string, values: readonly number[]) => {
    const file = new File(inFolder(name), "w");
    const external = [[inFolder(`${name}.raw`), 0, 24]] as const;
    file.createDataset("outside", { data: Int32Array.from(values), external });
    file.close();
    writeFileSync(inFolder(name), withExternalLayoutOfVersion1(readFileSync(inFolder(name))));
    return inFolder(name);
  };
  const [one, two] = [made("one.h5", [1, 2, 3, 4, 5, 6]), made("two.h5", [1, 2, 3, 4, 5, 7])];
  expect(runTool(runDiff, one, two)).toMatchObject({
    code: 1,
    output: "dataset: </outside> and </outside>\n1 differences found\n",
  });
  expect(runTool(runDump, "--xml", one).output).toMatch(/1\s+2\s+3\s+4\s+5\s+6/);
  expect(runTool(runRepack, "-l", "outside:CHUNK=4", one, inFolder("packed.h5")).code).toBe(0);
  const packed = new File(inFolder("packed.h5"), "r");
  expect(packed.getDataset("outside").read().data).toEqual(Int32Array.of(1, 2, 3, 4, 5, 6));
  packed.close();
});
