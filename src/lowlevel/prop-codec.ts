/**
 * Properties as the C library knows them: their names, sizes in its memory, and how `H5Pencode` writes them.
 *
 * Reference implementation: H5Pencdec.c and the callbacks of each class of lists, H5Pfapl.c and so on.
 */
import { UNLIMITED } from "../base/address.ts";
import type { Cursor } from "../base/cursor.ts";
import { decodeUtf8, encodeUtf8 } from "../base/text.ts";
import type { Writer } from "../base/writer.ts";

/** One property of a class whose lists hold values `P`. */
export interface PropertySpec<P extends object = object> {
  /** The C library's name, by which `H5Pget` finds it. */
  readonly name: string;
  /** Bytes of the value in the C library's memory. C: `H5Pget_size`. */
  readonly size: number;
  /** The values that make it up; empty for what only the C library has. */
  readonly keys: readonly (keyof P)[];
  /** Whether copies of a list hold it as their own, which shows in the order of `H5Pencode`. */
  readonly ownedByCopies?: boolean;
  /** Whether new lists hold it as their own. */
  readonly ownedByNew?: boolean;
  /** What the C library does not write has none. */
  readonly codec?: PropertyCodec<P>;
}

/** A property of whatever class of lists. */
export type AnySpec = Omit<PropertySpec, "keys"> & { readonly keys: readonly PropertyKey[] };

export interface PropertyCodec<P extends object> {
  encode(writer: Writer, values: Readonly<P>): void;
  decode(cursor: Cursor, values: Readonly<P>): Partial<P>;
}

type KeyOf<P, V> = { [K in keyof P]-?: P[K] extends V ? K : never }[keyof P];

/** How one value is written. */
export interface ValueCodec<V> {
  encode(writer: Writer, value: V): void;
  decode(cursor: Cursor): V;
}

/** A property that is one value. */
export function property<P extends object, V>(
  name: string,
  size: number,
  key: KeyOf<P, V>,
  value: ValueCodec<V>,
  owned: Pick<PropertySpec, "ownedByCopies" | "ownedByNew"> = {},
): PropertySpec<P> {
  const codec: PropertyCodec<P> = {
    encode: (writer, values) => value.encode(writer, values[key] as V),
    decode: (cursor) => ({ [key]: value.decode(cursor) }) as unknown as Partial<P>,
  };
  return { name, size, keys: [key as keyof P], codec, ...owned };
}

/** A property that the C library has and never writes. `keys` are the values that stand for it here, if any. */
export function unwritten<P extends object>(
  name: string,
  size: number,
  keys: readonly (keyof P)[] = [],
  owned: Pick<PropertySpec, "ownedByCopies" | "ownedByNew"> = {},
): PropertySpec<P> {
  return { name, size, keys, ...owned };
}

const DOUBLE = 8;
const UNSIGNED = 4;
/** Bytes of the widest numbers. */
const WIDEST = 8;
const ALL_ONES = 0xffff_ffff_ffff_ffffn;

/** How many bytes a number takes, and then those: `H5VM_limit_enc_size`, `UINT64ENCODE_VAR`. */
export const size: ValueCodec<number> = {
  encode(writer, value) {
    let rest = value === UNLIMITED ? ALL_ONES : BigInt(value);
    const bytes: number[] = [];
    do {
      bytes.push(Number(rest & 0xffn));
      rest >>= 8n;
    } while (rest > 0n);
    writer.u8(bytes.length).bytes(Uint8Array.from(bytes));
  },
  decode: (cursor) => sizeOf(cursor, cursor.u8("Size of a number")),
};

function sizeOf(cursor: Cursor, byteLength: number): number {
  if (byteLength > WIDEST) throw cursor.error(`a number of ${byteLength} bytes`, "Size of a number");
  const bytes = cursor.take(byteLength, "Number");
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] as number);
  if (value === ALL_ONES) return UNLIMITED;
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw cursor.error(`${value} is more than 2^53 - 1`, "Number");
  return Number(value);
}

/** A size, or undefined for none, which takes no bytes at all. */
export const sizeOrNone: ValueCodec<number | undefined> = {
  encode(writer, value) {
    if (value === undefined) writer.u8(0);
    else size.encode(writer, value);
  },
  decode(cursor) {
    const byteLength = cursor.u8("Size of a number");
    return byteLength === 0 ? undefined : sizeOf(cursor, byteLength);
  },
};

export const unsigned: ValueCodec<number> = {
  encode: (writer, value) => void writer.u8(UNSIGNED).u32(value),
  decode(cursor) {
    cursor.version([UNSIGNED], "Size of an unsigned int");
    return cursor.u32("Unsigned int");
  },
};

/** `undefined` stands for one number. */
export function unsignedOr(other: number): ValueCodec<number | undefined> {
  return {
    encode: (writer, value) => unsigned.encode(writer, value ?? other),
    decode(cursor) {
      const value = unsigned.decode(cursor);
      return value === other ? undefined : value;
    },
  };
}

export const byte: ValueCodec<number> = {
  encode: (writer, value) => void writer.u8(value),
  decode: (cursor) => cursor.u8("Byte"),
};

export const flag: ValueCodec<boolean> = {
  encode: (writer, value) => void writer.u8(value ? 1 : 0),
  decode: (cursor) => cursor.u8("Flag") !== 0,
};

/** A flag that the C library has as an unsigned int. */
export const unsignedFlag: ValueCodec<boolean> = {
  encode: (writer, value) => unsigned.encode(writer, value ? 1 : 0),
  decode: (cursor) => unsigned.decode(cursor) !== 0,
};

export function writeDouble(writer: Writer, value: number): void {
  const bytes = new Uint8Array(DOUBLE);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  writer.bytes(bytes);
}

export function readDouble(cursor: Cursor): number {
  const bytes = cursor.take(DOUBLE, "Double");
  return new DataView(bytes.buffer, bytes.byteOffset, DOUBLE).getFloat64(0, true);
}

export const double: ValueCodec<number> = {
  encode(writer, value) {
    writeDouble(writer.u8(DOUBLE), value);
  },
  decode(cursor) {
    cursor.version([DOUBLE], "Size of a double");
    return readDouble(cursor);
  },
};

/** Text behind its length. */
export const text: ValueCodec<string> = {
  encode(writer, value) {
    const bytes = encodeUtf8(value);
    size.encode(writer, bytes.length);
    writer.bytes(bytes);
  },
  decode: (cursor) => decodeUtf8(cursor.take(size.decode(cursor), "Text")),
};

/** Text with the zero behind it counted; no text has length 0. */
export const zeroEndedText: ValueCodec<string> = {
  encode(writer, value) {
    const bytes = encodeUtf8(value);
    size.encode(writer, value === "" ? 0 : bytes.length + 1);
    if (value !== "") writer.bytes(bytes).u8(0);
  },
  decode(cursor) {
    const bytes = cursor.take(size.decode(cursor), "Text");
    const end = bytes.indexOf(0);
    return decodeUtf8(end < 0 ? bytes : bytes.subarray(0, end));
  },
};
