/**
 * Places in the file for the blocks of a fractal heap that were made since the last flush.
 *
 * Reference implementation: H5HFcache.c (`H5HF__cache_dblock_pre_serialize`, `H5HF__cache_iblock_pre_serialize`).
 */
import { type Address, isDefined } from "../../base/address.ts";
import type { FractalHeapIndirectBlock } from "../../format/fractal-heap-blocks.ts";
import type { HeapBlocks } from "./blocks.ts";
import type { HeapGeometry } from "./geometry.ts";

class Placement {
  private readonly blocks: HeapBlocks;
  private readonly geometry: HeapGeometry;
  private places: ReadonlyMap<Address, Address> = new Map();

  constructor(blocks: HeapBlocks, geometry: HeapGeometry) {
    this.blocks = blocks;
    this.geometry = geometry;
  }

  run(): void {
    const { blocks } = this;
    const { storage, header } = blocks;
    const { rootAddress, currentRootRows: rows } = header;
    if (!storage.hasUnplaced) return;
    const unplaced: Address[] = [];
    if (rows > 0) this.collect(rootAddress, rows, unplaced);
    else if (storage.isUnplaced(rootAddress)) unplaced.push(rootAddress);
    if (unplaced.length === 0) return;
    this.places = storage.place(unplaced);
    if (rows > 0) this.repoint(rootAddress, rows);
    const place = this.placeOf(rootAddress);
    if (place === rootAddress) return;
    blocks.storeHeader({ ...header, rootAddress: place });
    storage.writeBefore(place, blocks.address);
  }

  private placeOf(address: Address): Address {
    return this.places.get(address) ?? address;
  }

  /**
   * Children before the block that leads to them. What waits for nothing leads to none that has no place, but may lead to blocks
   * that do.
   */
  private collect(address: Address, rows: number, unplaced: Address[]): void {
    const { storage } = this.blocks;
    if (this.isSettled(address, rows)) return;
    const block = this.blocks.indirect(address, rows);
    for (const { address: child } of block.directChildren) if (storage.isUnplaced(child)) unplaced.push(child);
    this.forEachIndirect(block, (child, childRows) => this.collect(child, childRows, unplaced));
    if (storage.isUnplaced(address)) unplaced.push(address);
  }

  /** Whether nothing has changed in a block, nor below it. */
  private isSettled(address: Address, rows: number): boolean {
    return rows <= this.geometry.directRows && !this.blocks.storage.isDirty(address);
  }

  private forEachIndirect(
    { directChildren, indirectChildren }: FractalHeapIndirectBlock,
    visit: (child: Address, rows: number) => void,
  ): void {
    const { geometry } = this;
    indirectChildren.forEach((child, i) => {
      if (isDefined(child)) visit(child, geometry.childRows(geometry.rowOf(directChildren.length + i)));
    });
  }

  /** Has the block, which is in its place already, lead to where those below it are now. */
  private repoint(oldAddress: Address, rows: number): void {
    const { blocks } = this;
    const { storage } = blocks;
    const address = this.placeOf(oldAddress);
    if (this.isSettled(address, rows)) return;
    const block = blocks.indirect(address, rows);
    this.forEachIndirect(block, (child, childRows) => this.repoint(child, childRows));
    if (!storage.isDirty(address)) return;
    const directChildren = block.directChildren.map((pointer) => ({
      ...pointer,
      address: this.placeOf(pointer.address),
    }));
    const indirectChildren = block.indirectChildren.map((child) => this.placeOf(child));
    blocks.storeIndirect(address, rows, { ...block, directChildren, indirectChildren });
    const children = [...directChildren.map((pointer) => pointer.address), ...indirectChildren];
    for (const child of children) if (isDefined(child) && storage.isDirty(child)) storage.writeBefore(child, address);
  }
}

/** Gives every block of the heap its place. */
export function placeBlocks(blocks: HeapBlocks, geometry: HeapGeometry): void {
  new Placement(blocks, geometry).run();
}
