/** What `openAsync` takes for a source, and the source that the synchronous core gets of it. */
import { ChangingAsyncSource } from "../io/changing-source.ts";
import { type HttpOptions, HttpSource } from "../io/http-source.ts";
import { MemorySource } from "../io/memory-source.ts";
import { PagedAsyncSource, type PagedSourceOptions, type PagedSourceStatistics } from "../io/paged-source.ts";
import type { AsyncByteSource, ByteRange, ByteSource } from "../io/source.ts";
import { plainError } from "../lowlevel/api-error.ts";
import type { OptionNames } from "./known-options.ts";

/** What is used of a `Blob` or `File` of the web. */
export interface BlobLike {
  /** Bytes in all. */
  readonly size: number;
  /** A file's name; default `""`. */
  readonly name?: string;
  /** The bytes from `start` up to, not including, `end`. */
  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

/** The address of a file that is read over HTTP, any source of bytes that arrive later, a Blob, or bytes. */
export type AsyncFileLike = string | URL | AsyncByteSource | BlobLike | Uint8Array;

/** @throws TypeError for anything else. */
export function asyncSourceOf(source: AsyncFileLike, http: HttpOptions = {}): AsyncByteSource {
  if (typeof source === "string" || source instanceof URL) return new HttpSource(source, http);
  if (source instanceof Uint8Array) return memorySource(source);
  if (typeof source === "object" && source !== null) {
    if ("read" in source && "byteLength" in source) return source;
    if ("slice" in source && "size" in source) return blobSource(source);
  }
  throw plainError("TypeError", `expected an address, a source of bytes or a Blob, not ${typeof source}`);
}

function blobSource(blob: BlobLike): AsyncByteSource {
  return {
    name: blob.name ?? "",
    byteLength: async () => blob.size,
    read: async (offset, byteLength) => new Uint8Array(await blob.slice(offset, offset + byteLength).arrayBuffer()),
  };
}

function memorySource(bytes: Uint8Array): AsyncByteSource {
  const memory = new MemorySource(bytes);
  return {
    name: "",
    byteLength: async () => bytes.length,
    read: async (offset, byteLength) => memory.view(offset, byteLength),
  };
}

/** A source for the core whose bytes arrive later. */
export interface LateBytes extends ByteSource {
  view(offset: number, byteLength: number): Uint8Array;
  expect(ranges: readonly ByteRange[]): void;
  statistics(): PagedSourceStatistics;
  /** Closes what the bytes come from. */
  closeAndWait(): Promise<void>;
}

export interface LateOptions extends PagedSourceOptions, HttpOptions {
  /** Whether another program may be writing to the file. Default false. */
  readonly swmr?: boolean;
}

/** Those of `HttpSource`. */
export const HTTP_OPTIONS: OptionNames<HttpOptions> = {
  headers: true,
  fetch: true,
  credentials: true,
  timeout: true,
  retries: true,
  retryDelay: true,
  wholeFile: true,
  headSize: true,
  changing: true,
  signal: true,
};

export const LATE_OPTIONS: OptionNames<Omit<LateOptions, "changing">> = {
  ...HTTP_OPTIONS,
  pageSize: true,
  cacheSize: true,
  joinedGap: true,
  maxRequestSize: true,
  maxConcurrentRequests: true,
  onProgress: true,
  swmr: true,
};

/** The bytes of a file for the core. @throws SourceError when they cannot be had. */
export async function openLateBytes(source: AsyncFileLike, options: LateOptions): Promise<LateBytes> {
  if (!options.swmr) return PagedAsyncSource.open(asyncSourceOf(source, options), options);
  return ChangingAsyncSource.open(asyncSourceOf(source, { ...options, changing: true }), options);
}

/** Leaves closing to whoever opened the source, and can wait for it: the core closes what it is given without waiting. */
export class HeldSource implements ByteSource {
  readonly name: string;
  readonly #source: LateBytes;

  constructor(source: LateBytes) {
    this.name = source.name;
    this.#source = source;
  }

  byteLength(): number {
    return this.#source.byteLength();
  }

  readInto(offset: number, destination: Uint8Array): void {
    this.#source.readInto(offset, destination);
  }

  view(offset: number, byteLength: number): Uint8Array {
    return this.#source.view(offset, byteLength);
  }

  expect(ranges: readonly ByteRange[]): void {
    this.#source.expect(ranges);
  }

  renew(ranges: readonly ByteRange[]): void {
    this.#source.renew?.(ranges);
  }

  close(): void {
    // Closed by whoever opened it.
  }
}
