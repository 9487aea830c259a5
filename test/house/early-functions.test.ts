import { SourceMap, type SourceMapping } from "node:module";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { early, piecesOf } from "../../scripts/lib/early-functions.mjs";
import { movedMap } from "../../scripts/lib/moved-map.mjs";

const CODE = `import { sep } from "node:path";
const made = doubled(21);
function doubled(value) { return value * 2; }
/** Of several. */ function *counted(end) { for (let i = 0; i < end; i++) yield i; }
function notCalled() { return sep; }
class Box { quarter(value) { return value % 4; } }
async function later() { return [...counted(3)]; }
export { made, doubled, counted as numbers, later, notCalled, Box };
`;

const startOf = (text: string) => CODE.indexOf(text);
const CALLED = [startOf("function doubled"), startOf("function *counted"), startOf("async function")];

describe("functions that are compiled early", () => {
  test("come first, as expressions in parentheses, behind what is imported", () => {
    const lines = early(CODE, CALLED).split("\n");
    expect(lines.slice(0, 3)).toEqual([
      `import { sep } from "node:path";`,
      "var doubled=(function(value) { return value * 2; });",
      "var counted=(function*(end) { for (let i = 0; i < end; i++) yield i; });",
    ]);
    expect(lines.slice(3).join("\n")).toContain("function notCalled()");
    expect(lines.slice(3).join("\n")).toContain("async function later()");
  });

  test("are what they were, and keep their names", async () => {
    const found = await import(`data:text/javascript,${encodeURIComponent(early(CODE, CALLED))}`);
    expect(found.made).toBe(42);
    expect(found.doubled.name).toBe("doubled");
    expect(found.numbers.name).toBe("counted");
    expect([...found.numbers(2)]).toEqual([0, 1]);
    expect(await found.later()).toEqual([0, 1, 2]);
  });

  test("leave a module alone of which none is called", () => {
    expect(early(CODE, [])).toBe(CODE);
  });

  test("are found in the sources by the map, as before", async () => {
    const { outputFiles } = await build({
      stdin: { contents: CODE, sourcefile: "module.js" },
      write: false,
      sourcemap: true,
      minify: true,
      lineLimit: 60,
      format: "esm",
      outfile: "out.js",
    });
    const [map, script] = outputFiles.map(({ text }) => text) as [string, string];
    const starts = [...script.matchAll(/function|quarter/g)].map(({ index }) => index);
    const moved = early(script, starts);
    expect(moved.match(/\(function/g)?.length).toBeGreaterThan(3);
    const before = new SourceMap(JSON.parse(map));
    const after = new SourceMap(movedMap(JSON.parse(map), script, piecesOf(script, new Set(starts))));
    // Something in each of them: where it is now and where it was lead to one place.
    for (const word of ["*2", "yield", "%4"]) {
      const now = originOf(after, moved, word);
      expect(now).toEqual(originOf(before, script, word));
      expect(now.originalSource).toBe("module.js");
    }
  });
});

function originOf(map: SourceMap, text: string, word: string): SourceMapping {
  const lines = text.slice(0, text.indexOf(word)).split("\n");
  const entry = map.findEntry(lines.length - 1, lines.at(-1)?.length ?? 0);
  if (!("originalSource" in entry)) throw new Error(`nothing leads from "${word}" to the sources`);
  const { generatedLine: _line, generatedColumn: _column, ...origin } = entry;
  return origin as SourceMapping;
}
