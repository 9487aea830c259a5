// Ranks fill a large dataset under mpirun, and one process fills it alone; the files are compared byte for byte.
// `node scripts/ranks.mjs --size 1GiB --ranks 4`; `--chunks 512x1024` for chunks, `--axis 1` to share columns, `--folder` for where.
import { spawnSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { root } from "./lib/process.mjs";

const text = { type: "string" };
const { values } = parseArgs({ options: { size: text, ranks: text, chunks: text, axis: text, folder: text } });
const UNITS = { "": 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, MB: 1e6, GB: 1e9 };
const [, number, unit] = /^([\d.]+)([A-Za-z]*)$/.exec(values.size ?? "1GiB") ?? [];
if (!(unit in UNITS)) throw new Error(`--size ${values.size}: a number with ${Object.keys(UNITS).join(", ")}`);
const ranks = Number(values.ranks ?? 4);
const columns = 8192;
const rows = Math.max(1, Math.round((Number(number) * UNITS[unit]) / (4 * columns)));
const folder = mkdtempSync(join(values.folder ?? tmpdir(), "h5ts-ranks-"));
const program = join(folder, "program.mjs");

await build({
  entryPoints: [join(root, "test/peer/ranks/program.ts")],
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  alias: { h5ts: join(root, "src/index.ts"), "h5ts/parallel": join(root, "src/parallel/index.ts") },
  outfile: program,
});

function runRanks(count, way) {
  const chunks = values.chunks?.split("x").map(Number);
  const task = { path: join(folder, `${way}.h5`), way, rows, columns, axis: Number(values.axis ?? 0), chunks };
  const mpirun = ["-n", `${count}`, "--oversubscribe", "--allow-run-as-root", process.execPath, program];
  const started = performance.now();
  const { status, stdout, stderr, error } = spawnSync("mpirun", [...mpirun, JSON.stringify(task)], {
    encoding: "utf8",
  });
  if (error) throw error;
  if (status !== 0) throw new Error(stderr + stdout);
  const wall = (performance.now() - started) / 1000;
  const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
  const each = lines.map((line) => JSON.parse(line));
  const processor = each.reduce((sum, line) => sum + line.processor, 0);
  const longest = Math.max(...each.map((line) => line.wall));
  const name = `${way}, ${count} process${count === 1 ? "" : "es"}`.padEnd(24);
  console.log(
    `${name} ${wall.toFixed(2)} s with their start, ${longest.toFixed(2)} s without, ${processor.toFixed(2)} CPU s`,
  );
  return { path: task.path, longest, processor };
}

/** The first byte in which two files differ; -1 for none. */
function firstDifference(a, b) {
  const files = [a, b].map((path) => openSync(path, "r"));
  const pieces = [Buffer.alloc(1 << 24), Buffer.alloc(1 << 24)];
  try {
    if (statSync(a).size !== statSync(b).size) return Math.min(statSync(a).size, statSync(b).size);
    for (let at = 0; ; ) {
      const [length, other] = files.map((file, i) => readSync(file, pieces[i], 0, pieces[i].length, at));
      if (length === 0) return -1;
      const [mine, its] = pieces.map((piece) => piece.subarray(0, Math.min(length, other)));
      if (!mine.equals(its)) return at + mine.findIndex((byte, i) => byte !== its[i]);
      at += mine.length;
    }
  } finally {
    files.forEach(closeSync);
  }
}

try {
  const alone = runRanks(1, "serial");
  const together = runRanks(ranks, "one-file");
  const { size } = statSync(together.path);
  const difference = firstDifference(alone.path, together.path);
  console.log(`${rows} x ${columns} numbers of 4 bytes, ${size} bytes of file`);
  console.log(
    `alone / together: wall ${(alone.longest / together.longest).toFixed(2)}, CPU ${(alone.processor / together.processor).toFixed(2)}`,
  );
  console.log(difference < 0 ? "the files are the same, byte for byte" : `the files differ at byte ${difference}`);
  process.exitCode = difference < 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}
