/** What a pool and its workers say to each other. */
import type { PipelineFilter } from "../filters/filter.ts";

/** Decodes or encodes one chunk. */
export interface ChunkTask {
  readonly kind: "decode" | "encode";
  readonly filters: readonly PipelineFilter[];
  /** Decoding: filters that were left out. */
  readonly filterMask: number;
  /** Stored bytes, or those of a chunk. */
  readonly bytes: Uint8Array;
  /** Bytes of the decoded chunk. */
  readonly chunkByteLength: number;
  /** Where decoded bytes go, in memory that all workers share; undefined where there is none: then they are sent. */
  readonly output: Uint8Array | undefined;
}

/** Calls a function that the workers' script serves. */
export interface CallTask {
  readonly kind: "call";
  readonly name: string;
  readonly argument: unknown;
}

export type Task = ChunkTask | CallTask;

export type Request = Task & { readonly id: number };

/** An error as it crosses to another worker: classes do not. */
export interface PlainError {
  readonly name: string;
  readonly message: string;
  readonly code?: string | undefined;
  readonly filterId?: number | undefined;
}

export interface Answer {
  readonly id: number;
  /** Undefined when they are in the request's `output`, and after an error. */
  readonly bytes?: Uint8Array | undefined;
  readonly filterMask?: number;
  /** What a called function gave. */
  readonly value?: unknown;
  readonly error?: PlainError;
}
