/** The workers' script as the package has it, in one file that a worker can run. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

/** @param before, after - Statements around the script, where `serve` is known: what a program's own script would do. */
export async function builtWorker(before = "", after = ""): Promise<URL> {
  const outfile = join(mkdtempSync(join(tmpdir(), "h5ts-worker-")), "worker.mjs");
  await build({
    entryPoints: ["src/parallel/worker.ts"],
    bundle: true,
    format: "esm",
    platform: "neutral",
    banner: { js: before },
    footer: { js: after },
    outfile,
  });
  return pathToFileURL(outfile);
}
