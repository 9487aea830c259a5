/**
 * Client data that a filter gets when a dataset is created: what follows from the datatype, the chunk and the fill value.
 *
 * C: `H5Z_can_apply` and `H5Z_set_local` (H5Z.c), and the callbacks of H5Zshuffle.c, H5Znbit.c, H5Zscaleoffset.c, H5Zszip.c.
 * What the values mean is told with each filter in `src/filters`.
 */
import { product } from "../base/bits.ts";
import { HDF5Error } from "../base/errors.ts";
import type { Filter, FilteredDataset } from "../filters/filter.ts";
import { LZF_ID } from "../filters/lzf.ts";
import { NBIT_ID } from "../filters/nbit.ts";
import { findFilter } from "../filters/registry.ts";
import { SCALE_OFFSET_ID } from "../filters/scale-offset.ts";
import { SHUFFLE_ID } from "../filters/shuffle.ts";
import { SZIP_ID } from "../filters/szip.ts";
import type { ArrayType, CompoundType, Datatype, FixedPointType, FloatingPointType } from "../format/datatype.ts";
import type { FilterDescription } from "../format/filter-pipeline.ts";

/** Revision of h5py's LZF filter, and the version of LibLZF it is made of. */
const LZF_REVISION = 4;
const LZF_VERSION = 0x0105;

type Order = "little-endian" | "big-endian" | "vax" | "none" | "mixed";

function problem(message: string): HDF5Error {
  return new HDF5Error("argument", message);
}

/**
 * The client data of a filter for a new dataset.
 *
 * @param filter - As the creation property list has it; values that the user sets come first in its client data.
 * @param chunkDims - Elements of a chunk in each dimension.
 * @param fillValue - One element in the dataset's datatype; `undefined` for zeros, `null` for an undefined fill value.
 * @throws HDF5Error "argument" in the C library's words when the filter does not suit the dataset.
 */
export function localParameters(
  filter: FilterDescription,
  datatype: Datatype,
  chunkDims: readonly number[],
  fillValue: Uint8Array | null | undefined,
): readonly number[] {
  const { id, optional, clientData } = filter;
  if (datatype.class === "variable-length") {
    if (optional) return clientData;
    throw problem("not suitable for filters");
  }
  const codec = findFilter(id);
  if (codec === undefined) {
    if (optional) return clientData;
    throw problem(`required filter ${id} is not registered`);
  }
  if (codec.canApply !== undefined || codec.setLocal !== undefined) {
    return askFilter(codec, clientData, { datatype, chunkDims, optional });
  }
  switch (id) {
    case SHUFFLE_ID:
      return [datatype.size];
    case NBIT_ID:
      return nbitParameters(datatype, product(chunkDims));
    case SCALE_OFFSET_ID:
      return scaleOffsetParameters(clientData, datatype, product(chunkDims), fillValue);
    case SZIP_ID:
      return szipParameters(filter, datatype, chunkDims);
    case LZF_ID: {
      const [revision, version] = clientData;
      return [revision || LZF_REVISION, version || LZF_VERSION, product(chunkDims) * datatype.size];
    }
    default:
      return clientData;
  }
}

/** What a filter's own callbacks say. An optional one that does not suit stays: it may fail for each chunk. */
function askFilter(codec: Filter, clientData: readonly number[], dataset: FilteredDataset): readonly number[] {
  const suits = codec.canApply?.(clientData, dataset) ?? true;
  if (!suits && !dataset.optional) throw problem("filter parameters not appropriate");
  return codec.setLocal?.(clientData, dataset) ?? clientData;
}

/** The type at the bottom of arrays, enumerations and the like. */
function bottomOf(type: Datatype): Datatype {
  let bottom = type;
  while ("base" in bottom) bottom = bottom.base;
  return bottom;
}

/** C: `H5T_get_order`. */
function orderOf(type: Datatype): Order {
  const bottom = bottomOf(type);
  if (bottom.class === "compound") {
    let order: Order = "none";
    for (const member of bottom.members) {
      const own = orderOf(member.type);
      if (own === "none" || own === order) continue;
      if (order !== "none") return "mixed";
      order = own;
    }
    return order;
  }
  return "byteOrder" in bottom ? bottom.byteOrder : "none";
}

const NBIT = { ATOMIC: 1, ARRAY: 2, COMPOUND: 3, OTHER: 4 } as const;
const MAX_NBIT_PARAMETERS = 4096;

function nbitParameters(datatype: Datatype, elements: number): readonly number[] {
  const values = [0, 0, elements];
  let packs = false;
  // Alone, a type without insignificant bits has no parameters at all.
  if (isNumber(datatype) || datatype.class === "array" || datatype.class === "compound") {
    packs = appendNbitType(values, datatype);
  }
  if (values.length > MAX_NBIT_PARAMETERS) throw problem("datatype needs too many nbit parameters");
  values[0] = values.length;
  values[1] = packs ? 0 : 1;
  return values;
}

function isNumber(type: Datatype): type is FixedPointType | FloatingPointType {
  return type.class === "fixed-point" || type.class === "floating-point";
}

/** Returns whether there is anything to leave out. */
function appendNbitType(values: number[], type: Datatype): boolean {
  if (isNumber(type)) return appendNbitNumber(values, type);
  if (type.class === "array") return appendNbitArray(values, type);
  if (type.class === "compound") return appendNbitCompound(values, type);
  values.push(NBIT.OTHER, type.size);
  return false;
}

function appendNbitNumber(values: number[], type: FixedPointType | FloatingPointType): boolean {
  const { size, byteOrder, bitPrecision, bitOffset } = type;
  if (byteOrder === "vax") throw problem("bad datatype endianness order");
  values.push(NBIT.ATOMIC, size, byteOrder === "big-endian" ? 1 : 0, bitPrecision, bitOffset);
  return bitOffset !== 0 || bitPrecision !== size * 8;
}

function appendNbitArray(values: number[], type: ArrayType): boolean {
  if (type.base.class === "variable-length") throw problem("datatype not supported by nbit");
  values.push(NBIT.ARRAY, type.size);
  return appendNbitType(values, type.base);
}

function appendNbitCompound(values: number[], type: CompoundType): boolean {
  const { members, size } = type;
  values.push(NBIT.COMPOUND, size, members.length);
  let packs = false;
  members.forEach((member, i) => {
    values.push(member.byteOffset);
    if (member.type.class === "variable-length") {
      // As far as the next member, whatever lies between.
      values.push(NBIT.OTHER, ((members[i + 1]?.byteOffset ?? size) - member.byteOffset) >>> 0);
    } else {
      packs = appendNbitType(values, member.type) || packs;
    }
  });
  return packs;
}

const SCALE_OFFSET_VALUES = 20;

function scaleOffsetParameters(
  user: readonly number[],
  datatype: Datatype,
  elements: number,
  fillValue: Uint8Array | null | undefined,
): readonly number[] {
  if (!isNumber(datatype)) throw problem("datatype class not supported by scaleoffset");
  const { size, byteOrder } = datatype;
  if (byteOrder === "vax") throw problem("bad datatype endianness order");
  const floating = datatype.class === "floating-point";
  const values = new Array<number>(SCALE_OFFSET_VALUES).fill(0);
  values[0] = user[0] ?? 0;
  values[1] = user[1] ?? 0;
  values[2] = elements;
  values[3] = floating ? 1 : 0;
  values[4] = size;
  values[5] = datatype.class === "fixed-point" && datatype.signed ? 1 : 0;
  values[6] = byteOrder === "big-endian" ? 1 : 0;
  if (fillValue === null) return values;
  values[7] = 1;
  if (!(floating ? [4, 8] : [1, 2, 4, 8]).includes(size)) throw problem("cannot find matched memory dataype");
  if (fillValue === undefined) return values;
  for (let i = 0; i < size; i++) {
    const byte = fillValue[byteOrder === "big-endian" ? size - 1 - i : i] as number;
    const word = 8 + (i >>> 2);
    values[word] = ((values[word] as number) | (byte << (8 * (i & 3)))) >>> 0;
  }
  return values;
}

const SZIP_LSB = 8;
const SZIP_MSB = 16;
const SZIP_MAX_BLOCKS_PER_SCANLINE = 128;
const SZIP_MAX_PIXELS_PER_SCANLINE = 4096;

/** What keeps szip from a datatype. An optional filter is still set up if that works, and left out when chunks are written. */
function szipObstacle(datatype: Datatype): string | undefined {
  const bits = datatype.size * 8;
  if (bits > 32 && bits !== 64) return "invalid datatype size";
  const order = orderOf(datatype);
  return order === "little-endian" || order === "big-endian" ? undefined : "invalid datatype endianness order";
}

function szipParameters(
  { clientData, optional }: FilterDescription,
  datatype: Datatype,
  chunkDims: readonly number[],
): readonly number[] {
  const obstacle = szipObstacle(datatype);
  if (obstacle !== undefined && !optional) throw problem(obstacle);
  const [mask = 0, pixelsPerBlock = 0] = clientData;
  const bottom = bottomOf(datatype);
  if (bottom.class === "compound") throw problem(obstacle ?? "operation not defined for specified datatype");
  const order = orderOf(datatype);
  if (order !== "little-endian" && order !== "big-endian") throw problem(obstacle ?? "bad datatype endianness order");
  const scanline = szipScanline(chunkDims, pixelsPerBlock);
  if (scanline === undefined) {
    throw problem(obstacle ?? "pixels per block greater than total number of elements in the chunk");
  }
  const orderBit = order === "big-endian" ? SZIP_MSB : SZIP_LSB;
  return [
    (mask & ~(SZIP_LSB | SZIP_MSB)) | orderBit,
    pixelsPerBlock,
    szipBitsPerPixel(datatype.size * 8, bottom),
    scanline,
  ];
}

/** Precision, as long as it starts at bit 0; beyond 24 bits only whole words are coded. */
function szipBitsPerPixel(elementBits: number, bottom: Datatype): number {
  let bits = "bitPrecision" in bottom ? bottom.bitPrecision : elementBits;
  if (bits < elementBits && "bitOffset" in bottom && bottom.bitOffset !== 0) bits = elementBits;
  if (bits > 24 && bits <= 32) return 32;
  return bits > 32 && bits <= 64 ? 64 : bits;
}

/** The fastest dimension of the chunk; where a block is longer, the chunk as one line. */
function szipScanline(chunkDims: readonly number[], pixelsPerBlock: number): number | undefined {
  const longest = pixelsPerBlock * SZIP_MAX_BLOCKS_PER_SCANLINE;
  const fastest = chunkDims.at(-1) ?? 1;
  if (fastest >= pixelsPerBlock) {
    return fastest <= SZIP_MAX_PIXELS_PER_SCANLINE ? Math.min(longest, fastest) : longest;
  }
  const elements = product(chunkDims);
  return elements < pixelsPerBlock ? undefined : Math.min(longest, elements);
}
