/** What a file is opened and made with. */
import { HDF5Error } from "../base/errors.ts";
import type { Limits } from "../base/limits.ts";
import type { MultiDriverInfo } from "../format/driver-info.ts";
import {
  isAtLeast,
  type LibraryVersion,
  laterVersion,
  type VersionBounds,
  WIDEST_BOUNDS,
} from "../format/library-version.ts";
import type { Superblock } from "../format/superblock.ts";
import type { ChunkCacheSettings } from "./chunks/chunk-cache-settings.ts";
import type { ExternalAccess, ExternalFolders, FileOpener } from "./file-opener.ts";
import type { GroupOptions } from "./object-creation.ts";
import type { ExternalResolver } from "./resolve.ts";
import type { FileSpaceOptions, SpaceAccess } from "./space/file-space.ts";
import type { SuperblockOptions } from "./superblock-access.ts";

export interface OpenFileOptions {
  /** Whether objects may be changed; the source must then be a target. Default false. */
  readonly writable?: boolean;
  /** Whether the file may be open for SWMR writing elsewhere, and is read while it changes. Default false. C: `H5F_ACC_SWMR_READ`. */
  readonly swmrRead?: boolean;
  /** How often metadata is read until its checksum fits. Default 100 with `swmrRead`, else 1. C: `H5Pset_metadata_read_attempts`. */
  readonly metadataReadAttempts?: number;
  readonly limits?: Partial<Limits>;
  /** Default of the datasets of this file. */
  readonly chunkCache?: ChunkCacheSettings;
  /** Whether unchanged metadata, that of the whole file, leaves memory when an object is closed. Default false. C: `H5Pset_evict_on_close`. */
  readonly evictOnClose?: boolean;
  /** Bytes of decoded metadata kept; 0 keeps none. Default 8 MiB. */
  readonly metadataCacheBytes?: number;
  /** Bytes of file blocks kept for metadata; 0 keeps none. Default 4 MiB. */
  readonly blockCacheBytes?: number;
  /** Low bound of the versions that new structures get. Default "earliest". C: `H5Pset_libver_bounds`. */
  readonly lowBound?: LibraryVersion;
  /** The version that nothing written may be too new for. Default "v200": none of them is. */
  readonly highBound?: LibraryVersion;
  readonly externalResolver?: ExternalResolver;
  /** Opens the other files that this one names: external links, virtual datasets, external raw data. Default: none are found. */
  readonly opener?: FileOpener;
  /** Which of them it may open. Default "anywhere". */
  readonly externalAccess?: ExternalAccess;
  /** Where they are looked for, beside the usual places. */
  readonly externalFolders?: ExternalFolders;
  /** Alignment of what is allocated, and how small blocks are put together. */
  readonly space?: SpaceAccess;
}

export interface CreateFileOptions extends Omit<OpenFileOptions, "writable">, SuperblockOptions {
  /** Which member of a `MultiTarget` holds what; needed for one. */
  readonly multi?: MultiDriverInfo | undefined;
  /** Whether the root group tracks the order in which links are made. */
  readonly trackLinkOrder?: boolean | undefined;
  /** Whether the root group tracks the order in which attributes are made. */
  readonly trackAttributeOrder?: boolean | undefined;
  readonly indexLinkOrder?: boolean | undefined;
  /** When links of the root group go dense and back, if it is of the new style. Default 8 and 6. */
  readonly linkPhaseChange?: GroupOptions["linkPhaseChange"];
  readonly indexAttributeOrder?: boolean | undefined;
  /** Whether the root group keeps times, where its header can. Default false. */
  readonly trackTimes?: boolean | undefined;
  /** How the file gives out its space, for as long as it lives. */
  readonly fileSpace?: FileSpaceOptions;
}

export function boundsOf({ lowBound, highBound }: OpenFileOptions): VersionBounds {
  return { lowBound: lowBound ?? WIDEST_BOUNDS.lowBound, highBound: highBound ?? WIDEST_BOUNDS.highBound };
}

/**
 * The bounds of a file that is opened: one that has the superblock of 1.8 or 1.10 gets all else from there too.
 *
 * @throws HDF5Error "argument" ("superblock version exceeds high bound").
 */
export function raisedBounds({ version }: Superblock, options: OpenFileOptions): VersionBounds {
  const { lowBound, highBound } = boundsOf(options);
  const least = version === 3 ? "v110" : version === 2 ? "v108" : "earliest";
  if (!isAtLeast(highBound, least)) throw new HDF5Error("argument", "superblock version exceeds high bound");
  return { lowBound: laterVersion(lowBound, least), highBound };
}
