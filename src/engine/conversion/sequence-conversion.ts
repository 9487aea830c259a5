/**
 * Variable-length data to variable-length data of another base: heap objects are read, converted, and written anew.
 *
 * C: `H5T__conv_vlen`. There is no conversion between strings and sequences, nor between character sets.
 */
import type { VariableLengthType } from "../../format/datatype.ts";
import type { Conversion, FindConversion } from "./conversion.ts";
import type { ElementContext } from "./element-context.ts";
import { isNullSequence, SequenceReader, writeHeapId, writeNullSequence, writeSequence } from "./heap-elements.ts";

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
      const sequence = new SequenceReader(source, origin);
      for (let i = 0; i < count; i++) {
        const at = destinationOffset + i * destination.size;
        const start = sourceOffset + i * source.size;
        if (isNullSequence(source, from, start)) {
          writeNullSequence(destination, to, at);
          continue;
        }
        sequence.read(from, start);
        if (items.noop && context.writeHeapPart !== undefined && sequence.count > 0) {
          const id = context.writeHeapPart(sequence.bytes, sequence.start, sequence.end);
          writeHeapId(destination, sequence.count, id, to, at, context);
          continue;
        }
        writeSequence(destination, sequence.count, converted(sequence, items, destination), to, at, context);
      }
    },
  };
}

/** The items of a sequence; those that need no conversion where they are. */
function converted(sequence: SequenceReader, items: Conversion, { base }: VariableLengthType): Uint8Array {
  if (items.noop) return sequence.view();
  const { bytes: from, count, start } = sequence;
  const bytes = new Uint8Array(count * base.size);
  items.convert(from, start, bytes, 0, count);
  return bytes;
}
