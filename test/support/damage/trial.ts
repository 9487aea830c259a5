/** One damaged file, opened, read and edited. */
import { dirname } from "node:path";
import { H5File } from "../../../src/engine/h5-file.ts";
import { MemorySource } from "../../../src/io/memory-source.ts";
import { DamagedFileEditor } from "./editing.ts";
import { memoryOpener } from "./memory-opener.ts";
import { type Mutation, mutate } from "./mutation.ts";
import { Random } from "./random.ts";
import { DamagedFileReader } from "./reading.ts";
import type { Sample } from "./sample.ts";
import { SmallMemoryTarget } from "./small-memory.ts";
import { ErrorTally } from "./tally.ts";

export interface TrialResult {
  readonly mutation: Mutation;
  readonly tally: ErrorTally;
  /** Of reading and editing together. */
  readonly milliseconds: number;
}

export function runTrial(sample: Sample, seed: number): TrialResult {
  const random = new Random(seed);
  const mutation = mutate(sample, random);
  const tally = new ErrorTally();
  const start = performance.now();
  const opener = memoryOpener(dirname(sample.path));
  const file = tally.attempt(() => H5File.open(new MemorySource(mutation.bytes, sample.path), { opener }));
  if (file !== undefined) {
    new DamagedFileReader(file, tally).readAll();
    tally.attempt(() => file.close());
  }
  const target = new SmallMemoryTarget(mutation.bytes, sample.path);
  const writable = tally.attempt(() =>
    H5File.open(target, { opener: memoryOpener(dirname(sample.path)), writable: true }),
  );
  if (writable !== undefined) new DamagedFileEditor(writable, tally, random).editAll();
  return { mutation, tally, milliseconds: performance.now() - start };
}
