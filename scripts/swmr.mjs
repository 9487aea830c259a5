// Long streams of records, written by one process and read by others meanwhile, and writers killed at random:
// `npm run test:swmr -- --records 200000 --readers 5 --kills 100`; `--batch` records a flush, `--seed`, and
// `--pairings ours-h5py,h5py-ours,ours-ours` (writer-readers).
import { parseArgs } from "node:util";
import { runTool } from "./lib/process.mjs";

const text = { type: "string" };
const options = { records: text, readers: text, kills: text, batch: text, seed: text, pairings: text };
const { values } = parseArgs({ options });
process.env.H5TS_SWMR_RECORDS = values.records ?? "200000";
process.env.H5TS_SWMR_READERS = values.readers ?? "5";
process.env.H5TS_SWMR_KILLS = values.kills ?? "100";
process.env.H5TS_SWMR_BATCH = values.batch ?? "20";
process.env.H5TS_SEED = values.seed ?? String(Math.floor(Math.random() * 1e9));
if (values.pairings) process.env.H5TS_SWMR_PAIRINGS = values.pairings;
runTool("vitest/vitest.mjs", ["run", "--project", "peer", "test/peer/swmr/swmr.test.ts"]);
