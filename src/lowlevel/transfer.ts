/** Arguments of reading and writing: which memory, of which datatype, and what is selected at both ends. */
import { HDF5Error } from "../base/errors.ts";
import type { Conversion } from "../engine/conversion/conversion.ts";
import { findConversion } from "../engine/conversion/convert.ts";
import type { ElementContext } from "../engine/conversion/element-context.ts";
import { readConverted, writeConverted } from "../engine/dataset-io/transfer.ts";
import { readTransfer, writeTransfer } from "../engine/dataset-io/typed-transfer.ts";
import type { DatasetObject } from "../engine/dataset-object.ts";
import { isWithinExtent, type Selection, selectAll, selectNone, withExtent } from "../engine/selection/selection.ts";
import { clipToExtent } from "../engine/selection/unlimited.ts";
import type { Datatype } from "../format/datatype.ts";
import { libraryError, plainError, record } from "./api-error.ts";
import { expectInstance } from "./arguments.ts";
import { elementContextOf, withStaging, writingContextOf } from "./element-context.ts";
import { ALL } from "./h5s.ts";
import { bytesOf, datatypeOfArray } from "./memory-type.ts";
import { SpaceID } from "./space-id.ts";
import { type TransferSettings, withSettings } from "./transfer-settings.ts";
import type { TypeID } from "./type-id.ts";

/** Stands for a whole dataspace. */
export type SpaceArgument = SpaceID | null;

/** A buffer's bytes and the datatype of its elements. */
export interface MemoryBuffer {
  readonly bytes: Uint8Array;
  readonly datatype: Datatype;
}

function isNumber(type: Datatype): boolean {
  return type.class === "fixed-point" || type.class === "floating-point" || type.class === "enum";
}

/**
 * The buffer of a transfer. Its datatype is `mtype`, else that of a typed array; bytes for a dataset that is not of
 * numbers are in the datatype of the file.
 */
export function memoryBuffer(array: ArrayBufferView, fileType: Datatype, mtype: TypeID | null): MemoryBuffer {
  if (!ArrayBuffer.isView(array)) throw plainError("TypeError", "Array must be C-contiguous and writable");
  const own = datatypeOfArray(array);
  const raw = own === undefined || (array instanceof Uint8Array && !isNumber(fileType));
  return { bytes: bytesOf(array), datatype: mtype?.datatype() ?? (raw ? fileType : (own as Datatype)) };
}

/** The conversion between two datatypes of a file. @throws HDF5Error "conversion" when there is none. */
export function requireConversion(from: Datatype, to: Datatype, context: ElementContext): Conversion {
  const conversion = findConversion(from, to, context);
  if (conversion === undefined) {
    throw new HDF5Error("conversion", "no appropriate function for conversion path");
  }
  return conversion;
}

interface Selections {
  readonly file: Selection;
  readonly memory: Selection;
}

function wholeOf(dataset: DatasetObject): Selection {
  const { kind, dims } = dataset.dataspace;
  return kind === "null" ? selectNone([0]) : selectAll(dims);
}

/** What is selected of the dataset's current extent. @throws ValueError for a selection that does not fit. */
export function fileSelection(dataset: DatasetObject, fspace: SpaceArgument): Selection {
  if (fspace === null || fspace === ALL) return wholeOf(dataset);
  expectInstance(fspace, SpaceID, "fspace");
  const { selection } = fspace;
  const { dims, kind } = dataset.dataspace;
  if (kind === "null" || fspace.getSimpleExtentNpoints() === 0) return selectNone(dims.length === 0 ? [0] : dims);
  const rebased = selection.dims.length === dims.length ? clipToExtent(withExtent(selection, dims)) : selection;
  if (rebased !== selection && isWithinExtent(rebased)) return rebased;
  throw libraryError([
    record("H5D__get_space", "ARGS", "BADTYPE", "could not get a validated dataspace from file_space_id"),
    record("H5S_get_validated_dataspace", "DATASPACE", "BADRANGE", "selection + offset not within extent"),
  ]);
}

/** Memory follows the file's selection unless it has a dataspace of its own. */
function selections(dataset: DatasetObject, mspace: SpaceArgument, fspace: SpaceArgument): Selections {
  const file = fileSelection(dataset, fspace);
  if (mspace === null || mspace === ALL) return { file, memory: file };
  expectInstance(mspace, SpaceID, "mspace");
  const nothing = mspace.getSimpleExtentNpoints() === 0;
  return { file, memory: nothing ? selectNone([0]) : mspace.selection };
}

/** Reads selected elements into a buffer. Errors are the engine's, to be put under the caller's record. */
export function readInto(
  dataset: DatasetObject,
  mspace: SpaceArgument,
  fspace: SpaceArgument,
  buffer: MemoryBuffer,
  settings: TransferSettings,
): void {
  const { file, memory } = selections(dataset, mspace, fspace);
  const context = watched(elementContextOf(dataset.file), settings);
  const transfer = readTransfer(dataset.datatype, buffer.datatype, context, settings);
  withSettings(settings, () => readConverted(dataset, transfer, file, buffer.bytes, memory));
}

function watched(context: ElementContext, { watcher }: TransferSettings): ElementContext {
  return watcher === undefined ? context : { ...context, watcher };
}

/** Reads selected elements, packed, into a buffer. `selection` is over the dataset's current extent. */
export function readPacked(dataset: DatasetObject, selection: Selection, buffer: MemoryBuffer): void {
  const transfer = readTransfer(dataset.datatype, buffer.datatype, elementContextOf(dataset.file));
  readConverted(dataset, transfer, selection, buffer.bytes);
}

/** Writes packed elements from a buffer to those selected. `selection` is over the dataset's current extent. */
export function writePacked(dataset: DatasetObject, selection: Selection, buffer: MemoryBuffer): void {
  writeElements(dataset, selection, buffer, undefined, {});
}

/** Writes selected elements from a buffer. */
export function writeFrom(
  dataset: DatasetObject,
  mspace: SpaceArgument,
  fspace: SpaceArgument,
  buffer: MemoryBuffer,
  settings: TransferSettings,
): void {
  const { file, memory } = selections(dataset, mspace, fspace);
  withSettings(settings, () => writeElements(dataset, file, buffer, memory, settings));
}

function writeElements(
  dataset: DatasetObject,
  file: Selection,
  buffer: MemoryBuffer,
  memory: Selection | undefined,
  settings: TransferSettings,
): void {
  // Elements of a virtual dataset get heap objects where its sources are.
  if (dataset.isVirtual) {
    withStaging(dataset.file, (context) => writeWithin(dataset, file, buffer, memory, context, settings));
  } else {
    writeWithin(dataset, file, buffer, memory, writingContextOf(dataset.file), settings);
  }
}

function writeWithin(
  dataset: DatasetObject,
  file: Selection,
  buffer: MemoryBuffer,
  memory: Selection | undefined,
  context: ElementContext,
  settings: TransferSettings,
): void {
  const transfer = writeTransfer(dataset.datatype, buffer.datatype, watched(context, settings), settings);
  writeConverted(dataset, transfer, file, buffer.bytes, memory);
}
