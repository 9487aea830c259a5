/** Damage to one of the files in which a file lies ends in errors of this library, soon, and in nothing else. */
import { describe, expect, test } from "vitest";
import { runMemberTrial, spreadSamples } from "../support/damage/member-trial.ts";

const seed = Number(process.env.H5TS_SEED ?? Math.floor(Math.random() * 1e9));
const trials = Number(process.env.H5TS_DAMAGE ?? 30);
const MOST_MILLISECONDS = 5000;

describe.each(spreadSamples())("$name with a damaged member", (sample) => {
  test(`ends in errors of this library and in nothing else (H5TS_SEED=${seed})`, () => {
    const failures: string[] = [];
    let refused = 0;
    for (let trial = seed; trial < seed + trials; trial++) {
      const start = process.cpuUsage();
      const { mutation, tally } = runMemberTrial(sample, trial);
      const { user, system } = process.cpuUsage(start);
      const where = `H5TS_SEED=${trial}: ${mutation.changes.join("; ")}`;
      if ((user + system) / 1000 > MOST_MILLISECONDS) failures.push(`${(user + system) / 1000} ms: ${where}`);
      for (const stray of tally.strays) failures.push(`${(stray as Error).stack ?? stray}\n  ${where}`);
      if (tally.counts.size > 0) refused++;
    }
    expect(failures).toEqual([]);
    if (trials > 20) expect(refused).toBeGreaterThan(0);
  }, 120_000);
});
