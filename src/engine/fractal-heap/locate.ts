/** Down from the root of a fractal heap through the doubling table. Reference implementation: `H5HF__man_dblock_locate`. */
import { isDefined } from "../../base/address.ts";
import type { DirectBlockPointer } from "../../format/fractal-heap-blocks.ts";
import {
  indirectBlockRows,
  locateBlock,
  maxDirectRows,
  rowBlockSize,
} from "../../format/fractal-heap-doubling-table.ts";
import type { HeapBlocks } from "./blocks.ts";

export interface DirectBlockPlace {
  readonly pointer: DirectBlockPointer;
  readonly blockSize: number;
  /** Heap offset of the block. */
  readonly blockOffset: number;
}

/**
 * The direct block that covers a heap offset.
 *
 * @throws FormatError when there is none.
 */
export function locateDirectBlock(blocks: HeapBlocks, heapOffset: number): DirectBlockPlace {
  const { rootAddress, currentRootRows, table, filters } = blocks.header;
  if (!isDefined(rootAddress)) throw blocks.error("a managed object in a heap without blocks");
  if (currentRootRows === 0) {
    const pointer: DirectBlockPointer =
      filters === undefined
        ? { address: rootAddress }
        : {
            address: rootAddress,
            filtered: { byteLength: filters.filteredRootByteLength, filterMask: filters.rootFilterMask },
          };
    return { pointer, blockSize: table.startingBlockSize, blockOffset: 0 };
  }
  const directRows = maxDirectRows(table);
  let address = rootAddress;
  let rows = currentRootRows;
  let base = 0;
  // Each step goes to a smaller block of fewer rows, so this ends.
  for (;;) {
    const block = blocks.indirect(address, rows);
    const place = locateBlock(table, heapOffset - base);
    if (place.row >= rows) throw blocks.error(`heap offset ${heapOffset} is behind the ${rows} rows of its block`);
    const blockOffset = base + place.blockOffset;
    if (place.row < directRows) {
      const pointer = block.directChildren[place.row * table.width + place.column];
      if (pointer === undefined || !isDefined(pointer.address))
        throw blocks.error(`no block at heap offset ${heapOffset}`);
      return { pointer, blockSize: rowBlockSize(table, place.row), blockOffset };
    }
    const child = block.indirectChildren[(place.row - directRows) * table.width + place.column];
    if (child === undefined || !isDefined(child)) throw blocks.error(`no block at heap offset ${heapOffset}`);
    address = child;
    rows = indirectBlockRows(table, place.blockSize);
    base = blockOffset;
  }
}
