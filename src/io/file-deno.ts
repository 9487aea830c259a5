/** Files through Deno's own functions, which work without its Node layer and ask for Deno's permissions. */
import { unboxed } from "../base/bits.ts";
import type { FileHandle, FileStatus, FileSystem, OpenDisposition } from "./file-system.ts";

interface DenoFile {
  readSync(destination: Uint8Array): number | null;
  writeSync(bytes: Uint8Array): number;
  seekSync(offset: number, whence: number): number;
  statSync(): { size: number; isDirectory: boolean; dev: number; ino: number | null };
  truncateSync(byteLength: number): void;
  syncSync(): void;
  close(): void;
}

interface DenoOpenOptions {
  read?: boolean;
  write?: boolean;
  create?: boolean;
  createNew?: boolean;
}

interface Deno {
  openSync(path: string, options: DenoOpenOptions): DenoFile;
  realPathSync(path: string): string;
  removeSync(path: string): void;
  renameSync(from: string, to: string): void;
}

const OPEN_OPTIONS: Readonly<Record<OpenDisposition, DenoOpenOptions>> = {
  read: { read: true },
  "read-write": { read: true, write: true },
  create: { read: true, write: true, create: true },
  "create-new": { read: true, write: true, createNew: true },
};

/** `Deno.SeekMode.Start`. */
const SEEK_START = 0;

/** Files of Deno; `undefined` in other runtimes. */
export function denoFileSystem(): FileSystem | undefined {
  const { Deno: deno } = globalThis as { Deno?: Partial<Deno> };
  return deno && fileSystemOf(deno);
}

function fileSystemOf({ openSync, realPathSync, removeSync, renameSync }: Partial<Deno>): FileSystem | undefined {
  if (typeof openSync !== "function" || typeof realPathSync !== "function") return undefined;
  if (typeof removeSync !== "function" || typeof renameSync !== "function") return undefined;
  return {
    open(path, disposition) {
      return new DenoFileHandle(openSync(path, OPEN_OPTIONS[disposition]));
    },
    realPath: (path) => realPathSync(path),
    remove: (path) => removeSync(path),
    rename: (from, to) => renameSync(from, to),
  };
}

class DenoFileHandle implements FileHandle {
  /** Deno has no descriptors to show. */
  readonly descriptor = -1;
  readonly #file: DenoFile;
  /** The file's own position, which spares reads that follow one another a seek; -1 while it is not known. */
  #position = 0;

  constructor(file: DenoFile) {
    this.#file = file;
  }

  read(destination: Uint8Array, start: number, byteLength: number, position: number): number {
    this.#seek(position);
    const count = this.#file.readSync(destination.subarray(start, start + byteLength)) ?? 0;
    this.#position = position + count;
    return count;
  }

  write(bytes: Uint8Array, start: number, byteLength: number, position: number): number {
    this.#seek(position);
    const count = this.#file.writeSync(bytes.subarray(start, start + byteLength));
    this.#position = position + count;
    return count;
  }

  stat(): FileStatus {
    const stats = this.#file.statSync();
    const identity = stats.ino === null || stats.ino === 0 ? "" : `${stats.dev}:${stats.ino}`;
    return { byteLength: unboxed(stats.size), isDirectory: stats.isDirectory, identity };
  }

  truncate(byteLength: number): void {
    this.#file.truncateSync(byteLength);
  }

  sync(): void {
    this.#file.syncSync();
  }

  close(): void {
    this.#file.close();
  }

  /** Until the transfer has succeeded nobody knows where the position is. */
  #seek(position: number): void {
    const isThere = position === this.#position;
    this.#position = -1;
    if (!isThere) this.#file.seekSync(position, SEEK_START);
  }
}
