/**
 * Variable-length data to variable-length data of another base: heap objects are read, converted, and written anew.
 *
 * C: `H5T__conv_vlen`. There is no conversion between strings and sequences, nor between character sets.
 */
import type { VariableLengthType } from "../../format/datatype.ts";
import type { Conversion, FindConversion } from "./conversion.ts";
import type { ElementContext } from "./element-context.ts";
import { isNullSequence, readSequence, writeNullSequence, writeSequence } from "./heap-elements.ts";

export function sequenceConversion(
  source: VariableLengthType,
  destination: VariableLengthType,
  findConversion: FindConversion,
  context: ElementContext | undefined,
): Conversion | undefined {
  if (context === undefined || source.kind !== destination.kind) return undefined;
  if (source.kind === "string" && source.characterSet !== destination.characterSet) return undefined;
  const items = findConversion(source.base, destination.base, context);
  if (items === undefined) return undefined;
  const origin = context.source ?? context;
  return {
    noop: false,
    convert(from, sourceOffset, to, destinationOffset, count) {
      for (let i = 0; i < count; i++) {
        const at = destinationOffset + i * destination.size;
        const start = sourceOffset + i * source.size;
        if (isNullSequence(source, from, start)) {
          writeNullSequence(destination, to, at);
          continue;
        }
        const sequence = readSequence(source, from, start, origin);
        const bytes = new Uint8Array(sequence.count * destination.base.size);
        items.convert(sequence.bytes, 0, bytes, 0, sequence.count);
        writeSequence(destination, { count: sequence.count, bytes }, to, at, context);
      }
    },
  };
}
