/**
 * Bytes that arrive later and change meanwhile, as a source for the synchronous core.
 *
 * A reader must read what a structure leads to after the structure itself. So nothing is kept from one operation to the next,
 * and within an operation a range is fetched once, after it was first asked for: what was fetched around another range before
 * does not serve it.
 */
import { HDF5Error, SourceError } from "../base/errors.ts";
import { type FaultingSource, PageFault, type PinHolder } from "./page-fault.ts";
import type { PagedSourceOptions, PagedSourceStatistics } from "./paged-source.ts";
import { checkRange, closedSource } from "./range-check.ts";
import { currentOperation } from "./retry-driver.ts";
import type { AsyncByteSource, ByteRange, ByteSource } from "./source.ts";

/** Two ranges this near are fetched together with what is between them. */
const JOINED_GAP = 4096;
const MAX_REQUEST_SIZE = 8 << 20;
const MAX_CONCURRENT_REQUESTS = 8;

/** What one operation has asked for and got. */
class Asked {
  /** By offset: a range as it was asked for, and its bytes. */
  private readonly pieces = new Map<number, Uint8Array>();
  /** Ascending offsets of `pieces`; undefined when some were added. */
  private offsets: number[] | undefined;
  /** Bytes of the file, once the operation has asked. */
  byteLength: number | undefined;
  asksForByteLength = false;

  add(offset: number, bytes: Uint8Array): void {
    const known = this.pieces.get(offset);
    if (known !== undefined && known.length >= bytes.length) return;
    this.pieces.set(offset, bytes);
    this.offsets = undefined;
  }

  /** The bytes, if they are part of a range that was asked for. */
  find(offset: number, byteLength: number): Uint8Array | undefined {
    const exact = this.pieces.get(offset);
    if (exact !== undefined && exact.length >= byteLength) return exact.subarray(0, byteLength);
    this.offsets ??= [...this.pieces.keys()].sort((a, b) => a - b);
    const start = this.offsets.findLast((each) => each < offset);
    if (start === undefined) return undefined;
    const around = this.pieces.get(start);
    if (around === undefined || start + around.length < offset + byteLength) return undefined;
    return around.subarray(offset - start, offset - start + byteLength);
  }

  forget({ offset, byteLength }: ByteRange): void {
    for (const [start, bytes] of this.pieces) {
      if (start < offset + byteLength && start + bytes.length > offset) this.pieces.delete(start);
    }
    this.offsets = undefined;
  }
}

/**
 * Bytes that arrive later, of a file that another program is writing: nothing outlives the operation that asked for it.
 */
export class ChangingAsyncSource implements ByteSource, FaultingSource {
  readonly name: string;
  readonly #source: AsyncByteSource;
  readonly #options: PagedSourceOptions;
  readonly #asked = new WeakMap<PinHolder, Asked>();
  /** As it was told last. */
  #fileByteLength: number;
  /** Whether the next operation may go by that: the source has just been asked. */
  #isFresh = true;
  #rounds = 0;
  #requests = 0;
  #fetchedByteLength = 0;
  #closed = false;

  /** Asks the source for its size. @throws SourceError when it cannot tell. */
  static async open(source: AsyncByteSource, options: PagedSourceOptions = {}): Promise<ChangingAsyncSource> {
    return new ChangingAsyncSource(source, await byteLengthOf(source), options);
  }

  /** @param options - Of these `joinedGap` (4 KiB by default), `maxRequestSize` and `maxConcurrentRequests` hold. */
  constructor(source: AsyncByteSource, fileByteLength: number, options: PagedSourceOptions = {}) {
    this.name = source.name;
    this.#source = source;
    this.#fileByteLength = fileByteLength;
    this.#options = options;
  }

  /** Of now: each operation that needs to know asks anew. */
  byteLength(): number {
    this.#checkOpen();
    const asked = this.#current();
    if (asked.byteLength !== undefined) return asked.byteLength;
    if (this.#isFresh) {
      this.#isFresh = false;
      asked.byteLength = this.#fileByteLength;
      return asked.byteLength;
    }
    asked.asksForByteLength = true;
    throw new PageFault(this, []);
  }

  readInto(offset: number, destination: Uint8Array): void {
    destination.set(this.view(offset, destination.length));
  }

  view(offset: number, byteLength: number): Uint8Array {
    this.#checkOpen();
    if (byteLength === 0) return new Uint8Array(0);
    const found = this.#current().find(offset, byteLength);
    if (found !== undefined) return found;
    if (offset + byteLength > this.#fileByteLength) checkRange(this.name, offset, byteLength, this.byteLength());
    throw new PageFault(this, [{ offset, byteLength }]);
  }

  /** What is past the end of the file is left to the read itself to complain about. */
  expect(ranges: readonly ByteRange[]): void {
    this.#checkOpen();
    const asked = this.#current();
    const end = this.#fileByteLength;
    const missing = ranges.filter(
      ({ offset, byteLength }) =>
        byteLength > 0 && offset + byteLength <= end && asked.find(offset, byteLength) === undefined,
    );
    if (missing.length > 0) throw new PageFault(this, missing);
  }

  renew(ranges: readonly ByteRange[]): void {
    const asked = this.#current();
    for (const range of ranges) asked.forget(range);
    asked.byteLength = undefined;
  }

  async fetch(ranges: readonly ByteRange[], operation: PinHolder): Promise<boolean> {
    this.#checkOpen();
    this.#rounds++;
    const asked = this.#askedBy(operation);
    const asksForByteLength = asked.asksForByteLength;
    if (asksForByteLength) {
      asked.asksForByteLength = false;
      asked.byteLength = await byteLengthOf(this.#source);
      this.#fileByteLength = asked.byteLength;
    }
    const requests = this.#joined(ranges);
    let next = 0;
    const lane = async (): Promise<void> => {
      for (let request = requests[next++]; request !== undefined; request = requests[next++]) {
        await this.#request(request, asked);
      }
    };
    const lanes = Math.min(requests.length, this.#options.maxConcurrentRequests ?? MAX_CONCURRENT_REQUESTS);
    await Promise.all(Array.from({ length: lanes }, lane));
    return asksForByteLength || ranges.length > 0;
  }

  /** What fetching has cost so far; nothing is kept in memory. */
  statistics(): PagedSourceStatistics {
    const traffic = this.#source.traffic?.();
    return {
      rounds: this.#rounds,
      requests: traffic?.requests ?? this.#requests,
      fetchedByteLength: traffic?.byteLength ?? this.#fetchedByteLength,
      retries: traffic?.retries ?? 0,
      cachedByteLength: 0,
      pinnedByteLength: 0,
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
    await this.#source.close?.();
  }

  #current(): Asked {
    const operation = currentOperation();
    if (operation !== undefined) return this.#askedBy(operation);
    throw new SourceError(`'${this.name}' can only be read by operations that wait for bytes`, { path: this.name });
  }

  #askedBy(operation: PinHolder): Asked {
    const asked = this.#asked.get(operation) ?? new Asked();
    this.#asked.set(operation, asked);
    return asked;
  }

  /** Ranges that lie near one another, together. */
  #joined(ranges: readonly ByteRange[]): ByteRange[][] {
    const { joinedGap = JOINED_GAP, maxRequestSize = MAX_REQUEST_SIZE } = this.#options;
    const groups: ByteRange[][] = [];
    let start = 0;
    let end = 0;
    for (const range of [...ranges].sort((a, b) => a.offset - b.offset)) {
      const group = groups.at(-1);
      const newEnd = Math.max(end, range.offset + range.byteLength);
      if (group !== undefined && range.offset - end <= joinedGap && newEnd - start <= maxRequestSize) {
        group.push(range);
        end = newEnd;
        continue;
      }
      groups.push([range]);
      start = range.offset;
      end = range.offset + range.byteLength;
    }
    return groups;
  }

  async #request(group: readonly ByteRange[], asked: Asked): Promise<void> {
    const start = (group[0] as ByteRange).offset;
    const end = Math.max(...group.map(({ offset, byteLength }) => offset + byteLength));
    this.#requests++;
    const bytes = await answer(this.#source, `read of ${end - start} bytes at offset ${start} of`, () =>
      this.#source.read(start, end - start),
    );
    this.#fetchedByteLength += bytes.length;
    if (bytes.length !== end - start) {
      throw new SourceError(
        `read of ${end - start} bytes at offset ${start} of '${this.name}' was answered with ${bytes.length} bytes`,
        { path: this.name },
      );
    }
    for (const { offset, byteLength } of group) {
      asked.add(offset, group.length === 1 ? bytes : bytes.slice(offset - start, offset - start + byteLength));
    }
  }

  #checkOpen(): void {
    if (this.#closed) throw closedSource(this.name);
  }
}

function byteLengthOf(source: AsyncByteSource): Promise<number> {
  return answer(source, "size of", () => source.byteLength());
}

/** What a source answers. @throws SourceError when it throws something else than the library's errors. */
async function answer<T>({ name }: AsyncByteSource, what: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    if (cause instanceof HDF5Error) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SourceError(`${what} '${name}' failed: ${reason}`, { path: name, cause });
  }
}
