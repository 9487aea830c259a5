/** Text for strings that are ASCII by their datatype: what is none is refused, in Python's words. */
import { HDF5Error } from "../../base/errors.ts";
import { encodeUtf8 } from "../../base/text.ts";
import type { CharacterSet } from "../../format/datatype.ts";

/**
 * The bytes of a text.
 *
 * Lone surrogates that stand for single bytes are those bytes in ASCII strings, too: they were read from such a string.
 *
 * @throws HDF5Error "conversion", named UnicodeEncodeError, for other characters beyond ASCII when `set` is ASCII.
 */
export function encodeTextIn(set: CharacterSet, text: string): Uint8Array {
  const bytes = encodeUtf8(text);
  // What is ASCII, or stands for a byte, is one byte long; everything else is longer than its UTF-16.
  if (set === "ascii" && bytes.length !== text.length) throw notAscii(text);
  return bytes;
}

const isBeyond = (character: string | undefined): boolean =>
  character !== undefined && (character.codePointAt(0) as number) > 0x7f;

/** Tells of the first run of such characters, counted as Python counts them. */
function notAscii(text: string): HDF5Error {
  const characters = [...text];
  const first = characters.findIndex((character) => encodeUtf8(character).length !== character.length);
  let last = first;
  while (isBeyond(characters[last + 1])) last++;
  const where =
    first === last
      ? `character '${escaped(characters[first] as string)}' in position ${first}`
      : `characters in position ${first}-${last}`;
  const error = new HDF5Error("conversion", `'ascii' codec can't encode ${where}: ordinal not in range(128)`);
  error.name = "UnicodeEncodeError";
  return error;
}

function escaped(character: string): string {
  const hex = (character.codePointAt(0) as number).toString(16);
  if (hex.length <= 2) return `\\x${hex}`;
  return hex.length <= 4 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}
