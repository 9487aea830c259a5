/** New objects of an open file; they live until closed unless a group gets a link to them. */
import type { Address } from "../base/address.ts";
import type { Datatype } from "../format/datatype.ts";
import { usesHeap } from "../format/datatype-questions.ts";
import { allocationTimeOf, createDatasetHeader, type DatasetContext, type DatasetOptions } from "./dataset-creation.ts";
import { DatasetObject } from "./dataset-object.ts";
import { DatatypeObject } from "./datatype-object.ts";
import type { EngineObject } from "./engine-object.ts";
import { GroupObject } from "./group-object.ts";
import type { H5File } from "./h5-file.ts";
import { findHeapRoom } from "./heap-room.ts";
import {
  createDatatypeHeader,
  createGroupHeader,
  type GroupContext,
  type GroupOptions,
  type ObjectOptions,
} from "./object-creation.ts";

/** Its header waits to be written, and is found with what waits. */
function added<T extends EngineObject>(object: T): T {
  object.file.addUnlinked(object);
  return object;
}

/** The file, with the bounds that hold for an object. */
function contextOf(file: H5File, { bounds }: ObjectOptions): GroupContext & DatasetContext {
  if (bounds === undefined) return file;
  const { storage, sharedMessages, globalHeap, groupRanks, datasetsWithoutAttributes } = file;
  return { storage, sharedMessages, globalHeap, groupRanks, datasetsWithoutAttributes, ...bounds };
}

/** C: `H5Gcreate_anon`. */
export function createGroup(file: H5File, options: GroupOptions = {}): GroupObject {
  file.requireWritable();
  return added(new GroupObject(file, createGroupHeader(contextOf(file, options), options)));
}

/** C: `H5Tcommit_anon`. */
export function createDatatype(file: H5File, datatype: Datatype, options: ObjectOptions = {}): DatatypeObject {
  file.requireWritable();
  return added(new DatatypeObject(file, createDatatypeHeader(contextOf(file, options), datatype, options)));
}

/** Nobody gets a dataset whose datatype could not be committed. */
function nameTypeOrAbandon(dataset: DatasetObject, commit: () => Address): void {
  try {
    dataset.nameType(commit());
  } catch (error) {
    dataset.giveUpType();
    dataset.file.abandon([dataset.address]);
    throw error;
  }
}

/** Nobody gets a dataset whose space could not be filled. */
function allocateOrAbandon(dataset: DatasetObject): void {
  try {
    dataset.allocateNow();
  } catch (error) {
    dataset.file.abandon([dataset.address]);
    throw error;
  }
}

/**
 * One more dataset like one that was made of the same options: contiguous, its space allocated late, of a datatype that keeps
 * nothing in the global heap and is not committed.
 *
 * @param datatype - As the file has it.
 */
export function createAlike(file: H5File, options: DatasetOptions, datatype: Datatype): DatasetObject {
  file.requireWritable();
  file.reclaimSpace();
  return added(new DatasetObject(file, createDatasetHeader(contextOf(file, options), options), datatype));
}

/**
 * A dataset without a link. C: `H5Dcreate_anon`.
 *
 * @throws HDF5Error "argument" in the C library's words for options that do not go together.
 */
export function createDataset(file: H5File, options: DatasetOptions): DatasetObject {
  file.requireWritable();
  file.reclaimSpace();
  // Mappings of virtual datasets, and fill values of variable length, lie in the global heap.
  if (options.layout.kind === "virtual" || usesHeap(options.datatype)) findHeapRoom(file);
  const dataset = added(new DatasetObject(file, createDatasetHeader(contextOf(file, options), options)));
  const { committedTypeAddress } = options;
  if (typeof committedTypeAddress === "function") nameTypeOrAbandon(dataset, committedTypeAddress);
  else if (committedTypeAddress !== undefined) file.addReference(committedTypeAddress);
  if (allocationTimeOf(options) === "early") allocateOrAbandon(dataset);
  return dataset;
}
