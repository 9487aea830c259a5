// Builds dist/ and checks it.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { root, run, runTool } from "./lib/process.mjs";

rmSync(join(root, "dist"), { recursive: true, force: true });
runTool("tsup/dist/cli-default.js", []);
run(process.execPath, [join(root, "scripts/check-dist.mjs")]);
