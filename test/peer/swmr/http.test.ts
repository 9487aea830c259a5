/** A stream that h5py writes to a file on disk, followed over HTTP: the server answers each range with what the file has then. */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { openAsync } from "../../../src/index.ts";
import { inFolderAsync } from "../peers.ts";
import { announceReader, checkRecords, DATASET, readMark, type StreamOptions } from "./record-stream.ts";
import { startRole } from "./roles.ts";

const RECORDS = 600;
const BATCH = 20;

/** The bytes of a file as they are when they are asked for, and a version that changes with them. */
function serveRanges(path: string) {
  return createServer((request, response) => {
    const descriptor = openSync(path, "r");
    const { size, mtimeMs } = fstatSync(descriptor);
    const [, first = "0", last = "0"] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
    const bytes = Buffer.alloc(Math.max(0, Math.min(Number(last) + 1, size) - Number(first)));
    readSync(descriptor, bytes, 0, bytes.length, Number(first));
    closeSync(descriptor);
    const range = `bytes ${first}-${Number(first) + bytes.length - 1}/${size}`;
    response.writeHead(206, { "Content-Range": range, "Content-Length": bytes.length, ETag: `"${size}-${mtimeMs}"` });
    response.end(bytes);
  });
}

test.each<StreamOptions>([
  { index: "ext", filters: ["gzip", "fletcher32"], pause: 10 },
  { index: "btree", filters: [], pause: 10 },
])("every record is seen over HTTP: $index $filters", async (options) => {
  await inFolderAsync(async (folder) => {
    const path = join(folder, "stream.h5");
    const server = serveRanges(path);
    const writer = await startRole("h5py-writer", {
      path,
      records: RECORDS,
      batch: BATCH,
      options: { ...options, readers: 1 },
    });
    try {
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      while (readMark(path) === undefined && writer.process.exitCode === null) await sleep(2);
      const file = await openAsync(`http://127.0.0.1:${(server.address() as AddressInfo).port}/stream.h5`, {
        swmr: true,
      });
      const dataset = await file.get(DATASET);
      announceReader(path);
      let steps = 0;
      for (let seen = 0; seen < RECORDS; ) {
        const mark = readMark(path) ?? 0;
        await dataset.refresh();
        const rows = await dataset.len();
        expect(rows).toBeGreaterThanOrEqual(Math.max(mark, seen));
        if (rows > seen) {
          steps++;
          checkRecords((await dataset.read([`${seen}:${rows}`])).data as BigInt64Array, seen);
        }
        seen = rows;
      }
      checkRecords((await dataset.read()).data as BigInt64Array, 0);
      // Otherwise nothing was written while it was read.
      expect(steps).toBeGreaterThan(2);
      expect((await writer.ended).status).toBe(0);
      expect(await file.isBeingWritten).toBe(false);
      await file.close();
    } finally {
      writer.process.kill("SIGKILL");
      server.closeAllConnections();
      server.close();
    }
  });
});
