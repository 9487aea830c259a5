/**
 * Strings of a fixed size to another size or padding. C: `H5T__conv_s_s`.
 *
 * Text of NUL-terminated and of NUL-padded strings ends at the first NUL here, unlike for reading values. What is too
 * long is cut; a NUL-terminated string gives its last byte to the NUL. There is no conversion between character sets.
 */
import type { StringType } from "../../format/datatype.ts";
import type { Conversion } from "./conversion.ts";

const SPACE = 0x20;

export function stringConversion(source: StringType, destination: StringType): Conversion | undefined {
  if (source.characterSet !== destination.characterSet) return undefined;
  const filler = destination.padding === "space-pad" ? SPACE : 0;
  const terminate = destination.padding === "null-terminate";
  return {
    noop: false,
    convert(from, sourceOffset, to, destinationOffset, count) {
      for (let i = 0; i < count; i++) {
        const start = sourceOffset + i * source.size;
        const at = destinationOffset + i * destination.size;
        const length = Math.min(textEnd(source, from, start), destination.size);
        for (let k = 0; k < length; k++) to[at + k] = from[start + k] as number;
        to.fill(filler, at + length, at + destination.size);
        if (terminate) to[at + destination.size - 1] = 0;
      }
    },
  };
}

function textEnd(type: StringType, bytes: Uint8Array, start: number): number {
  let length = type.size;
  if (type.padding === "space-pad") {
    while (length > 0 && bytes[start + length - 1] === SPACE) length--;
    return length;
  }
  for (let i = 0; i < length; i++) if (bytes[start + i] === 0) return i;
  return length;
}
