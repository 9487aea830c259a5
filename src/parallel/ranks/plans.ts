/** What ranks declare that they will write, and the check that it goes together. */
import type { Address } from "../../base/address.ts";
import { HDF5Error, NotFoundError } from "../../base/errors.ts";
import { DatasetObject } from "../../engine/dataset-object.ts";
import { inPlaceProblem, requireAllocated } from "../../engine/in-place-writing.ts";
import { blocks } from "../../engine/selection/blocks.ts";
import { selectBoxes } from "../../engine/selection/hyperslab-spans.ts";
import type { IndexArguments } from "../../engine/selection/index-arguments.ts";
import { numpySelection } from "../../engine/selection/numpy-selection.ts";
import { type Bounds, type Selection, selectAll, selectNone, selectRegular } from "../../engine/selection/selection.ts";
import type { FileID } from "../../lowlevel/file-id.ts";
import * as h5d from "../../lowlevel/h5d.ts";
import { asSet, commonElements, selectionText, unionOf } from "./overlap.ts";

/** Elements of a dataset. */
export interface PlannedWrite {
  /** Path of the dataset in the file. */
  readonly dataset: string;
  /** As for `Dataset.write`. Default: everything. */
  readonly selection?: IndexArguments;
}

/** Everything that one rank writes. */
export type WritePlan = readonly PlannedWrite[];

/** A planned write as a file has it. */
export interface ResolvedWrite {
  /** Path of the dataset in the file. */
  readonly dataset: string;
  /** Of the dataset's object header. */
  readonly address: Address;
  /** Without an order. */
  readonly selection: Selection;
}

/** @throws HDF5Error "not-found", or in h5py's words for a selection that makes no sense, such as one outside the dataset. */
export function resolvePlan(file: FileID, plan: WritePlan): ResolvedWrite[] {
  return plan.map(({ dataset, selection }) => {
    const object = datasetOf(file, dataset);
    const { kind, dims } = object.dataspace;
    // Nothing outside of the extent: as h5py, it refuses that itself.
    const target = numpySelection(kind === "null" ? null : dims, selection);
    return { dataset, address: object.address, selection: asSet(target.selection) };
  });
}

function datasetOf(file: FileID, path: string): DatasetObject {
  const id = h5d.open(file, path);
  try {
    const { object } = id.location();
    if (object instanceof DatasetObject) return object;
    throw new NotFoundError("not a dataset", { path });
  } finally {
    id.close();
  }
}

/** @throws HDF5Error "read-only" with the reason when what is planned cannot be written in place. */
export function requireInPlacePlan(file: FileID, writes: readonly ResolvedWrite[]): void {
  for (const { dataset, selection } of writes) {
    const object = datasetOf(file, dataset);
    const problem = inPlaceProblem(object);
    if (problem !== undefined) {
      throw new HDF5Error("read-only", `${dataset} cannot be written by several ranks: ${problem}`, { path: dataset });
    }
    requireAllocated(object, selection);
  }
}

/** Two ranks that plan to write the same elements. */
export interface PlanConflict {
  readonly dataset: string;
  readonly ranks: readonly [number, number];
  /** The elements as text, such as `[0:4, 8]`. */
  readonly elements: string;
}

/** What of one rank's plan another's has too. */
export function conflictsBetween(
  first: readonly ResolvedWrite[],
  second: readonly ResolvedWrite[],
  ranks: readonly [number, number],
): PlanConflict[] {
  const conflicts: PlanConflict[] = [];
  for (const mine of first) {
    for (const other of second) {
      if (mine.address !== other.address) continue;
      const both = commonElements(mine.selection, other.selection);
      if (both !== undefined) conflicts.push({ dataset: mine.dataset, ranks, elements: selectionText(both) });
    }
  }
  return conflicts;
}

/** @throws HDF5Error "argument" that names the ranks, the dataset and the elements. */
export function refuseConflicts(conflicts: readonly PlanConflict[]): void {
  if (conflicts.length === 0) return;
  const texts = conflicts.map(({ dataset, ranks, elements }) => {
    return `ranks ${ranks[0]} and ${ranks[1]} both write ${dataset} ${elements}`;
  });
  throw new HDF5Error("argument", texts.join("; "));
}

/**
 * Checks that plans go together: every selection lies within its dataset and can be written in place, and no two ranks write
 * the same element. Of a file that is open for writing, changes are flushed before; no element is written.
 *
 * @param file - Handle of the file, open in any mode: `file.id` of a `File`.
 * @param plans - That of rank 0, of rank 1, and so on.
 * @throws HDF5Error "argument" when plans overlap, which names the ranks, the dataset and the elements; "read-only" for what
 *   would change metadata; as `Dataset.write` for a selection that makes no sense.
 */
export function checkPlans(file: FileID, plans: readonly WritePlan[]): void {
  const { engine } = file.openFile.shared;
  // What is still to be written has no place in the file that ranks could write to.
  if (engine.writable) engine.flush();
  const resolved = plans.map((plan) => resolvePlan(file, plan));
  for (const writes of resolved) requireInPlacePlan(file, writes);
  const conflicts = resolved.flatMap((mine, rank) => {
    return resolved.slice(0, rank).flatMap((other, before) => conflictsBetween(other, mine, [before, rank]));
  });
  refuseConflicts(conflicts);
}

/** What may be written of each dataset. */
export function ownElements(writes: readonly ResolvedWrite[]): Map<Address, Selection> {
  const own = new Map<Address, Selection>();
  for (const { address, selection } of writes) {
    own.set(address, unionOf(selection.dims, [own.get(address) ?? selectNone(selection.dims), selection]));
  }
  return own;
}

/** A planned write as text can carry it. */
export interface StoredWrite {
  readonly dataset: string;
  readonly address: Address;
  readonly dims: readonly number[];
  readonly elements:
    | "all"
    | {
        readonly start: readonly number[];
        readonly stride: readonly number[];
        readonly count: readonly number[];
        readonly block: readonly number[];
      }
    | { readonly boxes: readonly Bounds[] };
}

export function storedWrite({ dataset, address, selection }: ResolvedWrite): StoredWrite {
  const { dims } = selection;
  switch (selection.kind) {
    case "all":
      return { dataset, address, dims, elements: "all" };
    case "regular":
      return { dataset, address, dims, elements: selection.joined };
    default:
      return { dataset, address, dims, elements: { boxes: selection.kind === "irregular" ? blocks(selection) : [] } };
  }
}

export function writeFromStored({ dataset, address, dims, elements }: StoredWrite): ResolvedWrite {
  if (elements === "all") return { dataset, address, selection: asSet(selectAll(dims)) };
  if ("boxes" in elements) {
    return {
      dataset,
      address,
      selection: elements.boxes.length === 0 ? selectNone(dims) : selectBoxes(dims, elements.boxes),
    };
  }
  const { start, stride, count, block } = elements;
  return { dataset, address, selection: selectRegular(dims, start, count, stride, block) };
}
