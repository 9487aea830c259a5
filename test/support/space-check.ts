/** Whether every byte of a file has exactly one owner. */
import type { H5File } from "../../src/engine/h5-file.ts";
import { lostStructureAt } from "../../src/engine/space-map/lost-structures.ts";
import type { SpaceKind } from "../../src/engine/space-map/space-kinds.ts";
import { type SpaceMap, spaceMap } from "../../src/engine/space-map/space-map.ts";

export function bytesOf({ regions }: SpaceMap, kind: SpaceKind): number {
  return regions.reduce((sum, region) => sum + (region.kind === kind ? region.byteLength : 0), 0);
}

function describe(map: SpaceMap, kind: SpaceKind): string[] {
  return map.regions
    .filter((region) => region.kind === kind)
    .map(({ offset, byteLength, what }) => `${kind}: ${byteLength} bytes at ${offset}: ${what}`);
}

/** Bytes of a file from one offset up to another. */
export interface ByteSpan {
  readonly from: number;
  readonly to: number;
}

/** Bytes without an owner: those that a file has lost when it was closed, if it keeps no account of its free space. */
export function lostSpans(file: H5File): ByteSpan[] {
  return spansOf(file, ["unaccounted"]);
}

/** The bytes of some kinds. */
export function spansOf(file: H5File, kinds: readonly SpaceKind[]): ByteSpan[] {
  return spaceMap(file)
    .regions.filter(({ kind }) => kinds.includes(kind))
    .map(({ offset, byteLength }) => ({ from: offset, to: offset + byteLength }));
}

/** In ascending order, one span where several touch or overlap. */
function joined(spans: readonly ByteSpan[]): ByteSpan[] {
  const result: ByteSpan[] = [];
  for (const span of spans.toSorted((a, b) => a.from - b.from)) {
    const last = result[result.length - 1];
    if (last === undefined || span.from > last.to) result.push(span);
    else result[result.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
  }
  return result;
}

/** What of a span lies in none of others, which are in ascending order. */
export function without(span: ByteSpan, others: readonly ByteSpan[]): ByteSpan[] {
  const left: ByteSpan[] = [];
  let from = span.from;
  for (const other of others) {
    if (other.to <= from || other.from >= span.to) continue;
    if (other.from > from) left.push({ from, to: other.from });
    from = other.to;
  }
  return from < span.to ? [...left, { from, to: span.to }] : left;
}

function whatWas({ storage, superblock }: H5File, { from, to }: ByteSpan): string | undefined {
  return lostStructureAt(storage, from - superblock.baseAddress, to - from);
}

/**
 * What is wrong with the use of space in a file that we wrote and have open: nothing is owned twice, nothing is lost.
 *
 * @param lostBefore - What was lost before the file was opened, or is known to be lost.
 */
export function spaceProblems(file: H5File, lostBefore: readonly ByteSpan[] = []): string[] {
  const map = spaceMap(file);
  const known = joined(lostBefore);
  const lost = map.regions
    .filter(({ kind }) => kind === "unaccounted")
    .flatMap(({ offset, byteLength }) => without({ from: offset, to: offset + byteLength }, known))
    .map(
      (span) =>
        `unaccounted: ${span.to - span.from} bytes at ${span.from}: begins like ${whatWas(file, span) ?? "nothing"}`,
    );
  return [...map.problems, ...describe(map, "doubly-owned"), ...lost];
}

/** The same for a file of the C library, which loses bytes at times. */
export function overlaps(file: H5File): string[] {
  const map = spaceMap(file);
  return [...map.problems, ...describe(map, "doubly-owned")];
}
