import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { marked } from "../../scripts/lib/pure-modules.mjs";
import { smaller } from "../../scripts/lib/smaller.mjs";

/** What a bundler leaves of modules in one file of which a program imports `used`. */
async function leftOf(code: string): Promise<string> {
  const module = { name: "module", contents: code };
  const { outputFiles } = await build({
    stdin: { contents: `import { used } from "module"; console.log(used);` },
    bundle: true,
    write: false,
    format: "esm",
    plugins: [
      {
        name: "module",
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /^module$/ }, ({ path }) => ({ path, namespace: "module" }));
          onLoad({ filter: /.*/, namespace: "module" }, () => ({ contents: module.contents, loader: "ts" }));
        },
      },
    ],
  });
  return outputFiles[0]?.text ?? "";
}

const CODE = `
  const NAMES: readonly string[] = ["first"];
  class Plain { readonly kind = "plain"; }
  function withMembers<T extends new () => object>(base: T, names: readonly string[]): T { return names.length > 0 ? base : base; }
  export class Derived extends withMembers(Plain, [...NAMES, "second"]) { more() { return "derived"; } }
  const TABLE = new Map([["a", Number("12")]].map(([name, value]) => [name, value] as const));
  export const lookedUp = () => TABLE.get("a");
  export const used = 1;`;

describe("modules in one file", () => {
  test("lose what nobody uses, also what calls have made", async () => {
    const whole = await leftOf(CODE);
    for (const text of ["derived", "second", "12"]) expect(whole).toContain(text);
    const left = await leftOf(marked(CODE));
    for (const text of ["derived", "second", "12"]) expect(left).not.toContain(text);
  });

  test("lose the same after a build that took the marks away", async () => {
    const { outputFiles } = await build({
      stdin: { contents: marked(CODE), loader: "ts" },
      minifyWhitespace: true,
      minifySyntax: true,
      write: false,
      format: "esm",
    });
    const built = outputFiles[0]?.text ?? "";
    expect(built).not.toMatch(/@__PURE__/);
    const left = await leftOf(marked(built));
    for (const text of ["derived", "second", "12"]) expect(left).not.toContain(text);
  });

  test("have one mark a call, however often they are marked", () => {
    const once = marked("var made=make({...given}),other=new Other(made),Base=class extends Other{};");
    expect(marked(once)).toBe(once);
  });

  test("do the same with marks, and made smaller", async () => {
    const asked = `${CODE}\nexport const results = [lookedUp(), new Derived().more(), new Derived().kind];`;
    const { outputFiles } = await build({
      stdin: { contents: marked(asked), loader: "ts" },
      write: false,
      format: "esm",
    });
    const text = outputFiles[0]?.text ?? "";
    const { code } = await smaller(text);
    expect(code.length).toBeLessThan(text.length);
    const { results } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
    expect(results).toEqual([12, "derived", "plain"]);
  });

  test("keep their marks when they are made smaller", async () => {
    const { code } = await smaller("export const used = 1; export const other = /* @__PURE__ */ make(used);");
    expect(code).toMatch(/@__PURE__/);
  });

  test("have no line that would fill a screen", async () => {
    const functions = Array.from(
      { length: 500 },
      (_, i) => `export function named${i}(text) { return text + "${i}"; }`,
    );
    const { code } = await smaller(functions.join("\n"));
    for (const line of code.split("\n")) expect(line.length).toBeLessThan(1100);
  });

  test("are of ASCII characters alone", async () => {
    const { code } = await smaller("export const replacement = String.fromCharCode(65533) + '\\uFFFD';");
    expect(code).toContain("\\ufffd");
    expect(code).toMatch(/^[\0-\x7f]*$/);
  });
});
