// What a program of one dataset costs from nothing: node bench/cold-start.mjs [--runs N] [--node PATH]
//
// Starts Node (this one, or that of --node) for an empty script, for h5ts, for h5ts/read and h5ts/core (all as dist/ has them) and for h5wasm
// in turns, each of which imports the library, opens a file of a megabyte and reads a dataset, a deflated one unless it says
// contiguous. Prints medians of wall time and of processor time, and what they are above those of the empty script. "Cached" are
// the same programs under NODE_COMPILE_CACHE, where Node has it, with a folder that was empty before a first run, which does not count.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { root } from "../scripts/lib/process.mjs";

const { values } = parseArgs({
  options: { runs: { type: "string", default: "20" }, node: { type: "string", default: process.execPath } },
});
const folder = mkdtempSync(join(tmpdir(), "h5ts-cold-"));

const urlOf = (path) => JSON.stringify(pathToFileURL(join(root, path)).href);
const reading = (entry, file) => `
  import { File } from ${urlOf(entry)};
  const f = new File(${JSON.stringify(file)}, "r");
  if (f.get("values").read().data.length !== 250000) throw new Error("not all");`;

const readingCore = (file) => `
  import { File, openPath } from ${urlOf("dist/core/index.js")};
  const f = new File(openPath(${JSON.stringify(file)}, "r"));
  if (f.get("values").read().data.length !== 250000) throw new Error("not all");`;

function programs(file, contiguous) {
  return {
    "empty script": "",
    "h5ts/core": readingCore(file),
    "h5ts/core, contiguous": readingCore(contiguous),
    "h5ts/read": reading("dist/read/index.js", file),
    "h5ts/read, contiguous": reading("dist/read/index.js", contiguous),
    h5ts: reading("dist/index.js", file),
    h5wasm: `
      import h5wasm from ${urlOf("node_modules/h5wasm/dist/node/hdf5_hl.js")};
      await h5wasm.ready;
      const f = new h5wasm.File(${JSON.stringify(file)}, "r");
      if (f.get("values").value.length !== 250000) throw new Error("not all");`,
  };
}

/** The script is followed by a line that tells its processor time. */
const CLOCK = "\nconst { user, system } = process.cpuUsage(); process.stdout.write(String((user + system) / 1000));";

const cache = { NODE_COMPILE_CACHE: join(folder, "compiled") };
const plain = { NODE_COMPILE_CACHE: undefined };

/** Runs Node for a script. @returns milliseconds of wall time and of processor time. */
function timesOf({ name, path, environment }) {
  const env = { ...process.env, ...environment };
  const start = process.hrtime.bigint();
  const { status, stdout, stderr } = spawnSync(values.node, [path], { encoding: "utf8", env });
  const wall = Number(process.hrtime.bigint() - start) / 1e6;
  if (status !== 0) throw new Error(`${name}: ${stderr}`);
  return { wall, processor: Number(stdout) };
}

function hasCompileCache() {
  const question = "console.log('enableCompileCache' in require('node:module'))";
  return spawnSync(values.node, ["-e", question], { encoding: "utf8" }).stdout === "true\n";
}

/** Of times that belong to programs, and to one that does nothing. */
function printRows(programs, empty) {
  const above = (all, of) => `${median(all).toFixed(0).padStart(5)} ms (+${(median(all) - median(of)).toFixed(0)})`;
  for (const { name, wall, processor } of programs) {
    const columns = `wall ${above(wall, empty.wall).padEnd(18)} processor ${above(processor, empty.processor)}`;
    console.log(`${name.padEnd(30)} ${columns}`);
  }
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

try {
  const { File } = await import("../dist/index.js");
  const files = [{ chunks: [25_000], compression: "gzip" }, {}].map((storage, i) => {
    const path = join(folder, `sample-${i}.h5`);
    const made = new File(path, "w");
    made.createDataset("values", { data: Float32Array.from({ length: 250_000 }, (_, k) => k), ...storage });
    made.close();
    return path;
  });
  const scripts = Object.entries(programs(...files)).map(([name, code], i) => {
    const path = join(folder, `program-${i}.mjs`);
    writeFileSync(path, code + CLOCK);
    return { name, path, environment: plain, wall: [], processor: [] };
  });
  const cached = (hasCompileCache() ? scripts : []).map((script) => {
    const twin = { ...script, name: `${script.name}, cached`, environment: cache, wall: [], processor: [] };
    timesOf(twin);
    return twin;
  });
  for (let run = 0; run < Number(values.runs); run++) {
    for (const script of [...scripts, ...cached]) {
      const { wall, processor } = timesOf(script);
      script.wall.push(wall);
      script.processor.push(processor);
    }
  }
  printRows(scripts, scripts[0]);
  printRows(cached, cached[0]);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
