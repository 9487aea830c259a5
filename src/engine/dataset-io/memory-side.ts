/**
 * The memory end of a transfer: where the elements of a selection, numbered from 0 in its order, live in memory.
 *
 * The file end hands over runs of equal length at equal distances (see `RunGroups`) and does not know whether they land
 * packed, scattered or converted.
 */
import type { Datatype } from "../../format/datatype.ts";
import { copyRuns } from "./copy-runs.ts";

export interface MemorySide {
  /** Bytes of one element as the file has it. */
  readonly elementSize: number;
  /** Whether `take` needs the bytes that are to be replaced: a conversion that leaves some of them as they are. */
  readonly keepsTarget: boolean;
  /** All of the memory, where it holds the elements just as the file does, one behind the other. */
  readonly packed?: Uint8Array;

  /** The memory of `length` elements from `position` on, if it holds them next to each other just as the file does. */
  direct(position: number, length: number): Uint8Array | undefined;

  /**
   * Takes elements that were read: `repeat` runs of `length` elements.
   *
   * @param offset - Byte offset of the first run in `source`; `stride` bytes on is the next.
   * @param position - Number of the first element in the selection; `positionStride` elements on is the next run's.
   */
  put(
    source: Uint8Array,
    offset: number,
    stride: number,
    length: number,
    repeat: number,
    position: number,
    positionStride: number,
  ): void;

  /** Gives elements to be written, the other way round. */
  take(
    target: Uint8Array,
    offset: number,
    stride: number,
    length: number,
    repeat: number,
    position: number,
    positionStride: number,
  ): void;

  /** Whatever `put` still holds back reaches the memory. */
  finish(): void;

  /**
   * The same memory for elements of another datatype, those of a source of a virtual dataset: what is converted anyway is
   * converted once, without the virtual dataset's datatype in between. Undefined where that does not go.
   */
  forElements?(type: Datatype): MemorySide | undefined;
}

/** Elements one after the other. */
export class PackedMemory implements MemorySide {
  readonly elementSize: number;
  readonly keepsTarget = false;
  readonly packed: Uint8Array;

  constructor(bytes: Uint8Array, elementSize: number) {
    this.packed = bytes;
    this.elementSize = elementSize;
  }

  direct(position: number, length: number): Uint8Array {
    return this.packed.subarray(position * this.elementSize, (position + length) * this.elementSize);
  }

  put(
    source: Uint8Array,
    offset: number,
    stride: number,
    length: number,
    repeat: number,
    position: number,
    positionStride: number,
  ): void {
    const size = this.elementSize;
    copyRuns(this.packed, position * size, positionStride * size, source, offset, stride, length * size, repeat);
  }

  take(
    target: Uint8Array,
    offset: number,
    stride: number,
    length: number,
    repeat: number,
    position: number,
    positionStride: number,
  ): void {
    const size = this.elementSize;
    copyRuns(target, offset, stride, this.packed, position * size, positionStride * size, length * size, repeat);
  }

  finish(): void {}
}
