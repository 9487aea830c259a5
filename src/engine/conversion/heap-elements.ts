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
import { type Address, type FileWidths, isDefined } from "../../base/address.ts";
import { Cursor } from "../../base/cursor.ts";
import { FormatError } from "../../base/errors.ts";
import { Writer } from "../../base/writer.ts";
import type { VariableLengthType } from "../../format/datatype.ts";
import { variableLengthSize } from "../../format/predefined-datatypes.ts";
import type { ElementContext, HeapObjectId, HeapPlace, HeapReader } from "./element-context.ts";

const EMPTY = new Uint8Array(0);
const STRUCTURE = "Variable-length element";
/** Bytes of an element with an address of 8 bytes. */
const PLAIN_BYTES = 16;

export interface SequenceBytes {
  /** Elements, not bytes. */
  readonly count: number;
  /** At least `count` elements of the base type. */
  readonly bytes: Uint8Array;
}

/**
 * Reads elements one after the other. What it found last is in its fields: no object is made of each element, of which there
 * may be millions.
 */
export class SequenceReader implements HeapPlace {
  /** Elements, not bytes. */
  count = 0;
  /** Where those elements are: from `start` to `end`. Not to be changed, and good until something is stored. */
  bytes: Uint8Array = EMPTY;
  start = 0;
  end = 0;
  private address: Address = 0;
  private index = 0;
  private readonly baseSize: number;
  private readonly context: HeapReader;
  private readonly elementSize: number;
  private readonly hasPlainAddresses: boolean;

  constructor(type: VariableLengthType, context: HeapReader) {
    this.elementSize = type.size;
    this.baseSize = type.kind === "string" ? 1 : type.base.size;
    this.context = context;
    this.hasPlainAddresses = hasPlainAddresses(context.widths);
  }

  /** @throws FormatError when the heap object is shorter than the count says, or the element than what it holds. */
  read(elements: Uint8Array, offset: number): void {
    this.readId(elements, offset);
    const { address, baseSize, context, count, index } = this;
    if (count === 0 || address === 0 || !isDefined(address)) {
      this.count = 0;
      this.set(EMPTY);
      return;
    }
    if (context.locateHeapObject === undefined) this.set(context.readHeapObject(address, index));
    else context.locateHeapObject(address, index, this);
    const byteLength = count * baseSize;
    if (byteLength > this.end - this.start) {
      const found = `heap object ${index} at address ${address}, which has ${this.end - this.start} bytes`;
      throw new FormatError(`${STRUCTURE}: ${count} elements of ${baseSize} bytes in ${found}`, {
        structure: STRUCTURE,
        address,
      });
    }
    this.end = this.start + byteLength;
  }

  private set(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.start = 0;
    this.end = bytes.length;
  }

  private readId(elements: Uint8Array, offset: number): void {
    // Whatever has more bits than a number is for the cursor to understand or to refuse.
    const end = offset + this.elementSize;
    const isPlain = this.hasPlainAddresses && this.elementSize >= PLAIN_BYTES && end <= elements.length;
    if (isPlain && elements[offset + 10] === 0 && elements[offset + 11] === 0) {
      this.count = wordAt(elements, offset);
      const high = (elements[offset + 8] as number) | ((elements[offset + 9] as number) << 8);
      // Even a product with zero would be a number in a box.
      this.address = wordAt(elements, offset + 4) + (high === 0 ? 0 : high * 0x1_0000_0000);
      this.index = wordAt(elements, offset + 12);
      return;
    }
    const { widths } = this.context;
    const size = variableLengthSize(widths);
    if (this.elementSize < size) throw new FormatError(`${STRUCTURE}: ${this.elementSize} bytes, ${size} needed`);
    const cursor = new Cursor(elements.subarray(offset, offset + size), { structure: STRUCTURE, widths });
    this.count = cursor.u32("Length");
    this.address = cursor.addressValue("Address");
    this.index = cursor.u32("Index");
  }

  /** A view of the elements found last. */
  view(): Uint8Array {
    const { bytes, start, end } = this;
    return start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end);
  }
}

/** Whether an address is a number of 8 bytes. */
function hasPlainAddresses({ sizeOfOffsets, farAddresses }: FileWidths): boolean {
  return sizeOfOffsets === 8 && farAddresses === undefined;
}

function wordAt(bytes: Uint8Array, at: number): number {
  const low = (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16);
  return low + (bytes[at + 3] as number) * 0x100_0000;
}

/** A single element. @throws as {@link SequenceReader}. */
export function readSequence(
  type: VariableLengthType,
  bytes: Uint8Array,
  offset: number,
  context: HeapReader,
): SequenceBytes {
  const reader = new SequenceReader(type, context);
  reader.read(bytes, offset);
  return { count: reader.count, bytes: reader.view() };
}

/** Whether an element was never written: all of it is zero. */
export function isNullSequence(type: VariableLengthType, bytes: Uint8Array, offset: number): boolean {
  for (let i = offset; i < offset + type.size; i++) if (bytes[i] !== 0) return false;
  return true;
}

/** The null ID: no sequence, which reads as an empty one. */
export function writeNullSequence(type: VariableLengthType, bytes: Uint8Array, offset: number): void {
  for (let i = offset; i < offset + type.size; i++) bytes[i] = 0;
}

/**
 * An empty sequence is the null ID, an empty string a heap object of no bytes, as the C library writes them.
 *
 * @param count - Elements in `sequence`, which are all that is in it.
 */
export function writeSequence(
  type: VariableLengthType,
  count: number,
  sequence: Uint8Array,
  bytes: Uint8Array,
  offset: number,
  context: ElementContext,
): void {
  if (count === 0 && type.kind === "sequence") {
    writeNullSequence(type, bytes, offset);
    return;
  }
  writeHeapId(type, count, context.writeHeapObject(sequence), bytes, offset, context);
}

/** An element of `count` elements that are in a heap object. */
export function writeHeapId(
  type: VariableLengthType,
  count: number,
  { address, index }: HeapObjectId,
  bytes: Uint8Array,
  offset: number,
  context: ElementContext,
): void {
  if (hasPlainAddresses(context.widths) && isDefined(address)) {
    putWord(bytes, offset, count);
    putWord(bytes, offset + 4, address);
    putWord(bytes, offset + 8, Math.floor(address / 0x1_0000_0000));
    putWord(bytes, offset + 12, index);
    for (let i = offset + 16; i < offset + type.size; i++) bytes[i] = 0;
    return;
  }
  const writer = new Writer(context.widths, 16);
  writer.u32(count).addressValue(address).u32(index);
  bytes.set(writer.toBytes(), offset);
  bytes.fill(0, offset + writer.position, offset + type.size);
}

/** The lower 32 bits of a number. */
function putWord(bytes: Uint8Array, at: number, value: number): void {
  const word = value | 0;
  bytes[at] = word;
  bytes[at + 1] = word >>> 8;
  bytes[at + 2] = word >>> 16;
  bytes[at + 3] = word >>> 24;
}
