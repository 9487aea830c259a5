/** Files through `node:fs`: Node, and Bun, which has the module too. */
import { unboxed } from "../base/bits.ts";
import type { FileHandle, FileStatus, FileSystem, OpenDisposition } from "./file-system.ts";
import { builtinModule } from "./platform.ts";

/** The part of `node:fs` that is used. */
export interface NodeFs {
  readonly constants: {
    readonly O_RDONLY: number;
    readonly O_RDWR: number;
    readonly O_CREAT: number;
    readonly O_EXCL: number;
  };
  openSync(path: string, flags: number, mode: number): number;
  readSync(descriptor: number, buffer: Uint8Array, start: number, length: number, position: number): number;
  writeSync(descriptor: number, buffer: Uint8Array, start: number, length: number, position: number): number;
  fstatSync(descriptor: number): { size: number; dev: number; ino: number; isDirectory(): boolean };
  ftruncateSync(descriptor: number, byteLength: number): void;
  fsyncSync(descriptor: number): void;
  closeSync(descriptor: number): void;
  realpathSync(path: string): string;
  unlinkSync(path: string): void;
  renameSync(from: string, to: string): void;
}

/** Files of Node; `undefined` in a runtime without `node:fs`. */
export function nodeFileSystem(): FileSystem | undefined {
  const fs = builtinModule("node:fs");
  return isNodeFs(fs) ? fileSystemOf(fs) : undefined;
}

/** Runtimes without files offer the module with functions missing. */
export function isNodeFs(module: unknown): module is NodeFs {
  if (typeof module !== "object" || module === null) return false;
  const { openSync, readSync, constants } = module as Partial<NodeFs>;
  return typeof openSync === "function" && typeof readSync === "function" && constants?.O_RDWR !== undefined;
}

/** A file system over a module of `node:fs`'s shape. */
export function fileSystemOf(fs: NodeFs): FileSystem {
  const { O_RDONLY, O_RDWR, O_CREAT, O_EXCL } = fs.constants;
  const flags: Readonly<Record<OpenDisposition, number>> = {
    read: O_RDONLY,
    "read-write": O_RDWR,
    create: O_RDWR | O_CREAT,
    "create-new": O_RDWR | O_CREAT | O_EXCL,
  };
  return {
    open(path, disposition) {
      // 0666 less the process's umask, as the C library creates files.
      return new NodeFileHandle(fs, fs.openSync(path, flags[disposition], 0o666));
    },
    realPath: (path) => fs.realpathSync(path),
    remove: (path) => fs.unlinkSync(path),
    rename: (from, to) => fs.renameSync(from, to),
  };
}

class NodeFileHandle implements FileHandle {
  readonly descriptor: number;
  private readonly fs: NodeFs;

  constructor(fs: NodeFs, descriptor: number) {
    this.fs = fs;
    this.descriptor = descriptor;
  }

  read(destination: Uint8Array, start: number, byteLength: number, position: number): number {
    return this.fs.readSync(this.descriptor, destination, start, byteLength, position);
  }

  write(bytes: Uint8Array, start: number, byteLength: number, position: number): number {
    return this.fs.writeSync(this.descriptor, bytes, start, byteLength, position);
  }

  stat(): FileStatus {
    const stats = this.fs.fstatSync(this.descriptor);
    const identity = stats.ino === 0 ? "" : `${stats.dev}:${stats.ino}`;
    return { byteLength: unboxed(stats.size), isDirectory: stats.isDirectory(), identity };
  }

  truncate(byteLength: number): void {
    this.fs.ftruncateSync(this.descriptor, byteLength);
  }

  sync(): void {
    this.fs.fsyncSync(this.descriptor);
  }

  close(): void {
    this.fs.closeSync(this.descriptor);
  }
}
