/** Heap objects of values that are on their way into a file, many and small. */
import { COPIED_BYTES, type HeapPlace } from "./conversion/element-context.ts";

/** The first page is small, and is kept: most values are few. */
const FIRST_PAGE_BYTES = 1 << 12;
const PAGE_BYTES = 1 << 16;
/** Up to so many bytes a loop takes less time than a call of the runtime. */
const SHORT = 32;

export class StagedObjects {
  /** Of each object: the page that it is in, or its own bytes; where it is in that, and how long. */
  private readonly pieces: Uint8Array[] = [];
  private readonly starts: number[] = [];
  private readonly lengths: number[] = [];
  /** The page that the next small object goes to. */
  private page = new Uint8Array(FIRST_PAGE_BYTES);
  private used = 0;
  private readonly firstPage = this.page;

  /** Objects of up to {@link COPIED_BYTES} are copied, larger ones kept as they came, and must not change. @returns The index of the object. */
  add(bytes: Uint8Array): number {
    const { length } = bytes;
    if (length > COPIED_BYTES) return this.record(bytes, 0, length);
    if (this.used + length > this.page.length) this.turnPage();
    const { page, used: start } = this;
    if (length > SHORT) page.set(bytes, start);
    else for (let i = 0; i < length; i++) page[start + i] = bytes[i] as number;
    this.used += length;
    return this.record(page, start, length);
  }

  private turnPage(): void {
    this.page = new Uint8Array(PAGE_BYTES);
    this.used = 0;
  }

  private record(piece: Uint8Array, start: number, length: number): number {
    this.pieces.push(piece);
    this.starts.push(start);
    return this.lengths.push(length) - 1;
  }

  /** Where an object is; of one that is not there, no bytes. */
  locate(index: number, place: HeapPlace): void {
    const start = this.starts[index] ?? 0;
    place.bytes = this.pieces[index] ?? EMPTY;
    place.start = start;
    place.end = start + (this.lengths[index] ?? 0);
  }

  clear(): void {
    if (this.lengths.length === 0) return;
    for (const list of [this.pieces, this.starts, this.lengths]) list.length = 0;
    this.page = this.firstPage;
    this.used = 0;
  }
}

const EMPTY = new Uint8Array(0);
