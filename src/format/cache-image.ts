/**
 * Metadata cache image: structures as the metadata cache held them when the file was closed, newer than what is at their
 * addresses. No specification describes it.
 *
 * Reference implementation: H5Cimage.c.
 *
 * | field                        | bytes                                               |
 * | ---------------------------- | --------------------------------------------------- |
 * | Signature                    | 4, "MDCI"                                           |
 * | Version                      | 1, here 0                                           |
 * | Flags                        | 1: bit 0 whether the cache's resize status is kept  |
 * | Data Length                  | Size of Lengths, of the whole block                 |
 * | Entries                      | 4                                                   |
 * | for each entry:              |                                                     |
 * | Type                         | 1, the C library's number of the structure          |
 * | Flags                        | 1: 1 dirty, 2 in LRU list, 4 dependency parent, 8 dependency child |
 * | Ring                         | 1                                                   |
 * | Age                          | 1                                                   |
 * | Dependency Child Count       | 2                                                   |
 * | Dirty Dependency Child Count | 2                                                   |
 * | Dependency Parent Count      | 2                                                   |
 * | LRU Rank                     | 4, signed                                           |
 * | Address                      | Size of Offsets                                     |
 * | Size                         | Size of Lengths                                     |
 * | Dependency Parent Addresses  | Size of Offsets each                                |
 * | Image                        | Size                                                |
 * | Checksum                     | 4, behind the last entry                            |
 */
import { type Address, type FileWidths, UNLIMITED } from "../base/address.ts";
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";

export interface CacheImageEntry {
  readonly type: number;
  readonly flags: number;
  readonly ring: number;
  readonly age: number;
  readonly dependencyChildCount: number;
  readonly dirtyDependencyChildCount: number;
  /** -1 for what is not in the list. */
  readonly lruRank: number;
  readonly address: Address;
  readonly dependencyParentAddresses: readonly Address[];
  /** The bytes that belong at `address`. */
  readonly image: Uint8Array;
}

export interface CacheImage {
  readonly flags: number;
  readonly entries: readonly CacheImageEntry[];
}

const SIGNATURE = "MDCI";
const VERSION = 0;
/** The only flag, which no library sets. */
const KNOWN_FLAGS = 0x01;

function sizeOfEntryPrefix(widths: FileWidths): number {
  return 14 + widths.sizeOfOffsets + widths.sizeOfLengths;
}

export function sizeOfCacheImage({ entries }: CacheImage, widths: FileWidths): number {
  const own = entries.reduce(
    (sum, { dependencyParentAddresses, image }) =>
      sum + sizeOfEntryPrefix(widths) + dependencyParentAddresses.length * widths.sizeOfOffsets + image.length,
    0,
  );
  return 10 + widths.sizeOfLengths + own + 4;
}

/** Images are views of the cursor's bytes. */
export function decodeCacheImage(cursor: Cursor): CacheImage {
  cursor.signature(SIGNATURE);
  cursor.version([VERSION]);
  const flags = cursor.flags(KNOWN_FLAGS);
  const dataLength = cursor.lengthValue("Data Length");
  if (dataLength !== cursor.length) throw cursor.error(`${dataLength} bytes in ${cursor.length}`, "Data Length");
  const count = cursor.count(cursor.u32("Entries"), sizeOfEntryPrefix(cursor.widths), "Entries");
  const entries: CacheImageEntry[] = [];
  for (let i = 0; i < count; i++) entries.push(decodeEntry(cursor));
  cursor.checksum();
  return { flags, entries };
}

function decodeEntry(cursor: Cursor): CacheImageEntry {
  const type = cursor.u8("Type");
  const flags = cursor.u8("Entry Flags");
  const ring = cursor.u8("Ring");
  const age = cursor.u8("Age");
  const dependencyChildCount = cursor.u16("Dependency Child Count");
  const dirtyDependencyChildCount = cursor.u16("Dirty Dependency Child Count");
  const parentCount = cursor.u16("Dependency Parent Count");
  const lruRank = cursor.i32("LRU Rank");
  const address = cursor.definedAddress("Address");
  const size = cursor.lengthValue("Size");
  if (size === UNLIMITED || size === 0) throw cursor.error(`${size} bytes`, "Size");
  cursor.count(parentCount, cursor.widths.sizeOfOffsets, "Dependency Parent Count");
  const dependencyParentAddresses: Address[] = [];
  for (let i = 0; i < parentCount; i++)
    dependencyParentAddresses.push(cursor.addressValue("Dependency Parent Address"));
  const image = cursor.take(size, "Image");
  return {
    type,
    flags,
    ring,
    age,
    dependencyChildCount,
    dirtyDependencyChildCount,
    lruRank,
    address,
    dependencyParentAddresses,
    image,
  };
}

export function encodeCacheImage(writer: Writer, value: CacheImage): void {
  const start = writer.position;
  writer.signature(SIGNATURE).u8(VERSION).u8(value.flags).lengthValue(sizeOfCacheImage(value, writer.widths));
  writer.u32(value.entries.length);
  for (const entry of value.entries) {
    writer.u8(entry.type).u8(entry.flags).u8(entry.ring).u8(entry.age);
    writer.u16(entry.dependencyChildCount).u16(entry.dirtyDependencyChildCount);
    writer.u16(entry.dependencyParentAddresses.length).i32(entry.lruRank);
    writer.addressValue(entry.address).lengthValue(entry.image.length);
    for (const address of entry.dependencyParentAddresses) writer.addressValue(address);
    writer.bytes(entry.image);
  }
  writer.checksum(start);
}
