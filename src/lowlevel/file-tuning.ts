/** What a file tells of its storage and caches. C: `H5Fget_info2`, `H5Fget_page_buffering_stats`, … */
import { fileStorageInfo } from "../engine/storage-info/file-storage-info.ts";
import { argumentError } from "./api-error.ts";
import type { IndexHeapSize } from "./object-info.ts";
import type { OpenFile } from "./open-file.ts";

/** C: `H5F_info2_t`. Sizes in bytes. */
export interface FileInfo {
  readonly super: {
    readonly version: number;
    readonly superSize: number;
    /** Of the superblock extension; 0 without one. */
    readonly superExtSize: number;
  };
  readonly free: {
    readonly version: number;
    /** Of the account of free space in the file. */
    readonly metaSize: number;
    readonly totSpace: number;
  };
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

/** What went through a page buffer. h5py: `PageStats`. */
export interface PageStats {
  readonly accesses: number;
  readonly hits: number;
  readonly misses: number;
  readonly evictions: number;
  readonly bypasses: number;
}

/** h5py: `PageBufferStats`. */
export interface PageBufferStats {
  readonly meta: PageStats;
  /** Raw data goes past the page buffer here. */
  readonly raw: PageStats;
}

function requirePageBuffer(where: string, { shared }: OpenFile): void {
  const [byteLength] = shared.fapl.getPageBufferSize();
  if (byteLength === 0) throw argumentError(where, "ARGS", "BADVALUE", "page buffering not enabled on file");
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

/** How often reads of metadata were tried again, by structure. C: `H5F_retry_info_t`. */
export interface RetryInfo {
  readonly nbins: number;
  readonly retries: readonly (readonly number[])[];
}

/** A checksum that does not fit is an error at once here. */
export const NO_RETRIES: RetryInfo = { nbins: 0, retries: [] };
