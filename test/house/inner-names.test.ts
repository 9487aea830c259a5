import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { InnerNames } from "../../scripts/shaking/inner-names.mjs";

/** The inner names of a program of `main.ts`, its entry, and other files. */
function innerNames(
  code: string,
  others: Readonly<Record<string, string>> = {},
  withheld: readonly string[] = [],
): string[] {
  const folder = mkdtempSync(join(tmpdir(), "h5ts-names-"));
  try {
    const pathOf = (name: string): string => join(folder, name);
    const sources = { ...others, "main.ts": code };
    for (const [name, text] of Object.entries(sources)) writeFileSync(pathOf(name), text);
    const program = ts.createProgram(Object.keys(sources).map(pathOf), {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      strict: true,
      types: [],
      allowImportingTsExtensions: true,
      noEmit: true,
    });
    const names = new InnerNames(program, (path) => path.startsWith(folder), {
      isHidden: (path) => path === pathOf("hidden.ts"),
      isAdapter: (path) => path === pathOf("adapter.ts"),
      withheld,
    });
    return names.of([pathOf("main.ts")]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("names of members that nobody outside knows", () => {
  test("are those that no exported type leads to", () => {
    const code = `
      interface Settings { pageBytes: number; nested?: { deepBytes: number } }
      class Result { shownCount = 1; private hiddenCount = 2; given(settings: Settings) { return inner(this.hiddenCount); } }
      function inner(value: number) { return { innerSum: value }.innerSum; }
      export function open(settings: Settings): Result { return new Result(); }`;
    expect(innerNames(code)).toEqual(["hiddenCount", "innerSum"]);
  });

  test("are none of the platform's, no text of the program, and no key that is asked for at run time", () => {
    const code = `
      const table: { firstKey: number; secondKey: number } = { firstKey: 1, secondKey: 2 };
      const named = { thirdKey: 3, byteLength: 4, innerKey: 5 };
      const listed = { fourthKey: 6 };
      const summed = { fifthKey: 7 };
      const look = (key: keyof typeof table) => table[key] + named.innerKey + Object.keys(listed).length + Object.values(summed)[0];
      const text = "thirdKey";
      export const run = () => text + look("firstKey");`;
    expect(innerNames(code)).toEqual(["innerKey"]);
  });

  test("are no keys of a table whose type does not name them", () => {
    const code = `
      const table: Readonly<Record<string, number>> = { firstKey: 1 };
      const parts = { innerKey: 2 } satisfies Record<string, number>;
      export const run = (key: string) => (table[key] ?? 0) + parts.innerKey;`;
    expect(innerNames(code)).toEqual(["innerKey"]);
  });

  test("are none of what comes from outside by a cast or a declaration", () => {
    const code = `
      interface Outside { openSync(path: string): { descriptorNumber: number } }
      declare const host: { hostName: string };
      interface Own { ownPart: number }
      const outside = globalThis as { outer?: Outside };
      const read = JSON.parse("1") as { partRead: number };
      const own: Own = { ownPart: 1 };
      export const run = () => String(outside.outer) + host.hostName + read.partRead + (own as Own).ownPart;`;
    expect(innerNames(code)).toEqual(["ownPart"]);
  });

  test("are those of classes that users do not look into", () => {
    const code = `
      import { Identifier } from "./hidden.ts";
      export class Group { readonly held = new Identifier(); }`;
    expect(innerNames(code, { "hidden.ts": "export class Identifier { engineFile = 1; }" })).toEqual(["engineFile"]);
  });

  test("are none of what adapters to the platform declare", () => {
    const code = `
      import { inside } from "./adapter.ts";
      interface Own { ownHandle: number }
      const own: Own = { ownHandle: 1 };
      export const run = () => inside({}) === own.ownHandle;`;
    const adapter = `
      interface Stream { streamHandle?: number }
      export const inside = (stream: Stream) => stream.streamHandle;`;
    expect(innerNames(code, { "adapter.ts": adapter })).toEqual(["ownHandle"]);
  });

  test("are those of what stands behind a member that users have no use for", () => {
    const code = `
      interface Behind { engineFile: number }
      export class Group { readonly handle: Behind = { engineFile: 1 }; }`;
    expect(innerNames(code)).toEqual([]);
    expect(innerNames(code, {}, ["handle"])).toEqual(["engineFile"]);
  });
});
