/** User blocks in front of HDF5 files, and the bytes of files as they are. */
import { HDF5Error, isHdf5Error } from "../base/errors.ts";
import { findSuperblock } from "../engine/superblock-access.ts";
import type { FileTarget } from "../io/file-source.ts";
import { openPath, realPathOf } from "../io/path-source.ts";
import type { ByteSource, ByteTarget } from "../io/source.ts";

const LEAST_BYTES = 512;
const PIECE_BYTES = 1 << 20;

/** Bytes of the smallest user block that holds so many: 512, 1024, ...; 0 for none. */
export function userBlockSizeFor(byteLength: number): number {
  if (byteLength === 0) return 0;
  let size = LEAST_BYTES;
  while (size < byteLength) size *= 2;
  return size;
}

/** Whether two paths lead to the same file, which is there unless the paths are equal. */
export function isSameFile(path: string, other: string): boolean {
  if (path === other) return true;
  const real = realPathOf(path);
  return real !== undefined && real === realPathOf(other);
}

/** Calls with an open file, which is closed afterwards. */
export function withPath<T>(path: string, use: (source: ByteSource) => T): T {
  const source = openPath(path, "r");
  try {
    return use(source);
  } finally {
    source.close();
  }
}

/** A file's text. */
export function readText(path: string): string {
  return withPath(path, (source) => {
    const bytes = new Uint8Array(source.byteLength());
    source.readInto(0, bytes);
    return new TextDecoder().decode(bytes);
  });
}

export function withTarget<T>(path: string, mode: "w" | "r+", use: (target: FileTarget) => T): T {
  const target = openPath(path, mode);
  try {
    return use(target);
  } finally {
    target.close();
  }
}

/** Bytes before the superblock. @throws HDF5Error "format" in the words of the C library's tools. */
export function userBlockBytes(path: string, source: ByteSource): number {
  const offset = findSuperblock(source);
  if (offset === undefined) throw new HDF5Error("format", `Input HDF5 file "${path}" is not HDF5 format.`, { path });
  return offset;
}

export function isHdf5File(path: string): boolean {
  try {
    return withPath(path, findSuperblock) !== undefined;
  } catch (error) {
    if (isHdf5Error(error)) return false;
    throw error;
  }
}

/** Hands out bytes of a file in pieces, which are valid until the next. */
export function eachPiece(
  source: ByteSource,
  from: number,
  byteLength: number,
  use: (piece: Uint8Array, at: number) => void,
): void {
  const buffer = new Uint8Array(Math.min(byteLength, PIECE_BYTES));
  for (let at = 0; at < byteLength; at += PIECE_BYTES) {
    const piece = buffer.subarray(0, Math.min(PIECE_BYTES, byteLength - at));
    source.readInto(from + at, piece);
    use(piece, at);
  }
}

/** Copies bytes from one file to another. */
export function copyBytes(source: ByteSource, from: number, byteLength: number, target: ByteTarget, to: number): void {
  eachPiece(source, from, byteLength, (piece, at) => target.write(to + at, piece));
}

/** Moves bytes within a file, to a place that may overlap with theirs. */
export function moveBytes(target: ByteTarget, from: number, byteLength: number, to: number): void {
  if (to <= from) {
    copyBytes(target, from, byteLength, target, to);
    return;
  }
  // The last piece first, so that none is overwritten before it was read.
  const buffer = new Uint8Array(Math.min(byteLength, PIECE_BYTES));
  for (let end = byteLength; end > 0; end -= PIECE_BYTES) {
    const start = Math.max(0, end - PIECE_BYTES);
    const piece = buffer.subarray(0, end - start);
    target.readInto(from + start, piece);
    target.write(to + start, piece);
  }
}
