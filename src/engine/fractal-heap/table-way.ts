/**
 * A way through the doubling table of a fractal heap, from the root to an entry: the indirect blocks on it, in copies that are
 * changed and then stored together. Nothing of the file was changed when one of them cannot be read.
 *
 * Reference implementation: H5HFiblock.c; H5HFdtable.c, `H5HF__dtable_lookup`; H5HFiter.c.
 */
import { type Address, isDefined, UNDEFINED_ADDRESS } from "../../base/address.ts";
import type { DirectBlockPointer, FractalHeapIndirectBlock } from "../../format/fractal-heap-blocks.ts";
import { type HeapBlocks, NO_BLOCK } from "./blocks.ts";
import type { HeapGeometry } from "./geometry.ts";

/** An indirect block on the way from the root, in a copy that is changed. */
export interface Level {
  /** Undefined for a block that is to be made. */
  readonly address: Address;
  /** Heap offset. */
  readonly base: number;
  readonly rows: number;
  /** Row by row, direct and indirect ones. */
  readonly children: DirectBlockPointer[];
  /** The entry that the way goes through. */
  entry: number;
  isChanged: boolean;
}

/** The last entry with a block; -1 when there is none. */
export function lastEntry(children: readonly DirectBlockPointer[]): number {
  return children.findLastIndex(({ address }) => isDefined(address));
}

export class TableWay {
  private readonly blocks: HeapBlocks;
  private readonly geometry: HeapGeometry;
  /** Of the root before anything is changed. */
  private readonly oldRootRows: number;
  /** From the root down; empty while the root is a direct block, or missing. */
  readonly levels: Level[] = [];
  /** Addresses of the levels once they are stored. */
  private readonly stored = new Map<Level, Address>();

  constructor(blocks: HeapBlocks, geometry: HeapGeometry) {
    this.blocks = blocks;
    this.geometry = geometry;
    const { currentRootRows, rootAddress } = blocks.header;
    this.oldRootRows = currentRootRows;
    if (currentRootRows > 0) this.levels.push(this.load(rootAddress, 0, currentRootRows));
  }

  get root(): Level {
    return this.levels[0] as Level;
  }

  get deepest(): Level {
    return this.levels[this.levels.length - 1] as Level;
  }

  private load(address: Address, base: number, rows: number): Level {
    const { directChildren, indirectChildren } = this.blocks.indirect(address, rows);
    const children = [...directChildren];
    for (const child of indirectChildren) children.push({ address: child });
    return { address, base, rows, children, entry: 0, isChanged: false };
  }

  /** A level whose block is to be made, without children. */
  newLevel(base: number, rows: number): Level {
    const children = new Array<DirectBlockPointer>(rows * this.geometry.width).fill(NO_BLOCK);
    return { address: UNDEFINED_ADDRESS, base, rows, children, entry: 0, isChanged: true };
  }

  /** The level below the entry of the deepest one, which may be new. */
  enter(): Level {
    const { deepest, geometry } = this;
    const base = deepest.base + geometry.entryOffset(deepest.entry);
    const rows = geometry.childRows(geometry.rowOf(deepest.entry));
    const { address } = deepest.children[deepest.entry] as DirectBlockPointer;
    const level = isDefined(address) ? this.load(address, base, rows) : this.newLevel(base, rows);
    this.levels.push(level);
    return level;
  }

  /** Goes down to the direct block at a heap offset, through indirect blocks that may be new. */
  goTo(offset: number): void {
    for (let level = this.root; ; level = this.enter()) {
      const place = this.geometry.locate(offset - level.base);
      if (place.row >= level.rows) throw this.blocks.error(`heap offset ${offset} is behind the ${level.rows} rows`);
      level.entry = place.entry;
      if (place.row < this.geometry.directRows) return;
    }
  }

  /** Goes to where the allocation iterator, at a heap offset, stands: an entry, or the end of a block's entries. */
  goToIterator(allocationIteratorOffset: number): void {
    const { geometry } = this;
    for (let level = this.root; ; level = this.enter()) {
      const place = geometry.locate(allocationIteratorOffset - level.base);
      level.entry = Math.min(place.entry, level.rows * geometry.width);
      const isStart = allocationIteratorOffset - level.base === place.offset;
      if (place.row >= level.rows || place.row < geometry.directRows || isStart) return;
      if (!isDefined((level.children[level.entry] as DirectBlockPointer).address)) {
        throw this.blocks.error(
          `the allocation iterator, at ${allocationIteratorOffset}, is in a block that is not there`,
        );
      }
    }
  }

  /** The entry that the way leads to. */
  get pointer(): DirectBlockPointer {
    const { deepest } = this;
    return deepest.children[deepest.entry] as DirectBlockPointer;
  }

  set pointer(pointer: DirectBlockPointer) {
    const { deepest } = this;
    deepest.children[deepest.entry] = pointer;
    deepest.isChanged = true;
  }

  /** Where the last direct block ends. */
  lastBlockEnd(): number {
    const { geometry } = this;
    let level = this.levels[0];
    let end = 0;
    while (level !== undefined) {
      const entry = lastEntry(level.children);
      const row = geometry.rowOf(entry);
      end = level.base + geometry.entryOffset(entry + 1);
      if (row < geometry.directRows) return end;
      const { address } = level.children[entry] as DirectBlockPointer;
      const base = level.base + geometry.entryOffset(entry);
      level =
        this.levels.find((known) => known.address === address) ?? this.load(address, base, geometry.childRows(row));
    }
    return end;
  }

  /** Where a level is, or will be. */
  addressOf(level: Level): Address {
    return this.stored.get(level) ?? level.address;
  }

  /** Whether the level needs other space than it has. */
  private moves(level: Level): boolean {
    if (!isDefined(level.address)) return true;
    return level.base === 0 && level.rows !== this.oldRootRows;
  }

  /** Bytes that the levels which move need, in their order. */
  newByteLengths(): number[] {
    return this.levels.filter((level) => this.moves(level)).map(({ rows }) => this.blocks.indirectByteLength(rows));
  }

  /**
   * Stores what was changed, from the root down.
   *
   * @param addresses - Of the levels that move, in their order.
   * @returns The address of the root; undefined when the way is empty.
   */
  store(addresses: readonly Address[]): Address | undefined {
    const { blocks, levels } = this;
    let used = 0;
    levels.forEach((level, i) => {
      const address = this.moves(level) ? (addresses[used++] as Address) : level.address;
      this.stored.set(level, address);
      const parent = levels[i - 1];
      if (parent === undefined) {
        if (isDefined(level.address) && address !== level.address) {
          blocks.discard(level.address, blocks.indirectByteLength(this.oldRootRows));
        }
      } else if (!isDefined(level.address)) {
        parent.children[parent.entry] = { address };
        parent.isChanged = true;
      }
    });
    for (let i = levels.length - 1; i >= 0; i--) this.storeLevel(levels[i] as Level, levels[i - 1]);
    return levels[0] && this.addressOf(levels[0]);
  }

  private storeLevel(level: Level, parent: Level | undefined): void {
    if (!level.isChanged) return;
    const { blocks } = this;
    const address = this.stored.get(level) as Address;
    blocks.storeIndirect(address, level.rows, this.blockOf(level));
    blocks.storage.writeBefore(address, parent === undefined ? blocks.address : this.addressOf(parent));
  }

  private blockOf({ base, children, rows }: Level): FractalHeapIndirectBlock {
    const { directRows, width } = this.geometry;
    const direct = Math.min(rows, directRows) * width;
    return {
      heapHeaderAddress: this.blocks.address,
      blockOffset: base,
      directChildren: children.slice(0, direct),
      indirectChildren: children.slice(direct).map(({ address }) => address),
    };
  }
}
