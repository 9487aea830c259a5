/** Memory for data, of which a file may have more than any machine. */
import { LimitError } from "./errors.ts";

/** Chunks above this are not held in one buffer: arrays of some runtimes end there. */
export const MAX_BUFFER_BYTES = 2 ** 32 - 1;

/**
 * `byteLength` zeros.
 *
 * @throws LimitError when the runtime does not give so many in one piece.
 */
export function allocateBytes(byteLength: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(byteLength);
  } catch (cause) {
    throw allocationError(byteLength, cause);
  }
}

/** The first memory that arrays share: there may be few of them. */
const FIRST_SHARED_BYTES = 256;

/**
 * Gives out small arrays in memory that some of them share: to V8, memory of its own for an array costs as much as to read its
 * bytes. None of it is freed as long as one of them is in use.
 */
export class SharedMemory {
  private readonly mostBytes: number;
  private memory = new ArrayBuffer(0);
  private used = 0;

  /** @param mostBytes - That some of them share. */
  constructor(mostBytes: number) {
    this.mostBytes = mostBytes;
  }

  /** `byteLength` zeros, where an array of any numbers may begin. */
  take(byteLength: number): Uint8Array<ArrayBuffer> {
    if (this.used + byteLength > this.memory.byteLength) {
      const more = Math.max(2 * this.memory.byteLength, FIRST_SHARED_BYTES, byteLength);
      this.memory = new ArrayBuffer(Math.min(more, this.mostBytes));
      this.used = 0;
    }
    const bytes = new Uint8Array(this.memory, this.used, byteLength);
    this.used += (byteLength + 7) & ~7;
    return bytes;
  }
}

/** What `allocate` gives; the RangeError of typed arrays that are too long becomes a LimitError. */
export function allocated<T>(byteLength: number, allocate: () => T): T {
  try {
    return allocate();
  } catch (cause) {
    throw allocationError(byteLength, cause);
  }
}

/** Elements of the longest array that a runtime makes in one piece (V8). */
const LONGEST_ARRAY = 2 ** 25;

/** A list to be filled from its start to `count`: one that is long takes a fifth of the time of one that grows (Node 20). */
export function listOf<T>(count: number): T[] {
  return count < LONGEST_ARRAY ? new Array<T>(count) : [];
}

/** Such a list of numbers, and of nothing else that is put in lists made here: then an engine keeps doubles as they are. */
export function numberListOf(count: number): number[] {
  return count < LONGEST_ARRAY ? new Array<number>(count) : [];
}

function allocationError(byteLength: number, cause: unknown): unknown {
  if (!(cause instanceof RangeError)) return cause;
  const problem = `unable to allocate ${byteLength} bytes in one piece; a selection reads a part of them`;
  return new LimitError(problem, { cause });
}
