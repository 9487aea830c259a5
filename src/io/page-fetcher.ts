/**
 * Fetches pages: near ones in one request, several requests at a time, and no page twice at a time.
 */
import { HDF5Error, SourceError } from "../base/errors.ts";
import type { PageCache } from "./page-cache.ts";
import type { AsyncByteSource } from "./source.ts";

export interface PageFetcherOptions {
  /** Bytes of a page. */
  readonly pageSize: number;
  /** Bytes of the file. */
  readonly fileByteLength: number;
  /** Pages that nobody asked for, between two that somebody did, which are fetched rather than making two requests. */
  readonly joinedGap: number;
  /** Pages of the largest request. */
  readonly maxRequestPages: number;
  readonly maxConcurrentRequests: number;
  readonly onProgress: ((progress: FetchProgress) => void) | undefined;
}

/** What has been fetched so far, and what is on its way. */
export interface FetchProgress {
  /** Requests that were answered. */
  readonly requests: number;
  /** Bytes that have arrived. */
  readonly byteLength: number;
  /** Requests without an answer yet. */
  readonly waiting: number;
}

/** Pages `first` to `end - 1`. */
interface Run {
  readonly first: number;
  readonly end: number;
}

export class PageFetcher {
  readonly #source: AsyncByteSource;
  readonly #cache: PageCache;
  readonly #options: PageFetcherOptions;
  /** What brings a page that has been asked for. */
  readonly #underWay = new Map<number, Promise<void>>();
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  requests = 0;
  fetchedByteLength = 0;

  constructor(source: AsyncByteSource, cache: PageCache, options: PageFetcherOptions) {
    this.#source = source;
    this.#cache = cache;
    this.#options = options;
  }

  /**
   * Brings pages into the cache, which keeps them if they are pinned.
   *
   * @param pages - Page numbers in ascending order.
   * @throws SourceError when a request fails.
   */
  async fetch(pages: readonly number[]): Promise<void> {
    const missing = pages.filter((page) => !this.#cache.has(page));
    for (const run of this.#runs(missing.filter((page) => !this.#underWay.has(page)))) this.#start(run);
    const arrivals = new Set<Promise<void>>();
    for (const page of missing) {
      const arrival = this.#underWay.get(page);
      if (arrival !== undefined) arrivals.add(arrival);
    }
    await Promise.all(arrivals);
  }

  #runs(pages: readonly number[]): Run[] {
    const { joinedGap, maxRequestPages } = this.#options;
    const runs: Run[] = [];
    let first = -1;
    let end = -1;
    for (const page of pages) {
      if (first >= 0 && page - end <= joinedGap && page + 1 - first <= maxRequestPages) {
        end = page + 1;
        continue;
      }
      if (first >= 0) runs.push({ first, end });
      first = page;
      end = page + 1;
    }
    if (first >= 0) runs.push({ first, end });
    return runs;
  }

  #start(run: Run): void {
    const arrival = this.#request(run).finally(() => {
      for (let page = run.first; page < run.end; page++) {
        if (this.#underWay.get(page) === arrival) this.#underWay.delete(page);
      }
    });
    for (let page = run.first; page < run.end; page++) {
      if (!this.#underWay.has(page)) this.#underWay.set(page, arrival);
    }
  }

  async #request({ first, end }: Run): Promise<void> {
    const { pageSize, fileByteLength, maxConcurrentRequests, onProgress } = this.#options;
    while (this.#running >= maxConcurrentRequests) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running++;
    try {
      const offset = first * pageSize;
      const bytes = await this.#read(offset, Math.min(end * pageSize, fileByteLength) - offset);
      for (let page = first; page < end; page++) {
        const start = (page - first) * pageSize;
        // A copy each: a view would keep the whole answer in memory for as long as one of its pages.
        this.#cache.put(page, end - first === 1 ? bytes : bytes.slice(start, start + pageSize));
      }
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
    }
    onProgress?.({
      requests: this.requests,
      byteLength: this.fetchedByteLength,
      waiting: this.#running + this.#waiting.length,
    });
  }

  async #read(offset: number, byteLength: number): Promise<Uint8Array> {
    const { name } = this.#source;
    this.requests++;
    let bytes: Uint8Array;
    try {
      bytes = await this.#source.read(offset, byteLength);
    } catch (cause) {
      if (cause instanceof HDF5Error) throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new SourceError(`read of ${byteLength} bytes at offset ${offset} of '${name}' failed: ${reason}`, {
        path: name,
        cause,
      });
    }
    this.fetchedByteLength += bytes.length;
    if (bytes.length === byteLength) return bytes;
    throw new SourceError(
      `read of ${byteLength} bytes at offset ${offset} of '${name}' was answered with ${bytes.length} bytes`,
      { path: name },
    );
  }
}
