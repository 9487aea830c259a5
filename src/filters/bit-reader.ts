/**
 * A stream of bits, the most significant bit of each byte first.
 *
 * Reading past the end gives zeros; whoever reads checks {@link BitReader.overrun} after each block, not each bit. The
 * methods for many values at once keep the position in local variables, which is worth a factor of two.
 */

/** Zero bytes behind the stream, so that windows of five bytes need no check. */
const READ_AHEAD = 8;

export class BitReader {
  private readonly bytes: Uint8Array;
  private readonly byteLength: number;
  /** The byte that holds the next bit, and the bits of it that are used up, 0 to 7. */
  private at = 0;
  private used = 0;

  constructor(bytes: Uint8Array) {
    this.byteLength = bytes.length;
    this.bytes = new Uint8Array(bytes.length + READ_AHEAD);
    this.bytes.set(bytes);
  }

  /** Whether more bits were read than there are. */
  get overrun(): boolean {
    return this.at > this.byteLength || (this.at === this.byteLength && this.used > 0);
  }

  /** The next 1 to 32 bits as an unsigned number. */
  take(bits: number): number {
    const { bytes, at, used } = this;
    const next = used + bits;
    this.used = next & 7;
    this.at = Math.min(at + (next >>> 3), this.byteLength + 1);
    return window(bytes, at, used) >>> (32 - bits);
  }

  /** The number of zeros before the next one, which is read as well. */
  takeUnary(): number {
    const { bytes, byteLength } = this;
    let { at, used } = this;
    let zeros = 0;
    let bits = window(bytes, at, used);
    while (bits === 0 && at < byteLength) {
      zeros += 32;
      at += 4;
      bits = window(bytes, at, used);
    }
    const count = Math.clz32(bits);
    const next = used + count + 1;
    used = next & 7;
    at += next >>> 3;
    this.at = Math.min(at, byteLength + 1);
    this.used = used;
    return zeros + count;
  }

  /** {@link takeUnary} for the values from `start` to `end`. */
  takeUnaries(values: Uint32Array, start: number, end: number): void {
    const { bytes, byteLength } = this;
    let { at, used } = this;
    for (let i = start; i < end; i++) {
      let bits =
        (((bytes[at] as number) << 24) |
          ((bytes[at + 1] as number) << 16) |
          ((bytes[at + 2] as number) << 8) |
          (bytes[at + 3] as number)) <<
        used;
      let zeros = 0;
      while (bits === 0 && at < byteLength) {
        // The window showed 32 - used bits: the next one starts at a byte.
        zeros += 32 - used;
        used = 0;
        at += 4;
        bits = window(bytes, at, 0);
      }
      const count = Math.clz32(bits);
      const next = used + count + 1;
      used = next & 7;
      at += next >>> 3;
      values[i] = zeros + count;
      if (at > byteLength) break;
    }
    this.at = Math.min(at, byteLength + 1);
    this.used = used;
  }

  /** Appends the next 1 to 32 bits to each of the values from `start` to `end` as their lowest. */
  appendBits(values: Uint32Array, start: number, end: number, bits: number): void {
    const { bytes, byteLength } = this;
    let { at, used } = this;
    const unused = 32 - bits;
    for (let i = start; i < end && at <= byteLength; i++) {
      const low =
        (((((bytes[at] as number) << 24) |
          ((bytes[at + 1] as number) << 16) |
          ((bytes[at + 2] as number) << 8) |
          (bytes[at + 3] as number)) <<
          used) |
          ((bytes[at + 4] as number) >>> (8 - used))) >>>
        unused;
      values[i] = unused === 0 ? low : ((values[i] as number) << bits) | low;
      const next = used + bits;
      used = next & 7;
      at += next >>> 3;
    }
    this.at = Math.min(at, byteLength + 1);
    this.used = used;
  }
}

/** The 32 bits that start `used` bits into the byte at `at`. */
function window(bytes: Uint8Array, at: number, used: number): number {
  return (
    ((((bytes[at] as number) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number)) <<
      used) |
    ((bytes[at + 4] as number) >>> (8 - used))
  );
}
