/** Byte sources and targets: memory, files, and what stands between them and the format. */
export { BlockCache, type BlockCacheOptions, type BlockCacheStatistics } from "./block-cache.ts";
export { FileSource, FileTarget, type OpenPathOptions, openFile } from "./file-source.ts";
export type { FileHandle, FileStatus, FileSystem, OpenDisposition, PathMode } from "./file-system.ts";
export { MemorySource, MemoryTarget } from "./memory-source.ts";
export { type FaultingSource, isPageFault, PageFault, type PinHolder } from "./page-fault.ts";
export { openPath, platformFileSystem } from "./path-source.ts";
export type { AsyncByteSource, ByteRange, ByteSource, ByteTarget } from "./source.ts";
