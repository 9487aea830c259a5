/** A file whose bytes arrive later. The synchronous classes, run until nothing is missing. */
import { freeBytes } from "../engine/free-space-managers.ts";
import { type RetryOptions, runWithRetry } from "../io/retry-driver.ts";
import { FileImage } from "../lowlevel/file-image.ts";
import { requirePieceSize } from "./argument-checks.ts";
import { AsyncGroup } from "./async-group.ts";
import { type AsyncSession, withMembers } from "./async-members.ts";
import type { ResolvedFiles } from "./async-resolver.ts";
import type { LateBytes } from "./async-source.ts";
import { opened } from "./closed-error.ts";
import { File } from "./file.ts";

const FILE_MEMBERS = [
  "driver",
  "fileSize",
  "isBeingWritten",
  "libver",
  "metaBlockSize",
  "mode",
  "swmrMode",
  "toBlob",
  "toBytes",
  "userblockSize",
] as const satisfies readonly (keyof File)[];

/** What fetching has cost so far. */
export interface AsyncStatistics {
  /** Times an operation had to wait for bytes. */
  readonly rounds: number;
  /** Reads of the source: over HTTP, its requests. */
  readonly requests: number;
  /** Bytes that they brought, those of pages around what was asked for included. */
  readonly bytes: number;
  /** Requests over HTTP that were made because one before had failed. */
  readonly retries: number;
}

/**
 * An open file whose bytes arrive later, which is its root group too; {@link openAsync} makes it. Members are those of
 * `File` that read, each giving a promise; they fail as those do, and with `code` `"source"` when bytes cannot be had.
 */
export class AsyncFile extends /* @__PURE__ */ withMembers(
  AsyncGroup as new (
    file: File,
    session: AsyncSession,
  ) => AsyncGroup,
  File,
  FILE_MEMBERS,
) {
  declare protected readonly target: File;
  readonly #source: LateBytes;
  readonly #others: ResolvedFiles | undefined;

  constructor(file: File, source: LateBytes, session: AsyncSession, others?: ResolvedFiles) {
    super(file, session);
    this.#others = others;
    this.#source = source;
  }

  /** Runs an operation on the synchronous file, over and over until no bytes are missing. */
  override run<R>(operation: (file: File) => R, retry: RetryOptions = this.session.retry): Promise<R> {
    return runWithRetry(() => operation(this.target), retry);
  }

  /** The source's name; `""` where it has none. */
  get filename(): string {
    return this.target.filename;
  }

  /** What fetching has cost since the file was opened. */
  get statistics(): AsyncStatistics {
    const { rounds, requests, fetchedByteLength, retries } = this.#source.statistics();
    return { rounds, requests, bytes: fetchedByteLength, retries };
  }

  /** As `File.freeSpace`. */
  get freeSpace(): Promise<number> {
    return this.perform(({ handle }) => freeBytes(opened(handle).location().file.engine));
  }

  /** As `File.stream`: pieces are fetched when they are asked for. */
  stream(pieceSize = 1 << 20): ReadableStream<Uint8Array> {
    requirePieceSize(pieceSize);
    let offset = 0;
    return new ReadableStream<Uint8Array>({
      pull: async (controller) => {
        const { piece, byteLength } = await this.perform(() => {
          const image = new FileImage(this.target.handle.location().file);
          const length = Math.min(pieceSize, image.byteLength - offset);
          return { piece: image.read(offset, length), byteLength: image.byteLength };
        });
        if (piece.length > 0) controller.enqueue(piece);
        offset += piece.length;
        if (offset >= byteLength) controller.close();
      },
    });
  }

  /** Closes the file and its source. A second call does nothing. */
  async close(): Promise<void> {
    this.target.close();
    await this.#source.closeAndWait();
    await this.#others?.closeAndWait();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
