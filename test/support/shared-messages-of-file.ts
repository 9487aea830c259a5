/** The shared message table of a file. */
import { BTreeV2 } from "../../src/engine/b-tree-v2.ts";
import type { H5File } from "../../src/engine/h5-file.ts";
import { decodeSharedMessageList, sizeOfSharedMessageList } from "../../src/format/shared-message-list.ts";
import { type SharedMessageRecord, sharedMessageRecords } from "../../src/format/shared-message-record.ts";
import type { SharedMessageIndex } from "../../src/format/shared-message-table.ts";

export interface IndexFacts {
  readonly kind: string;
  /** Hash, and how many use it or where it is, of every message, in the order of hashes. */
  readonly messages: readonly string[];
}

export function sharedMessagesOfFile(file: H5File): IndexFacts[] {
  return file.sharedMessages.indexes.map((index) => ({
    kind: `${index.indexType} of types ${index.messageTypeFlags} from ${index.minimumMessageSize} bytes on, limits ${index.listCutoff} and ${index.bTreeCutoff}`,
    messages: sharedMessageRecordsOf(file, index)
      .sort((a, b) => a.hash - b.hash)
      .map(
        (record) =>
          `${record.hash} ${record.location === "heap" ? record.referenceCount : `in a header, type ${record.messageType}`}`,
      ),
  }));
}

export function sharedMessageRecordsOf({ storage }: H5File, index: SharedMessageIndex): SharedMessageRecord[] {
  if (index.indexAddress < 0) return [];
  if (index.indexType === "list") {
    const byteLength = sizeOfSharedMessageList(index.listCutoff, storage.widths);
    const structure = "Shared message record list";
    const bytes = storage.readMetadata(index.indexAddress, byteLength, structure);
    return [...decodeSharedMessageList(storage.cursor(bytes, structure, index.indexAddress), index.messageCount)];
  }
  const records: SharedMessageRecord[] = [];
  new BTreeV2(storage, index.indexAddress, sharedMessageRecords(storage.widths)).forEach((record) => {
    records.push(record);
  });
  return records;
}
