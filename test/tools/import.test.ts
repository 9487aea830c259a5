import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { File } from "../../src/highlevel/file.ts";
import { MemorySource } from "../../src/io/memory-source.ts";
import { runDump } from "../../src/tools/dump/command.ts";
import { runImport } from "../../src/tools/import/command.ts";
import { singleOf, WordReader } from "../../src/tools/import/number-words.ts";
import { piecesOf } from "../../src/tools/import/pieces.ts";
import { runTool } from "./test-platform.ts";

let folder = "";
const at = (name: string): string => join(folder, name);
const put = (name: string, content: string | Uint8Array): string => {
  writeFileSync(at(name), content);
  return at(name);
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "h5ts-import-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Imports with a configuration; it must succeed. @returns what dump prints of the dataset /d. */
function imported(content: string | Uint8Array, configuration: string, ...options: string[]): string {
  const words = [put("data", content), "-c", put("conf", `PATH d ${configuration}`), "-o", at("o.h5")];
  expect(runTool(runImport, ...words)).toEqual(expect.objectContaining({ code: 0, output: "", errors: "" }));
  return runTool(runDump, "-d", "/d", ...options, at("o.h5")).output;
}

describe("h5ts import", () => {
  test("takes binary numbers in the order that INPUT-BYTE-ORDER tells", () => {
    const conf = "INPUT-CLASS UIN INPUT-SIZE 16 RANK 1 DIMENSION-SIZES 2 INPUT-BYTE-ORDER";
    expect(imported(Uint8Array.of(1, 2, 3, 4), `${conf} BE`)).toContain("(0): 258, 772");
    rmSync(at("o.h5"));
    expect(imported(Uint8Array.of(1, 2, 3, 4), `${conf} LE`)).toContain("(0): 513, 1027");
  });

  test.each([
    ["INTEL", "H5T_IEEE_F64LE"],
    ["ALPHA OUTPUT-BYTE-ORDER BE", "H5T_IEEE_F64LE"],
    ["MIPS", "H5T_IEEE_F64BE"],
    ["UNIX", "H5T_IEEE_F64BE"],
    ["UNIX OUTPUT-BYTE-ORDER LE", "H5T_IEEE_F64LE"],
  ])("makes the numbers of the architecture %s", (architecture, type) => {
    const conf = `INPUT-CLASS TEXTFP INPUT-SIZE 64 DIMENSION-SIZES 2 OUTPUT-ARCHITECTURE ${architecture}`;
    expect(imported("0.5 -3", conf)).toMatch(new RegExp(`${type}.*\\(0\\): 0\\.5, -3`, "s"));
  });

  test("compresses with COMPRESSION-PARAM alone, too, and at level 6 without it", () => {
    const conf = "INPUT-CLASS TEXTIN DIMENSION-SIZES 3 CHUNKED-DIMENSION-SIZES 2";
    expect(imported("1 2 3", `${conf} COMPRESSION-PARAM 4`, "-p")).toContain("COMPRESSION DEFLATE { LEVEL 4 }");
    rmSync(at("o.h5"));
    expect(imported("1 2 3", `${conf} COMPRESSION-TYPE GZIP`, "-p")).toContain("COMPRESSION DEFLATE { LEVEL 6 }");
  });

  test("takes the last line of a text without a line break, and knows UTF-8", () => {
    expect(imported("a\n\nzuletzt", "INPUT-CLASS STR")).toMatch(/CSET_ASCII.*\( 3 \).*"a", "", "zuletzt"/s);
    rmSync(at("o.h5"));
    expect(imported("grün\n", "INPUT-CLASS STR")).toContain("CSET_UTF8");
    const words = ["-p", "-d", "/d", "-o", at("lines"), "-y", "--width=1"];
    const description = runTool(runDump, ...words, at("o.h5"));
    const lines = description.files.get(at("lines")) ?? "";
    // Lines of one column are narrower than a bracket's indentation.
    expect(description.output).toContain("DATA {\n   \n   }\n");
    // h5dump prints bytes that are no ASCII in octal, with the sign of a C char.
    expect(lines).toContain('"gr\\37777777703\\37777777674n"');
    rmSync(at("o.h5"));
    const again = [put("data", lines), "-c", put("conf", description.output), "-o", at("o.h5")];
    expect(runTool(runImport, ...again)).toMatchObject({ code: 0, errors: "" });
    expect(readFileSync(at("o.h5")).includes("grün")).toBe(true);
    rmSync(at("o.h5"));
    expect(imported(Uint8Array.of(0x67, 0xfc, 10), "INPUT-CLASS STR")).toContain("CSET_ASCII");
  });

  test("makes strings of fixed size again, and empty ones, from what dump prints", () => {
    const file = new File(at("s.h5"), "w");
    const values = ["one", "", "three", "t\tab"];
    file.createDataset("s", { data: values, dtype: "S6" });
    file.close();
    const description = runTool(runDump, "-p", "-d", "/s", "-y", "--width=1", at("s.h5")).output;
    const text = runTool(runDump, "-d", "/s", "-y", "--width=1", at("s.h5")).output;
    put("data", text.slice(text.indexOf("DATA {") + 6, text.lastIndexOf('"') + 1));
    const words = [at("data"), "-c", put("conf", description), "-o", at("o.h5")];
    expect(runTool(runImport, ...words)).toMatchObject({ code: 0, errors: "" });
    const dumped = (name: string): string => runTool(runDump, "-d", "/s", at(name)).output.replace(/^.*/, "");
    expect(dumped("o.h5")).toContain("STRSIZE 6;");
    expect(dumped("o.h5")).toBe(dumped("s.h5"));
  });

  test.each([
    ["1 2 x", "TEXTIN", 'not an integer: "x"'],
    ["1 2 2.5", "TEXTIN", 'not an integer: "2.5"'],
    ["1 2 200", "TEXTIN", 'does not fit in 8 bits: "200"'],
    ["1 2 -1", "TEXTUIN", 'does not fit in 8 bits: "-1"'],
    ["1 2", "TEXTIN", "the file ends before all values are there"],
    ["ab", "IN", "the file has 2 bytes, the dataset 3"],
  ])("of %j as %s leaves nothing behind", (content, inputClass, problem) => {
    const data = put("data", content);
    const words = [data, "-d", "3", "-p", "d", "-t", inputClass, "-s", "8", "-o", at("o.h5")];
    expect(runTool(runImport, ...words)).toMatchObject({ code: 1, output: "" });
    expect(runTool(runImport, ...words).errors).toBe(`h5ts import error: ${data}: ${problem}\n`);
    expect(existsSync(at("o.h5"))).toBe(false);
    imported("1", "INPUT-CLASS TEXTIN DIMENSION-SIZES 1");
    words[4] = "e";
    expect(runTool(runImport, ...words).code).toBe(1);
    const file = new File(at("o.h5"), "r");
    expect([...file.keys()]).toEqual(["d"]);
    file.close();
  });

  test("leaves an output that is no HDF5 file alone", () => {
    const output = put("notes.txt", "do not lose this");
    const { code, errors } = runTool(runImport, put("data", "1"), "-d", "1", "-t", "TEXTIN", "-o", output);
    expect(code).toBe(1);
    expect(errors).toContain("file signature not found");
    expect(readFileSync(output, "utf8")).toBe("do not lose this");
  });

  test.each([
    ["RANK 2 DIMENSION-SIZES 3", "DIMENSION-SIZES has 1 values, RANK is 2"],
    ["RANK 1", "DIMENSION-SIZES is missing"],
    ["RANK 1 RANK 1", "RANK keyword appears twice"],
    ["COLOUR red", "unknown keyword: COLOUR"],
    ["DIMENSION-SIZES 3 INPUT-CLASS RED", "invalid value for INPUT-CLASS: RED"],
    ["DIMENSION-SIZES 3 INPUT-SIZE 16", "invalid value for INPUT-SIZE: 16 (of class float)"],
    ["DIMENSION-SIZES 3 INPUT-SIZE 33", "invalid value for INPUT-SIZE: 33 (of class float)"],
    ["DIMENSION-SIZES 3 OUTPUT-SIZE 8", "invalid value for OUTPUT-SIZE: 8 (of class float)"],
    ["DIMENSION-SIZES 3 OUTPUT-ARCHITECTURE STD", "cannot be STD if OUTPUT-CLASS is floating point (FP)"],
    ["DIMENSION-SIZES 3 OUTPUT-CLASS UIN OUTPUT-ARCHITECTURE IEEE", "cannot be IEEE if OUTPUT-CLASS is integer"],
    ["DIMENSION-SIZES 3 OUTPUT-ARCHITECTURE CRAY", "invalid value for OUTPUT-ARCHITECTURE: CRAY"],
    ["DIMENSION-SIZES 3 COMPRESSION-TYPE GZIP", "COMPRESSION-TYPE needs CHUNKED-DIMENSION-SIZES"],
    ["DIMENSION-SIZES 3 MAXIMUM-DIMENSIONS -1", "MAXIMUM-DIMENSIONS needs CHUNKED-DIMENSION-SIZES"],
    ["DIMENSION-SIZES 3 CHUNKED-DIMENSION-SIZES 4", "CHUNKED-DIMENSION-SIZES cannot exceed DIMENSION-SIZES"],
    ["DIMENSION-SIZES 3 CHUNKED-DIMENSION-SIZES 2 MAXIMUM-DIMENSIONS 2", "cannot be less than DIMENSION-SIZES"],
    ["DIMENSION-SIZES 3 CHUNKED-DIMENSION-SIZES 2 EXTERNAL-STORAGE x", "EXTERNAL-STORAGE does not go with"],
    ["DIMENSION-SIZES 3 CHUNKED-DIMENSION-SIZES 2 COMPRESSION-PARAM 10", "invalid value for COMPRESSION-PARAM: 10"],
    ['HDF5 "x" { DATASET "d" { DATATYPE H5T_STD_B8LE DATASPACE SCALAR } }', "datatype that cannot be imported"],
    ['HDF5 "x" { DATASET "d" { DATATYPE H5T_STD_I8LE DATASPACE NULL } }', "no data to import"],
    ['HDF5 "x" { GROUP "d" { } }', "the description names no dataset"],
  ])("refuses the configuration %s", (configuration, problem) => {
    const words = [put("data", "1 2 3"), "-c", put("conf", configuration), "-o", at("o.h5")];
    const { code, errors } = runTool(runImport, ...words);
    expect(code).toBe(1);
    expect(errors).toContain(problem);
    expect(existsSync(at("o.h5"))).toBe(false);
  });

  test.each([
    [["-o", "o.h5"], "no input file given"],
    [["data", "-d", "3"], "no output file given"],
    [["data", "-o", "o.h5"], "neither -config nor -dims"],
    [["data", "-c", "conf", "-d", "3", "-o", "o.h5"], "-config does not go with"],
    [["-d", "3", "data", "-o", "o.h5"], "-dims stands before an input file"],
    [["data", "-d"], 'value expected for option "-d"'],
    [["data", "-dimensions", "3"], 'unknown option "-dimensions"'],
    [["data", "-d", "3", "-d", "4", "-o", "o.h5"], "-dims appears twice"],
  ])("refuses the words %j", (words, problem) => {
    const { code, errors } = runTool(runImport, ...words);
    expect(code).toBe(1);
    expect(errors).toContain(problem);
  });
});

test("words go over the ends of what is read at once", () => {
  const words = Array.from({ length: 90_000 }, (_, i) => String(i * 1_000_003));
  const reader = new WordReader(new MemorySource(new TextEncoder().encode(`\n ${words.join(" ")}\n`)));
  for (const word of words) if (reader.next() !== word) expect.unreachable(word);
  expect(reader.next()).toBeUndefined();
});

test("numbers of 32 bits are rounded once", () => {
  // Halfway between 1 and the next number of 32 bits, and a little to either side, less than a double tells apart.
  expect(singleOf("1.000000059604644775390625")).toBe(1);
  expect(singleOf("1.00000005960464477539062500000000000001")).toBe(Math.fround(1.0000001));
  expect(singleOf("-1.00000005960464477539062500000000000001")).toBe(-Math.fround(1.0000001));
  expect(singleOf("1.00000017881393432617187499999999999999")).toBe(Math.fround(1.0000001));
  expect(singleOf("100000017881393432617187500000000000001e-38")).toBe(Math.fround(1.0000002));
  expect(singleOf("7.006492321624085354618e-46")).toBe(0);
  expect(singleOf("7.006492321624085354619e-46")).toBe(1.401298464324817e-45);
});

test("pieces are whole chunks, and cover an extent in order", () => {
  for (const [dims, chunkDims] of [
    [[5, 3_000_000], undefined],
    [
      [5, 3_000_000],
      [2, 1000],
    ],
    [[2, 2, 9_000_000], undefined],
    [[10_000_001], [1000]],
    [[0, 5], undefined],
    [[], undefined],
  ] as const) {
    let next = 0;
    for (const { start, count } of piecesOf(dims, chunkDims, 4)) {
      const offset = start.reduce((sum, index, d) => sum * (dims[d] as number) + index, 0);
      expect(offset).toBe(next);
      if (chunkDims !== undefined) expect((start[0] as number) % (chunkDims[0] as number)).toBe(0);
      next += count.reduce((all, size) => all * size, 1);
    }
    expect(next).toBe(dims.reduce((all: number, size) => all * size, 1));
  }
});
