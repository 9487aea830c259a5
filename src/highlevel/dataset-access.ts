/** Options of how a dataset is accessed. */
import { toName, wrongType } from "../lowlevel/arguments.ts";
import { chunkCacheChange } from "../lowlevel/dataset-access.ts";
import type { PlaceFile } from "../lowlevel/open-object.ts";
import type { DatasetAccess, PropDAID } from "../lowlevel/prop-dapl.ts";
import { requireNumber } from "./argument-checks.ts";
import type { OptionNames } from "./known-options.ts";

/** How a handle reaches the dataset. */
export interface DatasetAccessOptions {
  /**
   * Folder of files with raw data outside that have relative names, for this handle; `${ORIGIN}` in front stands for
   * the folder of the HDF5 file. Default: where the process runs. C: `H5Pset_efile_prefix`.
   */
  readonly efilePrefix?: string;
  /**
   * Folder in which the files of a virtual dataset's sources are looked for first, for this handle; `${ORIGIN}` as
   * above. Then come the folder of the HDF5 file and the one where the process runs. C: `H5Pset_virtual_prefix`.
   */
  readonly virtualPrefix?: string;
  /** Hash slots of the chunk cache for this handle, a prime number at best. Default: the file's. */
  readonly rdccNslots?: number;
  /** Bytes of the chunk cache for this handle. Default: the file's. */
  readonly rdccNbytes?: number;
  /** How much chunks that were read or written whole are evicted first, 0 to 1. Default: the file's. */
  readonly rdccW0?: number;
  /** A list to start from, for what has no option here. */
  readonly dapl?: PropDAID;
}

export const DATASET_ACCESS_OPTIONS: OptionNames<DatasetAccessOptions> = {
  efilePrefix: true,
  virtualPrefix: true,
  rdccNslots: true,
  rdccNbytes: true,
  rdccW0: true,
  dapl: true,
};

/**
 * The values of an access list that the options ask for; undefined when they ask for none.
 *
 * @param ofFile - What holds where only a part of the chunk cache is set.
 */
export function accessChanges(
  options: DatasetAccessOptions,
  ofFile: PlaceFile["access"],
): Partial<DatasetAccess> | undefined {
  const { efilePrefix, virtualPrefix, rdccNslots, rdccNbytes, rdccW0, dapl } = options;
  const isList = typeof dapl === "object" && (dapl === null || "copy" in dapl);
  if (dapl !== undefined && !isList) throw wrongType(dapl, "PropDAID", "dapl");
  if (rdccW0 !== undefined && rdccW0 !== null) requireNumber(rdccW0);
  const isCacheSet = rdccNslots !== undefined || rdccNbytes !== undefined || rdccW0 !== undefined;
  if (efilePrefix === undefined && virtualPrefix === undefined && !isCacheSet) return undefined;
  const { chunkCacheSlots, chunkCacheBytes, chunkCacheW0 } = ofFile;
  return {
    ...(efilePrefix === undefined ? {} : { efilePrefix: toName(efilePrefix) }),
    ...(virtualPrefix === undefined ? {} : { virtualPrefix: toName(virtualPrefix) }),
    ...(isCacheSet
      ? chunkCacheChange(rdccNslots ?? chunkCacheSlots, rdccNbytes ?? chunkCacheBytes, rdccW0 ?? chunkCacheW0)
      : {}),
  };
}
