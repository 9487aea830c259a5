/**
 * Bytes that arrive later, as a source for the synchronous core.
 *
 * A read that finds its pages in memory is served; otherwise it throws one {@link PageFault} with all that is missing,
 * and `runWithRetry` fetches that and starts the operation over.
 */
import { HDF5Error, SourceError } from "../base/errors.ts";
import { PageCache } from "./page-cache.ts";
import { type FaultingSource, PageFault, type PinHolder } from "./page-fault.ts";
import { type FetchProgress, PageFetcher } from "./page-fetcher.ts";
import { checkRange, closedSource } from "./range-check.ts";
import type { AsyncByteSource, ByteRange, ByteSource } from "./source.ts";

/** All sizes in bytes. */
export interface PagedSourceOptions {
  /** What is fetched at least; 64 KiB by default. */
  readonly pageSize?: number;
  /** Pages to keep beside those that running operations need; 16 MiB by default, 0 keeps none. */
  readonly cacheSize?: number;
  /** Fetched with the first access, so that a small file, or all that is at the front of a large one, takes one round; 256 KiB by default. */
  readonly headSize?: number;
  /** Two ranges this near are fetched together with what is between them; a page by default. */
  readonly joinedGap?: number;
  /** A longer range is fetched in several requests at a time; 8 MiB by default. */
  readonly maxRequestSize?: number;
  /** Requests (a number) under way at a time; 8 by default. */
  readonly maxConcurrentRequests?: number;
  /** Told of each request that has been answered. */
  readonly onProgress?: (progress: FetchProgress) => void;
}

/** What fetching has cost so far, and what is in memory. */
export interface PagedSourceStatistics {
  /** Times an operation had to wait and start over. */
  readonly rounds: number;
  /** Reads of the asynchronous source, or the requests that it says it made of them. */
  readonly requests: number;
  /** Bytes that they brought. */
  readonly fetchedByteLength: number;
  /** Requests that were made because one before had failed. */
  readonly retries: number;
  /** Bytes in memory. */
  readonly cachedByteLength: number;
  /** Of these, the bytes that running operations need. */
  readonly pinnedByteLength: number;
}

const KIB = 1 << 10;
const MIB = 1 << 20;

/**
 * Bytes that arrive later as a source for the synchronous core, kept in pages; what is not there is a {@link
 * PageFault}.
 */
export class PagedAsyncSource implements ByteSource, FaultingSource {
  readonly name: string;
  /** Bytes of a page. */
  readonly pageSize: number;
  readonly #source: AsyncByteSource;
  readonly #fileByteLength: number;
  readonly #headSize: number;
  readonly #cache: PageCache;
  readonly #fetcher: PageFetcher;
  #rounds = 0;
  #closed = false;
  /** Structures are fetched in units of this, raw data in pages. */
  #unit: number;
  /** The page used last, which spares the look-up for the many reads that follow one another. */
  #lastNumber = -1;
  #lastPage: Uint8Array = new Uint8Array(0);

  /** Asks the source for its size; nothing is fetched yet. */
  static async open(source: AsyncByteSource, options: PagedSourceOptions = {}): Promise<PagedAsyncSource> {
    try {
      return new PagedAsyncSource(source, await source.byteLength(), options);
    } catch (cause) {
      if (cause instanceof HDF5Error || cause instanceof RangeError) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new SourceError(`unable to open '${source.name}': ${reason}`, { path: source.name, cause });
    }
  }

  /**
   * Bytes that arrive later, kept in pages; nothing is fetched yet.
   *
   * @param fileByteLength - Size of the file, which is taken not to change.
   * @throws RangeError when an option is not a number of bytes.
   */
  constructor(source: AsyncByteSource, fileByteLength: number, options: PagedSourceOptions = {}) {
    const pageSize = checkedOption("pageSize", options.pageSize, 64 * KIB, 1);
    this.name = source.name;
    this.pageSize = pageSize;
    this.#unit = pageSize;
    this.#source = source;
    this.#fileByteLength = checkedOption("fileByteLength", fileByteLength, 0, 0);
    this.#headSize = checkedOption("headSize", options.headSize, 256 * KIB, 0);
    this.#cache = new PageCache(checkedOption("cacheSize", options.cacheSize, 16 * MIB, 0));
    this.#fetcher = new PageFetcher(source, this.#cache, {
      pageSize,
      fileByteLength,
      joinedGap: Math.floor(checkedOption("joinedGap", options.joinedGap, pageSize, 0) / pageSize),
      maxRequestPages: Math.ceil(checkedOption("maxRequestSize", options.maxRequestSize, 8 * MIB, 1) / pageSize),
      maxConcurrentRequests: checkedOption("maxConcurrentRequests", options.maxConcurrentRequests, 8, 1),
      onProgress: options.onProgress,
    });
  }

  byteLength(): number {
    this.#checkOpen();
    return this.#fileByteLength;
  }

  /**
   * Says that the file is in pages of its own ("paged" file space), so that one of them is fetched whole rather than in
   * several rounds. Pages that are no multiple of this source's, or longer than 8 MiB, change nothing.
   */
  alignTo(filePageSize: number): void {
    if (filePageSize % this.pageSize === 0 && filePageSize <= 8 * MIB) this.#unit = filePageSize;
  }

  readInto(offset: number, destination: Uint8Array): void {
    const { length } = destination;
    this.#checkRange(offset, length);
    const { pageSize } = this;
    const end = offset + length;
    for (let position = offset; position < end; ) {
      const number = Math.floor(position / pageSize);
      const page = this.#page(number);
      if (page === undefined) throw this.#fault(position, end - position);
      const start = position - number * pageSize;
      const part = page.subarray(start, start + end - position);
      destination.set(part, position - offset);
      position += part.length;
    }
  }

  /** Without a copy when the range is within one page. */
  view(offset: number, byteLength: number): Uint8Array {
    this.#checkRange(offset, byteLength);
    const number = Math.floor(offset / this.pageSize);
    const start = offset - number * this.pageSize;
    if (byteLength > 0 && start + byteLength <= this.pageSize) {
      const page = this.#page(number);
      if (page === undefined) throw this.#fault(offset, byteLength);
      return page.subarray(start, start + byteLength);
    }
    const bytes = new Uint8Array(byteLength);
    this.readInto(offset, bytes);
    return bytes;
  }

  /** What is past the end of the file is left to the read itself to complain about. */
  expect(ranges: readonly ByteRange[]): void {
    this.#checkOpen();
    const missing = this.#missing(ranges);
    if (missing.length > 0) throw new PageFault(this, missing);
  }

  async fetch(ranges: readonly ByteRange[], pins: PinHolder): Promise<boolean> {
    this.#checkOpen();
    const head = { offset: 0, byteLength: this.#rounds === 0 ? this.#headSize : 0 };
    this.#rounds++;
    const wanted = this.#pagesOf(ranges);
    const anythingMissing = wanted.some((page) => !this.#cache.has(page));
    const pages = head.byteLength === 0 ? wanted : this.#pagesOf([head, ...ranges]);
    for (const page of pages) this.#cache.pin(page);
    pins.onRelease(() => {
      for (const page of pages) this.#cache.unpin(page);
    });
    await this.#fetcher.fetch(pages);
    return anythingMissing;
  }

  /** What fetching has cost so far, and what is in memory. */
  statistics(): PagedSourceStatistics {
    const traffic = this.#source.traffic?.();
    return {
      rounds: this.#rounds,
      requests: traffic?.requests ?? this.#fetcher.requests,
      fetchedByteLength: traffic?.byteLength ?? this.#fetcher.fetchedByteLength,
      retries: traffic?.retries ?? 0,
      cachedByteLength: this.#cache.byteLength,
      pinnedByteLength: this.#cache.pinnedByteLength,
    };
  }

  /** Closes the asynchronous source without waiting for it; operations under way fail. */
  close(): void {
    this.closeAndWait().catch(() => undefined);
  }

  /** Closes the asynchronous source. @throws what its `close` throws. */
  async closeAndWait(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#cache.clear();
    this.#lastNumber = -1;
    this.#lastPage = new Uint8Array(0);
    await this.#source.close?.();
  }

  #page(number: number): Uint8Array | undefined {
    if (number === this.#lastNumber) return this.#lastPage;
    const page = this.#cache.get(number);
    if (page === undefined) return undefined;
    this.#lastNumber = number;
    this.#lastPage = page;
    return page;
  }

  /** What a read that nobody announced misses, with the rest of the file's page. */
  #fault(offset: number, byteLength: number): PageFault {
    const unit = this.#unit;
    const start = offset - (offset % unit);
    const end = Math.ceil((offset + byteLength) / unit) * unit;
    return new PageFault(this, this.#missing([{ offset: start, byteLength: end - start }]));
  }

  /** What is not in memory of these ranges, in whole pages, neighbours joined. */
  #missing(ranges: readonly ByteRange[]): ByteRange[] {
    const { pageSize } = this;
    const missing: ByteRange[] = [];
    let first = -1;
    let end = -1;
    const push = () => {
      const offset = first * pageSize;
      missing.push({ offset, byteLength: Math.min(end * pageSize, this.#fileByteLength) - offset });
    };
    for (const page of this.#pagesOf(ranges)) {
      if (page === this.#lastNumber || this.#cache.has(page)) continue;
      if (page !== end) {
        if (first >= 0) push();
        first = page;
      }
      end = page + 1;
    }
    if (first >= 0) push();
    return missing;
  }

  /** Page numbers, each once and ascending. */
  #pagesOf(ranges: readonly ByteRange[]): number[] {
    const { pageSize } = this;
    const pages: number[] = [];
    let ascending = true;
    for (const { offset, byteLength } of ranges) {
      const end = Math.min(offset + byteLength, this.#fileByteLength);
      if (!(offset >= 0 && offset < end)) continue;
      const endPage = Math.ceil(end / pageSize);
      for (let page = Math.floor(offset / pageSize); page < endPage; page++) {
        const last = pages.at(-1);
        if (last === page) continue;
        if (last !== undefined && last > page) ascending = false;
        pages.push(page);
      }
    }
    return ascending ? pages : [...new Set(pages)].sort((a, b) => a - b);
  }

  #checkRange(offset: number, byteLength: number): void {
    this.#checkOpen();
    checkRange(this.name, offset, byteLength, this.#fileByteLength);
  }

  #checkOpen(): void {
    if (this.#closed) throw closedSource(this.name);
  }
}

function checkedOption(name: string, value: number | undefined, fallback: number, least: number): number {
  if (value === undefined) return fallback;
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new RangeError(`${name} must be an integer of at least ${least}, not ${value}`);
}
