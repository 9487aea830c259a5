/** The bytes of an open file, as they are for whoever gets them: those of a file that nobody is writing to. */
import { clearConsistencyFlags, sizeOfSuperblock } from "../format/superblock.ts";
import type { OpenFile } from "./open-file.ts";

export class FileImage {
  readonly byteLength: number;
  readonly #file: OpenFile;

  /** Writes what was changed. The file must not be changed while the image is used. */
  constructor(file: OpenFile) {
    file.engine.flush();
    this.#file = file;
    this.byteLength = file.shared.source.byteLength();
  }

  read(offset: number, byteLength: number): Uint8Array<ArrayBuffer> {
    const { engine, shared } = this.#file;
    const bytes = new Uint8Array(byteLength);
    shared.source.readInto(offset, bytes);
    const { superblock } = engine;
    // Version 3 says of an open file that it is (section II.A, File Consistency Flags).
    if (superblock.version !== 3) return bytes;
    const closed = new Uint8Array(sizeOfSuperblock(3, superblock));
    shared.source.readInto(superblock.baseAddress, closed);
    clearConsistencyFlags(closed);
    const start = superblock.baseAddress - offset;
    const first = Math.max(0, -start);
    const end = Math.min(closed.length, byteLength - start);
    if (first < end) bytes.set(closed.subarray(first, end), start + first);
    return bytes;
  }
}
