/** Freeing all blocks of a fractal heap, and its header. Reference implementation: `H5HF__hdr_delete`. */
import { type Address, isDefined } from "../../base/address.ts";
import { formatError } from "../../base/errors.ts";
import { sizeOfFractalHeapHeader } from "../../format/fractal-heap.ts";
import type { FreedBlocks } from "../freed-blocks.ts";
import { HeapBlocks } from "./blocks.ts";
import type { HeapGeometry } from "./geometry.ts";

interface Extent {
  readonly address: Address;
  readonly byteLength: number;
}

export function deleteBlocks(blocks: HeapBlocks, geometry: HeapGeometry, freed: FreedBlocks): void {
  const { header, storage } = blocks;
  const { rootAddress, currentRootRows, filters, table } = header;
  const extents: Extent[] = [];
  if (isDefined(rootAddress) && currentRootRows === 0) {
    extents.push({ address: rootAddress, byteLength: filters?.filteredRootByteLength ?? table.startingBlockSize });
  } else if (isDefined(rootAddress)) {
    collect(blocks, geometry, rootAddress, currentRootRows, extents, new Set());
  }
  for (const { address, byteLength } of extents) freed.add("local-heap", address, byteLength);
  freed.add("object-header", blocks.address, sizeOfFractalHeapHeader(header, storage.widths));
}

function collect(
  blocks: HeapBlocks,
  geometry: HeapGeometry,
  address: Address,
  rows: number,
  extents: Extent[],
  seen: Set<Address>,
): void {
  if (seen.has(address)) {
    const structure = "Fractal heap indirect block";
    throw formatError("is reached twice", { structure, address });
  }
  seen.add(address);
  extents.push({ address, byteLength: blocks.indirectByteLength(rows) });
  const { directChildren, indirectChildren } = blocks.indirect(address, rows);
  directChildren.forEach((pointer, entry) => {
    if (!isDefined(pointer.address)) return;
    const blockSize = geometry.blockSize(geometry.rowOf(entry));
    extents.push({ address: pointer.address, byteLength: HeapBlocks.storedByteLength(pointer, blockSize) });
  });
  indirectChildren.forEach((child, i) => {
    if (!isDefined(child)) return;
    const childRows = geometry.childRows(geometry.rowOf(directChildren.length + i));
    collect(blocks, geometry, child, childRows, extents, seen);
  });
}
