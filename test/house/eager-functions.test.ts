import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { markEagerFunctions, withEagerFunctions } from "../../scripts/lib/eager-functions.mjs";

const MODULE = `const answers = [twice(2), other(1)];
/** Twice as much. */
function twice(x) { return x === undefined ? twice(1) : 2 * x; }
function other(x) { return -x; }
export function shown() { return [...answers, ...later(3)]; }
function* later(x) { yield twice(x); yield twice.name; yield twice(); }
`;

const startsOf = (...names: string[]) => new Set(names.map((name) => MODULE.indexOf(`function ${name}`)));

const evaluated = (text: string): Promise<{ shown(): unknown[] }> =>
  import(`data:text/javascript,${encodeURIComponent(text)}`);

describe("functions that are compiled at once", () => {
  test("stand in parentheses, before what stood before them", () => {
    const text = withEagerFunctions(MODULE, startsOf("twice"));
    expect(text).toMatch(/^var twice=\(function \(x\) \{ .* \}\);\nconst answers/);
    expect(text).toContain("function other(x)");
    expect(text.match(/2 \* x/g)).toHaveLength(1);
  });

  test("do what they did, and have their names", async () => {
    const others = ["export function shown", "function* later"].map((start) => MODULE.indexOf(start));
    const starts = new Set([...startsOf("twice", "other"), ...others]);
    const text = withEagerFunctions(MODULE, starts);
    expect(text).toContain("var later=(function* (x)");
    expect(text).toContain("export function shown()");
    const { shown } = await evaluated(text);
    expect(shown()).toEqual([4, -1, 6, "twice", 2]);
    expect(shown()).toEqual((await evaluated(MODULE)).shown());
  });

  test("are those that a program runs of the files of a folder", () => {
    const folder = mkdtempSync(join(tmpdir(), "h5ts-eager-"));
    try {
      writeFileSync(join(folder, "module.mjs"), "export{f,g};function f(){return g}function g(){return 1}");
      writeFileSync(join(folder, "program.mjs"), 'import { f } from "./module.mjs"; if (process.argv[2] === "f") f();');
      const program = join(folder, "program.mjs");
      expect(markEagerFunctions(folder, program)).toBe(0);
      expect(markEagerFunctions(join(folder, "elsewhere"), program, "f")).toBe(0);
      expect(markEagerFunctions(folder, program, "f")).toBe(1);
      expect(readFileSync(join(folder, "module.mjs"), "utf8")).toBe(
        "var f=(function (){return g});\nexport{f,g};function g(){return 1}",
      );
      expect(() => markEagerFunctions(folder, join(folder, "missing.mjs"))).toThrow("missing.mjs");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
