/**
 * A local heap in use: the names of an old-style group.
 *
 * Specification: III.D. The header stays where it is as long as the file is open; the data segment moves when it grows. The segment
 * is held whole and changed in place; the file gets it at the next flush.
 */
import type { Address } from "../base/address.ts";
import { alignUp } from "../base/bits.ts";
import type { Cursor } from "../base/cursor.ts";
import { type FormatError, formatError } from "../base/errors.ts";
import { decodeNulTerminated, encodeUtf8, isAscii } from "../base/text.ts";
import {
  allocatedLocalHeapHeaderBytes,
  decodeFreeBlocks,
  decodeLocalHeap,
  encodeFreeBlocks,
  encodeLocalHeap,
  type FreeBlock,
  LOCAL_HEAP_ALIGNMENT,
  type LocalHeap,
  leastFreeBlockBytes,
  NO_FREE_BLOCK,
  sizeOfLocalHeap,
} from "../format/local-heap.ts";
import type { FileStorage } from "./file-storage.ts";
import type { FreedBlocks } from "./freed-blocks.ts";
import type { MovableBlock } from "./movable-blocks.ts";
import { compareNames } from "./names.ts";
import type { StructureCodec } from "./structure-cache.ts";

/** Room for a few names, as the C library gives a new group. */
const INITIAL_SEGMENT_BYTES = 88;
const INITIAL_FREE_BLOCK: FreeBlock = {
  offset: LOCAL_HEAP_ALIGNMENT,
  size: INITIAL_SEGMENT_BYTES - LOCAL_HEAP_ALIGNMENT,
};
const SEGMENT = "Local heap data segment";
/** The least byte that is no ASCII character. */
const NOT_ASCII = 0x80;

export class LivingLocalHeap {
  private headerAddress: Address;
  private readonly storage: FileStorage;
  private dataAddress: Address;
  /** Undefined for a new heap that holds no name yet, as most groups of a file that is made stay for a while. */
  private bytes: Uint8Array | undefined;
  /** Ascending by offset. */
  private free: FreeBlock[];
  /** Of the segment as long as it is now. */
  private segmentCodec: StructureCodec<unknown> | undefined;
  /** When both structures were stored last. */
  private storedIn = -1;
  /** Counts names that came and went. */
  private changeCount = 0;
  /** Whether `bytes` are ours to write into; what was read belongs to the block cache. */
  private owned: boolean;

  private constructor(
    storage: FileStorage,
    address: Address,
    dataAddress: Address,
    bytes: Uint8Array | undefined,
    free: FreeBlock[],
  ) {
    this.storage = storage;
    this.headerAddress = address;
    this.dataAddress = dataAddress;
    this.bytes = bytes;
    this.free = free;
    this.owned = bytes === undefined;
  }

  /** The heap at an address; all who open it share one. */
  static open(storage: FileStorage, address: Address): LivingLocalHeap {
    return storage.load(address, headerCodecOf(storage));
  }

  /** Decodes a header and reads its segment. */
  static read(storage: FileStorage, cursor: Cursor): LivingLocalHeap {
    const { dataSegmentAddress: address, dataSegmentSize, freeListHead } = decodeLocalHeap(cursor);
    const segment = storage.readMetadata(address, dataSegmentSize, SEGMENT);
    const free = decodeFreeBlocks(segment, freeListHead, { widths: storage.widths, address });
    free.sort((a, b) => a.offset - b.offset);
    return new LivingLocalHeap(storage, cursor.address ?? 0, address, segment, free);
  }

  get address(): Address {
    return this.headerAddress;
  }

  /** Of the segment. */
  private get byteLength(): number {
    return this.bytes?.length ?? INITIAL_SEGMENT_BYTES;
  }

  private get segment(): Uint8Array {
    this.bytes ??= new Uint8Array(INITIAL_SEGMENT_BYTES);
    return this.bytes;
  }

  private set segment(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** The header as it is to be written. */
  get header(): LocalHeap {
    return {
      dataSegmentSize: this.byteLength,
      freeListHead: this.free[0]?.offset ?? NO_FREE_BLOCK,
      dataSegmentAddress: this.dataAddress,
    };
  }

  /** An empty heap: offset 0 holds the empty string. */
  static create(storage: FileStorage): LivingLocalHeap {
    const [address, dataAddress] = allocateHeap(storage, INITIAL_SEGMENT_BYTES);
    const heap = new LivingLocalHeap(storage, address, dataAddress, undefined, [INITIAL_FREE_BLOCK]);
    storage.store(dataAddress, newSegmentCodecOf(storage), null);
    storage.store(address, headerCodecOf(storage), heap);
    storage.writeBefore(dataAddress, address);
    return heap;
  }

  /** A heap that is full with these texts. @returns Also the offset of each of them. */
  static createFor(storage: FileStorage, texts: readonly string[]): readonly [LivingLocalHeap, readonly number[]] {
    const encoded = texts.map(encodeUtf8);
    const offsets: number[] = [];
    let end = LOCAL_HEAP_ALIGNMENT;
    for (const { length } of encoded) {
      offsets.push(end);
      end += segmentBytesOf(length);
    }
    const segment = new Uint8Array(end);
    encoded.forEach((bytes, i) => {
      segment.set(bytes, offsets[i]);
    });
    const [address, dataAddress] = allocateHeap(storage, end);
    const heap = new LivingLocalHeap(storage, address, dataAddress, segment, []);
    heap.owned = true;
    heap.changed();
    return [heap, offsets];
  }

  /** Tells whoever remembers something of the names whether it still holds. */
  get changes(): number {
    return this.changeCount;
  }

  /** What a name stands for is another thing now. */
  meaningChanged(): void {
    this.changeCount++;
  }

  /** Where the names are: there before whoever points at the heap. */
  get segmentAddress(): Address {
    return this.dataAddress;
  }

  /** Where `name` stands to the text at an offset, as {@link compareNames} has it: most texts need not be decoded for that. */
  compare(name: string, offset: number): number {
    const { segment } = this;
    for (let i = 0; i < name.length; i++) {
      const unit = name.charCodeAt(i);
      const byte = segment[offset + i] ?? NOT_ASCII;
      if (unit >= NOT_ASCII || byte >= NOT_ASCII) return compareNames(name, this.name(offset));
      // The text ends here.
      if (byte === 0) return 1;
      if (unit !== byte) return unit - byte;
    }
    return segment[offset + name.length] === 0 ? 0 : compareNames(name, this.name(offset));
  }

  /** The NUL-terminated text at an offset. */
  name(offset: number): string {
    if (offset >= this.segment.length)
      throw this.error(`offset ${offset} in a segment of ${this.segment.length} bytes`);
    const text = decodeNulTerminated(this.segment, offset);
    if (text === undefined) throw this.error(`no NUL after offset ${offset}`);
    return text;
  }

  private error(problem: string): FormatError {
    return formatError(problem, { structure: "Local heap", address: this.address });
  }

  /** Stores a name and returns its offset. */
  insert(name: string): number {
    const bytes = isAscii(name) ? undefined : encodeUtf8(name);
    const length = bytes?.length ?? name.length;
    const byteLength = segmentBytesOf(length);
    const offset = this.takeFree(byteLength) ?? this.grow(byteLength);
    this.own();
    const { segment } = this;
    if (bytes !== undefined) segment.set(bytes, offset);
    else for (let i = 0; i < length; i++) segment[offset + i] = name.charCodeAt(i);
    segment.fill(0, offset + length, offset + byteLength);
    this.changed();
    return offset;
  }

  /** Gives back the space of a name. */
  remove(offset: number): void {
    this.own();
    const byteLength = alignUp(this.segment.indexOf(0, offset) - offset + 1, LOCAL_HEAP_ALIGNMENT);
    this.addFree({ offset, size: byteLength });
    this.shrink();
    this.changed();
  }

  /** Halves the segment, as often as that cuts off free space alone. C: `H5HL__minimize_heap_space`. */
  private shrink(): void {
    const { storage, segment, free, dataAddress } = this;
    const last = free[free.length - 1];
    const oldSize = segment.length;
    if (last === undefined || last.offset + last.size !== oldSize) return;
    const leastBlock = leastFreeBlockBytes(storage.widths);
    // Some free space stays, here or elsewhere.
    const least = Math.max(INITIAL_SEGMENT_BYTES, free.length > 1 ? last.offset : last.offset + leastBlock);
    let newSize = oldSize;
    for (let half = newSize; half >= least; half = alignUp(half / 2, LOCAL_HEAP_ALIGNMENT)) newSize = half;
    if (newSize === oldSize) return;
    // A remainder that no list has would part what is freed before it from the end.
    const isKept = newSize - last.offset >= leastBlock;
    if (!isKept) newSize = last.offset;
    // In a damaged file it may be free already, which is found before anything changes.
    storage.release("local-heap", dataAddress + newSize, oldSize - newSize);
    storage.forget(dataAddress);
    free.pop();
    if (isKept) free.push({ offset: last.offset, size: newSize - last.offset });
    this.segment = segment.slice(0, newSize);
    this.segmentCodec = undefined;
  }

  /** Header and segment go. */
  delete(freed: FreedBlocks): void {
    freed.add("local-heap", this.dataAddress, this.byteLength);
    freed.add("local-heap", this.address, allocatedLocalHeapHeaderBytes(this.storage.widths));
  }

  private own(): void {
    if (this.owned) return;
    this.segment = new Uint8Array(this.segment);
    this.owned = true;
  }

  private takeFree(byteLength: number): number | undefined {
    const least = leastFreeBlockBytes(this.storage.widths);
    // A remainder too small to hold its own list fields would be lost.
    const at = this.free.findIndex(({ size }) => size === byteLength || size >= byteLength + least);
    const block = this.free[at];
    if (block === undefined) return undefined;
    const size = block.size - byteLength;
    if (size > 0) this.free[at] = { offset: block.offset + byteLength, size };
    else this.free.splice(at, 1);
    return block.offset;
  }

  private addFree(block: FreeBlock): void {
    const { free } = this;
    let at = 0;
    for (let high = free.length; at < high; ) {
      const middle = (at + high) >>> 1;
      if ((free[middle] as FreeBlock).offset < block.offset) at = middle + 1;
      else high = middle;
    }
    const before = free[at - 1];
    const after = free[at];
    const joinsBefore = before !== undefined && before.offset + before.size === block.offset;
    const joinsAfter = after !== undefined && block.offset + block.size === after.offset;
    const offset = joinsBefore ? before.offset : block.offset;
    const size = (joinsBefore ? before.size : 0) + block.size + (joinsAfter ? after.size : 0);
    if (size < leastFreeBlockBytes(this.storage.widths)) return;
    free.splice(joinsBefore ? at - 1 : at, Number(joinsBefore) + Number(joinsAfter), { offset, size });
  }

  /** Doubles the segment, moving it where it cannot grow in place, and returns room for `byteLength` at its old end. */
  private grow(byteLength: number): number {
    const oldSize = this.segment.length;
    // A free block at the end is part of the room that is needed.
    const last = this.free[this.free.length - 1];
    const start = last !== undefined && last.offset + last.size === oldSize ? last.offset : oldSize;
    if (start < oldSize) this.free.pop();
    const newSize = alignUp(Math.max(2 * oldSize, start + byteLength), LOCAL_HEAP_ALIGNMENT);
    const grown = new Uint8Array(newSize);
    grown.set(this.segment);
    const oldAddress = this.dataAddress;
    this.storage.forget(oldAddress);
    if (!this.storage.extend("local-heap", oldAddress, oldSize, newSize)) {
      this.dataAddress = this.storage.allocate("local-heap", newSize);
      this.storage.release("local-heap", oldAddress, oldSize);
    }
    this.segment = grown;
    this.segmentCodec = undefined;
    this.owned = true;
    this.addFree({ offset: start + byteLength, size: newSize - start - byteLength });
    return start;
  }

  private changed(): void {
    const { storage } = this;
    this.changeCount++;
    if (this.storedIn === storage.round && this.segmentCodec !== undefined) return;
    this.storedIn = storage.round;
    this.segmentCodec ??= this.newSegmentCodec();
    storage.store(this.dataAddress, this.segmentCodec, this.segment);
    storage.store(this.address, headerCodecOf(storage), this);
    storage.writeBefore(this.dataAddress, this.address);
  }

  /** The segment, which waits when the header does. */
  movableBlocks(): MovableBlock[] {
    const { dataAddress, byteLength, storage } = this;
    const repoint = (to: Address): void => {
      this.dataAddress = to;
      storage.writeBefore(to, this.address);
    };
    const repointHeader = (to: Address): void => {
      this.headerAddress = to;
      storage.writeBefore(this.dataAddress, to);
    };
    const headerByteLength = allocatedLocalHeapHeaderBytes(storage.widths);
    return [
      { type: "local-heap", address: dataAddress, byteLength, repoint },
      {
        type: "local-heap",
        address: this.address,
        byteLength: headerByteLength,
        ofMessage: true,
        repoint: repointHeader,
      },
    ];
  }

  private newSegmentCodec(): StructureCodec<unknown> {
    return {
      structure: SEGMENT,
      byteLength: this.segment.length,
      decode: (cursor) => cursor.take(cursor.length),
      encode: (writer) => {
        encodeFreeBlocks(this.segment, this.free, this.storage.widths);
        writer.bytes(this.segment);
      },
    };
  }
}

/** Of a text of so many bytes in the segment. */
function segmentBytesOf(textByteLength: number): number {
  return alignUp(textByteLength + 1, LOCAL_HEAP_ALIGNMENT);
}

/** Header and segment side by side, as in the C library. */
function allocateHeap(storage: FileStorage, segmentByteLength: number): readonly [Address, Address] {
  return storage.allocatePair("local-heap", allocatedLocalHeapHeaderBytes(storage.widths), segmentByteLength);
}

const headerCodecs = new WeakMap<FileStorage, StructureCodec<LivingLocalHeap>>();
const newSegmentCodecs = new WeakMap<FileStorage, StructureCodec<unknown>>();

/** Of all heaps of a file. The header's place in the file stands for the whole heap. */
function headerCodecOf(storage: FileStorage): StructureCodec<LivingLocalHeap> {
  const known = headerCodecs.get(storage);
  if (known !== undefined) return known;
  const codec: StructureCodec<LivingLocalHeap> = {
    structure: "Local heap",
    byteLength: sizeOfLocalHeap(storage.widths),
    decode: (cursor) => LivingLocalHeap.read(storage, cursor),
    encode: (writer, heap) => encodeLocalHeap(writer, heap.header),
  };
  headerCodecs.set(storage, codec);
  return codec;
}

/** Of the segments of all heaps of a file that hold no name yet. */
function newSegmentCodecOf(storage: FileStorage): StructureCodec<unknown> {
  const known = newSegmentCodecs.get(storage);
  if (known !== undefined) return known;
  const segment = new Uint8Array(INITIAL_SEGMENT_BYTES);
  encodeFreeBlocks(segment, [INITIAL_FREE_BLOCK], storage.widths);
  const codec: StructureCodec<unknown> = {
    structure: SEGMENT,
    byteLength: INITIAL_SEGMENT_BYTES,
    decode: (cursor) => cursor.take(cursor.length),
    encode: (writer) => writer.bytes(segment),
  };
  newSegmentCodecs.set(storage, codec);
  return codec;
}
