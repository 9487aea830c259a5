/** `h5ts import` beside h5import: the same configurations and options make datasets that h5dump prints alike. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runDump } from "../../src/tools/dump/command.ts";
import { runImport } from "../../src/tools/import/command.ts";
import { runTool } from "../tools/test-platform.ts";
import { inFolder, start } from "./peers.ts";

function peer(command: string, args: readonly string[]) {
  const output = start(command, args);
  if (output === undefined) throw new Error(`the peer suite needs ${command}`);
  return output;
}

/** What h5dump prints of all that a file has, without the file's name, where data lies and how well it is compressed. */
function dumped(path: string): string {
  const { status, stdout, stderr } = peer("h5dump", ["-p", path]);
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return stdout
    .replace(/^HDF5 .*/, "HDF5")
    .replace(/OFFSET \d+/g, "OFFSET N")
    .replace(/SIZE \d+ \(.*:1 COMPRESSION\)/g, "SIZE N");
}

/** Imports with both, each into a file of its own in the folder. */
function importsAlike(at: (name: string) => string, words: readonly string[]): string {
  const theirs = peer("h5import", [...words, "-o", at("theirs.h5")]);
  const ours = runTool(runImport, ...words, "-o", at("ours.h5"));
  expect({ status: theirs.status, errors: theirs.stderr }).toEqual({ status: 0, errors: "" });
  expect(ours).toMatchObject({ code: 0, errors: "" });
  const dump = dumped(at("ours.h5"));
  expect(dump).toBe(dumped(at("theirs.h5")));
  return dump;
}

const TEXT = "1 2 3\n-4 +5\t6\r\n 7 0 9 100 11 12 1 2 3 4 5 6 7 8 9 10 11 127 13";
const UNSIGNED = TEXT.replace("-4", "250");
const FLOATS =
  "1.5 -2.25e-3 .5 7. 1e30 nan -inf infinity 0.1 3.4028235e38 1e-45 -0 100000000.5 16777217 0.3 5 6 7 8 9 1 2 3 4 5";

function binary(bits: number): Uint8Array {
  return Uint8Array.from({ length: (24 * bits) / 8 + 5 }, (_, i) => (i * 37 + 11) & 0x7f);
}

interface Case {
  readonly inputClass: string;
  readonly sizes: readonly number[];
  readonly content: (bits: number) => string | Uint8Array;
}

const CASES: readonly Case[] = [
  { inputClass: "TEXTIN", sizes: [8, 16, 32, 64], content: () => TEXT },
  { inputClass: "TEXTUIN", sizes: [8, 16, 32, 64], content: () => UNSIGNED },
  { inputClass: "TEXTFP", sizes: [32, 64], content: () => FLOATS },
  { inputClass: "TEXTFPE", sizes: [32, 64], content: () => FLOATS },
  { inputClass: "IN", sizes: [8, 16, 32, 64], content: binary },
  { inputClass: "UIN", sizes: [8, 16, 32, 64], content: binary },
  { inputClass: "FP", sizes: [32, 64], content: binary },
];

const STORAGES = {
  contiguous: "",
  chunked: "CHUNKED-DIMENSION-SIZES 1 2 3\n",
  compressed: "CHUNKED-DIMENSION-SIZES 2 2 2 COMPRESSION-TYPE GZIP COMPRESSION-PARAM 7\n",
  extendible: "CHUNKED-DIMENSION-SIZES 2 3 3\nMAXIMUM-DIMENSIONS -1 4 -1\n",
};

/** Outputs that go with integers, and with floating-point numbers. */
const OUTPUTS: Readonly<Record<"integer" | "float", readonly string[]>> = {
  integer: [
    "",
    "OUTPUT-BYTE-ORDER BE",
    "OUTPUT-ARCHITECTURE STD",
    "OUTPUT-ARCHITECTURE STD OUTPUT-BYTE-ORDER LE",
    "OUTPUT-CLASS UIN OUTPUT-SIZE 8",
    "OUTPUT-CLASS IN OUTPUT-SIZE 64 OUTPUT-ARCHITECTURE NATIVE",
    "OUTPUT-CLASS FP OUTPUT-SIZE 64 OUTPUT-ARCHITECTURE IEEE",
  ],
  float: ["", "OUTPUT-ARCHITECTURE IEEE", "OUTPUT-ARCHITECTURE IEEE OUTPUT-BYTE-ORDER LE OUTPUT-SIZE 64"],
};

describe.each(CASES)("input class $inputClass", ({ inputClass, sizes, content }) => {
  test.each(sizes)("of %i bits becomes what h5import makes of it", (bits) => {
    inFolder((folder) => {
      const at = (name: string) => join(folder, name);
      writeFileSync(at("data"), content(bits));
      const outputs = OUTPUTS[inputClass.includes("FP") ? "float" : "integer"];
      const words: string[] = [];
      // All in one file, each in a group of its own.
      for (const [storage, lines] of Object.entries(STORAGES)) {
        outputs.forEach((output, i) => {
          const name = at(`${storage}-${i}.conf`);
          const shape = `RANK 3\nDIMENSION-SIZES 2 4 3\n`;
          writeFileSync(
            name,
            `PATH /${storage}/of/${i}\nINPUT-CLASS ${inputClass}\nINPUT-SIZE ${bits}\n${shape}${output}\n${lines}`,
          );
          words.push(at("data"), "-c", name);
        });
      }
      const dump = importsAlike(at, words);
      expect(dump).toContain("COMPRESSION DEFLATE { LEVEL 7 }");
    });
  });
});

test("options on the command line mean what they mean to h5import", () => {
  inFolder((folder) => {
    const at = (name: string) => join(folder, name);
    writeFileSync(at("text"), TEXT);
    writeFileSync(at("floats"), FLOATS);
    writeFileSync(at("binary"), binary(32));
    const text = [at("text"), "-d", "5,5", "-p", "a/b", "-t", "TEXTIN", "-s", "16"];
    const floats = [at("floats"), "-dims", "25", "-type", "TEXTFPE", "-size", "64"];
    const dump = importsAlike(at, [...text, ...floats, at("binary"), "-d", "4,3"]);
    expect(dump).toContain('DATASET "dataset1"');
    expect(dump).toContain('DATASET "dataset2"');
    // Into a file that is there already.
    importsAlike(at, [at("text"), "-di", "2", "-pa", "/a/c", "-ty", "TEXTUIN"]);
    for (const words of [
      [at("text"), "-d", "2", "-p", "/a/c", "-t", "TEXTIN"],
      [at("text"), "-d", "26", "-t", "TEXTIN"],
    ]) {
      expect(peer("h5import", [...words, "-o", at("theirs.h5")]).status).toBe(1);
      expect(runTool(runImport, ...words, "-o", at("ours.h5")).code).toBe(1);
    }
    expect(dumped(at("ours.h5"))).toBe(dumped(at("theirs.h5")));
  });
});

test("lines of text become strings, and data in another file stays there", () => {
  inFolder((folder) => {
    const at = (name: string) => join(folder, name);
    writeFileSync(at("text"), 'one\n\n  three, "quoted" \n');
    writeFileSync(at("text.conf"), "PATH lines INPUT-CLASS STR");
    importsAlike(at, [at("text"), "-c", at("text.conf")]);
    writeFileSync(at("numbers"), TEXT);
    for (const tool of ["theirs", "ours"]) {
      const description = `INPUT-CLASS TEXTIN INPUT-SIZE 32 RANK 1 DIMENSION-SIZES 25 OUTPUT-ARCHITECTURE STD`;
      writeFileSync(at(`${tool}.conf`), `${description} EXTERNAL-STORAGE ${at(tool)}.raw`);
    }
    expect(peer("h5import", [at("numbers"), "-c", at("theirs.conf"), "-o", at("theirs-2.h5")]).status).toBe(0);
    expect(runTool(runImport, at("numbers"), "-c", at("ours.conf"), "-o", at("ours-2.h5")).code).toBe(0);
    expect(readFileSync(at("ours.raw")).equals(readFileSync(at("theirs.raw")))).toBe(true);
    expect(dumped(at("ours-2.h5")).replace("ours.raw", "theirs.raw")).toBe(dumped(at("theirs-2.h5")));
  });
});

test("what h5dump exports of a dataset, or of a part of it, is imported again", () => {
  inFolder((folder) => {
    const at = (name: string) => join(folder, name);
    writeFileSync(at("text"), TEXT);
    writeFileSync(
      at("conf"),
      "PATH /g/big INPUT-CLASS TEXTIN INPUT-SIZE 32 RANK 2 DIMENSION-SIZES 5 5 OUTPUT-ARCHITECTURE STD " +
        "CHUNKED-DIMENSION-SIZES 2 2 COMPRESSION-TYPE GZIP COMPRESSION-PARAM 3 MAXIMUM-DIMENSIONS -1 8",
    );
    expect(runTool(runImport, at("text"), "-c", at("conf"), "-o", at("source.h5")).code).toBe(0);
    for (const part of [[], ["-s", "0,1", "-S", "2,1", "-c", "2,2", "-k", "1,1"]]) {
      const words = ["-p", "-d", "/g/big", ...part, "-o", at("data"), "-b", "NATIVE", at("source.h5")];
      const description = peer("h5dump", words).stdout;
      const data = readFileSync(at("data"));
      expect(runTool(runDump, ...words).output).toBe(description);
      expect(readFileSync(at("data")).equals(data)).toBe(true);
      writeFileSync(at("description"), description);
      importsAlike(at, [at("data"), "-c", at("description")]);
      rmSync(at("ours.h5"));
      rmSync(at("theirs.h5"));
    }
  });
});
