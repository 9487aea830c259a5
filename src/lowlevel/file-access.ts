/** What a file access list says, and what holds without one. */
import type { MultiLayout } from "../engine/file-drivers.ts";
import type { ExternalAccess } from "../engine/file-opener.ts";
import type { OnionSettings } from "../engine/onion-writing.ts";
import type { FileResolver } from "./file-finder.ts";
import { CACHE_IMAGE_DEFAULTS, CacheConfig, type CacheImageConfig } from "./h5ac.ts";
import { LIBVER_EARLIEST } from "./libver-bounds.ts";
import type { PlaceFile } from "./open-object.ts";

/** Where a file's bytes are. */
export type FileDriver =
  | { readonly kind: "sec2" }
  | { readonly kind: "stdio" }
  /** In memory; written to the named file when closed if `backingStore`. */
  | { readonly kind: "core"; readonly blockSize: number; readonly backingStore: boolean }
  /** In members of `memberSize` bytes (0 for what the file says), whose numbers stand in its name. */
  | { readonly kind: "family"; readonly memberSize: number }
  /** In members by kinds of memory; `split` when it was set so. */
  | { readonly kind: "multi"; readonly layout: MultiLayout }
  /** A revision that is kept beside the file. */
  | ({ readonly kind: "onion" } & OnionSettings);

export interface FileAccess {
  readonly closeDegree: number;
  readonly driver: FileDriver;
  /** Not used since HDF5 1.8, kept because it is set and read. */
  readonly metadataCacheElements: number;
  readonly chunkCacheSlots: number;
  readonly chunkCacheBytes: number;
  readonly chunkCacheW0: number;
  readonly sieveBufferSize: number;
  readonly metaBlockSize: number;
  readonly smallDataBlockSize: number;
  readonly libverLow: number;
  /** "latest": no limit, the newest form that what is written needs. */
  readonly libverHigh: number | "latest";
  readonly alignmentThreshold: number;
  readonly alignment: number;
  readonly fileImage: Uint8Array | null;
  readonly pageBufferSize: number;
  readonly pageBufferMetaPercent: number;
  readonly pageBufferRawPercent: number;
  readonly useFileLocking: boolean;
  readonly ignoreDisabledLocks: boolean;
  readonly metadataReadAttempts: number;
  readonly evictOnClose: boolean;
  readonly elinkFileCacheSize: number;
  readonly coreWriteTracking: boolean;
  readonly coreWriteTrackingPageSize: number;
  readonly familyOffset: number;
  readonly multiType: number;
  readonly gcReferences: number;
  readonly relaxedIntegrityChecks: number;
  readonly mdcConfig: Readonly<CacheConfig>;
  readonly mdcImageConfig: CacheImageConfig;
  readonly mdcLogLocation: string;
  readonly useMdcLogging: boolean;
  readonly startMdcLogOnAccess: boolean;
  readonly externalAccess: ExternalAccess;
  readonly fileResolver: FileResolver | null;
}

/** What a file tells of how it is accessed, by default. */
export const OPENING_DEFAULTS: PlaceFile["access"] = {
  driver: { kind: "sec2" },
  chunkCacheSlots: 521,
  chunkCacheBytes: 1048576,
  chunkCacheW0: 0.75,
  metaBlockSize: 2048,
  libverHigh: "latest",
};

export const FILE_ACCESS_DEFAULTS: FileAccess = {
  ...OPENING_DEFAULTS,
  closeDegree: 0,
  metadataCacheElements: 0,
  sieveBufferSize: 65536,
  smallDataBlockSize: 2048,
  libverLow: LIBVER_EARLIEST,
  alignmentThreshold: 1,
  alignment: 1,
  fileImage: null,
  pageBufferSize: 0,
  pageBufferMetaPercent: 0,
  pageBufferRawPercent: 0,
  useFileLocking: true,
  ignoreDisabledLocks: true,
  metadataReadAttempts: 0,
  evictOnClose: false,
  elinkFileCacheSize: 0,
  coreWriteTracking: false,
  coreWriteTrackingPageSize: 524288,
  familyOffset: 0,
  multiType: 0,
  gcReferences: 0,
  relaxedIntegrityChecks: 0,
  mdcConfig: new CacheConfig(),
  mdcImageConfig: CACHE_IMAGE_DEFAULTS,
  mdcLogLocation: "",
  useMdcLogging: false,
  startMdcLogOnAccess: false,
  externalAccess: "anywhere",
  fileResolver: null,
};
