/** Chunks that the device refuses after the index was changed: what it leads to is never missing. */
import { describe, expect, test } from "vitest";
import { SourceError } from "../../src/base/errors.ts";
import { Dataset, File } from "../../src/index.ts";
import { MemoryTarget } from "../../src/io/index.ts";

/** Elements; too many bytes to be held back and written together. */
const CHUNK = 1000;
const COUNT = 4;

/** Refuses the writes from a number on, as long as it is down. */
class FullTarget extends MemoryTarget {
  writes = 0;
  refusesFrom = Number.POSITIVE_INFINITY;

  override write(offset: number, bytes: Uint8Array): void {
    if (this.writes++ >= this.refusesFrom) throw new SourceError("no space left on device", { path: this.name });
    super.write(offset, bytes);
  }
}

/** Of a length of their own when they are deflated, so that chunks move. */
function valuesOf(round: number): Int32Array {
  return Int32Array.from({ length: COUNT * CHUNK }, (_, i) => (round === 0 ? 0 : Math.imul(i + round, 2654435761)));
}

interface Options {
  readonly libver?: "earliest" | "latest";
  readonly compression: "gzip" | "lzf";
  readonly fletcher32?: boolean;
}

function newFile({ libver = "earliest", ...filters }: Options) {
  const target = new FullTarget();
  const file = new File(target, "w", { rdccNbytes: 0, libver });
  const dataset = file.createDataset("d", { data: valuesOf(0), chunks: [CHUNK], ...filters });
  file.flush();
  return { target, file, dataset };
}

/** Which of the values each chunk has: 0 or 1. */
function roundsIn(dataset: Dataset): number[] {
  const found = dataset.read().data as Int32Array;
  return Array.from({ length: COUNT }, (_, chunk) => {
    const part = (values: Int32Array) => values.subarray(chunk * CHUNK, (chunk + 1) * CHUNK);
    const round = part(found).every((value) => value === 0) ? 0 : 1;
    expect(part(found)).toEqual(part(valuesOf(round)));
    return round;
  });
}

/** Writes the chunks of the second values one after the other, as they are stored in another file. */
function writeStored(dataset: Dataset, options: Options, from = 0): void {
  const other = newFile(options);
  other.dataset.write(null, valuesOf(1));
  for (let chunk = from; chunk < COUNT; chunk++) {
    const [filterMask, bytes] = other.dataset.id.readDirectChunk([chunk * CHUNK]);
    dataset.id.writeDirectChunk([chunk * CHUNK], bytes, filterMask);
  }
}

const EACH: readonly Options[] = [
  { compression: "gzip" },
  { compression: "gzip", libver: "latest" },
  // What these give is in memory that the next chunk takes.
  { compression: "lzf", fletcher32: true },
];

describe.each(EACH)("chunks that move, %o", (options) => {
  test.each([
    ["written", (dataset: Dataset, _: Options) => dataset.write(null, valuesOf(1))],
    ["written as they are stored", writeStored],
  ])("are whole when the device refused one of them, then and in the file: %s", (_, write) => {
    const rehearsal = newFile(options);
    const before = rehearsal.target.writes;
    write(rehearsal.dataset, options);
    const total = rehearsal.target.writes - before;
    expect(total).toBeGreaterThan(1);
    for (let first = 0; first < total; first++) {
      const { target, file, dataset } = newFile(options);
      target.refusesFrom = target.writes + first;
      expect(() => write(dataset, options)).toThrow("no space left");
      // A second try changes nothing more: what was refused has to go first.
      expect(() => writeStored(dataset, options, COUNT - 1)).toThrow("no space left");
      target.refusesFrom = Number.POSITIVE_INFINITY;
      const rounds = roundsIn(dataset);
      expect(rounds.filter((round) => round === 1).length).toBeLessThanOrEqual(first + 1);
      file.close();
      using again = new File(target.toBytes());
      const found = again.get("d");
      expect(found instanceof Dataset && roundsIn(found)).toEqual(rounds);
    }
  });
});
