/**
 * Scale-offset, filter 6: differences from the least value, in as few bits as the largest of them needs.
 *
 * Twenty values of client data: [0] scale type (0 floating point by decimal digits, 2 integers), [1] scale factor (digits,
 * signed; or bits for each integer, 0 to find out), [2] elements, [3] class (0 integer, 1 floating-point), [4] size,
 * [5] signed, [6] byte order (1 big-endian), [7] whether there is a fill value, [8] and [9] the fill value, little-endian.
 *
 * | field           | bytes                                                                      |
 * | --------------- | -------------------------------------------------------------------------- |
 * | bits of a code  | 4; the full width of an element means that elements follow as they are     |
 * | size of minimum | 1, here 8                                                                  |
 * | minimum         | 8; of floating point the bit pattern                                       |
 * | unused          | 8                                                                          |
 * | codes           | one after the other, most significant bit first; the last byte may be empty |
 *
 * A code of ones stands for the fill value if there is one. An integer is the minimum plus its code, a floating-point number
 * the minimum plus its code divided by a power of ten. Client data and data are not in the specification; C: H5Zscaleoffset.c.
 */

import { FilterError } from "../base/errors.ts";
import { LITTLE_ENDIAN_HOST } from "../base/host.ts";
import type { DecodeContext, EncodeContext, Filter, PackedLayout } from "./filter.ts";
import { packCodes, type ScaleOffsetParameters, unpackCodes } from "./scale-offset-codes.ts";
import { decodeFloats, encodeFloats } from "./scale-offset-floats.ts";
import { decodeIntegers, encodeIntegers } from "./scale-offset-integers.ts";

export const SCALE_OFFSET_ID = 6;

const PARAMETERS = 20;
export const SCALE_OFFSET_HEADER_BYTES = 21;
const FLOAT_DECIMAL = 0;
const FLOAT_EXPONENT = 1;
const INTEGER = 2;

function failure(message: string): FilterError {
  return new FilterError(SCALE_OFFSET_ID, message);
}

/** Undefined when the filter leaves the data alone. */
function parametersOf(clientData: readonly number[]): ScaleOffsetParameters | undefined {
  if (clientData.length !== PARAMETERS) throw failure("invalid scaleoffset number of parameters");
  const [scaleType, rawFactor, count, dataClass, size, signed, order, fillDefined, fillLow, fillHigh] =
    clientData as unknown as [number, number, number, number, number, number, number, number, number, number];
  if (dataClass > 1) throw failure(`invalid datatype class ${dataClass}`);
  const floating = dataClass === 1;
  const signedFactor = rawFactor | 0;
  if (floating ? scaleType !== FLOAT_DECIMAL && scaleType !== FLOAT_EXPONENT : scaleType !== INTEGER) {
    throw failure("invalid scale type");
  }
  if (scaleType === FLOAT_EXPONENT) throw failure("E-scaling method not supported");
  const factor = floating ? signedFactor : Math.max(0, signedFactor);
  if (!floating && factor > size * 8) throw failure("minimum number of bits exceeds maximum");
  if (!floating && factor === size * 8) return undefined;
  if (!(size === 4 || size === 8 || (!floating && (size === 1 || size === 2)))) {
    throw failure("cannot use C integer datatype for cast");
  }
  const fill = fillDefined === 0 ? undefined : ([fillLow, fillHigh] as const);
  return { factor, count, floating, size, signed: signed === 1, bigEndian: order === 1, fill };
}

/**
 * How elements lie in `byteLength` bytes, behind the header; undefined where they are as they are.
 *
 * @param header - The first bytes.
 * @throws FilterError when so many bytes do not hold them.
 */
export function scaleOffsetLayout(
  clientData: readonly number[],
  header: Uint8Array,
  byteLength: number,
): PackedLayout | undefined {
  const parameters = parametersOf(clientData);
  if (parameters === undefined) return undefined;
  const { count, size } = parameters;
  if (byteLength < SCALE_OFFSET_HEADER_BYTES) {
    throw failure(`${byteLength} bytes, the header alone has ${SCALE_OFFSET_HEADER_BYTES}`);
  }
  const bits = new DataView(header.buffer, header.byteOffset).getUint32(0, true);
  if (bits > size * 8) throw failure("minimum number of bits exceeds maximum");
  if (Math.ceil((count * bits) / 8) > byteLength - SCALE_OFFSET_HEADER_BYTES) throw failure("buffer too short");
  return { count, elementSize: size, bitsPerElement: bits };
}

function decode(bytes: Uint8Array, { clientData, outputByteLength, limits }: DecodeContext): Uint8Array {
  const parameters = parametersOf(clientData);
  if (parameters === undefined) return bytes;
  const { count, size, bigEndian, floating } = parameters;
  const bits = scaleOffsetLayout(clientData, bytes, bytes.length)?.bitsPerElement ?? 0;
  if (count * size > (outputByteLength ?? bytes.length * limits.maxInflateRatio)) {
    throw failure(`${count} elements of ${size} bytes in ${bytes.length}`);
  }
  if (bits === size * 8) {
    const raw = bytes.slice(SCALE_OFFSET_HEADER_BYTES, SCALE_OFFSET_HEADER_BYTES + count * size);
    return bigEndian ? swapBytes(raw, size) : raw;
  }
  const minimum = minimumOf(new DataView(bytes.buffer, bytes.byteOffset, SCALE_OFFSET_HEADER_BYTES));
  const codes = unpackCodes(bytes, SCALE_OFFSET_HEADER_BYTES, count, bits, size === 8);
  const values = (floating ? decodeFloats : decodeIntegers)(parameters, { bits, minimum, codes });
  const out = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return bigEndian === LITTLE_ENDIAN_HOST ? swapBytes(out, size) : out;
}

/** A minimum of fewer than eight bytes lacks the upper ones. */
function minimumOf(header: DataView): readonly [number, number] {
  const byteLength = Math.min(8, header.getUint8(4));
  const words: [number, number] = [0, 0];
  for (let i = 0; i < byteLength; i++) {
    const word = i >>> 2;
    words[word] = ((words[word] as number) | (header.getUint8(5 + i) << (8 * (i & 3)))) >>> 0;
  }
  return words;
}

function encode(bytes: Uint8Array, { clientData }: EncodeContext): Uint8Array {
  const parameters = parametersOf(clientData);
  if (parameters === undefined) return bytes;
  const { count, size, bigEndian, floating } = parameters;
  if (count * size !== bytes.length) throw failure(`${bytes.length} bytes are not ${count} elements of ${size}`);
  const own = bytes.slice();
  const { bits, minimum, codes } = (floating ? encodeFloats : encodeIntegers)(
    parameters,
    bigEndian === LITTLE_ENDIAN_HOST ? swapBytes(own, size) : own,
  );
  const rawByteLength = SCALE_OFFSET_HEADER_BYTES + bytes.length;
  const codedByteLength = SCALE_OFFSET_HEADER_BYTES + Math.floor((bytes.length * bits) / (size * 8)) + 1;
  const out = new Uint8Array(codes === undefined ? rawByteLength : codedByteLength);
  const header = new DataView(out.buffer);
  header.setUint32(0, bits, true);
  header.setUint8(4, 8);
  header.setUint32(5, minimum[0], true);
  header.setUint32(9, minimum[1], true);
  if (codes === undefined) out.set(bigEndian ? swapBytes(bytes.slice(), size) : bytes, SCALE_OFFSET_HEADER_BYTES);
  else packCodes(codes, bits, size === 8, out, SCALE_OFFSET_HEADER_BYTES);
  return out;
}

/** Reverses the bytes of each element, in place. */
function swapBytes(bytes: Uint8Array, size: number): Uint8Array {
  if (size === 1) return bytes;
  for (let start = 0; start < bytes.length; start += size) {
    for (let low = start, high = start + size - 1; low < high; low++, high--) {
      const byte = bytes[low] as number;
      bytes[low] = bytes[high] as number;
      bytes[high] = byte;
    }
  }
  return bytes;
}

export const scaleOffsetFilter: Filter = { id: SCALE_OFFSET_ID, name: "scaleoffset", decode, encode };
