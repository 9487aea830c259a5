// Memory while a large dataset is written in slices: node bench/memory.mjs [GIBIBYTES] [contiguous|chunked|deflate]
//
// Prints the greatest resident size of the process and checks some of what was written.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildPackage, installPackages } from "../scripts/lib/setup.mjs";

const COLUMNS = 4096;
const ROWS_PER_SLICE = 256;
const LAYOUTS = {
  contiguous: {},
  chunked: { chunks: [ROWS_PER_SLICE, 256] },
  deflate: { chunks: [ROWS_PER_SLICE, 256], compression: "gzip", compressionOpts: 1, shuffle: true },
};

installPackages();
buildPackage();
// Only now is it there.
const { File, slice } = await import("h5ts");
const gibibytes = Number(process.argv[2] ?? 4);
const layout = process.argv[3] ?? "contiguous";
const rows = (gibibytes * 2 ** 30) / 8 / COLUMNS;
const folder = mkdtempSync(join(tmpdir(), "h5ts-memory-"));
try {
  const path = join(folder, "large.h5");
  const file = new File(path, "w");
  const dataset = file.createDataset("data", { shape: [rows, COLUMNS], dtype: "<f8", ...LAYOUTS[layout] });
  const data = new Float64Array(ROWS_PER_SLICE * COLUMNS);
  for (let row = 0; row < rows; row += ROWS_PER_SLICE) {
    data.fill(row);
    dataset.write([slice(row, row + ROWS_PER_SLICE)], { data, shape: [ROWS_PER_SLICE, COLUMNS] });
  }
  file.close();
  const again = new File(path, "r");
  for (const row of [0, rows / 2, rows - ROWS_PER_SLICE]) {
    const { data: read } = again.getDataset("data").read([row, slice(0, 3)]);
    if (read.some((value) => value !== row)) throw new Error(`row ${row} holds ${read}`);
  }
  again.close();
  const mebibytes = process.resourceUsage().maxRSS / 1024;
  console.log(`${gibibytes} GiB ${layout}: peak resident size ${mebibytes.toFixed(0)} MiB`);
} finally {
  rmSync(folder, { recursive: true });
}
