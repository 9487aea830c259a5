// Packs the package and looks at the tarball as its users meet it: publint, arethetypeswrong, an import of every entry from a
// project that has nothing else, a program of such a project under TypeScript, which checks the package's declarations too, and
// the programs of README.md, of docs/ and of docstrings.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root, run, runTool } from "./lib/process.mjs";
import { addStandIns, compileSnippets, readExamples, readSnippets, runSnippet } from "./lib/snippets.mjs";

/** Names members of namespaces as types and as values, also those that stand in another file of the declarations. */
const typedProgram = `
import { File, h5d, h5f, h5p, h5s, h5t } from "h5ts";
import * as core from "h5ts/core";
import { openAsync } from "h5ts/read";
import * as lowlevel from "h5ts/lowlevel";
import * as format from "h5ts/format";
import * as io from "h5ts/io";
import * as parallel from "h5ts/parallel";

export const id: h5f.FileID = h5f.create("a.h5", { fapl: h5p.create(h5p.FILE_ACCESS) });
export const info: h5f.FileInfo = id.getInfo();
export const space: h5s.SpaceID = h5s.createSimple([2]);
export const type: h5t.TypeID = h5t.NATIVE_INT32;
export const isDataset = (value: unknown): value is h5d.DatasetID => value instanceof h5d.DatasetID;
export const numbers: Float32Array = new File(id).createDataset("x", { shape: [2], dtype: "<f4" }).read().data;
export { core, format, io, lowlevel, openAsync, parallel };
`;

const scratch = mkdtempSync(join(tmpdir(), "h5ts-package-"));
try {
  const npm = process.env.npm_execpath;
  const [command, first] = npm ? [process.execPath, [npm]] : ["npm", []];
  run(command, [...first, "pack", "--silent", "--pack-destination", scratch]);
  const { name, version, exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const tarball = join(scratch, `${name}-${version}.tgz`);

  runTool("publint/src/cli.js", ["run", tarball, "--strict"]);
  runTool("@arethetypeswrong/cli/dist/index.js", [tarball, "--profile", "esm-only"]);

  const home = join(scratch, "node_modules", name);
  mkdirSync(home, { recursive: true });
  execFileSync("tar", ["-xzf", tarball, "-C", home, "--strip-components=1"]);
  const entries = Object.keys(exports).filter((entry) => !entry.endsWith(".json"));
  const lines = entries.map((entry) => {
    const specifier = name + entry.slice(1);
    return `console.log(${JSON.stringify(specifier)}, Object.keys(await import(${JSON.stringify(specifier)})).length, "exports");`;
  });
  writeFileSync(join(scratch, "import-all.mjs"), lines.join("\n"));
  run(process.execPath, [join(scratch, "import-all.mjs")], { cwd: scratch });

  writeFileSync(join(scratch, "program.mts"), typedProgram);
  const compiler = join(root, "node_modules/typescript/lib/tsc.js");
  for (const [moduleResolution, module] of [
    ["node16", "node16"],
    ["bundler", "esnext"],
  ]) {
    const options = {
      strict: true,
      skipLibCheck: false,
      noEmit: true,
      target: "es2022",
      lib: ["es2022", "esnext.disposable", "dom"],
    };
    const compilerOptions = { ...options, exactOptionalPropertyTypes: true, types: [], module, moduleResolution };
    writeFileSync(join(scratch, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["program.mts"] }));
    run(process.execPath, [compiler, "-p", scratch], { cwd: scratch });
    console.log("types", moduleResolution);
  }

  const snippets = readSnippets();
  compileSnippets([...snippets, ...(await readExamples(scratch))], scratch);
  addStandIns(scratch);
  for (const snippet of snippets.filter(({ needs }) => needs === undefined)) {
    await runSnippet(snippet, scratch);
    console.log("runs", snippet.place);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
