/**
 * Files over HTTP, read by ranges (RFC 9110, section 14): the one file of the floor that knows `fetch`.
 *
 * The first request brings the start of the file and, in its Content-Range, the size: a small file costs one round trip.
 * Each answer's ETag (or Last-Modified where there is none) and size must be those of the first, so that pieces of two
 * versions of a file are never put together.
 */
import { HDF5Error, NotFoundError, SourceError } from "../base/errors.ts";
import { backOff, timeLimit } from "./http-retry.ts";
import type { CancelSignal } from "./retry-driver.ts";
import type { AsyncByteSource, SourceTraffic } from "./source.ts";

/** Names and values of header fields. */
export type HttpHeaders = Readonly<Record<string, string>>;

/** A request that is about to be made; what a signature of it covers. */
export interface HttpRequestFacts {
  /** GET for bytes; HEAD where a server does not tell the size of the file otherwise. */
  readonly method: "GET" | "HEAD";
  /** The address of the file. */
  readonly url: string;
  /** The fields that the request has by itself: Range. */
  readonly headers: HttpHeaders;
}

/** What is used of an answer. */
export interface HttpResponse {
  /** Number of the status: 206, 404, … */
  readonly status: number;
  /** The server's words for the status, which may be empty. */
  readonly statusText: string;
  /** Header fields, by names in any case; null for one that is not there. */
  readonly headers: { get(name: string): string | null };
  /** What is still to come, to be given up. */
  readonly body: { cancel(): Promise<void> } | null;
  /** The whole body. */
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** The `fetch` of the platform, or anything that does the same. */
export type FetchFunction = (
  url: string,
  init: {
    method: string;
    headers: HttpHeaders;
    signal: AbortSignal;
    credentials?: NonNullable<HttpOptions["credentials"]>;
    cache?: "no-store";
  },
) => Promise<HttpResponse>;

/** How requests are made. */
export interface HttpOptions {
  /** Header fields of each request, or what makes them for one: the signature of an object store, a token. */
  readonly headers?: HttpHeaders | ((request: HttpRequestFacts) => HttpHeaders | Promise<HttpHeaders>);
  /** In place of the platform's `fetch`. */
  readonly fetch?: FetchFunction;
  /** Whether cookies go with the requests; the platform's default. */
  readonly credentials?: "omit" | "same-origin" | "include";
  /** Milliseconds until a request is given up and made again; 30,000 by default, 0 waits for ever. */
  readonly timeout?: number;
  /** How often a request that failed is made again: no connection, time out, status 408, 429 and 5xx; 3 by default. */
  readonly retries?: number;
  /** Milliseconds before the second attempt, doubled before each further one; 250 by default. Retry-After comes first. */
  readonly retryDelay?: number;
  /** Reads the whole file into memory where the server knows no ranges; otherwise, and by default, that is an error. */
  readonly wholeFile?: boolean;
  /** Bytes of the first request; 256 KiB by default. */
  readonly headSize?: number;
  /**
   * Whether the file may become another one while it is read, as one does that is being written: answers then need not be of
   * one version, `byteLength` asks anew each time, and no cache between here and the server is to answer. Default false.
   */
  readonly changing?: boolean;
  /** Ends all requests. */
  readonly signal?: CancelSignal;
}

/** What tells one version of a file from another. */
interface Version {
  readonly validator: string | null;
  readonly byteLength: number;
}

const DEFAULTS = { timeout: 30_000, retries: 3, retryDelay: 250, headSize: 256 << 10 };

/** A file that is read over HTTP, by ranges (RFC 9110, section 14). Requests that fail for a while are made again. */
export class HttpSource implements AsyncByteSource {
  /** The address. */
  readonly name: string;
  readonly #options: HttpOptions;
  readonly #fetch: FetchFunction;
  readonly #closing = new AbortController();
  #version: Version | undefined;
  /** The start of the file, until it has been asked for; all of it where the server knows no ranges. */
  #head: Uint8Array | undefined;
  #isWhole = false;
  #requests = 0;
  #retries = 0;
  #fetchedByteLength = 0;

  /**
   * A file at an address. No request is made before something is asked for.
   *
   * @throws SourceError where there is no `fetch`.
   */
  constructor(url: string | URL, options: HttpOptions = {}) {
    this.name = String(url);
    this.#options = options;
    const platformFetch: unknown = Reflect.get(globalThis, "fetch");
    const own = typeof platformFetch === "function" ? (platformFetch as FetchFunction) : undefined;
    const used = options.fetch ?? own?.bind(globalThis);
    if (used === undefined) throw this.#error("this platform has no fetch");
    this.#fetch = used;
    if (options.signal?.aborted) this.#stop();
    else options.signal?.addEventListener("abort", this.#stop);
  }

  readonly #stop = (): void => this.#closing.abort(this.#options.signal?.reason);

  /** Requests and bytes so far. */
  traffic(): SourceTraffic {
    return { requests: this.#requests, retries: this.#retries, byteLength: this.#fetchedByteLength };
  }

  /**
   * Size of the file, which the first request tells along with the start of the file; of a file that changes, of now.
   *
   * @throws as {@link read}, and SourceError for a server without ranges.
   */
  async byteLength(): Promise<number> {
    if (this.#options.changing) this.#version = await this.#open();
    else this.#version ??= await this.#open();
    return this.#version.byteLength;
  }

  /**
   * The bytes from `offset` on.
   *
   * @throws NotFoundError for status 404 and 410; SourceError for others, for a file that has become another one, and
   *   after `close`.
   */
  async read(offset: number, byteLength: number): Promise<Uint8Array> {
    this.#version ??= await this.#open();
    if (byteLength === 0) return new Uint8Array(0);
    const head = this.#head;
    if (head === undefined || offset >= head.length) return this.#range(offset, byteLength, this.#version);
    if (!this.#isWhole) this.#head = undefined;
    const end = offset + byteLength;
    if (end <= head.length) return head.slice(offset, end);
    const bytes = new Uint8Array(byteLength);
    bytes.set(head.subarray(offset));
    bytes.set(await this.#range(head.length, end - head.length, this.#version), head.length - offset);
    return bytes;
  }

  /** Ends all requests. */
  close(): void {
    this.#head = undefined;
    // A signal may outlive many files.
    this.#options.signal?.removeEventListener("abort", this.#stop);
    this.#closing.abort(this.#error("it was closed"));
  }

  async #open(): Promise<Version> {
    // What is read of a file that changes is read when it is asked for.
    const headSize = this.#options.changing ? 1 : Math.max(1, this.#options.headSize ?? DEFAULTS.headSize);
    return this.#attempts({ Range: `bytes=0-${headSize - 1}` }, async (response) => {
      if (response.status === 200) return this.#openWhole(response);
      const total = totalOf(response);
      // No byte satisfies a range of an empty file.
      if (response.status === 416 && total === 0) return { validator: validatorOf(response), byteLength: 0 };
      if (response.status !== 206) throw this.#statusError(response);
      const bytes = await this.#bodyOf(response);
      const byteLength = total ?? (await this.#sizeByHead());
      if (bytes.length !== Math.min(headSize, byteLength)) throw this.#cutShort(bytes.length);
      if (!this.#options.changing) this.#head = bytes;
      return { validator: validatorOf(response), byteLength };
    });
  }

  /** The server has answered a request for a range with everything. */
  async #openWhole(response: HttpResponse): Promise<Version> {
    if (this.#options.changing || !this.#options.wholeFile) {
      await response.body?.cancel();
      throw this.#error("the server does not answer requests for ranges of bytes (`wholeFile` reads it all at once)");
    }
    const bytes = await this.#bodyOf(response);
    const told = Number(response.headers.get("content-length") ?? Number.NaN);
    if (isPlain(response) && Number.isSafeInteger(told) && told !== bytes.length) throw this.#cutShort(bytes.length);
    this.#head = bytes;
    this.#isWhole = true;
    return { validator: validatorOf(response), byteLength: bytes.length };
  }

  /** For scripts of another origin that are not shown the Content-Range. */
  async #sizeByHead(): Promise<number> {
    return this.#attempts(
      {},
      async (response) => {
        const size = Number(response.headers.get("content-length") ?? Number.NaN);
        if (response.status === 200 && Number.isSafeInteger(size) && isPlain(response)) return size;
        throw this.#error("the server does not tell the size of the file");
      },
      "HEAD",
    );
  }

  #range(offset: number, byteLength: number, version: Version): Promise<Uint8Array> {
    return this.#attempts({ Range: `bytes=${offset}-${offset + byteLength - 1}` }, async (response) => {
      const total = totalOf(response);
      const validator = validatorOf(response);
      const isOther =
        (total !== undefined && total !== version.byteLength) || (validator ?? version.validator) !== version.validator;
      if (
        isOther &&
        !this.#options.changing &&
        (response.status === 206 || response.status === 200 || response.status === 416)
      ) {
        await response.body?.cancel();
        throw this.#error("the file has changed since it was opened");
      }
      if (response.status !== 206) throw this.#statusError(response);
      const bytes = await this.#bodyOf(response);
      if (bytes.length !== byteLength) throw this.#cutShort(bytes.length);
      return bytes;
    });
  }

  async #bodyOf(response: HttpResponse): Promise<Uint8Array> {
    if (response.status === 206 && !isPlain(response)) {
      await response.body?.cancel();
      throw this.#error("the server compresses what it sends: ranges of that are not ranges of the file");
    }
    const bytes = new Uint8Array(await response.arrayBuffer());
    this.#fetchedByteLength += bytes.length;
    return bytes;
  }

  /** Makes a request, again where that may help, until `take` has made something of an answer. */
  async #attempts<T>(
    range: HttpHeaders,
    take: (response: HttpResponse) => Promise<T>,
    method: "GET" | "HEAD" = "GET",
  ): Promise<T> {
    const { retries = DEFAULTS.retries, retryDelay = DEFAULTS.retryDelay } = this.#options;
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#attempt(range, take, method);
      } catch (error) {
        if (this.#closing.signal.aborted) throw this.#closing.signal.reason;
        const passing = error instanceof PassingFailure ? error : undefined;
        if (passing === undefined && error instanceof HDF5Error) throw error;
        // What `fetch` and the reading of a body throw: no connection, or a lost one.
        const reason = error instanceof Error ? error.message : String(error);
        if (attempt >= retries) throw passing?.error ?? this.#error(reason, error);
        this.#retries++;
        await backOff(passing?.delay ?? retryDelay * 2 ** attempt, this.#closing.signal);
      }
    }
  }

  async #attempt<T>(range: HttpHeaders, take: (response: HttpResponse) => Promise<T>, method: "GET" | "HEAD") {
    const { headers, credentials, timeout = DEFAULTS.timeout } = this.#options;
    const facts = { method, url: this.name, headers: range };
    const added = typeof headers === "function" ? await headers(facts) : headers;
    const limit = timeLimit(timeout, this.#closing.signal);
    this.#requests++;
    try {
      const init = {
        method,
        headers: { ...added, ...range },
        signal: limit.signal,
        ...(this.#options.changing ? { cache: "no-store" as const } : {}),
      };
      const response = await this.#fetch(this.name, credentials === undefined ? init : { ...init, credentials });
      if (isPassing(response.status)) {
        await response.body?.cancel();
        throw new PassingFailure(this.#statusError(response), retryAfter(response));
      }
      return await take(response);
    } finally {
      limit.stop();
    }
  }

  #statusError({ status, statusText }: HttpResponse): HDF5Error {
    const reason = `the server answered ${status} ${statusText}`.trimEnd();
    const isMissing = status === 404 || status === 410;
    return isMissing ? new NotFoundError(`'${this.name}': ${reason}`, { path: this.name }) : this.#error(reason);
  }

  #cutShort(byteLength: number): PassingFailure {
    return new PassingFailure(this.#error(`an answer ended after ${byteLength} bytes`), undefined);
  }

  #error(reason: string, cause?: unknown): SourceError {
    return new SourceError(`'${this.name}': ${reason}`, { path: this.name, cause });
  }
}

/** A failure that may not happen again. */
class PassingFailure {
  readonly error: HDF5Error;
  /** Milliseconds that the server asked to wait. */
  readonly delay: number | undefined;

  constructor(error: HDF5Error, delay: number | undefined) {
    this.error = error;
    this.delay = delay;
  }
}

const isPassing = (status: number): boolean => status === 408 || status === 429 || status >= 500;

/** Whether the body has the bytes of the file itself. */
const isPlain = (response: HttpResponse): boolean =>
  /^(identity)?$/i.test(response.headers.get("content-encoding") ?? "");

const validatorOf = (response: HttpResponse): string | null =>
  response.headers.get("etag") ?? response.headers.get("last-modified");

/** Size of the file by Content-Range (RFC 9110, section 14.4). */
function totalOf(response: HttpResponse): number | undefined {
  const digits = /^\s*bytes\s+(?:\d+-\d+|\*)\/(\d+)\s*$/i.exec(response.headers.get("content-range") ?? "")?.[1];
  const total = Number(digits ?? Number.NaN);
  return Number.isSafeInteger(total) ? total : undefined;
}

/** Milliseconds by Retry-After in seconds or as a date (RFC 9110, section 10.2.3); a minute at most. */
function retryAfter(response: HttpResponse): number | undefined {
  const text = response.headers.get("retry-after");
  if (text === null) return undefined;
  const delay = /^\d+$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isFinite(delay) ? Math.min(Math.max(delay, 0), 60_000) : undefined;
}
