/**
 * The one bounded reader of bytes.
 *
 * A cursor covers exactly the bytes of one structure; every read is checked against their end, and every complaint names
 * the structure, its address and the field. Little-endian throughout, as all HDF5 metadata is.
 */
import {
  type Address,
  DEFAULT_WIDTHS,
  type FarAddresses,
  type FileWidths,
  UNDEFINED_ADDRESS,
  UNLIMITED,
} from "./address.ts";
import { lookup3 } from "./checksum.ts";
import { type FormatError, formatError, limitError, type Place } from "./errors.ts";
import { DEFAULT_LIMITS, type Limits } from "./limits.ts";
import { decodeUtf8Range } from "./text.ts";

/** What a cursor's bytes are of, and how they are to be read. */
export interface CursorContext {
  /** The structure's name in the specification, for messages. */
  readonly structure: string;
  /** Where byte 0 of the cursor lies in the file. */
  readonly address?: Address | undefined;
  /** Sizes of offsets and lengths. Default: 8 bytes each. */
  readonly widths?: FileWidths;
  /** What is refused as too much. Default: `DEFAULT_LIMITS`. */
  readonly limits?: Limits;
}

const TWO_32 = 0x1_0000_0000;
/** Bytes that a range of far addresses can be long. */
const MAX_FAR_OFFSET = 0xffff_ffff_ffffn;

/**
 * Reads the fields of one structure, one after the other. Each read moves `position` and takes the name of the field,
 * for messages.
 *
 * @throws FormatError from every read beyond the end, with structure, address and field.
 */
export class Cursor {
  /** The bytes of the structure: a view, not a copy. */
  readonly bytes: Uint8Array;
  /** The structure's name in the specification. */
  readonly structure: string;
  /** Where byte 0 lies, in bytes from the file's base address; undefined where that is not known. */
  readonly address: Address | undefined;
  /** Sizes of offsets and lengths in this file, in bytes. */
  readonly widths: FileWidths;
  /** What is refused as too much. */
  readonly limits: Limits;
  /** Offset of the next byte to be read. */
  position = 0;
  /** Depth of nested decoding, kept by {@link nested}. */
  private depth = 0;

  constructor(bytes: Uint8Array, context: CursorContext) {
    this.bytes = bytes;
    this.structure = context.structure;
    this.address = context.address;
    this.widths = context.widths ?? DEFAULT_WIDTHS;
    this.limits = context.limits ?? DEFAULT_LIMITS;
  }

  /** Bytes in all. */
  get length(): number {
    return this.bytes.length;
  }

  /** Bytes behind `position`. */
  get remaining(): number {
    return this.bytes.length - this.position;
  }

  /** For errors of other kinds than {@link error}. */
  place(field?: string): Place {
    const { structure, address } = this;
    return { structure, address, field };
  }

  /** A `FormatError` that says where: structure, address, field. It is returned, for the caller to throw. */
  error(problem: string, field?: string): FormatError {
    return formatError(problem, this.place(field));
  }

  /** @throws FormatError unless `byteLength` more bytes are there. */
  need(byteLength: number, field?: string): void {
    if (byteLength > this.bytes.length - this.position) {
      throw this.error(`needs ${byteLength} bytes, ${this.remaining} left`, field);
    }
  }

  /** Four bytes as an unsigned number. A DataView would cost more to make than the few fields of a structure to read. */
  private word(at: number): number {
    const { bytes } = this;
    const low = (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16);
    return low + (bytes[at + 3] as number) * 0x100_0000;
  }

  // A program that reads little never gets to run compiled code, and calls are what the rest spends most on: the numbers
  // below do without where they can. It makes an object of each number above 32 bits, too.

  /** An unsigned value of one byte. */
  u8(field?: string): number {
    const { bytes, position } = this;
    if (position >= bytes.length) this.need(1, field);
    this.position = position + 1;
    return bytes[position] as number;
  }

  /** An unsigned value of 2 bytes, little-endian. */
  u16(field?: string): number {
    const { bytes, position } = this;
    if (position + 2 > bytes.length) this.need(2, field);
    this.position = position + 2;
    return (bytes[position] as number) | ((bytes[position + 1] as number) << 8);
  }

  /** An unsigned value of 3 bytes, little-endian. */
  u24(field?: string): number {
    return this.uint(3, field);
  }

  /** An unsigned value of 4 bytes, little-endian. */
  u32(field?: string): number {
    const { bytes, position } = this;
    if (position + 4 > bytes.length) this.need(4, field);
    this.position = position + 4;
    return this.word(position);
  }

  /** A signed value of 4 bytes, little-endian. */
  i32(field?: string): number {
    return this.u32(field) | 0;
  }

  /** An unsigned value of 8 bytes, little-endian. @throws FormatError above 2^53 - 1. */
  u64(field?: string): number {
    const { bytes, position } = this;
    if (position + 8 > bytes.length) this.need(8, field);
    const high =
      (bytes[position + 4] as number) |
      ((bytes[position + 5] as number) << 8) |
      ((bytes[position + 6] as number) << 16);
    if (high >= 0x20_0000 || bytes[position + 7] !== 0) return this.uint(8, field);
    const low =
      (bytes[position] as number) | ((bytes[position + 1] as number) << 8) | ((bytes[position + 2] as number) << 16);
    this.position = position + 8;
    return (high === 0 ? 0 : high * TWO_32) + low + (bytes[position + 3] as number) * 0x100_0000;
  }

  /** An unsigned value of 8 bytes, little-endian, whatever its size. */
  u64big(field?: string): bigint {
    this.need(8, field);
    this.position += 8;
    return (BigInt(this.word(this.position - 4)) << 32n) | BigInt(this.word(this.position - 8));
  }

  /** An unsigned value of 1 to 8 bytes, little-endian. @throws FormatError above 2^53 - 1. */
  uint(byteLength: number, field?: string): number {
    if (byteLength > this.bytes.length - this.position) this.need(byteLength, field);
    let value = 0;
    let factor = 1;
    for (let i = 0; i < byteLength; i++) {
      value += (this.bytes[this.position + i] as number) * factor;
      factor *= 256;
    }
    if (value > Number.MAX_SAFE_INTEGER) throw this.error(`${value} is above 2^53 - 1`, field);
    this.position += byteLength;
    return value;
  }

  /** True, and consumed, when the next `byteLength` bytes are all ones. */
  private takeAllOnes(byteLength: number): boolean {
    for (let i = 0; i < byteLength; i++) if (this.bytes[this.position + i] !== 0xff) return false;
    this.position += byteLength;
    return true;
  }

  private offsetOrLength(byteLength: number, allOnes: number, field?: string): number {
    this.need(byteLength, field);
    if (this.bytes[this.position] === 0xff && this.takeAllOnes(byteLength)) return allOnes;
    return byteLength === 8 ? this.u64(field) : this.uint(byteLength, field);
  }

  /** An address of Size of Offsets bytes; all ones give {@link UNDEFINED_ADDRESS}. */
  addressValue(field?: string): Address {
    const { sizeOfOffsets, farAddresses } = this.widths;
    if (sizeOfOffsets === 8) {
      if (farAddresses !== undefined) return this.farAddress(farAddresses, field);
      const { bytes, position: at } = this;
      // What has more bits is undefined, is refused, or is not there.
      if (bytes[at + 7] === 0 && bytes[at + 6] === 0) {
        this.position = at + 8;
        const low = (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16);
        const high = (bytes[at + 4] as number) | ((bytes[at + 5] as number) << 8);
        return (high === 0 ? 0 : high * TWO_32) + low + (bytes[at + 3] as number) * 0x100_0000;
      }
    }
    return this.offsetOrLength(sizeOfOffsets, UNDEFINED_ADDRESS, field);
  }

  /** Fills a list with addresses that stand one behind the other. */
  addressValues<L extends Float64Array | Address[]>(list: L, field?: string): L {
    for (let i = 0; i < list.length; i++) list[i] = this.addressValue(field);
    return list;
  }

  private farAddress(ranges: readonly FarAddresses[], field?: string): Address {
    this.need(8, field);
    const stored = (BigInt(this.word(this.position + 4)) << 32n) | BigInt(this.word(this.position));
    const range = ranges.findLast((candidate) => stored >= candidate.stored);
    const from = range === undefined ? stored : stored - range.stored;
    if (range === undefined || from > MAX_FAR_OFFSET) {
      return this.offsetOrLength(8, UNDEFINED_ADDRESS, field);
    }
    this.position += 8;
    return range.address + Number(from);
  }

  /** A length of Size of Lengths bytes; all ones give {@link UNLIMITED}. */
  lengthValue(field?: string): number {
    return this.offsetOrLength(this.widths.sizeOfLengths, UNLIMITED, field);
  }

  /** An address of Size of Offsets bytes. @throws FormatError for the undefined one. */
  definedAddress(field?: string): Address {
    const address = this.addressValue(field);
    if (address === UNDEFINED_ADDRESS) throw this.error("is undefined", field);
    return address;
  }

  /** A length of Size of Lengths bytes. @throws FormatError for all ones. */
  finiteLength(field?: string): number {
    const length = this.lengthValue(field);
    if (length === UNLIMITED) throw this.error("all bits are one", field);
    return length;
  }

  /** Flags, in a byte if nothing else is said. @throws FormatError for bits outside of `known`. */
  flags(known: number, field = "Flags", flags = this.u8(field)): number {
    if ((flags & ~known) !== 0) throw this.error(`unknown bits in 0x${flags.toString(16)}`, field);
    return flags;
  }

  /**
   * What a code, in a byte if nothing else is said, stands for in a list that begins with the meaning of `first`.
   *
   * @throws FormatError for a code beyond it.
   */
  oneOf<T>(meanings: readonly T[], field?: string, code = this.u8(field), first = 0): T {
    return meanings[this.within(first, first + meanings.length - 1, field, code) - first] as T;
  }

  /** A number, one byte if nothing else is said. @throws FormatError unless it is from `least` to `most`. */
  within(least: number, most: number, field?: string, value = this.u8(field)): number {
    if (value < least || value > most) throw this.error(`expected ${least} to ${most}, found ${value}`, field);
    return value;
  }

  /** A view, not a copy, of the next `byteLength` bytes. */
  take(byteLength: number, field?: string): Uint8Array {
    this.need(byteLength, field);
    const start = this.position;
    this.position += byteLength;
    return this.bytes.subarray(start, this.position);
  }

  /** Moves `position` over bytes that nobody looks at. */
  skip(byteLength: number, field?: string): this {
    this.need(byteLength, field);
    this.position += byteLength;
    return this;
  }

  /** Moves to the next multiple of `alignment`, counted from `from`. */
  align(alignment: number, from = 0, field = "padding"): this {
    const over = (this.position - from) % alignment;
    return over === 0 ? this : this.skip(alignment - over, field);
  }

  /** Reads as many bytes as `expected` has characters. @throws FormatError when they are others. */
  signature(expected: string): void {
    this.need(expected.length, "Signature");
    for (let i = 0; i < expected.length; i++) {
      if (this.bytes[this.position + i] !== expected.charCodeAt(i)) {
        throw this.signatureError(expected);
      }
    }
    this.position += expected.length;
  }

  private signatureError(expected: string): FormatError {
    const found = [...this.bytes.subarray(this.position, this.position + expected.length)]
      .map((byte) =>
        byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`,
      )
      .join("");
    return this.error(`expected "${expected}", found "${found}"`, "Signature");
  }

  /** A number, one byte if nothing else is said, that must be one of `allowed`. */
  version(allowed: readonly number[], field = "Version", value = this.u8(field)): number {
    if (!allowed.includes(value)) {
      throw this.error(`expected ${allowed.join(" or ")}, found ${value}`, field);
    }
    return value;
  }

  /** Bytes up to a NUL, which is consumed. A missing NUL is an error. */
  nulTerminated(field?: string): string {
    const end = this.bytes.indexOf(0, this.position);
    if (end < 0) throw this.error("no NUL before the end", field);
    const text = decodeUtf8Range(this.bytes, this.position, end);
    this.position = end + 1;
    return text;
  }

  /** `byteLength` bytes of text; what follows a NUL is ignored. */
  text(byteLength: number, field?: string): string {
    this.need(byteLength, field);
    const { bytes, position } = this;
    this.position += byteLength;
    let end = position;
    while (end < this.position && bytes[end] !== 0) end++;
    return decodeUtf8Range(bytes, position, end);
  }

  /**
   * Checks a count read from the file against the bytes its items need at least, before anything grows by it.
   *
   * @throws FormatError, or LimitError above `limits.maxCount`.
   */
  count(value: number, minimumItemBytes: number, field?: string): number {
    if (value > this.limits.maxCount) {
      throw limitError(`${value} items, limit maxCount is ${this.limits.maxCount}`, this.place(field));
    }
    if (value * minimumItemBytes > this.remaining) {
      throw this.error(`${value} items of at least ${minimumItemBytes} bytes, ${this.remaining} bytes left`, field);
    }
    return value;
  }

  /** Reads a lookup3 checksum of 4 bytes. @throws FormatError unless it is that of the bytes from `start` to here. */
  checksum(start = 0): void {
    const computed = lookup3(this.bytes, start, this.position);
    const stored = this.u32("Checksum");
    if (computed !== stored) {
      throw this.error(`stored 0x${stored.toString(16)}, computed 0x${computed.toString(16)}`, "Checksum");
    }
  }

  /** A cursor over the next `byteLength` bytes, which are consumed here. */
  sub(byteLength: number, structure = this.structure, field?: string): Cursor {
    const start = this.position;
    const bytes = this.take(byteLength, field);
    const cursor = new Cursor(bytes, {
      structure,
      address: this.address === undefined ? undefined : this.address + start,
      widths: this.widths,
      limits: this.limits,
    });
    cursor.depth = this.depth;
    return cursor;
  }

  /** Runs `decode` one level deeper; refuses to nest beyond `limits.maxDepth`. */
  nested<T>(decode: () => T): T {
    if (this.depth >= this.limits.maxDepth) {
      throw limitError(`nested deeper than limit maxDepth, ${this.limits.maxDepth}`, this.place());
    }
    this.depth++;
    try {
      return decode();
    } finally {
      this.depth--;
    }
  }
}
