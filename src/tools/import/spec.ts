/** What an input file holds, and the dataset that it becomes. */
import { LITTLE_ENDIAN_HOST } from "../../base/host.ts";
import * as h5t from "../../lowlevel/h5t.ts";
import type { TypeID } from "../../lowlevel/type-id.ts";

export type NumberClass = "integer" | "unsigned" | "float";
export type NumberOrder = "BE" | "LE";

export const HOST_ORDER: NumberOrder = LITTLE_ENDIAN_HOST ? "LE" : "BE";

export interface NumberFormat {
  readonly numberClass: NumberClass;
  /** Bits: 8 to 64, of a floating-point number 32 or 64. */
  readonly bits: number;
  readonly order: NumberOrder;
}

export type NamedFilter =
  | { readonly name: "deflate"; readonly level: number }
  | { readonly name: "shuffle" | "fletcher32" | "nbit" };

interface NewDataset {
  /** From the root of the file. */
  readonly path: string;
  /** Undefined where the input tells. */
  readonly dims: readonly number[] | undefined;
  /** `UNLIMITED` for no limit. */
  readonly maxDims?: readonly number[] | undefined;
  /** Undefined for contiguous storage. */
  readonly chunkDims?: readonly number[] | undefined;
  readonly filters: readonly NamedFilter[];
  /** Another file that gets the data. */
  readonly external?: string | undefined;
}

export interface NumbersImport extends NewDataset {
  readonly kind: "numbers";
  readonly form: "text" | "binary";
  readonly dims: readonly number[];
  /** Of text, what its numbers are read as. */
  readonly input: NumberFormat;
  readonly output: NumberFormat;
}

export interface StringsImport extends NewDataset {
  readonly kind: "strings";
  /** A string a line, or what h5dump prints: in quotation marks, one a line. */
  readonly form: "lines" | "quoted";
  /** Undefined for strings of variable length in the character set of the input. */
  readonly type: TypeID | undefined;
}

export type ImportSpec = NumbersImport | StringsImport;

const TYPES: Readonly<Record<NumberClass, Readonly<Record<number, Readonly<Record<NumberOrder, TypeID>>>>>> = {
  integer: {
    8: { BE: h5t.STD_I8BE, LE: h5t.STD_I8LE },
    16: { BE: h5t.STD_I16BE, LE: h5t.STD_I16LE },
    32: { BE: h5t.STD_I32BE, LE: h5t.STD_I32LE },
    64: { BE: h5t.STD_I64BE, LE: h5t.STD_I64LE },
  },
  unsigned: {
    8: { BE: h5t.STD_U8BE, LE: h5t.STD_U8LE },
    16: { BE: h5t.STD_U16BE, LE: h5t.STD_U16LE },
    32: { BE: h5t.STD_U32BE, LE: h5t.STD_U32LE },
    64: { BE: h5t.STD_U64BE, LE: h5t.STD_U64LE },
  },
  float: {
    32: { BE: h5t.IEEE_F32BE, LE: h5t.IEEE_F32LE },
    64: { BE: h5t.IEEE_F64BE, LE: h5t.IEEE_F64LE },
  },
};

/** Undefined for a size that the class does not have. */
export function typeOfNumbers({ numberClass, bits, order }: NumberFormat): TypeID | undefined {
  return TYPES[numberClass][bits]?.[order];
}

/** @param form - Its size in bytes, or `h5t.VARIABLE`. */
export function stringType(form: {
  readonly size: number;
  readonly padding: number;
  readonly isUtf8: boolean;
}): TypeID {
  const type = h5t.C_S1.copy();
  type.setSize(form.size);
  type.setStrpad(form.padding);
  type.setCset(form.isUtf8 ? h5t.CSET_UTF8 : h5t.CSET_ASCII);
  return type;
}
