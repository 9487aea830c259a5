/**
 * Variable-length elements on their way from one file to another: their heap IDs mean nothing there, so that the other
 * file's heap gets the data and the elements get its IDs.
 */
import { Cursor } from "../../base/cursor.ts";
import { Writer } from "../../base/writer.ts";
import type { Datatype } from "../../format/datatype.ts";
import { usesHeap } from "../../format/datatype-questions.ts";
import type { ElementContext } from "../conversion/element-context.ts";
import type { ElementConversion } from "../dataset-io/converting-memory.ts";

/** Copies elements of one datatype, and what they keep in the heap. Both files have addresses of one size. */
export function movingConversion(type: Datatype, from: ElementContext, to: ElementContext): ElementConversion {
  return {
    noop: false,
    convert(source, sourceOffset, destination, destinationOffset, count) {
      const byteLength = count * type.size;
      destination.set(source.subarray(sourceOffset, sourceOffset + byteLength), destinationOffset);
      for (let i = 0; i < count; i++) moveHeapData(type, destination, destinationOffset + i * type.size, from, to);
    },
  };
}

/** Gives the heap IDs of one element their new values. */
function moveHeapData(
  type: Datatype,
  bytes: Uint8Array,
  offset: number,
  from: ElementContext,
  to: ElementContext,
): void {
  switch (type.class) {
    case "compound":
      for (const member of type.members) moveHeapData(member.type, bytes, offset + member.byteOffset, from, to);
      return;
    case "array":
      if (!usesHeap(type.base)) return;
      for (let at = 0; at < type.size; at += type.base.size) moveHeapData(type.base, bytes, offset + at, from, to);
      return;
    case "variable-length":
      moveSequence(type, bytes, offset, from, to);
      return;
    default:
      return;
  }
}

function moveSequence(
  type: Extract<Datatype, { class: "variable-length" }>,
  bytes: Uint8Array,
  offset: number,
  from: ElementContext,
  to: ElementContext,
): void {
  const { widths } = from;
  const cursor = new Cursor(bytes.subarray(offset, offset + type.size), {
    structure: "Variable-length element",
    widths,
  });
  const count = cursor.u32("Length");
  const address = cursor.addressValue("Address");
  const index = cursor.u32("Index");
  if (address <= 0) return;
  let data = from.readHeapObject(address, index);
  if (type.kind === "sequence" && usesHeap(type.base)) {
    data = new Uint8Array(data);
    const elements = Math.min(count, Math.floor(data.length / type.base.size));
    for (let i = 0; i < elements; i++) moveHeapData(type.base, data, i * type.base.size, from, to);
  }
  const id = to.writeHeapObject(data);
  bytes.set(new Writer(widths, 16).u32(count).addressValue(id.address).u32(id.index).toBytes(), offset);
}
