/**
 * The shared message table of a file: messages that many object headers have in common, kept once in fractal heaps.
 *
 * Specification: III.I, "Shared Object Header Message Table". Reference implementation: H5SM.c. Reading needs the heaps
 * only; the indexes serve those who look for a message to share.
 */
import { FormatError } from "../base/errors.ts";
import {
  decodeSharedMessageTable,
  encodeSharedMessageTable,
  type SharedMessageIndex,
  sizeOfSharedMessageTable,
} from "../format/shared-message-table.ts";
import type { SharedMessageTableMessage } from "../format/shared-message-table-message.ts";
import type { FileStorage } from "./file-storage.ts";
import { FractalHeap } from "./fractal-heap.ts";

const STRUCTURE = "Shared message table";

export class SharedMessages {
  private readonly storage: FileStorage;
  private readonly table: SharedMessageTableMessage | undefined;

  /** @param table - Of the superblock extension; undefined for files that share no messages. */
  constructor(storage: FileStorage, table: SharedMessageTableMessage | undefined) {
    this.storage = storage;
    this.table = table;
  }

  /** The bytes of a message of the given type: a view that must not be modified. */
  read(messageType: number, heapId: Uint8Array): Uint8Array {
    const bit = 2 ** messageType;
    const index = this.indexes().find(({ messageTypeFlags }) => Math.floor(messageTypeFlags / bit) % 2 === 1);
    if (index === undefined) {
      throw new FormatError(`${STRUCTURE}: no index for messages of type ${messageType}`, { structure: STRUCTURE });
    }
    return new FractalHeap(this.storage, index.heapAddress).read(heapId);
  }

  private indexes(): readonly SharedMessageIndex[] {
    if (this.table === undefined)
      throw new FormatError("a shared message in a file without a shared message table", { structure: STRUCTURE });
    const { tableAddress, indexCount } = this.table;
    const byteLength = sizeOfSharedMessageTable(indexCount, this.storage.widths);
    return this.storage.load(tableAddress, {
      structure: STRUCTURE,
      byteLength,
      decode: (cursor) => decodeSharedMessageTable(cursor, indexCount),
      encode: encodeSharedMessageTable,
    });
  }
}
