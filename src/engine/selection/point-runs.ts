/** Runs of points: those that happen to follow each other. */
import { pitchesOf, RunGroups } from "./run-groups.ts";

export class PointRuns extends RunGroups {
  private readonly coordinates: Float64Array;
  private readonly rank: number;
  private readonly origin: number;
  private readonly pitches: readonly number[];
  private readonly order: Uint32Array | undefined;
  private readonly end: number;
  private at: number;

  /**
   * @param low - First coordinate of the box, in the coordinates of the points.
   * @param order - Numbers of the points to visit, ascending; undefined for all.
   * @param from - First entry of `order` to visit, `end` the one after the last.
   */
  constructor(
    coordinates: Float64Array,
    low: readonly number[],
    boxDims: readonly number[],
    order?: Uint32Array,
    from = 0,
    end = order === undefined ? coordinates.length / low.length : order.length,
  ) {
    super();
    this.coordinates = coordinates;
    this.rank = low.length;
    this.pitches = pitchesOf(boxDims);
    let origin = 0;
    for (let d = 0; d < low.length; d++) origin += (low[d] as number) * (this.pitches[d] as number);
    this.origin = origin;
    this.order = order;
    this.at = from;
    this.end = end;
  }

  override next(): boolean {
    if (this.at >= this.end) return false;
    const first = this.at;
    const position = this.pointAt(first);
    const offset = this.offsetOf(position);
    let next = first + 1;
    while (next < this.end) {
      const step = next - first;
      const point = this.pointAt(next);
      if (point !== position + step || this.offsetOf(point) !== offset + step) break;
      next++;
    }
    this.at = next;
    return this.single(offset, position, next - first);
  }

  private pointAt(entry: number): number {
    return this.order === undefined ? entry : (this.order[entry] as number);
  }

  private offsetOf(point: number): number {
    const at = point * this.rank;
    let offset = -this.origin;
    for (let d = 0; d < this.rank; d++) offset += (this.coordinates[at + d] as number) * (this.pitches[d] as number);
    return offset;
  }
}
