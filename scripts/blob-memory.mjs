// Memory of a page that reads a file of a gibibyte chosen from disk: node scripts/blob-memory.mjs [SLICES]
//
// Chromium gets the file through an input, as from a user. The page opens it as a Blob, walks all groups and reads slices of a
// mebibyte (1 by default). Printed are the page's own memory as the browser measures it, and how far the renderer's resident
// memory rose above that of the empty page meanwhile; ends with status 1 when either is 100 MB or more.
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./lib/process.mjs";
import { buildPackage, installPackages } from "./lib/setup.mjs";

installPackages();
buildPackage();
const { build } = await import("esbuild");
const { findChromium, install, requireInstalled } = await import("./runtimes/installed.mjs");
const { makeLargeFile } = await import("../bench/large-file.mjs");

const MOST_BYTES = 100e6;
const page = `<!doctype html><meta charset="utf-8"><title>h5ts</title><input type="file" id="chosen">
<script type="module" src="/page.js"></script>`;
const script = `
import { openAsync } from "h5ts";
globalThis.readSlices = async (count) => {
  const f = await openAsync(document.getElementById("chosen").files[0]);
  let objects = 0;
  await f.visitItems(() => void objects++);
  const image = await f.get("run5/image");
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const row = (i * 5077) % 16384;
    const { data } = await image.read(row + ":" + (row + 512) + ", 512:1024");
    for (const value of data) sum += value;
  }
  globalThis.kept = f;
  return { objects, mean: sum / count / 512 / 512 };
};
globalThis.pageBytes = async () => (await performance.measureUserAgentSpecificMemory()).bytes;`;

/** Isolated from other origins, as the measurement wants it. */
async function serve() {
  const { outputFiles } = await build({
    stdin: { contents: script, resolveDir: root },
    alias: { h5ts: join(root, "dist/index.js") },
    bundle: true,
    format: "esm",
    logLevel: "error",
    platform: "neutral",
    write: false,
  });
  const server = createServer((request, response) => {
    response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
    response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
    response.setHeader("Content-Type", request.url === "/" ? "text/html" : "text/javascript");
    response.end(request.url === "/" ? page : outputFiles[0].contents);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { origin: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

/** Bytes of memory that processes have and no file is behind: their own and shared ones. 0 where the system does not tell. */
function anonymousBytes(pids) {
  let total = 0;
  for (const pid of pids) {
    try {
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      for (const [, kibibytes] of status.matchAll(/^Rss(?:Anon|Shmem):\s*(\d+) kB$/gm))
        total += Number(kibibytes) * 1024;
    } catch {
      // A process that has ended, or a system without /proc.
    }
  }
  return total;
}

/** The processes of pages; the browser may keep one more at hand. */
async function renderers(session) {
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  return processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
}

async function measure(browser, origin, path, slices) {
  const tab = await browser.newPage();
  await tab.goto(origin);
  await tab.waitForFunction("globalThis.readSlices");
  await tab.setInputFiles("#chosen", path);
  const session = await browser.newBrowserCDPSession();
  const empty = { page: await tab.evaluate("pageBytes()"), resident: anonymousBytes(await renderers(session)) };
  const pids = await renderers(session);
  let most = empty.resident;
  const sampling = setInterval(() => {
    most = Math.max(most, anonymousBytes(pids));
  }, 10);
  const read = await tab.evaluate(`readSlices(${slices})`);
  clearInterval(sampling);
  if (read.objects !== 121 || Math.abs(read.mean - 0.5) > 0.01) throw new Error(`read ${JSON.stringify(read)}`);
  const used = await tab.evaluate("pageBytes()");
  await tab.close();
  return { empty: empty.page, used, rise: most - empty.resident };
}

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
const slices = Number(process.argv[2] ?? 1);
install();
const { chromium } = requireInstalled("playwright-core");
const folder = mkdtempSync(join(tmpdir(), "h5ts-blob-"));
const server = await serve();
const browser = await chromium.launch({ executablePath: findChromium(), args: ["--no-sandbox", "--disable-gpu"] });
try {
  for (const libver of ["earliest", "latest"]) {
    const path = join(folder, "large.h5");
    makeLargeFile(path, libver);
    const { empty, used, rise } = await measure(browser, server.origin, path, slices);
    const size = megabytes(statSync(path).size);
    console.log(
      `${libver}: file of ${size}, ${slices} slices: page ${megabytes(used)} (empty ${megabytes(empty)}), renderer rose by ${megabytes(rise)}`,
    );
    if (used >= MOST_BYTES || rise >= MOST_BYTES) process.exitCode = 1;
    rmSync(path);
  }
} finally {
  await browser.close();
  server.close();
  rmSync(folder, { recursive: true });
}
