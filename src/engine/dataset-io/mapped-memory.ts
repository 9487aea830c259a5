/** The memory of a request as one of the sources of a virtual dataset sees it: its elements have other numbers there. */
import type { Selection } from "../selection/selection.ts";
import { locatorOf, type SequenceLocator } from "../selection/sequence-locator.ts";
import type { MemorySide } from "./memory-side.ts";

export class MappedMemory implements MemorySide {
  readonly elementSize: number;
  readonly keepsTarget: boolean;
  private readonly inner: MemorySide;
  private readonly locator: SequenceLocator;

  /** @param positions - Element i here is element `positions[i]` of `inner`: a selection over an extent of its elements. */
  constructor(inner: MemorySide, positions: Selection) {
    this.elementSize = inner.elementSize;
    this.keepsTarget = inner.keepsTarget;
    this.inner = inner;
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
    const { locator, inner, elementSize } = this;
    for (let i = 0; i < repeat; i++) {
      let from = offset + i * stride;
      for (let done = 0; done < length; ) {
        locator.locate(position + i * positionStride + done);
        const piece = Math.min(locator.available, length - done);
        inner.put(source, from, 0, piece, 1, locator.offset, 0);
        from += piece * elementSize;
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
    const { locator, inner, elementSize } = this;
    for (let i = 0; i < repeat; i++) {
      let to = offset + i * stride;
      for (let done = 0; done < length; ) {
        locator.locate(position + i * positionStride + done);
        const piece = Math.min(locator.available, length - done);
        inner.take(target, to, 0, piece, 1, locator.offset, 0);
        to += piece * elementSize;
        done += piece;
      }
    }
  }

  finish(): void {
    this.inner.finish();
  }
}
