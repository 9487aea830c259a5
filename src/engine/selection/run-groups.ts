/**
 * Runs: the contiguous pieces of a selection, which is what gets moved.
 *
 * A run is a number of elements that lie next to each other in a box (the whole extent, or a chunk) and follow each other
 * in the selection's order as well. Runs of equal length at equal distances come as one group, so that a strided
 * selection costs one step of a loop a run. Visiting allocates nothing; all numbers count elements.
 *
 * ```ts
 * while (runs.next()) {
 *   for (let i = 0; i < runs.repeat; i++) {
 *     move(runs.offset + i * runs.offsetStride, runs.position + i * runs.positionStride, runs.length);
 *   }
 * }
 * ```
 */
export abstract class RunGroups {
  /** Where the first run starts in the box, in row-major order of the box. */
  offset = 0;
  /** Elements of each run. */
  length = 0;
  /** Runs in this group, at least 1. */
  repeat = 1;
  /** From the start of one run to that of the next, in the box. */
  offsetStride = 0;
  /** Where the first run starts in the sequence of all selected elements. */
  position = 0;
  /** From the start of one run to that of the next, in the sequence. */
  positionStride = 0;

  /** Goes to the next group; false when there is none. */
  abstract next(): boolean;

  protected single(offset: number, position: number, length: number): true {
    this.offset = offset;
    this.position = position;
    this.length = length;
    this.repeat = 1;
    this.offsetStride = 0;
    this.positionStride = 0;
    return true;
  }
}

/** No run at all. */
export class NoRuns extends RunGroups {
  override next(): boolean {
    return false;
  }
}

/** A run alone. */
export class OneRun extends RunGroups {
  private isDue = true;

  constructor(offset: number, length: number) {
    super();
    this.single(offset, 0, length);
  }

  restart(): void {
    this.isDue = true;
  }

  override next(): boolean {
    const { isDue } = this;
    this.isDue = false;
    return isDue;
  }
}

/** The coordinates of an element of this row-major number. */
export function coordinatesOf(number: number, pitches: readonly number[]): number[] {
  let rest = number;
  return pitches.map((pitch) => {
    const coordinate = Math.floor(rest / pitch);
    rest -= coordinate * pitch;
    return coordinate;
  });
}

/** Elements from one coordinate to the next in each dimension of a box, row-major. */
export function pitchesOf(dims: readonly number[]): number[] {
  const pitches = new Array<number>(dims.length);
  let pitch = 1;
  for (let d = dims.length - 1; d >= 0; d--) {
    pitches[d] = pitch;
    pitch *= dims[d] as number;
  }
  return pitches;
}
