// The runtimes that the suite is run in, as npm brings them, in a folder of their own.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { root } from "../lib/process.mjs";

export const folder = join(root, ".runtimes");

const packages = {
  bun: "1.4.5",
  deno: "2.9.6",
  miniflare: "4.20260730.0",
  node20: "npm:node@20.20.2",
  node22: "npm:node@22.23.3",
  node24: "npm:node@24.21.0",
  node26: "npm:node@26.10.0",
  "playwright-core": "1.65.1",
};

export function install() {
  const wanted = JSON.stringify({ private: true, dependencies: packages }, null, 2);
  const list = join(folder, "package.json");
  const mark = join(folder, "installed.json");
  if (existsSync(mark) && readFileSync(mark, "utf8") === wanted) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(list, wanted);
  const npm = process.env.npm_execpath;
  const args = ["install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"];
  const [command, ...before] = npm ? [process.execPath, npm] : ["npm"];
  const { status, error } = spawnSync(command, [...before, ...args], { cwd: folder, stdio: "inherit" });
  if (error || status !== 0) throw error ?? new Error("the runtimes could not be installed");
  writeFileSync(mark, wanted);
}

export const program = (name) => join(folder, "node_modules", name);

export const requireInstalled = createRequire(join(folder, "package.json"));

/** Chromium as the system has it. */
export function findChromium() {
  const places = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
  const found = places.find((path) => path !== undefined && existsSync(path));
  if (found === undefined) throw new Error("chromium is missing (its path may be set as CHROMIUM)");
  return found;
}
