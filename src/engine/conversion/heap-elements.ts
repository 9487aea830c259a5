/**
 * Variable-length elements: a count and the ID of a global heap object.
 *
 * Specification: IV.A.2.d, class 9, and III.E "Global Heap". C: H5Tvlen.c.
 *
 * | field                      | bytes           |
 * | -------------------------- | --------------- |
 * | Length of the sequence     | 4, in elements  |
 * | Address of heap collection | Size of Offsets |
 * | Index in the collection    | 4               |
 */
import { Cursor } from "../../base/cursor.ts";
import { FormatError } from "../../base/errors.ts";
import { Writer } from "../../base/writer.ts";
import type { VariableLengthType } from "../../format/datatype.ts";
import { variableLengthSize } from "../../format/predefined-datatypes.ts";
import type { ElementContext } from "./element-context.ts";

const EMPTY = new Uint8Array(0);
const STRUCTURE = "Variable-length element";

export interface SequenceBytes {
  /** Elements, not bytes. */
  readonly count: number;
  /** At least `count` elements of the base type. */
  readonly bytes: Uint8Array;
}

/** @throws FormatError when the heap object is shorter than the count says. */
export function readSequence(
  type: VariableLengthType,
  bytes: Uint8Array,
  offset: number,
  context: Pick<ElementContext, "widths" | "readHeapObject">,
): SequenceBytes {
  const { widths } = context;
  const size = variableLengthSize(widths);
  if (type.size < size) throw new FormatError(`${STRUCTURE}: ${type.size} bytes, ${size} needed`);
  const cursor = new Cursor(bytes.subarray(offset, offset + size), { structure: STRUCTURE, widths });
  const count = cursor.u32("Length");
  const address = cursor.addressValue("Address");
  const index = cursor.u32("Index");
  if (count === 0 || address <= 0) return { count: 0, bytes: EMPTY };
  const object = context.readHeapObject(address, index);
  const baseSize = type.kind === "string" ? 1 : type.base.size;
  if (count * baseSize > object.length) {
    throw new FormatError(
      `${STRUCTURE}: ${count} elements of ${baseSize} bytes in heap object ${index} at address ${address}, which has ${object.length} bytes`,
      { structure: STRUCTURE, address },
    );
  }
  return { count, bytes: object.subarray(0, count * baseSize) };
}

/** Whether an element was never written: all of it is zero. */
export function isNullSequence(type: VariableLengthType, bytes: Uint8Array, offset: number): boolean {
  for (let i = offset; i < offset + type.size; i++) if (bytes[i] !== 0) return false;
  return true;
}

/** The null ID: no sequence, which reads as an empty one. */
export function writeNullSequence(type: VariableLengthType, bytes: Uint8Array, offset: number): void {
  bytes.fill(0, offset, offset + type.size);
}

/** An empty sequence is the null ID, an empty string a heap object of no bytes, as the C library writes them. */
export function writeSequence(
  type: VariableLengthType,
  sequence: SequenceBytes,
  bytes: Uint8Array,
  offset: number,
  context: ElementContext,
): void {
  if (sequence.count === 0 && type.kind === "sequence") {
    writeNullSequence(type, bytes, offset);
    return;
  }
  const id = context.writeHeapObject(sequence.bytes);
  const writer = new Writer(context.widths, 16);
  writer.u32(sequence.count).addressValue(id.address).u32(id.index);
  bytes.set(writer.toBytes(), offset);
  bytes.fill(0, offset + writer.position, offset + type.size);
}
