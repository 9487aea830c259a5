/**
 * A stream of bits, the most significant bit of each byte first.
 *
 * Reading past the end gives anything; whoever reads checks {@link BitReader.overrun} after each block, not each bit. The
 * methods for many values at once keep the position in local variables, and take 32 bits at a time out of a view, which is
 * worth a factor of four.
 */
import { Scratch } from "../base/scratch.ts";

/** Zero bytes behind the stream, so that windows of five bytes need no check. */
const READ_AHEAD = 8;
/** Values of one loop that counts bits in a small integer. */
const RUN = 1 << 16;

const copies = new Scratch();

export class BitReader {
  private readonly copy: Uint8Array;
  private readonly view: DataView;
  private readonly byteLength: number;
  /** The byte that holds the next bit, and the bits of it that are used up, 0 to 7. */
  private at = 0;
  private used = 0;

  constructor(bytes: Uint8Array) {
    this.byteLength = bytes.length;
    this.copy = copies.take(bytes.length + READ_AHEAD);
    this.copy.set(bytes);
    this.copy.fill(0, bytes.length);
    this.view = new DataView(this.copy.buffer, this.copy.byteOffset);
  }

  /** Gives the memory back; nothing may be read afterwards. */
  close(): void {
    copies.release(this.copy, this.copy.subarray(0, 0));
  }

  /** Whether more bits were read than there are. */
  get overrun(): boolean {
    return this.at > this.byteLength || (this.at === this.byteLength && this.used > 0);
  }

  /** The next 1 to 32 bits as an unsigned number. */
  take(bits: number): number {
    const { view, at, used } = this;
    const next = used + bits;
    this.used = next & 7;
    this.at = Math.min(at + (next >>> 3), this.byteLength + 1);
    return window(view, at, used) >>> (32 - bits);
  }

  /** The number of zeros before the next one, which is read as well. */
  takeUnary(): number {
    const value = new Uint32Array(1);
    this.takeUnaries(value, 0, 1);
    return value[0] as number;
  }

  /** {@link takeUnary} for the values from `start` to `end`. */
  takeUnaries(values: Uint32Array, start: number, end: number): void {
    const { view, byteLength } = this;
    let { at, used } = this;
    // Bits at the top, and how many of them there are.
    let bits = view.getInt32(at) << used;
    let left = 32 - used;
    for (let i = start; i < end; i++) {
      let zeros = 0;
      while (bits === 0 && at < byteLength) {
        zeros += left;
        at += 4;
        bits = at < byteLength ? view.getInt32(at) : 0;
        left = 32;
      }
      const count = Math.clz32(bits);
      values[i] = zeros + count;
      bits = (bits << count) << 1;
      left -= count + 1;
    }
    used = 32 - left;
    this.at = Math.min(at + (used >>> 3), byteLength + 1);
    this.used = used & 7;
  }

  /** The next values of 1 to 32 bits. */
  takeAll(values: Uint32Array, start: number, end: number, bits: number): void {
    for (let first = start; first < end; first += RUN) {
      const last = Math.min(end, first + RUN);
      const { view, at } = this;
      let position = this.used;
      if (!this.skip((last - first) * bits)) return;
      const unused = 32 - bits;
      if (bits > 25) {
        for (let i = first; i < last; i++, position += bits) {
          values[i] = window(view, at + (position >>> 3), position & 7) >>> unused;
        }
        continue;
      }
      for (let i = first; i < last; i++, position += bits) {
        values[i] = (view.getInt32(at + (position >>> 3)) << (position & 7)) >>> unused;
      }
    }
  }

  /** Appends the next 1 to 30 bits to each of the values from `start` to `end`, 65536 at most, as their lowest. */
  appendBits(values: Uint32Array, start: number, end: number, bits: number): void {
    const { view, at } = this;
    let position = this.used;
    if (!this.skip((end - start) * bits)) return;
    const unused = 32 - bits;
    if (bits <= 25) {
      for (let i = start; i < end; i++, position += bits) {
        const low = (view.getInt32(at + (position >>> 3)) << (position & 7)) >>> unused;
        values[i] = ((values[i] as number) << bits) | low;
      }
      return;
    }
    for (let i = start; i < end; i++, position += bits) {
      values[i] = ((values[i] as number) << bits) | (window(view, at + (position >>> 3), position & 7) >>> unused);
    }
  }

  /** Goes on behind the next bits. Returns whether there are as many. */
  private skip(bits: number): boolean {
    const next = this.used + bits;
    this.at = Math.min(this.at + Math.floor(next / 8), this.byteLength + 1);
    this.used = next & 7;
    return !this.overrun;
  }
}

/** The 32 bits that start `used` bits into the byte at `at`. */
function window(view: DataView, at: number, used: number): number {
  return (view.getInt32(at) << used) | (view.getUint8(at + 4) >>> (8 - used));
}
