/**
 * Where bytes live, as the rest of the library sees it.
 *
 * Offsets are absolute: byte 0 is the first byte of the file, whatever its base address. Everything is synchronous;
 * bytes that arrive later hide behind a {@link PageFault} (see page-fault.ts and retry-driver.ts).
 */

/** Bytes `offset` to `offset + byteLength - 1` of a file. */
export interface ByteRange {
  /** The first byte, counted from the start of the file. */
  readonly offset: number;
  /** How many bytes. */
  readonly byteLength: number;
}

/** Bytes that can be read. */
export interface ByteSource {
  /** The file's name as it was given; "" for memory. */
  readonly name: string;
  /** Current size in bytes. */
  byteLength(): number;
  /**
   * Fills `destination` with the bytes from `offset` on.
   *
   * @throws SourceError when the source ends before, or cannot be read.
   * @throws ClosedError after `close`.
   * @throws PageFault when the bytes have yet to be fetched.
   */
  readInto(offset: number, destination: Uint8Array): void;
  /**
   * The bytes themselves, without a copy where the source can; not to be modified. They keep their values however the
   * source is used afterwards, which is why targets have no `view`. Throws as `readInto` does.
   */
  view?(offset: number, byteLength: number): Uint8Array;
  /** Says that these ranges will be read next: a source that fetches throws one PageFault for all that is missing. */
  expect?(ranges: readonly ByteRange[]): void;
  /** Says that these ranges may be others by now: a source that keeps bytes fetches them anew. */
  renew?(ranges: readonly ByteRange[]): void;
  /** Lets go of the file. A second call does nothing. */
  close(): void;
}

/** Bytes that can be read and written. */
export interface ByteTarget extends ByteSource {
  /**
   * Writes `bytes` at `offset`; the file grows as needed, with zeros in a gap. The bytes are good until it returns: their memory
   * is used again.
   *
   * @throws SourceError when that fails, ClosedError after `close`.
   */
  write(offset: number, bytes: Uint8Array): void;
  /** Sets the size in bytes, cutting the file or growing it with zeros. @throws as `write`. */
  truncate(byteLength: number): void;
  /** Returns when what was written has reached the device. @throws as `write`. */
  sync(): void;
}

/** Bytes that arrive later: HTTP, a Blob, a bucket. `read` answers with exactly `byteLength` bytes or rejects. */
export interface AsyncByteSource {
  /** The file's name or address, for messages; `""` where it has none. */
  readonly name: string;
  /** Size in bytes. */
  byteLength(): Promise<number>;
  /** The bytes from `offset` on, exactly `byteLength` of them; rejects when there are fewer or they cannot be had. */
  read(offset: number, byteLength: number): Promise<Uint8Array>;
  /** What has gone over the wire; left out where a `read` is one request. */
  traffic?(): SourceTraffic;
  /** Called once, when the file is closed; running reads may be given up. */
  close?(): Promise<void> | void;
}

/** What has gone over the wire so far. */
export interface SourceTraffic {
  /** Requests made, the repeated ones included. */
  readonly requests: number;
  /** How many of these were made because one before had failed. */
  readonly retries: number;
  /** Bytes that arrived. */
  readonly byteLength: number;
}
