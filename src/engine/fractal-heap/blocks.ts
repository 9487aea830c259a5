/**
 * The header and blocks of a fractal heap, by address.
 *
 * Specification: III.G. Reference implementation: H5HFcache.c.
 */
import { type Address, UNDEFINED_ADDRESS } from "../../base/address.ts";
import type { Cursor } from "../../base/cursor.ts";
import { type FormatError, formatError } from "../../base/errors.ts";
import { Writer } from "../../base/writer.ts";
import { decodePipeline } from "../../filters/pipeline.ts";
import {
  decodeFractalHeapHeader,
  encodeFractalHeapHeader,
  type FractalHeapHeader,
  fractalHeapHeaderByteLength,
  sizeOfFractalHeapHeader,
  sizeOfUnfilteredFractalHeapHeader,
} from "../../format/fractal-heap.ts";
import {
  type DirectBlockPointer,
  decodeDirectBlock,
  decodeIndirectBlock,
  encodeDirectBlock,
  encodeIndirectBlock,
  type FractalHeapDirectBlock,
  type FractalHeapIndirectBlock,
  sizeOfIndirectBlock,
} from "../../format/fractal-heap-blocks.ts";
import type { FileStorage } from "../file-storage.ts";
import type { StructureCodec } from "../structure-cache.ts";

export const HEAP_HEADER = "Fractal heap header";
const DIRECT = "Fractal heap direct block";
const INDIRECT = "Fractal heap indirect block";

/** No block. */
export const NO_BLOCK: DirectBlockPointer = { address: UNDEFINED_ADDRESS };

export interface HeapDirectBlock extends FractalHeapDirectBlock {
  /** Whether `bytes` belongs to this block alone and may be changed in place. */
  readonly isOwn: boolean;
}

function headerCodec(byteLength: number): StructureCodec<FractalHeapHeader> {
  return {
    structure: HEAP_HEADER,
    byteLength,
    decode: decodeFractalHeapHeader,
    encode: encodeFractalHeapHeader,
  };
}

export class HeapBlocks {
  readonly storage: FileStorage;
  /** Of the heap's header. */
  private headerAddress: Address;
  /** Of the header as it was stored last. */
  private codec: StructureCodec<FractalHeapHeader> | undefined;

  constructor(storage: FileStorage, address: Address) {
    this.storage = storage;
    this.headerAddress = address;
  }

  get address(): Address {
    return this.headerAddress;
  }

  /** The header, which waits to be written, has another address. Every block says which heap it is of. */
  headerMoved(to: Address): void {
    this.headerAddress = to;
  }

  /** Allocates and stores the header of a new heap. */
  static create(storage: FileStorage, header: FractalHeapHeader): HeapBlocks {
    const byteLength = sizeOfFractalHeapHeader(header, storage.widths);
    const address = storage.allocate("object-header", byteLength);
    storage.store(address, headerCodec(byteLength), header);
    return new HeapBlocks(storage, address);
  }

  /** Of the moment: whoever edits the heap changes it. */
  get header(): FractalHeapHeader {
    const { storage, address } = this;
    const known = storage.cached<FractalHeapHeader>(address, HEAP_HEADER);
    if (known !== undefined) return known;
    const least = sizeOfUnfilteredFractalHeapHeader(storage.widths);
    const start = storage.readMetadata(address, least, HEAP_HEADER);
    const byteLength = fractalHeapHeaderByteLength(storage.cursor(start, HEAP_HEADER, address));
    return storage.load(address, headerCodec(byteLength));
  }

  storeHeader(header: FractalHeapHeader): void {
    const byteLength = sizeOfFractalHeapHeader(header, this.storage.widths);
    if (this.codec?.byteLength !== byteLength) this.codec = headerCodec(byteLength);
    this.storage.store(this.address, this.codec, header);
  }

  error(problem: string): FormatError {
    return formatError(problem, { structure: HEAP_HEADER, address: this.address });
  }

  private indirectCodec(rows: number): StructureCodec<FractalHeapIndirectBlock> {
    const { header } = this;
    return {
      structure: INDIRECT,
      byteLength: this.indirectByteLength(rows),
      decode: (cursor) => decodeIndirectBlock(cursor, header, rows),
      encode: (writer, block) => encodeIndirectBlock(writer, header, block),
    };
  }

  indirectByteLength(rows: number): number {
    return sizeOfIndirectBlock(this.header, rows, this.storage.widths);
  }

  indirect(address: Address, rows: number): FractalHeapIndirectBlock {
    return this.storage.cached<FractalHeapIndirectBlock>(address, INDIRECT) ?? this.loadIndirect(address, rows);
  }

  /** The block, if it is in memory. */
  knownIndirect(address: Address): FractalHeapIndirectBlock | undefined {
    return this.storage.cached<FractalHeapIndirectBlock>(address, INDIRECT);
  }

  private loadIndirect(address: Address, rows: number): FractalHeapIndirectBlock {
    return this.storage.load(address, this.indirectCodec(rows));
  }

  storeIndirect(address: Address, rows: number, block: FractalHeapIndirectBlock): void {
    this.storage.store(address, this.indirectCodec(rows), block);
  }

  /** Bytes that a direct block takes in the file. */
  static storedByteLength(pointer: DirectBlockPointer, blockSize: number): number {
    return pointer.filtered?.byteLength ?? blockSize;
  }

  private directCodec(pointer: DirectBlockPointer, blockSize: number): StructureCodec<HeapDirectBlock> {
    const { header } = this;
    return {
      structure: DIRECT,
      byteLength: HeapBlocks.storedByteLength(pointer, blockSize),
      decode: (cursor) => ({
        ...decodeDirectBlock(this.unfiltered(cursor, header, pointer, blockSize), header),
        isOwn: false,
      }),
      encode: (writer, block) => encodeDirectBlock(writer, header, block),
    };
  }

  private unfiltered(
    cursor: Cursor,
    header: FractalHeapHeader,
    pointer: DirectBlockPointer,
    blockSize: number,
  ): Cursor {
    if (header.filters === undefined) return cursor;
    const { filters } = header.filters.pipeline;
    const mask = pointer.filtered?.filterMask ?? 0;
    const bytes = decodePipeline(filters, cursor.bytes, mask, blockSize, this.storage.limits);
    return this.storage.cursor(bytes, DIRECT, pointer.address);
  }

  /** @param heapOffset - An offset that the block must not start behind. */
  direct(pointer: DirectBlockPointer, blockSize: number, heapOffset: number): HeapDirectBlock {
    const { address } = pointer;
    const block =
      this.storage.cached<HeapDirectBlock>(address, DIRECT) ??
      this.storage.load(address, this.directCodec(pointer, blockSize));
    if (block.heapHeaderAddress !== this.address) {
      throw formatError(`is of the heap at ${block.heapHeaderAddress}, not ${this.address}`, {
        structure: DIRECT,
        address,
      });
    }
    if (heapOffset < block.blockOffset) {
      throw this.error(`heap offset ${heapOffset} is before its block, which starts at ${block.blockOffset}`);
    }
    return block;
  }

  /** The block with bytes that may be changed in place; it is marked as changed. */
  directForWriting(pointer: DirectBlockPointer, blockSize: number, block: HeapDirectBlock): HeapDirectBlock {
    const { address } = pointer;
    if (block.isOwn && this.storage.isDirty(address)) {
      this.storage.changedInPlace();
      return block;
    }
    // Not `slice`, which does not copy when the bytes are a Node Buffer.
    const own = block.isOwn ? block : { ...block, bytes: new Uint8Array(block.bytes), isOwn: true };
    this.storage.store(address, this.directCodec(pointer, blockSize), own);
    return own;
  }

  /** A new block without objects. */
  storeNewDirect(pointer: DirectBlockPointer, blockSize: number, blockOffset: number): HeapDirectBlock {
    const bytes = new Uint8Array(blockSize);
    const block = { heapHeaderAddress: this.address, blockOffset, bytes, isOwn: true };
    this.storage.store(pointer.address, this.directCodec(pointer, blockSize), block);
    return block;
  }

  /** The block as its filters give it. */
  storeFiltered(pointer: DirectBlockPointer, blockSize: number, block: HeapDirectBlock, filtered: Uint8Array): void {
    const codec = this.directCodec(pointer, blockSize);
    this.storage.store(pointer.address, { ...codec, encode: (writer) => writer.bytes(filtered) }, block);
  }

  /** What a direct block is before its filters, or without any. */
  encodeDirect(block: HeapDirectBlock): Uint8Array {
    const { storage } = this;
    const writer = new Writer(storage.widths, block.bytes.length);
    encodeDirectBlock(writer, this.header, block);
    return writer.toBytes();
  }

  /** The block says that it is of this heap. It waits to be written. */
  claimDirect(pointer: DirectBlockPointer, blockSize: number): void {
    const { address } = pointer;
    const block = this.storage.load(address, this.directCodec(pointer, blockSize));
    this.storage.store(address, this.directCodec(pointer, blockSize), { ...block, heapHeaderAddress: this.address });
    this.storage.writeBefore(address, this.address);
  }

  /** The same for an indirect block. */
  claimIndirect(address: Address, rows: number): void {
    this.storeIndirect(address, rows, { ...this.indirect(address, rows), heapHeaderAddress: this.address });
    this.storage.writeBefore(address, this.address);
  }

  /** Frees a block. */
  discard(address: Address, byteLength: number): void {
    this.storage.forget(address);
    this.storage.release("local-heap", address, byteLength);
  }
}
