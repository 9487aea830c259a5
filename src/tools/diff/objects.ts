/** Objects that are compared: datasets, their attributes, links. Reference implementation: h5diff.c, h5diff_dset.c, h5diff_attr.c. */
import { isHdf5Error } from "../../base/errors.ts";
import type { Attribute } from "../../engine/attribute-values.ts";
import { storedBoxes } from "../../engine/dataset-copy.ts";
import { DatasetObject } from "../../engine/dataset-object.ts";
import type { EngineObject } from "../../engine/engine-object.ts";
import type { H5File } from "../../engine/h5-file.ts";
import { compareNames } from "../../engine/names.ts";
import { dereference, type Referenced } from "../../engine/references.ts";
import { elements } from "../../engine/selection/blocks.ts";
import { type Box, boxesOf, boxSelection } from "../../engine/selection/boxes.ts";
import { type Selection, selectRegular } from "../../engine/selection/selection.ts";
import { filterAvailable } from "../../filters/registry.ts";
import { containsType, datatypesEqual } from "../../format/datatype-questions.ts";
import { paddedName } from "../byte-text.ts";
import { completeSubset, type Subset } from "../data/subset.ts";
import { hasData } from "../external-files.ts";
import { type Comparable, canCompare, signName } from "./comparable.ts";
import { type CompareReferences, ElementComparison } from "./elements.ts";
import { compareRegions } from "./regions.ts";
import type { DiffState } from "./state.ts";

/** Bytes of elements compared at a time. */
const BOX_BYTES = 8 << 20;

/** What is compared of two datasets. */
export interface DatasetPair {
  readonly one: DatasetObject;
  readonly two: DatasetObject;
  /** In what is told of the datasets. */
  readonly path1: string;
  readonly path2: string;
  /** In the heading of differences. */
  readonly name1: string;
  readonly name2: string;
  readonly subset?: Subset | undefined;
}

export function baseName(path: string): string {
  return path.replace(/\/+$/, "").split("/").at(-1) ?? "";
}

/** Differences between the elements of two datasets. */
export function compareDatasets(pair: DatasetPair, state: DiffState): number {
  const { one, two, path1, path2 } = pair;
  if (!isReadable(one, path1, state) || !isReadable(two, path2, state)) return 0;
  const first: Comparable = { name: path1, datatype: one.datatype, dataspace: one.dataspace };
  const second: Comparable = { name: path2, datatype: two.datatype, dataspace: two.dataspace };
  let possible = checkStorage(pair, state);
  if (!canCompare(first, second, state)) possible = false;
  if (!possible || !sameSign(first, second, state)) return 0;
  const comparison = new ElementComparison(
    state,
    { file: one.file, datatype: one.datatype, name: pair.name1 },
    { file: two.file, datatype: two.datatype, name: pair.name2 },
    one.dims,
    referenceComparison(one.file, two.file, state),
  );
  if (pair.subset !== undefined) return compareSubset(pair, pair.subset, comparison);
  const isUnwritten = unwrittenBoxes(one, two);
  let found = 0;
  const tile = one.layout.kind === "chunked" ? one.layout.chunkDims : undefined;
  for (const box of boxesOf(one.dims, Math.max(one.elementSize, two.elementSize), BOX_BYTES, tile)) {
    if (isUnwritten(box)) continue;
    const selection = boxSelection(one.dims, box);
    const [bytes1, bytes2] = [one.readBytes(selection), two.readBytes(selection)];
    found = comparison.box(bytes1, bytes2, box, found);
    if (state.isEnough(found)) break;
  }
  return found;
}

/** Data whose filters are not all here is no difference, but the tool fails. C: `h5tools_canreadf`. */
function isReadable(dataset: DatasetObject, path: string, state: DiffState): boolean {
  if (dataset.pipeline?.filters.every(({ id }) => filterAvailable(id)) ?? true) return true;
  if (state.options.verbose) state.warn(`dataset <${path}> cannot be read, a filter is not available`);
  state.failed = true;
  return false;
}

/** Boxes of which neither dataset has any chunk are all fill value, which must be the same one. */
function unwrittenBoxes(one: DatasetObject, two: DatasetObject): (box: Box) => boolean {
  const areChunked = one.layout.kind === "chunked" && two.layout.kind === "chunked";
  const [fill1, fill2] = [one.fill.element, two.fill.element];
  const isSameFill = fill1 === undefined ? fill2 === undefined : fill1.join() === fill2?.join();
  const usesHeap = containsType(one.datatype, ({ class: kind }) => kind === "variable-length" || kind === "reference");
  if (!areChunked || usesHeap || !isSameFill || !datatypesEqual(one.datatype, two.datatype)) return () => false;
  const [stored1, stored2] = [storedBoxes(one), storedBoxes(two)];
  return (box) => !stored1(box) && !stored2(box);
}

function compareSubset({ one, two }: DatasetPair, subset: Subset, comparison: ElementComparison): number {
  const selection = subsetSelection(one.dims, subset);
  const rank = one.dims.length;
  const flat = elements(selection);
  const positions: number[][] = [];
  for (let i = 0; i + rank <= flat.length; i += rank) positions.push(Array.from(flat.subarray(i, i + rank)));
  return comparison.points(one.readBytes(selection), two.readBytes(selection), positions);
}

function subsetSelection(dims: readonly number[], subset: Subset): Selection {
  const { start, stride, count, block } = completeSubset(subset, dims.length);
  return selectRegular(dims, start, count, stride, block);
}

/** Datasets without data are not comparable; virtual ones have theirs elsewhere. */
function checkStorage({ one, two, path1, path2 }: DatasetPair, state: DiffState): boolean {
  if (isFilled(one) && isFilled(two)) return true;
  if (one.layout.kind === "virtual" || two.layout.kind === "virtual") {
    if (state.tellsObstacles) state.write(`Warning: <${path1}> or <${path2}> is a virtual dataset\n`);
    return true;
  }
  state.obstacle(`Not comparable: <${path1}> or <${path2}> is an empty dataset\n`);
  return false;
}

function isFilled(dataset: DatasetObject): boolean {
  return dataset.dataspace.kind !== "null" && hasData(dataset);
}

function sameSign(one: Comparable, two: Comparable, state: DiffState): boolean {
  const [sign1, sign2] = [signName(one.datatype), signName(two.datatype)];
  if (sign1 === sign2) return true;
  state.obstacle(`Not comparable: <${one.name}> has sign ${sign1} and <${two.name}> has sign ${sign2}\n`);
  return false;
}

/** Objects that references name are compared as far as they are datasets, and regions by what they select. */
function referenceComparison(file1: H5File, file2: H5File, state: DiffState): CompareReferences {
  return (kind, bytes1, bytes2, { name1, name2, isPart }) => {
    try {
      const one = dereference(file1, kind, bytes1);
      const two = dereference(file2, kind, bytes2);
      if (one === undefined || two === undefined) return one === two ? 0 : 1;
      if (one.attributeName !== undefined || two.attributeName !== undefined) {
        return compareReferencedAttributes(one, two, name1, name2, state);
      }
      if (one.selection !== undefined || two.selection !== undefined) return compareRegions(one, two, state);
      if (one.object.kind !== two.object.kind) {
        state.write(`Different object types referenced: <${name1}> and <${name2}>`);
        state.notComparable = true;
        return 0;
      }
      if (one.object instanceof DatasetObject && two.object instanceof DatasetObject) {
        const paths = { path1: name1, path2: name2 };
        return compareDatasets({ one: one.object, two: two.object, ...paths, name1, name2 }, state);
      }
      if (state.options.verbose) {
        state.write(`Warning: Comparison not possible of object types referenced: <${name1}> and <${name2}>\n`);
      }
      if (!isPart) state.notComparable = true;
      return 0;
    } catch (error) {
      if (!isHdf5Error(error)) throw error;
      state.failed = true;
      return 0;
    }
  };
}

function compareReferencedAttributes(
  one: Referenced,
  two: Referenced,
  name1: string,
  name2: string,
  state: DiffState,
): number {
  const [first, second] = [one, two].map(({ object, attributeName }) =>
    attributeName === undefined ? undefined : object.attribute(attributeName),
  );
  for (const [i, attribute] of [first, second].entries()) {
    if (attribute !== undefined) continue;
    if (state.options.verbose) state.write(`Warning: Cannot open referenced attribute${i + 1}\n`);
    return 0;
  }
  if (first === undefined || second === undefined) return 0;
  const files = { file1: one.object.file, file2: two.object.file };
  return compareAttribute({ first, second, ...files, name: first.name, path1: name1, path2: name2 }, state);
}

interface AttributePair {
  readonly name: string;
  readonly one: Attribute | undefined;
  readonly two: Attribute | undefined;
}

function attributePairs(one: EngineObject, two: EngineObject): AttributePair[] {
  const byName = (object: EngineObject) => new Map(object.attributes().map((attribute) => [attribute.name, attribute]));
  const [first, second] = [byName(one), byName(two)];
  const names = [...new Set([...first.keys(), ...second.keys()])].sort(compareNames);
  return names.map((name) => ({ name, one: first.get(name), two: second.get(name) }));
}

/** Differences between the attributes of two objects. */
export function compareAttributes(
  one: EngineObject,
  two: EngineObject,
  path1: string,
  path2: string,
  state: DiffState,
): number {
  const { excludedAttributes } = state.options;
  const isExcluded = (name: string) => excludedAttributes.includes(`${path1 === "/" ? "" : path1}/${name}`);
  const pairs = attributePairs(one, two).filter(({ name }) => !isExcluded(name));
  tellAttributes(pairs, state);
  if (pairs.some((pair) => pair.one === undefined || pair.two === undefined)) state.contentsDiffer = true;
  let total = 0;
  for (const { name, one: first, two: second } of pairs) {
    if (first === undefined || second === undefined) continue;
    total += compareAttribute({ first, second, file1: one.file, file2: two.file, name, path1, path2 }, state);
  }
  return total;
}

function tellAttributes(pairs: readonly AttributePair[], state: DiffState): void {
  const { verboseLevel } = state.options;
  if (verboseLevel === 2) {
    state.write(`   obj1   obj2\n ${"-".repeat(38)}\n`);
    for (const { name, one, two } of pairs) state.write(presenceLine(one !== undefined, two !== undefined, name));
  }
  if (verboseLevel < 1) return;
  const only1 = pairs.filter(({ two }) => two === undefined).length;
  const only2 = pairs.filter(({ one }) => one === undefined).length;
  const common = pairs.length - only1 - only2;
  state.write(`Attributes status:  ${common} common, ${only1} only in obj1, ${only2} only in obj2\n`);
}

/** Where something is: a line of a list. */
export function presenceLine(inFirst: boolean, inSecond: boolean, name: string): string {
  const [one, two] = [inFirst ? "x" : " ", inSecond ? "x" : " "];
  return `${one.padStart(5)} ${two.padStart(6)}    ${paddedName(name, 15)}\n`;
}

interface AttributesToCompare {
  readonly first: Attribute;
  readonly second: Attribute;
  readonly file1: H5File;
  readonly file2: H5File;
  readonly name: string;
  readonly path1: string;
  readonly path2: string;
}

function compareAttribute(pair: AttributesToCompare, state: DiffState): number {
  const { first, second, file1, file2, name, path1, path2 } = pair;
  if (!canCompare({ ...first, name }, { ...second, name }, state)) return 0;
  const name1 = `${name} of <${path1}>`;
  const name2 = `${name} of <${path2}>`;
  const told = state.tellsValues;
  if (told) state.write(`attribute: <${name1}> and <${name2}>\n`);
  const comparison = new ElementComparison(
    state,
    { file: file1, datatype: first.datatype, name: name1 },
    { file: file2, datatype: second.datatype, name: name2 },
    first.dataspace.dims,
    referenceComparison(file1, file2, state),
  );
  const { dims } = first.dataspace;
  const found = comparison.box(first.bytes, second.bytes, { origin: dims.map(() => 0), size: dims }, 0);
  if (told) state.found(found);
  else if (found > 0 && !state.options.quiet) {
    state.write(`attribute: <${name1}> and <${name2}>\n`);
    state.found(found);
  }
  return found;
}
