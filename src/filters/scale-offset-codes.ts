/** Codes of the scale-offset filter, packed without gaps, most significant bit first. */
import { BitReader } from "./bit-reader.ts";
import { BitWriter } from "./bit-writer.ts";

export interface ScaleOffsetParameters {
  /** Decimal digits of floating point; bits of an integer's code, 0 to find out. */
  readonly factor: number;
  readonly count: number;
  readonly floating: boolean;
  readonly size: 1 | 2 | 4 | 8;
  readonly signed: boolean;
  readonly bigEndian: boolean;
  /** The fill value's words, low one first. */
  readonly fill: readonly [number, number] | undefined;
}

/** What is stored of a chunk. Codes of elements of eight bytes take two words, the low one first. */
export interface ScaledCodes {
  readonly bits: number;
  readonly minimum: readonly [number, number];
  /** Undefined when elements are stored as they are. */
  readonly codes: Uint32Array | undefined;
}

/** Bits that tell `count` codes apart: the least b with 2^b >= count. */
export function bitsFor(count: bigint): number {
  return count <= 1n ? 0 : (count - 1n).toString(2).length;
}

/**
 * The codes as words; as pairs of words, the low one first, where elements are `wide` (eight bytes).
 *
 * @param bits - Bits of a code, 0 for codes that are all zero.
 */
export function unpackCodes(bytes: Uint8Array, start: number, count: number, bits: number, wide: boolean): Uint32Array {
  const codes = new Uint32Array(wide ? 2 * count : count);
  if (bits === 0) return codes;
  const reader = new BitReader(bytes.subarray(start));
  if (bits <= 32) {
    reader.takeAll(codes, 0, count, bits);
    if (wide) spread(codes, count);
  } else {
    for (let i = 0; i < codes.length; i += 2) {
      codes[i + 1] = reader.take(bits - 32);
      codes[i] = reader.take(32);
    }
  }
  reader.close();
  return codes;
}

/** Makes pairs of words, the second one zero, of the first `count` words. */
function spread(codes: Uint32Array, count: number): void {
  for (let i = count - 1; i >= 0; i--) {
    const code = codes[i] as number;
    codes[2 * i + 1] = 0;
    codes[2 * i] = code;
  }
}

/** Packs the lowest `bits` bits of codes, which are words or pairs of them as {@link unpackCodes} gives them. */
export function packCodes(codes: Uint32Array, bits: number, wide: boolean, out: Uint8Array, start: number): void {
  const writer = new BitWriter(out, start);
  if (!wide) writer.putAll(codes, 0, codes.length, bits);
  else if (bits <= 32) for (let i = 0; i < codes.length; i += 2) writer.put(codes[i] as number, bits);
  else {
    for (let i = 0; i < codes.length; i += 2) {
      writer.put(codes[i + 1] as number, bits - 32);
      writer.put(codes[i] as number, 32);
    }
  }
  writer.finish();
}
