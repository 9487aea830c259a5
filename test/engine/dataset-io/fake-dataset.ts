/** A dataset over storage in memory, with every read and write on record. */
import { UNDEFINED_ADDRESS } from "../../../src/base/address.ts";
import { product } from "../../../src/base/bits.ts";
import { fillWith } from "../../../src/engine/chunks/fill-pattern.ts";
import type { FillRule } from "../../../src/engine/dataset-io/fill.ts";
import type { RawStorage } from "../../../src/engine/dataset-io/linear-bytes.ts";
import type { ChunkTransferStore, RawDataOwner } from "../../../src/engine/dataset-io/raw-data-owner.ts";
import type { DataLayout } from "../../../src/format/data-layout.ts";

export class FakeStorage implements RawStorage {
  bytes: Uint8Array = new Uint8Array(0);
  readonly reads: { address: number; byteLength: number; destination: Uint8Array }[] = [];
  readonly writes: { address: number; byteLength: number }[] = [];
  readonly expected: { address: number; byteLength: number }[][] = [];

  readRaw(address: number, destination: Uint8Array): void {
    if (address + destination.length > this.bytes.length) throw new Error("read behind the end of the file");
    this.reads.push({ address, byteLength: destination.length, destination });
    destination.set(this.bytes.subarray(address, address + destination.length));
  }

  writeRaw(address: number, bytes: Uint8Array): void {
    this.writes.push({ address, byteLength: bytes.length });
    if (address + bytes.length > this.bytes.length) {
      const grown = new Uint8Array(address + bytes.length);
      grown.set(this.bytes);
      this.bytes = grown;
    }
    this.bytes.set(bytes, address);
  }

  expectRaw(ranges: readonly { address: number; byteLength: number }[]): void {
    this.expected.push([...ranges]);
  }

  /** The next allocation comes from here. */
  nextAddress = 64;

  allocate(_type: "draw", byteLength: number): number {
    const address = this.nextAddress;
    this.nextAddress += byteLength;
    return address;
  }

  release(): void {}

  available(address: number, wanted: number): number {
    return Math.max(0, Math.min(wanted, this.bytes.length - address));
  }
}

/** Chunks in a map; chunks are handed out as a cache would. */
export class FakeChunks implements ChunkTransferStore {
  readonly chunkByteLength: number;
  readonly isDirect: boolean;
  readonly long = undefined;
  readonly hasHeap = false;
  readonly wasMissing = false;
  readonly chunks = new Map<string, Uint8Array>();
  readonly addresses = new Map<string, number>();
  readonly log: string[] = [];
  settled = 0;
  private readonly storage: FakeStorage;
  private readonly fillElement: Uint8Array | undefined;

  constructor(storage: FakeStorage, chunkByteLength: number, isDirect: boolean, fillElement: Uint8Array | undefined) {
    this.storage = storage;
    this.chunkByteLength = chunkByteLength;
    this.isDirect = isDirect;
    this.fillElement = fillElement;
  }

  get exists(): boolean {
    return this.chunks.size > 0 || this.addresses.size > 0;
  }

  forRead(scaled: readonly number[], byteCount: number): Uint8Array | undefined {
    this.log.push(`read ${scaled.join()} ${byteCount}`);
    return this.chunks.get(scaled.join());
  }

  readWhole(scaled: readonly number[], destination: Uint8Array): boolean {
    this.log.push(`whole ${scaled.join()}`);
    const chunk = this.chunks.get(scaled.join());
    if (chunk !== undefined) destination.set(chunk);
    return chunk !== undefined;
  }

  forWrite(scaled: readonly number[], byteCount: number, whole: boolean): Uint8Array {
    this.log.push(`write ${scaled.join()} ${byteCount}${whole ? " whole" : ""}`);
    let chunk = this.chunks.get(scaled.join());
    if (chunk === undefined || whole) {
      chunk = new Uint8Array(this.chunkByteLength);
      if (whole) chunk.fill(0xee);
      else fillWith(chunk, this.fillElement);
      this.chunks.set(scaled.join(), chunk);
    }
    return chunk;
  }

  directAddress(scaled: readonly number[]): number | undefined {
    return this.addresses.get(scaled.join());
  }

  directAddressForWrite(scaled: readonly number[], whole: boolean): number {
    const known = this.directAddress(scaled);
    if (known !== undefined) return known;
    const address = this.storage.allocate("draw", this.chunkByteLength);
    const blank = new Uint8Array(this.chunkByteLength);
    if (whole) blank.fill(0xee);
    else fillWith(blank, this.fillElement);
    this.storage.writeRaw(address, blank);
    this.addresses.set(scaled.join(), address);
    return address;
  }

  has(scaled: readonly number[]): boolean {
    return this.chunks.has(scaled.join()) || this.addresses.has(scaled.join());
  }

  isPlaced(): boolean {
    return false;
  }

  expect(chunks: readonly { readonly scaled: readonly number[] }[]): void {
    this.log.push(`expect ${chunks.length}`);
  }

  abandon(): void {
    throw new Error("no write fails here");
  }

  settle(): void {
    this.settled++;
  }
}

export interface FakeDatasetOptions {
  readonly dims: readonly number[];
  readonly elementSize: number;
  readonly layout: "compact" | "contiguous" | "chunked" | "direct";
  readonly chunkDims?: readonly number[];
  readonly fill?: FillRule;
}

export const ZERO_FILL: FillRule = { element: undefined, onRead: true, onAllocate: false, newElement: undefined };

export class FakeDataset implements RawDataOwner {
  readonly storage = new FakeStorage();
  readonly dims: readonly number[];
  readonly elementSize: number;
  readonly fill: FillRule;
  readonly chunks: FakeChunks;
  layout: DataLayout;

  constructor(options: FakeDatasetOptions) {
    const { dims, elementSize, layout, chunkDims = dims.map(() => 2), fill = ZERO_FILL } = options;
    this.dims = dims;
    this.elementSize = elementSize;
    this.fill = fill;
    this.chunks = new FakeChunks(this.storage, product(chunkDims) * elementSize, layout === "direct", fill.element);
    this.layout = layoutOf(layout, chunkDims, elementSize);
  }

  replaceLayout(layout: DataLayout): void {
    this.layout = layout;
  }

  chunkStore(): FakeChunks {
    return this.chunks;
  }
}

function layoutOf(kind: FakeDatasetOptions["layout"], chunkDims: readonly number[], elementSize: number): DataLayout {
  switch (kind) {
    case "compact":
      return { kind, version: 3, data: new Uint8Array(0) };
    case "contiguous":
      return { kind, version: 3, address: UNDEFINED_ADDRESS, byteLength: 0 };
    default:
      return {
        kind: "chunked",
        version: 3,
        chunkDims,
        elementSize,
        dontFilterPartialChunks: false,
        indexing: { type: "b-tree-v1" },
        address: UNDEFINED_ADDRESS,
      };
  }
}
