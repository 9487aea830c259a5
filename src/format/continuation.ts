/**
 * Object header continuation message (0x0010): where the header's messages go on.
 *
 * Specification: IV.A.2.q, "The Object Header Continuation Message". Reference implementation: H5Ocont.c.
 *
 * | field  | bytes           |
 * | ------ | --------------- |
 * | Offset | Size of Offsets |
 * | Length | Size of Lengths |
 */
import { type Address, type FileWidths, UNLIMITED } from "../base/address.ts";
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";

/** A further block of an object header. Specification: IV.A.2.q, "The Object Header Continuation Message". */
export interface Continuation {
  /** Where the block is. */
  readonly address: Address;
  /** Bytes of the whole block: in a version 2 header its signature, gap and checksum are counted. */
  readonly byteLength: number;
}

export function sizeOfContinuation(widths: FileWidths): number {
  return widths.sizeOfOffsets + widths.sizeOfLengths;
}

export function decodeContinuation(cursor: Cursor): Continuation {
  const address = cursor.definedAddress("Offset");
  const byteLength = cursor.lengthValue("Length");
  if (byteLength === 0 || byteLength === UNLIMITED) throw cursor.error(`a block of ${byteLength} bytes`, "Length");
  return { address, byteLength };
}

export function encodeContinuation(writer: Writer, message: Continuation): void {
  writer.addressValue(message.address).lengthValue(message.byteLength);
}
