/**
 * Runs gathered into windows: stretches of bytes that one read serves.
 *
 * The idea of libhdf5's sieve buffer (H5Dcontig.c): reading a few bytes too many is cheaper than a call for every run. A
 * window here is planned from the runs, so that it ends with the last byte needed and never spans a wide gap.
 */
import type { RunGroups } from "../selection/run-groups.ts";

/** Bytes of a window at most, unless it is a single run. */
export const WINDOW_BYTES = 1 << 18;
/** Bytes between two runs that are rather read along than skipped. */
export const MAX_GAP_BYTES = 1 << 13;
/** Groups that one window may hold. */
const MAX_GROUPS = 4096;

export class Windows {
  /** First byte of the window. */
  offset = 0;
  byteLength = 0;
  /** Bytes in it that are selected; fewer than `byteLength` where there are gaps. */
  selectedBytes = 0;
  /** Groups in it. */
  groups = 0;
  /** Of each group: byte offset in the window, byte stride, elements a run, runs, position, position stride. */
  readonly groupOffset: number[] = [];
  readonly groupStride: number[] = [];
  readonly groupLength: number[] = [];
  readonly groupRepeat: number[] = [];
  readonly groupPosition: number[] = [];
  readonly groupPositionStride: number[] = [];

  private readonly runs: RunGroups;
  private readonly elementSize: number;
  private readonly widestGap: number;
  /** Runs of the current group that no window has had yet. */
  private left = 0;
  private at = 0;

  /** @param widestGap - Bytes between two runs of one window at most. */
  constructor(runs: RunGroups, elementSize: number, widestGap = MAX_GAP_BYTES) {
    this.runs = runs;
    this.elementSize = elementSize;
    this.widestGap = widestGap;
  }

  /** Plans the next window; false when all runs are served. */
  next(): boolean {
    this.groups = 0;
    this.selectedBytes = 0;
    this.byteLength = 0;
    const size = this.elementSize;
    const runs = this.runs;
    while (this.groups < MAX_GROUPS) {
      if (this.left === 0) {
        if (!runs.next()) break;
        this.left = runs.repeat;
        this.at = 0;
      }
      const start = (runs.offset + this.at * runs.offsetStride) * size;
      const runBytes = runs.length * size;
      if (this.groups === 0) {
        this.offset = start;
      } else {
        const gap = start - this.offset - this.byteLength;
        if (gap < 0 || gap > this.widestGap || start + runBytes - this.offset > WINDOW_BYTES) break;
      }
      this.take(start, runBytes);
    }
    return this.groups > 0;
  }

  /** Adds as many runs of the current group as fit, but one at least. */
  private take(start: number, runBytes: number): void {
    const runs = this.runs;
    const stride = runs.offsetStride * this.elementSize;
    let count = 1;
    if (this.left > 1 && stride >= runBytes && stride - runBytes <= this.widestGap) {
      const room = WINDOW_BYTES - (start - this.offset) - runBytes;
      count = Math.max(1, Math.min(this.left, Math.floor(room / stride) + 1));
    }
    const i = this.groups++;
    this.groupOffset[i] = start - this.offset;
    this.groupStride[i] = stride;
    this.groupLength[i] = runs.length;
    this.groupRepeat[i] = count;
    this.groupPosition[i] = runs.position + this.at * runs.positionStride;
    this.groupPositionStride[i] = runs.positionStride;
    this.byteLength = start - this.offset + (count - 1) * stride + runBytes;
    this.selectedBytes += count * runBytes;
    this.at += count;
    this.left -= count;
  }
}
