/** Files for reading: whole, or with bytes that arrive later. */
import { MemorySource } from "../io/memory-source.ts";
import { PagedAsyncSource, type PagedSourceOptions } from "../io/paged-source.ts";
import { type RetryOptions, runWithRetry } from "../io/retry-driver.ts";
import type { AsyncByteSource, ByteSource } from "../io/source.ts";
import { Group } from "./objects.ts";
import { openSource } from "./opening.ts";

/**
 * An open file, which is its root group too.
 *
 * ```ts
 * const f = new File(bytes);
 * const { data, shape } = f.get("image").read([slice(0, 10)]);
 * ```
 */
export class File extends Group {
  /**
   * Opens the bytes of a file, or a source of bytes, such as `openPath` gives.
   *
   * @throws HDF5Error "format" for what is no HDF5 file, for a truncated one, and for one file of several.
   */
  constructor(source: Uint8Array | ByteSource) {
    super(openSource(source instanceof Uint8Array ? new MemorySource(source) : source).root());
  }

  /** Closes the file and its source. Its objects are of no use any more. */
  close(): void {
    this.object.file.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** A file whose bytes arrive later. */
export class LateFile {
  readonly #file: File;
  readonly #source: PagedAsyncSource;

  /** @internal */
  constructor(file: File, source: PagedAsyncSource) {
    this.#file = file;
    this.#source = source;
  }

  /**
   * Runs synchronous code over the file until no bytes are missing: it starts over each time some had to be fetched, all that it
   * is known to miss at once. Calls may overlap.
   *
   * @throws what `operation` throws; SourceError when bytes cannot be had; the signal's reason.
   */
  run<R>(operation: (file: File) => R, options: RetryOptions = {}): Promise<R> {
    return runWithRetry(() => operation(this.#file), options);
  }

  /** Closes the file and its source. */
  async close(): Promise<void> {
    this.#file.close();
    await this.#source.closeAndWait();
  }
}

/**
 * Opens a file whose bytes arrive later: of an `HttpSource`, or of a source of one's own.
 *
 * ```ts
 * const f = await openAsync(new HttpSource("https://example.org/data.h5"));
 * const { data } = await f.run((file) => file.get("image").read([0]));
 * await f.close();
 * ```
 *
 * @throws HDF5Error "format" for what is no HDF5 file; SourceError when bytes cannot be had.
 */
export async function openAsync(
  source: AsyncByteSource,
  options: PagedSourceOptions & RetryOptions = {},
): Promise<LateFile> {
  const late = await PagedAsyncSource.open(source, options);
  try {
    return new LateFile(await runWithRetry(() => new File(late), options), late);
  } catch (error) {
    await late.closeAndWait();
    throw error;
  }
}
