/**
 * Datasets that are stored alike. Who copies thousands of them, at once or one by one, looks closely at one, and makes the
 * others' copies of the same options, for which they need not be decoded.
 */
import { DATA_ADDRESS_OFFSET } from "../format/data-layout.ts";
import { MESSAGE, MESSAGE_FLAG } from "../format/message-types.ts";
import type { ObjectHeader as HeaderFields } from "../format/object-header.ts";
import type { DatasetOptions } from "./dataset-creation.ts";
import type { DatasetObject } from "./dataset-object.ts";
import type { H5File } from "./h5-file.ts";
import type { HeaderMessage } from "./header-message.ts";

/** Class of contiguous storage in version 3 of the layout message and later. */
const CONTIGUOUS = 1;

/** Of these a copy is told the lengths alone. */
const COPIED_LATER: ReadonlySet<number> = new Set([
  MESSAGE.ATTRIBUTE,
  MESSAGE.ATTRIBUTE_INFO,
  MESSAGE.LINK,
  MESSAGE.COMMENT,
]);

export class AlikeDatasets {
  private messages: readonly HeaderMessage[] = [];
  private fields: HeaderFields | undefined;
  private options: DatasetOptions | undefined;

  /** @param options - Of the copy of this dataset, which holds for no other file. */
  remember({ header }: DatasetObject, options: DatasetOptions): void {
    const { blocks, fields } = header;
    const { messages } = blocks[0] ?? { messages: [] };
    const isPlain = blocks.length === 1 && options.layout.kind === "contiguous" && !options.trackTimes;
    this.options = isPlain && !messages.some(isElsewhere) ? options : undefined;
    this.fields = fields;
    // As they are now: the dataset may change before the next one is copied.
    this.messages = this.options === undefined ? [] : messages.map((message) => message.copy());
  }

  /** Options for the copy of a dataset that is stored as the remembered one is. */
  optionsFor({ header, storage }: DatasetObject): DatasetOptions | undefined {
    const { options, fields, messages } = this;
    if (options === undefined || fields === undefined || header.isAsPlanned || header.blocks.length !== 1)
      return undefined;
    const own = header.blocks[0]?.messages ?? [];
    if (own.length !== messages.length || !sameFields(header.fields, fields)) return undefined;
    const { sizeOfOffsets } = storage.widths;
    for (let i = 0; i < own.length; i++) {
      if (!storedAlike(own[i] as HeaderMessage, messages[i] as HeaderMessage, sizeOfOffsets)) return undefined;
    }
    return options;
  }
}

interface Remembered {
  readonly withoutAttributes: boolean;
  readonly alike: AlikeDatasets;
}

/** By the file that is copied to, and the one that is copied from. */
const remembered = new WeakMap<H5File, WeakMap<H5File, Remembered>>();

/** What copies that change nothing on the way know of each other's datasets. */
export function alikeDatasetsOf(source: H5File, destination: H5File, withoutAttributes: boolean): AlikeDatasets {
  let ofDestination = remembered.get(destination);
  if (ofDestination === undefined) {
    ofDestination = new WeakMap();
    remembered.set(destination, ofDestination);
  }
  const known = ofDestination.get(source);
  if (known?.withoutAttributes === withoutAttributes) return known.alike;
  const alike = new AlikeDatasets();
  ofDestination.set(source, { withoutAttributes, alike });
  return alike;
}

/** Whether what a message says is not, or not alone, in its bytes. */
function isElsewhere({ type, flags }: HeaderMessage): boolean {
  return (
    (flags & MESSAGE_FLAG.SHARED) !== 0 || type === MESSAGE.EXTERNAL_FILES || type === MESSAGE.MODIFICATION_TIME_OLD
  );
}

function storedAlike(a: HeaderMessage, b: HeaderMessage, sizeOfOffsets: number): boolean {
  if (a.type !== b.type || a.flags !== b.flags || a.byteLength !== b.byteLength) return false;
  if (COPIED_LATER.has(a.type)) return true;
  if (a.type !== MESSAGE.DATA_LAYOUT) return a.hasBytesOf(b, 0, a.byteLength);
  const isContiguous = a.byteAt(0) >= 3 && a.byteAt(1) === CONTIGUOUS;
  const behindAddress = DATA_ADDRESS_OFFSET + sizeOfOffsets;
  return isContiguous && a.hasBytesOf(b, 0, DATA_ADDRESS_OFFSET) && a.hasBytesOf(b, behindAddress, a.byteLength);
}

/** All that copies take over of the prefix. */
function sameFields(a: HeaderFields, b: HeaderFields): boolean {
  if (a.attributeCreationOrderTracked !== b.attributeCreationOrderTracked) return false;
  if (a.version === 1 || b.version === 1) return a.version === b.version;
  return (
    a.times === undefined &&
    b.times === undefined &&
    a.attributeCreationOrderIndexed === b.attributeCreationOrderIndexed &&
    a.attributePhaseChange?.maximumCompact === b.attributePhaseChange?.maximumCompact &&
    a.attributePhaseChange?.minimumDense === b.attributePhaseChange?.minimumDense
  );
}
