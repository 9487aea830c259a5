// Builds dist/ and checks it.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { nameClasses } from "./lib/class-names.mjs";
import { compileEarly } from "./lib/early-functions.mjs";
import { makeNamespacesPlain } from "./lib/namespace-objects.mjs";
import { mendNamespaceTypes } from "./lib/namespace-types.mjs";
import { root, run, runTool } from "./lib/process.mjs";
import { markBuilt } from "./lib/pure-modules.mjs";

const dist = join(root, "dist");
const clear = () => rmSync(dist, { recursive: true, force: true });

clear();
// Half a build would pass for a whole one.
process.on("exit", (code) => {
  if (code !== 0) clear();
});
runTool("tsup/dist/cli-default.js", []);
mendNamespaceTypes(dist);
nameClasses(dist);
makeNamespacesPlain(dist);
compileEarly(dist);
markBuilt(dist);
run(process.execPath, [join(root, "scripts/check-dist.mjs")]);
