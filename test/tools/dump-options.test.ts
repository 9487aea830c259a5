import { describe, expect, test } from "vitest";
import { parseNumberList, parseSubset, subsetParts } from "../../src/tools/data/subset.ts";
import { parseDumpOptions, parsePackedBits } from "../../src/tools/dump/options.ts";
import { parseListOptions } from "../../src/tools/ls/options.ts";
import { UsageError } from "../../src/tools/option-reader.ts";

const parse = (line: string) => parseDumpOptions(line.split(" "));

describe("options of dump", () => {
  test("letters may share a word, arguments may follow directly or in the next word", () => {
    const options = parse("-pH -w40 -d /a -d/b --dataset=/c file.h5");
    expect(options).toMatchObject({ properties: true, showData: false, columns: 40, files: ["file.h5"] });
    expect(options.selected.map(({ path }) => path)).toEqual(["/a", "/b", "/c"]);
  });

  test("an optional argument is never the last word, which is the file", () => {
    expect(parse("-A file.h5")).toMatchObject({ showData: false, includeAttributes: true });
    expect(parse("-A 0 file.h5")).toMatchObject({ showData: true, includeAttributes: false });
    expect(parse("-o file.h5")).toMatchObject({ dataFile: "", files: ["file.h5"] });
    expect(parse("-o out.txt file.h5")).toMatchObject({ dataFile: "out.txt", files: ["file.h5"] });
  });

  test("subsetting options belong to the dataset before them", () => {
    const options = parse("-d /a -s 1,2 -c 3,4 -p -d /b[0;;2] file.h5");
    expect(options.selected[0]?.subset).toEqual({ start: [1, 2], count: [3, 4] });
    expect(options.selected[1]).toMatchObject({ path: "/b", subset: { start: [0], stride: undefined, count: [2] } });
    expect(() => parse("-s 1 file.h5")).toThrow(UsageError);
    expect(() => parse("-d /a -s 1 -p -c 2 file.h5")).toThrow(UsageError);
  });

  test("brackets belong to the path when compact subsets are off", () => {
    expect(parse("-C -d /a[0] file.h5").selected[0]).toMatchObject({ path: "/a[0]", subset: undefined });
  });

  test("unknown options, and those without their argument, are refused", () => {
    for (const line of ["-Z file.h5", "--nothing file.h5", "--format", "-w", "-q size file.h5", "-p"]) {
      expect(() => parse(line)).toThrow(UsageError);
    }
  });

  test("packed bits are pairs within 64 bits", () => {
    expect(parsePackedBits("0,1,2,6")).toEqual([
      { offset: 0, length: 1 },
      { offset: 2, length: 6 },
    ]);
    for (const bad of ["", "0", "0,", "-1,2", "64,1", "0,0", "60,5", "0,1,0,1,0,1,0,1,0,1,0,1,0,1,0,1,0,1"]) {
      expect(() => parsePackedBits(bad)).toThrow(UsageError);
    }
  });
});

describe("subsets", () => {
  test("lists end at a semicolon or bracket, and may be missing", () => {
    expect(parseNumberList("1, 2;3")).toEqual([1, 2]);
    expect(parseNumberList("]")).toBeUndefined();
    expect(parseSubset("/x[;2]")).toEqual({
      path: "/x",
      subset: { start: undefined, stride: [2], count: undefined, block: undefined },
    });
  });

  test("are read row by row", () => {
    const dataset = { dataspace: { dims: [10, 10] } } as unknown as Parameters<typeof subsetParts>[0];
    const parts = [...subsetParts(dataset, { start: [1, 1], stride: [3, 2], count: [2, 3], block: [2, 1] })];
    expect(parts.map(({ firstElement, isLast }) => [firstElement, isLast])).toEqual([
      [11, false],
      [21, false],
      [41, false],
      [51, true],
    ]);
  });
});

describe("options of ls", () => {
  test("letters, words and the width", () => {
    const options = parseListOptions(["-rv", "-w", "100", "--follow-symlinks", "a.h5", "b.h5/x"]);
    expect(options).toMatchObject({
      recursive: true,
      fullNames: true,
      verbosity: 1,
      columns: 100,
      followSoftLinks: true,
    });
    expect(options.files).toEqual(["a.h5", "b.h5/x"]);
  });

  test("options that do not go together are refused", () => {
    for (const words of [["-r", "-g", "f"], ["--no-dangling-links", "f"], ["-i", "f"], ["--width=x", "f"], []]) {
      expect(() => parseListOptions(words)).toThrow(UsageError);
    }
  });
});
