/** Elements in memory, as a dataspace selects them: filling, visiting, scattering, gathering. C: `H5Dfill`, `H5Diterate`, … */
import { HDF5Error } from "../base/errors.ts";
import { memorySide } from "../engine/dataset-io/transfer.ts";
import { elements } from "../engine/selection/blocks.ts";
import { selectAll, selectedCount } from "../engine/selection/selection.ts";
import type { Datatype } from "../format/datatype.ts";
import { argumentError, guarded, plainError, record } from "./api-error.ts";
import { expectInstance } from "./arguments.ts";
import { bytesOf, datatypeOfArray } from "./memory-type.ts";
import { requireConversion } from "./require-conversion.ts";
import { SpaceID } from "./space-id.ts";
import type { TypeID } from "./type-id.ts";

/** Conversion of values that no file has a part in. */
const NO_FILE = {
  widths: { sizeOfOffsets: 8, sizeOfLengths: 8 },
  readHeapObject: refuseHeap,
  writeHeapObject: refuseHeap,
} as const;

function refuseHeap(): never {
  throw new HDF5Error("conversion", "no appropriate function for conversion path");
}

/** The datatype of a buffer's elements: `type`, or that of a typed array's. */
function elementType(array: ArrayBufferView, type: TypeID | null): Datatype {
  const datatype = type?.datatype() ?? datatypeOfArray(array);
  if (datatype === undefined) throw plainError("TypeError", "the datatype of the elements must be given");
  return datatype;
}

/** A dataspace whose extent `bytes` hold. */
function selectedIn(where: string, space: SpaceID, bytes: Uint8Array, size: number): SpaceID {
  expectInstance(space, SpaceID, "space");
  const needed = space.getSimpleExtentNpoints() * size;
  if (bytes.length < needed) {
    throw plainError("ValueError", `${where}: a buffer of ${bytes.length} bytes, its dataspace needs ${needed}`);
  }
  return space;
}

/**
 * Puts one value into the selected elements of a buffer.
 *
 * @param fill - One element; null for zeros.
 * @param fillType - Its datatype; default: that of the typed array.
 * @param buffer - Changed in place; it holds the extent of `space`.
 * @param bufferType - The datatype of its elements; default: that of the typed array.
 * @throws RuntimeError "Filling selection failed (…)" when the value does not convert. C: `H5Dfill`.
 */
export function fill(
  fill: ArrayBufferView | null,
  fillType: TypeID | null,
  buffer: ArrayBufferView,
  bufferType: TypeID | null,
  space: SpaceID,
): void {
  const bytes = bytesOf(buffer);
  const type = elementType(buffer, bufferType);
  const { selection } = selectedIn("H5Dfill", space, bytes, type.size);
  guarded(record("H5Dfill", "DATASET", "CANTENCODE", "filling selection failed"), () => {
    const element = new Uint8Array(type.size);
    if (fill !== null) {
      requireConversion(elementType(fill, fillType), type, NO_FILE).convert(bytesOf(fill), 0, element, 0, 1);
    }
    const count = space.getSelectNpoints();
    if (count === 0) return;
    const side = memorySide(type.size, selectAll([count]), bytes, selection);
    // One element over and over.
    side.put(element, 0, 0, 1, count, 0, 1);
  });
}

/** Gets the bytes of an element, a view, and where it is; anything but undefined and null ends the walk. */
export type ElementVisitor<T> = (element: Uint8Array, point: readonly number[]) => T;

/**
 * The selected elements of a buffer, in the order of the selection: the bytes of each, a view to be changed in place, and its
 * coordinates.
 *
 * @param type - The datatype of the elements; default: that of the typed array.
 * @throws ValueError for a dataspace without extent. C: `H5Diterate`.
 */
export function* memoryElements(
  buffer: ArrayBufferView,
  type: TypeID | null,
  space: SpaceID,
): Generator<[element: Uint8Array, point: number[]]> {
  const bytes = bytesOf(buffer);
  const { size } = elementType(buffer, type);
  const { selection } = selectedIn("H5Diterate", space, bytes, size);
  const { shape } = space;
  if (shape === null) throw argumentError("H5Diterate", "ARGS", "BADTYPE", "invalid dataspace");
  const rank = shape.length;
  if (rank === 0) {
    yield [bytes.subarray(0, size), []];
    return;
  }
  const coordinates = elements(selection);
  for (let i = 0; i < coordinates.length; i += rank) {
    const point = Array.from(coordinates.subarray(i, i + rank));
    const position = point.reduce((sum, value, d) => sum * (shape[d] as number) + value, 0);
    yield [bytes.subarray(position * size, (position + 1) * size), point];
  }
}

/** Calls `func` for the selected elements of a buffer until it returns something, which is the result; else null. C: `H5Diterate`. */
export function iterate<T>(
  buffer: ArrayBufferView,
  type: TypeID | null,
  space: SpaceID,
  func: ElementVisitor<T>,
): NonNullable<T> | null {
  for (const [element, point] of memoryElements(buffer, type, space)) {
    const result = func(element, point);
    if (result !== undefined && result !== null) return result;
  }
  return null;
}

/**
 * Distributes elements that come one after the other, in pieces, over the selected ones of a buffer.
 *
 * @param source - Gives pieces until all selected elements have one: whole elements of `type` each.
 * @param type - The datatype of the elements.
 * @throws ValueError for pieces that are empty, too long or not of whole elements; RuntimeError when they end before. C: `H5Dscatter`.
 */
export function scatter(
  source: Iterable<ArrayBufferView>,
  type: TypeID,
  space: SpaceID,
  buffer: ArrayBufferView,
): void {
  const where = "H5Dscatter";
  const bytes = bytesOf(buffer);
  const { size } = type.datatype();
  const { selection } = selectedIn(where, space, bytes, size);
  const count = space.getSelectNpoints();
  if (count === 0) return;
  const side = memorySide(size, selectAll([count]), bytes, selection);
  let position = 0;
  for (const piece of source) {
    const given = bytesOf(piece);
    if (given.length === 0) throw argumentError(where, "ARGS", "BADVALUE", "callback returned a buffer size of 0");
    if (given.length % size !== 0) {
      throw argumentError(where, "ARGS", "BADVALUE", "buffer size is not a multiple of datatype size");
    }
    const length = given.length / size;
    if (position + length > count) {
      throw argumentError(where, "ARGS", "BADVALUE", "callback returned more elements than in selection");
    }
    side.put(given, 0, 0, length, 1, position, 0);
    position += length;
    if (position === count) return;
  }
  throw argumentError(where, "DATASET", "CALLBACK", "callback operator returned failure");
}

/**
 * Collects the selected elements of a buffer into another one, piece by piece if they do not fit.
 *
 * @param target - Filled from its start; what fits is a piece.
 * @param func - Gets each piece, a view of `target`, and ends the walk by returning anything but undefined and null. Without it
 *   all elements must fit.
 * @returns What ended the walk, or null.
 * @throws ValueError when not even one element fits, or not all and there is no `func`. C: `H5Dgather`.
 */
export function gather<T>(
  space: SpaceID,
  buffer: ArrayBufferView,
  type: TypeID,
  target: ArrayBufferView,
  func?: (piece: Uint8Array) => T,
): NonNullable<T> | null {
  const where = "H5Dgather";
  const [bytes, out] = [bytesOf(buffer), bytesOf(target)];
  const { size } = type.datatype();
  const { selection } = selectedIn(where, space, bytes, size);
  const refuse = (text: string) => argumentError(where, "ARGS", "BADVALUE", text);
  if (out.length === 0) throw refuse("destination buffer size is 0");
  const room = Math.floor(out.length / size);
  if (room === 0) throw refuse("destination buffer is not large enough to hold one element");
  const count = selectedCount(selection);
  if (func === undefined && room < count) throw refuse("no callback supplied and destination buffer too small");
  if (count === 0) return null;
  const side = memorySide(size, selectAll([count]), bytes, selection);
  for (let position = 0; position < count; position += room) {
    const length = Math.min(room, count - position);
    side.take(out, 0, 0, length, 1, position, 0);
    const result = func?.(out.subarray(0, length * size));
    if (result !== undefined && result !== null) return result;
  }
  return null;
}
