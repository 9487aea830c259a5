/** The suite in runtimes with a command line: SERVER FOLDER; prints the results. */
import { runSuite } from "./suite.ts";

const { Deno: deno, process } = globalThis as unknown as {
  Deno?: { readonly args: readonly string[] };
  process: { readonly argv: readonly string[] };
};
const [server = "", folder] = deno === undefined ? process.argv.slice(2) : deno.args;
console.log(JSON.stringify(await runSuite({ server, folder, workers: new URL("./worker.js", import.meta.url).href })));
