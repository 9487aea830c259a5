/**
 * Values as bytes in a file (`-b`).
 *
 * Reference implementation: `render_bin_output` in h5tools.c: numbers in the byte order asked for, compounds member by
 * member without gaps, strings without what follows their end.
 */

import { product } from "../../base/bits.ts";
import { floatCodec } from "../../engine/conversion/float-codec.ts";
import { swapElements } from "../../engine/conversion/numeric-layout.ts";
import type { Datatype, FixedPointType, FloatingPointType } from "../../format/datatype.ts";
import { elementsInterchangeable } from "../../format/datatype-questions.ts";
import { float } from "../../format/predefined-datatypes.ts";
import { bytesToText } from "../byte-text.ts";
import { FileValues } from "../file-values.ts";
import { bitfieldReader, floatReader, integerReader, nativeFloatOf, nativeIntegerSize } from "../number-reader.ts";
import type { TextOutput } from "../output.ts";
import { type DataHolder, rowPieces } from "./data-holder.ts";
import type { DataSession } from "./data-session.ts";
import { type FullSubset, subsetParts } from "./subset.ts";

/** Numbers of a native type, but for their byte order. */
function isPlainNumber(type: FixedPointType | FloatingPointType): boolean {
  const { size, byteOrder } = type;
  if (byteOrder === "vax") return false;
  if (type.class === "fixed-point") {
    return type.bitOffset === 0 && type.bitPrecision === 8 * size && nativeIntegerSize(type.bitPrecision) === size;
  }
  return (size === 2 || size === 4 || size === 8) && elementsInterchangeable(type, float(size, byteOrder));
}

type Writer = (view: DataView, offset: number) => string;

export class BinaryExport {
  private readonly output: TextOutput | undefined;
  private readonly holder: DataHolder;
  private readonly form: "NATIVE" | "FILE" | "LE" | "BE";
  private readonly values: FileValues;

  constructor(session: DataSession, output: TextOutput | undefined, holder: DataHolder) {
    this.output = output;
    this.holder = holder;
    this.form = session.binary ?? "NATIVE";
    this.values = new FileValues(holder.file, session.paths);
  }

  write(subset: FullSubset | undefined): void {
    const { holder, output } = this;
    const write = this.writer(holder.datatype);
    const { size } = holder.datatype;
    const isReversed = this.isReversed(holder.datatype);
    const piece = (bytes: Uint8Array): void => {
      if (isReversed !== undefined) {
        if (isReversed) swapElements(size, bytes, 0, bytes, 0, bytes.length / size);
        output?.writeBytes(bytes);
        return;
      }
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      for (let at = 0; at + size <= bytes.length; at += size) output?.write(write(view, at));
    };
    const { dataset } = holder;
    if (dataset === undefined) piece(holder.bytes?.slice() ?? new Uint8Array(0));
    else if (subset !== undefined && dataset.dataspace.dims.length > 0) {
      for (const { selection } of subsetParts(dataset, subset)) piece(dataset.readBytes(selection));
    } else if (dataset.dataspace.dims.length === 0) piece(dataset.readBytes());
    else
      for (const { selection } of rowPieces(dataset.dataspace.dims, dataset.datatype.size))
        piece(dataset.readBytes(selection));
  }

  /**
   * Whether elements are written with their bytes reversed, or else just as the file has them; undefined for those that have to be
   * looked at one by one.
   */
  private isReversed(type: Datatype): boolean | undefined {
    const { form } = this;
    if (type.class === "time" || type.class === "opaque") return false;
    if (type.class === "enum") return this.isReversed(type.base);
    if (type.class !== "fixed-point" && type.class !== "floating-point") return undefined;
    if (form === "FILE") return false;
    if (!isPlainNumber(type)) return undefined;
    return (type.byteOrder === "big-endian") !== (form === "BE");
  }

  private raw(size: number): Writer {
    return (view, at) => bytesToText(new Uint8Array(view.buffer, view.byteOffset + at, size));
  }

  private writer(type: Datatype): Writer {
    switch (type.class) {
      case "fixed-point":
      case "floating-point":
      case "bitfield":
        return this.form === "FILE" ? this.raw(type.size) : this.number(type);
      case "enum":
        return this.form === "FILE" ? this.raw(type.size) : this.writer(type.base);
      case "string":
        return this.string(type.size, type.padding === "null-terminate");
      case "variable-length": {
        const isString = type.kind === "string";
        const write = isString ? this.raw(1) : this.writer(type.base);
        const size = isString ? 1 : type.base.size;
        return (view, at) => {
          const value = this.values.sequence(view, at, size);
          let text = "";
          for (let i = 0; value !== undefined && i < value.count; i++) text += write(value.view, i * size);
          return text;
        };
      }
      case "compound": {
        const members = type.members.map((member) => ({ at: member.byteOffset, write: this.writer(member.type) }));
        return (view, at) => members.map((member) => member.write(view, at + member.at)).join("");
      }
      case "array": {
        const count = product(type.dims);
        const write = this.writer(type.base);
        return (view, at) => {
          let text = "";
          for (let i = 0; i < count; i++) text += write(view, at + i * type.base.size);
          return text;
        };
      }
      case "time":
      case "opaque":
        return this.raw(type.size);
      case "reference":
      case "complex":
        return () => "";
    }
  }

  private string(size: number, stopsAtNull: boolean): Writer {
    return (view, at) => {
      const bytes = new Uint8Array(view.buffer, view.byteOffset + at, size);
      const end = stopsAtNull ? bytes.indexOf(0) : -1;
      return bytesToText(end < 0 ? bytes : bytes.subarray(0, end));
    };
  }

  private number(type: Datatype & { readonly class: "fixed-point" | "floating-point" | "bitfield" }): Writer {
    const little = this.form !== "BE";
    const scratch = new Uint8Array(8);
    const target = new DataView(scratch.buffer);
    if (type.class === "bitfield") {
      const read = bitfieldReader(type);
      return (view, at) => bytesToText(little ? read(view, at) : read(view, at).reverse());
    }
    if (type.class === "fixed-point") {
      const read = integerReader(type);
      const size = nativeIntegerSize(type.bitPrecision);
      return (view, at) => {
        target.setBigInt64(0, BigInt(read(view, at)), little);
        return bytesToText(little ? scratch.subarray(0, size) : scratch.subarray(8 - size));
      };
    }
    const native = nativeFloatOf(type);
    if (native === "half") {
      const [from, to] = [floatCodec(type), floatCodec(float(2, little ? "little-endian" : "big-endian"))];
      return (view, at) => {
        to.write(scratch, 0, from.read(new Uint8Array(view.buffer, view.byteOffset, view.byteLength), at));
        return bytesToText(scratch.subarray(0, 2));
      };
    }
    if (native === "extended") {
      const swaps = (type.byteOrder === "little-endian") !== little;
      const read = this.raw(type.size);
      return (view, at) => (swaps ? [...read(view, at)].reverse().join("") : read(view, at));
    }
    const read = floatReader(type);
    return (view, at) => {
      const value = read(view, at);
      const number = typeof value === "number" ? value : Number.NaN;
      if (native === "single") target.setFloat32(0, number, little);
      else target.setFloat64(0, number, little);
      return bytesToText(scratch.subarray(0, native === "single" ? 4 : 8));
    };
  }
}
