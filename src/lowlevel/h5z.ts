/** Filters. C: `H5Z`. h5py: `h5py.h5z`. The predefined ones are there; {@link registerFilter} adds others. */
import type { Filter } from "../filters/filter.ts";
import {
  filterAvailable,
  filterCanEncode,
  findFilter,
  registerFilter as register,
  unregisterFilter as unregister,
} from "../filters/registry.ts";
import { libraryError, record } from "./api-error.ts";
import { type Size, toInt } from "./arguments.ts";

/** Numbers of filters; 0 is none and, where filters are taken out, all. C: `H5Z_FILTER_…`. */
export const FILTER_ERROR = -1;
export const FILTER_NONE = 0;
export const FILTER_ALL = 0;
export const FILTER_DEFLATE = 1;
export const FILTER_SHUFFLE = 2;
export const FILTER_FLETCHER32 = 3;
export const FILTER_SZIP = 4;
export const FILTER_NBIT = 5;
export const FILTER_SCALEOFFSET = 6;
export const FILTER_RESERVED = 256;
export const FILTER_LZF = 32000;
export const FILTER_MAX = 65535;

/** Flags of a filter in a pipeline: the lower byte is stored, the upper one is for calls. C: `H5Z_FLAG_…`. */
export const FLAG_DEFMASK = 0x00ff;
export const FLAG_MANDATORY = 0x0000;
export const FLAG_OPTIONAL = 0x0001;
export const FLAG_INVMASK = 0xff00;
export const FLAG_REVERSE = 0x0100;
export const FLAG_SKIP_EDC = 0x0200;

/** Bits of szip's options, and the most pixels of a block. C: `H5_SZIP_…`. */
export const SZIP_ALLOW_K13_OPTION_MASK = 1;
export const SZIP_CHIP_OPTION_MASK = 2;
export const SZIP_EC_OPTION_MASK = 4;
export const SZIP_NN_OPTION_MASK = 32;
export const SZIP_MAX_PIXELS_PER_BLOCK = 32;

/** Ways of scale-offset, and the number of bits by which it finds out itself how many it needs. C: `H5Z_SO_…`. */
export const SO_FLOAT_DSCALE = 0;
export const SO_FLOAT_ESCALE = 1;
export const SO_INT = 2;
export const SO_INT_MINBITS_DEFAULT = 0;

/** What a filter can do: bits of {@link getFilterInfo}. C: `H5Z_FILTER_CONFIG_…`. */
export const FILTER_CONFIG_ENCODE_ENABLED = 1;
export const FILTER_CONFIG_DECODE_ENABLED = 2;

/** Whether checksums are compared when chunks are read, for `PropDXID.setEdcCheck`. C: `H5Z_EDC_t`. */
export const ERROR_EDC = -1;
export const DISABLE_EDC = 0;
export const ENABLE_EDC = 1;
export const NO_EDC = 2;

/** The name that a filter is registered with; empty for one that is not. */
export function nameOf(code: number): string {
  return findFilter(code)?.name ?? "";
}

/** Whether a filter can be used. C: `H5Zfilter_avail`. */
export function filterAvail(code: Size): boolean {
  return filterAvailable(toInt(code));
}

/**
 * `FILTER_CONFIG_…` bits of a filter.
 *
 * @throws RuntimeError when it is not registered. C: `H5Zget_filter_info`.
 */
export function getFilterInfo(code: Size): number {
  const id = toInt(code);
  if (!filterAvailable(id)) {
    throw libraryError([
      record("H5Zget_filter_info", "PLINE", "CANTGET", "Filter info not retrieved"),
      record("H5Z_get_filter_info", "PLINE", "BADVALUE", `required filter ${id} is not registered`),
    ]);
  }
  return FILTER_CONFIG_DECODE_ENABLED | (filterCanEncode(id) ? FILTER_CONFIG_ENCODE_ENABLED : 0);
}

/** Makes a filter available, in place of one with the same number. C: `H5Zregister`. */
export function registerFilter(filter: Filter): void {
  register(filter);
}

/** Takes a filter out of use. @throws RuntimeError when it is not registered. C: `H5Zunregister`. */
export function unregisterFilter(code: Size): void {
  const id = toInt(code);
  if (!unregister(id)) {
    throw libraryError([
      record("H5Zunregister", "PLINE", "CANTINIT", "unable to unregister filter"),
      record("H5Z__unregister", "PLINE", "NOTFOUND", "filter is not registered"),
    ]);
  }
}
