/** Checks of offsets and lengths that all sources share. */
import { ClosedError, SourceError } from "../base/errors.ts";

/** @throws SourceError when the range is not inside the `available` bytes of the source. */
export function checkRange(name: string, offset: number, byteLength: number, available: number): void {
  if (Number.isSafeInteger(offset) && offset >= 0 && byteLength >= 0 && offset + byteLength <= available) return;
  throw pastTheEnd(name, offset, byteLength, available);
}

/** The error of a read that the source cannot serve in full. */
export function pastTheEnd(name: string, offset: number, byteLength: number, available: number): SourceError {
  const file = name === "" ? "memory" : `'${name}'`;
  return new SourceError(`read of ${byteLength} bytes at offset ${offset} of ${file}, which has ${available} bytes`, {
    path: name,
  });
}

/** @throws SourceError when `offset` cannot be the position of bytes in a file. */
export function checkPosition(name: string, offset: number, byteLength: number): void {
  if (Number.isSafeInteger(offset) && offset >= 0 && Number.isSafeInteger(offset + byteLength)) return;
  throw new SourceError(`${byteLength} bytes at offset ${offset} of '${name}': not a position in a file`, {
    path: name,
  });
}

/** The error of any use of a source after `close`. */
export function closedSource(name: string): ClosedError {
  return new ClosedError(name === "" ? "the bytes in memory are closed" : `file '${name}' is closed`, { path: name });
}
