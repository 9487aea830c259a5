// Checks what was built: the library's files import nothing but each other (no package, no module of Node), its classes have
// the names by which they are imported, and the readers have their maps; shows what each entry costs a page that loads it.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import ts from "typescript";
import { root } from "./lib/process.mjs";

const { exports, bin } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

const problems = [];

function filesBehind(entry) {
  const found = new Map();
  const waiting = [entry];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (found.has(path)) continue;
    if (!existsSync(path)) {
      problems.push(`${relative(root, path)} is missing`);
      continue;
    }
    const code = readFileSync(path, "utf8");
    found.set(path, code);
    for (const { fileName: specifier } of ts.preProcessFile(code, true, true).importedFiles) {
      if (specifier.startsWith(".")) waiting.push(join(dirname(path), specifier));
      else problems.push(`${relative(root, path)} imports ${specifier}`);
    }
    // esbuild's stand-in for a `require` that is not there.
    if (code.includes("__require")) problems.push(`${relative(root, path)} calls require`);
  }
  return found;
}

const kilobytes = (byteLength) => `${(byteLength / 1000).toFixed(1)} kB`;

for (const [name, target] of Object.entries(exports)) {
  if (typeof target === "string") continue;
  const files = filesBehind(join(root, target.default));
  const code = [...files.values()].join("\n");
  if (!existsSync(join(root, target.types))) problems.push(`${target.types} is missing`);
  const sizes = `${kilobytes(code.length)}, ${kilobytes(gzipSync(code).length)} compressed`;
  console.log(`${name.padEnd(12)} ${files.size} files, ${sizes}`);
}
for (const name of [".", "./lowlevel", "./format", "./io", "./parallel"]) {
  const members = await import(pathToFileURL(join(root, exports[name].default)).href);
  for (const [exported, value] of Object.entries(members)) {
    const isClass = typeof value === "function" && `${value}`.startsWith("class");
    if (isClass && value.name !== exported) problems.push(`${exported} of ${name} calls itself ${value.name}`);
  }
}
for (const name of ["read", "core"]) {
  const { sources } = JSON.parse(readFileSync(join(root, `${exports[`./${name}`].default}.map`), "utf8"));
  if (!sources.some((source) => source.startsWith(`../../src/${name}/`)))
    problems.push(`the map of h5ts/${name} does not lead to the sources`);
}
for (const target of Object.values(bin)) {
  const path = join(root, target);
  if (!existsSync(path)) problems.push(`${target} is missing`);
  else if (!readFileSync(path, "utf8").startsWith("#!/usr/bin/env node\n")) problems.push(`${target} has no #! line`);
}

for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
