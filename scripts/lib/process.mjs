// Starting other programs from the project's scripts. Built-in modules of Node only.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The checkout's folder. */
export const root = fileURLToPath(new URL("../..", import.meta.url));

/** Runs a program in the checkout with this terminal; ends the script with the program's exit code when that is not 0. */
export function run(command, args, options = {}) {
  const { status, error, signal } = spawnSync(command, args, { cwd: root, stdio: "inherit", ...options });
  if (error) throw error;
  if (status !== 0) {
    if (signal) console.error(`${command} ended by ${signal}`);
    process.exit(status ?? 1);
  }
}

/** Runs a program of an installed package: its JavaScript file, started with this Node. */
export function runTool(file, args, options) {
  run(process.execPath, [`${root}node_modules/${file}`, ...args], options);
}
