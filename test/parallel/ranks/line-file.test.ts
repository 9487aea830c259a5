import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { addLine, readLines, removeFile, writeLines } from "../../../src/parallel/ranks/line-file.ts";
import { pathsInFolder } from "./folder.ts";

const at = pathsInFolder();

test("lines that another process puts in their place again are never seen cut or missing", {
  timeout: 60_000,
}, async () => {
  const path = at("data.h5.ranks");
  const long = { text: "x".repeat(3000) };
  writeLines(path, [long]);
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import { writeLines } from "./src/parallel/ranks/line-file.ts";
        for (let i = 0; i < 300; i++) writeLines(${JSON.stringify(path)}, i % 2 ? [{ text: "short" }] : [${JSON.stringify(long)}]);`,
      resolveDir: process.cwd(),
    },
    bundle: true,
    platform: "node",
    format: "esm",
    write: false,
  });
  const program = at("program.mjs");
  writeFileSync(program, outputFiles[0]?.contents ?? "");
  const child = spawn(process.execPath, [program], { stdio: "inherit" });
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  const seen = new Set<string>();
  let status: number | null | undefined;
  ended.then((code) => {
    status = code;
  });
  while (status === undefined) {
    for (let i = 0; i < 100; i++) seen.add(JSON.stringify(readLines(path)));
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(status).toBe(0);
  expect([...seen].sort()).toEqual([JSON.stringify([{ text: "short" }]), JSON.stringify([long])]);
  expect(readdirSync(dirname(path)).sort()).toEqual(["data.h5.ranks", "program.mjs"]);
});

test("lines that cannot be put in their place leave nothing behind", () => {
  const folder = at("folder");
  mkdirSync(join(folder, "taken"), { recursive: true });
  expect(() => writeLines(join(folder, "taken"), [1])).toThrow(/unable to rename file: '.*taken/);
  expect(readdirSync(folder)).toEqual(["taken"]);
  expect(() => writeLines(join(folder, "none", "file"), [1])).toThrow("unable to open file");
});

test("lines count up to the first that is none, and a file that is not there has none", () => {
  const path = at("lines");
  expect(readLines(path)).toBeUndefined();
  writeLines(path, [{ a: 1 }]);
  addLine(path, 2, true);
  expect(readLines(path)).toEqual([{ a: 1 }, 2]);
  writeFileSync(path, '{"a":1}\n{"b\n3\n');
  expect(readLines(path)).toEqual([{ a: 1 }]);
  writeFileSync(path, '{"a":1}\n{"b":2}');
  expect(readLines(path)).toEqual([{ a: 1 }]);
});

test("what cannot be read or deleted is told, but for what is not there", () => {
  const folder = at("no file");
  mkdirSync(folder);
  expect(() => readLines(folder)).toThrow();
  expect(() => removeFile(folder)).toThrow();
  expect(() => removeFile(at("none"))).not.toThrow();
});
