/**
 * Dataspaces as bytes of their own. C: `H5Sencode`, `H5Sdecode`.
 *
 * | field            | bytes                       |
 * | ---------------- | --------------------------- |
 * | Kind             | 1, here 1                   |
 * | Version          | 1, here 0                   |
 * | Size of Lengths  | 1, here 8                   |
 * | Message length   | 4                           |
 * | Dataspace message, selection | the rest        |
 */
import { Cursor } from "../base/cursor.ts";
import { Writer } from "../base/writer.ts";
import type { Selection } from "../engine/selection/selection.ts";
import { selectionFromStored, storedSelectionOf } from "../engine/selection/stored-selection.ts";
import { type Dataspace, decodeDataspace, encodeDataspace, sizeOfDataspace } from "../format/dataspace.ts";
import { WIDEST_BOUNDS } from "../format/library-version.ts";
import { decodeSelection, encodeSelection } from "../format/selection.ts";
import { guarded, libraryError, record } from "./api-error.ts";

const KIND = 1;
const ENCODING_VERSION = 0;
const SIZE_OF_LENGTHS = 8;

export function encodeSpace(extent: Dataspace, selection: Selection): Uint8Array {
  const widths = { sizeOfOffsets: 8, sizeOfLengths: SIZE_OF_LENGTHS };
  const writer = new Writer(widths).u8(KIND).u8(ENCODING_VERSION).u8(SIZE_OF_LENGTHS);
  const version = extent.kind === "null" ? 2 : 1;
  const stored = {
    ...extent,
    kind: extent.dims.length === 0 && extent.kind === "simple" ? "scalar" : extent.kind,
    version,
  } as const;
  writer.u32(sizeOfDataspace(stored, widths));
  encodeDataspace(writer, stored);
  guarded(record("H5Sencode1", "DATASPACE", "CANTENCODE", "can't encode dataspace"), () =>
    encodeSelection(writer, storedSelectionOf(selection, WIDEST_BOUNDS)),
  );
  return writer.copy();
}

export interface DecodedSpace {
  readonly extent: Dataspace;
  readonly selection: Selection;
}

export function decodeSpace(bytes: Uint8Array): DecodedSpace {
  const outer = record("H5Sdecode", "DATASPACE", "CANTDECODE", "can't decode object");
  if (bytes[0] !== KIND) {
    throw libraryError([outer, record("H5S_decode", "DATASPACE", "BADVALUE", "not an encoded dataspace")]);
  }
  return guarded(outer, () => decodeSpaceAt(new Cursor(bytes, { structure: "Encoded dataspace" })));
}

/** The dataspace at the cursor. */
export function decodeSpaceAt(cursor: Cursor): DecodedSpace {
  cursor.version([KIND], "Kind");
  cursor.version([ENCODING_VERSION], "Encoding version");
  const sizeOfLengths = cursor.version([2, 4, 8], "Size of Lengths");
  const message = cursor.take(cursor.u32("Message length"), "Dataspace message");
  const widths = { sizeOfOffsets: 8, sizeOfLengths };
  const extent = decodeDataspace(new Cursor(message, { structure: "Dataspace message", widths }));
  const selection = selectionFromStored(decodeSelection(cursor), extent.dims);
  return { extent, selection };
}
