// Builds dist/ and checks it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { markEagerFunctions } from "./lib/eager-functions.mjs";
import { mendNamespaceTypes } from "./lib/namespace-types.mjs";
import { root, run, runTool } from "./lib/process.mjs";

const dist = join(root, "dist");
const clear = () => rmSync(dist, { recursive: true, force: true });

clear();
// Half a build would pass for a whole one.
process.on("exit", (code) => {
  if (code !== 0) clear();
});
runTool("tsup/dist/cli-default.js", []);
mendNamespaceTypes(dist);
markFirstSteps();
run(process.execPath, [join(root, "scripts/check-dist.mjs")]);

/** In the library's files. The reader has a map, which would no longer fit, and has to be small; the command line gains nothing. */
function markFirstSteps() {
  const samples = mkdtempSync(join(tmpdir(), "h5ts-build-"));
  const program = join(root, "scripts/first-steps.mjs");
  run(process.execPath, [program, "make", samples]);
  console.log(`${markEagerFunctions(dist, program, "read", samples)} functions are compiled at the import`);
  rmSync(samples, { recursive: true });
}
