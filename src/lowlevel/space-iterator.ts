/** Iterators over what a dataspace selects, as byte offsets and lengths in row-major order of its extent. C: `H5Ssel_iter_…`. */
import type { RunGroups } from "../engine/selection/run-groups.ts";
import { RunWalk } from "../engine/selection/run-walk.ts";
import { runsOf } from "../engine/selection/runs.ts";
import type { Selection } from "../engine/selection/selection.ts";
import { argumentError, guarded, record } from "./api-error.ts";
import { expectInstance, type Size, toSize, toUnsigned } from "./arguments.ts";
import { SpaceID } from "./space-id.ts";

/** Each list ends before an offset below the one before it, which only points have. C: `H5S_SEL_ITER_GET_SEQ_LIST_SORTED`. */
export const SEL_ITER_GET_SEQ_LIST_SORTED = 0x0001;
/** Without effect: selections are values, which are always shared. C: `H5S_SEL_ITER_SHARE_WITH_DATASPACE`. */
export const SEL_ITER_SHARE_WITH_DATASPACE = 0x0002;

const ALL_FLAGS = SEL_ITER_GET_SEQ_LIST_SORTED | SEL_ITER_SHARE_WITH_DATASPACE;

/** Stretches of selected elements. */
export interface SequenceList {
  /** Bytes from the start of the extent. */
  readonly offsets: number[];
  /** Bytes. */
  readonly lengths: number[];
  /** Elements in all of them. */
  readonly elementCount: number;
}

/** An iterator over the selected elements of a dataspace. */
export class SelectionIterator {
  private readonly elementSize: number;
  private readonly sorted: boolean;
  private walk: RunWalk | undefined;
  /** What is left of the run at hand, in elements. */
  private offset = 0;
  private left = 0;

  constructor(selection: Selection, elementSize: number, flags: number) {
    this.elementSize = elementSize;
    this.sorted = (flags & SEL_ITER_GET_SEQ_LIST_SORTED) !== 0;
    this.walk = new RunWalk(runsWithin("H5Ssel_iter_create", selection));
  }

  private live(where: string): RunWalk {
    if (this.walk === undefined) throw argumentError(where, "ARGS", "BADTYPE", "not a dataspace selection iterator");
    return this.walk;
  }

  private atRun(walk: RunWalk): boolean {
    if (this.left > 0) return true;
    while (walk.next()) {
      this.offset = walk.offset;
      this.left = walk.length;
      if (this.left > 0) return true;
    }
    return false;
  }

  /**
   * The next stretches, at most `maxSequences` of them with at most `maxElements` elements; none at the end.
   *
   * C: `H5Ssel_iter_get_seq_list`.
   */
  getSeqList(maxSequences: Size, maxElements: Size): SequenceList {
    const walk = this.live("H5Ssel_iter_get_seq_list");
    const most = toSize(maxSequences, "size_t");
    const room = toSize(maxElements, "size_t");
    const offsets: number[] = [];
    const lengths: number[] = [];
    let elementCount = 0;
    let end = -1;
    while (elementCount < room && this.atRun(walk)) {
      const joins = this.offset === end;
      if (!joins && (offsets.length >= most || (this.sorted && this.offset < end))) break;
      const taken = Math.min(this.left, room - elementCount);
      if (joins) lengths[lengths.length - 1] = (lengths[lengths.length - 1] as number) + taken * this.elementSize;
      else {
        offsets.push(this.offset * this.elementSize);
        lengths.push(taken * this.elementSize);
      }
      elementCount += taken;
      this.offset += taken;
      this.left -= taken;
      end = this.offset;
    }
    return { offsets, lengths, elementCount };
  }

  /** Starts over, with what `space` selects. C: `H5Ssel_iter_reset`. */
  reset(space: SpaceID): void {
    this.live("H5Ssel_iter_reset");
    this.walk = new RunWalk(runsWithin("H5Ssel_iter_reset", expectInstance(space, SpaceID, "space").selection));
    this.left = 0;
  }

  /** Ends the iterator. C: `H5Ssel_iter_close`. */
  close(): void {
    this.live("H5Ssel_iter_close");
    this.walk = undefined;
  }

  [Symbol.dispose](): void {
    this.walk = undefined;
  }
}

function runsWithin(where: string, selection: Selection): RunGroups {
  return guarded(record(where, "DATASPACE", "CANTINIT", "unable to initialize selection iterator"), () =>
    runsOf(selection),
  );
}

/**
 * An iterator over the elements that `space` selects.
 *
 * @param elementSize - Bytes of an element; offsets and lengths are multiples of it.
 * @param flags - `SEL_ITER_…` bits. C: `H5Ssel_iter_create`.
 */
export function selIterCreate(space: SpaceID, elementSize: Size, flags: Size = 0): SelectionIterator {
  const where = "H5Ssel_iter_create";
  expectInstance(space, SpaceID, "space");
  const size = toSize(elementSize, "size_t");
  const bits = toUnsigned(flags);
  if (size === 0) throw argumentError(where, "ARGS", "BADVALUE", "element size must be greater than 0");
  if ((bits & ~ALL_FLAGS) !== 0) throw argumentError(where, "ARGS", "BADVALUE", "invalid selection iterator flag");
  return new SelectionIterator(space.selection, size, bits);
}
