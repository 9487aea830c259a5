/** Settings of the metadata cache. C: `H5AC_cache_config_t`, `H5AC_cache_image_config_t`. h5py: `h5py.h5ac`. */

/** The only version of {@link CacheConfig} there is. C: `H5AC__CURR_CACHE_CONFIG_VERSION`. */
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

/**
 * Settings of the metadata cache; each field begins with the C library's default. What of them has an effect here
 * `PropFAID.setMdcConfig` says; all are compared, copied and encoded. C: `H5AC_cache_config_t`.
 */
export class CacheConfig {
  /** Always {@link CURR_CACHE_CONFIG_VERSION}. */
  version = CURR_CACHE_CONFIG_VERSION;
  /** Whether changes of size are reported. No effect. */
  rptFcnEnabled = false;
  /** Whether a trace of the cache is begun in {@link traceFileName}. No effect. */
  openTraceFile = false;
  /** Whether the trace is ended. No effect. */
  closeTraceFile = false;
  /** Name of the trace file, up to 1024 bytes. */
  traceFileName = "";
  /** Whether anything ever leaves the cache; without, it has no bound. */
  evictionsEnabled = true;
  /** Whether {@link initialSize} counts. */
  setInitialSize = true;
  /** Bytes of the cache at first: 2 MiB. */
  initialSize = 2 * 1024 * 1024;
  /** Share of the cache that is to be clean or empty, 0 to 1. */
  minCleanFraction = Math.fround(0.01);
  /** Bytes that the cache has at most: 32 MiB. */
  maxSize = 32 * 1024 * 1024;
  /** Bytes that the cache has at least: 1 MiB. */
  minSize = 1024 * 1024;
  /** Accesses between two changes of size. No effect. */
  epochLength = 50_000;
  /** Whether the cache grows by its hit rate: `INCR_OFF` or `INCR_THRESHOLD`. No effect. */
  incrMode = INCR_THRESHOLD;
  /** Hit rate, 0 to 1, below which it grows. No effect. */
  lowerHrThreshold = Math.fround(0.9);
  /** By what the size is multiplied when it grows, from 1 on. No effect. */
  increment = 2;
  /** Whether {@link maxIncrement} counts. No effect. */
  applyMaxIncrement = true;
  /** Bytes by which it grows at most: 4 MiB. No effect. */
  maxIncrement = 4 * 1024 * 1024;
  /** Whether it grows at once for a large structure: `FLASH_INCR_OFF` or `FLASH_INCR_ADD_SPACE`. No effect. */
  flashIncrMode = FLASH_INCR_ADD_SPACE;
  /** By how many times the structure's size it grows then. No effect. */
  flashMultiple = Math.fround(1.4);
  /** Share of the cache from which on a structure is large. No effect. */
  flashThreshold = 0.25;
  /** Whether, and by what, the cache shrinks: one of `DECR_…`. No effect. */
  decrMode = DECR_AGE_OUT_WITH_THRESHOLD;
  /** Hit rate, 0 to 1, above which it shrinks. No effect. */
  upperHrThreshold = Math.fround(0.999);
  /** By what the size is multiplied when it shrinks, 0 to 1. No effect. C: `decrement`. */
  decrements = Math.fround(0.9);
  /** Whether {@link maxDecrement} counts. No effect. */
  applyMaxDecrement = true;
  /** Bytes by which it shrinks at most: 1 MiB. No effect. */
  maxDecrement = 1024 * 1024;
  /** Epochs without access after which a structure goes. No effect. */
  epochsBeforeEviction = 3;
  /** Whether {@link emptyReserve} counts. No effect. */
  applyEmptyReserve = true;
  /** Share of the cache, 0 to 1, that is to stay empty. No effect. */
  emptyReserve = Math.fround(0.1);
  /** Changed bytes after which processes agree on what they know: 256 KiB. Of parallel HDF5. */
  dirtyBytesThreshold = 256 * 1024;
  /** 0 for one process that writes, 1 for writing by all. C: `metadata_write_strategy`. */
  metadataWriteStrategy = 1;

  /**
   * The C library's defaults, but for what is given.
   *
   * @param settings - What differs from them.
   */
  constructor(settings: Partial<CacheConfig> = {}) {
    Object.assign(this, settings);
  }
}

/** Whether the metadata cache is stored when the file closes. C: `H5AC_cache_image_config_t`. */
export interface CacheImageConfig {
  /** Always 1. */
  readonly version: number;
  /** Whether an image is written when the file closes. Default false; none ever is here. */
  readonly generateImage: boolean;
  /** Whether the size of the cache is kept in it. Must be false. */
  readonly saveResizeStatus: boolean;
  /** -1 for none. C: `H5AC__CACHE_IMAGE__ENTRY_AGEOUT__NONE`. */
  readonly entryAgeout: number;
}

/** No image. C: `H5AC__DEFAULT_CACHE_IMAGE_CONFIG`. */
export const CACHE_IMAGE_DEFAULTS: CacheImageConfig = {
  version: 1,
  generateImage: false,
  saveResizeStatus: false,
  entryAgeout: -1,
};
