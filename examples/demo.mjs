// Runs demo.ts, for versions of Node that do not take types off by themselves. Needs dist/: `npm run demo` sees to that.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import ts from "typescript";

const source = readFileSync(new URL("demo.ts", import.meta.url), "utf8");
const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext };
const { outputText } = ts.transpileModule(source, { compilerOptions });
// Beside demo.ts, so that "h5ts" is this package and paths are the same.
const plain = new URL("demo.plain.mjs", import.meta.url);
writeFileSync(plain, outputText);
try {
  await import(plain.href);
} finally {
  rmSync(plain);
}
