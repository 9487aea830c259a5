/**
 * Storage as the chunk index of a dataset sees it while others read the file.
 *
 * A reader goes by the dimensions in the dataset's header, and the header's address of the index. So whatever changes in the
 * index must reach the file before the header, be the blocks in between unchanged or not. C: `H5D__earray_idx_depend` and its
 * like, by which an index is a flush dependency of the object header.
 */
import type { Address, FileWidths } from "../../base/address.ts";
import type { Cursor } from "../../base/cursor.ts";
import type { Limits } from "../../base/limits.ts";
import type { SharedMemory } from "../../base/memory.ts";
import type { FileStorage } from "../file-storage.ts";
import type { MemoryType } from "../space/space-allocator.ts";
import type { StructureCodec } from "../structure-cache.ts";
import type { ChunkStorage } from "./chunk-index.ts";

export class IndexStorage implements ChunkStorage {
  private readonly storage: FileStorage;
  private readonly headerBlocks: () => readonly Address[];

  /** @param headerBlocks - Where the blocks of the dataset's header are now. */
  constructor(storage: FileStorage, headerBlocks: () => readonly Address[]) {
    this.storage = storage;
    this.headerBlocks = headerBlocks;
  }

  get widths(): FileWidths {
    return this.storage.widths;
  }

  get limits(): Limits {
    return this.storage.limits;
  }

  get answersLate(): boolean {
    return this.storage.answersLate;
  }

  get isChanging(): boolean {
    return this.storage.isChanging;
  }

  get smallBuffers(): SharedMemory {
    return this.storage.smallBuffers;
  }

  attemptRaw<T>(address: Address, byteLength: number, read: () => T): T {
    return this.storage.attemptRaw(address, byteLength, read);
  }

  store<T>(address: Address, codec: StructureCodec<T>, value: T): void {
    this.storage.store(address, codec, value);
    for (const block of this.headerBlocks()) this.storage.writeBefore(address, block);
  }

  writeBefore(child: Address, parent: Address): void {
    this.storage.writeBefore(child, parent);
  }

  load<T>(address: Address, codec: StructureCodec<T>): T {
    return this.storage.load(address, codec);
  }

  cached<T>(address: Address, structure: string): T | undefined {
    return this.storage.cached<T>(address, structure);
  }

  forget(address: Address): void {
    this.storage.forget(address);
  }

  cursor(bytes: Uint8Array, structure: string, address: Address): Cursor {
    return this.storage.cursor(bytes, structure, address);
  }

  readEach(
    addresses: readonly Address[],
    byteLength: number,
    structure: string,
    visit: (bytes: Uint8Array, at: number) => void,
  ): void {
    this.storage.readEach(addresses, byteLength, structure, visit);
  }

  readRaw(address: Address, destination: Uint8Array): void {
    this.storage.readRaw(address, destination);
  }

  writeRaw(address: Address, bytes: Uint8Array): void {
    this.storage.writeRaw(address, bytes);
  }

  writeOrKeep(address: Address, bytes: Uint8Array): void {
    this.storage.writeOrKeep(address, bytes);
  }

  writeKept(): void {
    this.storage.writeKept();
  }

  expectRaw(ranges: readonly { readonly address: Address; readonly byteLength: number }[]): void {
    this.storage.expectRaw(ranges);
  }

  available(address: Address, wanted: number): number {
    return this.storage.available(address, wanted);
  }

  allocate(type: MemoryType, byteLength: number): Address {
    return this.storage.allocate(type, byteLength);
  }

  release(type: MemoryType, address: Address, byteLength: number): void {
    this.storage.release(type, address, byteLength);
  }

  requireUsed(address: Address, byteLength: number): void {
    this.storage.requireUsed(address, byteLength);
  }

  isSeen(address: Address): boolean {
    return this.storage.isSeen(address);
  }
}
