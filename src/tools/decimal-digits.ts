/**
 * Decimal digits of binary floating-point numbers, rounded from the exact value, ties to even.
 */

/** A floating-point number of any format: `mantissa * 2^exponent`, or none of the finite ones. */
export interface BinaryFloat {
  readonly kind: "finite" | "infinite" | "nan";
  readonly negative: boolean;
  readonly mantissa: bigint;
  readonly exponent: number;
}

export interface ScientificDigits {
  /** Exactly as many digits as asked for; the decimal point stands after the first. */
  readonly digits: string;
  readonly exponent: number;
}

/** What `toExponential` and `toFixed` give at most. */
const MOST_DIGITS = 100;

const scratch = new DataView(new ArrayBuffer(8));

/** The exact value of a double. */
export function binaryFloatOf(value: number): BinaryFloat {
  scratch.setFloat64(0, value);
  const bits = scratch.getBigUint64(0);
  const negative = bits >> 63n === 1n;
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xf_ffff_ffff_ffffn;
  if (biased === 0x7ff) return { kind: fraction === 0n ? "infinite" : "nan", negative, mantissa: 0n, exponent: 0 };
  if (biased === 0) return { kind: "finite", negative, mantissa: fraction, exponent: -1074 };
  return { kind: "finite", negative, mantissa: fraction | (1n << 52n), exponent: biased - 1075 };
}

/** `count` significant digits of a finite number's magnitude, C's `%e` with precision `count - 1`. */
export function scientificDigits(float: number | BinaryFloat, count: number): ScientificDigits {
  if (typeof float !== "number") return exactScientific(float.mantissa, float.exponent, count);
  if (float === 0) return { digits: "0".repeat(count), exponent: 0 };
  const magnitude = Math.abs(float);
  // A tie has one digit more than is asked for, a five; only there do C and JavaScript round differently.
  const mayTie = count > MOST_DIGITS || /5e/.test(magnitude.toExponential(count));
  if (mayTie) {
    const { mantissa, exponent } = binaryFloatOf(float);
    return exactScientific(mantissa, exponent, count);
  }
  const text = magnitude.toExponential(count - 1);
  const e = text.indexOf("e");
  return { digits: text.slice(0, e).replace(".", ""), exponent: Number(text.slice(e + 1)) };
}

/** The magnitude of a finite number with `decimals` digits after the point, C's `%f`. */
export function fixedDigits(float: number | BinaryFloat, decimals: number): string {
  if (typeof float === "number" && Math.abs(float) < 1e21 && decimals < MOST_DIGITS) {
    const magnitude = Math.abs(float);
    if (!magnitude.toFixed(decimals + 1).endsWith("5")) return magnitude.toFixed(decimals);
  }
  const { mantissa, exponent } = typeof float === "number" ? binaryFloatOf(float) : float;
  const text = scaledInteger(mantissa, exponent, decimals)
    .toString()
    .padStart(decimals + 1, "0");
  if (decimals === 0) return text;
  return `${text.slice(0, text.length - decimals)}.${text.slice(text.length - decimals)}`;
}

/** `mantissa * 2^exponent * 10^power` as an integer, rounded to nearest, ties to even. */
function scaledInteger(mantissa: bigint, exponent: number, power: number): bigint {
  let numerator = mantissa;
  let denominator = 1n;
  if (power >= 0) numerator *= 10n ** BigInt(power);
  else denominator = 10n ** BigInt(-power);
  if (exponent >= 0) numerator <<= BigInt(exponent);
  else denominator <<= BigInt(-exponent);
  const quotient = numerator / denominator;
  const twice = 2n * (numerator - quotient * denominator);
  const roundsUp = twice > denominator || (twice === denominator && (quotient & 1n) === 1n);
  return roundsUp ? quotient + 1n : quotient;
}

function exactScientific(mantissa: bigint, exponent: number, count: number): ScientificDigits {
  if (mantissa === 0n) return { digits: "0".repeat(count), exponent: 0 };
  const bitLength = mantissa.toString(2).length;
  // Never above the true decimal exponent by more than one, nor below it.
  let decimalExponent = Math.floor((exponent + bitLength - 1) * Math.LOG10E * Math.LN2);
  for (;;) {
    const digits = scaledInteger(mantissa, exponent, count - 1 - decimalExponent).toString();
    if (digits.length === count) return { digits, exponent: decimalExponent };
    decimalExponent += digits.length > count ? 1 : -1;
  }
}
