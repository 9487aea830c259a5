/**
 * What a chunk cache of the right size is worth: a compressed dataset is transposed, column by column. Each column crosses
 * many chunks; if the cache cannot hold them all, every column decompresses every one of them again.
 *
 *   npm run example chunk-cache -- --size 2048 --output chunk-cache.svg
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { chart } from "./chart.ts";
import { CHUNK_SHAPE, cachesFor, makeFile, type Run, transpose } from "./transpose.ts";

function describe({ label, seconds, decoded, collisions }: Run): string {
  return `${label.padEnd(24)} ${seconds.toFixed(2).padStart(8)} s ${String(decoded).padStart(8)} chunks decompressed, ${collisions} collisions`;
}

const { values } = parseArgs({
  options: { size: { type: "string", default: "2048" }, output: { type: "string", default: "chunk-cache.svg" } },
});
const size = Number(values.size);
console.log(`A dataset of ${size} x ${size} floats in chunks of ${CHUNK_SHAPE.join(" x ")} is read column by column.`);
const bytes = makeFile(size);
const out = new Float32Array(size * size);
const runs: Run[] = [];
for (const cache of cachesFor(size)) {
  const run = transpose(bytes, cache, out);
  runs.push(run);
  console.log(describe(run));
}
const [before, , after] = runs as [Run, Run, Run];
console.log(
  `Before: ${before.seconds.toFixed(2)} s. After: ${after.seconds.toFixed(2)} s, ${Math.round(before.seconds / after.seconds)} times as fast.`,
);
writeFileSync(values.output, chart(`Transposing ${size} x ${size} floats`, runs));
console.log(`The figure is in ${values.output}.`);
