/**
 * The raw data of a dataset that is copied: as it is stored where nothing in it changes, else through memory, a box at a
 * time.
 *
 * Reference implementation: H5Dcontig.c, `H5D__contig_copy`; H5Dchunk.c, `H5D__chunk_copy`; H5Dvirtual.c.
 */
import { isDefined } from "../base/address.ts";
import { formatError, HDF5Error } from "../base/errors.ts";
import type { Datatype } from "../format/datatype.ts";
import { hasVariableLength, holdsPlaces } from "../format/datatype-questions.ts";
import { decodeVirtualMappingBlock, encodeVirtualMappingBlock } from "../format/virtual-mapping-block.ts";
import { findConversion } from "./conversion/convert.ts";
import { allocateContiguous } from "./dataset-io/contiguous-access.ts";
import type { DatasetObject } from "./dataset-object.ts";
import { encodeBody } from "./header-values.ts";
import { type Box, boxesOf, boxSelection } from "./selection/boxes.ts";

/** Bytes of elements moved at a time. */
const BOX_BYTES = 8 << 20;

const ALL_STORED = (): boolean => true;

/** What packed elements of the source are in the copy. */
export type ElementChange = (bytes: Uint8Array) => Uint8Array;

/**
 * Copies all elements into a dataset of the same extent.
 *
 * @param asStored - The copy has the datatype, the layout, the chunk shape and the filters of the source.
 */
export function copyData(source: DatasetObject, copy: DatasetObject, asStored: boolean, change: ElementChange): void {
  if (source.dataspace.kind === "null") return;
  if (copy.layout.kind === "virtual") {
    copyMappings(source, copy);
    return;
  }
  // Where the data stays outside, the copy names the same files.
  if (asStored && source.externalParts().length > 0) return;
  const { kind } = source.layout;
  if (asStored && kind === "contiguous" && copyPlain(source, copy)) return;
  if (asStored && kind === "chunked" && !holdsPlaces(source.datatype)) copyChunks(source, copy);
  else if (kind === "virtual" || kind === "compact" || source.storageSize() > 0 || source.externalParts().length > 0)
    copyElements(source, copy, change);
}

/** All elements of a small dataset that keep nothing elsewhere, by the shortest way. False where there is more to do. */
function copyPlain(source: DatasetObject, copy: DatasetObject): boolean {
  const byteLength = source.storageSize();
  if (byteLength === 0 || byteLength > BOX_BYTES || copy.header.unplacedBytes !== byteLength) return false;
  return !holdsPlaces(source.datatype) && copy.writeFirst(source.readBytes());
}

/** Chunks as they are stored, filters and all. */
function copyChunks(source: DatasetObject, copy: DatasetObject): void {
  const from = source.chunkStore();
  const to = copy.chunkStore();
  const chunkDims = chunkShape(source);
  copy.file.holdsBack(copy);
  for (const { offset } of from.chunkInfo()) {
    const scaled = offset.map((value, d) => value / (chunkDims[d] as number));
    const stored = from.readStored(scaled);
    if (stored === undefined) {
      throw formatError(`chunk (${offset.join(", ")}) is gone`, { structure: "Dataset", address: source.address });
    }
    to.writeStored(scaled, stored.bytes, stored.filterMask);
  }
}

function chunkShape({ layout, dims }: DatasetObject): readonly number[] {
  return layout.kind === "chunked" ? layout.chunkDims : dims;
}

/** Through memory, what elements keep elsewhere included. Chunks that the source does not have stay away. */
function copyElements(source: DatasetObject, copy: DatasetObject, change: ElementChange): void {
  if (copy.layout.kind === "contiguous" && copy.externalParts().length === 0) {
    // What elements own heap objects is never left as whatever bytes were there.
    allocateContiguous(copy, !hasVariableLength(copy.datatype));
  }
  const tile = copy.layout.kind === "chunked" ? copy.layout.chunkDims : undefined;
  const isStored = tile === undefined ? ALL_STORED : storedBoxes(source);
  for (const box of boxesOf(source.dims, source.elementSize, BOX_BYTES, tile)) {
    for (const part of tile === undefined || isStored === ALL_STORED ? [box] : storedTiles(box, tile, isStored)) {
      const selection = boxSelection(source.dims, part);
      copy.writeBytes(change(source.readBytes(selection)), selection);
    }
  }
}

/** Those chunks of the copy in a box of which the source has something. */
function* storedTiles(box: Box, tile: readonly number[], isStored: (box: Box) => boolean): Generator<Box> {
  if (!isStored(box)) return;
  for (const { origin, size } of boxesOf(box.size, 1, 1, tile)) {
    const part = { origin: origin.map((start, d) => start + (box.origin[d] as number)), size };
    if (isStored(part)) yield part;
  }
}

/** Whether any element of a box is stored. */
export function storedBoxes(source: DatasetObject): (box: Box) => boolean {
  if (source.layout.kind !== "chunked") return ALL_STORED;
  const { chunkDims } = source.layout;
  const offsets = source
    .chunkStore()
    .chunkInfo()
    .map(({ offset }) => offset);
  const total = source.dims.reduce((count, size, d) => count * Math.ceil(size / (chunkDims[d] as number)), 1);
  if (offsets.length >= total) return ALL_STORED;
  const stored = new Set(offsets.map((offset) => offset.join()));
  return (box) => {
    const first = box.origin.map((start, d) => start - (start % (chunkDims[d] as number)));
    const extent = first.map((start, d) => (box.origin[d] as number) + (box.size[d] as number) - start);
    const places = extent.reduce((count, size, d) => count * Math.ceil(size / (chunkDims[d] as number)), 1);
    // Of the chunks that are there and the places in the box, the fewer are looked at.
    if (offsets.length <= places) return offsets.some((offset) => overlaps(offset, chunkDims, box));
    for (const chunk of boxesOf(extent, 1, 1, chunkDims)) {
      if (stored.has(chunk.origin.map((start, d) => start + (first[d] as number)).join())) return true;
    }
    return false;
  };
}

function overlaps(offset: readonly number[], chunkDims: readonly number[], { origin, size }: Box): boolean {
  return offset.every((start, d) => {
    const from = origin[d] as number;
    return start < from + (size[d] as number) && start + (chunkDims[d] as number) > from;
  });
}

/** The mappings of a virtual dataset; its sources are what they were. */
function copyMappings(source: DatasetObject, copy: DatasetObject): void {
  const { layout } = source;
  const own = copy.layout;
  if (layout.kind !== "virtual" || own.kind !== "virtual") return;
  if (!isDefined(layout.heapAddress) || layout.heapIndex === 0) return;
  const { storage, globalHeap } = source.file;
  const bytes = globalHeap.read(layout.heapAddress, layout.heapIndex);
  const cursor = storage.cursor(bytes, "Virtual dataset mapping block", layout.heapAddress);
  const { mappings } = decodeVirtualMappingBlock(cursor);
  const block = { version: own.version === 5 ? 1 : 0, mappings } as const;
  const id = copy.file.globalHeap.insert(encodeBody(copy.file.storage, block, encodeVirtualMappingBlock));
  copy.replaceLayout({ ...own, heapAddress: id.address, heapIndex: id.index });
}

/** Packed elements in another datatype; the same bytes where it is the same one. */
export function convertAll(from: Datatype, to: Datatype, bytes: Uint8Array): Uint8Array {
  if (from === to) return bytes;
  const conversion = findConversion(from, to);
  if (conversion === undefined) throw new HDF5Error("conversion", "no appropriate function for conversion path");
  const count = bytes.length / from.size;
  const out = new Uint8Array(count * to.size);
  conversion.convert(bytes, 0, out, 0, count);
  return out;
}
