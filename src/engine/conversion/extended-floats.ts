/**
 * The x87's numbers of 80 bits to and from doubles: sign and exponent behind a mantissa of 64 bits that shows its highest one.
 *
 * As the processor does it and so the C library: ties round to even, and all above the largest double is infinite. What is not
 * normal in a double is left to the codec of any floats.
 */
import type { FloatingPointType } from "../../format/datatype.ts";
import { datatypesEqual } from "../../format/datatype-questions.ts";
import { X87_EXTENDED } from "../../format/predefined-datatypes.ts";
import { HIGH, LOW } from "./numeric-layout.ts";

const SIZE = 16;
/** Difference of the two exponents' biases. */
const BIAS = 16383 - 1023;
/** Exponents of normal doubles; what has the greatest may round to infinity. */
const LEAST = BIAS + 1;
const GREATEST = BIAS + 2046;

export function isExtended(type: FloatingPointType): boolean {
  return type.size === SIZE && datatypesEqual(type, X87_EXTENDED);
}

/** @param read - Reads what is no normal double. */
export function loadExtended(
  read: (bytes: Uint8Array, offset: number) => number,
  bytes: Uint8Array,
  offset: number,
  doubles: Float64Array,
  count: number,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, SIZE * count);
  const words = new Int32Array(doubles.buffer, doubles.byteOffset, 2 * count);
  // Variables of a module are looked up each time.
  const highAt = HIGH;
  const [least, greatest, rebias, size] = [LEAST, GREATEST, BIAS + 1023 + 63, SIZE];
  for (let i = 0, at = 0; i < count; i++, at += size) {
    const low = view.getUint32(at, true);
    const high = view.getUint32(at + 4, true);
    const signed = view.getInt16(at + 8, true);
    const exponent = signed & 0x7fff;
    if (exponent >= least && exponent < greatest && high >= 0x8000_0000) {
      // The sum is rounded; it lies from 2^63 on, and gets its exponent afterwards.
      doubles[i] = high * 0x1_0000_0000 + low;
      const w = 2 * i + highAt;
      words[w] = ((words[w] as number) + ((exponent - rebias) << 20)) | (signed & 0x8000_0000);
    } else if (exponent === greatest && high === 0xffff_ffff && low > 0xffff_f800) {
      doubles[i] = signed < 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    } else {
      doubles[i] = read(bytes, offset + at);
    }
  }
}

/** @param write - Writes what is no normal double. */
export function storeExtended(
  write: (bytes: Uint8Array, offset: number, value: number) => void,
  doubles: Float64Array,
  bytes: Uint8Array,
  offset: number,
  count: number,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, SIZE * count);
  const words = new Int32Array(doubles.buffer, doubles.byteOffset, 2 * count);
  const lowAt = LOW;
  const highAt = HIGH;
  const [bias, size] = [BIAS, SIZE];
  for (let i = 0, at = 0; i < count; i++, at += size) {
    const low = words[2 * i + lowAt] as number;
    const high = words[2 * i + highAt] as number;
    const exponent = (high >>> 20) & 0x7ff;
    if (exponent === 0 || exponent === 0x7ff) {
      write(bytes, offset + at, doubles[i] as number);
      continue;
    }
    view.setInt32(at, low << 11, true);
    view.setInt32(at + 4, 0x8000_0000 | (high << 11) | (low >>> 21), true);
    view.setInt32(at + 8, (exponent + bias) | ((high >>> 16) & 0x8000), true);
    view.setInt32(at + 12, 0, true);
  }
}
