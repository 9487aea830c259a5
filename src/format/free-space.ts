/**
 * Free-space manager: header and section list.
 *
 * Specification: III.H, "Free-space Manager". Reference implementation: H5FScache.c, H5FSsection.c, H5HFsection.c. DIFF: the file's
 * sections have types 0 to 2, of which the specification lists only 0.
 *
 * | header field                   | bytes           | section list field    | bytes                                   |
 * | ------------------------------ | --------------- | --------------------- | --------------------------------------- |
 * | Signature                      | 4, "FSHD"       | Signature             | 4, "FSSE"                               |
 * | Version                        | 1, here 0       | Version               | 1, here 0                               |
 * | Client ID                      | 1               | Header Address        | Size of Offsets                         |
 * | Total Space Tracked            | Size of Lengths | for each set:         |                                         |
 * | Total Number of Sections       | Size of Lengths | Number of Sections    | as needed for all serialized sections   |
 * | Number of Serialized Sections  | Size of Lengths | Size of Sections      | as needed for Maximum Section Size      |
 * | Number of Un-Serialized Sections | Size of Lengths | for each section:   |                                         |
 * | Number of Section Classes      | 2               | Offset                | as needed for Size of Address Space     |
 * | Shrink Percent                 | 2               | Type                  | 1                                       |
 * | Expand Percent                 | 2               | Class Data            | see {@link IndirectSectionData}         |
 * | Size of Address Space          | 2, in bits      | Checksum              | 4, at the end of the used bytes         |
 * | Maximum Section Size           | Size of Lengths |                       |                                         |
 * | Address of Section List        | Size of Offsets |                       |                                         |
 * | Size of List Used, Allocated   | Size of Lengths each |                  |                                         |
 * | Checksum                       | 4               |                       |                                         |
 */
import type { Address, FileWidths } from "../base/address.ts";
import { bytesForLimit } from "../base/bits.ts";
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";

/** What holds for a free-space manager, and where its sections are. Specification: III.H, "Free-space Manager". */
export interface FreeSpaceHeader {
  /** Whose free space it is. */
  readonly client: "fractal-heap" | "file";
  /** Bytes. */
  readonly totalSpace: number;
  /** Sections there are. */
  readonly sectionCount: number;
  /** Sections that are in the list. */
  readonly serializedSectionCount: number;
  /** Sections that live in memory only. */
  readonly ghostSectionCount: number;
  /** Types of sections that the client has. */
  readonly sectionClassCount: number;
  /** Percent of its size at which the list's space is made smaller. */
  readonly shrinkPercent: number;
  /** Percent of its size to which the list's space is made larger. */
  readonly expandPercent: number;
  /** Bits of the address space that sections are in. */
  readonly addressBits: number;
  /** Bytes. The library's limit for files, 2^63 - 1, is beyond what a number holds exactly. */
  readonly maxSectionSize: bigint;
  /** Undefined when no section is serialized. */
  readonly sectionListAddress: Address;
  /** Bytes of the section list, its checksum included. */
  readonly usedByteLength: number;
  /** Bytes of the list's space. */
  readonly allocatedByteLength: number;
}

/** Class data of the fractal heap's section types 1 (first row) and 3 (indirect). */
export interface IndirectSectionData {
  /** Heap offset of the indirect block. */
  readonly blockOffset: number;
  /** Row of the first block, from 0. */
  readonly row: number;
  /** Column of the first block, from 0. */
  readonly column: number;
  /** Number of blocks. */
  readonly entryCount: number;
}

/** A piece of free space. */
export interface FreeSpaceSection {
  /** Address in the file, or heap offset. */
  readonly offset: number;
  /** Fractal heap: 0 single, 1 first row, 2 normal row, 3 indirect. File: 0 simple, 1 small, 2 large. */
  readonly type: number;
  /** Of a heap's section that is blocks which are not there yet. */
  readonly indirect?: IndirectSectionData;
}

/** Sections of one size. */
export interface FreeSpaceSectionSet {
  /** Bytes of each section. */
  readonly sectionSize: number;
  /** By their offsets. */
  readonly sections: readonly FreeSpaceSection[];
}

/** The sections of a manager. Specification: III.H, "Free-space Section List". */
export interface FreeSpaceSectionList {
  /** The manager it belongs to. */
  readonly headerAddress: Address;
  /** By the sizes of their sections. */
  readonly sets: readonly FreeSpaceSectionSet[];
}

const HEADER_SIGNATURE = "FSHD";
const LIST_SIGNATURE = "FSSE";
const VERSION = 0;
const CLIENTS = ["fractal-heap", "file"] as const;
const CHECKSUM_BYTES = 4;

const HEAP_FIRST_ROW = 1;
const HEAP_INDIRECT = 3;
/** Row, column and number of entries. */
const INDIRECT_BYTES = 6;
const LAST_TYPE = { "fractal-heap": HEAP_INDIRECT, file: 2 } as const;

export function sizeOfFreeSpaceHeader(widths: FileWidths): number {
  return 18 + 7 * widths.sizeOfLengths + widths.sizeOfOffsets;
}

export function decodeFreeSpaceHeader(cursor: Cursor): FreeSpaceHeader {
  const start = cursor.position;
  cursor.signature(HEADER_SIGNATURE);
  cursor.version([VERSION]);
  const client = cursor.oneOf(CLIENTS, "Client ID");
  const totalSpace = cursor.finiteLength("Total Space Tracked");
  const sectionCount = cursor.finiteLength("Total Number of Sections");
  const serializedSectionCount = cursor.finiteLength("Number of Serialized Sections");
  const ghostSectionCount = cursor.finiteLength("Number of Un-Serialized Sections");
  const sectionClassCount = cursor.u16("Number of Section Classes");
  const shrinkPercent = cursor.u16("Shrink Percent");
  const expandPercent = cursor.u16("Expand Percent");
  const addressBits = cursor.within(1, 64, "Size of Address Space", cursor.u16("Size of Address Space"));
  const maxSectionSize = decodeBigLength(cursor, "Maximum Section Size");
  const sectionListAddress = cursor.addressValue("Address of Serialized Section List");
  const usedByteLength = cursor.finiteLength("Size of Serialized Section List Used");
  const allocatedByteLength = cursor.finiteLength("Allocated Size of Serialized Section List");
  cursor.checksum(start);
  return {
    client,
    totalSpace,
    sectionCount,
    serializedSectionCount,
    ghostSectionCount,
    sectionClassCount,
    shrinkPercent,
    expandPercent,
    addressBits,
    maxSectionSize,
    sectionListAddress,
    usedByteLength,
    allocatedByteLength,
  };
}

function decodeBigLength(cursor: Cursor, field: string): bigint {
  const { sizeOfLengths } = cursor.widths;
  return sizeOfLengths === 8 ? cursor.u64big(field) : BigInt(cursor.uint(sizeOfLengths, field));
}

function encodeBigLength(writer: Writer, value: bigint): void {
  const { sizeOfLengths } = writer.widths;
  if (sizeOfLengths === 8) writer.u64big(value);
  else writer.uint(Number(value), sizeOfLengths);
}

export function encodeFreeSpaceHeader(writer: Writer, header: FreeSpaceHeader): void {
  const start = writer.position;
  writer.signature(HEADER_SIGNATURE).u8(VERSION).u8(CLIENTS.indexOf(header.client));
  writer.lengthValue(header.totalSpace).lengthValue(header.sectionCount);
  writer.lengthValue(header.serializedSectionCount).lengthValue(header.ghostSectionCount);
  writer.u16(header.sectionClassCount).u16(header.shrinkPercent).u16(header.expandPercent).u16(header.addressBits);
  encodeBigLength(writer, header.maxSectionSize);
  writer.addressValue(header.sectionListAddress);
  writer.lengthValue(header.usedByteLength).lengthValue(header.allocatedByteLength);
  writer.checksum(start);
}

interface SectionWidths {
  readonly countBytes: number;
  readonly sizeBytes: number;
  readonly offsetBytes: number;
}

function sectionWidths(header: FreeSpaceHeader): SectionWidths {
  return {
    countBytes: bytesForLimit(header.serializedSectionCount),
    sizeBytes: Math.ceil(header.maxSectionSize.toString(2).length / 8),
    offsetBytes: Math.ceil(header.addressBits / 8),
  };
}

/** Bytes of a section's size up to 2^63 - 1, the greatest that the C library has in a file. */
const FULL_SIZE_BYTES = 8;

/**
 * Widths of a list that is to be read.
 *
 * DIFF: in a file with lengths of fewer than 8 bytes the C library stores what the field holds of its greatest section, and
 * sizes of 8 bytes in the list all the same. An early version of it gave sizes up to 65,536 in a heap 2 bytes. Such lists come
 * out as their headers say with these widths only.
 */
function storedWidths(cursor: Cursor, header: FreeSpaceHeader): SectionWidths {
  const widths = sectionWidths(header);
  const { client } = header;
  if (client === "file" && cursor.widths.sizeOfLengths >= FULL_SIZE_BYTES) return widths;
  const sizeBytes = client === "file" ? FULL_SIZE_BYTES : Math.max(1, widths.sizeBytes - 1);
  const other = { ...widths, sizeBytes };
  return !comesOut(cursor, header, widths) && comesOut(cursor, header, other) ? other : widths;
}

/**
 * Whether sections, read from here with these widths, come by size, and are as many, and in a file as much, as the header says.
 * Of a heap's rows of blocks that are not there yet only the first of each run is in the list.
 */
function comesOut({ bytes, position, widths }: Cursor, header: FreeSpaceHeader, section: SectionWidths): boolean {
  const { countBytes, sizeBytes, offsetBytes } = section;
  const end = bytes.length - CHECKSUM_BYTES;
  let [at, sections, space, lastSize] = [position, 0, 0, 0];
  while (at < end) {
    const count = littleEndian(bytes.subarray(at, at + countBytes));
    const size = littleEndian(bytes.subarray(at + countBytes, at + countBytes + sizeBytes));
    if (count === 0 || size <= lastSize) return false;
    lastSize = size;
    space += count * size;
    sections += count;
    if (sections > header.serializedSectionCount) return false;
    at += countBytes + sizeBytes;
    for (let i = 0; i < count; i++) {
      const type = bytes[at + offsetBytes] as number;
      at += offsetBytes + 1 + (hasIndirectData(header, type) ? offsetBytes + INDIRECT_BYTES : 0);
    }
  }
  if (at !== end || sections !== header.serializedSectionCount) return false;
  // The field holds no more of it.
  return header.client === "fractal-heap" || space % 256 ** widths.sizeOfLengths === header.totalSpace;
}

/** Never too large for a number, unlike what a cursor reads: bytes may be taken for what they are not. */
function littleEndian(bytes: Uint8Array): number {
  return bytes.reduceRight((value, byte) => value * 256 + byte, 0);
}

function hasIndirectData(header: FreeSpaceHeader, type: number): boolean {
  return header.client === "fractal-heap" && (type === HEAP_FIRST_ROW || type === HEAP_INDIRECT);
}

/** Bytes of the list with its checksum: what the header's `usedByteLength` says. */
export function sizeOfFreeSpaceSectionList(
  header: FreeSpaceHeader,
  list: FreeSpaceSectionList,
  widths: FileWidths,
): number {
  const { countBytes, sizeBytes, offsetBytes } = sectionWidths(header);
  let size = 5 + widths.sizeOfOffsets + CHECKSUM_BYTES;
  for (const set of list.sets) {
    size += countBytes + sizeBytes;
    for (const { type } of set.sections) {
      size += offsetBytes + 1 + (hasIndirectData(header, type) ? offsetBytes + INDIRECT_BYTES : 0);
    }
  }
  return size;
}

/** The cursor covers the header's `usedByteLength` bytes. */
export function decodeFreeSpaceSectionList(cursor: Cursor, header: FreeSpaceHeader): FreeSpaceSectionList {
  const start = cursor.position;
  cursor.signature(LIST_SIGNATURE);
  cursor.version([VERSION]);
  const headerAddress = cursor.addressValue("Free-space Manager Header Address");
  const widths = storedWidths(cursor, header);
  const sets: FreeSpaceSectionSet[] = [];
  while (cursor.remaining > CHECKSUM_BYTES) sets.push(decodeSet(cursor, header, widths));
  cursor.checksum(start);
  return { headerAddress, sets };
}

function decodeSet(cursor: Cursor, header: FreeSpaceHeader, widths: SectionWidths): FreeSpaceSectionSet {
  const count = cursor.uint(widths.countBytes, "Number of Section Records in Set");
  const sectionSize = cursor.uint(widths.sizeBytes, "Size of Section");
  cursor.count(count, widths.offsetBytes + 1, "Number of Section Records in Set");
  const sections: FreeSpaceSection[] = [];
  for (let i = 0; i < count; i++) sections.push(decodeSection(cursor, header, widths.offsetBytes));
  return { sectionSize, sections };
}

function decodeSection(cursor: Cursor, header: FreeSpaceHeader, offsetBytes: number): FreeSpaceSection {
  const offset = cursor.uint(offsetBytes, "Record Offset");
  const type = cursor.u8("Record Type");
  const lastType = LAST_TYPE[header.client];
  if (type > lastType) throw cursor.error(`expected 0 to ${lastType}, found ${type}`, "Record Type");
  if (!hasIndirectData(header, type)) return { offset, type };
  const blockOffset = cursor.uint(offsetBytes, "Indirect Block Offset");
  const row = cursor.u16("Starting Row");
  const column = cursor.u16("Starting Column");
  return { offset, type, indirect: { blockOffset, row, column, entryCount: cursor.u16("Number of Entries") } };
}

/** @throws RangeError for a section whose type needs class data that is not there. */
export function encodeFreeSpaceSectionList(writer: Writer, header: FreeSpaceHeader, list: FreeSpaceSectionList): void {
  const start = writer.position;
  const { countBytes, sizeBytes, offsetBytes } = sectionWidths(header);
  writer.signature(LIST_SIGNATURE).u8(VERSION).addressValue(list.headerAddress);
  for (const set of list.sets) {
    writer.uint(set.sections.length, countBytes).uint(set.sectionSize, sizeBytes);
    for (const { offset, type, indirect } of set.sections) {
      writer.uint(offset, offsetBytes).u8(type);
      if (!hasIndirectData(header, type)) continue;
      if (indirect === undefined) throw new RangeError(`a section of type ${type} without its indirect block`);
      writer.uint(indirect.blockOffset, offsetBytes);
      writer.u16(indirect.row).u16(indirect.column).u16(indirect.entryCount);
    }
  }
  writer.checksum(start);
}
