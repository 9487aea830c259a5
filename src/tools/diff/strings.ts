/**
 * How strings are compared. Where one has more characters that is one difference, however many they are; else each pair of
 * characters counts. The shorter one is shown first, the second one where they are of one length.
 *
 * Reference implementation: `diff_datum` in h5diff_array.c, what it does for `H5T_STRING`; `h5diff_print_char`.
 */
import { stringConversion } from "../../engine/conversion/string-conversion.ts";
import type { StringType } from "../../format/datatype.ts";
import { isPrintable, octalEscape, STRING_ESCAPES } from "../byte-text.ts";

/** A string, in bytes that may go on behind its end. */
export interface ComparedString {
  readonly bytes: Uint8Array;
  /** Bytes of the string itself. */
  readonly length: number;
}

/** Is told of characters that differ: their position in the strings, and those of both. */
type TellCharacters = (position: number, first: string, second: string) => void;

/** @returns the number of differences. */
export function compareStrings(one: ComparedString, two: ComparedString, tell: TellCharacters): number {
  const [shorter, longer] = one.length < two.length ? [one, two] : [two, one];
  const telling = (from: number, to: number): number => {
    let found = 0;
    for (let i = from; i < to; i++) {
      const [first, second] = [shorter.bytes[i] ?? 0, longer.bytes[i] ?? 0];
      if (first === second) continue;
      found++;
      tell(i, characterText(first), characterText(second));
    }
    return found;
  };
  const found = telling(0, shorter.length);
  if (shorter.length === longer.length) return found;
  // What one has more is shown only where the rest is the same.
  if (found === 0) telling(shorter.length, longer.length);
  return found + 1;
}

/** Variable-length strings end at their first NUL. */
export function variableString(bytes: Uint8Array): ComparedString {
  return { bytes, length: lengthToNull(bytes) };
}

/**
 * How strings of two fixed sizes are read: both as the wider datatype, where one is wider. Those that are padded are compared
 * with their padding.
 */
export function fixedStrings(
  type1: StringType,
  type2: StringType,
): readonly [
  (bytes: Uint8Array, offset: number) => ComparedString,
  (bytes: Uint8Array, offset: number) => ComparedString,
] {
  const common = type1.size < type2.size ? type2 : type1;
  const read = (type: StringType) => {
    const conversion = type.size === common.size ? undefined : widening(type, common);
    return (bytes: Uint8Array, offset: number): ComparedString => {
      let own = bytes.subarray(offset, offset + type.size);
      if (conversion !== undefined) {
        own = new Uint8Array(common.size);
        conversion.convert(bytes, offset, own, 0, 1);
      }
      return { bytes: own, length: common.padding === "null-terminate" ? lengthToNull(own) : own.length };
    };
  };
  return [read(type1), read(type2)];
}

/** Character sets that differ keep nothing from being compared. */
function widening(from: StringType, to: StringType) {
  return stringConversion({ ...from, characterSet: to.characterSet }, to);
}

function lengthToNull(bytes: Uint8Array): number {
  const end = bytes.indexOf(0);
  return end < 0 ? bytes.length : end;
}

/** A byte as the reference prints it: unprintable ones in octal. */
function characterText(byte: number): string {
  const character = String.fromCharCode(byte);
  return STRING_ESCAPES[character] ?? (isPrintable(byte) ? character : octalEscape(byte));
}
