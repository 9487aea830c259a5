import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { enumDtype, File, h5t, SoftLink } from "../../src/index.ts";
import { runDiff } from "../../src/tools/diff/command.ts";
import { differenceText } from "../../src/tools/diff/numbers.ts";
import { parseDiffOptions } from "../../src/tools/diff/options.ts";
import { runTool } from "./test-platform.ts";

let folder = "";
const inFolder = (name: string) => join(folder, name);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "h5ts-diff-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function make(name: string, fill: (file: File) => void): string {
  const file = new File(inFolder(name), "w");
  fill(file);
  file.close();
  return inFolder(name);
}

const diff = (...words: string[]) => runTool(runDiff, ...words);

describe("h5ts diff", () => {
  test("tells nothing of equal files, stored in other ways", () => {
    const data = Float64Array.from({ length: 100 }, (_, i) => i / 3);
    const a = make("a.h5", (file) => {
      file.createDataset("g/x", { data, shape: [10, 10] }).attrs.set("unit", "m");
      file.createDataset("texts", { data: ["a", "", "größer"] });
    });
    const b = make("b.h5", (file) => {
      file.createDataset("g/x", { data, shape: [10, 10], chunks: [3, 4], compression: "gzip" }).attrs.set("unit", "m");
      file.createDataset("texts", { data: ["a", "", "größer"] });
    });
    expect(diff(a, b)).toEqual({ code: 0, output: "", errors: "", files: new Map() });
    expect(diff("-v", a, b).output).toBe(
      "\nfile1     file2\n---------------------------------------\n" +
        "    x      x    /              \n    x      x    /g             \n" +
        "    x      x    /g/x           \n    x      x    /texts         \n\n" +
        "group  : </> and </>\n0 differences found\ngroup  : </g> and </g>\n0 differences found\n" +
        "dataset: </g/x> and </g/x>\n0 differences found\n" +
        "attribute: <unit of </g/x>> and <unit of </g/x>>\n0 differences found\n" +
        "dataset: </texts> and </texts>\n0 differences found\n",
    );
  });

  test("shows what differs, and where", () => {
    const a = make("a.h5", (file) => {
      file.createDataset("x", { data: Int32Array.of(1, 2, 3, 4), shape: [2, 2] });
    });
    const b = make("b.h5", (file) => {
      file.createDataset("x", { data: Int32Array.of(1, 5, 3, -4), shape: [2, 2] });
    });
    expect(diff("-r", a, b)).toMatchObject({
      code: 1,
      output:
        "dataset: </x> and </x>\nsize:           [2x2]           [2x2]\n" +
        "position        x               x               difference          \n" +
        `${"-".repeat(60)}\n` +
        "[ 0 1 ]          2               5               3              \n" +
        "[ 1 1 ]          4               -4              8              \n" +
        "2 differences found\n",
    });
    expect(diff("-d", "3", a, b).output).toBe("dataset: </x> and </x>\n1 differences found\n");
    expect(diff("-p", "2", a, b).code).toBe(0);
    expect(diff("-n", "1", a, b).output).toBe("dataset: </x> and </x>\n1 differences found\n");
    expect(diff("-q", a, b)).toMatchObject({ code: 1, output: "" });
    expect(diff("--exclude-path", "/x", a, b).code).toBe(0);
    expect(diff(a, a, "x", "/nope")).toMatchObject({
      code: 2,
      output: `Object </nope> could not be found in <${a}>\n`,
    });
  });

  test("sees a value in a chunk that only one file has", () => {
    const shape = { shape: [10_000, 10_000], chunks: [10, 10], dtype: "<i2" };
    const sparse = (name: string, position: [number, number], fillvalue = 0) =>
      make(name, (file) => {
        file.createDataset("x", { ...shape, fillvalue }).write(position, 7);
      });
    const a = sparse("a.h5", [9_999, 1234]);
    expect(diff(a, sparse("b.h5", [9_999, 1234]))).toMatchObject({ code: 0, output: "" });
    const text = "dataset: </x> and </x>\n2 differences found\n";
    expect(diff(a, sparse("c.h5", [9_999, 1235]))).toMatchObject({ code: 1, output: text });
    expect(diff("-n", "2", a, sparse("d.h5", [9_999, 1234], 1))).toMatchObject({ code: 1, output: text });
    // Without any chunk a dataset is empty to the reference, and so not compared.
    const e = make("e.h5", (file) => {
      file.createDataset("x", shape);
    });
    expect(diff("-c", a, e).output).toBe("Not comparable: </x> or </x> is an empty dataset\n");
  });

  test("tells strings apart of which one begins with the other", () => {
    const a = make("a.h5", (file) => {
      file.createDataset("fixed", { data: ["ab", "xyz"], dtype: "S4" });
      file.createDataset("variable", { data: ["ab", "xyz"] });
      file.createDataset("one", { data: "ab" });
    });
    const b = make("b.h5", (file) => {
      file.createDataset("fixed", { data: ["abc", "xyz"], dtype: "S4" });
      file.createDataset("variable", { data: ["abc", "xyz"] });
      file.createDataset("one", { data: "xbc" });
    });
    const told = (one: string, two: string) =>
      diff("-r", one, two)
        .output.split("\n")
        .filter((line) => /^\[|found/.test(line));
    const expected = (fixed: string) => [
      fixed,
      "1 differences found",
      "[ 0]            a            x",
      "2 differences found",
      "[ 0 ]            \\000            c",
      "1 differences found",
    ];
    // A string that is padded has the length of its datatype.
    expect(told(a, b)).toEqual(expected("[ 0 ]            c            \\000"));
    expect(told(b, a)).toEqual(expected("[ 0 ]            \\000            c"));
    expect([diff(a, b).code, diff(b, a).code]).toEqual([1, 1]);
  });

  test("shows characters that cannot be printed as h5diff does", () => {
    const a = make("a.h5", (file) => file.createDataset("d", { data: 'x\ny\x01"' }));
    const b = make("b.h5", (file) => file.createDataset("d", { data: "x\tz\x02\\" }));
    const pairs = ["\\t \\n", "z y", "\\002 \\001", '\\\\ \\"'].map((pair) => pair.split(" "));
    const lines = pairs.map(([first, second], i) => `[ ${i + 1}]            ${first}            ${second}`);
    expect(diff("-r", a, b).output).toContain(`\n${lines.join("\n")}\n4 differences found\n`);
  });

  test("finds two lists of strings equal just when they are", () => {
    const texts = fc.array(fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 3 }), {
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(texts, texts, (one, two) => {
        fc.pre(one.length === two.length);
        const [a, b] = [one, two].map((data, i) => make(`${i}.h5`, (file) => void file.createDataset("x", { data })));
        expect(diff(a as string, b as string).code).toBe(one.every((text, i) => text === two[i]) ? 0 : 1);
      }),
      { numRuns: 40 },
    );
  });

  test("tells positions in the whole dataset, however many parts it is read in", () => {
    const large = (name: string, value: number) =>
      make(name, (file) => {
        const dset = file.createDataset("x", { shape: [3, 1 << 20], dtype: "f8", chunks: [1, 1 << 18] });
        dset.write([0, 0], 1);
        dset.write([2, 5], value);
      });
    const [a, b] = [large("a.h5", 1), large("b.h5", 2)];
    expect(diff("-r", a, b).output).toContain("\n[ 2 5 ]          1               2               1              \n");
  });

  test("counts what differs of sequences, opaque elements and complex numbers", () => {
    const of = (name: string, list: number[], byte: number, part: number) =>
      make(name, (file) => {
        file.createDataset("list", { dtype: h5t.vlenCreate(h5t.STD_I32LE), data: [list, [3]] });
        file.createDataset("opaque", { dtype: "|V2", data: [Uint8Array.of(1, byte)] });
        file.createDataset("complex", { dtype: "<c16", data: [{ r: 1, i: part }] });
      });
    const a = of("a.h5", [1, 2], 2, 2);
    expect(diff(a, of("same.h5", [1, 2], 2, 2))).toMatchObject({ code: 0, output: "" });
    const head = (name: string) => `dataset: </${name}> and </${name}>\n`;
    expect(diff(a, of("b.h5", [1, 2, 4], 3, 5))).toMatchObject({
      code: 1,
      output: ["complex", "list", "opaque"].map((name) => `${head(name)}1 differences found\n`).join(""),
    });
    expect(diff(a, of("c.h5", [7, 8, 9], 2, 2)).output).toBe(`${head("list")}3 differences found\n`);
  });

  test("tells large values of bfloat16 apart", () => {
    const one = (name: string, value: number) =>
      make(name, (file) => {
        file.createDataset("x", { data: Float32Array.of(value), dtype: h5t.FLOAT_BFLOAT16LE });
      });
    expect(diff(one("a.h5", 2 ** 40), one("b.h5", 2 ** 50)).code).toBe(1);
    expect(diff(one("c.h5", 2 ** -40), one("d.h5", 2 ** -50)).code).toBe(1);
  });

  test("compares links by where they lead, and tells of objects that only one file has by its code", () => {
    const of = (name: string, target: string, extra: string) =>
      make(name, (file) => {
        file.set("link", new SoftLink(target));
        file.createGroup("g");
        file.set("g/again", file.getGroup("g"));
        file.set("x", 1);
        if (extra !== "") file.createGroup(extra);
      });
    const a = of("a.h5", "/x", "");
    expect(diff("-r", a, of("b.h5", "/y", ""))).toMatchObject({
      code: 1,
      output: "link   : </link> and </link>\ndataset: </x> and </x>\n0 differences found\n",
    });
    expect(diff(a, of("c.h5", "/x", "g/more"))).toMatchObject({ code: 1, output: "" });
    expect(diff(of("d.h5", "/x", "more"), a)).toMatchObject({ code: 1, output: "" });
    expect(diff(a, a)).toMatchObject({ code: 0, output: "" });
  });

  test("tells of attributes that only one file has by its code, and of values that are none of an enumeration", () => {
    const of = (name: string, attribute: string, value: number) =>
      make(name, (file) => {
        const dset = file.createDataset("x", { dtype: enumDtype({ a: 1, b: 2 }, { basetype: "u1" }), shape: [1] });
        dset.write(null, new DataView(Uint8Array.of(value).buffer));
        if (attribute !== "") dset.attrs.set(attribute, 1);
      });
    const a = of("a.h5", "note", 7);
    expect(diff(a, of("same.h5", "note", 7))).toMatchObject({ code: 0, output: "" });
    expect(diff(a, of("b.h5", "", 7))).toMatchObject({ code: 1, output: "" });
    expect(diff("-r", a, of("c.h5", "note", 8)).output).toContain(
      "[ 0 ]          **INVALID VALUE** **INVALID VALUE**\n",
    );
  });

  test("takes the epsilon of the numbers compared", () => {
    const of = (name: string, single: number, double: number) =>
      make(name, (file) => {
        file.createDataset("single", { data: Float32Array.of(single) });
        file.createDataset("double", { data: Float64Array.of(double) });
      });
    const a = of("a.h5", 0.5, 0.5);
    const epsilon = "--use-system-epsilon";
    expect(diff(epsilon, a, of("b.h5", 0.5 + 2 ** -24, 0.5 + 2 ** -53)).code).toBe(0);
    const differs = (name: string) => `dataset: </${name}> and </${name}>\n1 differences found\n`;
    expect(diff(epsilon, a, of("c.h5", 0.5 + 2 ** -22, 0.5)).output).toBe(differs("single"));
    expect(diff(epsilon, a, of("d.h5", 0.5, 0.5 + 2 ** -51)).output).toBe(differs("double"));
    expect(diff("-d", "0", a, of("e.h5", 0.5, 0.5 + 2 ** -53)).output).toBe(differs("double"));
  });

  test("fails for want of a file's name, and for what cannot be read", () => {
    const a = make("a.h5", (file) => {
      file.createDataset("x", { data: Int32Array.of(1) });
    });
    const b = make("b.h5", (file) => {
      file.createDataset("x", { data: ["a"], dtype: "S1" });
      file.createDataset("y", { data: ["a"] });
    });
    const c = make("c.h5", (file) => {
      file.createDataset("x", { data: ["a"] });
      file.createDataset("y", { data: ["a"] });
    });
    expect(diff("-c", b, c)).toMatchObject({
      code: 0,
      output: "Not comparable: </x> or </x> is of mixed string type\n",
    });
    expect(diff(a, inFolder("nowhere.h5")).code).toBe(2);
    const broken = make("d.h5", (file) => {
      file.createDataset("x", { data: Int32Array.of(1), chunks: [1], fletcher32: true });
    });
    const damaged = readFileSync(broken);
    const at = damaged.lastIndexOf(Uint8Array.of(1, 0, 0, 0));
    damaged[at + 1] = 9;
    writeFileSync(broken, damaged);
    expect(diff(a, broken).code).toBe(2);
  });

  test("does not compare what is not comparable", () => {
    const a = make("a.h5", (file) => {
      file.createDataset("x", { data: Int32Array.of(1) });
      file.createDataset("y", { data: Int32Array.of(1) });
      file.createGroup("z");
    });
    const b = make("b.h5", (file) => {
      file.createDataset("x", { data: Float32Array.of(1) });
      file.createDataset("y", { data: Int32Array.of(1, 2) });
      file.createDataset("z", { data: 1 });
    });
    expect(diff("-c", a, b)).toMatchObject({
      code: 0,
      output:
        "Not comparable: </x> is of class H5T_INTEGER and </x> is of class H5T_FLOAT\n" +
        "Not comparable: </y> has rank 1, dimensions [1], max dimensions [1]\n" +
        "and </y> has rank 1, dimensions [2], max dimensions [2]\n" +
        "Not comparable: </z> is of type H5G_GROUP and </z> is of type H5G_DATASET\n",
    });
    expect(diff(a, b).output).toContain("Some objects are not comparable");
  });

  test.each([
    [["-q", "-v"], 2, "Error: -q (quiet mode) cannot be added to verbose or report modes\n"],
    [["--no-dangling-links"], 2, "Error: --no-dangling-links must be used along with --follow-symlinks option.\n"],
    [["-d", "1", "-p", "1"], 1, "h5diff error: -d, -p and --use-system-epsilon options are mutually-exclusive;\n"],
    [["-n", "0"], 1, "<-n 0> is not a valid option\n"],
    [["-d", "0x1"], 1, "<-d 0x1> is not a valid option\n"],
  ] as const)("refuses %j", (words, code, start) => {
    const result = diff(...words, "a", "b");
    expect([result.code, result.output.slice(0, start.length)]).toEqual([code, start]);
  });

  test.each([
    [["a"], "missing file names"],
    [["--bogus", "a", "b"], 'unknown option "bogus"'],
    [["-y", "a", "b"], 'unknown option "y"'],
  ] as const)("tells what is wrong with %j on the standard error", (words, problem) => {
    const result = diff(...words);
    expect([result.code, result.errors]).toEqual([1, `h5ts diff error: ${problem}\n`]);
    expect(result.output).toMatch(/^Usage: h5ts diff /);
  });
});

describe("numbers", () => {
  const options = (...words: string[]) => parseDiffOptions([...words, "a", "b"]);

  test("differ by what is allowed and no more", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), fc.integer({ min: 1, max: 1 << 30 }), (a, b, delta) => {
        const isBeyond = Math.abs(a - b) > delta;
        expect(differenceText(a, b, "integer", options("-d", String(delta))) !== undefined).toBe(isBeyond);
        expect(differenceText(BigInt(a), BigInt(b), "integer", options("-d", String(delta))) !== undefined).toBe(
          isBeyond,
        );
        expect(differenceText(a, b, "integer", options()) === undefined).toBe(a === b);
      }),
    );
  });

  test("print alike as numbers and as bigints", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), fc.boolean(), (a, b, relative) => {
        const chosen = relative ? options("-p", "0.25") : options();
        expect(differenceText(BigInt(a), BigInt(b), "integer", chosen)).toBe(differenceText(a, b, "integer", chosen));
      }),
    );
  });

  test("that are none are equal to each other, unless asked for", () => {
    expect(differenceText(Number.NaN, Number.NaN, "double", options())).toBeUndefined();
    expect(differenceText(Number.NaN, Number.NaN, "double", options("-N"))).toBeDefined();
    expect(differenceText(1, Number.NaN, "double", options())).toBeDefined();
  });
});
