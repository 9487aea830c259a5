/**
 * Data layout message (0x0008), versions 1 to 5.
 *
 * Specification: IV.A.2.i, "The Data Layout Message". Reference implementation: H5Olayout.c. Version 5 (HDF5 2.0) has the
 * bytes of version 4. This file holds classes and versions; `chunk-layout.ts` the properties of chunked storage.
 *
 * | field            | versions 1 and 2                | versions 3 to 5                                   |
 * | ---------------- | ------------------------------- | ------------------------------------------------- |
 * | Version          | 1                               | 1                                                 |
 * | Dimensionality   | 1                               |                                                   |
 * | Layout Class     | 1                               | 1: 0 compact, 1 contiguous, 2 chunked, 3 virtual  |
 * | Reserved         | 5                               |                                                   |
 * | Data Address     | Size of Offsets, unless compact | contiguous: Size of Offsets                       |
 * | Dimension Sizes  | 4 each                          | contiguous: Size of Lengths, the size in bytes    |
 * | Compact Size     | 4                               | compact: 2                                        |
 * | Compact Data     | Compact Size                    | Compact Size                                      |
 *
 * Virtual storage (version 4 on): address (Size of Offsets) and index (4) of the mappings' global heap object.
 */
import type { Address, FileWidths } from "../base/address.ts";
import { product } from "../base/bits.ts";
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";
import {
  type ChunkedLayout,
  type ChunkIndexing,
  decodeChunkedVersion3,
  decodeChunkedVersion4,
  decodeDimensions,
  encodeChunked,
  type LayoutVersion,
  sizeOfChunked,
} from "./chunk-layout.ts";
import { MAX_RANK } from "./dataspace.ts";
import { encodeLength, isHugeLength } from "./huge-length.ts";

export type { ChunkedLayout, ChunkIndexing, LayoutVersion } from "./chunk-layout.ts";

/** Elements in the message itself. Specification: IV.A.2.i, "Compact Storage Property Description". */
export interface CompactLayout {
  readonly kind: "compact";
  readonly version: LayoutVersion;
  /** The elements. */
  readonly data: Uint8Array;
}

/** Elements in one piece of the file. Specification: IV.A.2.i, "Contiguous Storage Property Description". */
export interface ContiguousLayout {
  readonly kind: "contiguous";
  readonly version: LayoutVersion;
  /** Where they are; undefined as long as there is no space for them. */
  readonly address: Address;
  /** Bytes. Versions 1 and 2 store 32-bit dims instead, from which it is computed; the dataspace decides there. */
  readonly byteLength: number;
  /** Above 2^53 - 1, of which `byteLength` is the closest number. No storage is that large: there is none. */
  readonly exactByteLength?: bigint;
}

/** Elements of other datasets. Specification: IV.A.2.i, "Virtual Storage Property Description". */
export interface VirtualLayout {
  readonly kind: "virtual";
  readonly version: LayoutVersion;
  /** Global heap ID of the mapping block. */
  readonly heapAddress: Address;
  /** Which object of the global heap collection the mappings are. */
  readonly heapIndex: number;
}

/** Where the elements of a dataset are. Specification: IV.A.2.i, "The Data Layout Message". */
export type DataLayout = CompactLayout | ContiguousLayout | ChunkedLayout | VirtualLayout;

const CLASSES = ["compact", "contiguous", "chunked", "virtual"] as const;
type LayoutClass = (typeof CLASSES)[number];

/** The version that is written: nobody writes 1 and 2 any more, and version 3 says the same in no more bytes. */
function writtenVersion(layout: DataLayout): 3 | 4 | 5 {
  return layout.version < 3 ? 3 : (layout.version as 3 | 4 | 5);
}

/** Where a contiguous layout as {@link encodeDataLayout} writes it has Data Address. */
export const DATA_ADDRESS_OFFSET = 2;

/** Bytes of the message as {@link encodeDataLayout} writes it, without padding. */
export function sizeOfDataLayout(layout: DataLayout, widths: FileWidths): number {
  switch (layout.kind) {
    case "compact":
      return 4 + layout.data.length;
    case "contiguous":
      return 2 + widths.sizeOfOffsets + widths.sizeOfLengths;
    case "chunked":
      return 2 + sizeOfChunked(layout, writtenVersion(layout), widths);
    case "virtual":
      return 2 + widths.sizeOfOffsets + 4;
    default:
      return layout satisfies never;
  }
}

/** Whether a message has the class of virtual storage, by its first two bytes. */
export function isVirtualLayout(version: number, layoutClass: number): boolean {
  return version >= 4 && CLASSES[layoutClass] === "virtual";
}

/** `data` of a compact layout is a view of the cursor's bytes. */
export function decodeDataLayout(cursor: Cursor): DataLayout {
  const version = cursor.version([1, 2, 3, 4, 5]) as LayoutVersion;
  if (version === 1 || version === 2) return decodeVersion1(cursor, version);
  const kind = decodeClass(cursor);
  switch (kind) {
    case "compact":
      return { kind, version, data: cursor.take(cursor.u16("Compact Data Size"), "Compact Data") };
    case "contiguous": {
      const address = cursor.addressValue("Data Address");
      if (isHugeLength(cursor)) {
        const exactByteLength = cursor.u64big("Data Size");
        return { kind, version, address, byteLength: Number(exactByteLength), exactByteLength };
      }
      return { kind, version, address, byteLength: cursor.finiteLength("Data Size") };
    }
    case "chunked":
      return version === 3 ? decodeChunkedVersion3(cursor) : decodeChunkedVersion4(cursor, version);
    case "virtual": {
      if (version === 3) throw cursor.error("virtual storage needs version 4", "Layout Class");
      const heapAddress = cursor.addressValue("Global Heap Address");
      return { kind, version, heapAddress, heapIndex: cursor.u32("Global Heap Index") };
    }
    default:
      return kind satisfies never;
  }
}

function decodeClass(cursor: Cursor): LayoutClass {
  return cursor.oneOf(CLASSES, "Layout Class");
}

function decodeVersion1(cursor: Cursor, version: LayoutVersion): DataLayout {
  const dimensionality = cursor.within(1, MAX_RANK + 1, "Dimensionality");
  const kind = decodeClass(cursor);
  cursor.skip(5, "Reserved");
  if (kind === "virtual") throw cursor.error("virtual storage needs version 4", "Layout Class");
  if (kind === "compact") {
    cursor.skip(4 * dimensionality, "Dimension Size");
    return { kind, version, data: cursor.take(cursor.u32("Compact Data Size"), "Compact Data") };
  }
  const address = cursor.addressValue("Data Address");
  if (kind === "contiguous") {
    const dims: number[] = [];
    cursor.need(4 * dimensionality, "Dimension Size");
    for (let i = 0; i < dimensionality; i++) dims.push(cursor.u32("Dimension Size"));
    return { kind, version, address, byteLength: product(dims) };
  }
  const { chunkDims, elementSize } = decodeDimensions(cursor, dimensionality, 4);
  const indexing: ChunkIndexing = { type: "b-tree-v1" };
  return { kind, version, chunkDims, elementSize, dontFilterPartialChunks: false, indexing, address };
}

/**
 * Versions 1 and 2 are written as version 3, which is what the C library does with them.
 *
 * @throws RangeError for content that the layout's version cannot hold: compact data from 64 KiB on, virtual storage or
 * an index other than the version 1 B-tree below version 4, and that tree from version 4 on.
 */
export function encodeDataLayout(writer: Writer, layout: DataLayout): void {
  const version = writtenVersion(layout);
  writer.u8(version).u8(CLASSES.indexOf(layout.kind));
  switch (layout.kind) {
    case "compact":
      writer.u16(layout.data.length).bytes(layout.data);
      return;
    case "contiguous":
      writer.addressValue(layout.address);
      encodeLength(writer, layout.byteLength, layout.exactByteLength);
      return;
    case "chunked":
      encodeChunked(writer, layout, version);
      return;
    case "virtual":
      if (version === 3) throw new RangeError("virtual storage needs version 4 of the data layout message");
      writer.addressValue(layout.heapAddress).u32(layout.heapIndex);
      return;
    default:
      layout satisfies never;
  }
}
