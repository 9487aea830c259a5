/**
 * Bytes that heaps take in a file.
 *
 * Reference implementation: `H5HL_heapsize`, `H5HF_size`, `H5HF__man_iblock_size`, `H5FS_size`.
 */
import { type Address, isDefined } from "../../base/address.ts";
import { formatError } from "../../base/errors.ts";
import {
  decodeFractalHeapHeader,
  type FractalHeapHeader,
  fractalHeapHeaderByteLength,
  sizeOfUnfilteredFractalHeapHeader,
} from "../../format/fractal-heap.ts";
import { decodeIndirectBlock, sizeOfIndirectBlock } from "../../format/fractal-heap-blocks.ts";
import { indirectBlockRows, maxDirectRows, rowBlockSize } from "../../format/fractal-heap-doubling-table.ts";
import { decodeFreeSpaceHeader, type FreeSpaceHeader, sizeOfFreeSpaceHeader } from "../../format/free-space.ts";
import { allocatedLocalHeapHeaderBytes, decodeLocalHeap, sizeOfLocalHeap } from "../../format/local-heap.ts";
import type { FileStorage } from "../file-storage.ts";
import { bTreeV2ByteLength } from "./b-tree-sizes.ts";

const LOCAL = "Local heap";
const HEADER = "Fractal heap header";
const INDIRECT = "Fractal heap indirect block";
const FREE_SPACE = "Free-space header";

/** Header and data segment. */
export function localHeapByteLength(storage: FileStorage, address: Address): number {
  const headerBytes = sizeOfLocalHeap(storage.widths);
  const cursor = storage.cursor(storage.readMetadata(address, headerBytes, LOCAL), LOCAL, address);
  return allocatedLocalHeapHeaderBytes(storage.widths) + decodeLocalHeap(cursor).dataSegmentSize;
}

/** The header of a free-space manager. */
export function readFreeSpaceHeader(storage: FileStorage, address: Address): FreeSpaceHeader {
  const bytes = storage.readMetadata(address, sizeOfFreeSpaceHeader(storage.widths), FREE_SPACE);
  return decodeFreeSpaceHeader(storage.cursor(bytes, FREE_SPACE, address));
}

/** Bytes of a free-space manager: its header, and what is allocated for its section list. */
export function freeSpaceManagerByteLength(storage: FileStorage, header: FreeSpaceHeader): number {
  const listBytes = header.serializedSectionCount > 0 ? header.allocatedByteLength : 0;
  return sizeOfFreeSpaceHeader(storage.widths) + listBytes;
}

/**
 * Header, blocks, huge objects with their index, and free-space manager.
 *
 * Direct blocks count with the space that they manage, which filters may store in fewer bytes.
 */
export function fractalHeapByteLength(storage: FileStorage, address: Address): number {
  const least = sizeOfUnfilteredFractalHeapHeader(storage.widths);
  const start = storage.cursor(storage.readMetadata(address, least, HEADER), HEADER, address);
  const headerBytes = fractalHeapHeaderByteLength(start);
  const header = decodeFractalHeapHeader(
    storage.cursor(storage.readMetadata(address, headerBytes, HEADER), HEADER, address),
  );
  let byteLength = headerBytes + header.allocatedManagedSpace + header.hugeObjectSize;
  if (isDefined(header.rootAddress) && header.currentRootRows > 0) {
    byteLength += indirectBlocksByteLength(storage, header);
  }
  if (isDefined(header.hugeBTreeAddress)) byteLength += bTreeV2ByteLength(storage, header.hugeBTreeAddress);
  if (isDefined(header.freeSpaceManagerAddress)) {
    const manager = readFreeSpaceHeader(storage, header.freeSpaceManagerAddress);
    byteLength += freeSpaceManagerByteLength(storage, manager);
  }
  return byteLength;
}

/** All indirect blocks, the root included. */
function indirectBlocksByteLength(storage: FileStorage, header: FractalHeapHeader): number {
  const { table } = header;
  const directRows = maxDirectRows(table);
  const seen = new Set<Address>();
  const pending = [{ address: header.rootAddress, rows: header.currentRootRows }];
  let total = 0;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { address, rows } = next;
    if (seen.has(address)) {
      throw formatError("is reached twice", { structure: INDIRECT, address });
    }
    seen.add(address);
    const byteLength = sizeOfIndirectBlock(header, rows, storage.widths);
    total += byteLength;
    if (rows <= directRows) continue;
    const cursor = storage.cursor(storage.readMetadata(address, byteLength, INDIRECT), INDIRECT, address);
    decodeIndirectBlock(cursor, header, rows).indirectChildren.forEach((child, i) => {
      if (!isDefined(child)) return;
      const row = directRows + Math.floor(i / table.width);
      pending.push({ address: child, rows: indirectBlockRows(table, rowBlockSize(table, row)) });
    });
  }
  return total;
}
