/** What a pool and its workers say to each other. */
import type { PipelineFilter } from "../filters/filter.ts";

/** Decodes chunks of one dataset, one after the other. */
export interface DecodeTask {
  readonly kind: "decode";
  readonly filters: readonly PipelineFilter[];
  /** Stored bytes of all chunks. */
  readonly stored: Uint8Array;
  /** Stored bytes of each. */
  readonly lengths: readonly number[];
  /** Filters that were left out, for each. */
  readonly filterMasks: readonly number[];
  /** Bytes of a decoded chunk. */
  readonly chunkByteLength: number;
  /** Where decoded bytes go, in memory that all workers share; undefined where there is none: then they are sent. */
  readonly output: Uint8Array | undefined;
}

/** Encodes one chunk. */
export interface EncodeTask {
  readonly kind: "encode";
  readonly filters: readonly PipelineFilter[];
  readonly bytes: Uint8Array;
}

/** Calls a function that the workers' script serves. */
export interface CallTask {
  readonly kind: "call";
  readonly name: string;
  readonly argument: unknown;
}

export type Task = DecodeTask | EncodeTask | CallTask;

export type Request = Task & { readonly id: number };

/** An error as it crosses to another worker: classes do not. */
export interface PlainError {
  readonly name: string;
  readonly message: string;
  readonly code?: string | undefined;
}

export interface Answer {
  readonly id: number;
  /** What was asked for; undefined when it is in the request's `output`. */
  readonly bytes?: Uint8Array | undefined;
  readonly filterMask?: number;
  /** What a called function gave. */
  readonly value?: unknown;
  readonly error?: PlainError;
}
