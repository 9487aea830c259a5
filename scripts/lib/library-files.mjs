// The files that a program gets of the package, by its entries: all that was built but the command line.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";
import { root } from "./process.mjs";

/** @param dist - The folder of the package as it was built. */
export function libraryFiles(dist) {
  const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const entries = Object.values(exports).flatMap((target) => (typeof target === "string" ? [] : [target.default]));
  const waiting = entries.map((path) => join(dist, path.slice("./dist/".length)));
  const found = new Set();
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (found.has(path) || !existsSync(path)) continue;
    found.add(path);
    for (const { fileName } of ts.preProcessFile(readFileSync(path, "utf8"), true, true).importedFiles) {
      if (fileName.startsWith(".")) waiting.push(join(dirname(path), fileName));
    }
  }
  return [...found];
}
