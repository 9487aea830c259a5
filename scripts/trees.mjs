// Random trees, as many as asked for: `npm run test:trees -- --count 2000 --seed 1`.
import { parseArgs } from "node:util";
import { runTool } from "./lib/process.mjs";

const { values } = parseArgs({ options: { count: { type: "string" }, seed: { type: "string" } } });
process.env.H5TS_TREES = values.count ?? "2000";
process.env.H5TS_SEED = values.seed ?? String(Math.floor(Math.random() * 1e9));
runTool("vitest/vitest.mjs", ["run", "--project", "peer", "test/peer/trees/trees.test.ts"]);
