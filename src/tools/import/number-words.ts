/** Numbers out of words of text, as C's `scanf` understands them; what it would wrap around is an error here. */
import { HDF5Error } from "../../base/errors.ts";
import type { ByteSource } from "../../io/source.ts";
import { bytesToText } from "../byte-text.ts";
import { binaryFloatOf } from "../decimal-digits.ts";

const PIECE_BYTES = 1 << 18;
/** No number has more characters; of a file of other things no more is read. */
const LONGEST_WORD = 4096;
const QUOTED_CHARACTERS = 40;

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

/** The words of a file, one after the other. */
export class WordReader {
  private readonly source: ByteSource;
  private readonly end: number;
  private readonly buffer: Uint8Array;
  /** How far the file is read. */
  private offset = 0;
  private text = "";
  private position = 0;

  constructor(source: ByteSource) {
    this.source = source;
    this.end = source.byteLength();
    this.buffer = new Uint8Array(Math.min(PIECE_BYTES, this.end));
  }

  /** Undefined behind the last word. */
  next(): string | undefined {
    do {
      while (isSpace(this.text.charCodeAt(this.position))) this.position++;
    } while (this.position === this.text.length && this.readOn());
    let length = 0;
    do {
      while (this.isWithinWord(this.position + length)) length++;
      // A word that touches the end of a piece goes on in the next.
    } while (this.position + length === this.text.length && length <= LONGEST_WORD && this.readOn());
    const word = this.text.slice(this.position, this.position + length);
    this.position += length;
    return word === "" ? undefined : word;
  }

  private isWithinWord(position: number): boolean {
    return position < this.text.length && !isSpace(this.text.charCodeAt(position));
  }

  /** Puts a piece behind what is not used up. */
  private readOn(): boolean {
    if (this.offset === this.end) return false;
    const piece = this.buffer.subarray(0, Math.min(this.buffer.length, this.end - this.offset));
    this.source.readInto(this.offset, piece);
    this.offset += piece.length;
    this.text = this.text.slice(this.position) + bytesToText(piece);
    this.position = 0;
    return true;
  }
}

/** The error for a word, which is as long as the file has it. */
export function wordError(word: string | undefined, problem: string): HDF5Error {
  if (word === undefined) return new HDF5Error("argument", "the file ends before all values are there");
  const shown = word.length > QUOTED_CHARACTERS ? `${word.slice(0, QUOTED_CHARACTERS)}...` : word;
  return new HDF5Error("argument", `${problem}: "${shown}"`);
}

const INTEGER = /^[+-]?\d+$/;

/** @throws HDF5Error "argument" for what is no integer, or has more bits. */
export function integerOf(word: string | undefined, bits: number, isSigned: boolean): number {
  const value = word !== undefined && INTEGER.test(word) ? Number(word) : Number.NaN;
  const least = isSigned ? -(2 ** (bits - 1)) : 0;
  if (value >= least && value < least + 2 ** bits) return value;
  throw wordError(word, Number.isNaN(value) ? "not an integer" : `does not fit in ${bits} bits`);
}

/** Integers of 64 bits. @throws HDF5Error "argument" for what is none. */
export function bigIntegerOf(word: string | undefined, isSigned: boolean): bigint {
  if (word === undefined || !INTEGER.test(word)) throw wordError(word, "not an integer");
  const value = BigInt(word.startsWith("+") ? word.slice(1) : word);
  if (value === (isSigned ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value))) return value;
  throw wordError(word, "does not fit in 64 bits");
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const INFINITE = /^([+-]?)inf(?:inity)?$/i;
const NOT_A_NUMBER = /^[+-]?nan(?:\(\w*\))?$/i;

/** The nearest double. @throws HDF5Error "argument" for what is no number. */
export function doubleOf(word: string | undefined): number {
  if (word === undefined) throw wordError(word, "");
  if (DECIMAL.test(word)) return Number(word);
  const infinite = INFINITE.exec(word);
  if (infinite !== null) return infinite[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (NOT_A_NUMBER.test(word)) return Number.NaN;
  throw wordError(word, "not a number");
}

const single = new Float32Array(1);
const singleBits = new Int32Array(single.buffer);

/** The nearest number of 32 bits, rounded once. */
export function singleOf(word: string | undefined): number {
  const value = doubleOf(word);
  const rounded = Math.fround(value);
  if (rounded === value || !Number.isFinite(rounded) || word === undefined) return rounded;
  // Between two of them the text decides: the double was rounded to their middle, perhaps from one side.
  const other = neighbour(rounded, value);
  if (other - value !== value - rounded) return rounded;
  const side = compareMagnitude(word, value);
  if (side === 0) return rounded;
  return side > 0 === Math.abs(other) > Math.abs(rounded) ? other : rounded;
}

/** The number of 32 bits next to one, on the side of a value. */
function neighbour(rounded: number, value: number): number {
  single[0] = rounded;
  const bits = singleBits[0] as number;
  // What rounds to zero and is none has the sign of zero already.
  singleBits[0] = bits + (Math.abs(value) > Math.abs(rounded) ? 1 : -1);
  return single[0];
}

/** Whether the magnitude of a decimal number is less (-1), equal or more (1) than that of a double. */
function compareMagnitude(word: string, value: number): number {
  const [, whole = "", fraction = "", power = "0"] = /^[+-]?(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(word) ?? [];
  const { mantissa, exponent } = binaryFloatOf(value);
  const tens = Number(power) - fraction.length;
  let left = BigInt(whole + fraction);
  let right = mantissa;
  if (tens > 0) left *= 10n ** BigInt(tens);
  else right *= 10n ** BigInt(-tens);
  if (exponent > 0) right <<= BigInt(exponent);
  else left <<= BigInt(-exponent);
  return left < right ? -1 : left > right ? 1 : 0;
}
