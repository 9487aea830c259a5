/** A test double whose device fails: full disks, bad sectors, power cuts. */
import type { HDF5Error } from "../base/errors.ts";
import { fileCallError, transferError } from "./file-system.ts";
import type { ByteTarget } from "./source.ts";
import { posixError } from "./system-errors.ts";

/** When which call fails. Calls are counted from 1. */
export interface Faults {
  /** This write fails, having written nothing; those after it work again. */
  readonly failedWrite?: number;
  /** From this write on nothing reaches the device any more, as after a power cut; calls fail. */
  readonly powerCutAtWrite?: number;
  /** Room for the file in bytes: what is within is written, and the write that goes beyond fails. */
  readonly capacity?: number;
  /** This read fails. */
  readonly failedRead?: number;
  /** Bytes from here on cannot be read. */
  readonly badSectorsFrom?: number;
  /** Whether `sync` fails. Default false. */
  readonly syncFails?: boolean;
}

/** Passes everything on to another target, until it is to fail; then it fails as a file of the system would. */
export class FaultyTarget implements ByteTarget {
  readonly #inner: ByteTarget;
  readonly #faults: Faults;
  #writes = 0;
  #reads = 0;

  constructor(inner: ByteTarget, faults: Faults) {
    this.#inner = inner;
    this.#faults = faults;
  }

  get name(): string {
    return this.#inner.name;
  }

  /** Writes and changes of size so far: with one more than a whole run has, no fault happens. */
  get writes(): number {
    return this.#writes;
  }

  /** Reads so far. */
  get reads(): number {
    return this.#reads;
  }

  byteLength(): number {
    return this.#inner.byteLength();
  }

  readInto(offset: number, destination: Uint8Array): void {
    this.#reads++;
    const { failedRead, badSectorsFrom = Number.POSITIVE_INFINITY } = this.#faults;
    if (this.#reads === failedRead || offset + destination.length > badSectorsFrom) {
      throw this.#failure("EIO", "read", offset, destination.length);
    }
    this.#inner.readInto(offset, destination);
  }

  write(offset: number, bytes: Uint8Array): void {
    this.#countWrite(() => this.#failure("EIO", "write", offset, bytes.length));
    const room = (this.#faults.capacity ?? Number.POSITIVE_INFINITY) - offset;
    if (bytes.length <= room) {
      this.#inner.write(offset, bytes);
      return;
    }
    if (room > 0) this.#inner.write(offset, bytes.subarray(0, room));
    throw this.#failure("ENOSPC", "write", offset, bytes.length);
  }

  truncate(byteLength: number): void {
    this.#countWrite(() => fileCallError(posixError("EIO"), "set file size", this.name));
    if (byteLength > (this.#faults.capacity ?? Number.POSITIVE_INFINITY)) {
      throw fileCallError(posixError("ENOSPC"), "set file size", this.name);
    }
    this.#inner.truncate(byteLength);
  }

  sync(): void {
    if (this.#faults.syncFails) throw fileCallError(posixError("EIO"), "sync file", this.name);
    this.#inner.sync();
  }

  close(): void {
    this.#inner.close();
  }

  #countWrite(failure: () => HDF5Error): void {
    this.#writes++;
    const { failedWrite, powerCutAtWrite = Number.POSITIVE_INFINITY } = this.#faults;
    if (this.#writes === failedWrite || this.#writes >= powerCutAtWrite) throw failure();
  }

  #failure(code: string, action: "read" | "write", position: number, byteLength: number): HDF5Error {
    return transferError(posixError(code), action, {
      path: this.name,
      descriptor: -1,
      totalByteLength: byteLength,
      pieceByteLength: byteLength,
      position,
    });
  }
}
