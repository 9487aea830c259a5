import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { formatWithOptions } from "node:util";
import { afterEach, expect, test, vi } from "vitest";

const project = fileURLToPath(new URL("../..", import.meta.url));
const here = process.cwd();

afterEach(() => {
  process.chdir(here);
  vi.restoreAllMocks();
});

/** `console.log(…); // what it prints` */
const PRINTED = /^console\.log\(.*\); \/\/ (.*)$/gm;

test.each([
  ["README.md", 6],
  ["docs/filters.md", 2],
])("the first program of %s prints what its comments say", async (document, count) => {
  const readme = readFileSync(join(project, document), "utf8");
  const code = /```ts\n(.*?)```/s.exec(readme)?.[1] ?? "";
  const expected = [...code.matchAll(PRINTED)].map(([, text]) => text);
  expect(expected.length).toBeGreaterThanOrEqual(count);

  const folder = mkdtempSync(join(tmpdir(), "h5ts-readme-"));
  const printed: string[] = [];
  vi.spyOn(console, "log").mockImplementation((...values) => {
    printed.push(formatWithOptions({ colors: false }, ...values));
  });
  try {
    const path = join(folder, "tour.ts");
    writeFileSync(path, code.replace('from "h5ts"', `from ${JSON.stringify(join(project, "src/index.ts"))}`));
    process.chdir(folder);
    await import(/* @vite-ignore */ path);
  } finally {
    process.chdir(here);
    rmSync(folder, { recursive: true });
  }
  expect(printed).toEqual(expected);
});
