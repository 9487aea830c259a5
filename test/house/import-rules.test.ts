import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const project = fileURLToPath(new URL("../..", import.meta.url));

/** What the import rules say of a project of these files: the names of the broken rules. */
function brokenRules(files: Record<string, string>): string[] {
  const folder = mkdtempSync(join(tmpdir(), "h5ts-rules-"));
  try {
    symlinkSync(join(project, "node_modules"), join(folder, "node_modules"));
    const tsconfig = '{"compilerOptions":{"module":"ESNext","moduleResolution":"Bundler"}}';
    for (const [path, code] of Object.entries({ "tsconfig.json": tsconfig, ...files })) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), code);
    }
    const cruiser = join(project, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs");
    const config = join(project, ".dependency-cruiser.cjs");
    const args = [cruiser, "--config", config, "--output-type", "json", "src"];
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
    if (stdout === "") throw new Error(stderr);
    const { summary } = JSON.parse(stdout) as { summary: { violations: { rule: { name: string } }[] } };
    return [...new Set(summary.violations.map(({ rule }) => rule.name))].sort();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("the import rules", () => {
  test("let a floor use those below it", () => {
    const files = {
      "src/base/a.ts": "export const a = 1;",
      "src/engine/b.ts": 'import { a } from "../base/a.ts"; export const b = a;',
      "src/tools/c.ts": 'import "node:fs"; import { b } from "../engine/b.ts"; export const c = b;',
    };
    expect(brokenRules(files)).toEqual([]);
  });

  test("refuse an arrow that goes down, also one of types alone", () => {
    const files = {
      "src/engine/a.ts": "export interface A { a: 1 }",
      "src/format/b.ts": 'import type { A } from "../engine/a.ts"; export type B = A;',
    };
    expect(brokenRules(files)).toEqual(["floor-format"]);
  });

  test("refuse circles, but for circles of types alone", () => {
    const circle = (keyword: string) => ({
      "src/base/a.ts": `${keyword} { B } from "./b.ts"; export class A { b: B | undefined }`,
      "src/base/b.ts": `${keyword} { A } from "./a.ts"; export class B { a: A | undefined }`,
    });
    expect(brokenRules(circle("import"))).toEqual(["no-circles"]);
    expect(brokenRules(circle("import type"))).toEqual([]);
  });

  test("keep Node's modules, packages and test code out of the library", () => {
    const files = {
      "src/io/a.ts": 'import "node:fs"; import "pako"; import "fflate"; import "commander"; import "../../test/b.ts";',
      "src/index.ts": 'import "./tools/c.ts"; import "./missing.ts";',
      "src/tools/c.ts": "export {};",
      "test/b.ts": "export {};",
    };
    expect(brokenRules(files)).toEqual([
      "commander-in-tools",
      "entries-know-no-tools",
      "everything-resolves",
      "few-packages",
      "fflate-in-filters",
      "no-platform",
      "no-test-code",
    ]);
  });
});
