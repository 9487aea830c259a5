/**
 * Conversions between numbers that tell of values which do not survive.
 *
 * Reference implementation: H5Tconv.c. Conversions between types of the machine ("hardware") tell of other things than those
 * of any other layout, which look at the bits: an infinity is just a large number to the former.
 */
import { HDF5Error } from "../../base/errors.ts";
import type { FixedPointType, FloatingPointType } from "../../format/datatype.ts";
import type { Conversion } from "./conversion.ts";
import { integerCodec } from "./integer-codec.ts";
import { doubleLoader } from "./numeric-endpoints.ts";
import { BLOCK, isHostOrder, numericLayoutOf } from "./numeric-layout.ts";

type NumericType = FixedPointType | FloatingPointType;

/** C: `H5T_conv_except_t`. */
export const EXCEPT_RANGE_HI = 0;
export const EXCEPT_RANGE_LOW = 1;
export const EXCEPT_PRECISION = 2;
export const EXCEPT_TRUNCATE = 3;
export const EXCEPT_PINF = 4;
export const EXCEPT_NINF = 5;
export const EXCEPT_NAN = 6;
/** C: `H5T_conv_ret_t`. */
export const CONV_ABORT = -1;
export const CONV_UNHANDLED = 0;
export const CONV_HANDLED = 1;

/**
 * Decides about one value.
 *
 * @param destination - The element's bytes, a view: what the library would make of it.
 * @returns `CONV_HANDLED` when `destination` is to stay as it is now, `CONV_UNHANDLED` for what the library makes of it,
 *   `CONV_ABORT` to end the conversion.
 */
export type ConversionWatcher = (
  exception: number,
  sourceType: NumericType,
  destinationType: NumericType,
  source: Uint8Array,
  destination: Uint8Array,
) => number;

/** Which exceptions there are among `count` elements: one for each, `NONE` where there is none. */
type Classify = (
  input: Uint8Array,
  inputAt: number,
  output: Uint8Array,
  outputAt: number,
  exceptions: Int8Array,
  count: number,
) => void;

const NONE = -1;

/** Whether both types are the machine's, for which the C library has conversions of their own. */
function isHardware(source: NumericType, destination: NumericType): boolean {
  return [source, destination].every((type) => {
    const layout = numericLayoutOf(type);
    return layout !== undefined && layout.kind !== "float16" && isHostOrder(layout);
  });
}

/** Between equal numbers of another byte order nothing is looked at. */
function isExchangeOfBytes(source: NumericType, destination: NumericType): boolean {
  const [from, to] = [numericLayoutOf(source), numericLayoutOf(destination)];
  if (from === undefined || to === undefined || from.size === 1) return false;
  return from.size === to.size && source.class === destination.class && from.byteOrder !== to.byteOrder;
}

export function watchedConversion(
  source: NumericType,
  destination: NumericType,
  plain: Conversion,
  watcher: ConversionWatcher,
): Conversion {
  if (plain.noop || isExchangeOfBytes(source, destination)) return plain;
  const isLong = source.class === "fixed-point" && source.bitPrecision > 53;
  const classify = isLong ? classifierOfLong(source, destination) : classifierOfDoubles(source, destination);
  const exceptions = new Int8Array(BLOCK);

  function ask(exception: number, input: Uint8Array, inputAt: number, output: Uint8Array, outputAt: number): void {
    const result = output.subarray(outputAt, outputAt + destination.size);
    const library = result.slice();
    const answer = watcher(exception, source, destination, input.slice(inputAt, inputAt + source.size), result);
    if (answer === CONV_ABORT) throw new HDF5Error("conversion", "can't handle conversion exception");
    if (answer !== CONV_HANDLED) result.set(library);
  }

  return {
    noop: false,
    convert(input, inputAt, output, outputAt, count) {
      plain.convert(input, inputAt, output, outputAt, count);
      for (let done = 0; done < count; done += BLOCK) {
        const block = Math.min(BLOCK, count - done);
        const from = inputAt + done * source.size;
        const to = outputAt + done * destination.size;
        classify(input, from, output, to, exceptions, block);
        for (let i = 0; i < block; i++) {
          const exception = exceptions[i] as number;
          if (exception !== NONE) ask(exception, input, from + i * source.size, output, to + i * destination.size);
        }
      }
    },
  };
}

/** The exception of one number; `result` is what became of it. */
type ExceptionOf = (value: number, result: number) => number;

function classifierOfDoubles(source: NumericType, destination: NumericType): Classify {
  const exceptionOf = exceptionOfDouble(source, destination);
  const load = doubleLoader(source);
  const loadResult = doubleLoader(destination);
  const values = new Float64Array(BLOCK);
  const results = new Float64Array(BLOCK);
  return (input, inputAt, output, outputAt, exceptions, count) => {
    load(input, inputAt, values, count);
    loadResult(output, outputAt, results, count);
    for (let i = 0; i < count; i++) exceptions[i] = exceptionOf(values[i] as number, results[i] as number);
  };
}

function exceptionOfDouble(source: NumericType, destination: NumericType): ExceptionOf {
  const hardware = isHardware(source, destination);
  if (destination.class === "floating-point") {
    return source.class === "fixed-point"
      ? intoFloat(source, destination, hardware)
      : betweenFloats(source, destination, hardware);
  }
  const { minimum, maximum } = integerCodec(destination);
  const low = Number(minimum);
  // A greatest value that is no double is rounded up to the first that is too large.
  const high = BigInt(Number(maximum)) === maximum ? Number(maximum) : Number(maximum) * (1 - Number.EPSILON / 2);
  const range = (value: number): number => {
    if (value > high) return EXCEPT_RANGE_HI;
    return value < low ? EXCEPT_RANGE_LOW : NONE;
  };
  if (source.class === "fixed-point") return range;
  const fraction = (value: number): number => (Number.isInteger(value) ? NONE : EXCEPT_TRUNCATE);
  const or = (first: number, second: number): number => (first === NONE ? second : first);
  if (hardware) return (value) => or(range(value), fraction(value));
  return (value) => or(special(value), or(range(Math.trunc(value)), fraction(value)));
}

function special(value: number): number {
  if (Number.isNaN(value)) return EXCEPT_NAN;
  if (value === Number.POSITIVE_INFINITY) return EXCEPT_PINF;
  return value === Number.NEGATIVE_INFINITY ? EXCEPT_NINF : NONE;
}

/** The greatest power of two that is too large for a float. */
function overflowOf({ exponentSize, exponentBias }: FloatingPointType): number {
  return 2 ** (2 ** exponentSize - 1 - exponentBias);
}

/**
 * An integer of more bits than the significand. The hardware's conversions count from its first one to its last, in two's
 * complement, the others to the end of its magnitude.
 */
function intoFloat(source: FixedPointType, destination: FloatingPointType, hardware: boolean): ExceptionOf {
  const limit = 2 ** (destination.mantissaSize + 1);
  if (hardware) {
    const span = 2 ** source.bitPrecision;
    if (span <= limit) return () => NONE;
    return (value) => {
      let significand = value < 0 ? value + span : value;
      while (significand >= limit && significand % 2 === 0) significand /= 2;
      return significand >= limit ? EXCEPT_PRECISION : NONE;
    };
  }
  const overflow = overflowOf(destination);
  return (value) => {
    const magnitude = Math.abs(value);
    if (magnitude >= overflow) return EXCEPT_RANGE_HI;
    return magnitude >= limit ? EXCEPT_PRECISION : NONE;
  };
}

function betweenFloats(source: FloatingPointType, destination: FloatingPointType, hardware: boolean): ExceptionOf {
  if (!hardware) {
    return (value, result) => {
      const found = special(value);
      return found === NONE && !Number.isFinite(result) ? EXCEPT_RANGE_HI : found;
    };
  }
  if (source.size <= destination.size) return () => NONE;
  return (value, result) => {
    if (Number.isNaN(value) || Number.isFinite(result)) return NONE;
    return value > 0 ? EXCEPT_RANGE_HI : EXCEPT_RANGE_LOW;
  };
}

/** Integers that a double may round. */
function classifierOfLong(source: FixedPointType, destination: NumericType): Classify {
  const { read } = integerCodec(source);
  const exceptionOf = exceptionOfLong(source, destination);
  return (input, inputAt, _output, _outputAt, exceptions, count) => {
    for (let i = 0; i < count; i++) exceptions[i] = exceptionOf(read(input, inputAt + i * source.size));
  };
}

function exceptionOfLong(source: FixedPointType, destination: NumericType): (value: bigint) => number {
  if (destination.class === "fixed-point") {
    const { minimum, maximum } = integerCodec(destination);
    return (value) => {
      if (value > maximum) return EXCEPT_RANGE_HI;
      return value < minimum ? EXCEPT_RANGE_LOW : NONE;
    };
  }
  const limit = 1n << BigInt(destination.mantissaSize + 1);
  if (isHardware(source, destination)) {
    return (value) => {
      let significand = BigInt.asUintN(source.bitPrecision, value);
      while (significand >= limit && (significand & 1n) === 0n) significand >>= 1n;
      return significand >= limit ? EXCEPT_PRECISION : NONE;
    };
  }
  const overflow = overflowOf(destination);
  return (value) => {
    const magnitude = value < 0n ? -value : value;
    if (magnitude >= overflow) return EXCEPT_RANGE_HI;
    return magnitude >= limit ? EXCEPT_PRECISION : NONE;
  };
}
