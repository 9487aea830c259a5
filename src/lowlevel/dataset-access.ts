/** How a handle accesses its dataset: what the values of an access list mean to the engine. */
import { UNLIMITED } from "../base/address.ts";
import type { ChunkCacheSettings } from "../engine/chunks/chunk-cache-settings.ts";
import type { DatasetObject } from "../engine/dataset-object.ts";
import { argumentError } from "./api-error.ts";
import { type Size, toSizeOrUnlimited } from "./arguments.ts";
import type { OpenObject } from "./open-object.ts";
import type { DatasetAccess } from "./prop-dapl.ts";

/** How far a virtual dataset reaches that grows with its sources: to the first missing element. C: `H5D_vds_view_t`. */
export const VDS_FIRST_MISSING = 0;

const W0_DEFAULT_HINT = ", or H5D_CHUNK_CACHE_W0_DEFAULT";

/** Checks the weight of a chunk cache's eviction. */
export function checkW0(where: string, w0: number, more = ""): number {
  if (w0 >= 0 && w0 <= 1) return w0;
  const text = `raw data cache w0 value must be between 0.0 and 1.0 inclusive${more}`;
  throw argumentError(where, "ARGS", "BADVALUE", text);
}

function toSizeOrDefault(value: Size): number | undefined {
  const size = toSizeOrUnlimited(value, "size_t");
  return size === UNLIMITED ? undefined : size;
}

/** What `H5Pset_chunk_cache` sets. @throws ValueError for a w0 above 1. */
export function chunkCacheChange(slots: Size, byteLength: Size, w0: number): Partial<DatasetAccess> {
  return {
    chunkCacheSlots: toSizeOrDefault(slots),
    chunkCacheBytes: toSizeOrDefault(byteLength),
    chunkCacheW0: w0 < 0 ? undefined : checkW0("H5Pset_chunk_cache", w0, W0_DEFAULT_HINT),
  };
}

/** The chunk cache that the values ask for; what they leave open is the file's. */
function cacheSettings(access: Partial<DatasetAccess>, ofFile: ChunkCacheSettings): ChunkCacheSettings {
  return {
    nslots: access.chunkCacheSlots ?? ofFile.nslots,
    nbytes: access.chunkCacheBytes ?? ofFile.nbytes,
    w0: access.chunkCacheW0 ?? ofFile.w0,
  };
}

/** A handle of a dataset begins to use it; what `access` leaves open is as in a new list. @param isFirst - Whether no other has it open. */
export function beginAccess(
  handle: OpenObject<DatasetObject>,
  isFirst: boolean,
  access: Partial<DatasetAccess> | undefined,
): void {
  const { object } = handle.location();
  // A virtual one keeps its sources open.
  if (access === undefined && !object.isVirtual) return;
  const dataset = handle.shared();
  if (isFirst) dataset.chunkCacheSettings = cacheSettings(access ?? {}, object.file.chunkCache);
  if (access !== undefined) applyAccess(access, dataset);
}

/** Where the dataset looks for other files, and what it shows of missing ones. Default: as the values of a new list. */
function applyAccess(access: Partial<DatasetAccess>, dataset: DatasetObject): void {
  const { virtualView, virtualPrintfGap = 0, efilePrefix, virtualPrefix } = access;
  dataset.virtualView = {
    view: virtualView === VDS_FIRST_MISSING ? "first-missing" : "last-available",
    printfGap: virtualPrintfGap,
  };
  dataset.externalFolders = {
    ...(efilePrefix ? { rawData: efilePrefix } : {}),
    ...(virtualPrefix ? { virtualSources: virtualPrefix } : {}),
  };
}
