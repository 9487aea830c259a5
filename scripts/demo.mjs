// `npm run demo`: all that a clone needs, then examples/demo.mjs.

import { run } from "./lib/process.mjs";
import { buildPackage, installPackages } from "./lib/setup.mjs";

installPackages();
buildPackage();
run(process.execPath, ["examples/demo.mjs", ...process.argv.slice(2)]);
