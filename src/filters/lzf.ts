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
import type { DecodeContext, Filter } from "./filter.ts";

export const LZF_ID = 32000;

const MAX_LITERAL = 32;
const MAX_MATCH = 264;
const HASH_BITS = 14;

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

/** Encodes; `undefined` when the stream would not be shorter than the data. */
export function encodeLzf(bytes: Uint8Array): Uint8Array | undefined {
  const end = bytes.length;
  const out = new Uint8Array(end + MAX_LITERAL + 8);
  /** Where three bytes of a hash were seen last, counted from 1. */
  const seen = new Int32Array(1 << HASH_BITS);
  const from = viewOf(bytes);
  let to = 0;
  let literalStart = 0;
  let at = 0;
  let isAfterMatch = true;
  let word = 0;
  while (at + 2 < end) {
    word = isAfterMatch
      ? ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number)
      : ((word << 8) & 0xffffff) | (bytes[at + 2] as number);
    const slot = Math.imul(word, 0x9e3779b1) >>> 18;
    const candidate = (seen[slot] as number) - 1;
    seen[slot] = at + 1;
    isAfterMatch = candidate >= 0 && at - candidate <= 0x2000 && from.getInt32(candidate) >>> 8 === word;
    if (!isAfterMatch) {
      at++;
      continue;
    }
    to = putLiterals(bytes, literalStart, at, out, to);
    const length = matchLength(from, candidate, at, Math.min(MAX_MATCH, end - at));
    to = putMatch(out, to, at - candidate - 1, length);
    at += length;
    literalStart = at;
  }
  to = putLiterals(bytes, literalStart, end, out, to);
  return to < end ? out.subarray(0, to) : undefined;
}

function matchLength(bytes: DataView, candidate: number, at: number, limit: number): number {
  let length = 3;
  while (length + 4 <= limit && bytes.getInt32(candidate + length) === bytes.getInt32(at + length)) length += 4;
  while (length < limit && bytes.getUint8(candidate + length) === bytes.getUint8(at + length)) length++;
  return length;
}

/** Returns where to go on; stops early once the output has reached the room of the data. */
function putLiterals(bytes: Uint8Array, start: number, end: number, out: Uint8Array, position: number): number {
  let to = position;
  for (let from = start; from < end && to < bytes.length; ) {
    const count = Math.min(MAX_LITERAL, end - from);
    out[to++] = count - 1;
    for (const stop = from + count; from < stop; ) out[to++] = bytes[from++] as number;
  }
  return to;
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

function decode(bytes: Uint8Array, context: DecodeContext): Uint8Array {
  const expected = context.outputByteLength;
  if (expected === undefined) return decodeLzf(bytes);
  return decodeLzf(bytes, context.room?.(expected) ?? new Uint8Array(expected));
}

export const lzfFilter: Filter = { id: LZF_ID, name: "lzf", decode, encode: encodeLzf };
