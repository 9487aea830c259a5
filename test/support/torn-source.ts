/** A test double whose bytes are half old and half new, as a reader may find them while another process writes. */
import { MemorySource } from "../../src/io/memory-source.ts";
import type { ByteRange, ByteSource } from "../../src/io/source.ts";

/** Bytes that are older for a number of reads, while what lies before them is not. */
export interface Tear extends ByteRange {
  /** Reads of any part of these bytes that find them so. */
  reads: number;
}

export class TornSource implements ByteSource {
  readonly name = "torn";
  /** All reads so far. */
  readonly reads: ByteRange[] = [];
  /** What is in the file. */
  bytes: Uint8Array;
  tear: Tear | undefined;
  private readonly older: Uint8Array;

  /** @param older - What was there before; what lies behind it was never written before. */
  constructor(bytes: Uint8Array, older: Uint8Array) {
    this.bytes = bytes;
    this.older = older;
  }

  byteLength(): number {
    return this.bytes.length;
  }

  readInto(offset: number, destination: Uint8Array): void {
    this.reads.push({ offset, byteLength: destination.length });
    new MemorySource(this.bytes, this.name).readInto(offset, destination);
    const { tear } = this;
    if (tear === undefined || tear.reads === 0) return;
    const from = Math.max(tear.offset, offset);
    const to = Math.min(tear.offset + tear.byteLength, offset + destination.length);
    if (from >= to) return;
    tear.reads--;
    for (let at = from; at < to; at++) destination[at - offset] = this.older[at] ?? 0;
  }

  close(): void {
    // Nothing is held.
  }
}
