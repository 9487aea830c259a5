/** A test double whose bytes arrive late and out of order, the same way each time for one seed. */
import { MemorySource } from "./memory-source.ts";
import { PagedAsyncSource, type PagedSourceOptions } from "./paged-source.ts";
import type { AsyncByteSource, ByteRange } from "./source.ts";

/** In which order reads are answered, and which fails. */
export interface LateSourceOptions {
  /** Decides the order of answers; 1 by default. */
  readonly seed?: number;
  /** This read, counted from 1, is refused. */
  readonly failedRead?: number;
  /** For messages; `"late"` by default. */
  readonly name?: string;
}

interface PendingRead extends ByteRange {
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (error: Error) => void;
  readonly refused: boolean;
}

/** Turns of the event queue before an answer, in which other requests can be made. */
const TURNS = 5;

/** Bytes in memory that arrive late and out of order, for tests. */
export class LateSource implements AsyncByteSource {
  /** The option, or `"late"`. */
  readonly name: string;
  /** All reads so far, in the order in which they were asked for. */
  readonly reads: ByteRange[] = [];
  /** Whether it was closed. */
  closed = false;
  readonly #bytes: MemorySource;
  readonly #failedRead: number | undefined;
  readonly #pending: PendingRead[] = [];
  #random: number;
  #answering = false;

  constructor(bytes: Uint8Array, options: LateSourceOptions = {}) {
    this.name = options.name ?? "late";
    this.#bytes = new MemorySource(bytes, this.name);
    this.#random = (options.seed ?? 1) >>> 0;
    this.#failedRead = options.failedRead;
  }

  /** Size in bytes. */
  async byteLength(): Promise<number> {
    return this.#bytes.byteLength();
  }

  /** The bytes, some turns of the event loop later. @throws Error "connection lost" for `failedRead`. */
  read(offset: number, byteLength: number): Promise<Uint8Array> {
    this.reads.push({ offset, byteLength });
    const refused = this.reads.length === this.#failedRead;
    return new Promise((resolve, reject) => {
      this.#pending.push({ offset, byteLength, resolve, reject, refused });
      if (!this.#answering) void this.#answer();
    });
  }

  /** Only notes that it was called. */
  close(): void {
    this.closed = true;
  }

  async #answer(): Promise<void> {
    this.#answering = true;
    while (this.#pending.length > 0) {
      for (let turn = 0; turn < TURNS; turn++) await undefined;
      const [read] = this.#pending.splice(this.#next() % this.#pending.length, 1);
      if (read === undefined) continue;
      if (read.refused) read.reject(new Error("connection lost"));
      else read.resolve(this.#bytes.view(read.offset, read.byteLength).slice());
    }
    this.#answering = false;
  }

  /** A linear congruential generator (Numerical Recipes' constants); its upper bits are the better ones. */
  #next(): number {
    this.#random = (Math.imul(this.#random, 1664525) + 1013904223) >>> 0;
    return this.#random >>> 8;
  }
}

/** Bytes behind a late source in small pages, as a source for the synchronous core. */
export function latePages(bytes: Uint8Array, options: LateSourceOptions & PagedSourceOptions = {}): PagedAsyncSource {
  return new PagedAsyncSource(new LateSource(bytes, options), bytes.length, { pageSize: 512, headSize: 0, ...options });
}
