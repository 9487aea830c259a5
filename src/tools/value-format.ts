/** How the parts of a value are written: h5dump's way and h5ls's two ways differ in these texts only. */

export interface PackedBits {
  readonly offset: number;
  readonly length: number;
}

export interface ValueFormat {
  /** `printf` formats of floating-point numbers up to four bytes, and of eight. */
  readonly float: string;
  readonly double: string;
  /** Every value as its bytes in the file. */
  readonly raw: boolean;
  /** Whether those bytes are printed, or only the colons between them, which is what h5ls does. */
  readonly rawDigits: boolean;
  /** One-byte integers as characters. */
  readonly characters: boolean;
  /** Escape sequences for control characters and quotes in strings. */
  readonly escapes: boolean;
  /** Unprintable characters and spaces in strings as `%xx`. */
  readonly percentEncode: boolean;
  /** More repetitions of a character than this are counted instead of printed; 0 prints all. */
  readonly repeatThreshold: number;
  readonly arrayOpen: string;
  readonly arraySeparator: string;
  readonly arrayClose: string;
  /** Whether a space follows `arraySeparator` between the elements of a row. */
  readonly arrayGap: boolean;
  /** Rows of arrays and members of compounds on lines of their own. */
  readonly breakLines: boolean;
  readonly compoundOpen: string;
  readonly compoundSeparator: string;
  readonly compoundClose: string;
  /** Before the first member, and before the closing brace. */
  readonly compoundEnd: string;
  /** `name=` before each member. */
  readonly memberNames: boolean;
  readonly sequenceOpen: string;
  readonly sequenceSeparator: string;
  readonly sequenceClose: string;
  readonly indent: string;
  /** After every element but the last. */
  readonly elementSuffix: string;
  /** Bits of integers to print instead of their values. */
  readonly packedBits: PackedBits | undefined;
}

/** h5dump's. */
export const DUMP_VALUE_FORMAT: ValueFormat = {
  float: "%g",
  double: "%g",
  raw: false,
  rawDigits: true,
  characters: false,
  escapes: false,
  percentEncode: false,
  repeatThreshold: 0,
  arrayOpen: "[ ",
  arraySeparator: ",",
  arrayClose: " ]",
  arrayGap: true,
  breakLines: true,
  compoundOpen: "{",
  compoundSeparator: ",\n",
  compoundClose: "}",
  compoundEnd: "\n",
  memberNames: false,
  sequenceOpen: "(",
  sequenceSeparator: ", ",
  sequenceClose: ")",
  indent: "   ",
  elementSuffix: ",",
  packedBits: undefined,
};
