/** References of one file as another has them: addresses have its width. What they keep in a heap is not looked for there. */
import { Cursor } from "../../base/cursor.ts";
import { Writer } from "../../base/writer.ts";
import type { ReferenceType } from "../../format/datatype.ts";
import type { Conversion } from "./conversion.ts";
import type { ElementContext } from "./element-context.ts";

export function referenceConversion(
  source: ReferenceType,
  destination: ReferenceType,
  context: ElementContext | undefined,
): Conversion | undefined {
  const origin = context?.source;
  if (context === undefined || origin === undefined || source.kind !== destination.kind) return undefined;
  const startsWithAddress = source.kind === "object" || source.kind === "region";
  const converted = (reference: Uint8Array): Uint8Array => {
    if (!startsWithAddress) return reference.subarray(0, destination.size);
    const cursor = new Cursor(reference, { structure: "Reference", widths: origin.widths });
    const writer = new Writer(context.widths, destination.size).addressValue(cursor.addressValue("Address"));
    return writer.bytes(reference.subarray(origin.widths.sizeOfOffsets)).toBytes();
  };
  return {
    noop: false,
    convert(from, sourceOffset, to, destinationOffset, count) {
      for (let i = 0; i < count; i++) {
        const start = sourceOffset + i * source.size;
        const at = destinationOffset + i * destination.size;
        to.fill(0, at, at + destination.size);
        to.set(converted(from.subarray(start, start + source.size)), at);
      }
    },
  };
}
