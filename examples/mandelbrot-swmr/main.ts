/**
 * The Mandelbrot set as it comes: one process computes it and appends its rows to a file, others watch the same file grow
 * (SWMR: a single writer, multiple readers). A serial twin, the writer alone, tells what being watched costs.
 *
 *   npm run example mandelbrot-swmr -- --size 2048 --readers 3 --output mandelbrot.h5
 *
 * The file can be watched by others, too: h5py.File("mandelbrot.h5", swmr=True), and by h5dump once it is done.
 */
import { type ChildProcess, fork } from "node:child_process";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { readCommand } from "../mandelbrot/command.ts";
import { openPicture } from "../mandelbrot/file.ts";
import { writePng } from "../mandelbrot/png.ts";
import type { EndMessage, Message, RowsMessage } from "./messages.ts";

/** One of the processes, and what it has told. */
class Member {
  readonly rows: RowsMessage[] = [];
  readonly begun: Promise<void>;
  readonly ended: Promise<EndMessage>;
  readonly #process: ChildProcess;

  constructor(program: "writer" | "reader", args: readonly string[]) {
    const child = fork(fileURLToPath(new URL(`./${program}.mjs`, import.meta.url)), args, { stdio: "inherit" });
    this.#process = child;
    let end: EndMessage | undefined;
    this.begun = new Promise((resolve) => {
      child.on("message", (message: Message) => {
        if (message.kind === "rows") this.rows.push(message);
        else if (message.kind === "end") end = message;
        else resolve();
      });
    });
    this.ended = new Promise((resolve, reject) => {
      child.on("close", (code) => {
        if (end !== undefined && code === 0) resolve(end);
        else reject(new Error(`a ${program} ended with ${code}`));
      });
    });
    // It is waited for in the end.
    this.ended.catch(() => undefined);
  }

  goOn(): void {
    this.#process.send("go on");
  }

  stop(): void {
    this.#process.kill();
  }
}

/** Milliseconds from when rows could be seen until a reader had seen them, in ascending order. */
function delays(writer: Member, readers: readonly Member[]): number[] {
  const all = readers.flatMap((reader) =>
    writer.rows.map(({ rows, at }) => {
      const seen = reader.rows.find((message) => message.rows >= rows);
      return Math.max(0, (seen?.at ?? Number.POSITIVE_INFINITY) - at);
    }),
  );
  return all.sort((a, b) => a - b);
}

function digestOf(path: string): string {
  const { file, dataset } = openPicture(path);
  const { data } = dataset.read<{ data: Uint16Array }>();
  file.close();
  return createHash("sha256").update(data).digest("hex");
}

/** Seconds that the writer takes, and what its readers have seen of it. */
async function run(args: readonly string[], readerCount: number) {
  const writer = new Member("writer", args);
  await Promise.race([writer.begun, writer.ended]);
  const readers = Array.from({ length: readerCount }, (_, i) => {
    return new Member("reader", [...args, `--number=${i + 1}`, `--readers=${readerCount}`]);
  });
  try {
    for (const reader of readers) await Promise.race([reader.begun, reader.ended]);
    const start = performance.now();
    writer.goOn();
    const written = await writer.ended;
    const seconds = (performance.now() - start) / 1000;
    const seen = await Promise.all(readers.map(({ ended }) => ended));
    if (seen.some(({ digest }) => digest !== written.digest)) throw new Error("a reader has seen something else");
    return { seconds, written, seen, delays: delays(writer, readers) };
  } finally {
    for (const member of [writer, ...readers]) member.stop();
  }
}

const { picture, output, values } = readCommand(["readers"]);
const readerCount = Number(values.readers ?? 3);
const { region, width, maxIterations } = picture;
const args = Object.entries({ ...region, size: width, iterations: maxIterations, output }).map(
  ([name, value]) => `--${name}=${value}`,
);
const alone = await run(args, 0);
const watched = await run(args, readerCount);
if (digestOf(output) !== watched.written.digest) throw new Error(`${output} has other rows than the readers have seen`);
const png = `${output.replace(/\.h5$/, "")}.png`;
await writePng(output, png);
const share = watched.seen.reduce((sum, { processorTime }) => sum + processorTime, 0);
const middle = watched.delays[Math.floor(watched.delays.length / 2)] ?? 0;
console.log(`alone ${alone.seconds.toFixed(2)} s, with ${readerCount} readers ${watched.seconds.toFixed(2)} s`);
console.log(
  `processor time: writer ${alone.written.processorTime.toFixed(2)} s alone, ${watched.written.processorTime.toFixed(2)} s watched, readers ${share.toFixed(2)} s together`,
);
console.log(`rows were seen after ${middle} ms, at most ${watched.delays.at(-1) ?? 0} ms`);
console.log(`${output} and ${png}`);
