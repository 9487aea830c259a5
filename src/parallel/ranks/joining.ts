/** The files of ranks joined by virtual datasets, which every version of the C library since 1.10 reads. */

import { UNLIMITED } from "../../base/address.ts";
import { product } from "../../base/bits.ts";
import { HDF5Error } from "../../base/errors.ts";
import type { OptionNames } from "../../base/known-options.ts";
import type { IndexArguments } from "../../engine/selection/index-arguments.ts";
import { slice } from "../../engine/selection/index-arguments.ts";
import { numpySelection } from "../../engine/selection/numpy-selection.ts";
import {
  type Selection,
  selectAll,
  selectBox,
  selectedCount,
  selectRegular,
} from "../../engine/selection/selection.ts";
import type { Datatype } from "../../format/datatype.ts";
import { datatypesEqual } from "../../format/datatype-questions.ts";
import type { FileID } from "../../lowlevel/file-id.ts";
import * as h5d from "../../lowlevel/h5d.ts";
import * as h5f from "../../lowlevel/h5f.ts";
import * as h5p from "../../lowlevel/h5p.ts";
import * as h5s from "../../lowlevel/h5s.ts";
import type { PropDCID } from "../../lowlevel/prop-dcpl.ts";
import { SpaceID } from "../../lowlevel/space-id.ts";
import { typeIdOf } from "../../lowlevel/type-wrap.ts";
import { requireKnown } from "../known-options.ts";
import { asSet, commonElements, elementsWithout, selectionText } from "./overlap.ts";
import { numberedFileName, rankFileName } from "./rank-part.ts";
import { shareOf } from "./shares.ts";

/** One dataset made of those of all ranks. */
export interface JoinedDataset {
  /** Its path. */
  readonly dataset: string;
  /** The path in each rank's file. Default: the same. */
  readonly source?: string;
  /**
   * Its shape, in elements. Each rank then has its share (`shareOf`) of dimension `axis`, or what `place` says. Left
   * out, the datasets of the ranks follow each other along that dimension, as long as they are.
   */
  readonly shape?: readonly number[];
  /** The dimension along which the ranks' parts follow each other. Default 0. */
  readonly axis?: number;
  /** Where a rank's dataset is in the whole, as for `Dataset.write`: as many elements. With `shape` only. */
  readonly place?: (rank: number) => IndexArguments;
  /** A list to start from: for a fill value, which stands where a file is missing. */
  readonly dcpl?: PropDCID;
}

/** Which datasets are joined, of whose files. */
export interface JoinOptions {
  /** How many ranks there are. */
  readonly size: number;
  /** What the joined file will have; groups on the way are made. */
  readonly datasets: readonly JoinedDataset[];
  /** The file of a rank. Default {@link rankFileName}. Files in the folder of the joining one may move together with it. */
  readonly fileOf?: (rank: number) => string;
  /**
   * What becomes of elements of files that are not there, or not yet: `"refuse"` (default) makes no file, `"fill"` has them
   * read as the fill value, until the files come. They need a `shape`.
   */
  readonly missing?: "refuse" | "fill";
  /**
   * One mapping with a counting name (`data.rank-%b.h5`) in place of one for each rank, so that more files may join later.
   * All parts must have the same shape, and the default names. Default false.
   */
  readonly numbered?: boolean;
}

/** A rank's dataset, or why there is none. */
const JOIN_OPTIONS: OptionNames<JoinOptions> = {
  size: true,
  datasets: true,
  fileOf: true,
  missing: true,
  numbered: true,
};

const JOINED_DATASET: OptionNames<JoinedDataset> = {
  dataset: true,
  source: true,
  shape: true,
  axis: true,
  place: true,
  dcpl: true,
};

interface Part {
  readonly rank: number;
  readonly dims: readonly number[] | undefined;
  readonly datatype: Datatype | undefined;
  readonly problem: string | undefined;
}

/** A dataset, all of it known and checked. */
interface Joined {
  readonly dataset: string;
  readonly source: string;
  readonly dims: readonly number[];
  readonly axis: number;
  readonly datatype: Datatype;
  readonly dcpl: PropDCID;
  /** By rank: where its elements are, and the shape of its dataset. */
  readonly places: readonly { readonly selection: Selection; readonly dims: readonly number[] }[];
  /** The one mapping that stands for those of all ranks, where it is asked for. */
  readonly numbered: { readonly whole: SpaceID; readonly part: SpaceID } | undefined;
}

/**
 * Makes a file with virtual datasets that show those of all ranks. Everything is checked before: datatypes and shapes, that no
 * two ranks have the same element, and that every element is somebody's.
 *
 * @param path - A file of that name is replaced.
 * @throws HDF5Error "state" for files or datasets that are missing, with their ranks; "argument" for parts that differ in
 *   datatype, have another shape than their place, overlap or leave a gap.
 */
export function joinRankFiles(path: string, options: JoinOptions): void {
  requireKnown(options, JOIN_OPTIONS, "joinRankFiles");
  for (const dataset of options.datasets) requireKnown(dataset, JOINED_DATASET, "joinRankFiles");
  const joined = options.datasets.map((dataset) => plan(path, dataset, options));
  const file = h5f.create(path);
  try {
    for (const each of joined) create(file, path, each, options);
  } finally {
    file.close();
  }
}

function fileNameOf(path: string, { fileOf }: JoinOptions, rank: number): string {
  return fileOf?.(rank) ?? rankFileName(path, rank);
}

function partOf(file: string, source: string, rank: number): Part {
  let opened: FileID | undefined;
  try {
    opened = h5f.open(file, h5f.ACC_RDONLY);
    const id = h5d.open(opened, source);
    const { dims, datatype } = id.location().object;
    id.close();
    return { rank, dims, datatype, problem: undefined };
  } catch (error) {
    if (!(error instanceof HDF5Error)) throw error;
    return { rank, dims: undefined, datatype: undefined, problem: `rank ${rank}: ${file}: ${error.message}` };
  } finally {
    opened?.close();
  }
}

function plan(path: string, wanted: JoinedDataset, options: JoinOptions): Joined {
  const { dataset, source = dataset, axis = 0, dcpl = h5p.create(h5p.DATASET_CREATE) } = wanted;
  const parts = Array.from({ length: options.size }, (_, rank) =>
    partOf(fileNameOf(path, options, rank), source, rank),
  );
  const problems = parts.flatMap(({ problem }) => problem ?? []);
  const datatype = commonDatatype(dataset, parts);
  if (datatype === undefined || (problems.length > 0 && (options.missing !== "fill" || wanted.shape === undefined))) {
    throw new HDF5Error("state", `${dataset}: ${problems.join("; ")}`, { path });
  }
  const dims = wanted.shape ?? extentOf(dataset, parts, axis);
  if (!(axis >= 0 && axis < dims.length)) throw new HDF5Error("argument", `${dataset}: no dimension ${axis}`, { path });
  const places = placesOf(wanted, dims, axis, parts);
  checkCover(dataset, dims, places);
  const numbered = options.numbered ? numberedMapping(wanted, dims, axis, places, options) : undefined;
  return { dataset, source, dims, axis, datatype, dcpl, places, numbered };
}

function commonDatatype(dataset: string, parts: readonly Part[]): Datatype | undefined {
  let common: Part | undefined;
  for (const part of parts) {
    if (part.datatype === undefined) continue;
    common ??= part;
    if (common.datatype === undefined || datatypesEqual(common.datatype, part.datatype)) continue;
    throw new HDF5Error("argument", `${dataset}: ranks ${common.rank} and ${part.rank} have it in different datatypes`);
  }
  return common?.datatype;
}

/** Of parts one behind the other. */
function extentOf(dataset: string, parts: readonly Part[], axis: number): readonly number[] {
  const [first, ...rest] = parts.map(({ dims }) => dims ?? []);
  const dims = [...(first ?? [])];
  rest.forEach((part, i) => {
    const fits = part.length === dims.length && part.every((size, d) => d === axis || size === dims[d]);
    if (!fits) {
      const shapes = `(${dims.join(", ")}) and (${part.join(", ")})`;
      throw new HDF5Error("argument", `${dataset}: ranks 0 and ${i + 1} have shapes that do not fit: ${shapes}`);
    }
    dims[axis] = (dims[axis] ?? 0) + (part[axis] ?? 0);
  });
  return dims;
}

function placesOf(
  { dataset, shape, place }: JoinedDataset,
  dims: readonly number[],
  axis: number,
  parts: readonly Part[],
): Joined["places"] {
  let next = 0;
  return parts.map((part) => {
    const { rank } = part;
    let args: IndexArguments;
    if (place !== undefined && shape !== undefined) args = place(rank);
    else {
      const own = shape === undefined ? (part.dims?.[axis] ?? 0) : undefined;
      const { start, stop } =
        own === undefined ? shareOf(dims[axis] ?? 0, { rank, size: parts.length }) : { start: next, stop: next + own };
      next = stop;
      args = dims.map((_, d) => (d === axis ? slice(start, stop) : null));
    }
    const { selection, selectedShape } = numpySelection(dims, args);
    const partDims = part.dims ?? selectedShape;
    if (product(partDims) !== selectedCount(selection)) {
      const problem = `(${partDims.join(", ")}) for ${selectionText(asSet(selection))}`;
      throw new HDF5Error("argument", `${dataset}: the dataset of rank ${rank} does not fit its place: ${problem}`);
    }
    return { selection, dims: partDims };
  });
}

/** @throws HDF5Error "argument" when places overlap, or not every element has one. */
function checkCover(dataset: string, dims: readonly number[], places: Joined["places"]): void {
  const sets = places.map(({ selection }) => asSet(selection));
  sets.forEach((mine, rank) => {
    sets.slice(0, rank).forEach((other, before) => {
      const both = commonElements(other, mine);
      if (both === undefined) return;
      throw new HDF5Error("argument", `${dataset}: ranks ${before} and ${rank} both have ${selectionText(both)}`);
    });
  });
  let left: Selection | undefined = asSet(selectAll(dims));
  for (const set of sets) if (left !== undefined) left = elementsWithout(left, set);
  if (left !== undefined && selectedCount(left) > 0) {
    throw new HDF5Error("argument", `${dataset}: no rank has ${selectionText(left)}`);
  }
}

/** As a mapping names it: by its name alone where it lies in the same folder. */
function nameInMapping(path: string, file: string): string {
  const folderEnd = (text: string): number => Math.max(text.lastIndexOf("/"), text.lastIndexOf("\\")) + 1;
  const at = folderEnd(file);
  return file.slice(0, at) === path.slice(0, folderEnd(path)) ? file.slice(at) : file;
}

function create(file: FileID, path: string, joined: Joined, options: JoinOptions): void {
  const { dataset, source, dims, datatype, places } = joined;
  const dcpl = joined.dcpl.copy();
  dcpl.setLayout(h5d.VIRTUAL);
  const escaped = source.replaceAll("%", "%%");
  const maxDims: (number | null)[] = [...dims];
  if (joined.numbered !== undefined) {
    maxDims[joined.axis] = null;
    const { whole, part } = joined.numbered;
    dcpl.setVirtual(whole, nameInMapping(path, numberedFileName(path)), escaped, part);
  } else {
    places.forEach((place, rank) => {
      if (selectedCount(place.selection) === 0) return;
      const name = nameInMapping(path, fileNameOf(path, options, rank)).replaceAll("%", "%%");
      const whole = new SpaceID(h5s.createSimple(dims).extent, place.selection);
      dcpl.setVirtual(whole, name, escaped, h5s.createSimple(place.dims));
    });
  }
  const lcpl = h5p.create(h5p.LINK_CREATE);
  lcpl.setCreateIntermediateGroup(true);
  h5d.create(file, dataset, typeIdOf(datatype), h5s.createSimple(dims, maxDims), dcpl, lcpl).close();
}

/** Block after block along the axis, each the whole dataset of a rank. */
function numberedMapping(
  { dataset, place }: JoinedDataset,
  dims: readonly number[],
  axis: number,
  places: Joined["places"],
  { fileOf }: JoinOptions,
): Joined["numbered"] {
  const [first] = places;
  const along = first?.dims[axis] ?? 1;
  const block = dims.map((size, d) => (d === axis ? along : size));
  const alike = places.every(
    (each) => each.dims.length === block.length && each.dims.every((size, d) => size === block[d]),
  );
  if (first === undefined || !alike || fileOf !== undefined || place !== undefined) {
    const problem = "counting names need parts of one shape, one behind the other, in files of the default names";
    throw new HDF5Error("argument", `${dataset}: ${problem}`);
  }
  const start = dims.map(() => 0);
  const count = dims.map((_, d) => (d === axis ? UNLIMITED : 1));
  const stride = dims.map((_, d) => (d === axis ? along : 1));
  const extent = h5s.createSimple(
    dims,
    dims.map((size, d) => (d === axis ? null : size)),
  ).extent;
  const whole = new SpaceID(extent, selectRegular(dims, start, count, stride, block));
  return { whole, part: new SpaceID(h5s.createSimple(first.dims).extent, selectBox(first.dims, start, first.dims)) };
}
