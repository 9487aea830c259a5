/**
 * A file for each rank, to be joined by a virtual dataset. Ranks need nothing of one another, so that anything can be in their
 * files: filters, text, datasets that grow.
 */

import { openPath } from "../../io/path-source.ts";
import { requireKnown } from "../known-options.ts";
import { type LaunchedRank, type Rank, rankFromEnvironment } from "./launchers.ts";
import { readMark, writeMark } from "./mark.ts";
import { RankMember, requireRun } from "./member.ts";
import { beginRecord } from "./records.ts";

/** Name and ending of a path: `folder/data` and `.h5`. */
function splitEnding(path: string): readonly [string, string] {
  const found = /[^/\\]\.[^./\\]+$/.exec(path);
  const at = found === null ? path.length : found.index + 1;
  return [path.slice(0, at), path.slice(at)];
}

/** The file of one rank of those that are joined to `path`: `data.rank-2.h5` for `data.h5`. */
export function rankFileName(path: string, rank: number): string {
  const [name, ending] = splitEnding(path);
  return `${name}.rank-${rank}${ending}`;
}

/** The same for all ranks, as mappings of virtual datasets count them: `data.rank-%b.h5`. */
export function numberedFileName(path: string): string {
  const [name, ending] = splitEnding(path).map((part) => part.replaceAll("%", "%%"));
  return `${name}.rank-%b${ending}`;
}

/** Which rank this process is. */
export interface RankPartOptions {
  /** Which rank this process is, of how many, in which run. Default: {@link rankFromEnvironment}. */
  readonly rank?: LaunchedRank | (Rank & { readonly run?: string });
}

/**
 * A rank's part in a dataset of several files.
 *
 * ```ts
 * const part = RankPart.begin("data.h5");
 * const { start, stop } = shareOf(4096, part.rank);
 * using file = new File(part.file, "w");
 * file.createDataset("data", { data: rows, shape: [stop - start, 4096], chunks: true, compression: "gzip" });
 * file.close();
 * part.complete();
 * if (part.rank.rank === 0) {
 *   await part.waitForAll();
 *   joinRankFiles("data.h5", { size: part.rank.size, datasets: [{ dataset: "data" }] });
 * }
 * ```
 */
export class RankPart extends RankMember {
  /** The file of this rank, see {@link rankFileName}. */
  readonly file: string;

  private constructor(path: string, rank: Rank, of: string) {
    super(path, rank, of);
    this.file = rankFileName(path, rank.rank);
  }

  /**
   * Says that this rank has begun. Waits for nobody.
   *
   * @param path - Of the file that will join those of all ranks. Beside it there will be small files: `data.h5.ranks` and one
   *   `data.h5.rank-N` a rank.
   * @throws HDF5Error "argument" when the launcher does not tell its run from others.
   */
  static begin(path: string, options: RankPartOptions = {}): RankPart {
    requireKnown(options, { rank: true }, "begin");
    const { rank = rankFromEnvironment() } = options;
    const run = requireRun(rank);
    const { size } = rank;
    const mark = readMark(path);
    // Whoever comes first says so; who comes at the same time says the same.
    if (mark === undefined || !("file" in mark) || mark.file !== run || mark.size !== size) {
      writeMark(path, { file: run, run, size });
    }
    beginRecord(path, run, rank, []);
    return new RankPart(path, rank, run);
  }

  protected requireBegun(): void {}

  protected sync(): void {
    const file = openPath(this.file, "r+");
    try {
      file.sync();
    } finally {
      file.close();
    }
  }
}
