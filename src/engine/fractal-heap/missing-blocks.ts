/**
 * Stretches of a fractal heap's address space, before its last direct block, where blocks do not exist: they were skipped, or
 * freed. New blocks go there first.
 *
 * Reference implementation: the "row" and "indirect" sections of H5HFsection.c. Which indirect block a stretch belongs to
 * follows from its heap offsets: an indirect block that it covers does not exist, one that it covers in part does.
 */
import type { HeapGeometry } from "./geometry.ts";

interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** Entries of one indirect block, one behind the other. */
export interface EntryRun {
  /** Heap offset of the indirect block. */
  readonly base: number;
  readonly startEntry: number;
  readonly count: number;
}

/** Direct blocks of one row that could be made. */
export interface MissingRow {
  /** Heap offset of the first one. */
  readonly offset: number;
  readonly row: number;
  readonly count: number;
  /** Whether the last one is made first. C: `H5HF__sect_indirect_reduce_row`. */
  readonly fromEnd: boolean;
}

export class MissingBlocks {
  private readonly geometry: HeapGeometry;
  /** In order, with something between them. */
  private stretches: Stretch[] = [];
  /** The first row of each size of blocks, smallest first; undefined when it is to be found out. */
  private rows: MissingRow[] | undefined;

  constructor(geometry: HeapGeometry) {
    this.geometry = geometry;
  }

  get isEmpty(): boolean {
    return this.stretches.length === 0;
  }

  /** Bytes of the address space. */
  get byteLength(): number {
    return this.stretches.reduce((sum, { start, end }) => sum + end - start, 0);
  }

  /** Bytes that the missing blocks would hold. */
  get payload(): number {
    const { geometry } = this;
    return this.stretches.reduce(
      (sum, { start, end }) => sum + geometry.payloadBefore(end) - geometry.payloadBefore(start),
      0,
    );
  }

  add(start: number, end: number): void {
    if (end <= start) return;
    const before = this.stretches.filter((stretch) => stretch.end < start);
    const behind = this.stretches.filter((stretch) => stretch.start > end);
    const touching = this.stretches.slice(before.length, this.stretches.length - behind.length);
    const first = touching[0];
    const last = touching[touching.length - 1];
    const joined = {
      start: first === undefined ? start : Math.min(first.start, start),
      end: last === undefined ? end : Math.max(last.end, end),
    };
    this.change([...before, joined, ...behind]);
  }

  remove(start: number, end: number): void {
    this.change(
      this.stretches.flatMap((stretch) => {
        if (stretch.end <= start || stretch.start >= end) return [stretch];
        const left = { start: stretch.start, end: start };
        const right = { start: end, end: stretch.end };
        return [left, right].filter((part) => part.end > part.start);
      }),
    );
  }

  private change(stretches: Stretch[]): void {
    this.stretches = stretches;
    this.rows = undefined;
  }

  /** What the file keeps of them: each run is one of its sections. */
  runs(): EntryRun[] {
    const runs: EntryRun[] = [];
    for (const { start, end } of this.stretches) addRuns(this.geometry, start, end, 0, runs);
    return runs;
  }

  /** The first row of the smallest blocks that have room. */
  find(byteLength: number): MissingRow | undefined {
    if (this.stretches.length === 0) return undefined;
    this.rows ??= this.firstRows();
    return this.rows.find(({ row }) => this.geometry.rowPayload(row) >= byteLength);
  }

  private firstRows(): MissingRow[] {
    const bySize = new Map<number, MissingRow>();
    for (const run of this.runs()) {
      for (const row of rowsOfRun(this.geometry, run)) {
        const size = this.geometry.blockSize(row.row);
        const known = bySize.get(size);
        if (known === undefined || row.offset < known.offset) bySize.set(size, row);
      }
    }
    return [...bySize].sort(([a], [b]) => a - b).map(([, row]) => row);
  }
}

/** Divides a stretch of the indirect block at `base` into runs of its entries and of those of its children. */
function addRuns(geometry: HeapGeometry, start: number, end: number, base: number, runs: EntryRun[]): void {
  let at = start;
  while (at < end) {
    const first = geometry.locate(at - base);
    const blockStart = base + first.offset;
    if (at > blockStart || blockStart + first.blockSize > end) {
      const stop = Math.min(end, blockStart + first.blockSize);
      // A direct block is missing as a whole or not at all.
      if (first.row >= geometry.directRows) addRuns(geometry, at, stop, blockStart, runs);
      at = stop;
      continue;
    }
    let next = first.entry + 1;
    while (base + geometry.entryOffset(next + 1) <= end) next++;
    runs.push({ base, startEntry: first.entry, count: next - first.entry });
    at = base + geometry.entryOffset(next);
  }
}

/** The rows of direct blocks in a run, those of the indirect blocks that it covers included, by heap offset. */
export function rowsOfRun(geometry: HeapGeometry, run: EntryRun): MissingRow[] {
  const rows: MissingRow[] = [];
  addRows(geometry, run, rows);
  return rows;
}

function addRows(geometry: HeapGeometry, { base, startEntry, count }: EntryRun, rows: MissingRow[]): void {
  const end = startEntry + count;
  const severalRows = geometry.rowOf(startEntry) !== geometry.rowOf(end - 1);
  let entry = startEntry;
  while (entry < end) {
    const row = geometry.rowOf(entry);
    const offset = base + geometry.entryOffset(entry);
    if (row >= geometry.directRows) {
      addRows(geometry, { base: offset, startEntry: 0, count: geometry.childRows(row) * geometry.width }, rows);
      entry++;
      continue;
    }
    const next = Math.min(end, (row + 1) * geometry.width);
    rows.push({ offset, row, count: next - entry, fromEnd: next === end && severalRows });
    entry = next;
  }
}
