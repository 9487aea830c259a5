// Random programs, as many as asked for: `npm run test:programs -- --count 5000 --seed 1`; `--seconds` ends each kind earlier.
import { parseArgs } from "node:util";
import { runTool } from "./lib/process.mjs";

const text = { type: "string" };
const { values } = parseArgs({ options: { count: text, seed: text, seconds: text } });
process.env.H5TS_PROGRAMS = values.count ?? "5000";
process.env.H5TS_SEED = values.seed ?? String(Math.floor(Math.random() * 1e9));
process.env.H5TS_PROGRAMS_SECONDS = values.seconds ?? String(5 * Number(process.env.H5TS_PROGRAMS));
runTool("vitest/vitest.mjs", ["run", "--project", "peer", "test/peer/programs/programs.test.ts"]);
