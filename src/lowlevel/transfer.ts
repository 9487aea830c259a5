/** Arguments of reading and writing: which memory, of which datatype, and what is selected at both ends. */
import { isCopied } from "../engine/conversion/convert.ts";
import type { ElementContext } from "../engine/conversion/element-context.ts";
import { readConverted, writeConverted, writeSelection } from "../engine/dataset-io/transfer.ts";
import { readTransfer, writeTransfer } from "../engine/dataset-io/typed-transfer.ts";
import type { DatasetObject } from "../engine/dataset-object.ts";
import { type Selection, selectAll, selectNone } from "../engine/selection/selection.ts";
import { hasVariableLength } from "../format/datatype-questions.ts";
import { expectInstance } from "./arguments.ts";
import { selectionIn } from "./dataset-selection.ts";
import { elementContextOf, withStaging, writingContextOf } from "./element-context.ts";
import { ALL } from "./h5s.ts";
import type { MemoryBuffer } from "./memory-type.ts";
import { SpaceID } from "./space-id.ts";
import { type TransferSettings, withSettings } from "./transfer-settings.ts";

/** Stands for a whole dataspace. */
export type SpaceArgument = SpaceID | null;

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
  return selectionIn(dataset, fspace.selection, fspace.getSimpleExtentNpoints() === 0);
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
  const { datatype } = dataset;
  // What most writes are needs nothing else; loops over rows make thousands of them.
  if (settings.transform === undefined && isCopied(buffer.datatype, datatype) && !hasVariableLength(datatype)) {
    writeSelection(dataset, datatype.size, file, buffer.bytes, memory);
    return;
  }
  const transfer = writeTransfer(datatype, buffer.datatype, watched(context, settings), settings);
  writeConverted(dataset, transfer, file, buffer.bytes, memory);
}
