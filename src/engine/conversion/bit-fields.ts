/**
 * Numbers in any run of bits of an element.
 *
 * The element is first brought into little-endian order in a buffer of its own; bit 0 is the lowest of its byte 0.
 */
import type { FloatingPointType } from "../../format/datatype.ts";

/** Copies one element into `element` in little-endian order. VAX order is 16-bit words, the highest first. */
export function loadElement(
  byteOrder: FloatingPointType["byteOrder"],
  bytes: Uint8Array,
  offset: number,
  element: Uint8Array,
): void {
  const size = element.length;
  if (byteOrder === "little-endian") {
    for (let i = 0; i < size; i++) element[i] = bytes[offset + i] as number;
  } else if (byteOrder === "big-endian") {
    for (let i = 0; i < size; i++) element[size - 1 - i] = bytes[offset + i] as number;
  } else {
    for (let i = 0; i < size; i++) element[size - 2 - i + 2 * (i & 1)] = bytes[offset + i] as number;
  }
}

/** The counterpart of {@link loadElement}. */
export function storeElement(
  byteOrder: FloatingPointType["byteOrder"],
  element: Uint8Array,
  bytes: Uint8Array,
  offset: number,
): void {
  const size = element.length;
  if (byteOrder === "little-endian") {
    for (let i = 0; i < size; i++) bytes[offset + i] = element[i] as number;
  } else if (byteOrder === "big-endian") {
    for (let i = 0; i < size; i++) bytes[offset + i] = element[size - 1 - i] as number;
  } else {
    for (let i = 0; i < size; i++) bytes[offset + i] = element[size - 2 - i + 2 * (i & 1)] as number;
  }
}

/** The unsigned number in `count` bits, at most 53, from bit `position` on. */
export function extractBits(element: Uint8Array, position: number, count: number): number {
  let at = position >> 3;
  const shift = position & 7;
  let value = (element[at] as number) >> shift;
  let bits = 8 - shift;
  if (count <= bits) return value & ((1 << count) - 1);
  let factor = 1 << bits;
  while (bits < count) {
    at++;
    const rest = count - bits;
    const byte = rest >= 8 ? (element[at] as number) : (element[at] as number) & ((1 << rest) - 1);
    value += byte * factor;
    factor *= 256;
    bits += 8;
  }
  return value;
}

/** Sets `count` bits, at most 53, from bit `position` on; the others stay. */
export function depositBits(element: Uint8Array, position: number, count: number, value: number): void {
  let at = position >> 3;
  let shift = position & 7;
  let rest = value;
  let left = count;
  while (left > 0) {
    const width = Math.min(8 - shift, left);
    const mask = ((1 << width) - 1) << shift;
    const digit = rest % (1 << width);
    element[at] = ((element[at] as number) & ~mask) | (digit << shift);
    rest = Math.floor(rest / (1 << width));
    left -= width;
    shift = 0;
    at++;
  }
}

/** Sets `count` bits from `position` on to ones or zeros. */
export function fillBits(element: Uint8Array, position: number, count: number, one: boolean): void {
  for (let done = 0; done < count; done += 32) {
    const width = Math.min(32, count - done);
    depositBits(element, position + done, width, one ? 2 ** width - 1 : 0);
  }
}

/** As {@link extractBits}, for any number of bits. */
export function extractBigBits(element: Uint8Array, position: number, count: number): bigint {
  let value = 0n;
  for (let done = 0; done < count; done += 32) {
    value |= BigInt(extractBits(element, position + done, Math.min(32, count - done))) << BigInt(done);
  }
  return value;
}

/** As {@link depositBits}, for any number of bits; of a negative number the two's complement. */
export function depositBigBits(element: Uint8Array, position: number, count: number, value: bigint): void {
  for (let done = 0; done < count; done += 32) {
    const width = Math.min(32, count - done);
    depositBits(element, position + done, width, Number(BigInt.asUintN(width, value >> BigInt(done))));
  }
}
