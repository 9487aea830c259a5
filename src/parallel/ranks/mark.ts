/** What stands beside a file that ranks write, `data.h5.ranks`: that it is made, and for how many. */
import { HDF5Error } from "../../base/errors.ts";
import { readLines, removeFile, writeLines } from "./line-file.ts";
import { removeRecords } from "./records.ts";
import { type RankReport, reportOf } from "./report.ts";

export type Mark =
  /** `file`: what records are about. */
  | { readonly file: string; readonly run: string; readonly size: number }
  | { readonly run: string; readonly failed: string };

export function markPath(path: string): string {
  return `${path}.ranks`;
}

export function readMark(path: string): Mark | undefined {
  const line = readLines(markPath(path))?.[0];
  if (typeof line !== "object" || line === null || !("run" in line)) return undefined;
  return "file" in line || "failed" in line ? (line as Mark) : undefined;
}

export function writeMark(path: string, mark: Mark): void {
  writeLines(markPath(path), [mark]);
}

/**
 * How far the ranks are that write a file, or files that are to be joined, for whoever started them: which are complete,
 * which are not, and what is missing.
 *
 * @param path - As it was given to `RankedFile.join` or `RankPart.begin`.
 * @throws HDF5Error "state" for a file that no ranks write.
 */
export function reportOnRanks(path: string): RankReport {
  const mark = readMark(path);
  if (mark === undefined || "failed" in mark) {
    const why = mark === undefined ? `there is no ${markPath(path)}` : mark.failed;
    throw new HDF5Error("state", `${path} was not made for ranks: ${why}`, { path });
  }
  return reportOf(path, mark.file, mark.size);
}

/** Deletes the small files beside a file that ranks have written. The file itself needs none of them. */
export function removeRankRecords(path: string, size: number): void {
  removeFile(markPath(path));
  removeRecords(path, size);
}
