/** One mapping of a virtual dataset, and what kind it is. */
import { type FormatError, formatError } from "../../base/errors.ts";
import type { StoredMapping } from "../../format/virtual-mapping-block.ts";
import type { RegularSelection, Selection } from "../selection/selection.ts";
import { selectionFromStored } from "../selection/stored-selection.ts";
import { countsBlocks } from "./source-name.ts";

interface MappingNames {
  /** `.` for the file with the virtual dataset. */
  readonly sourceFile: string;
  readonly sourceDataset: string;
}

/** As many elements here as there. */
export interface FixedMapping extends MappingNames {
  readonly kind: "fixed";
  readonly sourceSelection: Selection;
  readonly virtualSelection: Selection;
}

/** As many slices as the source has. */
export interface GrowingMapping extends MappingNames {
  readonly kind: "growing";
  readonly sourceSelection: RegularSelection;
  readonly virtualSelection: RegularSelection;
}

/** A source for every block, told apart by a number in their names. */
export interface NumberedMapping extends MappingNames {
  readonly kind: "numbered";
  readonly sourceSelection: Selection;
  readonly virtualSelection: RegularSelection;
}

/** Selections of sources are over an extent of the right rank and no size: the source has the true one. */
export type VirtualMapping = FixedMapping | GrowingMapping | NumberedMapping;

function isUnlimited(selection: Selection): selection is RegularSelection {
  return selection.kind === "regular" && selection.unlimitedDim >= 0;
}

/** Dimensions of a stored selection; undefined when it does not tell. */
function rankOfStored(stored: StoredMapping["sourceSelection"]): number | undefined {
  if (stored.kind === "none" || stored.kind === "all") return undefined;
  return stored.kind === "regular" ? stored.start.length : stored.rank;
}

/** @param dims - The extent of the virtual dataset as stored. */
export function mappingFromStored(stored: StoredMapping, dims: readonly number[]): VirtualMapping {
  const { sourceFile, sourceDataset } = stored;
  const unknown = new Array<number>(rankOfStored(stored.sourceSelection) ?? 0).fill(0);
  const sourceSelection = selectionFromStored(stored.sourceSelection, unknown);
  const virtualSelection = selectionFromStored(stored.virtualSelection, dims);
  const names = { sourceFile, sourceDataset };
  if (isUnlimited(virtualSelection)) {
    if (isUnlimited(sourceSelection)) return { kind: "growing", ...names, sourceSelection, virtualSelection };
    if (!countsBlocks(sourceFile) && !countsBlocks(sourceDataset)) throw unmatched("its source has none");
    return { kind: "numbered", ...names, sourceSelection, virtualSelection };
  }
  if (isUnlimited(sourceSelection)) throw unmatched("only its source has one");
  return { kind: "fixed", ...names, sourceSelection, virtualSelection };
}

function unmatched(problem: string): FormatError {
  const structure = "Virtual dataset mapping block";
  return formatError(`a mapping with an unlimited dimension, of which ${problem}`, { structure });
}
