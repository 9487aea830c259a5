/** A process of its own: writes records with h5ts for whoever reads along. Arguments: see record-stream.ts. */
import { setTimeout as sleep } from "node:timers/promises";
import { File } from "../../../src/index.ts";
import {
  CHUNK_ROWS,
  COLUMNS,
  DATASET,
  FlushMark,
  maxshapeOf,
  readersOf,
  recordsFrom,
  roleArguments,
} from "./record-stream.ts";

const { path, records, batch, options } = roleArguments(process.argv.slice(2));
const pause = options.pause ?? 0;

const file = new File(path, "w", { libver: "latest" });
const dataset = file.createDataset(DATASET, {
  shape: [0, COLUMNS],
  maxshape: maxshapeOf(options),
  chunks: [CHUNK_ROWS, COLUMNS],
  dtype: "<i8",
  ...(options.filters.includes("gzip") ? { compression: "gzip", compressionOpts: 1 } : {}),
  shuffle: options.filters.includes("shuffle"),
  fletcher32: options.filters.includes("fletcher32"),
});
file.swmrMode = true;
const mark = new FlushMark(path);
mark.set(0);
while (readersOf(path) < (options.readers ?? 0)) await sleep(2);

for (let from = 0; from < records; ) {
  const count = Math.min(batch, records - from);
  dataset.resize([from + count, COLUMNS]);
  dataset.write([`${from}:`], { data: recordsFrom(from, count), shape: [count, COLUMNS] });
  dataset.flush();
  from += count;
  mark.set(from);
  if (pause > 0) await sleep(pause);
}
file.close();
mark.close();
console.log(JSON.stringify({ written: records }));
