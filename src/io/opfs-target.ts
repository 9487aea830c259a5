/** Files of the origin private file system of browsers, in workers: the one kind of file there that is written at once. */
import { SourceError } from "../base/errors.ts";
import { checkPosition, checkRange, closedSource } from "./range-check.ts";
import type { ByteTarget } from "./source.ts";

/** What is used of a `FileSystemSyncAccessHandle` (File System Standard, section 2.6). */
export interface SyncAccessHandle {
  /** Size of the file in bytes. */
  getSize(): number;
  /** Fills `bytes` from `at` on. Gives the bytes read, fewer at the end of the file. */
  read(bytes: Uint8Array, options: { at: number }): number;
  /** Writes `bytes` from `at` on. Gives the bytes written. */
  write(bytes: Uint8Array, options: { at: number }): number;
  /** Sets the size in bytes. */
  truncate(byteLength: number): void;
  /** Returns when what was written has reached the device. */
  flush(): void;
  /** Gives the handle back, so that the file can be opened anew. */
  close(): void;
}

/**
 * Reads and writes through a handle, which is closed with the file:
 *
 * ```ts
 * const handle = await (await navigator.storage.getDirectory()).getFileHandle("data.h5", { create: true });
 * const f = new File(new OpfsTarget(await handle.createSyncAccessHandle(), "data.h5"), "w");
 * ```
 */
export class OpfsTarget implements ByteTarget {
  readonly name: string;
  readonly #handle: SyncAccessHandle;
  #closed = false;

  constructor(handle: SyncAccessHandle, name = "") {
    this.name = name;
    this.#handle = handle;
  }

  byteLength(): number {
    return this.#attempt("size", () => this.#handle.getSize());
  }

  /** @throws SourceError when the file ends before. */
  readInto(offset: number, destination: Uint8Array): void {
    checkRange(this.name, offset, destination.length, this.byteLength());
    for (let done = 0; done < destination.length; ) {
      const part = this.#attempt("read", () => this.#handle.read(destination.subarray(done), { at: offset + done }));
      if (part === 0) throw this.#error("read", "the file became shorter");
      done += part;
    }
  }

  /** @throws SourceError when there is no space left. */
  write(offset: number, bytes: Uint8Array): void {
    checkPosition(this.name, offset, bytes.length);
    for (let done = 0; done < bytes.length; ) {
      const part = this.#attempt("write", () => this.#handle.write(bytes.subarray(done), { at: offset + done }));
      if (part === 0) throw this.#error("write", "nothing more was taken");
      done += part;
    }
  }

  truncate(byteLength: number): void {
    checkPosition(this.name, byteLength, 0);
    this.#attempt("truncate", () => this.#handle.truncate(byteLength));
    // A browser whose private files are in memory alone leaves a size that is too large for it as it was, without a word.
    if (this.byteLength() !== byteLength) throw this.#error("truncate", `it cannot have ${byteLength} bytes`);
  }

  sync(): void {
    this.#attempt("flush", () => this.#handle.flush());
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#handle.close();
  }

  #attempt<T>(what: string, work: () => T): T {
    if (this.#closed) throw closedSource(this.name);
    try {
      return work();
    } catch (error) {
      throw this.#error(what, error instanceof Error ? error.message : String(error), error);
    }
  }

  #error(what: string, reason: string, cause?: unknown): SourceError {
    const isFull = cause instanceof Error && cause.name === "QuotaExceededError";
    const details = { path: this.name, cause, ...(isFull ? { errno: ENOSPC } : {}) };
    return new SourceError(`${what} of '${this.name}' failed: ${reason}`, details);
  }
}

const ENOSPC = 28;
