/**
 * Text as bytes: what the tools print is made of strings in which a character is a byte (0 to 255).
 *
 * HDF5's names and strings are bytes of no certain encoding, widths are counted in bytes, and the C tools print
 * them as they are. So everything is kept as bytes until the output writes it.
 */
import { encodeUtf8, isAscii } from "../base/text.ts";

/** The bytes of a name or path, a character a byte. */
export function byteText(text: string): string {
  return isAscii(text) ? text : bytesToText(encodeUtf8(text));
}

/** A name with blanks behind it, up to a number of bytes. C: `%-15s`. */
export function paddedName(name: string, columns: number): string {
  return name + " ".repeat(Math.max(0, columns - byteText(name).length));
}

const PIECE = 8192;

export function bytesToText(bytes: Uint8Array): string {
  if (bytes.length <= PIECE) return String.fromCharCode(...bytes);
  let text = "";
  for (let i = 0; i < bytes.length; i += PIECE) text += String.fromCharCode(...bytes.subarray(i, i + PIECE));
  return text;
}

/** C's `isprint` in the C locale. */
export function isPrintable(byte: number): boolean {
  return byte >= 0x20 && byte < 0x7f;
}

/** What strings are printed with where not every byte is. */
export const STRING_ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

const NAME_ESCAPES: Readonly<Record<string, string>> = {
  ...STRING_ESCAPES,
  "'": "\\'",
  "?": "\\?",
  "\x07": "\\a",
  "\v": "\\v",
};

/** An enumeration's name with C's escape sequences; other unprintable bytes in octal. */
export function escapeName(text: string): string {
  let escaped = "";
  for (let i = 0; i < text.length; i++) {
    const character = text[i] as string;
    const byte = text.charCodeAt(i);
    escaped += NAME_ESCAPES[character] ?? (isPrintable(byte) ? character : `\\${byte.toString(8).padStart(3, "0")}`);
  }
  return escaped;
}

/**
 * A byte in octal as C prints a `char`: it is signed on the platforms whose output is the reference, so that a byte
 * from 0x80 on shows its sign extension.
 */
export function octalEscape(byte: number): string {
  const value = byte < 0x80 ? byte : 0xffff_ff00 + byte;
  return `\\${value.toString(8).padStart(3, "0")}`;
}
