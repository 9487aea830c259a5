/** A source some of whose bytes are others than those that are stored. For reading. */
import type { ByteRange, ByteSource } from "./source.ts";

export interface Overlay {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

export class OverlaySource implements ByteSource {
  readonly name: string;
  private readonly source: ByteSource;
  /** Ascending by offset, and apart. */
  private readonly overlays: readonly Overlay[];

  /** @param overlays - Apart from each other, in any order, within the source. */
  constructor(source: ByteSource, overlays: readonly Overlay[]) {
    this.name = source.name;
    this.source = source;
    this.overlays = [...overlays].sort((a, b) => a.offset - b.offset);
  }

  byteLength(): number {
    return this.source.byteLength();
  }

  readInto(offset: number, destination: Uint8Array): void {
    this.source.readInto(offset, destination);
    const end = offset + destination.length;
    for (let i = this.firstEndingAfter(offset); i < this.overlays.length; i++) {
      const { offset: start, bytes } = this.overlays[i] as Overlay;
      if (start >= end) return;
      const from = Math.max(offset, start);
      const to = Math.min(end, start + bytes.length);
      destination.set(bytes.subarray(from - start, to - start), from - offset);
    }
  }

  private firstEndingAfter(offset: number): number {
    let low = 0;
    let high = this.overlays.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const { offset: start, bytes } = this.overlays[middle] as Overlay;
      if (start + bytes.length > offset) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  expect(ranges: readonly ByteRange[]): void {
    this.source.expect?.(ranges);
  }

  close(): void {
    this.source.close();
  }
}
