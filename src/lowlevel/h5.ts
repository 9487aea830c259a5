/** What belongs to no module: order of iteration, versions, settings of the library. h5py: `h5py.h5`. */
import { specialNames, type TwoNames } from "../format/special-names.ts";
import { plainError } from "./api-error.ts";
import { openSharedFiles } from "./shared-file.ts";

export { INDEX_CRT_ORDER, INDEX_NAME, ITER_DEC, ITER_INC, ITER_NATIVE } from "./ordering.ts";

/** The version of the C library whose behaviour and defaults are followed here. */
export const HDF5_VERSION_COMPILED_AGAINST: readonly [number, number, number] = [1, 10, 8];

/** As {@link HDF5_VERSION_COMPILED_AGAINST}. C: `H5get_libversion`. */
export function getLibversion(): [number, number, number] {
  return [...HDF5_VERSION_COMPILED_AGAINST];
}

/** Nothing has to be made ready. C: `H5open`. */
export function open(): void {}

/**
 * Closes every file that the program has open, with all identifiers of things in them. What cannot be written is reported once
 * all are closed. The library can be used again at once. C: `H5close`.
 *
 * @throws the first error of those that closing a file throws.
 */
export function close(): void {
  const errors: unknown[] = [];
  const attempt = (action: () => void): void => {
    try {
      action();
    } catch (error) {
      errors.push(error);
    }
  };
  for (const shared of openSharedFiles()) {
    for (const id of [...shared.identifiers()]) attempt(() => id.invalidate());
    for (const opening of [...shared.openings]) attempt(() => opening.end());
  }
  if (errors.length > 0) throw errors[0];
}

function twoNames(setting: string, names: TwoNames, what: string): TwoNames {
  if (Array.isArray(names) && names.length === 2 && names.every((name) => typeof name === "string"))
    return [names[0], names[1]];
  throw plainError("TypeError", `${setting} must be a length-2 sequence of ${what}`);
}

/** Settings of the library as a whole. h5py: `H5PYConfig`; there is one, which {@link getConfig} gives. */
export class H5PYConfig {
  /** The fields of compounds that stand for complex numbers: of the real and of the imaginary part. By default r and i. */
  get complexNames(): TwoNames {
    return specialNames.complexNumbers;
  }

  /** @throws TypeError for anything but two names. */
  set complexNames(names: TwoNames) {
    specialNames.complexNumbers = twoNames("complex_names", names, "strings (real, img)");
  }

  /** The members of enumerations that booleans are stored as: for false and for true. By default FALSE and TRUE. */
  get boolNames(): TwoNames {
    return specialNames.booleans;
  }

  /** @throws TypeError for anything but two names. */
  set boolNames(names: TwoNames) {
    specialNames.booleans = twoNames("bool_names", names, "of names (false, true)");
  }

  /** Whether groups and files that are created track the order of links and attributes unless asked otherwise. */
  trackOrder = false;
  /** The mode files are opened in unless asked otherwise. */
  readonly defaultFileMode = "r";
  /** Complex numbers of HDF5 2.0 are read. */
  readonly hasNativeComplex = true;
  /** There is no MPI in JavaScript. */
  readonly mpi = false;
  /** There is no S3 driver: openAsync reads URLs. */
  readonly ros3 = false;
  /** No runtime of JavaScript reads past the cache of the operating system. */
  readonly directVfd = false;
  /** From this version of the C library on files can be read while they are written. */
  readonly swmrMinHdf5Version: readonly [number, number, number] = [1, 9, 178];
  /** From this version of the C library on there are virtual datasets. */
  readonly vdsMinHdf5Version: readonly [number, number, number] = [1, 9, 233];
}

const config = new H5PYConfig();

/** The settings, to be read and changed. h5py: `get_config`. */
export function getConfig(): H5PYConfig {
  return config;
}
