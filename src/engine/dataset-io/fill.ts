/** What stands where nothing was written. */
import type { FillValue } from "../../format/fill-value.ts";
import { FILL_PIECE_BYTES, fillPiece, fillWith } from "../chunks/fill-pattern.ts";
import type { RunGroups } from "../selection/run-groups.ts";
import { runsOf } from "../selection/runs.ts";
import type { Selection } from "../selection/selection.ts";
import type { MemorySide } from "./memory-side.ts";

export interface FillRule {
  /** One element in the file's datatype; undefined for zeros. */
  readonly element: Uint8Array | undefined;
  /**
   * Whether reading what is not allocated gives fill values. Otherwise memory stays as it is: the fill time is "never", or
   * no fill value is defined.
   */
  readonly onRead: boolean;
  /** Whether newly allocated space is filled with `element`; it is zeros otherwise. */
  readonly onAllocate: boolean;
  /** What the elements of a new chunk are that the first write to it leaves out; undefined for zeros. */
  readonly newElement: Uint8Array | undefined;
  /** Gives filled elements heap objects of their own; undefined where they need none. */
  readonly own?: (bytes: Uint8Array) => void;
}

/**
 * The rule that a fill value message stands for. Without a message, zeros are read.
 *
 * C: `H5D__read`, `H5D__chunk_read` and `H5D__alloc_storage` decide so from fill time and status.
 */
export function fillRule(fillValue: FillValue | undefined): FillRule {
  if (fillValue === undefined) return { element: undefined, onRead: true, onAllocate: false, newElement: undefined };
  const { status, fillTime, value } = fillValue;
  const element = status === "user" && value !== undefined && value.length > 0 ? value : undefined;
  const defined = status !== "undefined";
  return {
    element,
    onRead: fillTime === "alloc" ? true : fillTime === "if-set" && defined,
    onAllocate: element !== undefined && fillTime !== "never",
    newElement: fillTime === "never" ? undefined : element,
  };
}

/** Gives memory fill values for all of the runs. */
export function putFill(runs: RunGroups, memory: MemorySide, element: Uint8Array | undefined): void {
  const size = memory.elementSize;
  let piece: Uint8Array | undefined;
  while (runs.next()) {
    const { length, position, repeat, positionStride } = runs;
    const direct = repeat === 1 ? memory.direct(position, length) : undefined;
    if (direct !== undefined) {
      fillWith(direct, element);
      continue;
    }
    if (piece === undefined || piece.length < Math.min(FILL_PIECE_BYTES, length * size)) {
      piece = fillPiece(element, size, length * size);
    }
    const step = piece.length / size;
    for (let done = 0; done < length; done += step) {
      memory.put(piece, 0, 0, Math.min(step, length - done), repeat, position + done, positionStride);
    }
  }
}

/** Reads selected elements that are not allocated. */
export function readFill(selection: Selection, memory: MemorySide, fill: FillRule): void {
  const runs = runsOf(selection);
  if (fill.onRead) putFill(runs, memory, fill.element);
}
