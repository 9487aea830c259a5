/**
 * Elements as columns in the physical layout of Apache Arrow, made without an object a row.
 *
 * Each {@link Column} is what Arrow calls an array: buffers that its libraries take as they are. `docs/values.md` says how.
 */
import { alignUp, product } from "../base/bits.ts";
import { allocateBytes } from "../base/memory.ts";
import { endOfText } from "../base/text.ts";
import type { ElementContext } from "../engine/conversion/element-context.ts";
import { integerOfTime } from "../engine/conversion/element-decoder.ts";
import { textLength } from "../engine/conversion/fixed-strings.ts";
import { SequenceReader } from "../engine/conversion/heap-elements.ts";
import { integerCodec, MAX_NUMBER_PRECISION } from "../engine/conversion/integer-codec.ts";
import { convertToNumericArray } from "../engine/conversion/numeric-conversion.ts";
import { numpyTimeOf } from "../engine/conversion/numpy-times.ts";
import type {
  ArrayType,
  CompoundType,
  Datatype,
  EnumType,
  OpaqueType,
  StringType,
  VariableLengthType,
} from "../format/datatype.ts";
import { isBooleanEnum } from "../format/datatype-questions.ts";
import { arrayOf } from "../format/predefined-datatypes.ts";
import { plainError } from "../lowlevel/api-error.ts";
import type { NumericArray } from "../lowlevel/memory-type.ts";
import { gather, type Strided } from "./strided-bytes.ts";

/** What a column holds, by Arrow's names of layouts. */
export type ColumnType =
  /** `values`: a typed array. Integers, bit fields, and enumerations, whose names are told. */
  | {
      readonly kind: "int";
      readonly bits: number;
      readonly signed: boolean;
      readonly members?: Readonly<Record<string, number | bigint>>;
    }
  /** `values`: Float32Array or Float64Array. */
  | { readonly kind: "float"; readonly bits: number }
  /** `values`: a bit an element, the first in the lowest bit. */
  | { readonly kind: "bool" }
  /** `values`: UTF-8; element i is the bytes from `offsets[i]` to `offsets[i + 1]`. */
  | { readonly kind: "utf8" }
  /** `values`: `byteWidth` bytes an element. Opaque elements and references. */
  | { readonly kind: "fixed-size-binary"; readonly byteWidth: number }
  /** `values`: BigInt64Array of counts since 1970, or of lengths. h5py's opaque times. */
  | { readonly kind: "timestamp" | "duration"; readonly unit: string; readonly multiple: number }
  /** Element i is the elements of the only child from `offsets[i]` to `offsets[i + 1]`. */
  | { readonly kind: "list" }
  /** Element i is the `listSize` elements of the only child from `i * listSize` on. */
  | { readonly kind: "fixed-size-list"; readonly listSize: number }
  /** Element i is the i-th of each child. */
  | { readonly kind: "struct" };

/** Elements of one datatype as buffers in Arrow's layout. */
export interface Column {
  /** Of the member; of items of lists `"item"`; of a whole dataset the last part of its path. */
  readonly name: string;
  /** What the elements are, and so how `values`, `offsets` and `children` are to be read. */
  readonly type: ColumnType;
  /** Number of elements. */
  readonly length: number;
  /** Number of elements without a value: times that are NaT. */
  readonly nullCount: number;
  /** A bit an element, 1 where it has a value; null where all have one. */
  readonly validity: Uint8Array | null;
  /** See {@link ColumnType}; null for nested ones. */
  readonly values: NumericArray | null;
  /** One more than there are elements; null for layouts without. */
  readonly offsets: Int32Array | null;
  /** Of a struct its members, of lists the only column of their items; empty for all else. */
  readonly children: readonly Column[];
}

/** Columns of the members of a compound datatype. */
export interface ColumnTable {
  /** Number of rows. */
  readonly length: number;
  /** Of the selection, whose elements are the rows in row-major order. */
  readonly shape: readonly number[];
  /** By the members' names, in the order asked for. */
  readonly columns: ReadonlyMap<string, Column>;
}

/** Elements of a datatype somewhere in bytes. */
export interface Elements extends Strided {
  readonly type: Datatype;
}

const PLAIN = { nullCount: 0, validity: null, values: null, offsets: null, children: [] } as const;

/**
 * The column of elements.
 *
 * @throws OverflowError for more than 2^31 - 1 bytes of text or elements of lists; FormatError for damaged elements.
 */
export function columnOf(name: string, elements: Elements, context: ElementContext): Column {
  const { type, count } = elements;
  const start = { ...PLAIN, name, length: count };
  switch (type.class) {
    case "fixed-point":
    case "bitfield":
      return { ...start, ...integers(numbersOf(elements, type)) };
    case "time":
      return { ...start, ...integers(numbersOf(elements, integerOfTime(type))) };
    case "floating-point": {
      const values = numbersOf(elements, type);
      return { ...start, type: { kind: "float", bits: 8 * values.BYTES_PER_ELEMENT }, values };
    }
    case "enum":
      return { ...start, ...enumColumn(elements, type) };
    case "string":
      return { ...start, ...fixedTexts(elements, type) };
    case "opaque":
      return { ...start, ...opaqueColumn(elements, type) };
    case "reference":
      return {
        ...start,
        type: { kind: "fixed-size-binary", byteWidth: type.size },
        values: gather(elements, type.size),
      };
    case "compound":
      return { ...start, type: { kind: "struct" }, children: memberColumns(elements, type, context) };
    case "array":
      return { ...start, ...listColumn(elements, type, context) };
    case "complex":
      return { ...start, ...listColumn(elements, arrayOf(type.base, [2]), context) };
    case "variable-length":
      return {
        ...start,
        ...(type.kind === "string" ? variableTexts(elements, type, context) : sequences(elements, type, context)),
      };
    default:
      return type satisfies never;
  }
}

/** The columns of a compound's members. */
export function memberColumns(elements: Elements, type: CompoundType, context: ElementContext): Column[] {
  return type.members.map((member) => {
    const byteOffset = elements.byteOffset + member.byteOffset;
    return columnOf(member.name, { ...elements, byteOffset, type: member.type }, context);
  });
}

function numbersOf(elements: Elements, type: Datatype): NumericArray {
  return convertToNumericArray(type, gather(elements, type.size), elements.count) as NumericArray;
}

type Part = Pick<Column, "type"> & Partial<Column>;

function integers(values: NumericArray): Part {
  const signed =
    values instanceof Int8Array ||
    values instanceof Int16Array ||
    values instanceof Int32Array ||
    values instanceof BigInt64Array;
  return { type: { kind: "int", bits: 8 * values.BYTES_PER_ELEMENT, signed }, values };
}

function enumColumn(elements: Elements, type: EnumType): Part {
  const values = numbersOf(elements, type);
  if (isBooleanEnum(type)) return { type: { kind: "bool" }, values: packBits(values) };
  const part = integers(values);
  if (type.base.class !== "fixed-point" || part.type.kind !== "int") return part;
  const codec = integerCodec(type.base);
  const read = type.base.bitPrecision <= MAX_NUMBER_PRECISION ? codec.readNumber : codec.read;
  const members = Object.fromEntries(type.members.map((member) => [member.name, read(member.value, 0)]));
  return { ...part, type: { ...part.type, members } };
}

/** Arrow wants buffers that are filled up to 8 bytes. */
function bitBuffer(count: number): Uint8Array {
  return allocateBytes(alignUp(Math.ceil(count / 8), 8));
}

function packBits(values: NumericArray): Uint8Array {
  const bits = bitBuffer(values.length);
  for (let i = 0; i < values.length; i++) if (Number(values[i]) !== 0) setBit(bits, i);
  return bits;
}

function setBit(bits: Uint8Array, i: number): void {
  bits[i >> 3] = (bits[i >> 3] as number) | (1 << (i & 7));
}

const NOT_A_TIME = -(2n ** 63n);

function opaqueColumn(elements: Elements, type: OpaqueType): Part {
  const bytes = gather(elements, type.size);
  const time = numpyTimeOf(type);
  if (time === undefined) return { type: { kind: "fixed-size-binary", byteWidth: type.size }, values: bytes };
  const values = new BigInt64Array(elements.count);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const validity = bitBuffer(elements.count);
  let nullCount = 0;
  for (let i = 0; i < values.length; i++) {
    const value = view.getBigInt64(8 * i, time.byteOrder !== "big-endian");
    values[i] = value;
    if (value === NOT_A_TIME) nullCount++;
    else setBit(validity, i);
  }
  const kind = time.kind === "M" ? "timestamp" : "duration";
  const columnType = { kind, unit: time.unit, multiple: Number(time.multiple) } as const;
  return { type: columnType, values, nullCount, validity: nullCount === 0 ? null : validity };
}

function listColumn(elements: Elements, type: ArrayType, context: ElementContext): Part {
  const listSize = product(type.dims);
  const items: Elements = {
    bytes: gather(elements, type.size),
    byteOffset: 0,
    stride: type.base.size,
    count: elements.count * listSize,
    type: type.base,
  };
  return { type: { kind: "fixed-size-list", listSize }, children: [columnOf("item", items, context)] };
}

/** Bytes that are put one behind the other, as long as Arrow can count them. */
class GrowingBytes {
  #bytes = new Uint8Array(1024);
  length = 0;

  append(source: Uint8Array, start: number, end: number): void {
    const length = this.length + end - start;
    if (length > this.#bytes.length) this.#grow(length);
    // Short texts are faster copied here than through a view of them.
    if (end - start < 32)
      for (let i = start, at = this.length; i < end; i++, at++) this.#bytes[at] = source[i] as number;
    else this.#bytes.set(source.subarray(start, end), this.length);
    this.length = length;
  }

  #grow(length: number): void {
    const bytes = allocateBytes(Math.max(length, 2 * this.#bytes.length));
    bytes.set(this.#bytes.subarray(0, this.length));
    this.#bytes = bytes;
  }

  /** A view; nothing may be appended any more. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }
}

const GREATEST_OFFSET = 2 ** 31 - 1;

function checkedOffset(offset: number): number {
  if (offset <= GREATEST_OFFSET) return offset;
  throw plainError("OverflowError", "a column holds at most 2147483647 bytes of text, or elements of lists");
}

function fixedTexts({ bytes, byteOffset, stride, count }: Elements, type: StringType): Part {
  const offsets = new Int32Array(count + 1);
  const text = new GrowingBytes();
  for (let i = 0, at = byteOffset; i < count; i++, at += stride) {
    text.append(bytes, at, at + textLength(type, bytes, at));
    offsets[i + 1] = checkedOffset(text.length);
  }
  return { type: { kind: "utf8" }, offsets, values: text.finish() };
}

/** Text ends at a NUL, which some writers count as part of it. */
function variableTexts(elements: Elements, type: VariableLengthType, context: ElementContext): Part {
  const { bytes, byteOffset, stride, count } = elements;
  const offsets = new Int32Array(count + 1);
  const text = new GrowingBytes();
  const sequence = new SequenceReader(type, context);
  for (let i = 0; i < count; i++) {
    sequence.read(bytes, byteOffset + i * stride);
    text.append(sequence.bytes, sequence.start, endOfText(sequence.bytes, sequence.start, sequence.end));
    offsets[i + 1] = checkedOffset(text.length);
  }
  return { type: { kind: "utf8" }, offsets, values: text.finish() };
}

function sequences(elements: Elements, type: VariableLengthType, context: ElementContext): Part {
  const { bytes, byteOffset, stride, count } = elements;
  const { base } = type;
  const offsets = new Int32Array(count + 1);
  const stored = new GrowingBytes();
  const sequence = new SequenceReader(type, context);
  for (let i = 0; i < count; i++) {
    sequence.read(bytes, byteOffset + i * stride);
    stored.append(sequence.bytes, sequence.start, sequence.end);
    offsets[i + 1] = checkedOffset((offsets[i] as number) + sequence.count);
  }
  const items: Elements = {
    bytes: stored.finish(),
    byteOffset: 0,
    stride: base.size,
    count: offsets[count] as number,
    type: base,
  };
  return { type: { kind: "list" }, offsets, children: [columnOf("item", items, context)] };
}
