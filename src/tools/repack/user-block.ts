/** The bytes before the superblock of the new file: another file's, or those of the file that is copied. */
import { HDF5Error } from "../../base/errors.ts";
import type { H5File } from "../../engine/h5-file.ts";
import { openPath } from "../../io/path-source.ts";
import type { RepackOptions } from "./options.ts";

const LEAST_BYTES = 512;
const DEFAULT_BYTES = 1024;

export class UserBlock {
  readonly byteLength: number;
  private readonly bytes: Uint8Array;

  private constructor(byteLength: number, bytes: Uint8Array) {
    this.byteLength = byteLength;
    this.bytes = bytes;
  }

  /** @throws HDF5Error when a file has more bytes than the block that is asked for. */
  static of(source: H5File, { userBlockFile, userBlockBytes, input }: RepackOptions): UserBlock {
    const own = source.superblock.baseAddress;
    if (userBlockFile === undefined && userBlockBytes === undefined) return new UserBlock(own, firstBytes(input, own));
    const bytes = userBlockFile === undefined ? new Uint8Array(0) : firstBytes(userBlockFile);
    const byteLength = userBlockBytes ?? sizeFor(bytes.length);
    if (bytes.length > byteLength)
      throw new HDF5Error("argument", "user block of the file does not fit", { path: input });
    return new UserBlock(byteLength, bytes);
  }

  /** Once the file is closed. */
  writeTo(path: string): void {
    if (this.bytes.length === 0) return;
    const target = openPath(path, "r+");
    try {
      target.write(0, this.bytes);
    } finally {
      target.close();
    }
  }
}

function sizeFor(byteLength: number): number {
  let size = byteLength === 0 ? DEFAULT_BYTES : LEAST_BYTES;
  while (size < byteLength) size *= 2;
  return size;
}

function firstBytes(path: string, byteLength?: number): Uint8Array {
  if (byteLength === 0) return new Uint8Array(0);
  const source = openPath(path, "r");
  try {
    const bytes = new Uint8Array(byteLength ?? source.byteLength());
    source.readInto(0, bytes);
    return bytes;
  } finally {
    source.close();
  }
}
