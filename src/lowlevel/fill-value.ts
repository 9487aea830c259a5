/** Fill values as callers give them: a typed array of one element, or the bytes of one element of a datatype. */
import { HDF5Error } from "../base/errors.ts";
import { findConversion } from "../engine/conversion/convert.ts";
import type { ElementContext } from "../engine/conversion/element-context.ts";
import type { Datatype } from "../format/datatype.ts";
import { plainError } from "./api-error.ts";
import { bytesOf, datatypeOfArray, type NumericArray } from "./memory-type.ts";
import type { TypeID } from "./type-id.ts";

export interface FillSetting {
  readonly datatype: Datatype;
  readonly bytes: Uint8Array;
  /** Reads what variable-length parts keep in the heap of the file they are from. */
  readonly heap?: ElementContext | undefined;
}

/** The datatype that `value` is of: `type`, or that of the array's elements. */
function fillDatatype(value: NumericArray, type: TypeID | undefined): Datatype {
  const datatype = type?.datatype() ?? datatypeOfArray(value);
  if (datatype === undefined) throw plainError("TypeError", "a fill value is a typed array of one element");
  if (value.byteLength !== datatype.size) {
    throw plainError("ValueError", `a fill value has ${datatype.size} bytes, this one ${value.byteLength}`);
  }
  return datatype;
}

export function fillSettingFrom(value: NumericArray, type?: TypeID): FillSetting {
  return { datatype: fillDatatype(value, type), bytes: bytesOf(value).slice() };
}

/** Puts a fill value, zeros by default, into an array of one element. @throws HDF5Error "conversion" when it does not convert. */
export function readFillSetting(fill: FillSetting | "default", out: NumericArray, type?: TypeID): void {
  const datatype = fillDatatype(out, type);
  const bytes = bytesOf(out);
  if (fill === "default") {
    bytes.fill(0);
    return;
  }
  const conversion = findConversion(fill.datatype, datatype, fill.heap);
  if (conversion === undefined) throw new HDF5Error("conversion", "no appropriate function for conversion path");
  conversion.convert(fill.bytes, 0, bytes, 0, 1);
}
