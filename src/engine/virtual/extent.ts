/**
 * How large a virtual dataset is whose mappings grow with their sources.
 *
 * Reference implementation: H5Dvirtual.c, `H5D__virtual_set_extent_unlim`, `H5D_virtual_update_min_dims`.
 */
import { bounds } from "../selection/selection.ts";
import type { NumberedMapping, VirtualMapping } from "./mapping.ts";
import { blockOfUnlimited, extentOfSlices, slicesBelow } from "./slices.ts";
import { sourceName } from "./source-name.ts";

/** What a growing virtual dataset shows. C: `H5Pset_virtual_view`, `H5Pset_virtual_printf_gap`. */
export interface VirtualView {
  /** "first-missing" ends with the shortest source, "last-available" with the longest. */
  readonly view: "first-missing" | "last-available";
  /** Missing sources in a row of a numbered series that are taken for a gap and not for its end. */
  readonly printfGap: number;
}

/** C: the defaults of a dataset access property list. */
export const DEFAULT_VIRTUAL_VIEW: VirtualView = { view: "last-available", printfGap: 0 };

/** Current dims of a source; undefined when it is missing. */
export type SourceDims = (file: string, dataset: string) => readonly number[] | undefined;

/**
 * The current extent.
 *
 * @param dims - The extent as stored, which holds for dimensions in which nothing grows.
 */
export function virtualExtent(
  dims: readonly number[],
  mappings: readonly VirtualMapping[],
  view: VirtualView,
  sourceDims: SourceDims,
): readonly number[] {
  const sizes = new Array<number | undefined>(dims.length).fill(undefined);
  const shortest = view.view === "first-missing";
  for (const mapping of mappings) {
    if (mapping.kind === "fixed") continue;
    const d = mapping.virtualSelection.unlimitedDim;
    const size =
      mapping.kind === "growing" ? growingSize(mapping, shortest, sourceDims) : numberedSize(mapping, view, sourceDims);
    const known = sizes[d];
    if (known === undefined || (shortest ? size < known : size > known)) sizes[d] = size;
  }
  return dims.map((stored, d) => {
    const size = sizes[d];
    if (size === undefined) return stored;
    return shortest ? size : Math.max(size, leastSize(mappings, d));
  });
}

function growingSize(
  mapping: Extract<VirtualMapping, { kind: "growing" }>,
  trailing: boolean,
  sourceDims: SourceDims,
): number {
  const { sourceSelection, virtualSelection } = mapping;
  const found = sourceDims(sourceName(mapping.sourceFile, 0), sourceName(mapping.sourceDataset, 0));
  const size = found?.[sourceSelection.unlimitedDim];
  if (size === undefined) return 0;
  return extentOfSlices(virtualSelection, slicesBelow(sourceSelection, size), trailing);
}

function numberedSize(mapping: NumberedMapping, { view, printfGap }: VirtualView, sourceDims: SourceDims): number {
  const gap = view === "first-missing" ? 0 : printfGap;
  let end = 0;
  for (let block = 0; block <= end + gap; block++) {
    const found = sourceDims(sourceName(mapping.sourceFile, block), sourceName(mapping.sourceDataset, block));
    if (found !== undefined) end = block + 1;
  }
  if (end === 0) return 0;
  const { virtualSelection } = mapping;
  const d = virtualSelection.unlimitedDim;
  if (view === "first-missing") return bounds(blockOfUnlimited(virtualSelection, end))?.low[d] ?? 0;
  return (bounds(blockOfUnlimited(virtualSelection, end - 1))?.high[d] ?? -1) + 1;
}

/** What the mappings that do not grow in a dimension need of it. */
function leastSize(mappings: readonly VirtualMapping[], d: number): number {
  let least = 0;
  for (const { virtualSelection } of mappings) {
    if (virtualSelection.kind === "regular" && virtualSelection.unlimitedDim === d) continue;
    if (virtualSelection.kind === "all" || virtualSelection.kind === "none") continue;
    least = Math.max(least, (bounds(virtualSelection)?.high[d] ?? -1) + 1);
  }
  return least;
}
