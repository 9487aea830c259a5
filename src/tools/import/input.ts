/** The elements of an input file. */
import { HDF5Error } from "../../base/errors.ts";
import type { ByteSource } from "../../io/source.ts";
import * as h5t from "../../lowlevel/h5t.ts";
import type { TypeID } from "../../lowlevel/type-id.ts";
import { bigIntegerOf, doubleOf, integerOf, singleOf, WordReader } from "./number-words.ts";
import { HOST_ORDER, type NumberFormat, type NumbersImport, type StringsImport, stringType } from "./spec.ts";

/** Numbers of a file, from its start on. */
export interface NumbersInput {
  /** How they lie in memory. */
  readonly format: NumberFormat;
  /** The next elements, valid until the next call. @throws HDF5Error "argument" when there are no more. */
  next(count: number): ArrayBufferView;
}

/** @throws HDF5Error "argument" for a binary file that is too short. */
export function numbersInput({ form, input }: NumbersImport, source: ByteSource, count: number): NumbersInput {
  return form === "text" ? textInput(input, source) : binaryInput(input, source, count);
}

function binaryInput(format: NumberFormat, source: ByteSource, count: number): NumbersInput {
  const size = format.bits / 8;
  const needed = count * size;
  const there = source.byteLength();
  if (there < needed) throw new HDF5Error("argument", `the file has ${there} bytes, the dataset ${needed}`);
  let offset = 0;
  let buffer = new Uint8Array();
  return {
    format,
    next(elements) {
      const byteLength = elements * size;
      if (buffer.length < byteLength) buffer = new Uint8Array(byteLength);
      const bytes = buffer.subarray(0, byteLength);
      source.readInto(offset, bytes);
      offset += byteLength;
      return bytes;
    },
  };
}

function textInput(input: NumberFormat, source: ByteSource): NumbersInput {
  const words = new WordReader(source);
  return { format: { ...input, order: HOST_ORDER }, next: (count) => numbersOf(input, words, count) };
}

function numbersOf({ numberClass, bits }: NumberFormat, words: WordReader, count: number): ArrayBufferView {
  if (numberClass === "float") {
    if (bits === 32) return filled(new Float32Array(count), () => singleOf(words.next()));
    return filled(new Float64Array(count), () => doubleOf(words.next()));
  }
  const isSigned = numberClass === "integer";
  const integer = (): number => integerOf(words.next(), bits, isSigned);
  switch (bits) {
    case 8:
      return filled(isSigned ? new Int8Array(count) : new Uint8Array(count), integer);
    case 16:
      return filled(isSigned ? new Int16Array(count) : new Uint16Array(count), integer);
    case 32:
      return filled(isSigned ? new Int32Array(count) : new Uint32Array(count), integer);
    default:
      return filled(isSigned ? new BigInt64Array(count) : new BigUint64Array(count), () =>
        bigIntegerOf(words.next(), isSigned),
      );
  }
}

interface Elements<T> extends ArrayBufferView {
  [index: number]: T;
  readonly length: number;
}

function filled<T>(elements: Elements<T>, next: () => T): ArrayBufferView {
  for (let i = 0; i < elements.length; i++) elements[i] = next();
  return elements;
}

export interface StringsInput {
  readonly type: TypeID;
  readonly values: readonly Uint8Array[];
}

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** All strings of a file. */
export function stringsInput({ form, type }: StringsImport, source: ByteSource): StringsInput {
  const bytes = new Uint8Array(source.byteLength());
  source.readInto(0, bytes);
  const lines = linesOf(bytes);
  const values = form === "lines" ? lines : lines.flatMap(quotedIn);
  return { type: type ?? variableType(bytes), values };
}

/** What follows the last line break is a line as well, unless it is nothing. */
function linesOf(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let from = 0; from < bytes.length; ) {
    const found = bytes.indexOf(NEWLINE, from);
    const end = found < 0 ? bytes.length : found;
    lines.push(bytes.subarray(from, end));
    from = end + 1;
  }
  return lines;
}

function variableType(bytes: Uint8Array): TypeID {
  const isUtf8 = bytes.some((byte) => byte >= 0x80) && isWellFormed(bytes);
  return stringType({ size: h5t.VARIABLE, padding: h5t.STR_NULLTERM, isUtf8 });
}

function isWellFormed(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** What stands between the first and the last quotation mark of a line, as h5dump prints it. */
function quotedIn(line: Uint8Array): Uint8Array[] {
  const first = line.indexOf(QUOTE);
  const last = line.lastIndexOf(QUOTE);
  return last > first ? [withoutEscapes(line.subarray(first + 1, last))] : [];
}

/** h5dump prints bytes that are no printable characters in octal: `\012`, and with the sign of C's `char` `\37777777703`. */
function withoutEscapes(bytes: Uint8Array): Uint8Array {
  if (!bytes.includes(BACKSLASH)) return bytes;
  const text = String.fromCharCode(...bytes);
  const plain = text.replace(/\\(?:37777777([0-7]{3})|([01][0-7]{2}))/g, (all, high, low) => {
    const byte = Number.parseInt(high ?? low, 8) & 0xff;
    return byte >= 0x20 && byte < 0x7f ? all : String.fromCharCode(byte);
  });
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}
