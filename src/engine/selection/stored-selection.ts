/** Between selections of the engine and their stored form. */
import { UNLIMITED } from "../../base/address.ts";
import { HDF5Error } from "../../base/errors.ts";
import {
  chosenVersion,
  isAtLeast,
  requireVersion,
  type VersionBounds,
  versionOfBound,
} from "../../format/library-version.ts";
import type { CoordinateSize, StoredRegular, StoredSelection } from "../../format/selection.ts";
import { blockCount, blocks } from "./blocks.ts";
import type { Bounds } from "./hyperslab-parameters.ts";
import { selectBoxes } from "./hyperslab-spans.ts";
import {
  bounds as boundsOf,
  type HyperslabSelection,
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

/** From so many blocks on a regular hyperslab is shorter as such than block by block. */
const BLOCKS_WORTH_A_PATTERN = 4;

/**
 * The stored form that the C library chooses in a file of these bounds. An offset is not stored.
 *
 * C: `H5S__point_get_version_enc_size`, `H5S__hyper_get_version_enc_size`.
 *
 * @throws HDF5Error "argument" in the C library's words when it needs a later version than the high bound allows: points
 * and irregular blocks beyond 2^32 need that of 1.12, unlimited selections and regular blocks beyond 2^32 that of 1.10.
 */
export function storedSelectionOf(selection: Selection, bounds: VersionBounds): StoredSelection {
  switch (selection.kind) {
    case "none":
    case "all":
      return { kind: selection.kind };
    case "points": {
      const { coordinates } = selection;
      const version = chosenVersion("points", isNarrow(selection) ? 1 : 2, bounds) as 1 | 2;
      const coordinateSize = version === 1 ? 4 : sizeFor([coordinates.length, ...greatest(selection)]);
      return { kind: "points", version, coordinateSize, rank: selection.dims.length, coordinates };
    }
    case "regular":
    case "irregular": {
      const version = hyperslabVersion(selection, bounds);
      requireVersion("hyperslab", version, bounds);
      if (selection.kind === "regular" && version > 1) return regularForm(selection, version as 2 | 3);
      return blockForm(selection, version as 1 | 3);
    }
    default:
      return selection satisfies never;
  }
}

function hyperslabVersion(selection: HyperslabSelection, { lowBound }: VersionBounds): number {
  const regular = selection.kind === "regular";
  const least = versionOfBound("hyperslab", lowBound);
  if (regular && selection.unlimitedDim >= 0) return Math.max(2, least);
  if (isAtLeast(lowBound, "v112")) return least;
  const count = blockCount(joinedBlocks(selection));
  if (count > GREATEST_NARROW || !isNarrow(selection)) return regular ? 2 : 3;
  return regular && count >= BLOCKS_WORTH_A_PATTERN ? least : 1;
}

/** The greatest coordinate of each dimension; none of an empty selection. */
function greatest(selection: Selection): readonly number[] {
  return boundsOf({ ...selection, offset: undefined })?.high ?? [];
}

function isNarrow(selection: Selection): boolean {
  return greatest(selection).every((value) => value <= GREATEST_NARROW);
}

/** The narrowest field for these numbers; all ones stay free to stand for unlimited. */
function sizeFor(numbers: Iterable<number>): CoordinateSize {
  let size: CoordinateSize = 2;
  for (const value of numbers) {
    if (value >= GREATEST_NARROW) return 8;
    if (value >= 0xffff) size = 4;
  }
  return size;
}

/** Blocks without a gap are stored as one, but those of the unlimited dimension keep their number: it may stand in names. */
function regularForm({ given, joined, unlimitedDim }: RegularSelection, version: 2 | 3): StoredRegular {
  const chosen = (which: "stride" | "count" | "block"): number[] =>
    joined[which].map((value, d) => (d === unlimitedDim && given.count[d] !== 1 ? (given[which][d] as number) : value));
  const parameters = { start: given.start, stride: chosen("stride"), count: chosen("count"), block: chosen("block") };
  const finite = Object.values(parameters)
    .flat()
    .filter((value) => value !== UNLIMITED);
  return { kind: "regular", version, coordinateSize: version === 2 ? 8 : sizeFor(finite), ...parameters };
}

/** With blocks that adjoin as one. */
function joinedBlocks(selection: HyperslabSelection): HyperslabSelection {
  return selection.kind === "regular" ? { ...selection, given: selection.joined } : selection;
}

function blockForm(selection: HyperslabSelection, version: 1 | 3): StoredSelection {
  const rank = selection.dims.length;
  const list = blocks(joinedBlocks(selection));
  const flat = new Float64Array(2 * rank * list.length);
  list.forEach(({ low, high }, i) => {
    flat.set(low, 2 * rank * i);
    flat.set(high, 2 * rank * i + rank);
  });
  const coordinateSize = version === 1 ? 4 : sizeFor([list.length, ...greatest(selection)]);
  return { kind: "blocks", version, coordinateSize, rank, bounds: flat };
}
