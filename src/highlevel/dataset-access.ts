/** Options of how a dataset is accessed. */
import { toName } from "../lowlevel/arguments.ts";
import { chunkCacheChange } from "../lowlevel/dataset-access.ts";
import type { PlaceFile } from "../lowlevel/open-object.ts";
import type { DatasetAccess, PropDAID } from "../lowlevel/prop-dapl.ts";

/** How a handle reaches the dataset. */
export interface DatasetAccessOptions {
  /** Folder of files with raw data outside, for this handle. */
  readonly efilePrefix?: string;
  /** Folder of the sources of a virtual dataset, for this handle. */
  readonly virtualPrefix?: string;
  /** Hash slots, bytes and weight of the chunk cache, in place of the file's; see `FileOptions`. */
  readonly rdccNslots?: number;
  readonly rdccNbytes?: number;
  readonly rdccW0?: number;
  /** A list to start from, for what has no option here. */
  readonly dapl?: PropDAID;
}

/**
 * The values of an access list that the options ask for; undefined when they ask for none.
 *
 * @param ofFile - What holds where only a part of the chunk cache is set.
 */
export function accessChanges(
  options: DatasetAccessOptions,
  ofFile: PlaceFile["access"],
): Partial<DatasetAccess> | undefined {
  const { efilePrefix, virtualPrefix, rdccNslots, rdccNbytes, rdccW0 } = options;
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
