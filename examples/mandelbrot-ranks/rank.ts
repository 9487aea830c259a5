/**
 * What each rank runs: every so many rows of the picture, in one file for all (`--way one`) or in a file of its own
 * (`--way each`), of which rank 0 makes a whole. Any launcher may start it:
 *
 *   mpirun -n 4 node .examples/mandelbrot-ranks/rank.mjs --output mandelbrot.h5
 */
import { File, slice } from "h5ts";
import { earlyAllocation, joinRankFiles, type Rank, RankedFile, RankPart, rankFromEnvironment } from "h5ts/parallel";
import { readCommand } from "../mandelbrot/command.ts";
import { compressed, createPicture, describePicture } from "../mandelbrot/file.ts";
import { ProgressBar } from "../mandelbrot/progress.ts";
import { computeTile, type Picture } from "../mandelbrot/region.ts";

/** Rows that are written at a time. */
const BATCH = 16;

/** Rows of a rank: neighbours take about as long as one another, so every rank gets some of everywhere. */
function rowsOf(height: number, { rank, size }: Rank): number[] {
  return Array.from({ length: Math.ceil((height - rank) / size) }, (_, i) => rank + i * size);
}

/** Rows of the picture as they are done, so many that a write is worth it. */
function* computedRows(picture: Picture, rows: readonly number[]) {
  const { width } = picture;
  for (let first = 0; first < rows.length; first += BATCH) {
    const batch = rows.slice(first, first + BATCH);
    const data = new Uint16Array(batch.length * width);
    batch.forEach((y, i) => {
      data.set(computeTile(picture, { x: 0, y, width, height: 1 }), i * width);
    });
    yield { first, batch, value: { data, shape: [batch.length, width] }, done: (first + batch.length) / rows.length };
  }
}

/** A bar of what all ranks have done, where this is rank 0; mpirun stands between it and the terminal. */
function progressOf(member: RankedFile | RankPart): (done: number) => void {
  const { rank, size } = member.rank;
  const shows = process.stderr.isTTY || process.env.MANDELBROT_BAR === "1";
  const bar = rank === 0 ? new ProgressBar(`${size} ranks`, 1, shows) : undefined;
  let shown = 0;
  return (done) => {
    member.tellProgress(done);
    if (bar === undefined) return;
    const { progress } = member.report();
    bar.advance(progress - shown);
    shown = progress;
    if (progress === 1) bar.end();
  };
}

/** All write their rows into one file, each where they belong. */
async function inOneFile(picture: Picture, path: string): Promise<void> {
  const ranked = await RankedFile.join(path, {
    create: (name) => {
      using file = new File(name, "w");
      createPicture(file, picture, { dcpl: earlyAllocation() });
    },
  });
  const { rank, size } = ranked.rank;
  await ranked.declare([{ dataset: "mandelbrot", selection: [slice(rank, picture.height, size)] }]);
  const tell = progressOf(ranked);
  {
    using file = new File(ranked.open());
    const dataset = file.getDataset("mandelbrot");
    for (const { batch, value, done } of computedRows(picture, rowsOf(picture.height, ranked.rank))) {
      const last = batch[batch.length - 1] ?? 0;
      dataset.write([slice(batch[0] ?? 0, last + 1, size)], value);
      tell(done);
    }
  }
  ranked.complete();
  if (rank === 0) await ranked.waitForAll({ onProgress: () => tell(1) });
}

/** Each writes a compressed file of its rows; a virtual dataset has them take turns. */
async function inFileEach(picture: Picture, path: string): Promise<void> {
  const { width, height } = picture;
  const part = RankPart.begin(path);
  const { rank, size } = part.rank;
  const rows = rowsOf(height, part.rank);
  const tell = progressOf(part);
  {
    using file = new File(part.file, "w");
    const dataset = createPicture(file, { ...picture, height: rows.length }, compressed(rows.length, width));
    for (const { first, batch, value, done } of computedRows(picture, rows)) {
      dataset.write([slice(first, first + batch.length)], value);
      tell(done);
    }
  }
  part.complete();
  if (rank !== 0) return;
  await part.waitForAll({ onProgress: () => tell(1) });
  const place = (of: number) => [slice(of, height, size)];
  joinRankFiles(path, { size, datasets: [{ dataset: "mandelbrot", shape: [height, width], place }] });
  using file = new File(path, "r+");
  describePicture(file.getDataset("mandelbrot"), picture);
}

const { picture, output, values } = readCommand(["way"]);
await (values.way === "each" ? inFileEach(picture, output) : inOneFile(picture, output));
const { rank, size } = rankFromEnvironment();
const { user, system } = process.cpuUsage();
console.log(`rank ${rank} of ${size}: ${((user + system) / 1e6).toFixed(2)} s of processor time`);
