/** Free bytes within the direct blocks of a fractal heap, found by size. C: the "single" sections of H5HFsection.c. */

export interface FreeRange {
  /** Heap offset. */
  readonly start: number;
  readonly byteLength: number;
}

/** Numbers, the least of which comes first. */
class LeastFirst {
  private readonly items: number[] = [];

  get least(): number | undefined {
    return this.items[0];
  }

  push(value: number): void {
    const { items } = this;
    let at = items.length;
    while (at > 0) {
      const parent = (at - 1) >>> 1;
      if ((items[parent] as number) <= value) break;
      items[at] = items[parent] as number;
      at = parent;
    }
    items[at] = value;
  }

  removeLeast(): void {
    const { items } = this;
    const last = items.pop();
    if (last === undefined || items.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && (items[child + 1] as number) < (items[child] as number)) child++;
      if ((items[child] as number) >= last) break;
      items[at] = items[child] as number;
      at = child;
    }
    items[at] = last;
  }
}

/** Ranges that touch are one; those of different blocks never touch, because blocks have prefixes. */
export class FreeRanges {
  private readonly lengths = new Map<number, number>();
  /** Start of the range that ends at a heap offset. */
  private readonly endings = new Map<number, number>();
  /** Starts by length. What is no longer so is passed over when it is met. */
  private readonly bySize = new Map<number, LeastFirst>();
  /** Ascending lengths that `bySize` has. */
  private readonly sizes: number[] = [];
  private total = 0;

  get count(): number {
    return this.lengths.size;
  }

  get byteLength(): number {
    return this.total;
  }

  /** Ascending by length, then by start. */
  sorted(): FreeRange[] {
    const ranges = [...this.lengths].map(([start, byteLength]) => ({ start, byteLength }));
    return ranges.sort((a, b) => a.byteLength - b.byteLength || a.start - b.start);
  }

  /** What `start` belongs to once these bytes are free, without changing anything. */
  joined(start: number, byteLength: number): FreeRange {
    const first = this.endings.get(start) ?? start;
    const end = start + byteLength;
    return { start: first, byteLength: end + (this.lengths.get(end) ?? 0) - first };
  }

  add(start: number, byteLength: number): void {
    const range = this.joined(start, byteLength);
    if (range.start < start) this.delete(range.start);
    if (range.start + range.byteLength > start + byteLength) this.delete(start + byteLength);
    this.lengths.set(range.start, range.byteLength);
    this.endings.set(range.start + range.byteLength, range.start);
    this.total += range.byteLength;
    this.file(range);
  }

  delete(start: number): void {
    const byteLength = this.lengths.get(start);
    if (byteLength === undefined) return;
    this.lengths.delete(start);
    this.endings.delete(start + byteLength);
    this.total -= byteLength;
  }

  /** The bytes at the start of a range are used. */
  useFront(range: FreeRange, byteLength: number): void {
    this.delete(range.start);
    if (range.byteLength > byteLength) this.add(range.start + byteLength, range.byteLength - byteLength);
  }

  /** The first of the smallest ranges with room. */
  find(byteLength: number): FreeRange | undefined {
    const at = this.sizeIndex(byteLength);
    while (at < this.sizes.length) {
      const size = this.sizes[at] as number;
      const starts = this.bySize.get(size);
      for (let start = starts?.least; start !== undefined; start = starts?.least) {
        if (this.lengths.get(start) === size) return { start, byteLength: size };
        starts?.removeLeast();
      }
      this.bySize.delete(size);
      this.sizes.splice(at, 1);
    }
    return undefined;
  }

  private sizeIndex(byteLength: number): number {
    let low = 0;
    let high = this.sizes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.sizes[middle] as number) < byteLength) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private file({ start, byteLength }: FreeRange): void {
    let starts = this.bySize.get(byteLength);
    if (starts === undefined) {
      starts = new LeastFirst();
      this.bySize.set(byteLength, starts);
      this.sizes.splice(this.sizeIndex(byteLength), 0, byteLength);
    }
    starts.push(start);
  }
}
