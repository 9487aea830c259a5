/**
 * Elements as JavaScript values.
 *
 * | class           | value                                                        |
 * | --------------- | ------------------------------------------------------------ |
 * | fixed-point     | number; bigint when the precision is above 32 bits           |
 * | floating-point  | number                                                       |
 * | time            | as a signed integer                                          |
 * | string          | string, without padding                                      |
 * | bit field       | as an unsigned integer                                       |
 * | opaque          | Uint8Array; of h5py's times, if asked for, Date or bigint    |
 * | compound        | object with a property a member                              |
 * | reference       | {@link ReferenceValue}                                       |
 * | enumeration     | as its integer; boolean for h5py's booleans                  |
 * | variable-length | string; typed array of a numeric base; else array of values  |
 * | array           | nested arrays                                                |
 * | complex         | {@link ComplexValue}                                         |
 *
 * A reader is made once for a datatype and then called for many elements at a time: of records, for a member of a block of
 * them, then for the next member.
 */
import { FormatError } from "../../base/errors.ts";
import { listOf, numberListOf } from "../../base/memory.ts";
import { decodeUtf8Range, endOfText } from "../../base/text.ts";
import type {
  BitfieldType,
  ComplexType,
  CompoundMember,
  Datatype,
  FixedPointType,
  FloatingPointType,
  OpaqueType,
  ReferenceType,
  TimeType,
  VariableLengthType,
} from "../../format/datatype.ts";
import { isBooleanEnum } from "../../format/datatype-questions.ts";
import { fixedPoint } from "../../format/predefined-datatypes.ts";
import {
  BLOCK_ELEMENTS,
  type BlockReader,
  blockOf,
  booleanBlock,
  complexBlock,
  type ElementReader,
  numberBlock,
} from "./element-blocks.ts";
import { type ElementContext, NO_HEAP } from "./element-context.ts";
import { readFixedStrings } from "./fixed-strings.ts";
import { floatCodec } from "./float-codec.ts";
import { SequenceReader } from "./heap-elements.ts";
import { integerCodec, MAX_NUMBER_PRECISION } from "./integer-codec.ts";
import { numericArrayReader } from "./numeric-arrays.ts";
import { numericLayoutOf } from "./numeric-layout.ts";
import { numpyTimeOf, readNumpyTime } from "./numpy-times.ts";

/** A reference as it is stored; resolving it needs the file. */
export interface ReferenceValue {
  /** What it leads to, and in which of the file's forms it is stored. */
  readonly kind: ReferenceType["kind"];
  /** The element's own bytes. */
  readonly bytes: Uint8Array;
}

/** A complex number. */
export interface ComplexValue {
  /** The real part. */
  readonly re: number;
  /** The imaginary part. */
  readonly im: number;
}

/**
 * Values of `count` packed elements.
 *
 * @param bytes - Elements in `type`, one after the other. Values are copies; nothing of `bytes` is kept.
 * @throws FormatError when there are fewer bytes, or heap objects contradict their elements.
 */
export function decodeElements(
  type: Datatype,
  bytes: Uint8Array,
  count: number,
  context: ElementContext = NO_HEAP,
): unknown[] {
  if (count * type.size > bytes.length) {
    throw new FormatError(`${count} elements of ${type.size} bytes, ${bytes.length} bytes left`);
  }
  const values = listOf<unknown>(count);
  blockReader(type, context)(values, 0, count, bytes, 0, type.size);
  return values;
}

/** The value of one element at the start of `bytes`. */
export function decodeElement(type: Datatype, bytes: Uint8Array, context: ElementContext = NO_HEAP): unknown {
  return decodeElements(type, bytes, 1, context)[0];
}

function blockReader(type: Datatype, context: ElementContext): BlockReader {
  switch (type.class) {
    case "fixed-point":
    case "bitfield":
      return integerBlock(type);
    case "time":
      return integerBlock(integerOfTime(type));
    case "floating-point":
      return floatingBlock(type);
    case "string":
      return (values, start, count, bytes, offset, stride) =>
        readFixedStrings(type, values, start, count, bytes, offset, stride);
    case "opaque":
      return blockOf(opaqueReader(type, context));
    case "compound":
      return complexBlock(type) ?? membersBlock(type.members, context);
    case "reference":
      return blockOf(
        (bytes, offset): ReferenceValue => ({ kind: type.kind, bytes: bytes.slice(offset, offset + type.size) }),
      );
    case "enum": {
      const readBase = blockReader(type.base, context);
      return isBooleanEnum(type) ? booleanBlock(type.base, readBase) : readBase;
    }
    case "variable-length":
      return blockOf(type.kind === "string" ? variableStringReader(type, context) : sequenceReader(type, context));
    case "array":
      return arrayBlock(type.dims, type.base, blockReader(type.base, context));
    case "complex":
      return complexBlock(type) ?? membersBlock(partsOf(type), context);
    default:
      return type satisfies never;
  }
}

function opaqueReader(type: OpaqueType, { numpyTimes = "bytes" }: ElementContext): ElementReader {
  const time = numpyTimes === "bytes" ? undefined : numpyTimeOf(type);
  if (time !== undefined) return (bytes, offset) => readNumpyTime(time, bytes, offset, numpyTimes === "date");
  return (bytes, offset) => bytes.slice(offset, offset + type.size);
}

/** The integer that a time is stored as. */
export function integerOfTime(type: TimeType): FixedPointType {
  const whole = fixedPoint(type.size, true, type.byteOrder);
  return { ...whole, bitPrecision: Math.max(1, Math.min(type.bitPrecision, type.size * 8)) };
}

function integerBlock(type: FixedPointType | BitfieldType): BlockReader {
  const layout = numericLayoutOf(type);
  const read = layout && numberBlock(layout);
  if (read !== undefined) return read;
  const codec = integerCodec(type);
  return blockOf(type.bitPrecision <= MAX_NUMBER_PRECISION ? codec.readNumber : codec.read);
}

function floatingBlock(type: FloatingPointType): BlockReader {
  const layout = numericLayoutOf(type);
  return (layout && numberBlock(layout)) ?? blockOf(floatCodec(type).read);
}

function partsOf({ base }: ComplexType): CompoundMember[] {
  return [
    { name: "re", byteOffset: 0, type: base },
    { name: "im", byteOffset: base.size, type: base },
  ];
}

/** Objects of a block of elements get the same property one after the other. */
function membersBlock(members: readonly CompoundMember[], context: ElementContext): BlockReader {
  const readers = members.map((member) => blockReader(member.type, context));
  let column: unknown[] = [];
  return (values, start, count, bytes, offset, stride) => {
    const room = Math.min(count, BLOCK_ELEMENTS);
    if (column.length < room) column = new Array<unknown>(room);
    for (let done = 0; done < count; done += BLOCK_ELEMENTS) {
      const from = start + done;
      const part = Math.min(BLOCK_ELEMENTS, count - done);
      for (let i = 0; i < part; i++) values[from + i] = {};
      for (let m = 0; m < readers.length; m++) {
        const { name, byteOffset } = members[m] as CompoundMember;
        readers[m]?.(column, 0, part, bytes, offset + done * stride + byteOffset, stride);
        setProperty(values as Record<string, unknown>[], from, part, name, column);
      }
    }
  };
}

/**
 * A member named `__proto__` becomes a property like any other with `defineProperty`: no name in a file can reach a
 * prototype.
 */
function setProperty(
  records: Record<string, unknown>[],
  start: number,
  count: number,
  name: string,
  values: readonly unknown[],
): void {
  if (name === "__proto__") {
    for (let i = 0; i < count; i++) {
      const property = { value: values[i], enumerable: true, configurable: true, writable: true };
      Object.defineProperty(records[start + i], name, property);
    }
    return;
  }
  for (let i = 0; i < count; i++) (records[start + i] as Record<string, unknown>)[name] = values[i];
}

/** Text ends at a NUL, which some writers count as part of it. */
function variableStringReader(type: VariableLengthType, context: ElementContext): ElementReader {
  const text = new SequenceReader(type, context);
  return (bytes, offset) => {
    text.read(bytes, offset);
    return decodeUtf8Range(text.bytes, text.start, endOfText(text.bytes, text.start, text.end));
  };
}

function sequenceReader(type: VariableLengthType, context: ElementContext): ElementReader {
  const { base } = type;
  const sequence = new SequenceReader(type, context);
  const readArray = isBooleanEnum(base) ? undefined : numericArrayReader(base);
  if (readArray !== undefined) {
    return (bytes, offset) => {
      sequence.read(bytes, offset);
      return readArray(sequence.bytes, sequence.start, sequence.count);
    };
  }
  const read = blockReader(base, context);
  return (bytes, offset) => {
    sequence.read(bytes, offset);
    const { bytes: items, count, start } = sequence;
    const values = listOf<unknown>(count);
    read(values, 0, count, items, start, base.size);
    return values;
  };
}

function arrayBlock(dims: readonly number[], base: Datatype, readBase: BlockReader): BlockReader {
  const [length = 0, ...inner] = dims;
  const readItems = inner.length === 0 ? readBase : arrayBlock(inner, base, readBase);
  const itemSize = inner.reduce((size, dim) => size * dim, base.size);
  const list = inner.length === 0 && base.class === "floating-point" ? numberListOf : listOf;
  return (values, start, count, bytes, offset, stride) => {
    for (let i = 0; i < count; i++) {
      const items: unknown[] = list(length);
      readItems(items, 0, length, bytes, offset + i * stride, itemSize);
      values[start + i] = items;
    }
  };
}
