/**
 * Object IDs of a fractal heap.
 *
 * Specification: III.G, "Fractal Heap ID for ... Objects". Reference implementation: H5HFman.c, H5HFhuge.c, H5HFtiny.c.
 *
 * | kind                     | byte 0, bits 4-5 | then                                                            |
 * | ------------------------ | ---------------- | --------------------------------------------------------------- |
 * | managed                  | 0                | heap offset, length                                             |
 * | huge, direct             | 1                | address O, length L [filter mask 4, size in memory L]           |
 * | huge, indirect           | 1                | key of at most 8 bytes, looked up in a version 2 B-tree         |
 * | tiny                     | 2                | length - 1 in the low 4 bits, data                              |
 * | tiny, extended           | 2                | length - 1 in the low 4 bits and the next byte, data            |
 *
 * Bits 6-7 of byte 0 are the version, 0. IDs are padded with zeros to the heap's ID length.
 */

import type { Address, FileWidths } from "../base/address.ts";
import { bytesForLimit, floorLog2 } from "../base/bits.ts";
import type { Cursor } from "../base/cursor.ts";
import { FormatError } from "../base/errors.ts";
import { Writer } from "../base/writer.ts";
import type { FractalHeapHeader } from "./fractal-heap.ts";
import { heapOffsetBytes } from "./fractal-heap-doubling-table.ts";

/** A managed object's. */
export interface ManagedId {
  readonly kind: "managed";
  /** Where the object begins in the heap's address space. */
  readonly heapOffset: number;
  /** Bytes of the object. */
  readonly byteLength: number;
}

/** Where an object of a fractal heap is. Specification: III.G, "Fractal Heap ID". */
export type FractalHeapId =
  | ManagedId
  | {
      readonly kind: "huge-direct";
      readonly address: Address;
      /** Bytes in the file. */
      readonly byteLength: number;
      /** In a heap with filters only. */
      readonly filtered?: { readonly filterMask: number; readonly memoryByteLength: number };
    }
  /** `key` is the `id` of a record of type 1 or 2. */
  | { readonly kind: "huge-indirect"; readonly key: number }
  | { readonly kind: "tiny"; readonly data: Uint8Array };

const TYPE_SHIFT = 4;
const VERSION_AND_TYPE = 0xf0;
const TYPE_MANAGED = 0;
const TYPE_HUGE = 1;
const TYPE_TINY = 2;

/** Longer IDs hold longer tiny objects, whose length takes a second byte. C: `H5HF_TINY_LEN_SHORT`. */
const LONGEST_NORMAL_TINY_ID = 18;
const MAX_NORMAL_TINY = 16;

/** Bytes of the length in a managed object's ID. */
export function managedLengthBytes(header: FractalHeapHeader): number {
  const directBlockBits = floorLog2(header.table.maxDirectBlockSize);
  return Math.min(Math.ceil(directBlockBits / 8), bytesForLimit(header.maxManagedObjectSize));
}

/** Whether IDs of huge objects say where the object is, rather than a key. */
export function hugeIdsDirect(header: FractalHeapHeader, widths: FileWidths): boolean {
  const { sizeOfOffsets, sizeOfLengths } = widths;
  const filteredBytes = header.filters === undefined ? 0 : 4 + sizeOfLengths;
  return sizeOfOffsets + sizeOfLengths + filteredBytes <= header.idLength - 1;
}

/** Bytes of the key in an indirect huge object's ID. */
export function hugeKeyBytes(header: FractalHeapHeader): number {
  return Math.min(8, header.idLength - 1);
}

/** The largest object that fits in an ID. */
export function maxTinyBytes(header: FractalHeapHeader): number {
  const { idLength } = header;
  return idLength <= LONGEST_NORMAL_TINY_ID ? Math.min(idLength - 1, MAX_NORMAL_TINY) : idLength - 2;
}

/** Whether an ID, from `at` on, is of version 0 and of a managed object, as most are. */
export function isManagedId(bytes: Uint8Array, at: number): boolean {
  return ((bytes[at] ?? 0xff) & VERSION_AND_TYPE) === TYPE_MANAGED << TYPE_SHIFT;
}

/** A little-endian number of up to 8 bytes. */
export function unsigned(bytes: Uint8Array, at: number, byteLength: number): number {
  let value = 0;
  for (let i = at + byteLength - 1; i >= at; i--) value = value * 256 + (bytes[i] as number);
  return value;
}

/** What {@link decodeFractalHeapId} gives, without a cursor: of managed objects alone, and undefined where something is wrong. */
export function decodeManagedId(id: Uint8Array, header: FractalHeapHeader): ManagedId | undefined {
  const offsetBytes = heapOffsetBytes(header.table);
  const lengthBytes = managedLengthBytes(header);
  if (!isManagedId(id, 0) || id.length < 1 + offsetBytes + lengthBytes) return undefined;
  const heapOffset = unsigned(id, 1, offsetBytes);
  if (!Number.isSafeInteger(heapOffset)) return undefined;
  return { kind: "managed", heapOffset, byteLength: unsigned(id, 1 + offsetBytes, lengthBytes) };
}

/** The cursor covers an ID; what follows its fields is padding. `data` of a tiny object is a view. */
export function decodeFractalHeapId(cursor: Cursor, header: FractalHeapHeader): FractalHeapId {
  const first = cursor.u8("Version and Type");
  if (first >> 6 !== 0) throw cursor.error(`version ${first >> 6} of a heap ID, expected 0`, "Version and Type");
  const type = (first >> TYPE_SHIFT) & 0x03;
  switch (type) {
    case TYPE_MANAGED: {
      const heapOffset = cursor.uint(heapOffsetBytes(header.table), "Offset");
      return { kind: "managed", heapOffset, byteLength: cursor.uint(managedLengthBytes(header), "Length") };
    }
    case TYPE_HUGE:
      return decodeHugeId(cursor, header);
    case TYPE_TINY: {
      const extended = header.idLength > LONGEST_NORMAL_TINY_ID;
      const low = first & 0x0f;
      const byteLength = 1 + (extended ? low * 256 + cursor.u8("Extended Length") : low);
      return { kind: "tiny", data: cursor.take(byteLength, "Data") };
    }
    default:
      throw cursor.error(`type ${type} of a heap ID, expected 0, 1 or 2`, "Version and Type");
  }
}

function decodeHugeId(cursor: Cursor, header: FractalHeapHeader): FractalHeapId {
  if (!hugeIdsDirect(header, cursor.widths)) {
    return { kind: "huge-indirect", key: cursor.uint(hugeKeyBytes(header), "v2 B-tree Key") };
  }
  const address = cursor.addressValue("Address");
  const byteLength = cursor.finiteLength("Length");
  if (header.filters === undefined) return { kind: "huge-direct", address, byteLength };
  const filterMask = cursor.u32("Filter Mask");
  const memoryByteLength = cursor.finiteLength("De-filtered Size");
  return { kind: "huge-direct", address, byteLength, filtered: { filterMask, memoryByteLength } };
}

/** What {@link encodeFractalHeapId} gives for a managed object, without a writer; undefined where something does not fit. */
function encodeManagedId(id: ManagedId, header: FractalHeapHeader): Uint8Array | undefined {
  const offsetBytes = heapOffsetBytes(header.table);
  const lengthBytes = managedLengthBytes(header);
  const { heapOffset, byteLength } = id;
  if (!isUnsigned(heapOffset, offsetBytes) || !isUnsigned(byteLength, lengthBytes)) return undefined;
  if (1 + offsetBytes + lengthBytes > header.idLength) return undefined;
  const bytes = new Uint8Array(header.idLength);
  bytes[0] = TYPE_MANAGED << TYPE_SHIFT;
  putUnsigned(bytes, 1, offsetBytes, heapOffset);
  putUnsigned(bytes, 1 + offsetBytes, lengthBytes, byteLength);
  return bytes;
}

function isUnsigned(value: number, byteLength: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && (byteLength >= 7 || value < 256 ** byteLength);
}

/** The opposite of {@link unsigned}. */
function putUnsigned(bytes: Uint8Array, at: number, byteLength: number, value: number): void {
  let rest = value;
  for (let i = 0; i < byteLength; i++) {
    bytes[at + i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
}

/**
 * The ID's bytes, padded to the heap's ID length.
 *
 * @throws RangeError for an ID that this heap's IDs have no room for.
 */
export function encodeFractalHeapId(id: FractalHeapId, header: FractalHeapHeader, widths: FileWidths): Uint8Array {
  const managed = id.kind === "managed" ? encodeManagedId(id, header) : undefined;
  if (managed !== undefined) return managed;
  const writer = new Writer(widths, header.idLength);
  switch (id.kind) {
    case "managed":
      writer.u8(TYPE_MANAGED << TYPE_SHIFT);
      writer.uint(id.heapOffset, heapOffsetBytes(header.table)).uint(id.byteLength, managedLengthBytes(header));
      break;
    case "huge-direct":
      writer
        .u8(TYPE_HUGE << TYPE_SHIFT)
        .addressValue(id.address)
        .lengthValue(id.byteLength);
      if (id.filtered !== undefined) writer.u32(id.filtered.filterMask).lengthValue(id.filtered.memoryByteLength);
      break;
    case "huge-indirect":
      writer.u8(TYPE_HUGE << TYPE_SHIFT).uint(id.key, hugeKeyBytes(header));
      break;
    case "tiny":
      encodeTiny(writer, id.data, header);
      break;
    default:
      id satisfies never;
  }
  if (writer.position > header.idLength) {
    const problem = `${header.idLength} bytes, the ID of an object needs ${writer.position}`;
    const details = { structure: "Fractal heap", field: "Heap ID Length" };
    throw new FormatError(`Fractal heap, field "Heap ID Length": ${problem}`, details);
  }
  return writer.zeros(header.idLength - writer.position).toBytes();
}

function encodeTiny(writer: Writer, data: Uint8Array, header: FractalHeapHeader): void {
  if (data.length === 0 || data.length > maxTinyBytes(header)) {
    throw new RangeError(`a tiny object of ${data.length} bytes, expected 1 to ${maxTinyBytes(header)}`);
  }
  const length = data.length - 1;
  const type = TYPE_TINY << TYPE_SHIFT;
  if (header.idLength > LONGEST_NORMAL_TINY_ID) writer.u8(type | (length >> 8)).u8(length & 0xff);
  else writer.u8(type | length);
  writer.bytes(data);
}
