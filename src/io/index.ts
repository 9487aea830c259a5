/** Byte sources and targets: memory, files, and what stands between them and the format. */
export { BlockCache, type BlockCacheOptions, type BlockCacheStatistics } from "./block-cache.ts";
export { ChangingAsyncSource } from "./changing-source.ts";
export {
  FamilySource,
  FamilyTarget,
  familyMemberName,
  familyPatternOf,
  isFamilyName,
  type OpenMember,
} from "./family-source.ts";
export { type Faults, FaultyTarget } from "./faulty-target.ts";
export { FileSource, FileTarget, type OpenPathOptions, openFile } from "./file-source.ts";
export type { FileHandle, FileStatus, FileSystem, OpenDisposition, PathMode } from "./file-system.ts";
export {
  type FetchFunction,
  type HttpHeaders,
  type HttpOptions,
  type HttpRequestFacts,
  type HttpResponse,
  HttpSource,
} from "./http-source.ts";
export { LateSource, type LateSourceOptions, latePages } from "./late-source.ts";
export { MemorySource, MemoryTarget } from "./memory-source.ts";
export { type MultiMember, MultiSource, MultiTarget, SPLIT_RAW_DATA_START } from "./multi-source.ts";
export { type OnionRevision, OnionSource, type ReplacedPages } from "./onion-source.ts";
export { OnionTarget, type RevisionEnding, type WrittenRevision } from "./onion-target.ts";
export { OpfsTarget, type SyncAccessHandle } from "./opfs-target.ts";
export { type FaultingSource, isPageFault, PageFault, type PinHolder } from "./page-fault.ts";
export type { FetchProgress } from "./page-fetcher.ts";
export { PagedAsyncSource, type PagedSourceOptions, type PagedSourceStatistics } from "./paged-source.ts";
export { openPath, platformFileSystem } from "./path-source.ts";
export { type PlatformZlib, platformZlib } from "./platform-zlib.ts";
export { type RecordedCall, RecordingSource, RecordingTarget } from "./recording-source.ts";
export { type CancelSignal, type RetryOptions, runWithRetry } from "./retry-driver.ts";
export type { AsyncByteSource, ByteRange, ByteSource, ByteTarget, SourceTraffic } from "./source.ts";
