/** A process that watches the picture grow: it sees the rows as they are flushed, and draws how far the picture is. */
import { createHash } from "node:crypto";
import { File } from "h5ts";
import { readCommand } from "../mandelbrot/command.ts";
import { ProgressBar } from "../mandelbrot/progress.ts";
import { processorTime, tell } from "./messages.ts";

/** Milliseconds without a row after which the writer is taken for dead. */
const PATIENCE = 60_000;

const { output, values } = readCommand(["number", "readers"]);
const isFirst = values.number === "1";
const hash = createHash("sha256");
{
  using file = new File(output, "r", { swmr: true });
  const dataset = file.getDataset("mandelbrot");
  const height = Number(dataset.attrs.get<number>("height"));
  const bar = new ProgressBar(`seen by ${values.readers}`, height, isFirst && process.stderr.isTTY);
  tell({ kind: "begun" });
  let seen = 0;
  // It is over when the writer has closed the file, and everything that it wrote was told.
  for await (const rows of dataset.follow({ interval: 10, timeout: PATIENCE })) {
    hash.update(rows.read().data as Uint16Array);
    seen = rows.to;
    tell({ kind: "rows", rows: seen, at: Date.now() });
    bar.advance(rows.to - rows.from);
  }
  if (seen < height) throw new Error(`the writer died: ${seen} of ${height} rows`);
  bar.end();
}
tell({ kind: "end", digest: hash.digest("hex"), processorTime: processorTime() });
