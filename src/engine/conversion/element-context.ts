/** What decoding and encoding of elements needs from the file around them. */
import type { Address, FileWidths } from "../../base/address.ts";
import { HDF5Error } from "../../base/errors.ts";
import type { ConversionWatcher } from "./watched-conversion.ts";

export interface HeapObjectId {
  /** Of the heap collection; 0 with index 0 is null. */
  readonly address: Address;
  readonly index: number;
}

/** Where the bytes of a heap object are, without a view of them. */
export interface HeapPlace {
  bytes: Uint8Array;
  /** The first byte, and the one behind the last. */
  start: number;
  end: number;
}

/** Bytes of the largest heap objects that whoever stores them makes a copy of. */
export const COPIED_BYTES = 1 << 10;

export interface ElementContext {
  readonly widths: FileWidths;
  /** The bytes of a global heap object; none for the null ID. */
  readHeapObject(address: Address, index: number): Uint8Array;
  /** Tells where those bytes are, which is good until something is stored: what {@link readHeapObject} spends on a view is saved. */
  locateHeapObject?(address: Address, index: number, place: HeapPlace): void;
  /** Stores bytes as a global heap object. Those of more than {@link COPIED_BYTES} may be kept, and must not change. */
  writeHeapObject(bytes: Uint8Array): HeapObjectId;
  /** The same for bytes from `start` to `end`, of which no view is made. */
  writeHeapPart?(bytes: Uint8Array, start: number, end: number): HeapObjectId;
  /** Where elements keep their heap objects before they are converted, if that is another file. */
  readonly source?: HeapReader | undefined;
  /** Variable-length elements get heap objects of their own even where nothing is converted, since each owns its object. */
  readonly copiesHeapObjects?: boolean;
  /** What opaque elements become that hold a time of numpy's. Default `"bytes"`, as all opaque elements. */
  readonly numpyTimes?: "bytes" | "bigint" | "date" | undefined;
  /** Decides about numbers that do not survive their conversion. */
  readonly watcher?: ConversionWatcher | undefined;
}

/** What reading elements needs. */
export type HeapReader = Pick<ElementContext, "widths" | "readHeapObject" | "locateHeapObject">;

/** A context for datatypes that keep nothing in a heap. */
export const NO_HEAP: ElementContext = {
  widths: { sizeOfOffsets: 8, sizeOfLengths: 8 },
  readHeapObject() {
    throw new HDF5Error("state", "variable-length data without a file to read it from");
  },
  writeHeapObject() {
    throw new HDF5Error("state", "variable-length data without a file to write it to");
  },
};
