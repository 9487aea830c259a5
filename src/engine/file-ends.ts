/** Where a file ends, or each of its members, and how that is changed. */
import { MultiTarget } from "../io/multi-source.ts";
import type { ByteTarget } from "../io/source.ts";

/** The end of a file, or of each of its members. */
export function endsOf(target: ByteTarget): number[] {
  return target instanceof MultiTarget ? target.memberEnds() : [target.byteLength()];
}

export function setEnds(target: ByteTarget, ends: readonly number[]): void {
  if (target instanceof MultiTarget) target.truncateMembers(ends);
  else target.truncate(ends[0] as number);
}

export function growTo(target: ByteTarget, oldEnds: readonly number[], newEnds: readonly number[]): void {
  const ends = oldEnds.map((end, i) => Math.max(end, newEnds[i] as number));
  if (ends.some((end, i) => end > (oldEnds[i] as number))) setEnds(target, ends);
}

export function cutTo(target: ByteTarget, oldEnds: readonly number[]): void {
  const ends = endsOf(target);
  if (ends.some((end, i) => end > (oldEnds[i] as number))) setEnds(target, oldEnds);
}
