// One suite in many runtimes: node scripts/runtimes.mjs [--write] [--json FILE] [NAME ...]
//
// Installs the runtimes, builds the package and the suite, runs it in all of them (or those named), compares what each read
// with what Node 20 read, and compares the table in README.md with the results (or writes it, with --write).
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./lib/process.mjs";
import { buildPackage, installPackages } from "./lib/setup.mjs";

installPackages();
buildPackage();
const { build } = await import("esbuild");
const { install } = await import("./runtimes/installed.mjs");
const { runners } = await import("./runtimes/runners.mjs");
const { startServer } = await import("./runtimes/server.mjs");
const { makeFiles } = await import("./runtimes/files.mjs");
const { checkRanks } = await import("./runtimes/ranks.mjs");
const { tableOf, replaceTable } = await import("./runtimes/table.mjs");

const reference = "Node 20";

/** Each entry in one file, for any runtime. */
async function bundle(outdir) {
  const suite = ["run-by-path", "run-in-edge", "run-in-page", "run-in-worker"];
  const entries = suite.map((name) => [name, join(root, `test/runtimes/${name}.ts`)]);
  await build({
    entryPoints: Object.fromEntries([
      ...entries,
      ["worker", join(root, "dist/parallel/worker.js")],
      ["ranks", join(root, "test/peer/ranks/program.ts")],
    ]),
    alias: {
      h5ts: join(root, "dist/index.js"),
      "h5ts/parallel": join(root, "dist/parallel/index.js"),
      "h5ts/read": join(root, "dist/read/index.js"),
      "h5ts/core": join(root, "dist/core/index.js"),
    },
    bundle: true,
    external: ["node:*"],
    format: "esm",
    // Imports for nothing but effects, of files that have none: the package's own splitting makes them.
    logLevel: "error",
    outdir,
    platform: "neutral",
    target: "es2022",
  });
}

/** What failed or differs from the reference, a line each. */
function problemsOf(name, results, expected) {
  return results.flatMap(({ name: check, failure, digest }) => {
    if (failure) return [`${name}: ${check}: ${failure}`];
    const wanted = expected?.find((each) => each.name === check)?.digest;
    if (failure === undefined && wanted !== undefined && digest !== wanted)
      return [`${name}: ${check}: other contents`];
    return [];
  });
}

/** Datasets of the sample (test/runtimes/sample.ts) with filters that h5dump has: it has no LZF. */
const dumped = ["contiguous", "gzip", "szip", "growing", "scaled", "wide", "texts", "group/scalar"];

/** Has what a runtime wrote read by the C library, where that is there. */
function problemsOfWritten(name, folder) {
  return ["earliest", "latest"].flatMap((libver) => {
    const path = join(folder, `written-${libver}.h5`);
    const args = [...dumped.flatMap((dataset) => ["-d", dataset]), path];
    const { status, error, stderr } = spawnSync("h5dump", args, { stdio: ["ignore", "ignore", "pipe"] });
    rmSync(path);
    return error?.code === "ENOENT" || status === 0 ? [] : [`${name}: h5dump cannot read what it wrote: ${stderr}`];
  });
}

async function main() {
  const { values, positionals: chosen } = parseArgs({
    options: { write: { type: "boolean", default: false }, json: { type: "string" } },
    allowPositionals: true,
  });
  const names = Object.keys(runners).filter(
    (name) => chosen.length === 0 || name === reference || chosen.includes(name),
  );
  install();
  const folder = mkdtempSync(join(tmpdir(), "h5ts-runtimes-"));
  const problems = [];
  const all = {};
  let passedByRanks = 0;
  try {
    await bundle(folder);
    const files = await makeFiles(folder);
    const onPost = (file, bytes) => writeFileSync(join(folder, file), bytes);
    const fixtures = join(root, "test/fixtures");
    const scripts = ["run-in-page.js", "run-in-worker.js", "worker.js"].map((name) => [name, join(folder, name)]);
    const served = { ...Object.fromEntries(scripts), "chunked.h5": files.chunked };
    const server = await startServer({ fixtures, files: served, onPost });
    for (const name of names) {
      const started = performance.now();
      try {
        const place = { origin: server.origin, bundle: (file) => join(folder, file), ...files };
        all[name] = await runners[name](place);
        problems.push(...problemsOf(name, all[name], all[reference]), ...problemsOfWritten(name, folder));
      } catch (error) {
        problems.push(`${name}: ${error.stack ?? error}`);
      }
      const ranks = await checkRanks(name, join(folder, "ranks.js"));
      problems.push(...ranks.problems);
      passedByRanks += ranks.passed;
      const count = ranks.passed + (all[name]?.filter(({ failure }) => failure === undefined).length ?? 0);
      console.log(`${name}: ${count} checks passed, ${((performance.now() - started) / 1000).toFixed(1)} s`);
    }
    server.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
  for (const problem of problems) console.error(problem);
  if (problems.length === 0 && chosen.length === 0) compareTable(tableOf(all), values.write, problems);
  const results = Object.values(all).flat();
  const passed = passedByRanks + results.filter(({ failure }) => failure === undefined).length;
  if (values.json !== undefined) writeFileSync(values.json, JSON.stringify({ passed, problems }));
  console.log(`${passed} passed, ${problems.length} failed`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

function compareTable(table, write, problems) {
  const path = join(root, "README.md");
  const text = readFileSync(path, "utf8");
  const replaced = replaceTable(text, table);
  if (replaced === text) return;
  if (write) writeFileSync(path, replaced);
  else problems.push(`README.md: the table of runtimes is another: ${table}`);
}

await main();
