/**
 * Filter pipeline message (0x000B).
 *
 * Specification: IV.A.2.l, "The Data Storage - Filter Pipeline Message". Reference implementation: H5Opline.c.
 *
 * | field             | version 1              | version 2                   |
 * | ----------------- | ---------------------- | --------------------------- |
 * | Version           | 1                      | 1                           |
 * | Number of Filters | 1                      | 1                           |
 * | Reserved          | 6                      |                             |
 * | for each filter:  |                        |                             |
 * | Identification    | 2                      | 2                           |
 * | Name Length       | 2, a multiple of 8     | 2, only for ids from 256 on |
 * | Flags             | 2                      | 2                           |
 * | Number of Values  | 2                      | 2                           |
 * | Name              | NUL-padded to 8        | with a NUL, as long as told |
 * | Client Data       | 4 each                 | 4 each                      |
 * | Padding           | 4 if the count is odd  |                             |
 */
import { alignUp } from "../base/bits.ts";
import type { Cursor } from "../base/cursor.ts";
import { encodeUtf8 } from "../base/text.ts";
import type { Writer } from "../base/writer.ts";

/** A filter of a pipeline, with its values. */
export interface FilterDescription {
  /** Filter identification value; 1 deflate, 2 shuffle, 3 fletcher32, ... */
  readonly id: number;
  /** Registered name as stored; empty where none is. */
  readonly name: string;
  /** Flags bit 0: a failing filter is left out of the pipeline for that chunk. */
  readonly optional: boolean;
  /** All flags as stored, bit 0 included. */
  readonly flags: number;
  /** Unsigned 32-bit values whose meaning is the filter's own. */
  readonly clientData: readonly number[];
}

/** What chunks go through. Specification: IV.A.2.l, "The Data Storage - Filter Pipeline Message". */
export interface FilterPipeline {
  readonly version: 1 | 2;
  /** In the order of writing; reading goes from last to first. */
  readonly filters: readonly FilterDescription[];
}

/** C: `H5Z_MAX_NFILTERS`. A chunk's filter mask has a bit for each. */
export const MAX_FILTERS = 32;

const OPTIONAL = 0x0001;
/** Version 2 leaves the names of the filters below out. C: `H5Z_FILTER_RESERVED`. */
const FIRST_NAMED_ID = 256;

/** Bytes of the name as stored, with its NUL and padding; 0 when there is none. */
function nameBytes(version: 1 | 2, filter: FilterDescription): number {
  if (filter.name === "" || (version === 2 && filter.id < FIRST_NAMED_ID)) return 0;
  const byteLength = encodeUtf8(filter.name).length + 1;
  return version === 1 ? alignUp(byteLength, 8) : byteLength;
}

/** Bytes of the message, without padding after it. */
export function sizeOfFilterPipeline(pipeline: FilterPipeline): number {
  const { version, filters } = pipeline;
  let size = version === 1 ? 8 : 2;
  for (const filter of filters) {
    const values = filter.clientData.length;
    size += version === 1 || filter.id >= FIRST_NAMED_ID ? 8 : 6;
    size += nameBytes(version, filter) + 4 * values;
    if (version === 1) size += 4 * (values % 2);
  }
  return size;
}

export function decodeFilterPipeline(cursor: Cursor): FilterPipeline {
  const version = cursor.version([1, 2]) as 1 | 2;
  const count = cursor.within(0, MAX_FILTERS, "Number of Filters");
  if (version === 1) cursor.skip(6, "Reserved");
  const filters: FilterDescription[] = [];
  for (let i = 0; i < count; i++) filters.push(decodeFilter(cursor, version));
  return { version, filters };
}

function decodeFilter(cursor: Cursor, version: 1 | 2): FilterDescription {
  const id = cursor.u16("Filter Identification Value");
  const nameLength = version === 1 || id >= FIRST_NAMED_ID ? cursor.u16("Name Length") : 0;
  if (version === 1 && nameLength % 8 !== 0) {
    throw cursor.error(`${nameLength} is not a multiple of 8`, "Name Length");
  }
  const flags = cursor.u16("Flags");
  const values = cursor.u16("Number of Client Data Values");
  const name = cursor.text(nameLength, "Name");
  cursor.count(values, 4, "Number of Client Data Values");
  const clientData: number[] = [];
  for (let i = 0; i < values; i++) clientData.push(cursor.u32("Client Data"));
  if (version === 1 && values % 2 === 1) cursor.skip(4, "Padding");
  return { id, name, optional: (flags & OPTIONAL) !== 0, flags, clientData };
}

/** Version 2 stores no name for filters below 256. Bit 0 of the flags follows `optional`. */
export function encodeFilterPipeline(writer: Writer, pipeline: FilterPipeline): void {
  const { version, filters } = pipeline;
  if (filters.length > MAX_FILTERS) throw new RangeError(`${filters.length} filters, the format allows ${MAX_FILTERS}`);
  writer.u8(version).u8(filters.length);
  if (version === 1) writer.zeros(6);
  for (const filter of filters) {
    const nameLength = nameBytes(version, filter);
    writer.u16(filter.id);
    if (version === 1 || filter.id >= FIRST_NAMED_ID) writer.u16(nameLength);
    writer.u16(filter.optional ? filter.flags | OPTIONAL : filter.flags & ~OPTIONAL);
    writer.u16(filter.clientData.length);
    if (nameLength > 0) {
      const name = encodeUtf8(filter.name);
      writer.bytes(name).zeros(nameLength - name.length);
    }
    for (const value of filter.clientData) writer.u32(value);
    if (version === 1 && filter.clientData.length % 2 === 1) writer.zeros(4);
  }
}
