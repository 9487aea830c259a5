/** Fletcher32, filter 3: a checksum of four bytes, little-endian, behind the data. C: H5Zfletcher32.c. */
import { fletcher32 } from "../base/checksum.ts";
import { FilterError } from "../base/errors.ts";
import type { DecodeContext, Filter } from "./filter.ts";

export const FLETCHER32_ID = 3;

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

function decode(bytes: Uint8Array, { verifies }: DecodeContext): Uint8Array {
  const dataByteLength = bytes.length - 4;
  if (dataByteLength < 0) throw new FilterError(FLETCHER32_ID, "data error detected by Fletcher32 checksum");
  if (verifies === false) return bytes.subarray(0, dataByteLength);
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
