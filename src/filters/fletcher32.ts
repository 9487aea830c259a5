/**
 * Fletcher32, filter 3: a checksum of four bytes behind the data.
 *
 * The sums run over 16-bit big-endian words modulo 65535; an odd last byte is the high half of a word. What is stored is
 * little-endian, the second sum in the high half. C: H5Zfletcher32.c, `H5_checksum_fletcher32`.
 */
import { FilterError } from "../base/errors.ts";
import type { Filter } from "./filter.ts";

export const FLETCHER32_ID = 3;

/** Words added between two folds: the second sum stays below 65536 x (2 + 250 + 250 x 251 / 2) < 2^31, a small integer. */
const WORDS_PER_FOLD = 250;

/** The checksum as an unsigned 32-bit number. */
export function fletcher32(bytes: Uint8Array, byteLength = bytes.length): number {
  const words = Math.floor(byteLength / 2);
  let sum1 = 0;
  let sum2 = 0;
  let at = 0;
  for (let done = 0; done < words; ) {
    const end = Math.min(words, done + WORDS_PER_FOLD);
    for (; done < end; done++, at += 2) {
      sum1 += ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
      sum2 += sum1;
    }
    sum1 = fold(sum1);
    sum2 = fold(sum2);
  }
  if (byteLength % 2 === 1) {
    sum1 = fold(sum1 + ((bytes[byteLength - 1] as number) << 8));
    sum2 = fold(sum2 + sum1);
  }
  // A second fold brings both sums below 65536: the first may leave a carry.
  return ((fold(sum2) << 16) | fold(sum1)) >>> 0;
}

/** The same residue modulo 65535, smaller; unlike `%` it leaves 65535 as it is, which the stored value shows. */
function fold(sum: number): number {
  return (sum & 0xffff) + (sum >>> 16);
}

function swapBytesOfHalves(value: number): number {
  return (((value & 0x00ff00ff) << 8) | ((value >>> 8) & 0x00ff00ff)) >>> 0;
}

function encode(bytes: Uint8Array): Uint8Array {
  const checksum = fletcher32(bytes);
  const out = new Uint8Array(bytes.length + 4);
  out.set(bytes);
  for (let i = 0; i < 4; i++) out[bytes.length + i] = (checksum >>> (8 * i)) & 0xff;
  return out;
}

function decode(bytes: Uint8Array): Uint8Array {
  const dataByteLength = bytes.length - 4;
  if (dataByteLength < 0) throw new FilterError(FLETCHER32_ID, "data error detected by Fletcher32 checksum");
  let stored = 0;
  for (let i = 3; i >= 0; i--) stored = (stored << 8) | (bytes[dataByteLength + i] as number);
  stored >>>= 0;
  const computed = fletcher32(bytes, dataByteLength);
  // Libraries before 1.6.3 stored the bytes of each half swapped on little-endian machines.
  if (stored !== computed && stored !== swapBytesOfHalves(computed)) {
    throw new FilterError(FLETCHER32_ID, "data error detected by Fletcher32 checksum");
  }
  return bytes.subarray(0, dataByteLength);
}

export const fletcher32Filter: Filter = {
  id: FLETCHER32_ID,
  name: "fletcher32",
  decode,
  encode,
  encodedByteLength: (byteLength) => byteLength + 4,
};
