/** An open file, which is its root group too. h5py: `File`. */

import { LIBRARY_VERSIONS } from "../format/library-version.ts";
import type { ByteSource } from "../io/source.ts";
import { plainError } from "../lowlevel/api-error.ts";
import type { FileID } from "../lowlevel/file-id.ts";
import { FileImage, fileBytes, fileSizeOf, isWritten } from "../lowlevel/file-image.ts";
import * as h5f from "../lowlevel/h5f.ts";
import { boundNumbers } from "../lowlevel/libver-bounds.ts";
import type { OpenRoot, PlaceFile } from "../lowlevel/open-object.ts";
import { requirePieceSize } from "./argument-checks.ts";
import { closedError } from "./closed-error.ts";
import {
  type DriverName,
  type FileMode,
  type FileOptions,
  type LibraryVersionName,
  openInMode,
  versionName,
} from "./file-options.ts";
import { Group } from "./group.ts";
import { baseName, setFileFinder } from "./hl-object.ts";

/** A path, the bytes of a file, a source or target of bytes, or a low-level handle. */
export type FileLike = string | Uint8Array | ByteSource | FileID;

/** Each opening of a file is one `File`, whichever of its objects it is asked of. */
const files = new WeakMap<PlaceFile, File>();

/**
 * An open file.
 *
 * ```ts
 * using f = new File("data.h5", "w");
 * f.set("answers", Int8Array.of(42));
 * ```
 */
export class File extends Group<FileID> {
  /**
   * Opens or creates a file.
   *
   * Bytes are opened where they are (`r`), or a copy of them is opened (`r+`, `a`), which `toBytes` gives back; `w`,
   * `w-` and `x` start with none. A low-level handle is adopted: closing either closes both.
   *
   * @param name - A path, the bytes of a file, a source or target of bytes, or a low-level handle.
   * @param mode - `"r"` unless given; a handle has its own.
   * @param options - Those of new files are for the modes `w`, `w-` and `x`, and `a` where there is none; a handle has
   *   its own.
   * @throws FileNotFoundError, FileExistsError, OSError "Unable to open file (…)", ValueError for a mode that is none.
   */
  constructor(name: FileLike, mode: FileMode = "r", options: FileOptions = {}) {
    const root: OpenRoot = isRoot(name) ? name : openInMode(name, mode, options);
    if (!root.valid) throw closedError();
    super(root);
    const { file } = root.location();
    if (!files.has(file)) files.set(file, this);
  }

  get #root(): OpenRoot {
    return this.handle as OpenRoot;
  }

  get #opening(): PlaceFile {
    this.requireOpen();
    return this.handle.location().file;
  }

  /**
   * A file in memory: a new one, or a copy of the bytes of one. `toBytes` gives what it has become.
   *
   * @param image - The bytes of an HDF5 file. Default: a new, empty one.
   * @throws as the constructor; ValueError for `userblockSize` or `fsStrategy` beside bytes. h5py: `File.in_memory`.
   */
  static inMemory(image?: Uint8Array, options: FileOptions = {}): File {
    return new File(image ?? new Uint8Array(0), image === undefined ? "w" : "r+", options);
  }

  /** The name the file was opened by: a path, or the name of its source; `""` for bytes. */
  get filename(): string {
    return this.#opening.name;
  }

  /** `"r"` or `"r+"`. */
  get mode(): "r" | "r+" {
    return (this.#opening.intent & h5f.ACC_RDWR) !== 0 ? "r+" : "r";
  }

  /** The oldest and the newest format written. */
  get libver(): [LibraryVersionName, LibraryVersionName] {
    const { engine, access } = this.#opening;
    const [low, high] = boundNumbers(LIBRARY_VERSIONS.indexOf(engine.lowBound), access.libverHigh);
    return [versionName(low), versionName(high)];
  }

  /** Bytes before the file's own: 0, or a power of two from 512 on. C: `H5Pget_userblock`. */
  get userblockSize(): number {
    return this.#opening.engine.superblock.baseAddress;
  }

  /** How the bytes are reached: `"sec2"`, `"core"` for memory, ... A split file is `"multi"`. */
  get driver(): DriverName {
    const { name, access } = this.#opening;
    return name === "" ? "core" : access.driver.kind;
  }

  /** Bytes of the blocks that metadata is cut from. C: `H5Pget_meta_block_size`. */
  get metaBlockSize(): number {
    return this.#opening.access.metaBlockSize;
  }

  /**
   * Whether the file is open for reading while another process writes to it, or for writing while others read. Setting
   * it to true begins the latter: make everything that readers are to find first, in a file with `libver: "latest"`; then each
   * `dataset.flush()` shows them what was written to it.
   *
   * ```ts
   * using f = new File("log.h5", "w", { libver: "latest" });
   * const log = f.createDataset("log", { shape: [0], maxshape: [null], chunks: [1024], dtype: "<f8" });
   * f.swmrMode = true;
   * for (let n = 0; n < 10; n++) {
   *   log.resize([n + 1]);
   *   log.write(n, Math.sqrt(n));
   *   log.flush();
   * }
   * ```
   *
   * @throws RuntimeError "Unable to start swmr writing (…)" for a file that cannot be written so; ValueError when set to
   *   false, which cannot be had but by closing the file. h5py: `File.swmr_mode`. C: `H5Fstart_swmr_write`.
   */
  get swmrMode(): boolean {
    return (this.#opening.intent & (h5f.ACC_SWMR_READ | h5f.ACC_SWMR_WRITE)) !== 0;
  }

  set swmrMode(on: boolean) {
    this.requireOpen();
    if (!on) throw plainError("ValueError", "It is not possible to forcibly switch SWMR mode off.");
    this.id.startSwmrWrite();
  }

  /**
   * Whether a writer has the file open so that others may read it, as the file itself says now. One that was killed leaves it
   * saying so, until `h5ts clear -s`.
   */
  get isBeingWritten(): boolean {
    return isWritten(this.#opening);
  }

  /** Bytes of the file, user block included. h5py: `file.id.get_filesize()`. */
  get fileSize(): number {
    return fileSizeOf(this.#opening);
  }

  /** Bytes of the file that are free and will be used again. h5py: `file.id.get_freespace()`. */
  get freeSpace(): number {
    return this.#opening.engine.freeSpace();
  }

  /** Writes everything that was changed; of a file open for reading nothing. C: `H5Fflush`. */
  flush(): void {
    this.requireOpen();
    h5f.flush(this.id);
  }

  /** The bytes of the whole file, user block included, everything written; a copy. C: `H5Fget_file_image`. */
  toBytes(): Uint8Array<ArrayBuffer> {
    return fileBytes(this.#opening);
  }

  /** The file as a `Blob`, everything written: to download, to store, to send. */
  toBlob(): Blob {
    return new Blob([this.toBytes()], { type: "application/x-hdf5" });
  }

  /**
   * The bytes of the file as a stream, everything written: `f.stream().pipeTo(writable)`. They are read piece by piece;
   * the file must stay open and unchanged meanwhile.
   *
   * @param pieceSize - Bytes of a piece; 1 MiB by default.
   * @throws ValueError for what is no size.
   */
  stream(pieceSize = 1 << 20): ReadableStream<Uint8Array> {
    requirePieceSize(pieceSize);
    const image = new FileImage(this.#opening);
    let offset = 0;
    return new ReadableStream<Uint8Array>({
      pull: (controller) => {
        const byteLength = Math.min(pieceSize, image.byteLength - offset);
        if (byteLength > 0) controller.enqueue(image.read(offset, byteLength));
        offset += byteLength;
        if (offset >= image.byteLength) controller.close();
      },
    });
  }

  /** Writes everything and closes the file with all objects opened from it. A second call does nothing. */
  close(): void {
    if (this.isOpen) this.#root.closeWithObjects();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** `<HDF5 file "x.h5" (mode r+)>`, as h5py prints it. */
  override toString(): string {
    if (!this.isOpen) return "<Closed HDF5 file>";
    return `<HDF5 file "${baseName(this.filename)}" (mode ${this.mode})>`;
  }
}

setFileFinder((opening) => files.get(opening) ?? new File(opening.root() as FileID));

/** A handle of an open file. */
function isRoot(name: unknown): name is OpenRoot {
  return typeof name === "object" && name !== null && "closeWithObjects" in name;
}
