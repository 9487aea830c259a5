/**
 * What filters store beside their settings: values that follow from the dataset they are for. C: `can_apply` and `set_local` of
 * `H5Z_class2_t`, in H5Zshuffle.c, H5Znbit.c, H5Zscaleoffset.c, H5Zszip.c, and h5py's LZF filter.
 */
import { product } from "../base/bits.ts";
import { HDF5Error } from "../base/errors.ts";
import type { Datatype, FixedPointType, FloatingPointType } from "../format/datatype.ts";
import type { FilterDescription } from "../format/filter-pipeline.ts";
import {
  FILTER_LZF,
  FILTER_NBIT,
  FILTER_SCALEOFFSET,
  FILTER_SHUFFLE,
  FILTER_SZIP,
  filterAvail,
  SO_FLOAT_DSCALE,
} from "./h5z.ts";

/** The chunk that a filter works on. */
export interface FilteredChunks {
  readonly datatype: Datatype;
  /** In elements. */
  readonly chunkDims: readonly number[];
  /** One element in `datatype`; zeros where none was set, undefined for none at all. */
  readonly fillValue: Uint8Array | undefined;
}

/** The pipeline with all values filled in. @throws HDF5Error in the C library's words for a filter that cannot be applied. */
export function localFilters(filters: readonly FilterDescription[], chunks: FilteredChunks): FilterDescription[] {
  return filters.map((filter) => {
    if (!filter.optional && !filterAvail(filter.id)) {
      throw new HDF5Error("filter", `required filter ${filter.id} is not registered`);
    }
    return { ...filter, clientData: clientDataOf(filter, chunks) };
  });
}

function clientDataOf(filter: FilterDescription, chunks: FilteredChunks): readonly number[] {
  const elements = product(chunks.chunkDims);
  switch (filter.id) {
    case FILTER_SHUFFLE:
      return [chunks.datatype.size];
    case FILTER_LZF:
      return [LZF_REVISION, LZF_VERSION, elements * chunks.datatype.size];
    case FILTER_NBIT:
      return nbitParameters(chunks.datatype, elements);
    case FILTER_SCALEOFFSET:
      return scaleOffsetParameters(filter.clientData, chunks, elements);
    case FILTER_SZIP:
      return szipParameters(filter.clientData, chunks, elements);
    default:
      return filter.clientData;
  }
}

/** Of h5py's filter, and of the library that it uses. */
const LZF_REVISION = 4;
const LZF_VERSION = 0x0105;

const NBIT = { ATOMIC: 1, ARRAY: 2, COMPOUND: 3, OTHER: 4 } as const;

function isNumber(type: Datatype): type is FixedPointType | FloatingPointType {
  return type.class === "fixed-point" || type.class === "floating-point";
}

function isBigEndian(type: FixedPointType | FloatingPointType): boolean {
  return type.byteOrder === "big-endian";
}

/** Count of values, whether there is nothing to leave out, elements of a chunk, then the datatype. */
function nbitParameters(datatype: Datatype, elements: number): number[] {
  const described: number[] = [];
  const top = isNumber(datatype) || datatype.class === "array" || datatype.class === "compound";
  const dense = top ? describeNbit(datatype, described) : true;
  return [3 + described.length, dense ? 1 : 0, elements, ...described];
}

/** Appends the description of a datatype; returns whether all its bits count. */
function describeNbit(type: Datatype, out: number[]): boolean {
  if (isNumber(type)) {
    out.push(NBIT.ATOMIC, type.size, isBigEndian(type) ? 1 : 0, type.bitPrecision, type.bitOffset);
    return type.bitOffset === 0 && type.bitPrecision === 8 * type.size;
  }
  if (type.class === "array") {
    out.push(NBIT.ARRAY, type.size);
    return describeNbit(type.base, out);
  }
  if (type.class === "compound") {
    out.push(NBIT.COMPOUND, type.size, type.members.length);
    let dense = true;
    for (const member of type.members) {
      out.push(member.byteOffset);
      if (!describeNbit(member.type, out)) dense = false;
    }
    return dense;
  }
  out.push(NBIT.OTHER, type.size);
  return true;
}

const SCALE_OFFSET_VALUES = 20;
const SCALE_OFFSET_FILL = 8;

function scaleOffsetParameters(settings: readonly number[], chunks: FilteredChunks, elements: number): number[] {
  const { datatype, fillValue } = chunks;
  if (!isNumber(datatype)) throw new HDF5Error("argument", "datatype class not supported by scaleoffset");
  const [scaleType = SO_FLOAT_DSCALE, scaleFactor = 0] = settings;
  const floating = datatype.class === "floating-point";
  const values = new Array<number>(SCALE_OFFSET_VALUES).fill(0);
  values[0] = scaleType;
  values[1] = scaleFactor;
  values[2] = elements;
  values[3] = floating ? 1 : 0;
  values[4] = datatype.size;
  values[5] = !floating && datatype.signed ? 1 : 0;
  values[6] = isBigEndian(datatype) ? 1 : 0;
  if (fillValue === undefined) return values;
  values[7] = 1;
  // Little-endian, in words of four bytes, whatever the datatype's own order.
  const bytes = isBigEndian(datatype) ? fillValue.slice().reverse() : fillValue;
  bytes.forEach((byte, i) => {
    const word = SCALE_OFFSET_FILL + (i >>> 2);
    if (word < SCALE_OFFSET_VALUES) values[word] = (values[word] as number) + byte * 2 ** (8 * (i & 3));
  });
  return values;
}

const SZIP = { LSB_FIRST: 8, MSB_FIRST: 16, BLOCKS_PER_LINE: 128, PIXELS_PER_LINE: 4096 } as const;
/** Pixels of more bits are taken in whole words. */
const SZIP_WIDEST_ODD = 24;

function szipParameters(settings: readonly number[], chunks: FilteredChunks, elements: number): number[] {
  const { datatype, chunkDims } = chunks;
  const [options = 0, pixelsPerBlock = 0] = settings;
  const precision = "bitPrecision" in datatype ? datatype.bitPrecision : 8 * datatype.size;
  const offset = "bitOffset" in datatype ? datatype.bitOffset : 0;
  let bits = offset === 0 ? precision : 8 * datatype.size;
  if (bits > SZIP_WIDEST_ODD) bits = bits <= 32 ? 32 : 64;
  if (8 * datatype.size > 64) throw new HDF5Error("argument", "invalid datatype size");
  const bigEndian = "byteOrder" in datatype && datatype.byteOrder === "big-endian";
  const mask = (options & ~(SZIP.LSB_FIRST | SZIP.MSB_FIRST)) | (bigEndian ? SZIP.MSB_FIRST : SZIP.LSB_FIRST);
  return [mask, pixelsPerBlock, bits, scanline(chunkDims, elements, pixelsPerBlock)];
}

/** Pixels of one line: a row of the chunk, or more if a row is shorter than a block. */
function scanline(chunkDims: readonly number[], elements: number, pixelsPerBlock: number): number {
  const longest = pixelsPerBlock * SZIP.BLOCKS_PER_LINE;
  const row = chunkDims[chunkDims.length - 1] as number;
  if (row < pixelsPerBlock) {
    if (elements < pixelsPerBlock) {
      throw new HDF5Error("argument", "pixels per block greater than total number of elements in the chunk");
    }
    return Math.min(longest, elements);
  }
  return row <= SZIP.PIXELS_PER_LINE ? Math.min(longest, row) : longest;
}
