// What the package costs programs that use it: npm run check:size [-- --write]
//
// Bundles small programs from dist/ with esbuild and with Rollup, minifies and compresses them, and compares that with the
// budgets in size-budgets.json. The readers must hold nothing of the modules that are named there as writers.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { build, transform } from "esbuild";
import { rollup } from "rollup";
import { root } from "./lib/process.mjs";

const PROGRAMS = {
  "reading core, from memory": `
    import { File } from "h5ts/core";
    export const valuesOf = (bytes, path) => new File(bytes).get(path).read();`,
  "reading core, over HTTP": `
    import { HttpSource, openAsync } from "h5ts/core";
    export const valuesOf = async (url, path) =>
      (await openAsync(new HttpSource(url))).run((file) => file.get(path).read());`,
  "reading core, all there is": `export * from "h5ts/core";`,
  "reading from memory": `
    import { File } from "h5ts/read";
    export const valuesOf = (bytes, path) => new File(bytes).get(path).read();`,
  "reading, all there is": `export * from "h5ts/read";`,
  "reading with the whole facade": `
    import { File } from "h5ts";
    export const valuesOf = (bytes, path) => new File(bytes).get(path).read();`,
  "a source of bytes alone": `
    import { HttpSource } from "h5ts/io";
    export const sourceOf = (url) => new HttpSource(url);`,
  "the pool alone": `
    import { readParallel, WorkerPool } from "h5ts/parallel";
    export const valuesOf = (dataset) => readParallel(dataset, undefined, { pool: new WorkerPool() });`,
  everything: `
    export * as main from "h5ts";
    export * as lowlevel from "h5ts/lowlevel";
    export * as format from "h5ts/format";
    export * as io from "h5ts/io";
    export * as parallel from "h5ts/parallel";`,
};

/** What may be written above the budgets, of what was measured. */
const ROOM = 1.04;

const budgetsPath = join(root, "scripts/size-budgets.json");
const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const pathOf = (specifier) => join(root, exports[`.${specifier.slice("h5ts".length)}`].default);

async function withEsbuild(code) {
  const resolve = {
    name: "package",
    setup({ onResolve }) {
      onResolve({ filter: /^h5ts(\/|$)/ }, ({ path }) => ({ path: pathOf(path), sideEffects: false }));
    },
  };
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: root },
    bundle: true,
    minify: true,
    format: "esm",
    platform: "neutral",
    target: "es2022",
    write: false,
    logLevel: "error",
    plugins: [resolve],
  });
  return outputFiles[0].contents;
}

async function withRollup(code) {
  const resolve = {
    name: "package",
    resolveId: (id) => (id === "program" ? id : id.startsWith("h5ts") ? pathOf(id) : undefined),
    load: (id) => (id === "program" ? code : undefined),
  };
  const bundle = await rollup({
    input: "program",
    plugins: [resolve],
    external: /^node:/,
    treeshake: { moduleSideEffects: false },
    logLevel: "silent",
  });
  const { output } = await bundle.generate({ format: "esm", inlineDynamicImports: true });
  const { code: minified } = await transform(output[0].code, { minify: true, format: "esm", target: "es2022" });
  return Buffer.from(minified);
}

/** Modules of writers of which something is in the reader, as its map tells. */
function writersIn(path, modules) {
  const { sources } = JSON.parse(readFileSync(`${path}.map`, "utf8"));
  const held = new Set(sources.map((source) => relative(root, join(dirname(path), source))));
  return modules.filter((module) => held.has(module));
}

async function main() {
  const { values } = parseArgs({ options: { write: { type: "boolean", default: false } } });
  const table = JSON.parse(readFileSync(budgetsPath, "utf8"));
  const problems = [];
  for (const [name, code] of Object.entries(PROGRAMS)) {
    const budget = table.programs[name] ?? {};
    for (const [bundler, bundle] of Object.entries({ esbuild: withEsbuild, rollup: withRollup })) {
      const bytes = await bundle(code);
      const compressed = gzipSync(bytes, { level: 9 }).length;
      console.log(
        `${name.padEnd(32)} ${bundler.padEnd(8)} ${String(bytes.length).padStart(8)} ${String(compressed).padStart(7)}`,
      );
      if (values.write) budget[bundler] = Math.ceil((compressed * ROOM) / 100) * 100;
      else if (!(compressed <= budget[bundler])) {
        problems.push(
          `${name}, ${bundler}: ${compressed} bytes compressed, the budget is ${budget[bundler] ?? "missing"}`,
        );
      }
    }
    table.programs[name] = budget;
  }
  for (const reader of ["h5ts/read", "h5ts/core"]) {
    for (const writer of writersIn(pathOf(reader), table.writers)) problems.push(`${reader} holds ${writer}`);
  }
  if (values.write) writeFileSync(budgetsPath, `${JSON.stringify(table, null, 2)}\n`);
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

await main();
