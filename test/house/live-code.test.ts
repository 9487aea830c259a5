import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { LiveCode } from "../../scripts/shaking/live-code.mjs";

/** What is left of a program whose entry is `main.ts`. */
function left(code: string, assumptions: object = {}): { readonly text: string; readonly unused: readonly string[] } {
  const folder = mkdtempSync(join(tmpdir(), "h5ts-live-"));
  try {
    const path = join(folder, "main.ts");
    writeFileSync(path, code);
    const program = ts.createProgram([path], { target: ts.ScriptTarget.ES2022, strict: true });
    const live = new LiveCode({ program, isOurs: (name: string) => name === path, assumptions });
    live.addEntry(path);
    return { text: live.textOf(path), unused: live.unusedAssumptions };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("leaving out what a program does not reach", () => {
  test("takes methods of a class that nobody calls, and what only they call", () => {
    const { text } = left(`
      function helper() { return "helped"; }
      class File { read() { return "read"; } write() { return helper(); } }
      export function main() { return new File().read(); }`);
    expect(text).toContain('"read"');
    expect(text).not.toContain("write");
    expect(text).not.toContain("helped");
  });

  test("keeps what is called through a class above or through an interface", () => {
    const { text } = left(`
      interface Source { bytes(): number; close(): void }
      abstract class Base { size() { return this.ask(); } protected abstract ask(): number; }
      class Sized extends Base { protected ask() { return 11; } unasked() { return 12; } }
      class Memory implements Source { bytes() { return 21; } close() { this.other(); } other() { return 22; } }
      class Bystander { bytes() { return 31; } }
      const use = (source: Source) => source.bytes();
      export function main() { new Bystander(); return new Sized().size() + use(new Memory()); }`);
    for (const kept of ["11", "21"]) expect(text).toContain(kept);
    for (const gone of ["12", "22", "31"]) expect(text).not.toContain(gone);
  });

  test("keeps a method of a class above that only a class below has an interface for", () => {
    const { text } = left(`
      interface Both { one(): number; two(): number }
      class First { one() { return 11; } }
      class Second extends First { two() { return 12; } }
      const use = (both: Both) => both.one();
      export function main() { return use(new Second()); }`);
    expect(text).toContain("11");
    expect(text).not.toContain("12");
  });

  test("keeps members of a class of which a function makes another with more", () => {
    const { text } = left(`
      type Class<T> = new () => T;
      class First { one() { return 11; } unasked() { return 13; } }
      function withMore<V extends object>(view: Class<V>): Class<V & { readonly more: number }> {
        return class extends (view as Class<object>) {} as Class<V & { readonly more: number }>;
      }
      class Second extends withMore(First) { two() { return 12; } }
      interface Shown { one(): number; two(): number; readonly more: number }
      const use = (shown: Shown) => shown.one() + shown.two();
      export function main() { return use(new Second()); }`);
    for (const kept of ["11", "12"]) expect(text).toContain(kept);
    expect(text).not.toContain("13");
  });

  test("takes functions of object literals whose names nobody asks for", () => {
    const { text } = left(`
      interface Codec { decode(): number; encode(): number }
      const codec: Codec = { decode: () => 11, encode: () => 12 };
      export function main() { return codec.decode(); }`);
    expect(text).toContain("11");
    expect(text).not.toContain("12");
  });

  test("takes entries of tables that nobody names, unless a table is used as a whole", () => {
    const code = (use: string) => `
      const made = (size: number) => ({ size });
      const TABLE = { one: made(11), two: made(12), three: () => 13 } as const satisfies Record<string, object>;
      const spread = { ...TABLE, four: 14 };
      export function main(key: "one" | "two") { return ${use}; }`;
    const { text } = left(code("[TABLE.one, key]"));
    expect(text).toContain("11");
    for (const gone of ["12", "13", "14"]) expect(text).not.toContain(gone);
    for (const whole of ["TABLE[key]", "[TABLE, key]", "[spread.four, key]"]) {
      for (const kept of ["11", "12"]) expect(left(code(whole)).text).toContain(kept);
    }
    expect(left(code("TABLE.three()")).text).toContain("13");
  });

  test("tells reading of an accessor from writing", () => {
    const { text } = left(`
      class Cache { get limit() { return 11; } set limit(value: number) { console.log(12, value); } }
      export function main() { return new Cache().limit; }`);
    expect(text).toContain("11");
    expect(text).not.toContain("12");
  });

  test("keeps members that are asked for by lists of names", () => {
    const { text } = left(`
      class Group { keys() { return 11; } clear() { return 12; } }
      const NAMES = ["keys"] as const satisfies readonly (keyof Group)[];
      export function main() { const group = new Group(); return NAMES.map((name) => Reflect.get(group, name)); }`);
    expect(text).toContain("11");
    expect(text).not.toContain("12");
  });

  test("keeps what users get from functions and their results", () => {
    const { text } = left(`
      class Link { target() { return 11; } }
      class Group { link() { return new Link(); } private inner() { return 12; } }
      export function open() { return new Group(); }`);
    expect(text).toContain("11");
    expect(text).not.toContain("12");
  });

  test("follows what is assumed, and tells of assumptions about what is not there", () => {
    const code = `
      interface Options { writable?: boolean }
      class File {
        readonly writable: boolean;
        constructor(options: Options) { this.writable = options.writable ?? false; }
        close() { if (this.writable) { flush(); return; } done(); }
        flush() { if (!this.writable) return; flush(); }
      }
      function flush() { return 12; }
      function done() { return 11; }
      export function main() { const file = new File({}); file.close(); file.flush(); }`;
    expect(left(code).text).toContain("12");
    const { text, unused } = left(code, { values: { "File.writable": false, "File.writeable": false } });
    expect(text).toContain("11");
    expect(text).not.toContain("12");
    expect(unused).toEqual(["File.writeable"]);
  });

  test("follows what calls give, what literals hold, and constants made from such", () => {
    const { text, unused } = left(
      `
      interface Rule { readonly own?: () => number }
      class Held { one() { return 12; } }
      function found(key: string): Held | undefined { return key === "13" ? new Held() : undefined; }
      function rule(): Rule { return { own: () => 14 }; }
      function settings(list: string | null) { if (list === null) return 11; return 15; }
      function kindOf(driver: { kind: string } | { kind: "core" }) { return driver.kind === "core" ? core() : 17; }
      function core() { return 16; }
      export function main(list: string) {
        const held = found(list);
        if (held !== undefined) return held.one();
        return rule().own?.() ?? settings(null) + kindOf({ kind: "core" });
      }`,
      {
        values: {
          "found()": undefined,
          "Rule.own": undefined,
          "settings(list)": null,
          "kindOf(driver.kind)": "sec2",
          "lost()": undefined,
        },
      },
    );
    for (const kept of ["11", "17"]) expect(text).toContain(kept);
    for (const gone of ["12", "13", "14", "15", "16"]) expect(text).not.toContain(gone);
    expect(unused).toEqual(["lost()"]);
  });

  test("says so where something is called that was said to be never called", () => {
    const { text } = left("function save() { return 12; } export function main() { return save(); }", {
      unreachable: ["save"],
    });
    expect(text).not.toContain("12");
    expect(text).toContain("no write intent on file");
  });

  test("puts the numbers of constant tables where they are named", () => {
    const { text } = left(`
      const FLAG = { FIRST: 1, SECOND: 2 } as const;
      const CHANGED = { FIRST: 3 };
      CHANGED.FIRST = 4;
      export function main(flags: number) { return [flags & FLAG.SECOND, CHANGED.FIRST, FLAG.FIRST.toFixed(1)]; }`);
    expect(text).toContain("[flags & (2), CHANGED.FIRST, (1).toFixed(1)]");
    expect(text).not.toContain("FIRST: 1");
  });
});
