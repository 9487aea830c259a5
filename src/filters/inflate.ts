/**
 * The bundled decoder of zlib streams: fflate's inflate, with what it leaves out.
 *
 * fflate neither verifies the Adler-32 checksum nor says where the stream ended, and fills a given buffer no further
 * than its end without a word about the rest. RFC 1950 is the specification.
 */

import { Inflate, unzlibSync } from "fflate";
import { HDF5Error } from "../base/errors.ts";

/** Largest n such that n bytes of 255 keep the second sum below 2^32 between two reductions (RFC 1950, zlib's NMAX). */
const BYTES_PER_REDUCTION = 5552;
const ADLER_MODULUS = 65521;
/** Compressed bytes per step when the output size is unknown, so that at most 16 MiB come before the limit is seen. */
export const PART_BYTES = 16384;
/** Bytes behind a stream that are looked through for its checksum. */
const TRAILING_BYTES = 4096;

/** Adler-32 of `bytes`, continuing from `start`. */
export function adler32(bytes: Uint8Array, start = 1): number {
  let a = start & 0xffff;
  let b = start >>> 16;
  for (let i = 0; i < bytes.length; ) {
    const end = Math.min(bytes.length, i + BYTES_PER_REDUCTION);
    for (; i < end; i++) {
      a += bytes[i] as number;
      b += a;
    }
    a %= ADLER_MODULUS;
    b %= ADLER_MODULUS;
  }
  return b * 65536 + a;
}

/**
 * Decodes a zlib stream.
 *
 * @param outputByteLength - Bytes expected, which makes it faster; `undefined` when unknown.
 * @throws HDF5Error "filter" when the stream is damaged, or before it has given many bytes more than `maximumByteLength`: whoever
 *   asks looks at the length of what comes back.
 */
export function inflateZlib(
  bytes: Uint8Array,
  outputByteLength: number | undefined,
  maximumByteLength: number,
): Uint8Array {
  const out =
    outputByteLength === undefined ? inflateStepwise(bytes, maximumByteLength) : inflateInto(bytes, outputByteLength);
  if (!endsWithChecksum(bytes, adler32(out))) throw new HDF5Error("filter", "incorrect data check");
  return out;
}

/** One byte of room more than expected: it shows a stream that goes on. */
function inflateInto(bytes: Uint8Array, outputByteLength: number): Uint8Array {
  return unzlibSync(bytes, { out: new Uint8Array(outputByteLength + 1) });
}

function inflateStepwise(bytes: Uint8Array, maximumByteLength: number): Uint8Array {
  checkZlibHeader(bytes);
  const parts: Uint8Array[] = [];
  let total = 0;
  const stream = new Inflate((part) => {
    total += part.length;
    if (total > maximumByteLength) throw new HDF5Error("filter", `more than ${maximumByteLength} bytes`);
    parts.push(part);
  });
  const end = bytes.length - 4;
  for (let at = 2; at < end; at += PART_BYTES)
    stream.push(bytes.subarray(at, Math.min(end, at + PART_BYTES)), at + PART_BYTES >= end);
  const out = new Uint8Array(total);
  let to = 0;
  for (const part of parts) {
    out.set(part, to);
    to += part.length;
  }
  return out;
}

/**
 * Decodes a zlib stream that comes in parts of at most {@link PART_BYTES} bytes, so that 16 MiB come of each.
 *
 * @param next - The next part, the first of two bytes at least; undefined behind the last one.
 * @param emit - Gets what is decoded, in order.
 * @throws when the stream is damaged; `emit` may have had some of it by then.
 */
export function inflateParts(next: () => Uint8Array | undefined, emit: (part: Uint8Array) => void): void {
  let checksum = 1;
  const stream = new Inflate((part) => {
    checksum = adler32(part, checksum);
    emit(part);
  });
  let part = next() ?? new Uint8Array(0);
  checkZlibHeader(part);
  let end = new Uint8Array(0);
  part = part.subarray(2);
  for (let following = next(); ; following = next()) {
    stream.push(part, following === undefined);
    end = lastOf(end, part);
    if (following === undefined) break;
    part = following;
  }
  // Nothing of the header is among them, which is looked for no checksum.
  if (!endsWithChecksum(new Uint8Array([0, 0, ...end]), checksum))
    throw new HDF5Error("filter", "incorrect data check");
}

/** What may be looked through for a checksum of what is read so far, in memory of its own. */
function lastOf(before: Uint8Array, part: Uint8Array): Uint8Array<ArrayBuffer> {
  const kept = TRAILING_BYTES + 3;
  const needed = Math.max(0, kept - part.length);
  const joined = new Uint8Array(Math.min(before.length, needed) + Math.min(part.length, kept));
  if (needed > 0) joined.set(before.subarray(-needed));
  joined.set(part.subarray(-kept), joined.length - Math.min(part.length, kept));
  return joined;
}

function checkZlibHeader(bytes: Uint8Array): void {
  const method = (bytes[0] ?? 0) & 0x0f;
  const check = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
  const presetDictionary = ((bytes[1] ?? 0) & 0x20) !== 0;
  const isWindowTooLarge = (bytes[0] ?? 0) >>> 4 > 7;
  if (method !== 8 || isWindowTooLarge || check % 31 !== 0 || presetDictionary)
    throw new HDF5Error("filter", "incorrect header check");
}

/** The checksum stands at the end, or before bytes that do not belong to the stream, which zlib ignores. */
function endsWithChecksum(bytes: Uint8Array, checksum: number): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const last = bytes.length - 4;
  for (let at = last; at >= 2 && at > last - TRAILING_BYTES; at--) if (view.getUint32(at) === checksum) return true;
  return false;
}
