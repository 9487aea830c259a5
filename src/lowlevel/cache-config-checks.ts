/** What the C library asks of the settings of a file's metadata cache. Reference implementation: H5AC.c, H5C.c. */
import { HDF5Error } from "../base/errors.ts";
import {
  type CacheConfig,
  CURR_CACHE_CONFIG_VERSION,
  DECR_AGE_OUT,
  DECR_AGE_OUT_WITH_THRESHOLD,
  DECR_OFF,
  DECR_THRESHOLD,
  FLASH_INCR_ADD_SPACE,
  FLASH_INCR_OFF,
  INCR_OFF,
  INCR_THRESHOLD,
} from "./h5ac.ts";

const MOST_BYTES = 128 * 1024 * 1024;
const LEAST_BYTES = 1024;
const LEAST_EPOCH = 100;
const MOST_EPOCH = 1_000_000;
const MOST_EPOCH_MARKERS = 10;
const LEAST_DIRTY_BYTES = 256 * 1024;
const MOST_DIRTY_BYTES = 32 * 1024 * 1024;

const isShare = (value: number) => value >= 0 && value <= 1;

/** Checks in the C library's order: what is wrong comes with what is said of it. */
function* problems(config: Readonly<CacheConfig>): Generator<[isWrong: boolean, text: string]> {
  const { minSize, maxSize, incrMode, flashIncrMode, decrMode } = config;
  yield [config.version !== CURR_CACHE_CONFIG_VERSION, "Unknown config version"];
  const resizes = incrMode !== INCR_OFF || flashIncrMode !== FLASH_INCR_OFF || decrMode !== DECR_OFF;
  yield [!config.evictionsEnabled && resizes, "Can't disable evictions while auto-resize is enabled"];
  yield [config.dirtyBytesThreshold < LEAST_DIRTY_BYTES, "dirty_bytes_threshold too small"];
  yield [config.dirtyBytesThreshold > MOST_DIRTY_BYTES, "dirty_bytes_threshold too big"];
  yield [maxSize > MOST_BYTES, "max_size too big"];
  yield [minSize < LEAST_BYTES, "min_size too small"];
  yield [minSize > maxSize, "min_size > max_size"];
  const { initialSize } = config;
  const isOutside = initialSize < minSize || initialSize > maxSize;
  yield [config.setInitialSize && isOutside, "initial_size must be in the interval [min_size, max_size]"];
  yield [!isShare(config.minCleanFraction), "min_clean_fraction must be in the interval [0.0, 1.0]"];
  yield [config.epochLength < LEAST_EPOCH, "epoch_length too small"];
  yield [config.epochLength > MOST_EPOCH, "epoch_length too big"];
  yield* growthProblems(config);
  yield* shrinkProblems(config);
  const byBoth =
    incrMode === INCR_THRESHOLD && (decrMode === DECR_THRESHOLD || decrMode === DECR_AGE_OUT_WITH_THRESHOLD);
  yield [byBoth && config.lowerHrThreshold >= config.upperHrThreshold, "conflicting threshold fields in config"];
}

function* growthProblems(config: Readonly<CacheConfig>): Generator<[boolean, string]> {
  const { incrMode, flashIncrMode } = config;
  yield [incrMode !== INCR_OFF && incrMode !== INCR_THRESHOLD, "Invalid incr_mode"];
  if (incrMode === INCR_THRESHOLD) {
    yield [!isShare(config.lowerHrThreshold), "lower_hr_threshold must be in the range [0.0, 1.0]"];
    yield [!(config.increment >= 1), "increment must be greater than or equal to 1.0"];
  }
  yield [flashIncrMode !== FLASH_INCR_OFF && flashIncrMode !== FLASH_INCR_ADD_SPACE, "Invalid flash_incr_mode"];
  if (flashIncrMode === FLASH_INCR_ADD_SPACE) {
    const { flashMultiple, flashThreshold } = config;
    yield [!(flashMultiple >= 0.1 && flashMultiple <= 10), "flash_multiple must be in the range [0.1, 10.0]"];
    yield [!(flashThreshold >= 0.1 && flashThreshold <= 1), "flash_threshold must be in the range [0.1, 1.0]"];
  }
}

function* shrinkProblems(config: Readonly<CacheConfig>): Generator<[boolean, string]> {
  const { decrMode } = config;
  const known = [DECR_OFF, DECR_THRESHOLD, DECR_AGE_OUT, DECR_AGE_OUT_WITH_THRESHOLD];
  yield [!known.includes(decrMode), "Invalid decr_mode"];
  if (decrMode === DECR_THRESHOLD) yield [!isShare(config.decrements), "decrement must be in the interval [0.0, 1.0]"];
  if (decrMode === DECR_THRESHOLD || decrMode === DECR_AGE_OUT_WITH_THRESHOLD) {
    yield [!isShare(config.upperHrThreshold), "upper_hr_threshold must be in the interval [0.0, 1.0]"];
  }
  if (decrMode !== DECR_AGE_OUT && decrMode !== DECR_AGE_OUT_WITH_THRESHOLD) return;
  yield [config.epochsBeforeEviction < 1, "epochs_before_eviction must be positive"];
  yield [config.epochsBeforeEviction > MOST_EPOCH_MARKERS, "epochs_before_eviction too big"];
  yield [config.applyEmptyReserve && !isShare(config.emptyReserve), "empty_reserve must be in the interval [0.0, 1.0]"];
}

/** @throws HDF5Error "argument" in the C library's words. */
export function checkCacheConfig(config: Readonly<CacheConfig>): void {
  for (const [isWrong, text] of problems(config)) if (isWrong) throw new HDF5Error("argument", text);
}

/** The bound of what is kept in memory that the settings come to, after one of `current` bytes. */
export function cacheBound(config: Readonly<CacheConfig>, current: number): number {
  if (!config.evictionsEnabled) return Number.POSITIVE_INFINITY;
  const wanted = config.setInitialSize ? config.initialSize : current;
  return Math.min(Math.max(wanted, config.minSize), config.maxSize);
}
