/**
 * Selections as references and virtual dataset mappings store them.
 *
 * Specification: VII, "Appendix D: Encoding for Dataspace and Reference". Reference implementation: H5Sselect.c,
 * H5Shyper.c, H5Spoint.c (`deserialize`).
 */
import { UNLIMITED } from "../base/address.ts";
import type { Cursor } from "../base/cursor.ts";
import { selectBoxes } from "../engine/selection/hyperslab-spans.ts";
import { type Selection, selectAll, selectNone, selectPoints, selectRegular } from "../engine/selection/selection.ts";

const NONE = 0;
const POINTS = 1;
const HYPERSLABS = 2;
const ALL = 3;
const REGULAR = 0x01;

/** Reads a selection over an extent of `dims`; where that is not known, one of the selection's rank takes its place. */
export function decodeRegion(cursor: Cursor, known: readonly number[] | undefined): Selection {
  const type = cursor.u32("Selection Type");
  const version = cursor.u32("Version");
  const dims = known ?? [];
  switch (type) {
    case NONE:
    case ALL:
      cursor.skip(8, "Reserved");
      return type === NONE ? selectNone(dims) : selectAll(dims);
    case POINTS:
      return decodePoints(cursor, version, known);
    case HYPERSLABS:
      return decodeHyperslab(cursor, version, known);
    default:
      throw cursor.error(`unknown selection type ${type}`, "Selection Type");
  }
}

/** C: `H5S_MAX_RANK`. */
const MAX_RANK = 32;

function extentOfRank(cursor: Cursor, known: readonly number[] | undefined): readonly number[] {
  const rank = cursor.u32("Rank");
  if (rank === 0 || rank > MAX_RANK) throw cursor.error(`${rank} is not from 1 to ${MAX_RANK}`, "Rank");
  const dims = known ?? new Array<number>(rank).fill(0);
  if (rank !== dims.length) throw cursor.error(`${rank} where the dataset has ${dims.length} dimensions`, "Rank");
  return dims;
}

function encodeSize(cursor: Cursor): number {
  const width = cursor.u8("Encoding Size");
  if (width !== 2 && width !== 4 && width !== 8) throw cursor.error(`${width} is not 2, 4 or 8`, "Encoding Size");
  return width;
}

function decodePoints(cursor: Cursor, version: number, known: readonly number[] | undefined): Selection {
  let width = 4;
  if (version === 1) cursor.skip(8, "Reserved");
  else if (version === 2) width = encodeSize(cursor);
  else throw cursor.error(`unknown version ${version} of a point selection`, "Version");
  const dims = extentOfRank(cursor, known);
  const rank = dims.length;
  const count = cursor.uint(width, "Number of Points");
  cursor.need(count * rank * width, "Coordinates");
  const coordinates = new Float64Array(count * rank);
  for (let i = 0; i < coordinates.length; i++) coordinates[i] = cursor.uint(width, "Coordinate");
  return selectPoints(dims, coordinates);
}

function decodeHyperslab(cursor: Cursor, version: number, known: readonly number[] | undefined): Selection {
  let width = 4;
  let isRegular = false;
  if (version === 1) {
    cursor.skip(8, "Reserved");
  } else if (version === 2) {
    isRegular = (cursor.u8("Flags") & REGULAR) !== 0;
    cursor.skip(4, "Length");
    width = 8;
  } else if (version === 3) {
    isRegular = (cursor.u8("Flags") & REGULAR) !== 0;
    width = encodeSize(cursor);
  } else {
    throw cursor.error(`unknown version ${version} of a hyperslab selection`, "Version");
  }
  const dims = extentOfRank(cursor, known);
  return isRegular ? decodeRegular(cursor, width, dims) : decodeBlocks(cursor, width, dims);
}

/** All ones means unlimited, in counts and blocks. */
function coordinate(cursor: Cursor, width: number, field: string): number {
  const low = width === 8 ? cursor.u64big(field) : BigInt(cursor.uint(width, field));
  if (low === (1n << BigInt(8 * width)) - 1n) return UNLIMITED;
  if (low > BigInt(Number.MAX_SAFE_INTEGER)) throw cursor.error(`${low} is above 2^53 - 1`, field);
  return Number(low);
}

function decodeRegular(cursor: Cursor, width: number, dims: readonly number[]): Selection {
  const start: number[] = [];
  const stride: number[] = [];
  const count: number[] = [];
  const block: number[] = [];
  for (let d = 0; d < dims.length; d++) {
    start.push(coordinate(cursor, width, "Start"));
    stride.push(coordinate(cursor, width, "Stride"));
    count.push(coordinate(cursor, width, "Count"));
    block.push(coordinate(cursor, width, "Block"));
  }
  return selectRegular(dims, start, count, stride, block);
}

function decodeBlocks(cursor: Cursor, width: number, dims: readonly number[]): Selection {
  const rank = dims.length;
  const count = cursor.uint(width, "Number of Blocks");
  cursor.need(count * 2 * rank * width, "Blocks");
  const boxes = Array.from({ length: count }, () => {
    const low = Array.from({ length: rank }, () => cursor.uint(width, "Block Start"));
    const high = Array.from({ length: rank }, () => cursor.uint(width, "Block End"));
    return { low, high };
  });
  return selectBoxes(dims, boxes);
}
