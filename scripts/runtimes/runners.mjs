// How the suite is run in each runtime: functions from a place to results.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { findChromium, program, requireInstalled } from "./installed.mjs";

/** Runs a program that prints the results. */
function printed(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.on("data", (part) => {
      text += part;
    });
    child.on("error", reject);
    child.on("close", (status) => {
      if (status === 0) resolve(JSON.parse(text));
      else reject(new Error(`${command} ended with ${status}: ${text}`));
    });
  });
}

async function withFolder(run) {
  const folder = mkdtempSync(join(tmpdir(), "h5ts-"));
  try {
    return await run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const node = (command) => (place) =>
  withFolder((folder) => printed(command, [place.bundle("run-by-path.js"), place.origin, folder]));

function deno(place) {
  return withFolder((folder) => {
    const bundle = place.bundle("run-by-path.js");
    const { host } = new URL(place.origin);
    const allowed = [`--allow-read=${folder},${dirname(bundle)}`, `--allow-write=${folder}`, `--allow-net=${host}`];
    const args = ["run", "--no-prompt", "--no-config", ...allowed, bundle, place.origin, folder];
    return printed(program(".bin/deno"), args);
  });
}

/** workerd, without any compatibility flag. */
async function workerd(place) {
  const { Miniflare } = requireInstalled("miniflare");
  const edge = new Miniflare({
    modules: true,
    script: readFileSync(place.bundle("run-in-edge.js"), "utf8"),
    compatibilityDate: "2026-07-01",
  });
  try {
    const answer = await edge.dispatchFetch(`http://edge/?server=${encodeURIComponent(place.origin)}`);
    return await answer.json();
  } finally {
    await edge.dispose();
  }
}

/** With a profile on disk: in one that is in memory, files of the origin are, too. */
const chromium = (where) => (place) =>
  withFolder(async (folder) => {
    const { chromium: browsers } = requireInstalled("playwright-core");
    const browser = await browsers.launchPersistentContext(folder, {
      executablePath: findChromium(),
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"],
    });
    try {
      const page = await browser.newPage();
      await page.goto(place.origin);
      await page.setInputFiles("#chosen", place.chunked);
      await page.setInputFiles("#large", place.large);
      return await page.evaluate(`runner.${where}()`);
    } finally {
      await browser.close();
    }
  });

export const runners = {
  "Node 20": node(program("node20/bin/node")),
  "Node 22": node(program("node22/bin/node")),
  "Node 24": node(program("node24/bin/node")),
  "Node 26": node(program("node26/bin/node")),
  Deno: deno,
  Bun: node(program(".bin/bun")),
  workerd,
  "Chromium, page": chromium("runHere"),
  "Chromium, worker": chromium("runInWorker"),
};
