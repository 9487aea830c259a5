// `npm run example NAME [options]`: all that a clone needs, then examples/NAME/main.ts, built with what it starts.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root, run } from "./lib/process.mjs";
import { buildPackage, installPackages } from "./lib/setup.mjs";

const [name, ...args] = process.argv.slice(2);
const folder = join(root, "examples", name ?? "");
if (name === undefined || !existsSync(join(folder, "main.ts"))) {
  const names = readdirSync(join(root, "examples")).filter((each) =>
    existsSync(join(root, "examples", each, "main.ts")),
  );
  console.error(`usage: npm run example NAME [-- options]\nnames: ${names.join(", ")}`);
  process.exit(1);
}
installPackages();
buildPackage();
const { build } = await import("esbuild");
// Within the checkout, so that "h5ts" is this package.
const outdir = join(root, ".examples", name);
const scripts = readdirSync(folder).filter((file) => file.endsWith(".ts"));
await build({
  entryPoints: scripts.map((file) => join(folder, file)),
  bundle: true,
  format: "esm",
  logLevel: "error",
  outdir,
  outExtension: { ".js": ".mjs" },
  packages: "external",
  platform: "node",
  target: "node20",
});
run(process.execPath, [join(outdir, "main.mjs"), ...args]);
