/**
 * The counterpart of {@link Cursor}: appends little-endian fields to a buffer that grows.
 *
 * Values that their field cannot hold are refused with a `RangeError`, so nothing is ever written truncated.
 */
import { type Address, DEFAULT_WIDTHS, type FileWidths, UNDEFINED_ADDRESS, UNLIMITED } from "./address.ts";
import { lookup3 } from "./checksum.ts";

const TWO_32 = 0x1_0000_0000;
/** Up to so many bytes a loop takes less time than a call of the runtime. */
const SHORT = 24;

/**
 * Appends fields, little-endian; each method gives the writer.
 *
 * @throws RangeError from every method for a value that its field cannot hold.
 */
export class Writer {
  /** Sizes of offsets and lengths, in bytes. */
  readonly widths: FileWidths;
  private buffer: Uint8Array;
  private view: DataView;
  /** Where position 0 is in the buffer. */
  private origin = 0;
  /** End of what was written, in the buffer. */
  private used = 0;

  constructor(widths: FileWidths = DEFAULT_WIDTHS, expectedBytes = 64) {
    this.widths = widths;
    this.buffer = new Uint8Array(Math.max(16, expectedBytes));
    this.view = new DataView(this.buffer.buffer);
  }

  /** Bytes written so far. */
  get position(): number {
    return this.used - this.origin;
  }

  /**
   * Writes into `buffer` from `offset` on, which is position 0 then. Whatever is written beyond its end goes elsewhere:
   * look at `position` afterwards.
   */
  begin(buffer: Uint8Array, offset: number): void {
    if (buffer !== this.buffer) {
      this.buffer = buffer;
      this.view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
    }
    this.origin = offset;
    this.used = offset;
  }

  /** A view of what was written; valid until the next write. */
  toBytes(): Uint8Array {
    return this.buffer.subarray(this.origin, this.used);
  }

  /** A copy of what was written. */
  copy(): Uint8Array {
    return this.buffer.slice(this.origin, this.used);
  }

  private room(byteLength: number): number {
    const at = this.used;
    const needed = at + byteLength;
    if (needed > this.buffer.length) this.grow(needed);
    this.used = needed;
    return at;
  }

  /** Apart from {@link room}, which is compiled into every field that is written. */
  private grow(byteLength: number): void {
    const grown = new Uint8Array(Math.max(byteLength, this.buffer.length * 2));
    grown.set(this.buffer.subarray(0, this.used));
    this.buffer = grown;
    this.view = new DataView(grown.buffer);
  }

  /** Starts over in the same buffer: what `toBytes` gave before is no longer valid. */
  clear(): void {
    this.used = this.origin;
  }

  /** The error of a value that its field cannot hold. */
  private misfit(value: number, byteLength: number): RangeError {
    return new RangeError(`value ${value} does not fit in ${byteLength} unsigned bytes`);
  }

  /** An unsigned value of one byte. */
  u8(value: number): this {
    if ((value & 0xff) !== value) throw this.misfit(value, 1);
    const at = this.room(1);
    this.buffer[at] = value;
    return this;
  }

  /** An unsigned value of 2 bytes. */
  u16(value: number): this {
    if ((value & 0xffff) !== value) throw this.misfit(value, 2);
    const at = this.room(2);
    this.buffer[at] = value;
    this.buffer[at + 1] = value >>> 8;
    return this;
  }

  /** An unsigned value of 3 bytes. */
  u24(value: number): this {
    return this.uint(value, 3);
  }

  /** An unsigned value of 4 bytes. */
  u32(value: number): this {
    if (value >>> 0 !== value) throw this.misfit(value, 4);
    const at = this.room(4);
    this.view.setUint32(at, value, true);
    return this;
  }

  /** A signed value of 4 bytes. */
  i32(value: number): this {
    return this.u32(value >>> 0);
  }

  /** An unsigned value of 8 bytes, up to 2^53 - 1. */
  u64(value: number): this {
    const small = value | 0;
    // Most values are small, and a remainder of numbers with a fraction takes as long as all the rest.
    const isSmall = small === value && small >= 0;
    if (!isSmall && (!Number.isSafeInteger(value) || value < 0)) throw this.misfit(value, 8);
    const at = this.room(8);
    this.view.setUint32(at, isSmall ? small : value % TWO_32, true);
    this.view.setUint32(at + 4, isSmall ? 0 : Math.floor(value / TWO_32), true);
    return this;
  }

  /** An unsigned value of 8 bytes. */
  u64big(value: bigint): this {
    const at = this.room(8);
    this.view.setBigUint64(at, value, true);
    return this;
  }

  /** An unsigned value in 1 to 8 bytes. */
  uint(value: number, byteLength: number): this {
    // Most fields are that wide: what compiles them has nothing of the rest to compile.
    if (byteLength === 8) return this.u64(value);
    if (!Number.isSafeInteger(value) || value < 0 || (byteLength < 7 && value >= 256 ** byteLength)) {
      throw this.misfit(value, byteLength);
    }
    const at = this.room(byteLength);
    let rest = value;
    for (let i = 0; i < byteLength; i++) {
      this.buffer[at + i] = rest % 256;
      rest = Math.floor(rest / 256);
    }
    return this;
  }

  private ones(byteLength: number): this {
    const at = this.room(byteLength);
    this.buffer.fill(0xff, at, at + byteLength);
    return this;
  }

  /** An address of Size of Offsets bytes; `UNDEFINED_ADDRESS` is all ones. */
  addressValue(value: Address): this {
    const { sizeOfOffsets, farAddresses } = this.widths;
    if (value === UNDEFINED_ADDRESS) return this.ones(sizeOfOffsets);
    if (farAddresses === undefined) return this.uint(value, sizeOfOffsets);
    const range = farAddresses.findLast(({ address }) => value >= address);
    return range === undefined
      ? this.uint(value, sizeOfOffsets)
      : this.u64big(range.stored + BigInt(value - range.address));
  }

  /** A length of Size of Lengths bytes; `UNLIMITED` is all ones. */
  lengthValue(value: number): this {
    const { sizeOfLengths } = this.widths;
    return value === UNLIMITED ? this.ones(sizeOfLengths) : this.uint(value, sizeOfLengths);
  }

  /** Bytes as they are. */
  bytes(bytes: Uint8Array): this {
    const { length } = bytes;
    const at = this.room(length);
    const { buffer } = this;
    if (length > SHORT) buffer.set(bytes, at);
    else for (let i = 0; i < length; i++) buffer[at + i] = bytes[i] as number;
    return this;
  }

  /** So many bytes of zero. */
  zeros(byteLength: number): this {
    const at = this.room(byteLength);
    const { buffer } = this;
    if (byteLength > SHORT) buffer.fill(0, at, at + byteLength);
    else for (let i = at; i < at + byteLength; i++) buffer[i] = 0;
    return this;
  }

  /** Zeros up to the next multiple of `alignment`, counted from `from`. */
  align(alignment: number, from = 0): this {
    const over = (this.position - from) % alignment;
    return over === 0 ? this : this.zeros(alignment - over);
  }

  /** A byte for each character. */
  signature(text: string): this {
    const at = this.room(text.length);
    for (let i = 0; i < text.length; i++) this.buffer[at + i] = text.charCodeAt(i);
    return this;
  }

  /** The lookup3 checksum of everything from `start` to here. */
  checksum(start = 0): this {
    return this.u32(lookup3(this.buffer, this.origin + start, this.used));
  }

  /** Overwrites an earlier field of `byteLength` bytes, for sizes known only afterwards. */
  patch(at: number, value: number, byteLength: number): this {
    const start = this.origin + at;
    if (byteLength === 8) {
      this.view.setUint32(start, value >>> 0, true);
      this.view.setUint32(start + 4, Math.floor(value / TWO_32), true);
      return this;
    }
    if (byteLength === 4) {
      this.view.setUint32(start, value, true);
      return this;
    }
    let rest = value;
    for (let i = 0; i < byteLength; i++) {
      this.buffer[start + i] = rest % 256;
      rest = Math.floor(rest / 256);
    }
    return this;
  }
}
