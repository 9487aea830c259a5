/**
 * C's `printf`, as glibc prints in the C locale.
 *
 * The tools' texts are compared byte for byte with those of C programs, and users pass formats of their own (`-m`), so
 * floating-point numbers are rounded as C rounds them: from the exact binary value, a tie to the even digit.
 * JavaScript's own `toFixed` and friends round ties up, which is why they are asked only where there is no tie.
 */
import { type BinaryFloat, binaryFloatOf, fixedDigits, scientificDigits } from "./decimal-digits.ts";

export type PrintfArgument = string | number | bigint | BinaryFloat;

interface Directive {
  readonly literal: string;
  readonly flags: string;
  readonly width: number | "*" | undefined;
  readonly precision: number | "*" | undefined;
  readonly length: string;
  readonly conversion: string;
}

const DIRECTIVE = /%([-+ #0']*)(\*|\d+)?(?:\.(\*|\d*))?(hh|h|ll|l|j|z|t|L|q)?([diouxXeEfFgGaAcspn%])/g;
const compiled = new Map<string, readonly Directive[]>();

function compile(format: string): readonly Directive[] {
  const known = compiled.get(format);
  if (known !== undefined) return known;
  const directives: Directive[] = [];
  let end = 0;
  for (const match of format.matchAll(DIRECTIVE)) {
    const [whole, flags = "", width, precision, length = "", conversion = ""] = match;
    directives.push({
      literal: format.slice(end, match.index),
      flags,
      width: width === undefined || width === "*" ? width : Number(width),
      precision: precision === undefined || precision === "*" ? precision : Number(precision),
      length,
      conversion,
    });
    end = match.index + whole.length;
  }
  directives.push({
    literal: format.slice(end),
    flags: "",
    width: undefined,
    precision: undefined,
    length: "",
    conversion: "",
  });
  compiled.set(format, directives);
  return directives;
}

/**
 * Formats `values` by a C format. A character is a byte: strings hold code units 0 to 255.
 *
 * Integers may be `number` or `bigint`; a floating-point conversion takes a `number`, or a {@link BinaryFloat} for values
 * that no double holds (`long double`, a NaN with its sign). A directive without a value prints as if given zero.
 */
export function printf(format: string, ...values: PrintfArgument[]): string {
  let text = "";
  let next = 0;
  for (const directive of compile(format)) {
    text += directive.literal;
    if (directive.conversion === "") continue;
    if (directive.conversion === "%") {
      text += "%";
      continue;
    }
    let { flags, width, precision } = directive;
    if (width === "*") {
      width = Number(values[next++] ?? 0);
      if (width < 0) {
        flags += "-";
        width = -width;
      }
    }
    if (precision === "*") precision = Number(values[next++] ?? 0);
    if (precision !== undefined && precision < 0) precision = undefined;
    text += convert(directive, flags, width ?? 0, precision, values[next++] ?? 0);
  }
  return text;
}

function convert(
  directive: Directive,
  flags: string,
  width: number,
  precision: number | undefined,
  value: PrintfArgument,
): string {
  const { conversion, length } = directive;
  switch (conversion) {
    case "c":
      return pad(
        typeof value === "string" ? value : String.fromCharCode(Number(value) & 0xff),
        "",
        flags.replace("0", ""),
        width,
      );
    case "s":
      return pad(String(value).slice(0, precision), "", flags.replace("0", ""), width);
    case "d":
    case "i":
    case "u":
    case "o":
    case "x":
    case "X":
    case "p":
      return integerText(conversion, length, flags, width, precision, value);
    case "n":
      return "";
    default:
      return floatText(conversion, flags, width, precision, value);
  }
}

/** Pads `sign + digits` to `width`: on the right with "-", between sign and digits with "0", else on the left. */
function pad(digits: string, sign: string, flags: string, width: number): string {
  const missing = width - digits.length - sign.length;
  if (missing <= 0) return sign + digits;
  if (flags.includes("-")) return sign + digits + " ".repeat(missing);
  if (flags.includes("0")) return sign + "0".repeat(missing) + digits;
  return " ".repeat(missing) + sign + digits;
}

const INTEGER_BITS: Readonly<Record<string, number>> = { hh: 8, h: 16, "": 32 };

function integerText(
  conversion: string,
  length: string,
  flags: string,
  width: number,
  precision: number | undefined,
  value: PrintfArgument,
): string {
  const bits = conversion === "p" ? 64 : (INTEGER_BITS[length] ?? 64);
  const given = typeof value === "bigint" ? value : BigInt(Math.trunc(Number(value)) || 0);
  const isSigned = conversion === "d" || conversion === "i";
  const integer = isSigned ? BigInt.asIntN(bits, given) : BigInt.asUintN(bits, given);
  const magnitude = integer < 0n ? -integer : integer;
  const radix = conversion === "o" ? 8 : conversion === "x" || conversion === "X" || conversion === "p" ? 16 : 10;
  let digits = magnitude === 0n && precision === 0 ? "" : magnitude.toString(radix);
  if (conversion === "X") digits = digits.toUpperCase();
  if (precision !== undefined) digits = digits.padStart(precision, "0");
  if (conversion === "o" && flags.includes("#") && !digits.startsWith("0")) digits = `0${digits}`;
  let sign = isSigned ? signText(integer < 0n, flags) : "";
  if (conversion === "p" || (radix === 16 && flags.includes("#") && magnitude !== 0n))
    sign = conversion === "X" ? "0X" : "0x";
  return pad(digits, sign, precision === undefined ? flags : flags.replace("0", ""), width);
}

function signText(negative: boolean, flags: string): string {
  if (negative) return "-";
  if (flags.includes("+")) return "+";
  return flags.includes(" ") ? " " : "";
}

function floatText(
  conversion: string,
  flags: string,
  width: number,
  precision: number | undefined,
  value: PrintfArgument,
): string {
  const float = typeof value === "number" ? value : typeof value === "object" ? value : Number(value);
  const negative = typeof float === "number" ? float < 0 || Object.is(float, -0) : float.negative;
  const sign = signText(negative, flags);
  const isUpper = conversion < "a";
  if (!isFiniteFloat(float)) {
    const word = isNaNFloat(float) ? "nan" : "inf";
    return pad(isUpper ? word.toUpperCase() : word, sign, flags.replace("0", ""), width);
  }
  const alternate = flags.includes("#");
  let digits: string;
  switch (conversion.toLowerCase()) {
    case "e":
      digits = exponentForm(float, precision ?? 6, alternate);
      break;
    case "f":
      digits = withPoint(fixedDigits(float, precision ?? 6), alternate);
      break;
    case "g":
      digits = shortForm(float, precision ?? 6, alternate);
      break;
    default:
      digits = hexForm(typeof float === "number" ? binaryFloatOf(float) : float, precision, alternate);
      return pad(
        isUpper ? digits.slice(2).toUpperCase() : digits.slice(2),
        `${sign}${isUpper ? "0X" : "0x"}`,
        flags,
        width,
      );
  }
  return pad(isUpper ? digits.toUpperCase() : digits, sign, flags, width);
}

function isFiniteFloat(float: number | BinaryFloat): boolean {
  return typeof float === "number" ? Number.isFinite(float) : float.kind === "finite";
}

function isNaNFloat(float: number | BinaryFloat): boolean {
  return typeof float === "number" ? Number.isNaN(float) : float.kind === "nan";
}

function withPoint(digits: string, alternate: boolean): string {
  return alternate && !digits.includes(".") ? `${digits}.` : digits;
}

function exponentText(exponent: number): string {
  const magnitude = Math.abs(exponent);
  return `e${exponent < 0 ? "-" : "+"}${magnitude < 10 ? "0" : ""}${magnitude}`;
}

function exponentForm(float: number | BinaryFloat, precision: number, alternate: boolean): string {
  const { digits, exponent } = scientificDigits(float, precision + 1);
  const mantissa = precision > 0 ? `${digits[0]}.${digits.slice(1)}` : withPoint(digits, alternate);
  return mantissa + exponentText(exponent);
}

/** `%g`: `%e` for exponents below -4 or not below the precision, else `%f`; trailing zeros go unless "#" is given. */
function shortForm(float: number | BinaryFloat, precision: number, alternate: boolean): string {
  const count = precision === 0 ? 1 : precision;
  const { digits, exponent } = scientificDigits(float, count);
  const kept = alternate ? digits : digits.replace(/0+$/, "");
  if (exponent < -4 || exponent >= count) {
    const fraction = kept.slice(1);
    const mantissa = fraction === "" && !alternate ? (kept[0] ?? "0") : `${kept[0]}.${fraction}`;
    return mantissa + exponentText(exponent);
  }
  if (exponent < 0) {
    if (kept === "") return "0";
    return `0.${"0".repeat(-exponent - 1)}${kept}`;
  }
  const whole = kept.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  const fraction = kept.slice(exponent + 1);
  return fraction === "" && !alternate ? whole : `${whole}.${fraction}`;
}

/** Of a double that is not denormal. */
const LEAST_EXPONENT = -1022;

/** `%a` of a double: one leading binary digit, four bits a further digit. */
function hexForm(float: BinaryFloat, precision: number | undefined, alternate: boolean): string {
  if (float.mantissa === 0n) {
    const zeros = "0".repeat(precision ?? 0);
    return `0x0${zeros === "" && !alternate ? "" : `.${zeros}`}p+0`;
  }
  const leading = float.exponent + float.mantissa.toString(2).length - 1;
  // Denormal numbers keep the least exponent and start with a zero.
  const exponent = Math.max(leading, LEAST_EXPONENT);
  const fractionBits = exponent - float.exponent;
  const fractionDigits = Math.ceil(fractionBits / 4);
  let mantissa = float.mantissa << BigInt(fractionDigits * 4 - fractionBits);
  let digitCount = fractionDigits;
  if (precision !== undefined && precision < digitCount) {
    const dropped = BigInt((digitCount - precision) * 4);
    const rest = mantissa & ((1n << dropped) - 1n);
    const half = 1n << (dropped - 1n);
    mantissa >>= dropped;
    if (rest > half || (rest === half && (mantissa & 1n) === 1n)) mantissa += 1n;
    digitCount = precision;
  }
  const text = mantissa.toString(16).padStart(digitCount + 1, "0");
  const lead = text.slice(0, text.length - digitCount);
  let fraction = text.slice(text.length - digitCount);
  fraction = precision === undefined ? fraction.replace(/0+$/, "") : fraction.padEnd(precision, "0");
  const body = fraction === "" && !alternate ? lead : `${lead}.${fraction}`;
  return `0x${body}p${exponent < 0 ? "-" : "+"}${Math.abs(exponent)}`;
}

/** `%g` of a double, the format of nearly every number the tools print: short cuts for what C and JavaScript agree on. */
export function printG(value: number): string {
  const magnitude = value < 0 ? -value : value;
  if (Number.isInteger(value)) {
    if (magnitude < 1e6) return Object.is(value, -0) ? "-0" : String(value);
  } else if (magnitude >= 1e-4 && magnitude < 999999) {
    // Plain notation in both; a seventh digit other than five is no tie, which alone the two round differently.
    const exact = value.toExponential(6);
    if (exact.charCodeAt(exact.indexOf("e") - 1) !== 0x35) return withoutTrailingZeros(value.toPrecision(6));
  }
  return printf("%g", value);
}

/** Zeros at the end of a fraction, and a point that nothing follows, go. */
function withoutTrailingZeros(text: string): string {
  if (!text.includes(".")) return text;
  let end = text.length;
  while (text.charCodeAt(end - 1) === 0x30) end--;
  if (text.charCodeAt(end - 1) === 0x2e) end--;
  return text.slice(0, end);
}
