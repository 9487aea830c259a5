/** Fletcher32, filter 3: a checksum of four bytes, little-endian, behind the data. C: H5Zfletcher32.c. */
import { fletcher32 } from "../base/checksum.ts";
import { FilterError } from "../base/errors.ts";
import type { DecodeContext, EncodeContext, Filter } from "./filter.ts";

export const FLETCHER32_ID = 3;

function swapBytesOfHalves(value: number): number {
  return (((value & 0x00ff00ff) << 8) | ((value >>> 8) & 0x00ff00ff)) >>> 0;
}

function encode(bytes: Uint8Array, { room }: EncodeContext): Uint8Array {
  const byteLength = bytes.length + 4;
  const out = room?.(byteLength) ?? new Uint8Array(byteLength);
  out.set(bytes);
  out.set(checksumBytes(fletcher32(bytes)), bytes.length);
  return out;
}

/** As it is stored. */
export function checksumBytes(checksum: number): Uint8Array {
  return Uint8Array.of(checksum, checksum >>> 8, checksum >>> 16, checksum >>> 24);
}

export function requireRoomForChecksum(byteLength: number): void {
  if (byteLength < 4) throw new FilterError(FLETCHER32_ID, "data error detected by Fletcher32 checksum");
}

/** @throws FilterError when the checksum that is stored is not the one that data have. */
export function requireChecksum(bytes: Uint8Array, computed: number): void {
  let stored = 0;
  for (let i = 3; i >= 0; i--) stored = (stored << 8) | (bytes[i] as number);
  stored >>>= 0;
  // Libraries before 1.6.3 stored the bytes of each half swapped on little-endian machines.
  if (stored !== computed && stored !== swapBytesOfHalves(computed)) {
    throw new FilterError(FLETCHER32_ID, "data error detected by Fletcher32 checksum");
  }
}

function decode(bytes: Uint8Array, { verifies }: DecodeContext): Uint8Array {
  const dataByteLength = bytes.length - 4;
  requireRoomForChecksum(bytes.length);
  if (verifies === false) return bytes.subarray(0, dataByteLength);
  requireChecksum(bytes.subarray(dataByteLength), fletcher32(bytes, dataByteLength));
  return bytes.subarray(0, dataByteLength);
}

export const fletcher32Filter: Filter = {
  id: FLETCHER32_ID,
  name: "fletcher32",
  decode,
  encode,
  encodedByteLength: (byteLength) => byteLength + 4,
};
