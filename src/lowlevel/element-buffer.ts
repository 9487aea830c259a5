/** Elements as callers give them: bytes in memory, or values to be encoded. */
import { encodeElements } from "../engine/conversion/element-encoder.ts";
import type { H5File } from "../engine/h5-file.ts";
import type { Datatype } from "../format/datatype.ts";
import { orRefused, record } from "./api-error.ts";
import { withStaging } from "./element-context.ts";
import { bytesOf } from "./memory-type.ts";

/** Packed elements in memory, or a list of values, one an element. */
export type Elements = ArrayBufferView | readonly unknown[];

const CANNOT_ENCODE = record("H5Tconvert", "DATATYPE", "CANTCONVERT", "can't convert value to datatype");

/** Calls with packed elements of `type`, which are valid until `use` returns. Bytes in memory are taken as they are. */
export function withElements<T>(file: H5File, type: Datatype, data: Elements, use: (bytes: Uint8Array) => T): T {
  if (ArrayBuffer.isView(data)) return use(bytesOf(data));
  return withStaging(file, (context) => use(orRefused(CANNOT_ENCODE, () => encodeElements(type, data, context))));
}
