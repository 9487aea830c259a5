/**
 * The attributes that dimension scales are made of.
 *
 * Specification: "HDF5 Dimension Scale Specification". Reference implementation: hl/src/H5DS.c.
 *
 * | attribute        | on        | value                                                    |
 * | ---------------- | --------- | -------------------------------------------------------- |
 * | CLASS            | scale     | "DIMENSION_SCALE"                                        |
 * | NAME             | scale     | its name                                                 |
 * | REFERENCE_LIST   | scale     | { dataset: object reference, dimension: int } each use   |
 * | DIMENSION_LIST   | dataset   | a sequence of object references each dimension           |
 * | DIMENSION_LABELS | dataset   | a string each dimension                                  |
 */
import type { Address } from "../base/address.ts";
import { encodeUtf8, isAscii } from "../base/text.ts";
import type { Attribute } from "../engine/attribute-values.ts";
import type { ReferenceValue } from "../engine/conversion/element-decoder.ts";
import { decodeElements } from "../engine/conversion/element-decoder.ts";
import { encodeElements } from "../engine/conversion/element-encoder.ts";
import type { DatasetObject } from "../engine/dataset-object.ts";
import type { Dataspace } from "../format/dataspace.ts";
import type { CompoundType, Datatype } from "../format/datatype.ts";
import { datatypesEqual } from "../format/datatype-questions.ts";
import {
  compound,
  fixedPoint,
  fixedString,
  reference,
  variableSequence,
  variableString,
} from "../format/predefined-datatypes.ts";
import { elementContextOf } from "./element-context.ts";
import { addressOf, objectReference } from "./reference.ts";

const CLASS = "CLASS";
const NAME = "NAME";
const REFERENCE_LIST = "REFERENCE_LIST";
const DIMENSION_LIST = "DIMENSION_LIST";
const DIMENSION_LABELS = "DIMENSION_LABELS";
const SCALE_CLASS = "DIMENSION_SCALE";

/** A use of a scale: the dataset, and the dimension of it. */
export interface ScaleUse {
  readonly dataset: Address;
  readonly dimension: number;
}

const SCALAR: Dataspace = { kind: "scalar", dims: [], maxDims: [], maxDimsStored: false, version: 1 };

function listSpace(length: number): Dataspace {
  return { kind: "simple", dims: [length], maxDims: [length], maxDimsStored: true, version: 1 };
}

function valuesOf(dataset: DatasetObject, attribute: Attribute): unknown[] {
  const count = attribute.bytes.length / attribute.datatype.size;
  return decodeElements(attribute.datatype, attribute.bytes, count, elementContextOf(dataset.file));
}

/** Gives an attribute its value; one of another datatype or length makes room for a new one, as in the C library. */
function put(dataset: DatasetObject, name: string, datatype: Datatype, dataspace: Dataspace, values: unknown[]): void {
  const bytes = encodeElements(datatype, values, elementContextOf(dataset.file));
  const known = dataset.attribute(name);
  if (known?.bytes.length === bytes.length && datatypesEqual(known.datatype, datatype)) {
    dataset.writeAttribute(name, bytes);
    return;
  }
  remove(dataset, name);
  dataset.createAttribute({ name, datatype, dataspace, bytes });
}

function remove(dataset: DatasetObject, name: string): void {
  if (dataset.attribute(name) !== undefined) dataset.deleteAttribute(name);
}

function putText(dataset: DatasetObject, name: string, text: string): void {
  const datatype = fixedString(encodeUtf8(text).length + 1, "null-terminate", isAscii(text) ? "ascii" : "utf-8");
  // Text is made anew even where it fits, as by the C library, and so comes last in the order of creation.
  remove(dataset, name);
  put(dataset, name, datatype, SCALAR, [text]);
}

function textOf(dataset: DatasetObject, name: string): string | undefined {
  const attribute = dataset.attribute(name);
  if (attribute === undefined) return undefined;
  const [value] = valuesOf(dataset, attribute);
  return typeof value === "string" ? value : undefined;
}

export function isScale(dataset: DatasetObject): boolean {
  return textOf(dataset, CLASS) === SCALE_CLASS;
}

export function makeScale(dataset: DatasetObject): void {
  putText(dataset, CLASS, SCALE_CLASS);
}

export function scaleName(dataset: DatasetObject): string | undefined {
  return textOf(dataset, NAME);
}

export function setScaleName(dataset: DatasetObject, name: string): void {
  putText(dataset, NAME, name);
}

export function hasDimensionList(dataset: DatasetObject): boolean {
  return dataset.attribute(DIMENSION_LIST) !== undefined;
}

/** Addresses of the scales of every dimension. */
export function dimensionList(dataset: DatasetObject): Address[][] {
  const attribute = dataset.attribute(DIMENSION_LIST);
  const lists: Address[][] = dataset.dims.map(() => []);
  if (attribute === undefined) return lists;
  valuesOf(dataset, attribute).forEach((list, d) => {
    if (!Array.isArray(list) || lists[d] === undefined) return;
    const addresses = list.map((item: ReferenceValue) => addressOf(dataset.file, item));
    lists[d] = addresses.filter((address) => address !== undefined);
  });
  return lists;
}

/** Stores the scales of every dimension; without any, the attribute goes. */
export function setDimensionList(dataset: DatasetObject, lists: readonly (readonly Address[])[]): void {
  if (lists.every((list) => list.length === 0)) {
    remove(dataset, DIMENSION_LIST);
    return;
  }
  const { widths } = dataset.storage;
  const datatype = variableSequence(reference("object", widths), widths);
  const values = lists.map((list) => list.map((address) => objectReference(dataset.file, address)));
  put(dataset, DIMENSION_LIST, datatype, listSpace(lists.length), values);
}

function referenceListType(dataset: DatasetObject): CompoundType {
  const type = reference("object", dataset.storage.widths);
  // The C library stores its struct as it lies in memory, padding included.
  return compound(
    [
      { name: "dataset", byteOffset: 0, type },
      { name: "dimension", byteOffset: 8, type: fixedPoint(4, true) },
    ],
    16,
  );
}

/** Where a scale is used. */
export function scaleUses(scale: DatasetObject): ScaleUse[] {
  const attribute = scale.attribute(REFERENCE_LIST);
  if (attribute === undefined) return [];
  const uses: ScaleUse[] = [];
  for (const value of valuesOf(scale, attribute)) {
    const { dataset, dimension } = value as { dataset: ReferenceValue; dimension: number };
    const address = addressOf(scale.file, dataset);
    if (address !== undefined) uses.push({ dataset: address, dimension: Number(dimension) });
  }
  return uses;
}

/** Stores where a scale is used; without any use, the attribute goes. */
export function setScaleUses(scale: DatasetObject, uses: readonly ScaleUse[]): void {
  if (uses.length === 0) {
    remove(scale, REFERENCE_LIST);
    return;
  }
  const values = uses.map(({ dataset, dimension }) => ({ dataset: objectReference(scale.file, dataset), dimension }));
  put(scale, REFERENCE_LIST, referenceListType(scale), listSpace(uses.length), values);
}

/** The labels of all dimensions, empty where there is none. */
export function dimensionLabels(dataset: DatasetObject): string[] {
  const attribute = dataset.attribute(DIMENSION_LABELS);
  const values = attribute === undefined ? [] : valuesOf(dataset, attribute);
  return dataset.dims.map((_, d) => (typeof values[d] === "string" ? values[d] : ""));
}

export function setDimensionLabels(dataset: DatasetObject, labels: readonly string[]): void {
  const characterSet = labels.every(isAscii) ? "ascii" : "utf-8";
  const datatype = variableString(characterSet, "null-terminate", dataset.storage.widths);
  put(dataset, DIMENSION_LABELS, datatype, listSpace(labels.length), [...labels]);
}
