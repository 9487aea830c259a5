/** Who is done, who is not, and what is missing. */
import { HDF5Error } from "../../base/errors.ts";
import { selectionText } from "./overlap.ts";
import { type RankState, type RankStatus, readRecord } from "./records.ts";

const WORDS: Readonly<Record<RankState, string>> = {
  absent: "has not begun",
  writing: "is still writing",
  complete: "is complete",
  failed: "gave up",
  dead: "died",
};

/** How far all ranks are; as text, a line for each that is not complete. */
export class RankReport {
  /** The file that they write, or that their files are joined to. */
  readonly path: string;
  /** Rank 0, rank 1, and so on. */
  readonly ranks: readonly RankStatus[];

  constructor(path: string, ranks: readonly RankStatus[]) {
    this.path = path;
    this.ranks = ranks;
  }

  /** Whether all of them are complete. */
  get isComplete(): boolean {
    return this.missing.length === 0;
  }

  /** Those that are not complete: what they declared may be in the file as a whole, in part, or not at all. */
  get missing(): readonly RankStatus[] {
    return this.ranks.filter(({ state }) => state !== "complete");
  }

  /** Of the work of all ranks, 0 to 1, as they last told. */
  get progress(): number {
    return this.ranks.reduce((sum, { progress }) => sum + progress, 0) / this.ranks.length;
  }

  /** @throws HDF5Error "state" with the report as its message when a rank is not complete. */
  requireComplete(): void {
    if (!this.isComplete) throw new HDF5Error("state", this.toString(), { path: this.path });
  }

  /** A line of how many are complete, then one for each rank that is not, with its share. */
  toString(): string {
    const { path, ranks, missing } = this;
    const done = ranks.length - missing.length;
    return [`${path}: ${done} of ${ranks.length} ranks are complete`, ...missing.map(describe)].join("\n");
  }
}

function describe({ rank, state, writes, progress, process, host, error }: RankStatus): string {
  const where = process === undefined ? "" : ` (process ${process}${host === undefined ? "" : ` on ${host}`})`;
  const why = error === undefined ? "" : `: ${error}`;
  const share = writes.map(({ dataset, selection }) => `${dataset} ${selectionText(selection)}`).join(", ");
  const told = progress > 0 ? `, ${Math.floor(100 * progress)} % of it were written` : "";
  const lost = share === "" ? "" : `; its share ${share} is not complete${told}`;
  return `rank ${rank} ${WORDS[state]}${where}${why}${lost}`;
}

/** How far the ranks are that take part in `of`. */
export function reportOf(path: string, of: string, size: number): RankReport {
  return new RankReport(
    path,
    Array.from({ length: size }, (_, rank) => readRecord(path, of, rank)),
  );
}
