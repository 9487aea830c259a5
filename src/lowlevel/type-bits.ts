/** Where the significant bits of numbers lie, and how they move when a number's size, precision or offset changes. */
import type { BitfieldType, FixedPointType, FloatingPointType } from "../format/datatype.ts";

export type BitType = FixedPointType | FloatingPointType | BitfieldType;

/** Another size in bytes: bits that no longer fit move down, then fall off at the top. C: `H5T__set_size`. */
export function resizedAtomic<T extends BitType>(type: T, byteLength: number): T {
  const room = 8 * byteLength;
  let { bitOffset, bitPrecision } = type;
  if (bitPrecision > room) {
    bitOffset = 0;
    bitPrecision = room;
  } else if (bitOffset + bitPrecision > room) {
    bitOffset = room - bitPrecision;
  }
  return { ...type, size: byteLength, bitOffset, bitPrecision };
}

/** Another precision in bits; the size grows where it must. C: `H5T__set_precision`. */
export function withPrecision<T extends BitType>(type: T, bitPrecision: number): T {
  const room = 8 * type.size;
  if (bitPrecision > room) return { ...type, size: Math.ceil(bitPrecision / 8), bitOffset: 0, bitPrecision };
  const bitOffset = Math.min(type.bitOffset, room - bitPrecision);
  return { ...type, bitOffset, bitPrecision };
}

/** Another offset of the lowest significant bit; the size grows where it must. C: `H5T__set_offset`. */
export function withBitOffset<T extends BitType>(type: T, bitOffset: number): T {
  const size = Math.max(type.size, Math.ceil((bitOffset + type.bitPrecision) / 8));
  return { ...type, size, bitOffset };
}

/** Whether a float's sign, exponent or mantissa lies outside its precision. */
export function isTooNarrow(type: FloatingPointType): boolean {
  const end = type.bitOffset + type.bitPrecision;
  return (
    type.signLocation >= end ||
    type.exponentLocation + type.exponentSize > end ||
    type.mantissaLocation + type.mantissaSize > end
  );
}
