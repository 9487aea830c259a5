/**
 * Selections as they are stored: in region references, in the mappings of virtual datasets, in encoded dataspaces.
 *
 * Specification: Appendix D, "Dataspace Selection Information" (VIII.D). Reference implementation: H5Sselect.c, H5Shyper.c,
 * H5Spoint.c. DIFF: the length of point and hyperslab selections counts the bytes that follow it, see spec-notes/stored-selections.md.
 *
 * | field      | bytes                                              |
 * | ---------- | -------------------------------------------------- |
 * | Type       | 4: 0 none, 1 points, 2 hyperslab, 3 all            |
 * | Version    | 4                                                  |
 * | none, all  | Reserved 4, Length 4 (0)                           |
 * | points 1   | Reserved 4, Length 4, Rank 4, Count 4, coordinates of 4 |
 * | points 2   | Encode Size 1, Rank 4, Count and coordinates of that size |
 * | hyperslab 1 | Reserved 4, Length 4, Rank 4, Count 4, per block all starts then all ends, of 4 |
 * | hyperslab 2 | Flags 1, Length 4, Rank 4, per dimension start, stride, count, block of 8 |
 * | hyperslab 3 | Flags 1, Encode Size 1, Rank 4, then as version 2 or as Count and blocks, of that size |
 */
import { UNLIMITED } from "../base/address.ts";
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";
import { MAX_RANK } from "./dataspace.ts";

/** Bytes of a coordinate in the versions that choose it. */
export type CoordinateSize = 2 | 4 | 8;

export interface StoredPoints {
  readonly kind: "points";
  readonly version: 1 | 2;
  readonly coordinateSize: CoordinateSize;
  readonly rank: number;
  /** Rank numbers a point, one point after the other. */
  readonly coordinates: Float64Array;
}

/** Boxes in any order. */
export interface StoredBlocks {
  readonly kind: "blocks";
  readonly version: 1 | 3;
  readonly coordinateSize: CoordinateSize;
  readonly rank: number;
  /** Per block: rank starts, then rank ends, which are included. */
  readonly bounds: Float64Array;
}

export interface StoredRegular {
  readonly kind: "regular";
  readonly version: 2 | 3;
  readonly coordinateSize: CoordinateSize;
  readonly start: readonly number[];
  readonly stride: readonly number[];
  /** `UNLIMITED` in at most one dimension, as in `block`. */
  readonly count: readonly number[];
  readonly block: readonly number[];
}

export type StoredSelection =
  | { readonly kind: "none" }
  | { readonly kind: "all" }
  | StoredPoints
  | StoredBlocks
  | StoredRegular;

const TYPE = { NONE: 0, POINTS: 1, HYPERSLAB: 2, ALL: 3 } as const;
const REGULAR = 0x01;

function decodeRank(cursor: Cursor): number {
  return cursor.within(1, MAX_RANK, "Rank", cursor.u32("Rank"));
}

function decodeCoordinateSize(cursor: Cursor): CoordinateSize {
  return cursor.version([2, 4, 8], "Encode Size") as CoordinateSize;
}

/** A count or block: all ones stand for unlimited. */
function decodeExtent(cursor: Cursor, size: CoordinateSize, field: string): number {
  cursor.need(size, field);
  const start = cursor.position;
  let ones = true;
  for (let i = 0; i < size; i++) if (cursor.bytes[start + i] !== 0xff) ones = false;
  if (!ones) return cursor.uint(size, field);
  cursor.skip(size, field);
  return UNLIMITED;
}

export function decodeSelection(cursor: Cursor): StoredSelection {
  const type = cursor.u32("Selection Type");
  const version = cursor.u32("Version");
  switch (type) {
    case TYPE.NONE:
    case TYPE.ALL:
      cursor.within(1, 1, "Version", version);
      cursor.skip(8, "Reserved");
      return { kind: type === TYPE.NONE ? "none" : "all" };
    case TYPE.POINTS:
      cursor.within(1, 2, "Version", version);
      return decodePoints(cursor, version as 1 | 2);
    case TYPE.HYPERSLAB:
      cursor.within(1, 3, "Version", version);
      return decodeHyperslab(cursor, version as 1 | 2 | 3);
    default:
      throw cursor.error(`expected 0 to 3, found ${type}`, "Selection Type");
  }
}

/** `count` numbers of one size. */
function decodeNumbers(cursor: Cursor, count: number, size: CoordinateSize, field: string): Float64Array {
  cursor.count(count, size, field);
  const numbers = new Float64Array(count);
  for (let i = 0; i < count; i++) numbers[i] = cursor.uint(size, field);
  return numbers;
}

function decodePoints(cursor: Cursor, version: 1 | 2): StoredPoints {
  const coordinateSize = version === 1 ? 4 : decodeCoordinateSize(cursor);
  if (version === 1) cursor.skip(8, "Length");
  const rank = decodeRank(cursor);
  const count = cursor.uint(coordinateSize, "Num Points");
  if (count === 0) throw cursor.error("a point selection without points", "Num Points");
  const coordinates = decodeNumbers(cursor, count * rank, coordinateSize, "Coordinate");
  return { kind: "points", version, coordinateSize, rank, coordinates };
}

function decodeHyperslab(cursor: Cursor, version: 1 | 2 | 3): StoredBlocks | StoredRegular {
  if (version === 1) {
    cursor.skip(8, "Length");
    return decodeBlocks(cursor, version, 4, decodeRank(cursor));
  }
  const flags = cursor.u8("Flags");
  const regular = (flags & REGULAR) !== 0;
  if (version === 2) {
    if (!regular) throw cursor.error("version 2 of an irregular hyperslab", "Flags");
    cursor.skip(4, "Length");
    return decodeRegular(cursor, version, 8, decodeRank(cursor));
  }
  const coordinateSize = decodeCoordinateSize(cursor);
  const rank = decodeRank(cursor);
  return regular
    ? decodeRegular(cursor, version, coordinateSize, rank)
    : decodeBlocks(cursor, version, coordinateSize, rank);
}

function decodeBlocks(cursor: Cursor, version: 1 | 3, coordinateSize: CoordinateSize, rank: number): StoredBlocks {
  const count = cursor.uint(coordinateSize, "Num Blocks");
  if (count === 0) throw cursor.error("a hyperslab without blocks", "Num Blocks");
  const bounds = decodeNumbers(cursor, count * 2 * rank, coordinateSize, "Block");
  for (let i = 0; i < bounds.length; i += 2 * rank) {
    for (let d = i; d < i + rank; d++) {
      if ((bounds[d] as number) > (bounds[d + rank] as number))
        throw cursor.error("a block ends before it starts", "Block");
    }
  }
  return { kind: "blocks", version, coordinateSize, rank, bounds };
}

function decodeRegular(cursor: Cursor, version: 2 | 3, coordinateSize: CoordinateSize, rank: number): StoredRegular {
  const start: number[] = [];
  const stride: number[] = [];
  const count: number[] = [];
  const block: number[] = [];
  for (let d = 0; d < rank; d++) {
    start.push(cursor.uint(coordinateSize, "Start"));
    stride.push(cursor.uint(coordinateSize, "Stride"));
    count.push(decodeExtent(cursor, coordinateSize, "Count"));
    block.push(decodeExtent(cursor, coordinateSize, "Block"));
  }
  return { kind: "regular", version, coordinateSize, start, stride, count, block };
}

/** Bytes of the selection. */
export function sizeOfSelection(selection: StoredSelection): number {
  switch (selection.kind) {
    case "none":
    case "all":
      return 16;
    case "points": {
      const { version, coordinateSize, coordinates } = selection;
      return (version === 1 ? 20 : 13) + coordinateSize * (1 + coordinates.length);
    }
    case "blocks": {
      const { version, coordinateSize, bounds } = selection;
      return (version === 1 ? 20 : 14) + coordinateSize * (1 + bounds.length);
    }
    case "regular":
      return (selection.version === 2 ? 17 : 14) + 4 * selection.coordinateSize * selection.start.length;
    default:
      return selection satisfies never;
  }
}

/** @throws RangeError for a coordinate that its field cannot hold. */
export function encodeSelection(writer: Writer, selection: StoredSelection): void {
  switch (selection.kind) {
    case "none":
    case "all":
      writer.u32(selection.kind === "none" ? TYPE.NONE : TYPE.ALL);
      writer.u32(1).zeros(8);
      break;
    case "points":
      encodePoints(writer, selection);
      break;
    case "blocks":
      encodeBlocks(writer, selection);
      break;
    case "regular":
      encodeRegular(writer, selection);
      break;
    default:
      selection satisfies never;
  }
}

function encodePoints(writer: Writer, points: StoredPoints): void {
  const { version, coordinateSize, rank, coordinates } = points;
  writer.u32(TYPE.POINTS).u32(version);
  if (version === 1) writer.zeros(4).u32(8 + 4 * coordinates.length);
  else writer.u8(coordinateSize);
  writer.u32(rank).uint(coordinates.length / rank, coordinateSize);
  for (const coordinate of coordinates) writer.uint(coordinate, coordinateSize);
}

function encodeBlocks(writer: Writer, blocks: StoredBlocks): void {
  const { version, coordinateSize, rank, bounds } = blocks;
  writer.u32(TYPE.HYPERSLAB).u32(version);
  if (version === 1) writer.zeros(4).u32(8 + 4 * bounds.length);
  else writer.u8(0).u8(coordinateSize);
  writer.u32(rank).uint(bounds.length / (2 * rank), coordinateSize);
  for (const bound of bounds) writer.uint(bound, coordinateSize);
}

function encodeExtent(writer: Writer, value: number, size: CoordinateSize): void {
  if (value === UNLIMITED) writer.bytes(new Uint8Array(size).fill(0xff));
  else writer.uint(value, size);
}

function encodeRegular(writer: Writer, regular: StoredRegular): void {
  const { version, coordinateSize, start, stride, count, block } = regular;
  writer.u32(TYPE.HYPERSLAB).u32(version).u8(REGULAR);
  if (version === 2) writer.u32(4 + 32 * start.length);
  else writer.u8(coordinateSize);
  writer.u32(start.length);
  for (let d = 0; d < start.length; d++) {
    writer.uint(start[d] as number, coordinateSize).uint(stride[d] as number, coordinateSize);
    encodeExtent(writer, count[d] as number, coordinateSize);
    encodeExtent(writer, block[d] as number, coordinateSize);
  }
}
