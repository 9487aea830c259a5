/** What a mapping of a virtual dataset must be. C: H5Pdcpl.c, `H5Pset_virtual`; H5Dvirtual.c, `H5D_virtual_check_mapping_…`. */
import { product } from "../base/bits.ts";
import { type RegularSelection, type Selection, selectedCount } from "../engine/selection/selection.ts";
import { blockOfUnlimited } from "../engine/virtual/slices.ts";
import { countsBlocks } from "../engine/virtual/source-name.ts";
import { libraryError, record } from "./api-error.ts";
import type { SpaceID } from "./space-id.ts";

const WHERE = "H5Pset_virtual";

function refuse(outer: "mapping selections" | "mapping entry", text: string) {
  return libraryError([
    record(WHERE, "ARGS", "BADVALUE", `invalid ${outer}`),
    record("H5D_virtual_check_mapping", "ARGS", "BADVALUE", text),
  ]);
}

/** A percent sign must be followed by `b` or another one. */
function checkName(name: string, role: "file" | "dataset"): void {
  if (!/%(?![%b])/.test(name.replace(/%%/g, ""))) return;
  throw libraryError([
    record(WHERE, "PLIST", "CANTSET", `can't parse source ${role} name`),
    record("H5D_virtual_parse_source_name", "ARGS", "BADVALUE", "invalid format specifier"),
  ]);
}

function isUnlimited(selection: Selection): selection is RegularSelection {
  return selection.kind === "regular" && selection.unlimitedDim >= 0;
}

/** Elements of one slice of the unlimited dimension. */
function sliceCount({ joined, unlimitedDim }: RegularSelection): number {
  const sizes = joined.count.map((count, d) => (d === unlimitedDim ? 1 : count * (joined.block[d] as number)));
  return product(sizes);
}

/** @throws ValueError "Invalid mapping selections (…)", "Invalid mapping entry (…)"; RuntimeError for a bad `%`. */
export function checkMapping(virtualSpace: SpaceID, fileName: string, datasetName: string, sourceSpace: SpaceID): void {
  const { selection: here } = virtualSpace;
  const { selection: there } = sourceSpace;
  checkSelections(virtualSpace, sourceSpace);
  checkName(fileName, "file");
  checkName(datasetName, "dataset");
  if (countsBlocks(fileName) || countsBlocks(datasetName)) {
    if (!isUnlimited(here) || isUnlimited(there)) {
      const text = "printf specifier(s) in source name(s) without an unlimited virtual selection and limited source";
      throw refuse("mapping entry", `${text} selection`);
    }
    if (selectedCount(blockOfUnlimited(here, 0)) !== sourceSpace.getSelectNpoints()) {
      const text = "virtual (single block) and source space selections have different numbers of elements";
      throw refuse("mapping entry", text);
    }
  } else if (isUnlimited(here) && !isUnlimited(there)) {
    const text = "unlimited virtual selection, limited source selection, and no printf specifiers in source names";
    throw refuse("mapping entry", text);
  }
}

function checkSelections(virtualSpace: SpaceID, sourceSpace: SpaceID): void {
  const { selection: here } = virtualSpace;
  const { selection: there } = sourceSpace;
  if (here.kind === "points" || there.kind === "points") {
    throw refuse("mapping selections", "point selections not currently supported with virtual datasets");
  }
  if (isUnlimited(here) && isUnlimited(there)) {
    if (sliceCount(here) === sliceCount(there)) return;
    const text = "numbers of elemnts in the non-unlimited dimensions is different for source and virtual spaces";
    throw refuse("mapping selections", text);
  }
  if (isUnlimited(here)) return;
  if (isUnlimited(there) || virtualSpace.getSelectNpoints() !== sourceSpace.getSelectNpoints()) {
    const text = "virtual and source space selections have different numbers of elements";
    throw refuse("mapping selections", text);
  }
}
