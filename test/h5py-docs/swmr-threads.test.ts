/** h5py's example `swmr_multiprocess`, with threads: a writer and those who follow it, who share nothing but the file. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import { expect, test } from "vitest";
import type { ThreadData } from "./swmr-worker.ts";

/** The messages of a thread, one after the other. */
function startThread(script: string, data: ThreadData): () => Promise<unknown> {
  const messages: unknown[] = [];
  const waiting: { resolve: (message: unknown) => void; reject: (error: Error) => void }[] = [];
  let failure: Error | undefined;
  const worker = new Worker(script, { workerData: data });
  worker.on("message", (message) => {
    const next = waiting.shift();
    if (next === undefined) messages.push(message);
    else next.resolve(message);
  });
  worker.on("error", (error) => {
    failure = error;
    for (const { reject } of waiting.splice(0)) reject(error);
  });
  return () =>
    new Promise((resolve, reject) => {
      if (messages.length > 0) resolve(messages.shift());
      else if (failure !== undefined) reject(failure);
      else waiting.push({ resolve, reject });
    });
}

test.each([false, true])("threads follow one that writes (compressed: %s)", async (compressed) => {
  const folder = mkdtempSync(join(tmpdir(), "h5ts-swmr-threads-"));
  try {
    const script = join(folder, "worker.mjs");
    const entry = new URL("swmr-worker.ts", import.meta.url).pathname;
    const target = "node20";
    await build({ entryPoints: [entry], bundle: true, format: "esm", platform: "node", target, outfile: script });
    const shared = { path: join(folder, "data.h5"), blocks: 200, step: 7, compressed };
    const writer = startThread(script, { ...shared, role: "writer" });
    expect(await writer()).toBe("begun");
    const readers = [1, 2, 3].map(() => startThread(script, { ...shared, role: "reader" }));
    expect(await writer()).toBe(1400);
    for (const reader of readers) expect(await reader()).toBe(1400);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
