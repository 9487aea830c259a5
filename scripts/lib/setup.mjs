// Brings a clone to where its programs run: packages as package-lock.json has them, dist/ as the sources have it.
// Built-in modules of Node only, since nothing else is there yet.
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "./process.mjs";

const leastNode = [20, 16];

export function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > leastNode[0] || (major === leastNode[0] && minor >= leastNode[1])) return;
  console.error(`Node ${leastNode.join(".")} or later is needed, this is ${process.versions.node}`);
  process.exit(1);
}

/** `npm ci`, unless what is installed is what package-lock.json asks for. */
export function installPackages() {
  checkNode();
  if (packagesAreCurrent()) return;
  const npm = process.env.npm_execpath;
  const args = ["ci", "--include=dev", "--no-audit", "--no-fund"];
  if (npm) run(process.execPath, [npm, ...args]);
  else run(process.platform === "win32" ? "npm.cmd" : "npm", args, { shell: process.platform === "win32" });
}

/** npm keeps what it installed in node_modules/.package-lock.json, in the form of package-lock.json. */
function packagesAreCurrent() {
  const installedPath = join(root, "node_modules/.package-lock.json");
  if (!existsSync(installedPath)) return false;
  const wanted = packagesOf(join(root, "package-lock.json"));
  const installed = packagesOf(installedPath);
  // Optional packages are those of other platforms.
  return Object.entries(wanted).every(
    ([path, entry]) => path === "" || entry.optional || installed[path]?.version === entry.version,
  );
}

function packagesOf(path) {
  return JSON.parse(readFileSync(path, "utf8")).packages;
}

/** Builds dist/, unless it is younger than everything it is made of. */
export function buildPackage() {
  if (distIsCurrent()) return;
  run(process.execPath, [join(root, "scripts/build.mjs")]);
}

function distIsCurrent() {
  const built = join(root, "dist/index.js");
  if (!existsSync(built)) return false;
  const inputs = ["package.json", "package-lock.json", "tsup.config.ts", "tsconfig.json"].map((name) =>
    join(root, name),
  );
  const folders = ["src", "scripts/lib", "scripts/shaking"].map((name) => newest(join(root, name)));
  return Math.max(...folders, ...inputs.map((path) => statSync(path).mtimeMs)) < statSync(built).mtimeMs;
}

/** When the youngest file or folder below was changed; a deleted file changes its folder. */
function newest(folder) {
  let time = statSync(folder).mtimeMs;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    time = Math.max(time, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs);
  }
  return time;
}
