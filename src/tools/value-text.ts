/**
 * Values as text: for a datatype, a function from an element's bytes to what h5dump and h5ls print for it.
 *
 * The function is made once a type; what it closes over is decided then, so that printing an element is only reading and
 * formatting. Reference implementation: `h5tools_str_sprint` in h5tools_str.c.
 */
import { product } from "../base/bits.ts";
import type {
  ArrayType,
  CompoundType,
  Datatype,
  EnumType,
  FixedPointType,
  FloatingPointType,
  ReferenceType,
  StringType,
  VariableLengthType,
} from "../format/datatype.ts";
import { bytesToText, byteText, escapeName, isPrintable, octalEscape } from "./byte-text.ts";
import { printf, printG } from "./c-printf.ts";
import { BREAK } from "./line-layout.ts";
import { bitfieldReader, floatReader, integerReader, nativeFloatOf, nativeIntegerSize } from "./number-reader.ts";
import type { ValueFormat } from "./value-format.ts";

export type ElementPrinter = (view: DataView, offset: number) => string;

/** What a value's bytes alone do not tell. */
export interface ValueContext {
  /** Current level of indentation, for the lines within compounds and arrays. */
  level: number;
  readonly defaultLevel: number;
  /**
   * The elements of a variable-length value whose descriptor stands at `offset`; undefined for a null one.
   * Strings have one-byte elements.
   */
  sequence(
    view: DataView,
    offset: number,
    elementSize: number,
  ): { readonly count: number; readonly view: DataView } | undefined;
  /** What is printed for a reference within other data. */
  reference(type: ReferenceType, view: DataView, offset: number): string;
}

function hexByte(byte: number): string {
  return byte < 16 ? `0${byte.toString(16)}` : byte.toString(16);
}

function hexBytes(bytes: Uint8Array, single: string): string {
  if (bytes.length === 1) return single + hexByte(bytes[0] as number);
  return Array.from(bytes, hexByte).join(":");
}

function bytesAt(view: DataView, offset: number, byteLength: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + offset, byteLength);
}

class PrinterFactory {
  private readonly format: ValueFormat;
  private readonly context: ValueContext;
  /** Whether an array ended since this was last cleared: the element after a nested array starts a line. */
  private arrayEnded = false;

  constructor(format: ValueFormat, context: ValueContext) {
    this.format = format;
    this.context = context;
  }

  printer(type: Datatype): ElementPrinter {
    const { size } = type;
    if (this.format.raw) {
      if (!this.format.rawDigits) return () => ":".repeat(size - 1);
      return (view, at) => hexBytes(bytesAt(view, at, size), "0x");
    }
    switch (type.class) {
      case "fixed-point":
        return this.integer(type);
      case "floating-point":
        return this.float(type);
      case "string":
        return this.fixedString(type);
      case "bitfield": {
        const read = bitfieldReader(type);
        return (view, at) => hexBytes(read(view, at), "0x");
      }
      case "time":
      case "opaque":
        return (view, at) => hexBytes(bytesAt(view, at, size), "0x");
      case "compound":
        return this.compound(type);
      case "reference":
        return (view, at) =>
          bytesAt(view, at, size).every((byte) => byte === 0) ? "NULL" : this.context.reference(type, view, at);
      case "enum":
        return this.enumeration(type);
      case "variable-length":
        return type.kind === "string" ? this.variableString() : this.sequence(type);
      case "array":
        return this.array(type);
      case "complex":
        return () => "invalid datatype";
    }
  }

  private integer(type: FixedPointType): ElementPrinter {
    const read = integerReader(type);
    const size = nativeIntegerSize(type.bitPrecision);
    if (this.format.characters && size === 1) return (view, at) => this.character(Number(read(view, at)) & 0xff);
    const { packedBits } = this.format;
    if (packedBits === undefined) return (view, at) => String(read(view, at));
    const { offset } = packedBits;
    const mask = (1n << BigInt(packedBits.length)) - 1n;
    const bits = size * 8;
    if (offset >= bits) return () => "0";
    // Once masked, the bits are a value of the native type again.
    return (view, at) => {
      const value = (BigInt(read(view, at)) >> BigInt(offset)) & mask;
      return (type.signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value)).toString();
    };
  }

  private float(type: FloatingPointType): ElementPrinter {
    const read = floatReader(type);
    const native = nativeFloatOf(type);
    const format = native === "extended" ? "%Lg" : native === "double" ? this.format.double : this.format.float;
    return (view, at) => {
      const value = read(view, at);
      return typeof value === "number" && format === "%g" ? printG(value) : printf(format, value);
    };
  }

  private fixedString(type: StringType): ElementPrinter {
    const stopsAtNull = type.padding === "null-terminate";
    return (view, at) => this.quoted(bytesAt(view, at, type.size), stopsAtNull);
  }

  private variableString(): ElementPrinter {
    return (view, at) => {
      const value = this.context.sequence(view, at, 1);
      return value === undefined ? "NULL" : this.quoted(bytesAt(value.view, 0, value.count), true);
    };
  }

  private quoted(bytes: Uint8Array, stopsAtNull: boolean): string {
    let end = bytes.length;
    if (stopsAtNull) {
      const zero = bytes.indexOf(0);
      if (zero >= 0) end = zero;
    }
    if (end === 0) return '""';
    if (this.format.repeatThreshold > 0) return this.quotedWithRepeats(bytes, stopsAtNull);
    let text = '"';
    for (let i = 0; i < end; i++) text += this.character(bytes[i] as number);
    return `${text}"`;
  }

  /** Long runs of a character are written as `'c' repeats count times`, apart from the quoted text around them. */
  private quotedWithRepeats(bytes: Uint8Array, stopsAtNull: boolean): string {
    const threshold = this.format.repeatThreshold;
    let text = "";
    let quote = "";
    let i = 0;
    for (; i < bytes.length && !(stopsAtNull && bytes[i] === 0); i++) {
      const byte = bytes[i] as number;
      let run = 1;
      while (i + run < bytes.length && bytes[i + run] === byte) run++;
      if (run > threshold) {
        text += `${quote}${i > 0 ? " " : ""}'${this.character(byte)}' repeats ${run - 1} times`;
        quote = "";
        i += run - 1;
        continue;
      }
      if (quote === "") {
        quote = '"';
        text += `${i > 0 ? " " : ""}"`;
      }
      text += this.character(byte);
    }
    return text + quote;
  }

  private character(byte: number): string {
    const { escapes } = this.format;
    if (this.format.percentEncode) {
      if (byte > 0x20 && byte <= 0x7e) return String.fromCharCode(byte);
      return `%${byte < 0x80 ? hexByte(byte) : `ffffff${hexByte(byte)}`}`;
    }
    switch (byte) {
      case 0x22:
        return escapes ? '\\"' : '"';
      case 0x5c:
        return escapes ? "\\\\" : "\\";
      case 0x08:
        return escapes ? "\\b" : "\b";
      case 0x0c:
        return escapes ? "\\f" : "\f";
      case 0x0a:
        return escapes ? "\\n" : "\n           ";
      case 0x0d:
        return escapes ? "\\r" : "\r           ";
      case 0x09:
        return escapes ? "\\t" : "\t";
      default:
        return isPrintable(byte) ? String.fromCharCode(byte) : octalEscape(byte);
    }
  }

  private indentation(): string {
    const { level, defaultLevel } = this.context;
    return this.format.indent.repeat(level > 0 ? level : defaultLevel);
  }

  private compound(type: CompoundType): ElementPrinter {
    const { format, context } = this;
    const members = type.members.map((member) => ({
      label: format.memberNames ? `${byteText(member.name)}=` : "",
      offset: member.byteOffset,
      print: this.printer(member.type),
    }));
    return (view, at) => {
      let text = format.compoundOpen;
      context.level++;
      const indent = format.breakLines ? this.indentation() : "";
      members.forEach((member, i) => {
        text += (i > 0 ? format.compoundSeparator : format.compoundEnd) + indent + member.label;
        text += member.print(view, at + member.offset);
      });
      context.level--;
      if (format.breakLines) text += format.compoundEnd + this.indentation();
      return text + format.compoundClose;
    };
  }

  private enumeration(type: EnumType): ElementPrinter {
    if (type.base.class !== "fixed-point") return () => "invalid datatype";
    const read = integerReader(type.base);
    const names = new Map<number | bigint, string>();
    for (const { name, value } of type.members) {
      const key = read(new DataView(value.buffer, value.byteOffset, value.byteLength), 0);
      names.set(key, escapeName(byteText(name)));
    }
    const size = nativeIntegerSize(type.base.bitPrecision);
    return (view, at) => {
      const value = read(view, at);
      const name = names.get(value);
      if (name !== undefined) return name;
      const bytes = new Uint8Array(8);
      new DataView(bytes.buffer).setBigInt64(0, BigInt(value), true);
      return hexBytes(bytes.subarray(0, size), "0x");
    };
  }

  private sequence(type: VariableLengthType): ElementPrinter {
    const { format, context } = this;
    const elementSize = type.base.size;
    const print = this.printer(type.base);
    return (view, at) => {
      const value = context.sequence(view, at, elementSize);
      let text = format.sequenceOpen;
      for (let i = 0; value !== undefined && i < value.count; i++) {
        if (i > 0) text += format.sequenceSeparator;
        context.level++;
        text += print(value.view, i * elementSize);
        context.level--;
      }
      return text + format.sequenceClose;
    };
  }

  private array(type: ArrayType): ElementPrinter {
    const { format, context } = this;
    const count = product(type.dims);
    const rowLength = type.dims[type.dims.length - 1] ?? 1;
    const elementSize = type.base.size;
    const print = this.printer(type.base);
    return (view, at) => {
      let text = format.arrayOpen;
      context.level++;
      for (let i = 0; i < count; i++) {
        if (i > 0) text += format.arraySeparator + this.arrayBreak(i, rowLength);
        this.arrayEnded = false;
        text += print(view, at + i * elementSize);
      }
      context.level--;
      this.arrayEnded = true;
      return text + format.arrayClose;
    };
  }

  private arrayBreak(i: number, rowLength: number): string {
    if (this.format.breakLines && i % rowLength === 0) return `\n${this.indentation()}`;
    if (!this.format.arrayGap) return "";
    return this.arrayEnded ? `\n ${this.indentation()}` : " ";
  }
}

/** Makes the printer of a type's elements. Its text may hold {@link BREAK} marks, for the layout to break lines at. */
export function elementPrinter(type: Datatype, format: ValueFormat, context: ValueContext): ElementPrinter {
  return new PrinterFactory(format, context).printer(type);
}

/** h5ls's: separators after which a line may break. */
export const BREAKABLE_SEPARATOR = `,${BREAK}`;

/** The text of `bytes` up to the first zero. */
export function terminatedText(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return bytesToText(end < 0 ? bytes : bytes.subarray(0, end));
}
