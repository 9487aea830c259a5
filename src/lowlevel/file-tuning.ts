/** What a file tells of its storage and caches. C: `H5Fget_info2`, `H5Fget_page_buffering_stats`, … */
import { fileStorageInfo } from "../engine/storage-info/file-storage-info.ts";
import { argumentError } from "./api-error.ts";
import type { IndexHeapSize } from "./object-info.ts";
import type { OpenFile } from "./open-file.ts";

/** What a file keeps for itself. Sizes in bytes. C: `H5F_info2_t`. */
export interface FileInfo {
  /** The superblock. */
  readonly super: {
    readonly version: number;
    readonly superSize: number;
    /** Of the superblock extension; 0 without one. */
    readonly superExtSize: number;
  };
  /** Free space within the file: what keeps account of it, and its bytes. */
  readonly free: {
    readonly version: number;
    /** Of the account of free space in the file. */
    readonly metaSize: number;
    readonly totSpace: number;
  };
  /** Shared object header messages: their table, and the indexes and heaps below it. */
  readonly sohm: {
    readonly version: number;
    /** Of the table of shared messages. */
    readonly hdrSize: number;
    readonly msgsInfo: IndexHeapSize;
  };
}

/** Changes of the file are flushed first. */
export function fileInfoOf({ engine }: OpenFile): FileInfo {
  const { superblock, freeSpace, sharedMessages } = fileStorageInfo(engine);
  const { tableByteLength, indexByteLength, heapByteLength } = sharedMessages;
  return {
    super: {
      version: superblock.version,
      superSize: superblock.byteLength,
      superExtSize: superblock.extensionByteLength,
    },
    free: { version: 0, metaSize: freeSpace.managersByteLength, totSpace: engine.freeSpace() },
    sohm: {
      version: 0,
      hdrSize: tableByteLength,
      msgsInfo: { indexSize: indexByteLength, heapSize: heapByteLength },
    },
  };
}

/** Accesses of one kind, counted. h5py: `PageStats`. */
export interface PageStats {
  /** Reads and writes in all. */
  readonly accesses: number;
  /** Those that found their page. */
  readonly hits: number;
  /** Those that had it fetched. */
  readonly misses: number;
  /** Pages that made room for others. */
  readonly evictions: number;
  /** Accesses that went past the buffer, being larger than a page. */
  readonly bypasses: number;
}

/** What went through the page buffer since the file was opened. h5py: `PageBufferStats`. */
export interface PageBufferStats {
  /** Of metadata. */
  readonly meta: PageStats;
  /** Raw data goes past the page buffer here. */
  readonly raw: PageStats;
}

function requirePageBuffer(where: string, { shared }: OpenFile): void {
  if (shared.access.pageBufferSize === 0)
    throw argumentError(where, "ARGS", "BADVALUE", "page buffering not enabled on file");
}

export function pageBufferStats(where: string, file: OpenFile): PageBufferStats {
  requirePageBuffer(where, file);
  const { hits, misses, evictions, bypasses, rawReads } = file.engine.storage.blockCacheStatistics();
  return {
    meta: { accesses: hits + misses, hits, misses: misses - bypasses, evictions, bypasses },
    raw: { accesses: rawReads, hits: 0, misses: 0, evictions: 0, bypasses: rawReads },
  };
}

export function resetPageBufferStats(where: string, file: OpenFile): void {
  requirePageBuffer(where, file);
  file.engine.storage.resetBlockCounts();
}

/** The share of structures that were in memory when they were asked for; 0 when none was. */
export function hitRate({ engine }: OpenFile): number {
  const { loads, hits } = engine.storage.structureCacheStatistics();
  return loads === 0 ? 0 : hits / loads;
}

/** `[largest size, least clean size, current size, entries]`, sizes in bytes on disk. */
export function cacheSizes({ engine }: OpenFile): [number, number, number, number] {
  const { maxByteLength, byteLength, entries } = engine.storage.structureCacheStatistics();
  return [maxByteLength, 0, byteLength, entries];
}

/** How often reads of metadata were tried again. C: `H5F_retry_info_t`. */
export interface RetryInfo {
  /** Powers of ten that the number of further reads can have, by the access list's number of attempts. */
  readonly nbins: number;
  /**
   * Of each of the C library's 21 types of metadata, in its order: how many structures took 1 to 9 further reads, 10 to 99,
   * and so on. Empty for types of which none took any.
   */
  readonly retries: readonly (readonly number[])[];
}

/** In the order of `H5F_retry_info_t`. Nodes of version 2 B-trees count as leaves, blocks of object headers as headers. */
const RETRIED: readonly (readonly string[])[] = [
  ["Object header"],
  [],
  ["Version 2 B-tree header"],
  [],
  ["Version 2 B-tree node"],
  ["Fractal heap header"],
  ["Fractal heap direct block"],
  ["Fractal heap indirect block"],
  ["Free-space header"],
  ["Free-space section list"],
  ["Shared message table"],
  ["Shared message record list"],
  ["Extensible array header"],
  ["Extensible array index block"],
  ["Extensible array super block"],
  ["Extensible array data block"],
  ["Extensible array data block page", "Extensible array data block page, encoded"],
  ["Fixed array header"],
  ["Fixed array data block"],
  ["Fixed array data block page", "Fixed array data block page, encoded"],
  ["Superblock"],
];

export function retryInfoOf({ engine }: OpenFile): RetryInfo {
  const { attempts } = engine.storage;
  return { nbins: attempts.binCount, retries: RETRIED.map((structures) => attempts.retries(structures)) };
}
