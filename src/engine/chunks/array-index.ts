/**
 * Chunk index that is an array with an element a chunk: fixed arrays and extensible arrays have all of this in common.
 *
 * Reference implementation: H5Dfarray.c, H5Dearray.c.
 */
import { type Address, isDefined, UNDEFINED_ADDRESS } from "../../base/address.ts";
import { LimitError } from "../../base/errors.ts";
import type { ChunkElementFormat, ChunkIndexElement, ChunkIndexElements } from "../../format/chunk-index-elements.ts";
import type { ChunkIndexing } from "../../format/chunk-layout.ts";
import type { FreedBlocks } from "../freed-blocks.ts";
import type { ChunkIndex, ChunkRecord } from "./chunk-index.ts";
import type { ChunkNumbering } from "./chunk-numbers.ts";
import { elementOf } from "./encoded-page.ts";

/** Bytes of an element beside chunk address and size: the filter mask. */
const FILTER_MASK_BYTES = 4;

/** One element, within the piece of the array that is decoded with it. */
export interface ElementSlot {
  readonly elements: ChunkIndexElements;
  readonly at: number;
  /** The element was changed: its piece goes to the file with the next flush. */
  save(): void;
}

/** A decoded piece of the array, of which elements from number `first` up to `end` count. */
interface Piece {
  readonly first: number;
  readonly end: number;
  readonly elements: ChunkIndexElements;
}

/** Lookups of neighbours after which the piece that they are in is decoded. */
const PATIENCE = 4;

/** An array in a file. Its blocks are loaded when an element in them is asked for. */
export interface ChunkArray {
  readonly address: Address;
  readonly format: ChunkElementFormat;
  /** Elements from here on do not exist. */
  readonly end: number;
  /** `undefined` where the block of the element does not exist. */
  element(index: number): ChunkIndexElement | undefined;
  /** The same, to change the element. */
  slot(index: number): ElementSlot | undefined;
  /** Makes the blocks that the element needs. @throws LimitError for an element that the array cannot have. */
  slotForChange(index: number): ElementSlot;
  /** Announces the blocks of these elements. */
  expect(indices: readonly number[]): void;
  /** Visits all elements piece by piece, in order; element 0 of a piece is number `first` of the array. */
  walk(visit: (first: number, elements: ChunkIndexElements) => void): void;
  /** All blocks go. */
  deleteAll(freed: FreedBlocks): void;
}

export interface ArrayIndexOptions {
  readonly indexing: ChunkIndexing;
  /** Of the layout message; undefined when no chunk was ever written. */
  readonly rootAddress: Address;
  readonly numbering: ChunkNumbering;
  /** Of a whole decoded chunk. */
  readonly chunkByteLength: number;
  readonly sizeOfOffsets: number;
  /** The array whose header is at an address. */
  open(address: Address): ChunkArray;
  create(): ChunkArray;
}

export class ArrayIndex implements ChunkIndex {
  readonly indexing: ChunkIndexing;
  private readonly options: ArrayIndexOptions;
  private readonly numbering: ChunkNumbering;
  private readonly chunkByteLength: number;
  private root: Address;
  private opened: ChunkArray | undefined;
  /** Lookups that go through the array in order find most elements here. */
  private piece: Piece | undefined;
  private lastNumber = -1;
  private neighbours = 0;

  constructor(options: ArrayIndexOptions) {
    this.options = options;
    this.indexing = options.indexing;
    this.numbering = options.numbering;
    this.chunkByteLength = options.chunkByteLength;
    this.root = options.rootAddress;
  }

  get rootAddress(): Address {
    return this.root;
  }

  private get array(): ChunkArray | undefined {
    if (this.opened === undefined && isDefined(this.root)) this.opened = this.options.open(this.root);
    return this.opened;
  }

  private recordOf({ address, byteLength, filterMask }: ChunkIndexElement): ChunkRecord | undefined {
    if (address === UNDEFINED_ADDRESS) return undefined;
    return { address, byteLength: byteLength ?? this.chunkByteLength, filterMask };
  }

  lookup(scaled: readonly number[]): ChunkRecord | undefined {
    const number = this.numbering.numberOf(scaled);
    let { piece } = this;
    if (piece === undefined || number < piece.first || number >= piece.end) piece = this.pieceInOrder(number);
    if (piece !== undefined) return this.recordOf(elementOf(piece.elements, number - piece.first));
    const element = this.array?.element(number);
    return element === undefined ? undefined : this.recordOf(element);
  }

  private pieceInOrder(number: number): Piece | undefined {
    this.piece = undefined;
    this.neighbours = number === this.lastNumber + 1 ? this.neighbours + 1 : 0;
    this.lastNumber = number;
    if (this.neighbours < PATIENCE) return undefined;
    const { array } = this;
    const slot = array?.slot(number);
    if (array === undefined || slot === undefined) return undefined;
    const first = number - slot.at;
    const { elements } = slot;
    this.piece = { first, end: Math.min(array.end, first + elements.addresses.length), elements };
    this.lastNumber = this.piece.end - 1;
    return this.piece;
  }

  prefetch(chunks: readonly (readonly number[])[]): void {
    this.array?.expect(chunks.map((scaled) => this.numbering.numberOf(scaled)));
  }

  prepare(): ChunkArray {
    const array = this.array ?? this.options.create();
    this.opened = array;
    this.root = array.address;
    return array;
  }

  insert(scaled: readonly number[], record: ChunkRecord): void {
    this.piece = undefined;
    const array = this.prepare();
    this.checkRecord(record, array);
    const slot = array.slotForChange(this.numbering.numberOf(scaled));
    this.put(slot, record.address, record.byteLength, record.filterMask);
  }

  private checkRecord({ byteLength, filterMask }: ChunkRecord, { format, address }: ChunkArray): void {
    if (!format.filtered) {
      if (byteLength === this.chunkByteLength && filterMask === 0) return;
      throw new LimitError(`chunk stored as ${byteLength} bytes in an index of unfiltered chunks`, { address });
    }
    const sizeBits = 8 * (format.elementSize - this.options.sizeOfOffsets - FILTER_MASK_BYTES);
    if (byteLength < 2 ** sizeBits) return;
    throw new LimitError(`chunk stored as ${byteLength} bytes: its index holds sizes of ${sizeBits} bits`, { address });
  }

  /**
   * Elements are changed where they are: copying a page of 1024 for each of them would cost more than all the rest, and
   * nobody else holds these columns.
   */
  private put(slot: ElementSlot, address: Address, byteLength: number, filterMask: number): void {
    const { elements, at } = slot;
    elements.addresses[at] = address;
    if (elements.filtered !== undefined) {
      elements.filtered.byteLengths[at] = byteLength;
      elements.filtered.filterMasks[at] = filterMask;
    }
    slot.save();
  }

  remove(scaled: readonly number[]): void {
    this.piece = undefined;
    const slot = this.array?.slot(this.numbering.numberOf(scaled));
    if (slot === undefined || slot.elements.addresses[slot.at] === UNDEFINED_ADDRESS) return;
    this.put(slot, UNDEFINED_ADDRESS, 0, 0);
  }

  forEach(visit: (scaled: readonly number[], record: ChunkRecord) => void): void {
    this.array?.walk((first, elements) => {
      for (let at = 0; at < elements.addresses.length; at++) {
        const record = this.recordOf(elementOf(elements, at));
        if (record !== undefined) visit(this.numbering.scaledOf(first + at), record);
      }
    });
  }

  count(): number {
    let count = 0;
    this.array?.walk((_, { addresses }) => {
      for (const address of addresses) if (address !== UNDEFINED_ADDRESS) count++;
    });
    return count;
  }

  storageSize(): number {
    let sum = 0;
    this.array?.walk((_, { addresses, filtered }) => {
      for (let at = 0; at < addresses.length; at++) {
        if (addresses[at] === UNDEFINED_ADDRESS) continue;
        sum += filtered === undefined ? this.chunkByteLength : (filtered.byteLengths[at] as number);
      }
    });
    return sum;
  }

  deleteAll(freed: FreedBlocks): void {
    this.array?.deleteAll(freed);
  }
}
