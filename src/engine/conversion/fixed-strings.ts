/**
 * Strings of a fixed number of bytes and their padding.
 *
 * Specification: IV.A.2.d, class 3. C: `H5T__conv_s_s`.
 */

import { decodeUtf8, decodeUtf8Range } from "../../base/text.ts";
import type { StringType } from "../../format/datatype.ts";
import { encodeTextIn } from "./ascii-text.ts";

const SPACE = 0x20;
/** Up to so many bytes a loop takes less time than a call of the runtime. */
const SHORT = 64;

/**
 * Bytes of text in an element: up to the first NUL (NUL-terminated), without the NULs at the end (NUL-padded), or without
 * the spaces at the end (space-padded; NULs behind them do not count, of which elements consist that were never written).
 */
export function textLength(type: StringType, bytes: Uint8Array, offset: number): number {
  const end = offset + type.size;
  if (type.padding === "null-terminate") {
    for (let i = offset; i < end; i++) if (bytes[i] === 0) return i - offset;
    return type.size;
  }
  let last = end;
  while (last > offset && bytes[last - 1] === 0) last--;
  if (type.padding === "space-pad") while (last > offset && bytes[last - 1] === SPACE) last--;
  return last - offset;
}

/** Bytes decoded at a time, if all are ASCII. */
const BLOCK_BYTES = 1 << 14;

/**
 * Puts the text of `count` strings, `stride` bytes apart, into `values` from `start` on. ASCII text is decoded a block at a
 * time and then cut, four times faster than one by one (Node 20).
 */
export function readFixedStrings(
  type: StringType,
  values: unknown[],
  start: number,
  count: number,
  bytes: Uint8Array,
  offset: number,
  stride: number,
): void {
  const { size } = type;
  const block = Math.max(1, Math.floor(BLOCK_BYTES / size));
  for (let done = 0; done < count; done += block) {
    const some = Math.min(block, count - done);
    const part = packed(bytes, offset + done * stride, some, size, stride);
    const text = isAsciiBytes(part) ? decodeUtf8(part) : undefined;
    let value = "";
    for (let i = 0; i < some; i++) {
      const from = i * size;
      if (i === 0 || !repeats(part, from, size)) {
        const end = from + textLength(type, part, from);
        value = text === undefined ? decodeUtf8Range(part, from, end) : text.slice(from, end);
      }
      values[start + done + i] = value;
    }
  }
}

/** Whether an element has the bytes of the one before it, as in columns of a few names: one string is then enough for both. */
function repeats(bytes: Uint8Array, offset: number, size: number): boolean {
  const end = offset + size;
  let at = offset;
  while (at < end && bytes[at] === bytes[at - size]) at++;
  return at === end;
}

/** Elements one behind the other: a view of those that lie so, and of a single one. */
function packed(bytes: Uint8Array, offset: number, count: number, size: number, stride: number): Uint8Array {
  if (stride === size || count === 1) return bytes.subarray(offset, offset + count * size);
  const together = new Uint8Array(count * size);
  for (let i = 0; i < count; i++) {
    const from = offset + i * stride;
    if (size > SHORT) together.set(bytes.subarray(from, from + size), i * size);
    else for (let k = 0; k < size; k++) together[i * size + k] = bytes[from + k] as number;
  }
  return together;
}

function isAsciiBytes(bytes: Uint8Array): boolean {
  for (let i = 0; i < bytes.length; i++) if ((bytes[i] as number) > 0x7f) return false;
  return true;
}

/**
 * Writes text, cut to what fits: one byte less than the size for NUL-terminated strings, and never within a character.
 *
 * @throws HDF5Error "conversion", named UnicodeEncodeError, for text beyond ASCII in a string that is ASCII.
 */
export function writeFixedString(type: StringType, text: string | Uint8Array, bytes: Uint8Array, offset: number): void {
  // A string of one byte holds that byte: h5py's 'S1' is NUL-padded, but C's H5T_C_S1 is used for single characters too.
  const room = type.padding === "null-terminate" && type.size > 1 ? type.size - 1 : type.size;
  if (typeof text === "string" && writeAscii(type, text, bytes, offset, room)) return;
  const encoded = typeof text === "string" ? encodeTextIn(type.characterSet, text) : text;
  const length = encoded.length <= room ? encoded.length : characterBoundary(encoded, room);
  bytes.set(encoded.subarray(0, length), offset);
  bytes.fill(type.padding === "space-pad" ? SPACE : 0, offset + length, offset + type.size);
}

/**
 * Texts that are not long and ASCII alone go to their place as they are. @returns false for others, and for those that are
 * cut in an ASCII string: what is cut off must be ASCII, too.
 */
function writeAscii(type: StringType, text: string, bytes: Uint8Array, offset: number, room: number): boolean {
  const length = Math.min(text.length, room);
  if (length > SHORT || (length < text.length && type.characterSet === "ascii")) return false;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0x7f) return false;
    bytes[offset + i] = unit;
  }
  const filler = type.padding === "space-pad" ? SPACE : 0;
  const end = offset + type.size;
  if (end - offset - length > SHORT) bytes.fill(filler, offset + length, end);
  else for (let at = offset + length; at < end; at++) bytes[at] = filler;
  return true;
}

/** The greatest length up to `limit` that does not end within a UTF-8 sequence. */
function characterBoundary(bytes: Uint8Array, limit: number): number {
  let length = limit;
  while (length > 0 && limit - length < 3 && ((bytes[length] as number) & 0xc0) === 0x80) length--;
  return ((bytes[length] as number) & 0xc0) === 0x80 ? limit : length;
}
