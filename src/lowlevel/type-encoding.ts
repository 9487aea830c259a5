/**
 * Datatypes as bytes of their own: kind (3) and version (0), a byte each, then the datatype message, in which data of
 * variable length has the sizes that it has in the C library's memory.
 *
 * C: `H5Tencode`, `H5Tdecode`.
 */
import { DEFAULT_WIDTHS } from "../base/address.ts";
import type { Cursor } from "../base/cursor.ts";
import { Writer } from "../base/writer.ts";
import type { Datatype } from "../format/datatype.ts";
import { decodeDatatype, encodeDatatype } from "../format/datatype-message.ts";
import { withMemorySizes, withWidths } from "../format/datatype-version.ts";

/** C: `H5O_DTYPE_ID`. */
export const ENCODED_DATATYPE = 3;
const ENCODING_VERSION = 0;

export function encodeType(type: Datatype): Uint8Array {
  const writer = new Writer(DEFAULT_WIDTHS).u8(ENCODED_DATATYPE).u8(ENCODING_VERSION);
  encodeDatatype(writer, withMemorySizes(type));
  return writer.copy();
}

/** The datatype at the cursor. */
export function decodeTypeAt(cursor: Cursor): Datatype {
  cursor.version([ENCODED_DATATYPE], "Kind");
  cursor.version([ENCODING_VERSION], "Encoding version");
  return withWidths(decodeDatatype(cursor), DEFAULT_WIDTHS);
}
