/**
 * Small pieces of raw data that follow each other in the file, held back until they make a write worth its system call.
 *
 * Ten thousand small datasets lie side by side in the blocks that the allocator sets aside for them. The C library joins
 * such pieces too (its "sieve buffer", H5Pset_sieve_buf_size). Whoever reads there, or flushes the file, takes what is
 * held back to it first.
 */
import type { Address } from "../base/address.ts";

/** A larger piece is written by itself. */
const SMALL_BYTES = 1024;
/** Held back at most. C: the default of `H5Pset_sieve_buf_size`. */
const BUFFER_BYTES = 65536;

export class SmallWrites {
  private readonly write: (address: Address, bytes: Uint8Array) => void;
  private buffer: Uint8Array | undefined;
  private start: Address = 0;
  private used = 0;
  /** Kept for the next try, in the order of writing; all of it comes before what is held back. */
  private refused: { readonly address: Address; readonly bytes: Uint8Array }[] = [];

  constructor(write: (address: Address, bytes: Uint8Array) => void) {
    this.write = write;
  }

  /** Takes a copy of `bytes`; false when they are not for holding back, and nothing that was is any longer. */
  hold(address: Address, bytes: Uint8Array): boolean {
    const follows = this.used > 0 && address === this.start + this.used && this.used + bytes.length <= BUFFER_BYTES;
    if (!follows) this.flush();
    if (bytes.length > SMALL_BYTES) {
      this.flush();
      return false;
    }
    this.buffer ??= new Uint8Array(BUFFER_BYTES);
    if (this.used === 0) this.start = address;
    this.buffer.set(bytes, this.used);
    this.used += bytes.length;
    return true;
  }

  /** Takes a copy of a piece that could not be written: it is tried again before anything else is written or read. */
  keep(address: Address, bytes: Uint8Array): void {
    if (this.used > 0 && this.buffer !== undefined) {
      this.refused.push({ address: this.start, bytes: this.buffer.slice(0, this.used) });
      this.used = 0;
    }
    this.refused.push({ address, bytes: bytes.slice() });
  }

  /** Writes what was refused before. */
  flushKept(): void {
    for (let next = this.refused[0]; next !== undefined; next = this.refused[0]) {
      this.write(next.address, next.bytes);
      this.refused.shift();
    }
  }

  /** Before somebody reads there: writes what was refused before, and what is held back if some of it is of these bytes. */
  flushWithin(address: Address, byteLength: number): void {
    if (this.refused.length > 0) this.flushKept();
    if (address < this.start + this.used && this.start < address + byteLength) this.flush();
  }

  /** Writes what is held back; when that fails, it stays held back. */
  flush(): void {
    if (this.refused.length > 0) this.flushKept();
    if (this.used === 0 || this.buffer === undefined) return;
    this.write(this.start, this.buffer.subarray(0, this.used));
    this.used = 0;
  }
}
