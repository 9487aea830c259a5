// A file of a gibibyte behind 50 ms of latency: node bench/remote.mjs [LATENCY]
//
// Opens it, walks all of its groups and reads a slice of a mebibyte, of either format. Prints rounds (times that it had to wait
// for the server), requests, bytes and time; ends with status 1 when six rounds or more were needed, or more than twice the
// bytes of the slice and 256 KiB.
import { closeSync, mkdtempSync, openSync, readSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildPackage, installPackages } from "../scripts/lib/setup.mjs";

installPackages();
buildPackage();
const { openAsync } = await import("h5ts");
const { GROUPS, makeLargeFile } = await import("./large-file.mjs");

/** Serves a file by ranges, each answer after so many milliseconds. */
async function serve(path, latency) {
  const { size } = statSync(path);
  const file = openSync(path, "r");
  const server = createServer((request, response) => {
    const [, start, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
    if (start === undefined) return response.writeHead(400).end();
    const bytes = Buffer.alloc(Math.min(Number(last) + 1, size) - Number(start));
    readSync(file, bytes, 0, bytes.length, Number(start));
    const range = `bytes ${start}-${Number(start) + bytes.length - 1}/${size}`;
    setTimeout(() => response.writeHead(206, { "Content-Range": range, ETag: '"1"' }).end(bytes), latency);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    server.closeAllConnections();
    server.close();
    closeSync(file);
  };
  return { url: `http://127.0.0.1:${server.address().port}/large.h5`, close };
}

async function measure(path, latency) {
  const server = await serve(path, latency);
  try {
    const started = performance.now();
    const f = await openAsync(server.url);
    let objects = 0;
    await f.visitItems(() => void objects++);
    if (objects !== 6 * GROUPS + 1) throw new Error(`${objects} objects`);
    const image = await f.get("run5/image");
    const { data } = await image.read("1024:1536, 512:1024");
    const { rounds, requests, bytes } = f.statistics;
    await f.close();
    return { rounds, requests, bytes, needed: data.byteLength, seconds: (performance.now() - started) / 1000 };
  } finally {
    server.close();
  }
}

const latency = Number(process.argv[2] ?? 50);
const folder = mkdtempSync(join(tmpdir(), "h5ts-remote-"));
try {
  console.log("format     file      rounds  requests  bytes      allowed    time");
  for (const libver of ["earliest", "latest"]) {
    const path = join(folder, "large.h5");
    makeLargeFile(path, libver);
    const { rounds, requests, bytes, needed, seconds } = await measure(path, latency);
    const allowed = 2 * needed + 256 * 1024;
    const size = `${(statSync(path).size / 1e9).toFixed(2)} GB`;
    const numbers = `${String(rounds).padEnd(7)} ${String(requests).padEnd(9)} ${String(bytes).padEnd(10)} ${allowed}`;
    console.log(`${libver.padEnd(10)} ${size.padEnd(9)} ${numbers}    ${seconds.toFixed(2)} s`);
    if (rounds >= 6 || bytes >= allowed) process.exitCode = 1;
    rmSync(path);
  }
} finally {
  rmSync(folder, { recursive: true });
}
