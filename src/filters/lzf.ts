/**
 * LZF, filter 32000: h5py's fast compression, in the format of LibLZF.
 *
 * Client data: revision of the filter, version of the library, bytes of a chunk. A stream is a sequence of
 *
 * | first byte         | then                  | means                                                     |
 * | ------------------ | --------------------- | --------------------------------------------------------- |
 * | 000LLLLL           | L + 1 bytes           | these bytes                                               |
 * | LLLddddd, L = 1..6 | dddddddd              | L + 2 bytes that stand d + 1 bytes before, which may      |
 * |                    |                       | reach into what they produce                              |
 * | 111ddddd           | LLLLLLLL and dddddddd | the same for L + 9 bytes                                  |
 */
import { FilterError } from "../base/errors.ts";
import { Scratch } from "../base/scratch.ts";
import type { DecodeContext, Filter, Room } from "./filter.ts";

export const LZF_ID = 32000;

const MAX_LITERAL = 32;
const MAX_MATCH = 264;
const MAX_DISTANCE = 0x1fff;
/** Shorter data has nothing that could stand twice. */
const LEAST_BYTES = 5;
/** Fewer bits cost bytes, more of them time: this table stays near the processor. */
const HASH_BITS = 15;

const encodedBytes = new Scratch();
let places: Uint16Array | undefined;

function damaged(): FilterError {
  return new FilterError(LZF_ID, "Invalid data for LZF decompression");
}

/** Bytes that a stream decodes to; at most 88 times its own, so nothing is allocated that the stream does not hold. */
function decodedByteLength(bytes: Uint8Array): number {
  let total = 0;
  let at = 0;
  while (at < bytes.length) {
    const control = bytes[at++] as number;
    if (control < MAX_LITERAL) {
      total += control + 1;
      at += control + 1;
    } else if (control >>> 5 < 7) {
      total += (control >>> 5) + 2;
      at += 1;
    } else {
      total += (bytes[at] as number) + 9;
      at += 2;
    }
  }
  if (at !== bytes.length) throw damaged();
  return total;
}

/**
 * Decodes a whole stream.
 *
 * @param out - Memory for exactly what it decodes to.
 * @throws FilterError when it is damaged, or decodes to more or less.
 */
export function decodeLzf(bytes: Uint8Array, out: Uint8Array = new Uint8Array(decodedByteLength(bytes))): Uint8Array {
  const from = viewOf(bytes);
  const view = viewOf(out);
  // Up to here words are copied, three bytes too many at most.
  const lastLiteral = bytes.length - 35;
  const lastCopy = out.length - 267;
  let at = 0;
  let to = 0;
  while (at < bytes.length) {
    const control = bytes[at++] as number;
    let length = (control >>> 5) + 2;
    if (control < 32) {
      length = control + 1;
      if (at <= lastLiteral && to <= lastCopy) {
        for (let i = 0; i < length; i += 4) view.setInt32(to + i, from.getInt32(at + i));
      } else {
        if (at + length > bytes.length || to + length > out.length) throw damaged();
        for (let i = 0; i < length; i++) out[to + i] = bytes[at + i] as number;
      }
      at += length;
    } else {
      if (length === 9) length += bytes[at++] as number;
      const distance = ((control & 0x1f) << 8) + (bytes[at++] as number) + 1;
      if (distance <= to && distance >= 4 && to <= lastCopy) {
        for (let i = to; i < to + length; i += 4) view.setInt32(i, view.getInt32(i - distance));
      } else {
        // Beyond the end there are no numbers, and no comparison holds.
        if (!(distance <= to && to + length <= out.length)) throw damaged();
        for (let i = to; i < to + length; i++) out[i] = out[i - distance] as number;
      }
    }
    to += length;
  }
  if (to !== out.length) throw damaged();
  return out;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/**
 * Encodes; `undefined` when the stream would not be shorter than the data.
 *
 * @param room - Memory that the stream may be in.
 */
export function encodeLzf(bytes: Uint8Array, room?: Room): Uint8Array | undefined {
  const end = bytes.length;
  if (end < LEAST_BYTES) return undefined;
  const longest = end + Math.ceil(end / MAX_LITERAL) + 1;
  const out = room?.(longest) ?? encodedBytes.take(longest);
  places ??= new Uint16Array(1 << HASH_BITS);
  places.fill(0);
  const byteLength = encodeInto(out, bytes, places);
  const encoded = encodedBytes.release(out, out.subarray(0, byteLength < end ? byteLength : 0));
  return byteLength < end ? encoded : undefined;
}

/**
 * @param out - Room for a stream without any match.
 * @param seen - Where three bytes of a hash were seen last, the lower 16 bits of it. What stood there is looked at anyway.
 */
function encodeInto(out: Uint8Array, bytes: Uint8Array, seen: Uint16Array): number {
  const end = bytes.length;
  const view = viewOf(bytes);
  /** The last three bytes. */
  let word = view.getInt32(0) >>> 8;
  // Literals are put down as they come, behind a byte for their number. The first byte is one in any case.
  let to = 2;
  let literals = 1;
  out[1] = bytes[0] as number;
  let at = 1;
  while (at + 2 < end) {
    word = ((word & 0xffff) << 8) | (bytes[at + 2] as number);
    const slot = hash(word);
    const distance = (at - 1 - (seen[slot] as number)) & 0xffff;
    seen[slot] = at;
    // All ones for what is too far away: a branch of its own, which nobody can predict, costs as much again (Node 20).
    const isFar = (MAX_DISTANCE - distance) >> 31;
    const candidate = (at - 1 - distance) & ~isFar;
    if (((view.getInt32(candidate) >>> 8) ^ word) | isFar) {
      out[to++] = bytes[at++] as number;
      if (++literals === MAX_LITERAL) {
        out[to - MAX_LITERAL - 1] = MAX_LITERAL - 1;
        literals = 0;
        to++;
      }
      continue;
    }
    if (literals === 0) to--;
    else out[to - literals - 1] = literals - 1;
    literals = 0;
    // Most matches are no longer than three bytes.
    const isLonger = at + 3 < end && bytes[candidate + 3] === bytes[at + 3];
    const length = isLonger ? matchLength(view, candidate, at) : 3;
    to = putMatch(out, to, distance, length) + 1;
    at += length;
    if (at + 2 < end) {
      const four = view.getInt32(at - 2);
      seen[hash(four >>> 8)] = at - 2;
      word = four & 0xffffff;
      seen[hash(word)] = at - 1;
    }
  }
  return putLast(out, to, literals, bytes, at);
}

function hash(word: number): number {
  return Math.imul(word, 0x9e3779b1) >>> (32 - HASH_BITS);
}

function matchLength(bytes: DataView, candidate: number, at: number): number {
  const limit = Math.min(MAX_MATCH, bytes.byteLength - at);
  let length = 4;
  while (length + 4 <= limit && bytes.getInt32(candidate + length) === bytes.getInt32(at + length)) length += 4;
  while (length < limit && bytes.getUint8(candidate + length) === bytes.getUint8(at + length)) length++;
  return length;
}

function putMatch(out: Uint8Array, position: number, distance: number, length: number): number {
  let to = position;
  const code = length - 2;
  if (code < 7) {
    out[to++] = (code << 5) | (distance >>> 8);
  } else {
    out[to++] = 0xe0 | (distance >>> 8);
    out[to++] = code - 7;
  }
  out[to++] = distance & 0xff;
  return to;
}

/** The last literals. @returns Bytes of the stream. */
function putLast(out: Uint8Array, position: number, before: number, bytes: Uint8Array, start: number): number {
  let to = position;
  let literals = before;
  for (let at = start; at < bytes.length; at++) {
    if (literals === MAX_LITERAL) {
      out[to - MAX_LITERAL - 1] = MAX_LITERAL - 1;
      literals = 0;
      to++;
    }
    out[to++] = bytes[at] as number;
    literals++;
  }
  if (literals === 0) return to - 1;
  out[to - literals - 1] = literals - 1;
  return to;
}

function decode(bytes: Uint8Array, context: DecodeContext): Uint8Array {
  const expected = context.outputByteLength;
  if (expected === undefined) return decodeLzf(bytes);
  return decodeLzf(bytes, context.room?.(expected) ?? new Uint8Array(expected));
}

export const lzfFilter: Filter = {
  id: LZF_ID,
  name: "lzf",
  decode,
  encode: (bytes, { room }) => encodeLzf(bytes, room),
};
