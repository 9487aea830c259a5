/**
 * Memory whose elements have other numbers than in a transfer: those of a selection of its extent, or what a source of a
 * virtual dataset gives of a request.
 */
import type { Datatype } from "../../format/datatype.ts";
import type { Selection } from "../selection/selection.ts";
import { locatorOf, type SequenceLocator } from "../selection/sequence-locator.ts";
import type { MemorySide } from "./memory-side.ts";

export class MappedMemory implements MemorySide {
  readonly elementSize: number;
  readonly keepsTarget: boolean;
  private readonly inner: MemorySide;
  private readonly positions: Selection;
  private readonly locator: SequenceLocator;

  /** @param positions - Element i here is element `positions[i]` of `inner`: a selection over an extent of its elements. */
  constructor(inner: MemorySide, positions: Selection) {
    this.elementSize = inner.elementSize;
    this.keepsTarget = inner.keepsTarget;
    this.inner = inner;
    this.positions = positions;
    this.locator = locatorOf(positions);
  }

  direct(position: number, length: number): Uint8Array | undefined {
    this.locator.locate(position);
    return this.locator.available < length ? undefined : this.inner.direct(this.locator.offset, length);
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
    const { inner, elementSize } = this;
    for (let i = 0; i < repeat; i++) {
      const from = offset + i * stride;
      this.pieces(position + i * positionStride, length, (place, count, done) => {
        inner.put(source, from + done * elementSize, 0, count, 1, place, 0);
      });
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
    const { inner, elementSize } = this;
    for (let i = 0; i < repeat; i++) {
      const to = offset + i * stride;
      this.pieces(position + i * positionStride, length, (place, count, done) => {
        inner.take(target, to + done * elementSize, 0, count, 1, place, 0);
      });
    }
  }

  /** Visits the places of elements: `count` from `place` on, after the first `done`. */
  private pieces(position: number, length: number, visit: (place: number, count: number, done: number) => void): void {
    const { locator } = this;
    for (let done = 0; done < length; ) {
      locator.locate(position + done);
      const { offset, available } = locator;
      const count = Math.min(available, length - done);
      visit(offset, count, done);
      done += count;
    }
  }

  finish(): void {
    this.inner.finish();
  }

  forElements(type: Datatype): MemorySide | undefined {
    const inner = this.inner.forElements?.(type);
    return inner && new MappedMemory(inner, this.positions);
  }
}
