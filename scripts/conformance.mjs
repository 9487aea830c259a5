// Runs the HDF5 tool corpus against the built command line.
//
//   node scripts/conformance.mjs FOLDER [options of the corpus' runner]
//
// FOLDER (or the environment variable H5TS_CORPUS) holds run-corpus.mjs.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { root, run } from "./lib/process.mjs";

/** Subcommand of `h5ts` for each tool of the C library. */
const tools = ["clear", "copy", "diff", "dump", "import", "jam", "ls", "mkgrp", "repack", "repart", "stat", "unjam"];
const subcommands = Object.fromEntries(tools.map((tool) => [`h5${tool}`, tool]));
subcommands.h5format_convert = "format-convert";

const argumentsGiven = process.argv.slice(2);
const folder = argumentsGiven[0]?.startsWith("-") === false ? argumentsGiven.shift() : process.env.H5TS_CORPUS;
const runner = folder === undefined ? undefined : join(resolve(folder), "run-corpus.mjs");
if (runner === undefined || !existsSync(runner)) {
  console.error(`no run-corpus.mjs in ${folder ?? "the folder that was not named"}`);
  console.error("usage: node scripts/conformance.mjs FOLDER [options of run-corpus.mjs]");
  process.exit(1);
}
const toolOptions = Object.entries(subcommands).flatMap(([tool, subcommand]) => [
  "--tool",
  `${tool}='${process.execPath}' '${join(root, "dist/cli.js")}' ${subcommand}`,
]);
run(process.execPath, [runner, ...toolOptions, ...argumentsGiven]);
