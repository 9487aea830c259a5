/** Fletcher32 of chunks that no array holds. */
import { fletcher32 } from "../base/checksum.ts";
import { forEachPart, type LongBytes } from "../base/long-bytes.ts";

/** The same residue modulo 65535, below 65536: 65535 itself stays, for only zeros have the sum 0. */
function fold(sum: number): number {
  let folded = sum;
  while (folded > 0xffff) folded = (folded & 0xffff) + Math.floor(folded / 0x10000);
  return folded;
}

/** The checksum of all bytes, from those of parts of them: a part adds the sum before it to the second one at each word. */
export function fletcher32OfLong(bytes: LongBytes): number {
  let sum1 = 0;
  let sum2 = 0;
  // Parts have an even length, so that only the last word can be half a one.
  forEachPart(bytes, (part) => {
    const own = fletcher32(part);
    const words = Math.ceil(part.length / 2);
    sum2 = fold(sum2 + fold(words) * sum1 + (own >>> 16));
    sum1 = fold(sum1 + (own & 0xffff));
  });
  return ((sum2 << 16) | sum1) >>> 0;
}

/** The start of some bytes. */
export class FirstBytes implements LongBytes {
  readonly byteLength: number;
  private readonly bytes: LongBytes;

  constructor(bytes: LongBytes, byteLength: number) {
    this.bytes = bytes;
    this.byteLength = byteLength;
  }

  read(offset: number, destination: Uint8Array): void {
    this.bytes.read(offset, destination);
  }
}

/** Bytes with a few more behind them. */
export class ExtendedBytes implements LongBytes {
  private readonly bytes: LongBytes;
  private readonly more: Uint8Array;

  constructor(bytes: LongBytes, more: Uint8Array) {
    this.bytes = bytes;
    this.more = more;
  }

  get byteLength(): number {
    return this.bytes.byteLength + this.more.length;
  }

  read(offset: number, destination: Uint8Array): void {
    const { byteLength } = this.bytes;
    const before = Math.max(0, Math.min(destination.length, byteLength - offset));
    if (before > 0) this.bytes.read(offset, destination.subarray(0, before));
    if (before === destination.length) return;
    const start = offset + before - byteLength;
    destination.set(this.more.subarray(start, start + destination.length - before), before);
  }
}
