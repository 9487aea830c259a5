/**
 * Pages of a file in memory: those that running operations have pinned, and others up to a number of bytes.
 *
 * Pages are equally long but for the last, are never modified, and are numbered from 0. What is pinned stays, because an
 * operation that starts over must find what it waited for, whatever other operations fetch meanwhile.
 */
interface PinnedPage {
  pins: number;
  /** `undefined` while the page is being fetched. */
  bytes: Uint8Array | undefined;
}

export class PageCache {
  readonly #maxByteLength: number;
  readonly #pinned = new Map<number, PinnedPage>();
  /** Least recently used first. */
  readonly #loose = new Map<number, Uint8Array>();
  #looseByteLength = 0;
  #pinnedByteLength = 0;

  /** @param maxByteLength - Bytes of unpinned pages to keep; 0 keeps none. */
  constructor(maxByteLength: number) {
    this.#maxByteLength = maxByteLength;
  }

  /** Bytes held, of pinned and other pages. */
  get byteLength(): number {
    return this.#looseByteLength + this.#pinnedByteLength;
  }

  /** Bytes of pinned pages. */
  get pinnedByteLength(): number {
    return this.#pinnedByteLength;
  }

  has(number: number): boolean {
    return this.#loose.has(number) || this.#pinned.get(number)?.bytes !== undefined;
  }

  /** The page, which becomes the most recently used. */
  get(number: number): Uint8Array | undefined {
    const bytes = this.#loose.get(number);
    if (bytes === undefined) return this.#pinned.get(number)?.bytes;
    this.#loose.delete(number);
    this.#loose.set(number, bytes);
    return bytes;
  }

  /** Takes in a page that has been fetched. */
  put(number: number, bytes: Uint8Array): void {
    if (this.has(number)) return;
    const pinned = this.#pinned.get(number);
    if (pinned === undefined) {
      this.#putLoose(number, bytes);
    } else {
      pinned.bytes = bytes;
      this.#pinnedByteLength += bytes.length;
    }
  }

  /** Keeps a page, present or not yet, until `unpin` has been called as often. */
  pin(number: number): void {
    const pinned = this.#pinned.get(number);
    if (pinned !== undefined) {
      pinned.pins++;
      return;
    }
    const bytes = this.#loose.get(number);
    this.#pinned.set(number, { pins: 1, bytes });
    if (bytes === undefined) return;
    this.#loose.delete(number);
    this.#looseByteLength -= bytes.length;
    this.#pinnedByteLength += bytes.length;
  }

  unpin(number: number): void {
    const pinned = this.#pinned.get(number);
    if (pinned === undefined) return;
    pinned.pins--;
    if (pinned.pins > 0) return;
    this.#pinned.delete(number);
    if (pinned.bytes === undefined) return;
    this.#pinnedByteLength -= pinned.bytes.length;
    this.#putLoose(number, pinned.bytes);
  }

  /** Lets go of all pages, pinned ones too. */
  clear(): void {
    this.#pinned.clear();
    this.#loose.clear();
    this.#looseByteLength = 0;
    this.#pinnedByteLength = 0;
  }

  #putLoose(number: number, bytes: Uint8Array): void {
    this.#loose.set(number, bytes);
    this.#looseByteLength += bytes.length;
    for (const [oldest, page] of this.#loose) {
      if (this.#looseByteLength <= this.#maxByteLength) return;
      this.#loose.delete(oldest);
      this.#looseByteLength -= page.length;
    }
  }
}
