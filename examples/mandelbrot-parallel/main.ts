/**
 * The Mandelbrot set by a pool of workers: they compute tiles and compress them, this thread writes the chunks of one file.
 * A serial twin does the same alone, for the figure.
 *
 *   npm run example mandelbrot-parallel -- --size 2048 --workers 2 --output mandelbrot.h5
 */
import { availableParallelism } from "node:os";
import { File } from "h5ts";
import { WorkerPool, writeStream } from "h5ts/parallel";
import { readCommand } from "../mandelbrot/command.ts";
import { CHUNK_EDGE, createPicture, selectionOf } from "../mandelbrot/file.ts";
import { writePng } from "../mandelbrot/png.ts";
import { ProgressBar } from "../mandelbrot/progress.ts";
import { type Picture, type Tile, tilesOf } from "../mandelbrot/region.ts";
import { computeAlone, timed } from "../mandelbrot/serial.ts";

/** Tiles in order, as many computed ahead as there is work for. */
async function* computedTiles(picture: Picture, tiles: readonly Tile[], pool: WorkerPool) {
  const ahead = 3 * pool.size;
  const under: { readonly tile: Tile; readonly counts: Promise<Uint16Array> }[] = [];
  for (let next = 0; next < tiles.length || under.length > 0; ) {
    for (; under.length < ahead && next < tiles.length; next++) {
      const tile = tiles[next] as Tile;
      under.push({ tile, counts: pool.call<Uint16Array>("tile", { picture, tile }) });
    }
    const first = under.shift();
    if (first === undefined) return;
    const { tile } = first;
    yield [selectionOf(tile), { data: await first.counts, shape: [tile.height, tile.width] }] as const;
  }
}

async function parallel(picture: Picture, path: string, pool: WorkerPool): Promise<void> {
  const tiles = [...tilesOf(picture, CHUNK_EDGE)];
  const bar = new ProgressBar(`${pool.size} workers`, tiles.length);
  using file = new File(path, "w");
  const dataset = createPicture(file, picture);
  await writeStream(dataset, computedTiles(picture, tiles, pool), { pool, onProgress: () => bar.advance() });
  bar.end();
}

const { picture, output, values } = readCommand(["workers"]);
const size = Number(values.workers ?? availableParallelism());
const alone = await timed(() => computeAlone(picture, output));
await using pool = new WorkerPool({ size, script: new URL("./tile-worker.mjs", import.meta.url) });
const together = await timed(() => parallel(picture, output, pool));
const png = `${output.replace(/\.h5$/, "")}.png`;
await writePng(output, png);
console.log(
  `alone ${alone.toFixed(2)} s, with ${size} workers ${together.toFixed(2)} s: ${(alone / together).toFixed(2)} x`,
);
console.log(`${output} and ${png}`);
