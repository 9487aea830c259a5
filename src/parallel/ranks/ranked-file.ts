/**
 * One file that several ranks write.
 *
 * Rank 0, or a step before, makes the file with all datasets allocated; from then on its metadata does not change. Each rank
 * declares what it writes, is refused what another has declared, and writes its elements where they lie.
 */

import { HDF5Error } from "../../base/errors.ts";
import type { OptionNames } from "../../base/known-options.ts";
import { openPath } from "../../io/path-source.ts";
import * as h5d from "../../lowlevel/h5d.ts";
import * as h5f from "../../lowlevel/h5f.ts";
import * as h5p from "../../lowlevel/h5p.ts";
import type { PropDCID } from "../../lowlevel/prop-dcpl.ts";
import { requireKnown } from "../known-options.ts";
import { newIdentity } from "./identity.ts";
import { InPlaceFile } from "./in-place-file.ts";
import { type LaunchedRank, type Rank, rankFromEnvironment } from "./launchers.ts";
import { removeFile } from "./line-file.ts";
import { markPath, readMark, writeMark } from "./mark.ts";
import { RankMember, requireRun } from "./member.ts";
import {
  conflictsBetween,
  ownElements,
  type ResolvedWrite,
  refuseConflicts,
  requireInPlacePlan,
  resolvePlan,
  type WritePlan,
} from "./plans.ts";
import { beginRecord, removeRecords } from "./records.ts";
import { WAIT_OPTIONS, type WaitOptions, waitFor } from "./waiting.ts";

/** Makes a file of that name with all its datasets, and closes it. */
export type MakeFile = (path: string) => void | Promise<void>;

/** Which rank this process is, who makes the file, and how long to wait for it. */
export interface RankedFileOptions extends WaitOptions {
  /** Which rank this process is, of how many, in which run. Default: {@link rankFromEnvironment}. */
  readonly rank?: LaunchedRank | (Rank & { readonly run?: string });
  /** Rank 0 makes the file with it, once a run. Left out, the file was made before by {@link makeRankedFile}. */
  readonly create?: MakeFile;
}

/** Whether to wait for the other ranks. */
export interface DeclareOptions extends WaitOptions {
  /** Waits until all ranks have declared what they write, and so finds out at the start that one is missing. Default false. */
  readonly together?: boolean;
}

const RANKED_FILE_OPTIONS: OptionNames<RankedFileOptions> = { ...WAIT_OPTIONS, rank: true, create: true };
const DECLARE_OPTIONS: OptionNames<DeclareOptions> = { ...WAIT_OPTIONS, together: true };

/**
 * Makes the file that ranks will write, as a step before they start: a job of its own, on which an array of jobs depends. What
 * is left of earlier ones of that name goes.
 *
 * @param size - How many ranks there will be.
 * @param create - Makes the datasets with early allocation, see {@link earlyAllocation}, and closes the file.
 */
export async function makeRankedFile(path: string, size: number, create: MakeFile): Promise<void> {
  await make(path, size, "", create);
}

async function make(path: string, size: number, run: string, create: MakeFile): Promise<void> {
  removeFile(markPath(path));
  removeRecords(path, size);
  try {
    await create(path);
    const file = openPath(path, "r+");
    file.sync();
    file.close();
  } catch (error) {
    writeMark(path, { run, failed: error instanceof Error ? error.message : String(error) });
    throw error;
  }
  writeMark(path, { file: newIdentity(), run, size });
}

/**
 * A creation property list for datasets that ranks write: everything is allocated when they are made. Unless a fill value is
 * set, nothing is filled then, which is why a large file costs nothing to make.
 *
 * ```ts
 * file.createDataset("data", { shape: [4096, 4096], dtype: "<f8", dcpl: earlyAllocation() });
 * file.createDataset("tiles", { shape: [4096, 4096], chunks: [512, 512], fillTime: "never", dcpl: earlyAllocation() });
 * ```
 *
 * C: `H5Pset_alloc_time` with `H5D_ALLOC_TIME_EARLY`.
 */
export function earlyAllocation(): PropDCID {
  const dcpl = h5p.create(h5p.DATASET_CREATE);
  dcpl.setAllocTime(h5d.ALLOC_TIME_EARLY);
  return dcpl;
}

/**
 * A rank's part in a file that several write.
 *
 * ```ts
 * const ranked = await RankedFile.join("data.h5", { create });
 * const { start, stop } = shareOf(4096, ranked.rank);
 * await ranked.declare([{ dataset: "data", selection: [slice(start, stop)] }]);
 * using file = new File(ranked.open());
 * file.getDataset("data").write([slice(start, stop)], rows);
 * ranked.complete();
 * ```
 */
export class RankedFile extends RankMember {
  readonly #timing: WaitOptions;
  #own: readonly ResolvedWrite[] | undefined;

  private constructor(path: string, rank: Rank, of: string, timing: WaitOptions) {
    super(path, rank, of);
    this.#timing = timing;
  }

  /**
   * Waits until the file is there: rank 0 makes it if it is to. A rank that is started again, rank 0 too, finds the file that
   * was made in its run and joins.
   *
   * @param path - Of the file, on a file system that all ranks have. Beside it there will be small files: `data.h5.ranks` and
   *   one `data.h5.rank-N` a rank.
   * @throws HDF5Error "state" when the file is not there in time, could not be made, or was made for another number of ranks;
   *   "argument" when `create` is given and the launcher does not tell its run from others.
   */
  static async join(path: string, options: RankedFileOptions = {}): Promise<RankedFile> {
    requireKnown(options, RANKED_FILE_OPTIONS, "join");
    const { rank = rankFromEnvironment(), create } = options;
    const run = create === undefined ? undefined : requireRun(rank);
    if (create !== undefined && run !== undefined && rank.rank === 0) {
      const mark = readMark(path);
      const isMade = mark !== undefined && "file" in mark && mark.run === run && rank.size > 1;
      if (!isMade) await make(path, rank.size, run, create);
    }
    const mark = await waitFor(() => {
      const found = readMark(path);
      return found === undefined || (run !== undefined && found.run !== run) ? {} : { answer: found };
    }, options);
    if (mark === undefined) {
      const maker = create === undefined ? "the step that makes it" : "rank 0";
      throw new HDF5Error("state", `rank ${rank.rank}: ${path} is not there: waited for ${maker}`, { path });
    }
    if ("failed" in mark) throw new HDF5Error("state", `${path} could not be made: ${mark.failed}`, { path });
    if (mark.size !== rank.size) {
      throw new HDF5Error("state", `${path} was made for ${mark.size} ranks, not for ${rank.size}`, { path });
    }
    return new RankedFile(path, rank, mark.file, options);
  }

  /**
   * Declares everything that this rank will write, and checks it: that it lies within the datasets and can be written in
   * place, and that no other rank has declared any of it. Of two ranks that declare the same elements one at least is refused,
   * whichever comes first, before it has written anything.
   *
   * @throws HDF5Error "argument" when another rank has declared some of it, naming the rank, the dataset and the elements;
   *   "read-only" for what would change metadata (filters, what is not allocated, variable length), with the reason;
   *   "state" when `together` is asked for and a rank is missing.
   */
  async declare(plan: WritePlan, options: DeclareOptions = {}): Promise<void> {
    requireKnown(options, DECLARE_OPTIONS, "declare");
    const { path, rank, of } = this;
    const file = h5f.open(path, h5f.ACC_RDONLY);
    try {
      const writes = resolvePlan(file, plan);
      requireInPlacePlan(file, writes);
      // First told, then looked at the others: whoever comes second sees the first.
      beginRecord(path, of, rank, writes);
      this.#own = writes;
    } finally {
      file.close();
    }
    try {
      this.#refuseConflicts();
      if (options.together) {
        await this.#waitForDeclarations({ ...this.#timing, ...options });
        this.#refuseConflicts();
      }
    } catch (error) {
      this.fail(error);
      this.#own = undefined;
      throw error;
    }
  }

  #refuseConflicts(): void {
    const { rank } = this.rank;
    const own = this.#own ?? [];
    const others = this.report().ranks.filter((each) => each.rank !== rank && each.state !== "failed");
    refuseConflicts(others.flatMap((other) => conflictsBetween(own, other.writes, [rank, other.rank])));
  }

  async #waitForDeclarations(options: WaitOptions): Promise<void> {
    const all = await waitFor(() => {
      const report = this.report();
      const absent = report.ranks.filter(({ state }) => state === "absent");
      return absent.length === 0 ? { answer: report } : { signOfLife: absent.length };
    }, options);
    if (all === undefined) throw new HDF5Error("state", this.report().toString(), { path: this.path });
  }

  /**
   * The file for `new File(…)`: it is read as any other, and what was declared can be written where it lies. All else is
   * refused, before anything is written. `File.close` closes it.
   *
   * @throws HDF5Error "state" before {@link declare}.
   */
  open(): InPlaceFile {
    this.requireBegun();
    return new InPlaceFile(this.path, ownElements(this.#own ?? []));
  }

  protected requireBegun(): void {
    if (this.#own !== undefined) return;
    throw new HDF5Error("state", `rank ${this.rank.rank} has not declared what it writes`, { path: this.path });
  }

  protected sync(): void {
    const file = openPath(this.path, "r+");
    try {
      file.sync();
    } finally {
      file.close();
    }
  }
}
