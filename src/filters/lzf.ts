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
const MAX_DISTANCE = 1 << 13;
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

/** Decodes a whole stream. @throws FilterError when it is damaged. */
export function decodeLzf(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(decodedByteLength(bytes));
  let at = 0;
  let to = 0;
  while (at < bytes.length) {
    const control = bytes[at++] as number;
    if (control < MAX_LITERAL) {
      for (const end = to + control + 1; to < end; ) out[to++] = bytes[at++] as number;
      continue;
    }
    let length = (control >>> 5) + 2;
    if (length === 9) length += bytes[at++] as number;
    let from = to - ((control & 0x1f) << 8) - (bytes[at++] as number) - 1;
    if (from < 0) throw damaged();
    for (const end = to + length; to < end; ) out[to++] = out[from++] as number;
  }
  return out;
}

/** Encodes; `undefined` when the stream would not be shorter than the data. */
export function encodeLzf(bytes: Uint8Array): Uint8Array | undefined {
  const end = bytes.length;
  const out = new Uint8Array(end + MAX_LITERAL + 8);
  /** Where three bytes of a hash were seen last, counted from 1. */
  const seen = new Int32Array(1 << HASH_BITS);
  let to = 0;
  let literalStart = 0;
  let at = 0;
  while (at + 2 < end) {
    const word = ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number);
    const slot = Math.imul(word, 0x9e3779b1) >>> (32 - HASH_BITS);
    const candidate = (seen[slot] as number) - 1;
    seen[slot] = at + 1;
    if (candidate < 0 || at - candidate > MAX_DISTANCE || !sameThree(bytes, candidate, at)) {
      at++;
      continue;
    }
    to = putLiterals(bytes, literalStart, at, out, to);
    const length = matchLength(bytes, candidate, at, Math.min(MAX_MATCH, end - at));
    to = putMatch(out, to, at - candidate - 1, length);
    at += length;
    literalStart = at;
  }
  to = putLiterals(bytes, literalStart, end, out, to);
  return to < end ? out.subarray(0, to) : undefined;
}

function sameThree(bytes: Uint8Array, a: number, b: number): boolean {
  return bytes[a] === bytes[b] && bytes[a + 1] === bytes[b + 1] && bytes[a + 2] === bytes[b + 2];
}

function matchLength(bytes: Uint8Array, candidate: number, at: number, limit: number): number {
  let length = 3;
  while (length < limit && bytes[candidate + length] === bytes[at + length]) length++;
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
  const out = decodeLzf(bytes);
  const expected = context.outputByteLength;
  if (expected !== undefined && expected !== out.length) throw damaged();
  return out;
}

export const lzfFilter: Filter = { id: LZF_ID, name: "lzf", decode, encode: encodeLzf };
