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
 * A reader of one element is made once for a datatype and then called for each.
 */
import { FormatError } from "../../base/errors.ts";
import { listOf } from "../../base/memory.ts";
import { decodeUtf8Range, endOfText } from "../../base/text.ts";
import type {
  ArrayType,
  BitfieldType,
  CompoundType,
  Datatype,
  EnumType,
  FixedPointType,
  FloatingPointType,
  OpaqueType,
  ReferenceType,
  TimeType,
  VariableLengthType,
} from "../../format/datatype.ts";
import { isBooleanEnum } from "../../format/datatype-questions.ts";
import { fixedPoint } from "../../format/predefined-datatypes.ts";
import { type ElementContext, NO_HEAP } from "./element-context.ts";
import { readFixedString, readFixedStrings } from "./fixed-strings.ts";
import { floatCodec } from "./float-codec.ts";
import { SequenceReader } from "./heap-elements.ts";
import { integerCodec, MAX_NUMBER_PRECISION } from "./integer-codec.ts";
import { numberReader } from "./numeric-access.ts";
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

export type ElementReader = (bytes: Uint8Array, offset: number) => unknown;

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
  if (type.class === "string") return readFixedStrings(type, bytes, count);
  const read = elementReader(type, context);
  const { size } = type;
  const values = listOf<unknown>(count);
  for (let i = 0; i < count; i++) values[i] = read(bytes, i * size);
  return values;
}

/** The value of one element at the start of `bytes`. */
export function decodeElement(type: Datatype, bytes: Uint8Array, context: ElementContext = NO_HEAP): unknown {
  return decodeElements(type, bytes, 1, context)[0];
}

/** A function from an element's bytes to its value. The caller sees to it that all bytes of the element are there. */
export function elementReader(type: Datatype, context: ElementContext): ElementReader {
  switch (type.class) {
    case "fixed-point":
    case "bitfield":
      return integerReader(type);
    case "time":
      return integerReader(integerOfTime(type));
    case "floating-point":
      return floatReader(type);
    case "string":
      return (bytes, offset) => readFixedString(type, bytes, offset);
    case "opaque":
      return opaqueReader(type, context);
    case "compound":
      return compoundReader(type, context);
    case "reference":
      return (bytes, offset): ReferenceValue => ({ kind: type.kind, bytes: bytes.slice(offset, offset + type.size) });
    case "enum":
      return enumReader(type, context);
    case "variable-length":
      return type.kind === "string" ? variableStringReader(type, context) : sequenceReader(type, context);
    case "array":
      return arrayReader(type, context);
    case "complex": {
      const part = elementReader(type.base, context);
      const partSize = type.base.size;
      return (bytes, offset) => ({ re: part(bytes, offset), im: part(bytes, offset + partSize) });
    }
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

function integerReader(type: FixedPointType | BitfieldType): ElementReader {
  const layout = numericLayoutOf(type);
  const read = layout && numberReader(layout);
  if (read !== undefined) return read;
  const codec = integerCodec(type);
  return type.bitPrecision <= MAX_NUMBER_PRECISION ? codec.readNumber : codec.read;
}

function floatReader(type: FloatingPointType): ElementReader {
  const layout = numericLayoutOf(type);
  return (layout && numberReader(layout)) ?? floatCodec(type).read;
}

function enumReader(type: EnumType, context: ElementContext): ElementReader {
  const read = elementReader(type.base, context);
  if (!isBooleanEnum(type)) return read;
  return (bytes, offset) => Boolean(read(bytes, offset));
}

/**
 * Members become properties with `defineProperty`, so that a member named `__proto__` is a property like any other and
 * no name in a file can reach a prototype.
 */
function compoundReader(type: CompoundType, context: ElementContext): ElementReader {
  const readers = type.members.map((member) => elementReader(member.type, context));
  return (bytes, offset) => {
    const record: Record<string, unknown> = {};
    for (let i = 0; i < readers.length; i++) {
      const member = type.members[i]!;
      const value = readers[i]!(bytes, offset + member.byteOffset);
      if (member.name === "__proto__") {
        Object.defineProperty(record, member.name, { value, enumerable: true, configurable: true, writable: true });
      } else {
        record[member.name] = value;
      }
    }
    return record;
  };
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
  const read = elementReader(base, context);
  return (bytes, offset) => {
    sequence.read(bytes, offset);
    const { bytes: items, count, start } = sequence;
    const values: unknown[] = [];
    for (let i = 0; i < count; i++) values.push(read(items, start + i * base.size));
    return values;
  };
}

function arrayReader(type: ArrayType, context: ElementContext): ElementReader {
  return nestedArrayReader(type.dims, type.base, elementReader(type.base, context));
}

function nestedArrayReader(dims: readonly number[], base: Datatype, read: ElementReader): ElementReader {
  const [length = 0, ...inner] = dims;
  const readItem = inner.length === 0 ? read : nestedArrayReader(inner, base, read);
  const itemSize = inner.reduce((size, dim) => size * dim, base.size);
  return (bytes, offset) => {
    const items: unknown[] = [];
    for (let i = 0; i < length; i++) items.push(readItem(bytes, offset + i * itemSize));
    return items;
  };
}
