/** New datasets, linked or not, for whoever has a datatype and an extent with or without identifiers of them. */
import { createAlike, createDataset } from "../engine/create-object.ts";
import { allocationTimeOf, type DatasetOptions, isSameSpace } from "../engine/dataset-creation.ts";
import type { DatasetObject } from "../engine/dataset-object.ts";
import { GroupObject } from "../engine/group-object.ts";
import type { H5File } from "../engine/h5-file.ts";
import { isPlainName } from "../engine/names.ts";
import { type Selection, selectAll } from "../engine/selection/selection.ts";
import type { Dataspace } from "../format/dataspace.ts";
import type { Datatype } from "../format/datatype.ts";
import { elementsInterchangeable } from "../format/datatype-questions.ts";
import { withWidths } from "../format/datatype-version.ts";
import { argumentError, record, wrapError } from "./api-error.ts";
import { DatasetID } from "./dataset-id.ts";
import { type CreationRequest, creationRequest } from "./dataset-plist.ts";
import type { LocationID, Place } from "./location-id.ts";
import { createLinked } from "./new-link.ts";
import { joinPath } from "./places.ts";
import type { PropDAID } from "./prop-dapl.ts";
import type { PropDCID } from "./prop-dcpl.ts";
import type { PropLCID } from "./prop-links.ts";

export interface CreationLists {
  readonly dcpl: PropDCID | null;
  readonly lcpl: PropLCID | null;
  readonly dapl: PropDAID | null;
}

/** Where the datatype comes from, if that is to be told. */
type TypeOrigin = Required<Pick<DatasetOptions, "isConstantType" | "committedTypeAddress">>;

const CANNOT_CREATE = record("H5Dcreate2", "DATASET", "CANTINIT", "unable to create dataset");
const OWN_TYPE: TypeOrigin = { isConstantType: false, committedTypeAddress: undefined };

/** @throws ValueError "Unable to create dataset (…)" with what `make` throws. */
export function createNamed(
  loc: LocationID,
  name: string | null,
  { lcpl, dapl }: CreationLists,
  make: (file: H5File) => DatasetObject,
): DatasetID {
  if (name === "") throw argumentError("H5Dcreate2", "ARGS", "BADVALUE", "name parameter cannot be an empty string");
  try {
    return new DatasetID(createLinked(loc.location(), name, lcpl, make), dapl);
  } catch (error) {
    throw wrapError(CANNOT_CREATE, error);
  }
}

/** A dataset of a datatype that is not committed. Heap objects of a fill value are staged by the caller. */
export function createOfType(
  loc: LocationID,
  name: string | null,
  datatype: Datatype,
  extent: Dataspace,
  lists: CreationLists,
): DatasetID {
  return createNamed(loc, name, lists, (file) => newDataset(file, datatype, extent, lists.dcpl, OWN_TYPE));
}

/** What was made once, and can be made again. */
export interface RepeatedDataset {
  /** Of the contents, as the file has it. */
  readonly datatype: Datatype;
  /** All of the extent. */
  readonly selection: Selection;
  /** Those that the file knows from making the last one. */
  readonly options: DatasetOptions;
}

/**
 * A dataset like one that was made, with its contents, packed and of its datatype.
 *
 * @returns Undefined where the way is not short: nothing has happened then.
 */
export function createLikeLast(
  place: Place,
  name: string,
  { datatype, selection, options }: RepeatedDataset,
  bytes: Uint8Array,
): DatasetID | undefined {
  const { file, object: group, path } = place;
  const { engine } = file;
  if (!isPlainName(name) || !(group instanceof GroupObject) || group.file !== engine || !engine.writable)
    return undefined;
  let id: DatasetID;
  try {
    if (group.link(name) !== undefined) return undefined;
    const object = createAlike(engine, options, datatype);
    group.insertFreeLink(name, object);
    id = new DatasetID({ file, object, path: joinPath(path, name) });
  } catch (error) {
    throw wrapError(CANNOT_CREATE, error);
  }
  try {
    if (!id.writeFirst(bytes, datatype)) id.writePacked(selection, bytes, datatype);
    return id;
  } catch (error) {
    id.close();
    throw error;
  }
}

export function newDataset(
  file: H5File,
  datatype: Datatype,
  dataspace: Dataspace,
  dcpl: PropDCID | null,
  origin: TypeOrigin,
): DatasetObject {
  return createDataset(file, optionsFor(file, datatype, dataspace, dcpl, origin));
}

/** The same object for what was asked for last, so that the engine sees at once that the next dataset is like it. */
function optionsFor(
  file: H5File,
  given: Datatype,
  dataspace: Dataspace,
  dcpl: PropDCID | null,
  { isConstantType, committedTypeAddress }: TypeOrigin,
): DatasetOptions {
  const datatype = withWidths(given, file.storage.widths);
  const request = creationRequest(dcpl, datatype, file);
  const last = lastOf.get(request);
  if (last !== undefined && committedTypeAddress === undefined && last.datatype === datatype) {
    if (last.isConstantType === isConstantType && isSameSpace(last.dataspace, dataspace)) return last;
  }
  const options = { ...request, isConstantType, committedTypeAddress, datatype, dataspace };
  if (committedTypeAddress === undefined) lastOf.set(request, options);
  return options;
}

/**
 * What a dataset that was just made by {@link createOfType} needs to be made again; undefined where its contents are not stored
 * as they were given.
 */
export function repeated(
  id: DatasetID,
  datatype: Datatype,
  extent: Dataspace,
  dcpl: PropDCID,
): RepeatedDataset | undefined {
  const { file, datatype: stored } = id.location().object;
  if (!elementsInterchangeable(datatype, stored)) return undefined;
  const options = optionsFor(file, datatype, extent, dcpl, OWN_TYPE);
  if (options.layout.kind !== "contiguous" || allocationTimeOf(options) !== "late") return undefined;
  return { datatype: stored, selection: selectAll(extent.dims), options };
}

/** What was last made as a request asks. */
const lastOf = new WeakMap<CreationRequest, DatasetOptions>();
