// `npm test`: all that a clone needs, then the tests that need Node alone. Arguments go to vitest.

import { runTool } from "./lib/process.mjs";
import { buildPackage, installPackages } from "./lib/setup.mjs";

installPackages();
buildPackage();
runTool("vitest/vitest.mjs", ["run", "--project", "unit", ...process.argv.slice(2)]);
