/** Settings of the metadata cache. C: `H5AC_cache_config_t`, `H5AC_cache_image_config_t`. h5py: `h5py.h5ac`. */

/** C: `H5AC__CURR_CACHE_CONFIG_VERSION`. */
export const CURR_CACHE_CONFIG_VERSION = 1;

/** How the size of the cache grows and shrinks. C: `H5C_cache_incr_mode`, `H5C_cache_flash_incr_mode`, `H5C_cache_decr_mode`. */
export const INCR_OFF = 0;
export const INCR_THRESHOLD = 1;
export const FLASH_INCR_OFF = 0;
export const FLASH_INCR_ADD_SPACE = 1;
export const DECR_OFF = 0;
export const DECR_THRESHOLD = 1;
export const DECR_AGE_OUT = 2;
export const DECR_AGE_OUT_WITH_THRESHOLD = 3;

/** What has a value here can be compared, copied and encoded; names are the C structure's. */
export class CacheConfig {
  version = CURR_CACHE_CONFIG_VERSION;
  rptFcnEnabled = false;
  openTraceFile = false;
  closeTraceFile = false;
  traceFileName = "";
  evictionsEnabled = true;
  setInitialSize = true;
  /** Bytes, like the other sizes. */
  initialSize = 2 * 1024 * 1024;
  minCleanFraction = Math.fround(0.01);
  maxSize = 32 * 1024 * 1024;
  minSize = 1024 * 1024;
  epochLength = 50_000;
  incrMode = INCR_THRESHOLD;
  lowerHrThreshold = Math.fround(0.9);
  increment = 2;
  applyMaxIncrement = true;
  maxIncrement = 4 * 1024 * 1024;
  flashIncrMode = FLASH_INCR_ADD_SPACE;
  flashMultiple = Math.fround(1.4);
  flashThreshold = 0.25;
  decrMode = DECR_AGE_OUT_WITH_THRESHOLD;
  upperHrThreshold = Math.fround(0.999);
  /** By what the size shrinks. C: `decrement`. */
  decrements = Math.fround(0.9);
  applyMaxDecrement = true;
  maxDecrement = 1024 * 1024;
  epochsBeforeEviction = 3;
  applyEmptyReserve = true;
  emptyReserve = Math.fround(0.1);
  dirtyBytesThreshold = 256 * 1024;
  /** 0 for one process that writes, 1 for writing by all. C: `metadata_write_strategy`. */
  metadataWriteStrategy = 1;

  /** @param settings - What differs from the C library's defaults. */
  constructor(settings: Partial<CacheConfig> = {}) {
    Object.assign(this, settings);
  }
}

/** Whether the metadata cache is stored when the file closes. C: `H5AC_cache_image_config_t`. */
export interface CacheImageConfig {
  readonly version: number;
  readonly generateImage: boolean;
  readonly saveResizeStatus: boolean;
  /** -1 for none. C: `H5AC__CACHE_IMAGE__ENTRY_AGEOUT__NONE`. */
  readonly entryAgeout: number;
}

export const CACHE_IMAGE_DEFAULTS: CacheImageConfig = {
  version: 1,
  generateImage: false,
  saveResizeStatus: false,
  entryAgeout: -1,
};
