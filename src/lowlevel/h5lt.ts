/** Datasets and attributes in one call each. C: `H5LT`, the "lite" interface of the high-level library. */
import { decodeElements } from "../engine/conversion/element-decoder.ts";
import type { H5File } from "../engine/h5-file.ts";
import type { Datatype } from "../format/datatype.ts";
import { argumentError } from "./api-error.ts";
import { expectInstance, type Name, type Size, toName } from "./arguments.ts";
import type { DatasetID } from "./dataset-id.ts";
import { type Elements, withElements } from "./element-buffer.ts";
import { elementContextOf } from "./element-context.ts";
import { create } from "./h5d.ts";
import { existsByName } from "./h5o.ts";
import { ALL, createSimple } from "./h5s.ts";
import { groupAt, linkExists } from "./link-operations.ts";
import { type ElementsInfo, oneString, typeOfText } from "./lite-attributes.ts";
import type { LocationID } from "./location-id.ts";
import type { NumericArray } from "./memory-type.ts";
import { CHAR, DOUBLE, FLOAT, INT, LONG, memoryTypeOf, type NativeKind, type Numbers, SHORT } from "./native-kinds.ts";
import type { SpaceID } from "./space-id.ts";
import { TypeID } from "./type-id.ts";
import { typeIdOf } from "./type-wrap.ts";
import { withDataset } from "./with-dataset.ts";

export type { Elements } from "./element-buffer.ts";
/** Opens bytes in memory as a file. C: `H5LTopen_file_image`. */
export { FILE_IMAGE_OPEN_RW, openFileImage } from "./h5f.ts";
export { dtypeToText, LANG_C, LANG_DDL, LANG_FORTRAN, LANG_NO, textToDtype } from "./h5lt-text.ts";
export * from "./lite-attributes.ts";
export type { Numbers } from "./native-kinds.ts";

function fileOf(loc: LocationID): H5File {
  return loc.location().file.engine;
}

/** Makes a dataset and, with data, writes all of it. */
export function makeAndWrite(
  loc: LocationID,
  name: Name,
  space: SpaceID,
  type: TypeID,
  data: Elements | null,
  memoryType: Datatype,
): void {
  const dataset = create(loc, name, type, space);
  try {
    if (data === null) return;
    withElements(fileOf(dataset), memoryType, data, (bytes) => dataset.write(ALL, ALL, bytes, typeIdOf(memoryType)));
  } finally {
    dataset.close();
  }
}

/**
 * Makes a dataset of `type`, contiguous, and writes it.
 *
 * @param dims - Elements a dimension; none for a scalar.
 * @param data - Elements of `type`, packed in memory or as values in row-major order; `null` leaves the dataset unwritten.
 * @throws ValueError "Unable to create dataset (…)" when there is something of that name. C: `H5LTmake_dataset`.
 */
export function makeDataset(
  loc: LocationID,
  name: Name,
  dims: readonly Size[],
  type: TypeID,
  data: Elements | null,
): void {
  expectInstance(type, TypeID, "type");
  makeAndWrite(loc, name, createSimple(dims), type, data, type.datatype());
}

/** Makes a scalar dataset of one string of its own length, NUL-terminated. C: `H5LTmake_dataset_string`. */
export function makeDatasetString(loc: LocationID, name: Name, value: string): void {
  const type = typeOfText(value);
  makeAndWrite(loc, name, createSimple([]), typeIdOf(type), [value], type);
}

/** A function that makes a dataset of numbers of a kind. */
function datasetMaker(kind: NativeKind<NumericArray>) {
  const type = typeIdOf(kind.datatype);
  return (loc: LocationID, name: Name, dims: readonly Size[], data: Numbers | null): void => {
    const memoryType = data === null ? kind.datatype : memoryTypeOf(kind, data);
    makeAndWrite(loc, name, createSimple(dims), type, data, memoryType);
  };
}

/** Makes a dataset of 8-bit integers. C: `H5LTmake_dataset_char`. */
export const makeDatasetChar = datasetMaker(CHAR);
/** Makes a dataset of 16-bit integers. C: `H5LTmake_dataset_short`. */
export const makeDatasetShort = datasetMaker(SHORT);
/** Makes a dataset of 32-bit integers. C: `H5LTmake_dataset_int`. */
export const makeDatasetInt = datasetMaker(INT);
/** Makes a dataset of 64-bit integers. C: `H5LTmake_dataset_long`. */
export const makeDatasetLong = datasetMaker(LONG);
/** Makes a dataset of 32-bit floats. C: `H5LTmake_dataset_float`. */
export const makeDatasetFloat = datasetMaker(FLOAT);
/** Makes a dataset of 64-bit floats. C: `H5LTmake_dataset_double`. */
export const makeDatasetDouble = datasetMaker(DOUBLE);

function elementsOf(dataset: DatasetID): number {
  return dataset.getSpace().getSimpleExtentNpoints();
}

/** Reads a whole dataset as `type` into `array`. C: `H5LTread_dataset`. */
export function readDataset(loc: LocationID, name: Name, type: TypeID, array: ArrayBufferView): void {
  expectInstance(type, TypeID, "type");
  withDataset(loc, name, (dataset) => dataset.read(ALL, ALL, array, type));
}

/** A dataset of one string. @throws ValueError for another dataset. C: `H5LTread_dataset_string`. */
export function readDatasetString(loc: LocationID, name: Name): string {
  return withDataset(loc, name, (dataset) => {
    const type = dataset.getType().datatype();
    const bytes = new Uint8Array(elementsOf(dataset) * type.size);
    dataset.read(ALL, ALL, bytes, typeIdOf(type));
    return oneString(
      decodeElements(type, bytes, elementsOf(dataset), elementContextOf(dataset.location().object.file)),
    );
  });
}

/** A function that reads a whole dataset as numbers of a kind. */
function datasetReader<A extends NumericArray>(kind: NativeKind<A>) {
  const type = typeIdOf(kind.datatype);
  return (loc: LocationID, name: Name): A =>
    withDataset(loc, name, (dataset) => {
      const values = kind.arrayOf(elementsOf(dataset));
      dataset.read(ALL, ALL, values, type);
      return values;
    });
}

/** A whole dataset as 8-bit integers. C: `H5LTread_dataset_char`. */
export const readDatasetChar = datasetReader(CHAR);
/** A whole dataset as 16-bit integers. C: `H5LTread_dataset_short`. */
export const readDatasetShort = datasetReader(SHORT);
/** A whole dataset as 32-bit integers. C: `H5LTread_dataset_int`. */
export const readDatasetInt = datasetReader(INT);
/** A whole dataset as 64-bit integers. C: `H5LTread_dataset_long`. */
export const readDatasetLong = datasetReader(LONG);
/** A whole dataset as 32-bit floats. C: `H5LTread_dataset_float`. */
export const readDatasetFloat = datasetReader(FLOAT);
/** A whole dataset as 64-bit floats. C: `H5LTread_dataset_double`. */
export const readDatasetDouble = datasetReader(DOUBLE);

/** Dimensions. C: `H5LTget_dataset_ndims`. */
export function getDatasetNdims(loc: LocationID, name: Name): number {
  return withDataset(loc, name, (dataset) => dataset.rank);
}

/** Dims, class and size of elements of a dataset. @throws KeyError when there is none. C: `H5LTget_dataset_info`. */
export function getDatasetInfo(loc: LocationID, name: Name): ElementsInfo {
  return withDataset(loc, name, (dataset) => {
    const type = dataset.getType();
    return { dims: dataset.shape ?? [], typeClass: type.getClass(), typeSize: type.getSize() };
  });
}

/** Whether the group itself has a link of that name, to whatever; paths are not followed. C: `H5LTfind_dataset`. */
export function findDataset(loc: LocationID, name: Name): boolean {
  const group = groupAt(loc.location(), ".");
  return group.linkNames("name").includes(toName(name));
}

/**
 * Whether each component of a path is a link and, but for the last, leads to an object.
 *
 * A component "." is no link, except that the path "." is the location, and a path may begin with "./". Behind a dangling
 * link anything goes unless the object is asked for.
 *
 * @param checkObjectValid - The last one must lead to an object, too.
 * @throws ValueError for an empty path. C: `H5LTpath_valid`.
 */
export function pathValid(loc: LocationID, path: Name, checkObjectValid: boolean): boolean {
  const text = toName(path);
  if (text === "/" || text === ".") return true;
  if (text === "") throw argumentError("H5LTpath_valid", "ARGS", "BADVALUE", "no path");
  if (text.startsWith(".//")) return false;
  const components = text
    .replace(/^\.\//, "")
    .split("/")
    .filter((name) => name !== "");
  if (components.length === 0) return false;
  let prefix = text.startsWith("/") ? "/" : "";
  const start = loc.location();
  for (const [i, component] of components.entries()) {
    if (component === ".") return false;
    prefix += component;
    if (!linkExists(start, prefix)) return false;
    const isLast = i === components.length - 1;
    if ((!isLast || checkObjectValid) && !existsByName(loc, prefix)) return !checkObjectValid;
    prefix += "/";
  }
  return true;
}
