// Fails when something that a program sees of the package has no docstring: scripts/lib/docstrings.mjs has the rules.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { undocumented } from "./lib/docstrings.mjs";
import { root } from "./lib/process.mjs";

const source = join(root, "src");
const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const entries = Object.values(exports)
  .filter(({ types }) => types !== undefined)
  .map(({ types }) => join(source, types.replace("./dist/", "").replace(/\.d\.ts$/, ".ts")));

const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
const { total, missing } = undocumented(ts.createProgram(entries, options), entries, source);
for (const { name, file, line } of missing) console.error(`src/${file}:${line} ${name} has no docstring`);
console.log(`${total - missing.length} of ${total} exports and members are documented`);
process.exitCode = missing.length > 0 ? 1 : 0;
