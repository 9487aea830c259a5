/** Storage over memory, for tests of what lives in a file without a whole file around it. */
import { DEFAULT_WIDTHS, type FileWidths } from "../../src/base/address.ts";
import { DEFAULT_LIMITS } from "../../src/base/limits.ts";
import { FileStorage } from "../../src/engine/file-storage.ts";
import { Allocator } from "../../src/engine/space/allocator.ts";
import { MemoryTarget } from "../../src/io/memory-source.ts";
import type { ByteTarget } from "../../src/io/source.ts";

export interface MemoryStorageOptions {
  readonly widths?: FileWidths;
  readonly target?: ByteTarget;
  readonly metadataCacheBytes?: number;
  /** Of a target that is not empty. Default 64. */
  readonly endOfAllocation?: number;
}

/** Empty storage whose first 64 bytes are taken, as a superblock would. */
export function memoryStorage(options: MemoryStorageOptions = {}): FileStorage {
  const target = options.target ?? new MemoryTarget();
  return new FileStorage({
    source: target,
    target,
    baseAddress: 0,
    widths: options.widths ?? DEFAULT_WIDTHS,
    limits: DEFAULT_LIMITS,
    allocator: new Allocator({ end: options.endOfAllocation ?? 64 }),
    metadataCacheBytes: options.metadataCacheBytes ?? 1 << 20,
    blockCacheBytes: 1 << 16,
  });
}
