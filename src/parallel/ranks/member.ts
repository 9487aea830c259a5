/** What ranks that write one file and ranks that write a file each have in common: they tell of themselves, and wait. */

import { HDF5Error } from "../../base/errors.ts";
import type { OptionNames } from "../../base/known-options.ts";
import { environmentVariable } from "../../io/platform.ts";
import { requireKnown } from "../known-options.ts";
import type { Rank } from "./launchers.ts";
import { addToRecord } from "./records.ts";
import { type RankReport, reportOf } from "./report.ts";
import { WAIT_OPTIONS, type WaitOptions, waitFor } from "./waiting.ts";

/** How long to wait for other ranks, and who is told of them meanwhile. */
export interface WaitForRanksOptions extends WaitOptions {
  /** Told whenever a rank has told something. */
  readonly onProgress?: (report: RankReport) => void;
}

const WAIT_FOR_RANKS_OPTIONS: OptionNames<WaitForRanksOptions> = { ...WAIT_OPTIONS, onProgress: true };

/** Progress is told in steps of this part of the whole, lest records grow long. */
const STEP = 0.01;

/** What ranks of one file and ranks of a file each have in common. */
export abstract class RankMember {
  /** The file that all write, or that their files are joined to. */
  readonly path: string;
  /** Which rank this process is, and of how many. */
  readonly rank: Rank;
  /** What records are about. */
  protected readonly of: string;
  #told = 0;

  protected constructor(path: string, rank: Rank, of: string) {
    this.path = path;
    this.rank = rank;
    this.of = of;
  }

  /** @throws HDF5Error "state" as long as there is no record to add to. */
  protected abstract requireBegun(): void;

  /** Has what was written reach the device. */
  protected abstract sync(): void;

  /** Tells others how much of this rank's work is done, 0 to 1. */
  tellProgress(done: number): void {
    this.requireBegun();
    if (done - this.#told < STEP) return;
    this.#told = done;
    addToRecord(this.path, this.rank.rank, { progress: done });
  }

  /** Everything of this rank is written: has it reach the device, then says so. */
  complete(): void {
    this.requireBegun();
    this.sync();
    addToRecord(this.path, this.rank.rank, { state: "complete" });
  }

  /** This rank gives up; reports tell why. */
  fail(error: unknown): void {
    this.requireBegun();
    addToRecord(this.path, this.rank.rank, {
      state: "failed",
      error: error instanceof Error ? error.message : String(error),
    });
  }

  /** How far all ranks are. */
  report(): RankReport {
    return reportOf(this.path, this.of, this.rank.size);
  }

  /**
   * Waits until all ranks are complete.
   *
   * @throws HDF5Error "state" with the report as its message: at once when a rank failed or died and all others are done,
   *   otherwise when nobody who is waited for has given a sign of life (a record begun, progress told) for `timeout` seconds.
   */
  async waitForAll(options: WaitForRanksOptions = {}): Promise<RankReport> {
    requireKnown(options, WAIT_FOR_RANKS_OPTIONS, "waitForAll");
    let lines = -1;
    const found = await waitFor(() => {
      const report = this.report();
      const signOfLife = report.ranks.reduce((sum, each) => sum + each.lines, 0);
      if (signOfLife !== lines) options.onProgress?.(report);
      lines = signOfLife;
      const isOver = report.ranks.every(({ state }) => state !== "absent" && state !== "writing");
      return isOver ? { answer: report } : { signOfLife };
    }, options);
    const report = found ?? this.report();
    report.requireComplete();
    return report;
  }
}

/** What tells this start of ranks from others. @throws HDF5Error "argument" when nobody says. */
export function requireRun(rank: Rank & { readonly run?: string }): string {
  const { size, run = environmentVariable("H5TS_RUN") } = rank;
  if (run !== undefined) return run;
  if (size === 1) return "";
  const remedy = "give ranks `run`, or set H5TS_RUN, to what no other start of them has";
  throw new HDF5Error("argument", `the launcher does not tell this run from others: ${remedy}`);
}
