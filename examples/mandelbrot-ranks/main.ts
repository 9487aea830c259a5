/**
 * The Mandelbrot set by ranks: several processes that nothing joins but files. They are started by mpirun if it is there, and
 * otherwise here, with variables of the environment. A serial twin does the same alone, for the figure.
 *
 *   npm run example mandelbrot-ranks -- --size 2048 --ranks 4 --way one --output mandelbrot.h5
 *
 * `--way each` has every rank write a compressed file of its own, which a virtual dataset joins; `--launcher none` does
 * without mpirun.
 */
import { spawn, spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { removeRankRecords, reportOnRanks } from "h5ts/parallel";
import { readCommand } from "../mandelbrot/command.ts";
import { openPicture } from "../mandelbrot/file.ts";
import { writePng } from "../mandelbrot/png.ts";
import { computeAlone, timed } from "../mandelbrot/serial.ts";

const RANK_PROGRAM = fileURLToPath(new URL("./rank.mjs", import.meta.url));

function exitOf([command = "", ...args]: readonly string[], env: NodeJS.ProcessEnv): Promise<number | null> {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: "inherit" });
  return new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
}

const hasMpirun = (): boolean => spawnSync("mpirun", ["--version"]).status === 0;

/** @throws Error with the report of who is missing. */
async function runRanks(ranks: number, launcher: string, args: readonly string[], output: string): Promise<void> {
  const program = [process.execPath, RANK_PROGRAM, ...args];
  const bar = process.stderr.isTTY ? { MANDELBROT_BAR: "1" } : {};
  const codes: (number | null)[] = [];
  if (launcher === "mpirun") {
    const options = ["-n", `${ranks}`, "--oversubscribe", "--allow-run-as-root"];
    codes.push(await exitOf(["mpirun", ...options, ...program], bar));
  } else {
    const all = { ...bar, H5TS_SIZE: `${ranks}`, H5TS_RUN: `${process.pid}-${Date.now()}` };
    const started = Array.from({ length: ranks }, (_, rank) => exitOf(program, { ...all, H5TS_RANK: `${rank}` }));
    codes.push(...(await Promise.all(started)));
  }
  if (codes.some((code) => code !== 0)) throw new Error(`${reportOnRanks(output)}`);
}

function countsOf(path: string): Uint16Array {
  const { file, dataset } = openPicture(path);
  const { data } = dataset.read<{ data: Uint16Array }>();
  file.close();
  return data;
}

const { picture, output, values } = readCommand(["ranks", "way", "launcher"]);
const ranks = Number(values.ranks ?? availableParallelism());
const launcher = String(values.launcher ?? (hasMpirun() ? "mpirun" : "none"));
const way = values.way === "each" ? "each" : "one";
const { region, width, maxIterations } = picture;
const args = Object.entries({ ...region, size: width, iterations: maxIterations, output, way }).map(
  ([name, value]) => `--${name}=${value}`,
);
const [name] = output.split(/\.h5$/);
const twin = `${name}.serial.h5`;
const before = process.cpuUsage();
const alone = await timed(() => computeAlone(picture, twin));
const { user, system } = process.cpuUsage(before);
const together = await timed(() => runRanks(ranks, launcher, args, output));
removeRankRecords(output, ranks);
if (!isDeepStrictEqual(countsOf(output), countsOf(twin))) throw new Error(`${output} and ${twin} differ`);
const png = `${name}.png`;
await writePng(output, png);
console.log(`alone: ${((user + system) / 1e6).toFixed(2)} s of processor time`);
const figure = `${(alone / together).toFixed(2)} x`;
console.log(`alone ${alone.toFixed(2)} s, with ${ranks} ranks (${launcher}) ${together.toFixed(2)} s: ${figure}`);
console.log(`${output} and ${png}`);
