/** The process that computes the picture, and appends it to a file a few rows at a time for others to see. */
import { createHash } from "node:crypto";
import { File } from "h5ts";
import { readCommand } from "../mandelbrot/command.ts";
import { createPicture } from "../mandelbrot/file.ts";
import { computeTile } from "../mandelbrot/region.ts";
import { permission, processorTime, tell } from "./messages.ts";

/** Rows of a chunk. A flush a chunk: one that is not full would be compressed again with the next rows. */
const BATCH = 16;

const { picture, output } = readCommand();
const { width, height } = picture;
const hash = createHash("sha256");
{
  using file = new File(output, "w", { libver: "latest" });
  const storage = { maxshape: [null, width], chunks: [BATCH, width], compression: "gzip", shuffle: true } as const;
  const dataset = createPicture(file, { ...picture, height: 0 }, storage);
  dataset.attrs.set("height", height);
  // Everything that readers are to find is there; from now on only rows are added.
  file.swmrMode = true;
  const go = permission();
  tell({ kind: "begun" });
  await go;
  for (let y = 0; y < height; y += BATCH) {
    const rows = Math.min(BATCH, height - y);
    const counts = computeTile(picture, { x: 0, y, width, height: rows });
    dataset.resize(y + rows, 0);
    dataset.write(`${y}:`, { data: counts, shape: [rows, width] });
    dataset.flush();
    tell({ kind: "rows", rows: y + rows, at: Date.now() });
    hash.update(counts);
  }
}
tell({ kind: "end", digest: hash.digest("hex"), processorTime: processorTime() });
