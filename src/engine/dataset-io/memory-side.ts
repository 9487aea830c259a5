/**
 * The memory end of a transfer: where the elements of a selection, numbered from 0 in its order, live in memory.
 *
 * The file end hands over runs of equal length at equal distances (see `RunGroups`) and does not know whether they land
 * packed, scattered or converted.
 */

import type { Selection } from "../selection/selection.ts";
import { locatorOf, type SequenceLocator } from "../selection/sequence-locator.ts";
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

/** Elements where a selection of the memory's own extent has them. */
export class ScatteredMemory implements MemorySide {
  readonly elementSize: number;
  readonly keepsTarget = false;
  private readonly bytes: Uint8Array;
  private readonly locator: SequenceLocator;

  constructor(bytes: Uint8Array, elementSize: number, selection: Selection) {
    this.bytes = bytes;
    this.elementSize = elementSize;
    this.locator = locatorOf(selection);
  }

  direct(position: number, length: number): Uint8Array | undefined {
    this.locator.locate(position);
    if (this.locator.available < length) return undefined;
    const start = this.locator.offset * this.elementSize;
    return this.bytes.subarray(start, start + length * this.elementSize);
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
    const locator = this.locator;
    for (let i = 0; i < repeat; i++) {
      let from = offset + i * stride;
      for (let done = 0; done < length; ) {
        locator.locate(position + i * positionStride + done);
        const piece = Math.min(locator.available, length - done);
        copyRuns(this.bytes, locator.offset * size, 0, source, from, 0, piece * size, 1);
        from += piece * size;
        done += piece;
      }
    }
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
    const locator = this.locator;
    for (let i = 0; i < repeat; i++) {
      let to = offset + i * stride;
      for (let done = 0; done < length; ) {
        locator.locate(position + i * positionStride + done);
        const piece = Math.min(locator.available, length - done);
        copyRuns(target, to, 0, this.bytes, locator.offset * size, 0, piece * size, 1);
        to += piece * size;
        done += piece;
      }
    }
  }

  finish(): void {}
}
