/**
 * Bit fields to another size, position or byte order: the lowest bits that both have, zeros above. C: `H5T__conv_b_b`.
 */
import type { BitfieldType } from "../../format/datatype.ts";
import type { Conversion } from "./conversion.ts";
import { integerCodec } from "./integer-codec.ts";

export function bitfieldConversion(source: BitfieldType, destination: BitfieldType): Conversion {
  const from = integerCodec(source);
  const to = integerCodec(destination);
  const mask = to.maximum;
  return {
    noop: false,
    convert(bytes, sourceOffset, out, destinationOffset, count) {
      for (let i = 0; i < count; i++) {
        to.write(
          out,
          destinationOffset + i * destination.size,
          from.read(bytes, sourceOffset + i * source.size) & mask,
        );
      }
    },
  };
}
