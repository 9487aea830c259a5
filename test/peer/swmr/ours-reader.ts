/** A process of its own: follows a writer with h5ts. Arguments: see record-stream.ts. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Dataset, File } from "../../../src/index.ts";
import { announceReader, COLUMNS, checkRecords, DATASET, readMark, roleArguments } from "./record-stream.ts";

/** Records seen before that are looked at again: those of the last chunk, which is written again with each flush. */
const AGAIN = 64;
const LONGEST_START = 60_000;

const { path, records, options } = roleArguments(process.argv.slice(2));
const patience = options.patience ?? 20_000;

for (const begin = performance.now(); readMark(path) === undefined; await sleep(2)) {
  if (performance.now() - begin > LONGEST_START) throw new Error("the writer does not begin");
}

const file = new File(path, "r", { swmr: true });
const dataset = file.get(DATASET) as Dataset;
announceReader(path);
let seen = 0;
let refreshes = 0;
let ended = "whole";
let changed = performance.now();
while (seen < records) {
  const mark = readMark(path) ?? 0;
  dataset.refresh();
  refreshes++;
  const [rows, columns] = dataset.shape as [number, number];
  if (columns !== COLUMNS) throw new Error(`${columns} columns`);
  if (rows < mark) throw new Error(`${rows} records after ${mark} were flushed`);
  if (rows < seen) throw new Error(`${rows} records after ${seen} were seen`);
  if (rows > seen) {
    const from = Math.max(0, seen - AGAIN);
    checkRecords(dataset.read([`${from}:${rows}`]).data as BigInt64Array, from);
    seen = rows;
    changed = performance.now();
  } else if (performance.now() - changed > patience) {
    ended = "quiet";
    break;
  } else {
    await sleep(1);
  }
}
checkRecords(dataset.read().data as BigInt64Array, 0);
const retries = file.id.getMetadataReadRetryInfo().retries.flat();
console.log(JSON.stringify({ seen, refreshes, ended, retries: retries.reduce((sum, count) => sum + count, 0) }));
file.close();
