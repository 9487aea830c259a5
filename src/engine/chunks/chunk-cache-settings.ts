/** What a chunk cache is told, and what it tells. */

export interface ChunkCacheSettings {
  /** Decoded bytes to hold; a larger chunk is never cached. C: `rdcc_nbytes`. */
  readonly nbytes: number;
  /** Hash slots; 0 switches the cache off. C: `rdcc_nslots`. */
  readonly nslots: number;
  /** From 0, drop the oldest first, to 1, drop only what was wholly read or written. C: `rdcc_w0`. */
  readonly w0: number;
}

/** What the C library sets. */
export const DEFAULT_CHUNK_CACHE: ChunkCacheSettings = { nbytes: 1 << 20, nslots: 521, w0: 0.75 };

/** What a chunk cache has done since its dataset was opened, and what it holds. */
export interface ChunkCacheStatistics {
  /** Accesses to chunks that were in the cache. */
  readonly hits: number;
  /** Accesses to chunks that were not in the cache, but for writing all of them. */
  readonly misses: number;
  /** Entries dropped for others, collisions included. */
  readonly evictions: number;
  /** Evictions because a newcomer had the same slot. */
  readonly collisions: number;
  /** Chunks in the cache. */
  readonly entries: number;
  /** Decoded bytes in the cache. */
  readonly byteLength: number;
}
