/** Runs of regular hyperslabs: arithmetic in each dimension, nothing for each element. */
import { RunGroups } from "./run-groups.ts";

/**
 * What a regular hyperslab selects in one dimension between two coordinates: a cut block, whole blocks, a cut block, each
 * of which may be missing.
 */
export class DimPart {
  /** How many of the three there are. */
  pieces = 0;
  /** First coordinate of each, relative to the lower end of the range. */
  readonly first = [0, 0, 0];
  readonly stride = [1, 1, 1];
  readonly count = [0, 0, 0];
  readonly block = [0, 0, 0];
  /** Index of its first coordinate among the selected coordinates of the dimension. */
  readonly position = [0, 0, 0];
  /** Selected coordinates in the range. */
  selected = 0;

  /** Makes this the part of the blocks that lies in `[low, high)`. */
  set(start: number, stride: number, count: number, block: number, low: number, high: number): void {
    this.pieces = 0;
    this.selected = 0;
    let from = low < start + block ? 0 : Math.floor((low - start - block) / stride) + 1;
    let to = Math.min(count - 1, Math.ceil((high - start) / stride) - 1);
    if (from > to) return;
    const firstStart = start + from * stride;
    if (firstStart < low || firstStart + block > high) {
      const begin = Math.max(firstStart, low);
      this.add(begin - low, 1, 1, Math.min(firstStart + block, high) - begin, from * block + begin - firstStart);
      from++;
    }
    const lastStart = start + to * stride;
    const cut = from <= to && lastStart + block > high;
    if (cut) to--;
    if (from <= to) this.add(start + from * stride - low, stride, to - from + 1, block, from * block);
    if (cut) this.add(lastStart - low, 1, 1, high - lastStart, (to + 1) * block);
  }

  private add(first: number, stride: number, count: number, block: number, position: number): void {
    if (block <= 0) return;
    const i = this.pieces++;
    this.first[i] = first;
    this.stride[i] = stride;
    this.count[i] = count;
    this.block[i] = block;
    this.position[i] = position;
    this.selected += count * block;
  }
}

/**
 * Runs of the product of one part a dimension.
 *
 * Each choice of one piece a dimension is a nest of loops with constant steps; loops that go on where the inner one ends
 * are joined, so that whatever is contiguous in box and sequence becomes one run.
 */
export class RegularRuns extends RunGroups {
  private readonly parts: readonly DimPart[];
  private readonly boxPitches: readonly number[];
  private readonly sequencePitches: readonly number[];
  private readonly choice: number[];
  private choosing = true;
  /** The loops around the group, outermost first. */
  private levels = 0;
  private readonly counts: number[] = [];
  private readonly offsetSteps: number[] = [];
  private readonly positionSteps: number[] = [];
  private readonly done: number[] = [];

  /**
   * @param boxPitches - Elements from one coordinate to the next in the box.
   * @param sequencePitches - The same in the box of all selected elements.
   */
  constructor(parts: readonly DimPart[], boxPitches: readonly number[], sequencePitches: readonly number[]) {
    super();
    this.parts = parts;
    this.boxPitches = boxPitches;
    this.sequencePitches = sequencePitches;
    this.choice = new Array<number>(parts.length).fill(0);
    this.restart();
  }

  /** Goes back to before the first run, of the parts as they are now. */
  restart(): void {
    const { parts, choice } = this;
    this.levels = 0;
    this.choosing = true;
    for (let d = 0; d < parts.length; d++) {
      choice[d] = 0;
      if ((parts[d] as DimPart).pieces === 0) this.choosing = false;
    }
    if (parts.length > 0) choice[parts.length - 1] = -1;
  }

  override next(): boolean {
    for (let level = this.levels - 1; level >= 0; level--) {
      const done = (this.done[level] as number) + 1;
      this.offset += this.offsetSteps[level] as number;
      this.position += this.positionSteps[level] as number;
      if (done < (this.counts[level] as number)) {
        this.done[level] = done;
        return true;
      }
      this.offset -= done * (this.offsetSteps[level] as number);
      this.position -= done * (this.positionSteps[level] as number);
      this.done[level] = 0;
    }
    return this.choosing && this.choose();
  }

  private choose(): boolean {
    let d = this.parts.length - 1;
    for (; d >= 0; d--) {
      const piece = (this.choice[d] as number) + 1;
      if (piece < (this.parts[d] as DimPart).pieces) {
        this.choice[d] = piece;
        break;
      }
      this.choice[d] = 0;
    }
    if (d < 0) {
      // A scalar has one element and no dimension to choose in.
      this.choosing = false;
      this.levels = 0;
      return this.parts.length === 0 && this.single(0, 0, 1);
    }
    this.build();
    return true;
  }

  private build(): void {
    this.levels = 0;
    let offset = 0;
    let position = 0;
    for (let d = 0; d < this.parts.length; d++) {
      const part = this.parts[d] as DimPart;
      const i = this.choice[d] as number;
      const boxPitch = this.boxPitches[d] as number;
      const sequencePitch = this.sequencePitches[d] as number;
      offset += (part.first[i] as number) * boxPitch;
      position += (part.position[i] as number) * sequencePitch;
      const block = part.block[i] as number;
      this.push(part.count[i] as number, (part.stride[i] as number) * boxPitch, block * sequencePitch);
      this.push(block, boxPitch, sequencePitch);
    }
    this.single(offset, position, 1);
    const last = this.levels - 1;
    if (last >= 0 && this.offsetSteps[last] === 1 && this.positionSteps[last] === 1) {
      this.length = this.counts[last] as number;
      this.levels--;
    }
    if (this.levels > 0) {
      this.levels--;
      this.repeat = this.counts[this.levels] as number;
      this.offsetStride = this.offsetSteps[this.levels] as number;
      this.positionStride = this.positionSteps[this.levels] as number;
    }
  }

  private push(count: number, offsetStep: number, positionStep: number): void {
    if (count === 1) return;
    const outer = this.levels - 1;
    if (
      outer >= 0 &&
      this.offsetSteps[outer] === count * offsetStep &&
      this.positionSteps[outer] === count * positionStep
    ) {
      this.counts[outer] = (this.counts[outer] as number) * count;
      this.offsetSteps[outer] = offsetStep;
      this.positionSteps[outer] = positionStep;
      return;
    }
    this.counts[this.levels] = count;
    this.offsetSteps[this.levels] = offsetStep;
    this.positionSteps[this.levels] = positionStep;
    this.done[this.levels] = 0;
    this.levels++;
  }
}
