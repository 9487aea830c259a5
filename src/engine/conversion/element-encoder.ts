/**
 * JavaScript values as elements: the counterpart of `element-decoder.ts`, whose table says what becomes what.
 *
 * Also accepted: a boolean or a string for an integer's 0 and 1 or an enumeration's member, an array of values in order
 * for a compound, a Map from names to values for one, `[re, im]` or a plain number for a complex number, bytes for a string, null for a variable-length
 * string that is not there, a typed array for a sequence or an array, a Date or a count as bigint for h5py's opaque times. Fractions are cut off for integers; what is out of
 * range is refused.
 */
import { product } from "../../base/bits.ts";
import { HDF5Error } from "../../base/errors.ts";
import { encodeShortText } from "../../base/text.ts";
import type {
  ArrayType,
  BitfieldType,
  ComplexType,
  CompoundType,
  Datatype,
  EnumType,
  FixedPointType,
  FloatingPointType,
  OpaqueType,
  ReferenceType,
  VariableLengthType,
} from "../../format/datatype.ts";
import { encodeTextIn } from "./ascii-text.ts";
import { complexPartOf } from "./complex-conversion.ts";
import { COPIED_BYTES, type ElementContext, NO_HEAP } from "./element-context.ts";
import { integerOfTime } from "./element-decoder.ts";
import { writeFixedString } from "./fixed-strings.ts";
import { floatCodec } from "./float-codec.ts";
import { writeNullSequence, writeSequence } from "./heap-elements.ts";
import { integerCodec, isSigned } from "./integer-codec.ts";
import { floatWriterOf, integerWriterOf, rangeOf } from "./numeric-access.ts";
import { numericLayoutOf } from "./numeric-layout.ts";
import { numpyTimeOf, writeNumpyTime } from "./numpy-times.ts";

export type ElementWriter = (value: unknown, bytes: Uint8Array, offset: number) => void;

/**
 * Packed elements of `type` with these values.
 *
 * @throws HDF5Error "conversion" for a value that `type` cannot hold, named OverflowError when it is out of range,
 *   UnicodeEncodeError for text beyond ASCII in an ASCII string; bytes are stored as they are.
 */
export function encodeElements(
  type: Datatype,
  values: ArrayLike<unknown>,
  context: ElementContext = NO_HEAP,
): Uint8Array {
  const bytes = new Uint8Array(values.length * type.size);
  const write = elementWriter(type, context);
  for (let i = 0; i < values.length; i++) write(values[i], bytes, i * type.size);
  return bytes;
}

export function encodeElement(type: Datatype, value: unknown, context: ElementContext = NO_HEAP): Uint8Array {
  return encodeElements(type, [value], context);
}

/** A function that writes one value; bytes of the element that are not part of any member stay. */
export function elementWriter(type: Datatype, context: ElementContext): ElementWriter {
  switch (type.class) {
    case "fixed-point":
    case "bitfield":
      return integerWriter(type);
    case "time":
      return integerWriter(integerOfTime(type));
    case "floating-point":
      return floatWriter(type);
    case "string":
      return (value, bytes, offset) => writeFixedString(type, textOf(value), bytes, offset);
    case "opaque":
      return opaqueWriter(type);
    case "compound":
      return compoundWriter(type, context);
    case "reference":
      return referenceWriter(type);
    case "enum":
      return enumWriter(type, context);
    case "variable-length":
      return type.kind === "string" ? variableStringWriter(type, context) : sequenceWriter(type, context);
    case "array":
      return arrayWriter(type, context);
    case "complex":
      return complexWriter(type, context);
    default:
      return type satisfies never;
  }
}

function mismatch(value: unknown, expected: string): HDF5Error {
  const found = value === null ? "null" : Array.isArray(value) ? "an array" : typeof value;
  return new HDF5Error("conversion", `expected ${expected}, got ${found}`);
}

/** Named as numpy's exceptions for such values are. */
function unfit(name: "OverflowError" | "ValueError", message: string): HDF5Error {
  const error = new HDF5Error("conversion", message);
  error.name = name;
  return error;
}

function numberOf(value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint" || typeof value === "boolean") return Number(value);
  throw mismatch(value, "a number");
}

function textOf(value: unknown): string | Uint8Array {
  if (typeof value === "string" || value instanceof Uint8Array) return value;
  throw mismatch(value, "a string");
}

function integerName(type: FixedPointType | BitfieldType): string {
  return `${isSigned(type) ? "int" : "uint"}${type.bitPrecision}`;
}

function bigIntegerOf(value: unknown): bigint {
  if (typeof value === "bigint") return value;
  const number = numberOf(value);
  if (Number.isNaN(number)) throw unfit("ValueError", "cannot convert float NaN to integer");
  if (!Number.isFinite(number)) throw unfit("OverflowError", "cannot convert float infinity to integer");
  return BigInt(Math.trunc(number));
}

function floatWriter(type: FloatingPointType): ElementWriter {
  const layout = numericLayoutOf(type);
  const write = layout && floatWriterOf(layout);
  if (write !== undefined) return (value, bytes, offset) => write(numberOf(value), bytes, offset);
  const codec = floatCodec(type);
  return (value, bytes, offset) => codec.write(bytes, offset, numberOf(value));
}

function integerWriter(type: FixedPointType | BitfieldType): ElementWriter {
  const writeAny = anyIntegerWriter(type);
  const layout = numericLayoutOf(type);
  const write = layout && integerWriterOf(layout);
  const range = layout && rangeOf(layout.kind);
  if (write === undefined || range === undefined) return writeAny;
  const [minimum, maximum] = range;
  return (value, bytes, offset) => {
    if (typeof value === "number" && value >= minimum && value <= maximum) write(value, bytes, offset);
    else if (typeof value === "boolean") write(value ? 1 : 0, bytes, offset);
    else writeAny(value, bytes, offset);
  };
}

function anyIntegerWriter(type: FixedPointType | BitfieldType): ElementWriter {
  const codec = integerCodec(type);
  return (value, bytes, offset) => {
    const integer = bigIntegerOf(value);
    if (integer < codec.minimum || integer > codec.maximum) {
      throw unfit("OverflowError", `integer ${integer} out of bounds for ${integerName(type)}`);
    }
    codec.write(bytes, offset, integer);
  };
}

function opaqueWriter(type: OpaqueType): ElementWriter {
  const time = numpyTimeOf(type);
  return (value, bytes, offset) => {
    if (time !== undefined && writeNumpyTime(time, value, bytes, offset)) return;
    if (!(value instanceof Uint8Array) || value.length > type.size) {
      throw mismatch(value, `at most ${type.size} bytes as Uint8Array`);
    }
    bytes.set(value, offset);
    bytes.fill(0, offset + value.length, offset + type.size);
  };
}

function referenceWriter(type: ReferenceType): ElementWriter {
  return (value, bytes, offset) => {
    const stored = (value as { bytes?: unknown } | null | undefined)?.bytes;
    if (!(stored instanceof Uint8Array) || stored.length !== type.size) {
      throw mismatch(value, `a ${type.kind} reference of ${type.size} bytes`);
    }
    bytes.set(stored, offset);
  };
}

function enumWriter(type: EnumType, context: ElementContext): ElementWriter {
  const write = elementWriter(type.base, context);
  const byName = new Map(type.members.map(({ name, value }) => [name, value]));
  return (value, bytes, offset) => {
    if (typeof value !== "string") {
      write(value, bytes, offset);
      return;
    }
    const stored = byName.get(value);
    if (stored === undefined) throw new HDF5Error("conversion", `enumeration has no member "${value}"`);
    bytes.set(stored, offset);
  };
}

function compoundWriter(type: CompoundType, context: ElementContext): ElementWriter {
  if (complexPartOf(type) === undefined) return recordWriter(type, context);
  // A complex number as h5py has it: also what a complex datatype takes.
  const write = recordWriter(type, context);
  const first = type.members[0]?.name ?? "";
  return (value, bytes, offset) => {
    const isRecord = value instanceof Map || (typeof value === "object" && value !== null && first in value);
    write(isRecord ? value : complexParts(value), bytes, offset);
  };
}

function recordWriter(type: CompoundType, context: ElementContext): ElementWriter {
  const writers = type.members.map((member) => elementWriter(member.type, context));
  const isPlainName = type.members.map(({ name }) => !(name in Object.prototype));
  return (value, bytes, offset) => {
    if (typeof value !== "object" || value === null) throw mismatch(value, "an object with the members of a compound");
    if (Object.getPrototypeOf(value) === Object.prototype) {
      writeProperties(type, writers, isPlainName, value as Record<string, unknown>, bytes, offset);
      return;
    }
    const positional = Array.isArray(value);
    if (positional && value.length !== writers.length) {
      throw new HDF5Error("conversion", `${value.length} values for a compound of ${writers.length} members`);
    }
    for (let i = 0; i < writers.length; i++) {
      const { name, byteOffset } = type.members[i]!;
      const item: unknown = positional ? value[i] : memberOf(value, name);
      writers[i]!(item, bytes, offset + byteOffset);
    }
  };
}

/** Of an object without a class nothing is inherited by a name that every object has not: there is no need to ask. */
function writeProperties(
  { members }: CompoundType,
  writers: readonly ElementWriter[],
  isPlainName: readonly boolean[],
  record: Readonly<Record<string, unknown>>,
  bytes: Uint8Array,
  offset: number,
): void {
  for (let i = 0; i < writers.length; i++) {
    const { name, byteOffset } = members[i]!;
    const item = record[name];
    writers[i]!(item !== undefined && isPlainName[i] ? item : memberOf(record, name), bytes, offset + byteOffset);
  }
}

function memberOf(record: object, name: string): unknown {
  const isMap = record instanceof Map;
  if (!(isMap ? record.has(name) : Object.hasOwn(record, name))) {
    throw new HDF5Error("conversion", `no value for member "${name}" of a compound`);
  }
  return isMap ? record.get(name) : (record as Record<string, unknown>)[name];
}

function variableStringWriter(type: VariableLengthType, context: ElementContext): ElementWriter {
  return (value, bytes, offset) => {
    if (value === null) {
      writeNullSequence(type, bytes, offset);
      return;
    }
    const text = textOf(value);
    const short = typeof text === "string" ? encodeShortText(text) : undefined;
    const encoded = short ?? (typeof text === "string" ? encodeTextIn(type.characterSet, text) : text);
    if (short === undefined && encoded.includes(0)) {
      throw new HDF5Error("conversion", "VLEN strings do not support embedded NULLs");
    }
    writeSequence(type, encoded.length, encoded, bytes, offset, context);
  };
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && "length" in value);
}

function sequenceWriter(type: VariableLengthType, context: ElementContext): ElementWriter {
  const { size } = type.base;
  const write = elementWriter(type.base, context);
  const room = new Uint8Array(COPIED_BYTES);
  return (value, bytes, offset) => {
    if (!isList(value)) throw mismatch(value, "an array");
    const byteLength = value.length * size;
    const isShort = byteLength <= COPIED_BYTES;
    const items = isShort ? room.fill(0, 0, byteLength) : new Uint8Array(byteLength);
    for (let i = 0; i < value.length; i++) write(value[i], items, i * size);
    writeSequence(type, value.length, isShort ? items.subarray(0, byteLength) : items, bytes, offset, context);
  };
}

/** Nested arrays of exactly the dimensions, or all values in one array. */
function arrayWriter(type: ArrayType, context: ElementContext): ElementWriter {
  const write = elementWriter(type.base, context);
  const total = product(type.dims);
  return (value, bytes, offset) => {
    const items = flatten(value, type.dims, total);
    for (let i = 0; i < total; i++) write(items[i], bytes, offset + i * type.base.size);
  };
}

function flatten(value: unknown, dims: readonly number[], total: number): ArrayLike<unknown> {
  if (!isList(value)) throw mismatch(value, `an array of dimensions (${dims.join(", ")})`);
  if (value.length === total && (dims.length === 1 || !isList(value[0]))) return value;
  const items: unknown[] = [];
  collect(value, dims, 0, items);
  return items;
}

function collect(value: unknown, dims: readonly number[], depth: number, items: unknown[]): void {
  if (depth === dims.length) {
    items.push(value);
    return;
  }
  if (!isList(value) || value.length !== dims[depth]) {
    throw mismatch(value, `an array of dimensions (${dims.join(", ")})`);
  }
  for (let i = 0; i < value.length; i++) collect(value[i], dims, depth + 1, items);
}

function complexWriter(type: ComplexType, context: ElementContext): ElementWriter {
  const write = elementWriter(type.base, context);
  return (value, bytes, offset) => {
    const [re, im] = complexParts(value);
    write(re, bytes, offset);
    write(im, bytes, offset + type.base.size);
  };
}

function complexParts(value: unknown): readonly [unknown, unknown] {
  if (typeof value === "number" || typeof value === "bigint") return [value, 0];
  if (isList(value) && value.length === 2) return [value[0], value[1]];
  if (typeof value === "object" && value !== null && "re" in value && "im" in value) return [value.re, value.im];
  throw mismatch(value, "a complex number { re, im }");
}
