/**
 * Space of a file as those see it who need some: blocks by the kind of memory that they are for.
 *
 * A file in one piece has one allocator; a file whose members each hold some kinds of memory has one for each of them,
 * behind this same interface. Reference implementation: H5MF.c.
 */
import type { Address } from "../../base/address.ts";
import type { FREE_SPACE_KINDS } from "../../format/file-space-info.ts";
import type { Section } from "./free-sections.ts";

/**
 * What a block is for. C: `H5FD_mem_t`.
 *
 * Kinds without a name of their own belong to one of these, as in the C library: fractal heap direct blocks, data blocks of
 * chunk arrays and free-space section lists to "local-heap"; the headers and indirect or index blocks of heaps, arrays and
 * managers, and the shared message table to "object-header"; super blocks of extensible arrays and indexes of shared
 * messages to "b-tree"; huge heap objects to "draw".
 */
export type MemoryType = (typeof FREE_SPACE_KINDS)[number];

/** Raw data reaches the file as soon as it is written; everything else waits for the flush. */
export function isWrittenAtOnce(type: MemoryType): boolean {
  return type === "draw";
}

/** Raw data and global heaps share one list of free space, all other kinds another. C: `H5FD_FLMAP_DICHOTOMY`. */
export function isRawSpace(type: MemoryType): boolean {
  return type === "draw" || type === "global-heap";
}

/** The lists that free sections are kept in. "large": of a page or more, of any kind, in a file that is paged. */
export type FreeListKind = "metadata" | "raw" | "large";

export const FREE_LIST_KINDS: readonly FreeListKind[] = ["metadata", "raw", "large"];

export interface ListedSection extends Section {
  readonly list: FreeListKind;
}

export interface SpaceAllocator {
  /** Relative to the base address. C: `H5FD_get_eoa`. */
  readonly endOfAllocation: Address;
  /** Where space was given out, ascending: one range, or one for each member file. Relative to the base address. */
  ranges(): readonly { readonly start: Address; readonly end: Address }[];
  /** Bytes that can be allocated without the file growing. C: `H5Fget_freespace`. */
  readonly freeBytes: number;
  /** Bytes that raw data may use again only after the next flush. */
  readonly pendingBytes: number;
  /** How often space was given out, taken back or grown. */
  readonly changes: number;
  /** Moves the end on; what lies before it counts as used. */
  growTo(end: Address): void;
  /** C: `H5MF_alloc`. */
  allocate(type: MemoryType, byteLength: number): Address;
  /** Bytes that the end of the file moves by at least: of a page, where there are any. */
  readonly unitByteLength: number;
  /** Space in a free section before `limit`, for a block that waits for the flush; undefined where there is none. */
  allocateBefore(type: MemoryType, byteLength: number, limit: Address): Address | undefined;
  /** Grows a block in place, if the bytes behind it are free or do not exist yet. C: `H5MF_try_extend`. */
  extend(type: MemoryType, address: Address, oldByteLength: number, newByteLength: number): boolean;
  /** @throws FormatError for bytes that are free, or behind the end of the file. */
  requireUsed(address: Address, byteLength: number): void;
  /** C: `H5MF_xfree`. */
  release(type: MemoryType, address: Address, byteLength: number): void;
  /** Before a flush: gives back what is free at the end of the file, and what was set aside for small blocks. */
  trim(): void;
  /** After a flush: what was freed before it may be used by anyone. */
  flushed(): void;
  /** After a flush that failed: the file is as the last one left it, and everything in it is needed again. */
  flushFailed(): void;
  /** Every free section, in ascending order of address; between flushes also those set aside for small blocks. */
  freeSections(): readonly ListedSection[];
  /** Takes out some of the free sections that there are after a trim, until they are added again. */
  takeFreeSections(sections: readonly ListedSection[]): void;
  /** Takes over sections that were free when the file was closed. */
  addFreeSections(sections: readonly ListedSection[]): void;
}
