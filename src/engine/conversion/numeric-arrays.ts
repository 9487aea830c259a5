/**
 * Elements of numeric datatypes as typed arrays, without the conversions that datasets are read with: for what is read a few
 * elements at a time.
 */
import type { Datatype } from "../../format/datatype.ts";
import { floatCodec } from "./float-codec.ts";
import { integerCodec } from "./integer-codec.ts";
import { typedArrayTypeOf } from "./native-type.ts";
import { numberReader } from "./numeric-access.ts";
import { allocateNumeric, bytesOf, moveElements, type NumericArray, numericLayoutOf } from "./numeric-layout.ts";

/** `count` elements from `offset` on, always as a copy. */
export type NumericArrayReader = (bytes: Uint8Array, offset: number, count: number) => NumericArray;

/** Up to so many bytes an array lies in its object (V8), and is moved out of it by whoever asks for its buffer. */
const SHORT_BYTES = 64;

/** Reads elements into the typed array that holds their values (see `typedArrayTypeOf`); undefined for what are no numbers. */
export function numericArrayReader(type: Datatype): NumericArrayReader | undefined {
  if (type.class === "enum") return numericArrayReader(type.base);
  const destination = typedArrayTypeOf(type);
  const layout = destination && numericLayoutOf(destination);
  if (layout === undefined) return undefined;
  const { kind, size } = layout;
  const from = numericLayoutOf(type);
  const readOne = from?.kind === kind ? numberReader(from) : singleReader(type);
  return (bytes, offset, count) => {
    const values = allocateNumeric(kind, count);
    if (from?.kind === kind && count * size > SHORT_BYTES) moveElements(from, bytes, offset, bytesOf(values), 0, count);
    else for (let i = 0; i < count; i++) values[i] = readOne?.(bytes, offset + i * type.size) as number;
    return values;
  };
}

/** Elements of any layout, one at a time. Integers too long for 64 bits become the nearest that is not. */
function singleReader(type: Datatype): ((bytes: Uint8Array, offset: number) => number | bigint) | undefined {
  if (type.class === "floating-point") return floatCodec(type).read;
  if (type.class !== "fixed-point" && type.class !== "bitfield") return undefined;
  const { read, readNumber } = integerCodec(type);
  if (type.bitPrecision <= 32) return readNumber;
  if (type.bitPrecision <= 64) return read;
  const signed = type.class === "fixed-point" && type.signed;
  const [least, greatest] = signed ? [-(2n ** 63n), 2n ** 63n - 1n] : [0n, 2n ** 64n - 1n];
  return (bytes, offset) => {
    const value = read(bytes, offset);
    if (value < least) return least;
    return value > greatest ? greatest : value;
  };
}
