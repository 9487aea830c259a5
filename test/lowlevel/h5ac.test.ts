import { expect, test } from "vitest";
import * as h5ac from "../../src/lowlevel/h5ac.ts";
import { expectError } from "./expect-error.ts";
import { sampleFile } from "./sample-file.ts";

test("settings of the metadata cache have the C library's defaults", () => {
  const config = sampleFile().getMdcConfig();
  // As h5py 3.7 gives them, but for the size of now.
  expect(config).toMatchObject({
    version: 1,
    rptFcnEnabled: false,
    evictionsEnabled: true,
    setInitialSize: false,
    minCleanFraction: 0.009999999776482582,
    maxSize: 33554432,
    minSize: 1048576,
    epochLength: 50000,
    incrMode: h5ac.INCR_THRESHOLD,
    lowerHrThreshold: 0.8999999761581421,
    increment: 2,
    applyMaxIncrement: true,
    maxIncrement: 4194304,
    flashIncrMode: h5ac.FLASH_INCR_ADD_SPACE,
    flashMultiple: 1.399999976158142,
    flashThreshold: 0.25,
    decrMode: h5ac.DECR_AGE_OUT_WITH_THRESHOLD,
    upperHrThreshold: 0.9990000128746033,
    decrements: 0.8999999761581421,
    applyMaxDecrement: true,
    maxDecrement: 1048576,
    epochsBeforeEviction: 3,
    applyEmptyReserve: true,
    emptyReserve: 0.10000000149011612,
    dirtyBytesThreshold: 262144,
  });
});

test("the size that is set bounds what is kept decoded", () => {
  const fid = sampleFile();
  const config = fid.getMdcConfig();
  config.setInitialSize = true;
  config.initialSize = 2 * 1024 * 1024;
  config.dirtyBytesThreshold = 300_000;
  fid.setMdcConfig(config);
  expect(fid.getMdcSize()[0]).toBe(2 * 1024 * 1024);
  expect(fid.getMdcConfig()).toMatchObject({ initialSize: 2 * 1024 * 1024, dirtyBytesThreshold: 300_000 });
  config.setInitialSize = false;
  config.minSize = config.maxSize = 4 * 1024 * 1024;
  fid.setMdcConfig(config);
  expect(fid.getMdcSize()[0]).toBe(4 * 1024 * 1024);
  const off = { evictionsEnabled: false, incrMode: 0, flashIncrMode: 0, decrMode: 0 };
  fid.setMdcConfig(new h5ac.CacheConfig(off));
  expect(fid.getMdcSize()[0]).toBe(Number.POSITIVE_INFINITY);
});

test("what the C library refuses is refused in its words", () => {
  const fid = sampleFile();
  const cases: [Partial<h5ac.CacheConfig>, string][] = [
    [{ maxSize: 10 }, "min_size > max_size"],
    [{ maxSize: 2 ** 28 }, "max_size too big"],
    [{ minSize: 10 }, "min_size too small"],
    [{ epochLength: 1 }, "epoch_length too small"],
    [{ epochLength: 10_000_000 }, "epoch_length too big"],
    [{ setInitialSize: true, initialSize: 1 }, "initial_size must be in the interval [min_size, max_size]"],
    [{ lowerHrThreshold: 2 }, "lower_hr_threshold must be in the range [0.0, 1.0]"],
    [{ increment: 0.5 }, "increment must be greater than or equal to 1.0"],
    [{ version: 3 }, "Unknown config version"],
    [{ minCleanFraction: 2 }, "min_clean_fraction must be in the interval [0.0, 1.0]"],
    [{ decrMode: 17 }, "Invalid decr_mode"],
    [{ incrMode: 9 }, "Invalid incr_mode"],
    [{ flashMultiple: 0.01 }, "flash_multiple must be in the range [0.1, 10.0]"],
    [{ flashThreshold: 5 }, "flash_threshold must be in the range [0.1, 1.0]"],
    [{ upperHrThreshold: 1.5 }, "upper_hr_threshold must be in the interval [0.0, 1.0]"],
    [{ epochsBeforeEviction: 77 }, "epochs_before_eviction too big"],
    [{ epochsBeforeEviction: 0 }, "epochs_before_eviction must be positive"],
    [{ emptyReserve: 2 }, "empty_reserve must be in the interval [0.0, 1.0]"],
    [{ evictionsEnabled: false }, "Can't disable evictions while auto-resize is enabled"],
    [{ dirtyBytesThreshold: 1 }, "dirty_bytes_threshold too small"],
    [{ lowerHrThreshold: 1 }, "conflicting threshold fields in config"],
    [{ decrMode: h5ac.DECR_THRESHOLD, decrements: 2 }, "decrement must be in the interval [0.0, 1.0]"],
  ];
  for (const [change, text] of cases) {
    const config = new h5ac.CacheConfig(change);
    expectError(() => fid.setMdcConfig(config), "RuntimeError", `Unable to set metadata cache configuration (${text})`);
  }
});
