// Workloads against h5py, in one run on one machine: node bench/run.mjs [--rounds N] [NAME ...]
//
// Without names the ordinary ones run; "pool" stands for those with workers, "large" for groups of 100,000 members and
// datasets of 1,000,000 chunks, whose files take minutes to make. Reading 100 random chunks is measured in a new process, most
// of whose time goes to code that runs for the first time, and "warm", after the process has read a copy of the file. h5ts and h5py take turns, each time in a process of its own over the same file; medians of
// the rounds are compared. What counts is the ratio: below 1, h5ts is the faster. On a busy machine look at the processor
// time, which counts all threads. Memory is the growth of the process's greatest resident size.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../scripts/lib/process.mjs";
import { buildPackage, installPackages } from "../scripts/lib/setup.mjs";

const names = ["contiguous", "chunked-plain", "chunked-deflate", "slices", "list", "strings", "sequences"];

const indexes = ["b-tree-v1", "implicit", "fixed-array", "extensible-array", "b-tree-v2"];
const large = [
  ...["earliest", "latest"].flatMap((format) => [`names-${format}`, `open-${format}`]),
  ...indexes.flatMap((index) => [`random-${index}`, `all-${index}`]),
];

/** Each peer writes a file of its own. */
const written = [
  ...["write-rows", "write-small", "write-small-chunked", "write-contiguous", "write-deflate"],
  ...["write-strings", "append-strings", "write-sequences", "write-columns", "write-halves", "pool-write"],
];

/** With workers; compare the times, not the processor's. */
const pool = ["pool-read", "pool-write"];

function options(args) {
  const at = args.indexOf("--rounds");
  const rounds = at < 0 ? 5 : Number(args.splice(at, 2)[1]);
  const chosen = args.flatMap((name) => (name === "large" ? large : name === "pool" ? pool : [name]));
  return {
    rounds,
    chosen: chosen.length === 0 ? [...names, ...written.filter((name) => !pool.includes(name))] : chosen,
  };
}

function output(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: root, encoding: "utf8" });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}:\n${stderr}`);
  return stdout;
}

const python = ["python3", "/usr/bin/python3"].find((each) => spawnSync(each, ["-c", "import h5py"]).status === 0);
if (python === undefined) {
  console.error("the benchmark needs a python3 with h5py");
  process.exit(1);
}
const peers = {
  h5ts: (args) => output(process.execPath, ["bench/workloads.mjs", ...args]),
  h5py: (args) => output(python, ["bench/workloads.py", ...args]),
};

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const mebibytes = (byteLength) => `${(byteLength / 2 ** 20).toFixed(0)} MiB`;

function makeFile(name, path) {
  if (!written.includes(name)) output(python, ["bench/workloads.py", "make", name, path]);
}

/** @param before - Other files, with which the process does the same first. */
function measure(name, path, rounds, before = []) {
  const results = { h5ts: [], h5py: [] };
  for (let round = 0; round < rounds; round++) {
    // Who comes second finds memory that the first one left.
    const order = Object.entries(peers);
    for (const [peer, start] of round % 2 === 0 ? order : order.reverse()) {
      results[peer].push(JSON.parse(start([name, path, ...before])));
    }
  }
  const checks = new Set(Object.values(results).flatMap((list) => list.map(({ check }) => check)));
  if (checks.size !== 1) throw new Error(`${name}: the results differ: ${[...checks].join(", ")}`);
  return Object.fromEntries(
    Object.entries(results).map(([peer, list]) => [
      peer,
      {
        seconds: median(list.map((each) => each.seconds)),
        processorSeconds: median(list.map((each) => each.processorSeconds)),
        peakBytes: median(list.map((each) => each.peakBytes)),
      },
    ]),
  );
}

function ratio(ours, theirs) {
  return `${ours.toFixed(3)} s / ${theirs.toFixed(3)} s = ${(ours / theirs).toFixed(2)}`;
}

function row(name, { h5ts, h5py }) {
  const time = ratio(h5ts.seconds, h5py.seconds);
  const processor = ratio(h5ts.processorSeconds, h5py.processorSeconds);
  const memory = `${mebibytes(h5ts.peakBytes)} / ${mebibytes(h5py.peakBytes)}`;
  return `${name.padEnd(28)} ${time.padEnd(28)} ${processor.padEnd(28)} ${memory}`;
}

installPackages();
buildPackage();
const { rounds, chosen } = options(process.argv.slice(2));
const folder = mkdtempSync(join(tmpdir(), "h5ts-bench-"));
try {
  const [time, processor] = ["time h5ts / h5py", "processor time h5ts / h5py"];
  console.log(`${"workload".padEnd(28)} ${time.padEnd(28)} ${processor.padEnd(28)} memory h5ts / h5py`);
  for (const name of chosen) {
    const path = join(folder, "bench.h5");
    makeFile(name, path);
    console.log(row(name, measure(name, path, rounds)));
    if (name.startsWith("random-")) {
      const copy = join(folder, "copy.h5");
      copyFileSync(path, copy);
      console.log(row(`${name} warm`, measure(name, path, rounds, [copy])));
      rmSync(copy);
    }
    rmSync(path);
  }
} finally {
  rmSync(folder, { recursive: true });
}
