/**
 * Damaged files end in errors of this library, soon, and in nothing else.
 *
 * The trials are others each time, of a seed that is printed; `H5TS_SEED` brings them back. `scripts/fuzz-damage.mjs` makes
 * longer runs, which can end a trial that never would.
 */
import { readdirSync, statSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { isHdf5Error } from "../../src/base/errors.ts";
import { type Sample, sampleOf } from "../support/damage/sample.ts";
import { runTrial } from "../support/damage/trial.ts";
import { fixturePath } from "../support/fixture-model.ts";

const seed = Number(process.env.H5TS_SEED ?? Math.floor(Math.random() * 1e9));
const trials = Number(process.env.H5TS_DAMAGE ?? 300);
const seconds = Number(process.env.H5TS_DAMAGE_SECONDS ?? 8);
/** Where the present trial is written down, to know which one never ended. */
const progress = process.env.H5TS_DAMAGE_PROGRESS;
const folder = process.env.H5TS_DAMAGE_FOLDER ?? fixturePath("..");
/** CPU time of one damaged file, read and edited. */
const MOST_SECONDS = 5;
const MOST_SAMPLE_BYTES = 80_000;

function samplePaths(): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(h5|hdf5)$/.test(name))
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).size <= MOST_SAMPLE_BYTES)
    .sort();
}

/** Undefined for what is only a part of a file. */
function sampleAt(path: string): Sample | undefined {
  try {
    const sample = sampleOf(path);
    return sample.metadata.length > 0 ? sample : undefined;
  } catch (error) {
    if (!isHdf5Error(error)) throw error;
    return undefined;
  }
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

describe("damaged files", () => {
  test(
    `end in errors of this library and in nothing else (seed ${seed})`,
    () => {
      // At once: a trial that never ends leaves nothing behind to tell its seed.
      writeSync(process.stderr.fd, `damaged files from H5TS_SEED=${seed} on\n`);
      const paths = samplePaths();
      const samples = new Map<string, Sample | undefined>();
      const errors = new Map<string, number>();
      const failures: string[] = [];
      let slowest = { path: "", trial: seed, seconds: 0 };
      let count = 0;
      const end = Date.now() + seconds * 1000;
      for (let trial = seed; trial < seed + trials && Date.now() < end && failures.length < 20; trial++) {
        const path = paths[(trial * 7919) % paths.length] as string;
        if (!samples.has(path)) samples.set(path, sampleAt(path));
        const sample = samples.get(path);
        if (sample === undefined) continue;
        if (progress !== undefined) writeFileSync(progress, `H5TS_SEED=${trial} ${path}\n`);
        const before = cpuSeconds();
        const { mutation, tally } = runTrial(sample, trial);
        const taken = cpuSeconds() - before;
        count++;
        tally.addTo(errors);
        if (taken > slowest.seconds) slowest = { path, trial, seconds: taken };
        const where = `seed ${trial}, ${path}, ${mutation.changes.join("; ")}`;
        if (taken > MOST_SECONDS) failures.push(`${taken.toFixed(1)} seconds: ${where}`);
        for (const stray of tally.strays) failures.push(`${(stray as Error).stack ?? stray}\n  ${where}`);
      }
      console.info(`${count} damaged files from seed ${seed} on; errors ${JSON.stringify([...errors])}`);
      console.info(`slowest: ${slowest.seconds.toFixed(2)} s of CPU, seed ${slowest.trial}, ${slowest.path}`);
      expect(failures).toEqual([]);
      expect(errors.get("format")).toBeGreaterThan(0);
    },
    seconds * 1000 + 120_000,
  );
});
