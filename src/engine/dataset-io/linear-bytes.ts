/** Raw data as one stretch of bytes: a contiguous dataset in the file, the data of a compact one, external files. */
import type { Address } from "../../base/address.ts";

/** What the transfers need of `FileStorage`. */
export interface RawStorage {
  /** False when no read ever waits, so that announcing reads is for nothing. */
  readonly answersLate?: boolean;
  /** Other processes write to the same file: what was not asked for is not written, not even as it was read. Default false. */
  readonly hasOtherWriters?: boolean;
  readRaw(address: Address, destination: Uint8Array): void;
  writeRaw(address: Address, bytes: Uint8Array): void;
  expectRaw(ranges: readonly { readonly address: Address; readonly byteLength: number }[]): void;
  allocate(type: "draw", byteLength: number): Address;
  release(type: "draw", address: Address, byteLength: number): void;
  /** How many bytes of the file follow `address`, up to `wanted`. */
  available(address: Address, wanted: number): number;
}

export interface LinearBytes {
  readonly byteLength: number;
  /** The bytes themselves, if they are in memory anyway. */
  view(): Uint8Array | undefined;
  read(offset: number, destination: Uint8Array): void;
  write(offset: number, bytes: Uint8Array): void;
  /** Announces reads to come, which is for nothing unless `answersLate`. */
  readonly answersLate: boolean;
  /** See {@link RawStorage.hasOtherWriters}. */
  readonly hasOtherWriters?: boolean;
  expect(ranges: readonly LinearRange[]): void;
}

export interface LinearRange {
  readonly offset: number;
  readonly byteLength: number;
}

/** Bytes from one address of the file on. */
export class FileRegion implements LinearBytes {
  readonly byteLength: number;
  readonly answersLate: boolean;
  readonly hasOtherWriters: boolean;
  private readonly storage: RawStorage;
  private readonly address: Address;

  constructor(storage: RawStorage, address: Address, byteLength: number) {
    this.storage = storage;
    this.answersLate = storage.answersLate !== false;
    this.hasOtherWriters = storage.hasOtherWriters === true;
    this.address = address;
    this.byteLength = byteLength;
  }

  view(): undefined {
    return undefined;
  }

  read(offset: number, destination: Uint8Array): void {
    this.storage.readRaw(this.address + offset, destination);
  }

  write(offset: number, bytes: Uint8Array): void {
    this.storage.writeRaw(this.address + offset, bytes);
  }

  expect(ranges: readonly LinearRange[]): void {
    this.storage.expectRaw(ranges.map(({ offset, byteLength }) => ({ address: this.address + offset, byteLength })));
  }
}

/** Bytes in memory. */
export class MemoryRegion implements LinearBytes {
  readonly byteLength: number;
  readonly answersLate = false;
  private readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.byteLength = bytes.length;
  }

  view(): Uint8Array {
    return this.bytes;
  }

  read(offset: number, destination: Uint8Array): void {
    destination.set(this.bytes.subarray(offset, offset + destination.length));
  }

  write(offset: number, bytes: Uint8Array): void {
    this.bytes.set(bytes, offset);
  }

  expect(): void {}
}
