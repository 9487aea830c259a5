/** Heap objects of values that are on their way into a file, many and small. */
import { COPIED_BYTES, type HeapPlace } from "./conversion/element-context.ts";

/** The first page is small, and is kept: most values are few. */
const FIRST_PAGE_BYTES = 1 << 12;
const PAGE_BYTES = 1 << 16;
/** Up to so many bytes a loop takes less time than a call of the runtime. */
const SHORT = 32;

/** Objects that there is room for from the start on. */
const FIRST_OBJECTS = 16;

export class StagedObjects {
  /** Pages, and bytes of large objects. */
  private readonly pieces: Uint8Array[] = [];
  /** Of each object: which piece it is in, where in that, and how long. */
  private places = new Uint32Array(3 * FIRST_OBJECTS);
  private count = 0;
  /** The page that the next small object goes to, and which piece that is. */
  private page = new Uint8Array(FIRST_PAGE_BYTES);
  private pageNumber = -1;
  private used = 0;
  private readonly firstPage = this.page;

  /** Objects of up to {@link COPIED_BYTES} are copied, larger ones kept as they came, and must not change. @returns The index of the object. */
  add(bytes: Uint8Array): number {
    const { length } = bytes;
    if (length > COPIED_BYTES) return this.record(this.pieces.push(bytes) - 1, 0, length);
    if (this.used + length > this.page.length) this.turnPage();
    if (this.pageNumber < 0) this.pageNumber = this.pieces.push(this.page) - 1;
    const { page, used: start } = this;
    if (length > SHORT) page.set(bytes, start);
    else for (let i = 0; i < length; i++) page[start + i] = bytes[i] as number;
    this.used += length;
    return this.record(this.pageNumber, start, length);
  }

  private turnPage(): void {
    this.page = new Uint8Array(PAGE_BYTES);
    this.pageNumber = -1;
    this.used = 0;
  }

  private record(piece: number, start: number, length: number): number {
    const at = 3 * this.count;
    if (at === this.places.length) this.grow();
    const { places } = this;
    places[at] = piece;
    places[at + 1] = start;
    places[at + 2] = length;
    return this.count++;
  }

  private grow(): void {
    const { places } = this;
    this.places = new Uint32Array(2 * places.length);
    this.places.set(places);
  }

  /** Where an object is; of one that is not there, no bytes. */
  locate(index: number, place: HeapPlace): void {
    const at = 3 * index;
    const isThere = index < this.count;
    const start = isThere ? (this.places[at + 1] as number) : 0;
    place.bytes = isThere ? (this.pieces[this.places[at] as number] as Uint8Array) : EMPTY;
    place.start = start;
    place.end = isThere ? start + (this.places[at + 2] as number) : 0;
  }

  clear(): void {
    if (this.count === 0) return;
    if (this.count > FIRST_OBJECTS) this.places = new Uint32Array(3 * FIRST_OBJECTS);
    this.count = 0;
    this.pieces.length = 0;
    this.page = this.firstPage;
    this.pageNumber = -1;
    this.used = 0;
  }
}

const EMPTY = new Uint8Array(0);
