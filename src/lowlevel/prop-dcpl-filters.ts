/** The filter pipeline of dataset creation property lists. */
import type { FilterDescription } from "../format/filter-pipeline.ts";
import { libraryError, plainError, record } from "./api-error.ts";
import { type Size, toInt, toSize, toUnsigned } from "./arguments.ts";
import * as h5z from "./h5z.ts";
import type { ObjectCreation } from "./prop-ocpl.ts";
import { PropOCID } from "./prop-ocpl.ts";
import { badRange, badValue } from "./property-list.ts";

export interface PipelineCreation extends ObjectCreation {
  /** In the order of writing. */
  readonly filters: readonly FilterDescription[];
}

/** Bits that the library sets itself in the options of szip. */
const SZIP_RAW_OPTION_MASK = 128;

/** `[code, flags, values, name]`. */
export type FilterEntry = [number, number, readonly number[], string];

export abstract class PropPipelineID<P extends PipelineCreation> extends PropOCID<P> {
  private append(id: number, flags: number, clientData: readonly number[]): void {
    const optional = (flags & h5z.FLAG_OPTIONAL) !== 0;
    const filter: FilterDescription = { id, name: h5z.nameOf(id), optional, flags, clientData };
    this.change({ filters: [...this.values().filters, filter] } as unknown as Partial<P>);
  }

  /**
   * Adds a filter to the end of the pipeline. It need not be known before a dataset is made.
   *
   * @param flags - `h5z.FLAG_OPTIONAL`, or 0 for one without which nothing is written.
   * @param values - Client values, unsigned 32-bit numbers.
   * @throws ValueError for a number that is none of a filter. C: `H5Pset_filter`.
   */
  setFilter(code: Size, flags: Size = 0, values: readonly Size[] | null = null): void {
    const id = toInt(code);
    const bits = toUnsigned(flags);
    if (id < 0 || id > h5z.FILTER_MAX) throw badValue("H5Pset_filter", "invalid filter identifier");
    if ((bits & ~h5z.FLAG_DEFMASK) !== 0) throw badValue("H5Pset_filter", "invalid flags");
    this.append(id, bits, (values ?? []).map(toUnsigned));
  }

  /**
   * Changes flags and client values of a filter that the pipeline has.
   *
   * @throws RuntimeError when it has not. C: `H5Pmodify_filter`.
   */
  modifyFilter(code: Size, flags: Size, values: readonly Size[] = []): void {
    const where = "H5Pmodify_filter";
    const id = toInt(code);
    const bits = toUnsigned(flags);
    if (id < 0 || id > h5z.FILTER_MAX) throw badValue(where, "invalid filter identifier");
    if ((bits & ~h5z.FLAG_DEFMASK) !== 0) throw badValue(where, "invalid flags");
    const { filters } = this.values();
    const at = filters.findIndex((filter) => filter.id === id);
    if (at < 0) {
      throw libraryError([
        record(where, "PLIST", "CANTGET", "failed to call private function"),
        record("H5P__modify_filter", "PLINE", "NOTFOUND", "filter not in pipeline"),
      ]);
    }
    const optional = (bits & h5z.FLAG_OPTIONAL) !== 0;
    const changed = {
      ...(filters[at] as FilterDescription),
      flags: bits,
      optional,
      clientData: values.map(toUnsigned),
    };
    this.change({ filters: filters.map((filter, i) => (i === at ? changed : filter)) } as unknown as Partial<P>);
  }

  /** Whether all filters of the pipeline can be used. C: `H5Pall_filters_avail`. */
  allFiltersAvail(): boolean {
    return this.values().filters.every((filter) => h5z.filterAvail(filter.id));
  }

  /** Number of filters in the pipeline; 0 by default. C: `H5Pget_nfilters`. */
  getNfilters(): number {
    return this.values().filters.length;
  }

  /**
   * `[code, flags, values, name]` of the filter at a position.
   *
   * @throws ValueError for one behind the last. C: `H5Pget_filter2`.
   */
  getFilter(index: Size): FilterEntry {
    const position = toInt(index);
    if (position < 0) throw plainError("ValueError", "Filter index must be a non-negative integer");
    const filter = this.values().filters[position];
    if (filter === undefined) throw badValue("H5Pget_filter2", "filter number is invalid");
    return [filter.id, filter.flags, filter.clientData, filter.name];
  }

  /** `[flags, values, name]` of a filter, or null when the pipeline lacks it. C: `H5Pget_filter_by_id2`. */
  getFilterById(code: Size): [number, readonly number[], string] | null {
    const id = toInt(code);
    const filter = this.values().filters.find((one) => one.id === id);
    return filter === undefined ? null : [filter.flags, filter.clientData, filter.name];
  }

  /**
   * Takes a filter out; `h5z.FILTER_ALL` takes all out.
   *
   * @throws RuntimeError when the pipeline has others, but not that. C: `H5Premove_filter`.
   */
  removeFilter(code: Size): void {
    const id = toInt(code);
    const before = this.values().filters;
    const filters = id === h5z.FILTER_ALL ? [] : before.filter((filter) => filter.id !== id);
    if (before.length > 0 && filters.length === before.length) {
      throw libraryError([
        record("H5Premove_filter", "PLIST", "CANTGET", "can't delete filter"),
        record("H5Z_delete", "PLINE", "NOTFOUND", "filter not in pipeline"),
      ]);
    }
    this.change({ filters } as unknown as Partial<P>);
  }

  /** Deflate (gzip) at level 0 to 9, optional. @throws ValueError for another level. C: `H5Pset_deflate`. */
  setDeflate(level: Size = 5): void {
    const value = toUnsigned(level);
    if (value > 9) throw badValue("H5Pset_deflate", "invalid deflate level");
    this.append(h5z.FILTER_DEFLATE, h5z.FLAG_OPTIONAL, [value]);
  }

  /** A checksum over every chunk, mandatory. C: `H5Pset_fletcher32`. */
  setFletcher32(): void {
    this.append(h5z.FILTER_FLETCHER32, h5z.FLAG_MANDATORY, []);
  }

  /** Byte shuffling, optional. C: `H5Pset_shuffle`. */
  setShuffle(): void {
    this.append(h5z.FILTER_SHUFFLE, h5z.FLAG_OPTIONAL, []);
  }

  /** Packing of the significant bits, optional. C: `H5Pset_nbit`. */
  setNbit(): void {
    this.append(h5z.FILTER_NBIT, h5z.FLAG_OPTIONAL, []);
  }

  /**
   * Szip with `h5z.SZIP_…` options and an even number of pixels a block, 32 at most.
   *
   * @throws ValueError for others. C: `H5Pset_szip`.
   */
  setSzip(options: Size, pixelsPerBlock: Size): void {
    const pixels = toUnsigned(pixelsPerBlock);
    if (pixels % 2 === 1) throw badValue("H5Pset_szip", "pixels_per_block is not even");
    if (pixels > h5z.SZIP_MAX_PIXELS_PER_BLOCK) throw badValue("H5Pset_szip", "pixels_per_block is too large");
    const bits =
      (toUnsigned(options) & ~h5z.SZIP_CHIP_OPTION_MASK) | h5z.SZIP_ALLOW_K13_OPTION_MASK | SZIP_RAW_OPTION_MASK;
    this.append(h5z.FILTER_SZIP, h5z.FLAG_OPTIONAL, [bits, pixels]);
  }

  /**
   * Scale-offset: one of `h5z.SO_…`, and its factor (bits of integers, or decimal digits of floats).
   *
   * @throws ValueError for another way. C: `H5Pset_scaleoffset`.
   */
  setScaleoffset(scaleType: Size, scaleFactor: Size): void {
    const factor = toInt(scaleFactor);
    if (factor < 0) throw badValue("H5Pset_scaleoffset", "scale factor must be >= 0");
    const type = toSize(scaleType, "unsigned int");
    if (type > h5z.SO_INT) throw badRange("H5Pset_scaleoffset", "invalid scale type");
    this.append(h5z.FILTER_SCALEOFFSET, h5z.FLAG_OPTIONAL, [type, factor]);
  }
}
