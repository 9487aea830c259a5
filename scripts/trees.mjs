// Random trees, as many as asked for: `npm run test:trees -- --count 2000 --seed 1`; `--seconds` ends each kind earlier.
import { parseArgs } from "node:util";
import { runTool } from "./lib/process.mjs";

const text = { type: "string" };
const { values } = parseArgs({ options: { count: text, seed: text, seconds: text } });
process.env.H5TS_TREES = values.count ?? "2000";
process.env.H5TS_SEED = values.seed ?? String(Math.floor(Math.random() * 1e9));
if (values.seconds) process.env.H5TS_TREES_SECONDS = values.seconds;
runTool("vitest/vitest.mjs", ["run", "--project", "peer", "test/peer/trees/trees.test.ts"]);
