import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { undocumented } from "../../scripts/lib/docstrings.mjs";

/** What a package of these files, whose entry is `index.ts`, exports without a docstring. */
function missing(files: Record<string, string>): string[] {
  const folder = mkdtempSync(join(tmpdir(), "h5ts-docs-"));
  try {
    for (const [path, code] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), code);
    }
    const entry = join(folder, "index.ts");
    const program = ts.createProgram([entry], { target: ts.ScriptTarget.ES2022, allowImportingTsExtensions: true });
    return undocumented(program, [entry], folder).missing.map(({ name, file, line }) => `${file}:${line} ${name}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const alone = (code: string): string[] => missing({ "index.ts": code });

describe("exports without a docstring", () => {
  test("are found: functions, classes, records, types, and what these have", () => {
    const code = `
export function one() {}
export class Two {
  field = 1;
  get asked() { return 1; }
  static made() {}
  private inner = 1;
  #own = 1;
  [Symbol.iterator]() {}
}
export interface Three { readonly size: number }
export type Four = { left: number } ;
export const five = () => 1;`;
    expect(alone(code)).toEqual([
      "index.ts:2 one",
      "index.ts:3 Two",
      "index.ts:4 Two.field",
      "index.ts:5 Two.asked",
      "index.ts:6 Two.made",
      "index.ts:11 Three",
      "index.ts:11 Three.size",
      "index.ts:12 Four",
      "index.ts:12 Four.left",
      "index.ts:13 five",
    ]);
  });

  test("are not there when each says something", () => {
    const code = `
/** Gives one. */
export function one() {}
/** Has a size. */
export class Two {
  /** Bytes. */
  size = 1;
  /** @throws RangeError always. */
  fail() {}
}`;
    expect(alone(code)).toEqual([]);
  });

  test("are found in namespaces, behind other names, and in classes that are only inherited from", () => {
    const files = {
      "index.ts": 'export * as ns from "./ns.ts";\nexport { inner as outer } from "./other.ts";',
      "ns.ts": "class Base { deep() {} }\n/** A class. */\nexport class Below extends Base {}",
      "other.ts": "export const inner = 1;",
    };
    expect(missing(files)).toEqual(["ns.ts:1 ns", "ns.ts:1 ns.Below.deep", "other.ts:1 outer"]);
    const headed = { ...files, "ns.ts": `/** What it is about. */\n${files["ns.ts"]}` };
    expect(missing(headed)).toEqual(["ns.ts:2 ns.Below.deep", "other.ts:1 outer"]);
  });

  test("are not constants whose group has one, as far as there is no empty line", () => {
    const code = `
/** Kinds of fruit. */
export const APPLE = 1;
export const PEAR = 2;

export const SPOON = 1;
export const FORK = 2;`;
    expect(alone(code)).toEqual(["index.ts:6 SPOON", "index.ts:7 FORK"]);
  });

  test("are not what tells variants apart, nor what carries out a documented member", () => {
    const code = `
/** Drawn. */
export interface Shape { readonly kind: "circle" | "box"; readonly round: true;
  /** In metres. */
  area(): number;
}
/** A box. */
export class Box implements Shape { readonly kind = "box"; readonly round = true; area() { return 1; } }`;
    expect(alone(code)).toEqual(["index.ts:8 Box.kind", "index.ts:8 Box.round"]);
  });

  test("are those that name the C function alone, unless they are constants", () => {
    const code = `
/** C: \`H5Dopen2\`. */
export function open() {}
/** C: \`H5D_CHUNKED\`. */
export const CHUNKED = 2;
/** Opens a dataset. C: \`H5Dopen2\`. */
export function openAgain() {}`;
    expect(alone(code)).toEqual(["index.ts:3 open"]);
  });

  test("are not the codecs of a structure, in the folder of the structures alone", () => {
    const code = "export function decodeHeap() {}\nexport function sizeOfHeap() {}\nexport function heapOf() {}";
    const index = 'export * from "./format/heap.ts";\nexport * from "./heap.ts";';
    const inFormat = { "index.ts": 'export * from "./format/heap.ts";', "format/heap.ts": code };
    expect(missing(inFormat)).toEqual(["format/heap.ts:3 heapOf"]);
    expect(missing({ "index.ts": index.split("\n")[1] as string, "heap.ts": code })).toHaveLength(3);
  });
});
