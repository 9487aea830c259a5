/**
 * Finding many objects of one fractal heap, which must not be changed meanwhile.
 *
 * The blocks that were met are kept in the order of the heap's offsets, so that most objects cost a short search.
 */
import { isDefined } from "../base/address.ts";
import type { Cursor } from "../base/cursor.ts";
import type { FractalHeapHeader } from "../format/fractal-heap.ts";
import { heapOffsetBytes } from "../format/fractal-heap-doubling-table.ts";
import { isManagedId, managedLengthBytes, unsigned } from "../format/fractal-heap-id.ts";
import type { FileStorage } from "./file-storage.ts";
import type { FractalHeap } from "./fractal-heap.ts";

interface KnownBlock {
  readonly start: number;
  readonly end: number;
  readonly cursor: Cursor;
}

export class FractalHeapReader {
  /** Of the object found last: where it ends in the bytes of its cursor. */
  end = 0;
  private readonly storage: FileStorage;
  private readonly heap: FractalHeap;
  private readonly header: FractalHeapHeader;
  private readonly structure: string;
  private readonly offsetBytes: number;
  private readonly lengthBytes: number;
  /** By ascending offset. */
  private readonly blocks: KnownBlock[] = [];

  /** @param structure - What the objects are, for messages. */
  constructor(storage: FileStorage, heap: FractalHeap, structure: string) {
    this.storage = storage;
    this.heap = heap;
    this.header = heap.header;
    this.structure = structure;
    this.offsetBytes = heapOffsetBytes(this.header.table);
    this.lengthBytes = managedLengthBytes(this.header);
  }

  /**
   * A cursor at the first byte of an object, which ends at {@link end}. The next call may move it.
   *
   * @param bytes - They hold the object's ID from `at` on.
   */
  find(bytes: Uint8Array, at: number): Cursor {
    const { offsetBytes, lengthBytes, header } = this;
    if (isManagedId(bytes, at) && at + 1 + offsetBytes + lengthBytes <= bytes.length) {
      const offset = unsigned(bytes, at + 1, offsetBytes);
      const byteLength = unsigned(bytes, at + 1 + offsetBytes, lengthBytes);
      const block = this.blockOf(offset);
      if (block !== undefined && offset + byteLength <= block.end && byteLength <= header.maxManagedObjectSize) {
        block.cursor.position = offset - block.start;
        this.end = block.cursor.position + byteLength;
        return block.cursor;
      }
    }
    // Objects that lie elsewhere, and what is wrong.
    const cursor = this.cursorOver(this.heap.read(bytes.subarray(at, at + header.idLength)));
    this.end = cursor.length;
    return cursor;
  }

  private blockOf(offset: number): KnownBlock | undefined {
    const { blocks } = this;
    let low = 0;
    let high = blocks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const block = blocks[middle] as KnownBlock;
      if (offset < block.start) high = middle;
      else if (offset >= block.end) low = middle + 1;
      else return block;
    }
    if (!Number.isSafeInteger(offset) || !isDefined(this.header.rootAddress)) return undefined;
    const { bytes, blockOffset } = this.heap.blockOf(offset);
    const block = { start: blockOffset, end: blockOffset + bytes.length, cursor: this.cursorOver(bytes) };
    blocks.splice(low, 0, block);
    return block;
  }

  private cursorOver(bytes: Uint8Array): Cursor {
    return this.storage.cursor(bytes, this.structure, this.heap.address);
  }
}
