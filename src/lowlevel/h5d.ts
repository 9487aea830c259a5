/** Datasets. C: `H5D`. h5py: `h5py.h5d`. */
import { expectInstance, type Name, toName } from "./arguments.ts";
import type { DatasetID } from "./dataset-id.ts";
import { withStaging } from "./element-context.ts";
import { openDataset } from "./group-reading.ts";
import type { LocationID } from "./location-id.ts";
import { createNamed, newDataset } from "./new-dataset.ts";
import type { PropDAID } from "./prop-dapl.ts";
import type { PropDCID } from "./prop-dcpl.ts";
import type { PropDXID } from "./prop-dxpl.ts";
import type { PropLCID } from "./prop-links.ts";
import { SpaceID } from "./space-id.ts";
import type { SpaceArgument } from "./transfer.ts";
import { TypeID } from "./type-id.ts";

export type { ChunkCacheStatistics } from "../engine/chunks/chunk-cache-settings.ts";
export {
  CHUNK_IDX_BT2,
  CHUNK_IDX_BTREE,
  CHUNK_IDX_EARRAY,
  CHUNK_IDX_FARRAY,
  CHUNK_IDX_NONE,
  CHUNK_IDX_SINGLE,
  type StoreInfo,
} from "./dataset-chunks-id.ts";
export {
  DatasetID,
  SPACE_STATUS_ALLOCATED,
  SPACE_STATUS_NOT_ALLOCATED,
  SPACE_STATUS_PART_ALLOCATED,
} from "./dataset-id.ts";
export { type ElementVisitor, fill, gather, iterate, memoryElements, scatter } from "./memory-elements.ts";
export {
  CHUNK_CACHE_NBYTES_DEFAULT,
  CHUNK_CACHE_NSLOTS_DEFAULT,
  CHUNK_CACHE_W0_DEFAULT,
  VDS_FIRST_MISSING,
  VDS_LAST_AVAILABLE,
} from "./prop-dapl.ts";
export {
  ALLOC_TIME_DEFAULT,
  ALLOC_TIME_EARLY,
  ALLOC_TIME_INCR,
  ALLOC_TIME_LATE,
  CHUNK_DONT_FILTER_PARTIAL_CHUNKS,
  CHUNKED,
  COMPACT,
  CONTIGUOUS,
  FILL_TIME_ALLOC,
  FILL_TIME_IFSET,
  FILL_TIME_NEVER,
  FILL_VALUE_DEFAULT,
  FILL_VALUE_UNDEFINED,
  FILL_VALUE_USER_DEFINED,
  VIRTUAL,
} from "./prop-dcpl.ts";

/**
 * Opens a dataset.
 *
 * @throws KeyError "Unable to open dataset (…)" when there is none, or something else. C: `H5Dopen2`.
 */
export function open(loc: LocationID, name: Name, dapl: PropDAID | null = null): DatasetID {
  return openDataset(loc, name, dapl === null ? {} : { dapl }) as DatasetID;
}

/**
 * Makes a dataset; with `null` for a name, one that nothing links to yet.
 *
 * @param tid - The datatype in the file; a committed one is referred to.
 * @param dcpl - How elements are stored. Default: contiguous.
 * @throws ValueError "Unable to create dataset (…)". C: `H5Dcreate2`, `H5Dcreate_anon`.
 */
export function create(
  loc: LocationID,
  name: Name | null,
  tid: TypeID,
  space: SpaceID,
  dcpl: PropDCID | null = null,
  lcpl: PropLCID | null = null,
  dapl: PropDAID | null = null,
): DatasetID {
  expectInstance(tid, TypeID, "tid");
  expectInstance(space, SpaceID, "space");
  const path = name === null ? null : toName(name);
  return createNamed(loc, path, { dcpl, lcpl, dapl }, (file) => {
    const committed = tid.committedPlace;
    const committedTypeAddress = committed?.object.file === file ? committed.object.address : undefined;
    return withStaging(file, () =>
      newDataset(file, tid.datatype(), space.extent, dcpl, { isConstantType: tid.locked, committedTypeAddress }),
    );
  });
}

/** One of several datasets that are read or written with one call. */
export interface DatasetTransfer {
  /** The dataset that is read or written. */
  readonly dataset: DatasetID;
  /** What is selected in memory; as for `DatasetID.read`. Default: the same as in the file. */
  readonly mspace?: SpaceArgument;
  /** What is selected in the file. Default: everything. */
  readonly fspace?: SpaceArgument;
  /** Elements in memory: filled when reading, taken when writing. */
  readonly array: ArrayBufferView;
  /** The datatype of `array`'s elements. Default: that of the typed array. */
  readonly mtype?: TypeID | null;
}

/** Reads several datasets, one after the other; the first that fails ends it. @throws as `DatasetID.read`. C: `H5Dread_multi`. */
export function readMulti(transfers: readonly DatasetTransfer[], dxpl: PropDXID | null = null): void {
  for (const { dataset, mspace = null, fspace = null, array, mtype = null } of transfers) {
    dataset.read(mspace, fspace, array, mtype, dxpl);
  }
}

/** Writes several datasets, one after the other; the first that fails ends it. @throws as `DatasetID.write`. C: `H5Dwrite_multi`. */
export function writeMulti(transfers: readonly DatasetTransfer[], dxpl: PropDXID | null = null): void {
  for (const { dataset, mspace = null, fspace = null, array, mtype = null } of transfers) {
    dataset.write(mspace, fspace, array, mtype, dxpl);
  }
}
