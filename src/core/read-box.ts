/**
 * Elements of a box, from wherever the layout of the dataset has them.
 *
 * Each piece of raw data is read once; chunks that a read touches are decoded once for it, and not kept.
 */
import { type Address, isDefined } from "../base/address.ts";
import { product } from "../base/bits.ts";
import { FilterError, formatError, LimitError, UnsupportedError } from "../base/errors.ts";
import { allocateBytes, MAX_BUFFER_BYTES } from "../base/memory.ts";
import { cellsToLastInside, chunkOffset, isPartialEdge } from "../engine/chunks/chunk-geometry.ts";
import type { ChunkRecord } from "../engine/chunks/chunk-index.ts";
import { fillWith } from "../engine/chunks/fill-pattern.ts";
import { openChunkIndex } from "../engine/chunks/open-chunk-index.ts";
import { fillRule } from "../engine/dataset-io/fill.ts";
import type { DatasetObject } from "../engine/dataset-object.ts";
import { decodePipeline } from "../filters/pipeline.ts";
import type { ChunkedLayout, ContiguousLayout } from "../format/data-layout.ts";
import { MESSAGE } from "../format/message-types.ts";
import { type Box, copyBox, eachRow, type Placed, pitches } from "./box.ts";

/** Packed elements of the box, as the file has them. */
export function readBox(dataset: DatasetObject, box: Box): Uint8Array {
  const { layout, elementSize } = dataset;
  const memory = allocateBytes(product(box.count) * elementSize);
  if (memory.length === 0) return memory;
  if (dataset.header.look(MESSAGE.EXTERNAL_FILES) !== undefined) throw new UnsupportedError("raw data in other files");
  const { element, onRead } = fillRule(dataset.fillValue);
  if (element !== undefined && onRead) fillWith(memory, element);
  switch (layout.kind) {
    case "compact":
      // A message without data is a dataset that was never written.
      if (layout.data.length > 0) {
        requireBytes(layout.data.length, dataset);
        copyBox(
          layout.data,
          inExtent(dataset.dims, box, elementSize),
          memory,
          packed(box, elementSize),
          box.count,
          elementSize,
        );
      }
      break;
    case "contiguous":
      if (isDefined(layout.address)) readContiguous(dataset, layout, box, memory);
      break;
    case "chunked":
      if (isDefined(layout.address)) readChunks(dataset, layout, box, memory);
      break;
    case "virtual":
      throw new UnsupportedError("elements of a virtual dataset");
  }
  return memory;
}

/** Where the elements of the box lie in an array of all elements. */
function inExtent(dims: readonly number[], { start, step }: Box, elementSize: number): Placed {
  const pitch = pitches(dims, elementSize);
  return {
    start: start.reduce((sum, index, d) => sum + index * (pitch[d] as number), 0),
    pitch: pitch.map((bytes, d) => bytes * (step[d] as number)),
  };
}

const packed = ({ count }: Box, elementSize: number): Placed => ({ start: 0, pitch: pitches(count, elementSize) });

function requireBytes(byteLength: number, { dims, elementSize, address }: DatasetObject): void {
  const needed = product(dims) * elementSize;
  if (byteLength >= needed) return;
  const problem = `${byteLength} bytes, a dataset of (${dims.join(", ")}) needs ${needed}`;
  throw formatError(problem, { structure: "Data layout message", address, field: "Size" });
}

/** Bytes that are read at once of elements with gaps between them. */
const PIECE_BYTES = 1 << 18;

/** Receives `count` elements, each `pitch` behind the one before, which go one behind the other to `to`. */
type Piece = (from: number, to: number, count: number, pitch: number) => void;

function eachPiece({ dims, elementSize }: DatasetObject, box: Box, piece: Piece): void {
  eachRow(box.count, inExtent(dims, box, elementSize), packed(box, elementSize), (from, to, count, pitch) => {
    const most = pitch === elementSize ? count : Math.max(1, Math.floor(PIECE_BYTES / pitch));
    for (let done = 0; done < count; done += most) {
      piece(from + done * pitch, to + done * elementSize, Math.min(most, count - done), pitch);
    }
  });
}

function readContiguous(dataset: DatasetObject, layout: ContiguousLayout, box: Box, memory: Uint8Array): void {
  const { elementSize, storage } = dataset;
  const { address, version } = layout;
  // Versions 1 and 2 have no size of their own: dataspace and datatype decide.
  if (version >= 3) requireBytes(layout.byteLength, dataset);
  const lengthOf = (count: number, pitch: number): number => (count - 1) * pitch + elementSize;
  const pieces: { readonly address: Address; readonly byteLength: number }[] = [];
  eachPiece(dataset, box, (from, _, count, pitch) => {
    pieces.push({ address: address + from, byteLength: lengthOf(count, pitch) });
  });
  storage.expectRaw(pieces);
  eachPiece(dataset, box, (from, to, count, pitch) => {
    if (pitch === elementSize || count === 1) {
      storage.readRaw(address + from, memory.subarray(to, to + count * elementSize));
      return;
    }
    const bytes = allocateBytes(lengthOf(count, pitch));
    storage.readRaw(address + from, bytes);
    copyBox(bytes, { start: 0, pitch: [pitch] }, memory, { start: to, pitch: [elementSize] }, [count], elementSize);
  });
}

interface StoredChunk {
  readonly scaled: readonly number[];
  readonly record: ChunkRecord;
}

function readChunks(dataset: DatasetObject, layout: ChunkedLayout, box: Box, memory: Uint8Array): void {
  const { elementSize, storage, file, storedDataspace, pipeline } = dataset;
  const { dims } = storedDataspace;
  const { chunkDims } = layout;
  if (chunkDims.length !== dims.length || layout.elementSize !== elementSize) {
    const problem = `chunks (${chunkDims.join(", ")}) of ${layout.elementSize} bytes for a dataset of rank ${dims.length} with elements of ${elementSize} bytes`;
    throw formatError(problem, { structure: "Data layout message", address: dataset.address, field: "Dimension Size" });
  }
  const index = openChunkIndex(layout, storedDataspace, pipeline, storage, file.groupRanks.chunkK);
  const touched = chunksIn(box, chunkDims);
  index.prefetch(touched);
  const chunks: StoredChunk[] = [];
  for (const scaled of touched) {
    const record = index.lookup(scaled);
    if (record !== undefined) chunks.push({ scaled, record });
  }
  for (const { scaled, record } of chunks) requireStored(dataset, layout, scaled, record);
  storage.expectRaw(chunks.map(({ record }) => record));
  for (const { scaled, record } of chunks) {
    copyChunk(readChunk(dataset, layout, scaled, record), layout, scaled, box, memory);
  }
}

/** Scaled coordinates of the chunks in which the box has elements. */
function chunksIn({ start, step, count }: Box, chunkDims: readonly number[]): number[][] {
  let chunks: number[][] = [[]];
  for (let d = 0; d < chunkDims.length; d++) {
    const length = chunkDims[d] as number;
    const first = start[d] as number;
    const by = step[d] as number;
    const last = first + ((count[d] as number) - 1) * by;
    const touched: number[] = [];
    // With longer steps chunks are left out.
    const stride = Math.max(by, length);
    for (let at = by < length ? first - (first % length) : first; at <= last; at += stride) {
      touched.push(Math.floor(at / length));
    }
    chunks = chunks.flatMap((outer) => touched.map((scaled) => [...outer, scaled]));
  }
  return chunks;
}

const nameOf = (scaled: readonly number[], { chunkDims }: ChunkedLayout): string =>
  `Chunk at offset (${chunkOffset(scaled, chunkDims).join(", ")})`;

/** The filters that a chunk went through; partial edge chunks may have gone through none. */
function filtersOf({ dims, pipeline }: DatasetObject, layout: ChunkedLayout, scaled: readonly number[]) {
  const isLeftOut = layout.dontFilterPartialChunks && isPartialEdge(scaled, layout.chunkDims, dims);
  return isLeftOut ? [] : (pipeline?.filters ?? []);
}

/** Before anything of the size that the index states is allocated. */
function requireStored(
  dataset: DatasetObject,
  layout: ChunkedLayout,
  scaled: readonly number[],
  { address, byteLength }: ChunkRecord,
): void {
  const structure = nameOf(scaled, layout);
  const available = address < 0 ? 0 : dataset.storage.available(address, byteLength);
  if (available < byteLength) {
    throw formatError(`${byteLength} bytes, where the file has ${available}`, { structure, address });
  }
  const whole = product(layout.chunkDims) * layout.elementSize;
  if (filtersOf(dataset, layout, scaled).length === 0 && byteLength !== whole) {
    throw formatError(`${byteLength} bytes, a chunk without filters has ${whole}`, { structure, address });
  }
}

function readChunk(
  dataset: DatasetObject,
  layout: ChunkedLayout,
  scaled: readonly number[],
  { address, byteLength: storedByteLength, filterMask }: ChunkRecord,
): Uint8Array {
  const { storage, dims } = dataset;
  const { chunkDims, elementSize } = layout;
  const filters = filtersOf(dataset, layout, scaled);
  const bytes = allocateBytes(storedByteLength);
  storage.readRaw(address, bytes);
  if (filters.length === 0) return bytes;
  const byteLength = product(chunkDims) * elementSize;
  if (byteLength > MAX_BUFFER_BYTES) {
    throw new LimitError(`chunk of ${byteLength} bytes: behind filters expected up to ${MAX_BUFFER_BYTES}`);
  }
  try {
    // Writers may leave away what lies outside the dataset.
    const leastByteLength = () => cellsToLastInside(scaled, chunkDims, dims) * elementSize;
    return decodePipeline(filters, bytes, filterMask, byteLength, storage.limits, { leastByteLength });
  } catch (cause) {
    if (!(cause instanceof FilterError)) throw cause;
    throw new FilterError(cause.filterId, cause.message, { cause, structure: nameOf(scaled, layout), address });
  }
}

/** Puts what the box has of a chunk in its place. */
function copyChunk(
  chunk: Uint8Array,
  { chunkDims, elementSize }: ChunkedLayout,
  scaled: readonly number[],
  box: Box,
  memory: Uint8Array,
): void {
  const inChunk = pitches(chunkDims, elementSize);
  const inMemory = pitches(box.count, elementSize);
  const count: number[] = [];
  let from = 0;
  let to = 0;
  for (let d = 0; d < chunkDims.length; d++) {
    const length = chunkDims[d] as number;
    const step = box.step[d] as number;
    const offset = (scaled[d] as number) * length - (box.start[d] as number);
    const first = Math.max(0, Math.ceil(offset / step));
    count.push(Math.min(box.count[d] as number, Math.ceil((offset + length) / step)) - first);
    from += (first * step - offset) * (inChunk[d] as number);
    to += first * (inMemory[d] as number);
  }
  const pitch = inChunk.map((bytes, d) => bytes * (box.step[d] as number));
  copyBox(chunk, { start: from, pitch }, memory, { start: to, pitch: inMemory }, count, elementSize);
}
