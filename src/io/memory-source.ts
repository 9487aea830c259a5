/** Bytes in memory: a source over bytes that stay as they are, and a target that grows. */
import { SourceError } from "../base/errors.ts";
import { checkPosition, checkRange, closedSource } from "./range-check.ts";
import type { ByteSource, ByteTarget } from "./source.ts";

/** Reads from bytes in memory. They are not copied: whoever holds them leaves them alone while the source is open. */
export class MemorySource implements ByteSource {
  readonly name: string;
  #bytes: Uint8Array | undefined;

  constructor(bytes: Uint8Array | ArrayBufferLike, name = "") {
    this.name = name;
    this.#bytes = bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
  }

  byteLength(): number {
    return this.#open().length;
  }

  readInto(offset: number, destination: Uint8Array): void {
    destination.set(this.view(offset, destination.length));
  }

  /** A view of the bytes given, without a copy. */
  view(offset: number, byteLength: number): Uint8Array {
    const bytes = this.#open();
    checkRange(this.name, offset, byteLength, bytes.length);
    return bytes.subarray(offset, offset + byteLength);
  }

  close(): void {
    this.#bytes = undefined;
  }

  #open(): Uint8Array {
    if (this.#bytes === undefined) throw closedSource(this.name);
    return this.#bytes;
  }
}

const FIRST_CAPACITY = 4096;
/** Up to here capacity doubles; beyond it grows by half, so that a large file wastes less. */
const DOUBLING_LIMIT = 1 << 26;
/** A file that is cut to less than this part of its capacity moves to a smaller one, unless it is small anyway. */
const LEAST_USE = 1 / 4;
const KEPT_CAPACITY = 1 << 20;

/** A file in memory that grows as it is written. `toBytes` works after `close`, too. */
export class MemoryTarget implements ByteTarget {
  readonly name: string;
  #bytes: Uint8Array;
  #byteLength: number;
  #closed = false;

  /**
   * A file in memory; `toBytes` gives what it has become.
   *
   * @param bytes - First contents, which are copied: the caller's bytes are never written to.
   */
  constructor(bytes?: Uint8Array | ArrayBufferLike, name = "") {
    this.name = name;
    const given = bytes === undefined || bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
    this.#bytes = new Uint8Array(given ?? []);
    this.#byteLength = this.#bytes.length;
  }

  byteLength(): number {
    this.#checkOpen();
    return this.#byteLength;
  }

  readInto(offset: number, destination: Uint8Array): void {
    this.#checkOpen();
    checkRange(this.name, offset, destination.length, this.#byteLength);
    destination.set(this.#bytes.subarray(offset, offset + destination.length));
  }

  write(offset: number, bytes: Uint8Array): void {
    this.#checkOpen();
    if (bytes.length === 0) return;
    checkPosition(this.name, offset, bytes.length);
    const end = offset + bytes.length;
    this.#reserve(end);
    this.#bytes.set(bytes, offset);
    if (end > this.#byteLength) this.#byteLength = end;
  }

  truncate(byteLength: number): void {
    this.#checkOpen();
    checkPosition(this.name, byteLength, 0);
    this.#reserve(byteLength);
    const capacity = this.#bytes.length;
    if (capacity > KEPT_CAPACITY && byteLength < capacity * LEAST_USE) {
      this.#bytes = new Uint8Array(this.#bytes.subarray(0, Math.min(byteLength, this.#byteLength)));
      this.#reserve(byteLength);
    } else if (byteLength < this.#byteLength) {
      // What is cut off must read as zeros should the file grow again.
      this.#bytes.fill(0, byteLength, this.#byteLength);
    }
    this.#byteLength = byteLength;
  }

  sync(): void {
    this.#checkOpen();
  }

  close(): void {
    this.#closed = true;
  }

  /** A copy of the whole file. */
  toBytes(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#bytes.subarray(0, this.#byteLength));
  }

  #reserve(byteLength: number): void {
    const capacity = this.#bytes.length;
    if (byteLength <= capacity) return;
    const growth = capacity < DOUBLING_LIMIT ? capacity : capacity / 2;
    const wanted = Math.max(byteLength, FIRST_CAPACITY, Math.floor(capacity + growth));
    const grown = this.#allocate(wanted, byteLength);
    grown.set(this.#bytes.subarray(0, this.#byteLength));
    this.#bytes = grown;
  }

  #allocate(wanted: number, needed: number): Uint8Array {
    for (const byteLength of [wanted, needed]) {
      try {
        return new Uint8Array(byteLength);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
      }
    }
    throw new SourceError(`a file of ${needed} bytes does not fit into memory`, { path: this.name, errno: 12 });
  }

  #checkOpen(): void {
    if (this.#closed) throw closedSource(this.name);
  }
}
