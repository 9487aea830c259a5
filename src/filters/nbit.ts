/**
 * N-bit, filter 5: only the significant bits of each number, one after the other without gaps.
 *
 * Client data 0 is the number of values, 1 whether there is nothing to leave out (the bytes then stay as they are), 2 the
 * number of elements, then the datatype:
 *
 * | 1 atomic   | size, byte order (0 little-endian, 1 big-endian), precision, bit offset |
 * | 2 array    | size of the whole array, datatype of its elements                       |
 * | 3 compound | size, number of members, for each its byte offset and datatype          |
 * | 4 other    | size; all bits are kept                                                 |
 *
 * The most significant bit of a number comes first. Bits that are left out read back as zeros. One byte more is
 * stored than is full, so that the last one may be empty. C: H5Znbit.c.
 */
import { FilterError } from "../base/errors.ts";
import { DEFAULT_LIMITS } from "../base/limits.ts";
import type { DecodeContext, EncodeContext, Filter, PackedLayout } from "./filter.ts";

export const NBIT_ID = 5;

const ATOMIC = 1;
const ARRAY = 2;
const COMPOUND = 3;
const OTHER = 4;

function failure(message: string): FilterError {
  return new FilterError(NBIT_ID, message);
}

/** One byte of an element, or the significant part of it. */
interface Pieces {
  /** Where the byte stands in the element. */
  readonly byteOffsets: number[];
  readonly bitCounts: number[];
  /** Insignificant bits below. */
  readonly shifts: number[];
}

/** The parameters of a datatype, turned into the pieces of one element in the order of the stream. */
class PieceList implements Pieces {
  readonly byteOffsets: number[] = [];
  readonly bitCounts: number[] = [];
  readonly shifts: number[] = [];
  bitLength = 0;
  private readonly parameters: readonly number[];
  private readonly maxPieces: number;
  private at: number;

  constructor(parameters: readonly number[], start: number, maxPieces: number) {
    this.parameters = parameters;
    this.at = start;
    this.maxPieces = maxPieces;
  }

  /** Adds a datatype whose element starts at `byteOffset` and has at most `room` bytes. Returns its size. */
  add(byteOffset: number, room: number, depth: number): number {
    if (depth > DEFAULT_LIMITS.maxDepth) throw failure("datatype is nested too deeply");
    const kind = this.next();
    const size = this.next();
    if (size === 0) throw failure("invalid nbit datatype size");
    if (size > room) throw failure("compound member offset overflowed compound size");
    if (kind === ATOMIC) this.addAtomic(byteOffset, size);
    else if (kind === ARRAY) this.addArray(byteOffset, size, depth);
    else if (kind === COMPOUND) this.addCompound(byteOffset, size, depth);
    else if (kind === OTHER) for (let i = 0; i < size; i++) this.push(byteOffset + i, 8, 0);
    else throw failure(`invalid nbit datatype class ${kind}`);
    return size;
  }

  private next(): number {
    const value = this.parameters[this.at++];
    if (value === undefined) throw failure("parameter list is shorter than the datatype it describes");
    return value;
  }

  private push(byteOffset: number, bits: number, shift: number): void {
    // Each piece has at least a bit in the data: more pieces than bits are nonsense.
    if (this.byteOffsets.length >= this.maxPieces) throw failure("can't decompress buffer");
    this.byteOffsets.push(byteOffset);
    this.bitCounts.push(bits);
    this.shifts.push(shift);
    this.bitLength += bits;
  }

  private addAtomic(byteOffset: number, size: number): void {
    const bigEndian = this.next() === 1;
    const precision = this.next();
    const offset = this.next();
    const end = offset + precision;
    if (precision === 0 || end > size * 8) throw failure("invalid datatype precision/offset");
    for (let byte = Math.floor((end - 1) / 8); byte >= Math.floor(offset / 8); byte--) {
      const low = Math.max(offset - 8 * byte, 0);
      const high = Math.min(end - 8 * byte, 8);
      this.push(byteOffset + (bigEndian ? size - 1 - byte : byte), high - low, low);
    }
  }

  /** Elements are laid out by going over their parameters again. What does not fill an element stays out. */
  private addArray(byteOffset: number, size: number, depth: number): void {
    const start = this.at;
    let used = 0;
    let elementSize = 0;
    do {
      this.at = start;
      elementSize = this.add(byteOffset + used, size - used, depth + 1);
      used += elementSize;
    } while (used + elementSize <= size);
  }

  private addCompound(byteOffset: number, size: number, depth: number): void {
    const members = this.next();
    let used = 0;
    for (let i = 0; i < members; i++) {
      const memberOffset = this.next();
      used += this.add(byteOffset + memberOffset, size - memberOffset, depth + 1);
      if (used > size) throw failure("compound member size overflowed compound size");
    }
  }
}

function checkCount(clientData: readonly number[]): void {
  if (clientData.length < 3 || clientData[0] !== clientData.length) throw failure("invalid nbit aggression level");
}

/**
 * How elements lie in `byteLength` bytes; undefined where they are as they are.
 *
 * @throws FilterError when so many bytes do not hold them.
 */
export function nbitLayout(clientData: readonly number[], byteLength: number): PackedLayout | undefined {
  checkCount(clientData);
  if (clientData[1] !== 0) return undefined;
  const count = clientData[2] as number;
  const elementSize = clientData[4] ?? 0;
  const pieces = new PieceList(clientData, 3, 8 * byteLength);
  pieces.add(0, elementSize, 0);
  if (pieces.bitLength * count > 8 * byteLength) throw failure("can't decompress buffer");
  return { count, elementSize, bitsPerElement: pieces.bitLength };
}

function decode(bytes: Uint8Array, { clientData, outputByteLength, limits }: DecodeContext): Uint8Array {
  checkCount(clientData);
  if (clientData[1] !== 0) return bytes;
  const count = clientData[2] as number;
  const maximum = outputByteLength ?? bytes.length * limits.maxInflateRatio;
  const elementSize = clientData[4] ?? 0;
  if (count * elementSize > maximum) throw failure(`${count} elements of ${elementSize} bytes in ${bytes.length}`);
  if (count === 0) return new Uint8Array(0);
  const pieces = new PieceList(clientData, 3, 8 * bytes.length);
  pieces.add(0, elementSize, 0);
  if (pieces.bitLength * count > 8 * bytes.length) throw failure("can't decompress buffer");
  const out = new Uint8Array(count * elementSize);
  unpack(bytes, pieces, out, elementSize);
  return out;
}

function unpack(bytes: Uint8Array, pieces: Pieces, out: Uint8Array, elementSize: number): void {
  const byteOffsets = Uint32Array.from(pieces.byteOffsets);
  const bitCounts = Uint8Array.from(pieces.bitCounts);
  const shifts = Uint8Array.from(pieces.shifts);
  // The window of the last bits is two bytes wide.
  const input = new Uint8Array(bytes.length + 2);
  input.set(bytes);
  let at = 0;
  let used = 0;
  for (let base = 0; base < out.length; base += elementSize) {
    for (let i = 0; i < byteOffsets.length; i++) {
      const bits = bitCounts[i] as number;
      const window = ((((input[at] as number) << 8) | (input[at + 1] as number)) << used) & 0xffff;
      out[base + (byteOffsets[i] as number)] = (window >>> (16 - bits)) << (shifts[i] as number);
      used += bits;
      at += used >>> 3;
      used &= 7;
    }
  }
}

function encode(bytes: Uint8Array, { clientData }: EncodeContext): Uint8Array {
  checkCount(clientData);
  if (clientData[1] !== 0) return bytes;
  const elementSize = clientData[4] ?? 0;
  if ((clientData[2] as number) * elementSize !== bytes.length) {
    throw failure(`${bytes.length} bytes are not ${clientData[2]} elements of ${elementSize}`);
  }
  const pieces = new PieceList(clientData, 3, elementSize * 8);
  pieces.add(0, elementSize, 0);
  return pack(bytes, pieces, elementSize);
}

function pack(bytes: Uint8Array, pieces: PieceList, elementSize: number): Uint8Array {
  const byteOffsets = Uint32Array.from(pieces.byteOffsets);
  const bitCounts = Uint8Array.from(pieces.bitCounts);
  const shifts = Uint8Array.from(pieces.shifts);
  const out = new Uint8Array(Math.floor(((bytes.length / elementSize) * pieces.bitLength) / 8) + 1);
  let at = 0;
  /** Bits of `pending` that are not yet stored, fewer than eight. */
  let held = 0;
  let pending = 0;
  for (let base = 0; base < bytes.length; base += elementSize) {
    for (let i = 0; i < byteOffsets.length; i++) {
      const bits = bitCounts[i] as number;
      const value = (bytes[base + (byteOffsets[i] as number)] as number) >>> (shifts[i] as number);
      pending = (pending << bits) | (value & ((1 << bits) - 1));
      held += bits;
      if (held >= 8) {
        held -= 8;
        out[at++] = pending >>> held;
        pending &= (1 << held) - 1;
      }
    }
  }
  if (held > 0) out[at] = pending << (8 - held);
  return out;
}

export const nbitFilter: Filter = { id: NBIT_ID, name: "nbit", decode, encode };
