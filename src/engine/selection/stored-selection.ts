/** Between selections of the engine and their stored form. */
import { HDF5Error, UnsupportedError } from "../../base/errors.ts";
import type { StoredRegular, StoredSelection } from "../../format/selection.ts";
import { blocks } from "./blocks.ts";
import type { Bounds } from "./hyperslab-parameters.ts";
import { selectBoxes } from "./hyperslab-spans.ts";
import {
  bounds,
  type RegularSelection,
  type Selection,
  selectAll,
  selectNone,
  selectPoints,
  selectRegular,
} from "./selection.ts";

/** The greatest coordinate of the versions that HDF5 1.8 reads. */
const GREATEST_NARROW = 0xffff_ffff;

/** The selection over an extent. @throws HDF5Error "format" when it is of another rank. */
export function selectionFromStored(stored: StoredSelection, dims: readonly number[]): Selection {
  switch (stored.kind) {
    case "none":
      return selectNone(dims);
    case "all":
      return selectAll(dims);
    case "points":
      requireRank(stored.rank, dims);
      return selectPoints(dims, stored.coordinates);
    case "blocks":
      requireRank(stored.rank, dims);
      return selectBoxes(dims, boxesOf(stored.bounds, stored.rank));
    case "regular":
      requireRank(stored.start.length, dims);
      return selectRegular(dims, stored.start, stored.count, stored.stride, stored.block);
    default:
      return stored satisfies never;
  }
}

function requireRank(rank: number, dims: readonly number[]): void {
  if (rank !== dims.length) {
    throw new HDF5Error(
      "format",
      `rank of serialized selection (${rank}) does not match the dataspace (${dims.length})`,
    );
  }
}

function boxesOf(flat: Float64Array, rank: number): Bounds[] {
  const boxes: Bounds[] = [];
  for (let i = 0; i < flat.length; i += 2 * rank) {
    boxes.push({ low: [...flat.subarray(i, i + rank)], high: [...flat.subarray(i + rank, i + 2 * rank)] });
  }
  return boxes;
}

/**
 * The stored form, in the lowest version that can hold it. An offset is not stored.
 *
 * @throws UnsupportedError for points and irregular blocks beyond 2^32, which need a later version than others read.
 */
export function storedSelectionOf(selection: Selection): StoredSelection {
  switch (selection.kind) {
    case "none":
    case "all":
      return { kind: selection.kind };
    case "points":
      requireNarrow(selection, "point");
      return {
        kind: "points",
        version: 1,
        coordinateSize: 4,
        rank: selection.dims.length,
        coordinates: selection.coordinates,
      };
    case "regular":
      if (selection.unlimitedDim >= 0 || !isNarrow(selection)) return regularForm(selection);
      return blockForm({ ...selection, given: selection.joined });
    case "irregular":
      requireNarrow(selection, "hyperslab");
      return blockForm(selection);
    default:
      return selection satisfies never;
  }
}

function isNarrow(selection: Selection): boolean {
  return bounds({ ...selection, offset: undefined })?.high.every((value) => value <= GREATEST_NARROW) ?? true;
}

function requireNarrow(selection: Selection, kind: string): void {
  if (!isNarrow(selection)) {
    throw new UnsupportedError(`The end of bounding box in ${kind} selection exceeds 2^32`);
  }
}

/** Blocks without a gap are stored as one, but those of the unlimited dimension keep their number: it may stand in names. */
function regularForm({ given, joined, unlimitedDim }: RegularSelection): StoredRegular {
  const chosen = (which: "stride" | "count" | "block"): number[] =>
    joined[which].map((value, d) => (d === unlimitedDim && given.count[d] !== 1 ? (given[which][d] as number) : value));
  const parameters = { start: given.start, stride: chosen("stride"), count: chosen("count"), block: chosen("block") };
  return { kind: "regular", version: 2, coordinateSize: 8, ...parameters };
}

function blockForm(selection: Selection): StoredSelection {
  const rank = selection.dims.length;
  const list = blocks(selection);
  const flat = new Float64Array(2 * rank * list.length);
  list.forEach(({ low, high }, i) => {
    flat.set(low, 2 * rank * i);
    flat.set(high, 2 * rank * i + rank);
  });
  return { kind: "blocks", version: 1, coordinateSize: 4, rank, bounds: flat };
}
