/** The bytes of an open file, and what it says of itself. */
import { clearConsistencyFlags, sizeOfSuperblock } from "../format/superblock.ts";
import { guarded, record } from "./api-error.ts";
import type { PlaceFile } from "./open-object.ts";

/** As they are for whoever gets them: those of a file that nobody is writing to. */
export class FileImage {
  readonly byteLength: number;
  readonly #file: PlaceFile;

  /** Writes what was changed. The file must not be changed while the image is used. */
  constructor(file: PlaceFile) {
    file.engine.flush();
    this.#file = file;
    this.byteLength = file.source.byteLength();
  }

  read(offset: number, byteLength: number): Uint8Array<ArrayBuffer> {
    const { engine, source } = this.#file;
    const bytes = new Uint8Array(byteLength);
    source.readInto(offset, bytes);
    const { superblock } = engine;
    // Version 3 says of an open file that it is (section II.A, File Consistency Flags).
    if (superblock.version !== 3) return bytes;
    const closed = new Uint8Array(sizeOfSuperblock(3, superblock));
    source.readInto(superblock.baseAddress, closed);
    clearConsistencyFlags(closed);
    const start = superblock.baseAddress - offset;
    const first = Math.max(0, -start);
    const end = Math.min(closed.length, byteLength - start);
    if (first < end) bytes.set(closed.subarray(first, end), start + first);
    return bytes;
  }
}

/** The bytes of the whole file, everything written. */
export function fileBytes(file: PlaceFile): Uint8Array<ArrayBuffer> {
  return guarded(record("H5Fget_file_image", "FILE", "CANTGET", "unable to get file image"), () => {
    const image = new FileImage(file);
    return image.read(0, image.byteLength);
  });
}

/** Bytes of the file. */
export function fileSizeOf({ engine }: PlaceFile): number {
  return guarded(record("H5Fget_filesize", "FILE", "CANTGET", "unable to get file size"), () => engine.fileSize());
}

/** Whether the file says, now, that a writer has it open so that others may read it. */
export function isWritten({ engine }: PlaceFile): boolean {
  return guarded(record("H5Fopen", "FILE", "CANTGET", "unable to read the file's flags"), () => engine.isBeingWritten);
}
