// Packs the package and looks at the tarball as its users meet it: publint, arethetypeswrong, and an import of every entry
// from a project that has nothing else.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root, run, runTool } from "./lib/process.mjs";

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
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
