// Random edits of one file by every bound and every strategy of file space: `npm run test:edits -- --edits 10000 --files 48 --seed 1`.
import { parseArgs } from "node:util";
import { runTool } from "./lib/process.mjs";

const text = { type: "string" };
const { values } = parseArgs({ options: { edits: text, files: text, seed: text } });
process.env.H5TS_EDITS = values.edits ?? "10000";
process.env.H5TS_EDITED_FILES = values.files ?? "48";
process.env.H5TS_SEED = values.seed ?? String(Math.floor(Math.random() * 1e9));
// A file that passes does not tell it.
console.log(`seed ${process.env.H5TS_SEED}`);
runTool("vitest/vitest.mjs", ["run", "--project", "peer", "test/peer/trees/edits.test.ts"]);
