/** The same picture without help: what a speed-up is measured against. */
import { File } from "h5ts";
import { CHUNK_EDGE, createPicture, selectionOf } from "./file.ts";
import { ProgressBar } from "./progress.ts";
import { computeTile, type Picture, tilesOf } from "./region.ts";

/** Computes tile after tile, and writes each. */
export function computeAlone(picture: Picture, path: string): void {
  const tiles = [...tilesOf(picture, CHUNK_EDGE)];
  const bar = new ProgressBar("alone    ", tiles.length);
  using file = new File(path, "w");
  const dataset = createPicture(file, picture);
  for (const tile of tiles) {
    dataset.write(selectionOf(tile), { data: computeTile(picture, tile), shape: [tile.height, tile.width] });
    bar.advance();
  }
  bar.end();
}

/** Seconds. */
export async function timed(work: () => Promise<void> | void): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}
