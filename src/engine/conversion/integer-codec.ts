/**
 * Integers of any size, precision, offset and byte order.
 *
 * Specification: IV.A.2.d, class 0. The number is in `bitPrecision` bits from `bitOffset` on, two's complement when
 * signed; the bits around it are padding. C: `H5T__conv_i_i`.
 */
import type { BitfieldType, BitPad, FixedPointType } from "../../format/datatype.ts";
import { depositBigBits, extractBigBits, extractBits, fillBits, loadElement, storeElement } from "./bit-fields.ts";

/** Values up to this precision are numbers, above it bigint, as the native types of the C library have it. */
export const MAX_NUMBER_PRECISION = 32;

type IntegerType = FixedPointType | BitfieldType;

export interface IntegerCodec {
  /** The least and the greatest value. */
  readonly minimum: bigint;
  readonly maximum: bigint;
  read(bytes: Uint8Array, offset: number): bigint;
  /** Only for a precision up to 53 bits. */
  readNumber(bytes: Uint8Array, offset: number): number;
  /** Writes a value within the limits, and the padding; padding of kind "background" stays. */
  write(bytes: Uint8Array, offset: number, value: bigint): void;
}

export function isSigned(type: IntegerType): boolean {
  return type.class === "fixed-point" && type.signed;
}

export function integerCodec(type: IntegerType): IntegerCodec {
  const { size, byteOrder, bitOffset, bitPrecision } = type;
  const signed = isSigned(type);
  const element = new Uint8Array(size);
  const span = 2 ** bitPrecision;
  const paddings = paddingsOf(type);
  const keepsBackground = paddings.some(({ pad }) => pad === "background");
  return {
    minimum: signed ? -(1n << BigInt(bitPrecision - 1)) : 0n,
    maximum: (1n << BigInt(signed ? bitPrecision - 1 : bitPrecision)) - 1n,
    read(bytes, offset) {
      loadElement(byteOrder, bytes, offset, element);
      const value = extractBigBits(element, bitOffset, bitPrecision);
      return signed ? BigInt.asIntN(bitPrecision, value) : value;
    },
    readNumber(bytes, offset) {
      loadElement(byteOrder, bytes, offset, element);
      const value = extractBits(element, bitOffset, bitPrecision);
      return signed && value >= span / 2 ? value - span : value;
    },
    write(bytes, offset, value) {
      if (keepsBackground) loadElement(byteOrder, bytes, offset, element);
      for (const { position, count, pad } of paddings) {
        if (pad !== "background") fillBits(element, position, count, pad === "one");
      }
      depositBigBits(element, bitOffset, bitPrecision, value);
      storeElement(byteOrder, element, bytes, offset);
    },
  };
}

export interface Padding {
  readonly position: number;
  readonly count: number;
  readonly pad: BitPad;
}

/** The bits below and above the precision. */
export function paddingsOf(
  type: Pick<FixedPointType, "size" | "bitOffset" | "bitPrecision" | "lowPad" | "highPad">,
): Padding[] {
  const top = type.bitOffset + type.bitPrecision;
  return [
    { position: 0, count: type.bitOffset, pad: type.lowPad },
    { position: top, count: type.size * 8 - top, pad: type.highPad },
  ].filter(({ count }) => count > 0);
}
