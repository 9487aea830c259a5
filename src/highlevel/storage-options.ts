/**
 * From the options of `createDataset` to a creation property list, with h5py's rules and words.
 *
 * h5py: `make_new_dset` and `fill_dcpl`.
 */
import { UNLIMITED } from "../base/address.ts";
import { printed, printedShape } from "../engine/selection/index-errors.ts";
import type { Datatype } from "../format/datatype.ts";
import { isBooleanEnum } from "../format/datatype-questions.ts";
import { plainError } from "../lowlevel/api-error.ts";
import { expectInstance } from "../lowlevel/arguments.ts";
import * as h5 from "../lowlevel/h5.ts";
import { CHUNKED, FILL_TIME_ALLOC, FILL_TIME_IFSET, FILL_TIME_NEVER } from "../lowlevel/h5d.ts";
import * as h5p from "../lowlevel/h5p.ts";
import * as h5z from "../lowlevel/h5z.ts";
import { PropDCID } from "../lowlevel/prop-dcpl.ts";
import { requireFlags } from "./argument-checks.ts";
import { guessChunk } from "./chunk-guess.ts";
import { itemSize } from "./dtype.ts";
import { FilterRefBase } from "./filter-refs.ts";

/** How a new dataset is stored. Filters, `chunks` and `maxshape` are for datasets with dimensions. */
export interface StorageOptions {
  /** Chunk shape, or `true` for one that is guessed, which is also what options that need chunks lead to. */
  readonly chunks?: boolean | number | readonly number[];
  /** How far the dataset may grow: `null` for a dimension without limit, `true` for all of them. */
  readonly maxshape?: true | number | readonly (number | null)[];
  /**
   * `"gzip"`, `"lzf"` or `"szip"` where available; a level 0 to 9 or `true` for gzip; the number of another filter, or a filter
   * with its values such as `new filters.Gzip(9)`.
   */
  readonly compression?: string | number | boolean | FilterRefBase;
  /**
   * gzip: level 0 to 9, default 4; szip: `["nn" | "ec", pixels]`, pixels even from 2 to 32, default `["nn", 8]`; other
   * filters: their values.
   */
  readonly compressionOpts?: number | readonly (number | string)[];
  /** Whether a filter may be set that this library does not know, for chunks that are written as they are. Default false. */
  readonly allowUnknownFilter?: boolean;
  /**
   * Whether bytes of elements are sorted by their place before they are compressed. Default false. C: `H5Pset_shuffle`.
   */
  readonly shuffle?: boolean;
  /** Whether each chunk has a checksum, which is looked at when it is read. Default false. C: `H5Pset_fletcher32`. */
  readonly fletcher32?: boolean;
  /** When space is filled with the fill value. Default `"ifset"`, and `"alloc"` where chunked. */
  readonly fillTime?: "alloc" | "never" | "ifset";
  /** A list to start from, for what has no option here. */
  readonly dcpl?: PropDCID;
  /** Integers: bits to keep, 0 or `true` to let the library choose; floats: decimal digits to keep. */
  readonly scaleoffset?: number | boolean;
  /**
   * Other files that hold the data, one part after the other: `[name, offset, size]`, where the last size may be
   * `h5f.UNLIMITED`, or a name alone for one file from its start on.
   */
  readonly external?: string | readonly ExternalEntry[];
  /** Whether the dataset keeps the time of its last change. Default false. C: `H5Pset_obj_track_times`. */
  readonly trackTimes?: boolean;
  /** Whether attributes are kept in order of creation. Default `h5.getConfig().trackOrder`, which is false. */
  readonly trackOrder?: boolean;
}

/** A part of a file outside: its name, the first byte of the data, and how many bytes there may be. */
export type ExternalEntry = readonly [name: string, offset: number | bigint, size: number | bigint];

const DEFAULT_GZIP = 4;
const DEFAULT_SZIP = ["nn", 8] as const;
const NAMED_FILTERS: Readonly<Record<string, number>> = {
  gzip: h5z.FILTER_DEFLATE,
  lzf: h5z.FILTER_LZF,
  szip: h5z.FILTER_SZIP,
};

interface Compression {
  readonly filter: number;
  readonly values: readonly (number | string)[];
}

/** The greatest dims, `null` where unlimited; null when the dataset cannot grow. */
export function maxShapeOf(options: StorageOptions, shape: readonly number[]): readonly (number | null)[] | null {
  const { maxshape } = options;
  if (maxshape === undefined) return null;
  if (maxshape === true) return shape.map(() => null);
  return typeof maxshape === "number" ? [maxshape] : maxshape;
}

function compressionOf(options: StorageOptions): Compression | undefined {
  const { compression, compressionOpts } = options;
  if (compression instanceof FilterRefBase) {
    const { filterId, filterOptions } = compression;
    if (filterId === h5z.FILTER_DEFLATE) return gzip(filterOptions[0]);
    return compressionOf({ ...options, compression: filterId, compressionOpts: filterOptions });
  }
  if (compression === undefined || compression === false) {
    if (compressionOpts !== undefined) throw plainError("TypeError", "Compression method must be specified");
    return undefined;
  }
  if (typeof compression === "number" && compression >= 0 && compression < 10) {
    if (compressionOpts !== undefined) throw plainError("TypeError", "Conflict in compression options");
    return gzip(compression);
  }
  if (typeof compression === "number") {
    if (!options.allowUnknownFilter && !h5z.filterAvail(compression)) {
      throw plainError("ValueError", `Unknown compression filter number: ${compression}`);
    }
    return { filter: compression, values: Array.isArray(compressionOpts) ? compressionOpts : [] };
  }
  if (compression === true || compression === "gzip") return gzip(compressionOpts ?? DEFAULT_GZIP);
  const filter = Object.hasOwn(NAMED_FILTERS, compression) ? (NAMED_FILTERS[compression] as number) : undefined;
  if (filter === undefined || !h5z.filterAvail(filter)) {
    throw plainError("ValueError", `Compression filter "${String(compression)}" is unavailable`);
  }
  return compression === "lzf" ? lzf(compressionOpts) : szip(compressionOpts ?? DEFAULT_SZIP);
}

function gzip(level: unknown): Compression {
  if (typeof level === "number" && Number.isInteger(level) && level >= 0 && level <= 9) {
    return { filter: h5z.FILTER_DEFLATE, values: [level] };
  }
  throw plainError("ValueError", `GZIP setting must be an integer from 0-9, not ${printed(level)}`);
}

function lzf(options: unknown): Compression {
  if (options !== undefined) throw plainError("ValueError", "LZF compression filter accepts no options");
  return { filter: h5z.FILTER_LZF, values: [] };
}

function szip(options: number | readonly (number | string)[]): Compression {
  const words = "SZIP options must be a 2-tuple ('ec'|'nn', even integer 0-32)";
  if (!Array.isArray(options)) throw plainError("TypeError", words);
  const [method, pixels] = options;
  const valid = (method === "ec" || method === "nn") && typeof pixels === "number";
  if (!valid || options.length !== 2 || pixels <= 0 || pixels > 32 || pixels % 2 !== 0) {
    throw plainError("ValueError", words);
  }
  return { filter: h5z.FILTER_SZIP, values: [method, pixels] };
}

function checkedScaleoffset(options: StorageOptions, type: Datatype): number | undefined {
  const { scaleoffset } = options;
  if (scaleoffset === undefined || scaleoffset === false) return undefined;
  if (scaleoffset !== true && scaleoffset < 0) throw plainError("ValueError", "scale factor must be >= 0");
  // To numpy an enumeration is an integer; the library refuses it.
  const isNumber = type.class === "fixed-point" || type.class === "floating-point";
  if (!isNumber && (type.class !== "enum" || isBooleanEnum(type))) {
    throw plainError("TypeError", "scale/offset filter only supported for integer and floating-point types");
  }
  if (scaleoffset === true && type.class === "floating-point") {
    throw plainError("ValueError", "integer scaleoffset must be provided for floating point types");
  }
  if (options.fletcher32) {
    throw plainError("ValueError", "fletcher32 cannot be used with potentially lossy scale/offset filter");
  }
  return scaleoffset === true ? h5z.SO_INT_MINBITS_DEFAULT : scaleoffset;
}

function wantsFilters(options: StorageOptions): boolean {
  const { compression, shuffle, fletcher32, scaleoffset } = options;
  const compresses = compression !== undefined && compression !== false;
  return compresses || shuffle === true || fletcher32 === true || (scaleoffset !== undefined && scaleoffset !== false);
}

/** Without dimensions there is nothing to cut into chunks, and nothing to grow. */
function checkDimensionless(options: StorageOptions, kind: "Scalar" | "Empty"): void {
  const { chunks, compressionOpts, maxshape } = options;
  const hasChunks = Array.isArray(chunks) ? chunks.length > 0 : chunks !== undefined && chunks !== false;
  if (hasChunks || compressionOpts !== undefined || wantsFilters(options)) {
    throw plainError("TypeError", `${kind} datasets don't support chunk/filter options`);
  }
  const limits = Array.isArray(maxshape) ? maxshape.length : maxshape;
  if (limits) throw plainError("TypeError", `${kind} datasets cannot be extended`);
}

function requireList(value: unknown, name: string): void {
  if (!Array.isArray(value)) throw plainError("TypeError", `"${name}" argument must be None or a sequence object`);
}

function requireFlag(value: unknown, name: string): void {
  if (value !== undefined && typeof value !== "boolean") {
    throw plainError("TypeError", `${name} must be either True or False`);
  }
}

/** Chunk dims, or undefined for contiguous storage. */
function chunkDimsOf(
  options: StorageOptions,
  shape: readonly number[],
  limits: readonly (number | null)[] | null,
  elementSize: number,
): readonly number[] | undefined {
  const { chunks } = options;
  // Files outside grow without chunks.
  const needed = (limits !== null && options.external === undefined) || wantsFilters(options);
  if (chunks === false) {
    if (needed) throw plainError("ValueError", "Chunked format required for given storage options");
    return undefined;
  }
  if (chunks === undefined || chunks === true) {
    return chunks === true || needed ? guessChunk(shape, elementSize) : undefined;
  }
  const dims = typeof chunks === "number" ? [chunks] : chunks;
  requireList(dims, "chunks");
  const bounds = limits ?? shape;
  const tooGreat = dims.some((size, d) => {
    const bound = bounds[d];
    return typeof bound === "number" && size > bound;
  });
  if (tooGreat) {
    const text = `${printedShape(dims)} is not compatible with ${printedShape(shape)}`;
    throw plainError("ValueError", `Chunk shape must not be greater than data shape in any dimension. ${text}`);
  }
  if (dims.length !== shape.length) throw plainError("ValueError", '"chunks" must have same rank as dataset shape');
  return dims;
}

/** @throws TypeError for what is not a list of entries. */
function externalEntries({ external }: StorageOptions): readonly ExternalEntry[] {
  if (external === undefined) return [];
  if (typeof external === "string") return [[external, 0, UNLIMITED]];
  if (!Array.isArray(external)) throw plainError("TypeError", `'${typeof external}' object is not iterable`);
  for (const entry of external) {
    if (!Array.isArray(entry) || entry.length !== 3 || typeof entry[0] !== "string") {
      throw plainError("TypeError", "Each external entry must be a tuple of (name, offset, size)");
    }
  }
  return external;
}

const FILL_TIMES = new Map<unknown, number>([
  ["alloc", FILL_TIME_ALLOC],
  ["never", FILL_TIME_NEVER],
  ["ifset", FILL_TIME_IFSET],
]);

function fillTimeOf({ fillTime }: StorageOptions): number | undefined {
  const code = FILL_TIMES.get(fillTime);
  if (fillTime === undefined || code !== undefined) return code;
  const choices = "fill_time must be one of the following choices: 'alloc', 'never' or 'ifset'";
  throw plainError("ValueError", `${choices}, but it is ${String(fillTime)}.`);
}

/**
 * The property list that the options ask for, checked before anything is made.
 *
 * @param shape - Null for a dataset without elements.
 * @throws TypeError, ValueError in h5py's words for options that make no sense or do not go together.
 */
export function creationList(options: StorageOptions, shape: readonly number[] | null, type: Datatype): PropDCID {
  requireFlag(options.trackTimes, "track_times");
  requireFlag(options.trackOrder, "track_order");
  requireFlags(options, "shuffle", "fletcher32", "allowUnknownFilter");
  const given = options.dcpl ?? undefined;
  const dcpl = given === undefined ? h5p.create(h5p.DATASET_CREATE) : expectInstance(given, PropDCID, "dcpl").copy();
  dcpl.setObjTrackTimes(options.trackTimes ?? false);
  if (options.trackOrder ?? h5.getConfig().trackOrder)
    dcpl.setAttrCreationOrder(h5p.CRT_ORDER_TRACKED | h5p.CRT_ORDER_INDEXED);
  if (shape === null || shape.length === 0) {
    checkDimensionless(options, shape === null ? "Empty" : "Scalar");
    return dcpl;
  }
  const limits = maxShapeOf(options, shape);
  if (limits !== null) requireList(limits, "maxshape");
  const chunkDims = chunkDimsOf(options, shape, limits, itemSize(type));
  if (limits !== null && limits.length !== shape.length) {
    throw plainError("ValueError", '"maxshape" must have same rank as dataset shape');
  }
  const compression = compressionOf(options);
  const scaleoffset = checkedScaleoffset(options, type);
  const fillTime = fillTimeOf(options);
  if (fillTime !== undefined) dcpl.setFillTime(fillTime);
  for (const [name, offset, size] of externalEntries(options)) dcpl.setExternal(name, offset, size);
  if (chunkDims === undefined) return dcpl;
  dcpl.setChunk(chunkDims);
  // What a resize brings in is then never left unwritten.
  if (fillTime === undefined) dcpl.setFillTime(FILL_TIME_ALLOC);
  // In h5py's order: what loses digits first, the checksum last.
  if (scaleoffset !== undefined) {
    dcpl.setScaleoffset(type.class === "floating-point" ? h5z.SO_FLOAT_DSCALE : h5z.SO_INT, scaleoffset);
  }
  if (options.shuffle) dcpl.setShuffle();
  if (compression !== undefined) addCompression(dcpl, compression);
  if (options.fletcher32) dcpl.setFletcher32();
  return dcpl;
}

function addCompression(dcpl: PropDCID, { filter, values }: Compression): void {
  if (filter === h5z.FILTER_DEFLATE) dcpl.setDeflate(values[0] as number);
  else if (filter === h5z.FILTER_SZIP) {
    dcpl.setSzip(values[0] === "ec" ? h5z.SZIP_EC_OPTION_MASK : h5z.SZIP_NN_OPTION_MASK, values[1] as number);
  } else dcpl.setFilter(filter, h5z.FLAG_OPTIONAL, values as readonly number[]);
}

/** Whether the options have anything to say about filters, be it that there are none. */
export function hasFilterOption(options: StorageOptions): boolean {
  const { compression, compressionOpts, shuffle, fletcher32, scaleoffset } = options;
  return [compression, compressionOpts, shuffle, fletcher32, scaleoffset].some((option) => option !== undefined);
}

/**
 * Adds the filters of one list to another, for the library to fit to the new dataset.
 *
 * @throws ValueError "Chunked format required for given storage options".
 */
export function addFiltersOf(model: PropDCID, dcpl: PropDCID): void {
  const { filters } = model.values();
  if (filters.length > 0 && dcpl.getLayout() !== CHUNKED) {
    throw plainError("ValueError", "Chunked format required for given storage options");
  }
  for (const { id, flags, clientData } of filters) dcpl.setFilter(id, flags, clientData);
}
