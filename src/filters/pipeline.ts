/**
 * The filters of a dataset, run over one chunk.
 *
 * Writing goes from the first to the last, reading back from the last to the first. Bit i of a chunk's filter mask says
 * that filter i was left out. C: H5Z.c, `H5Z_pipeline`.
 */
import { FilterError, isHdf5Error } from "../base/errors.ts";
import type { Limits } from "../base/limits.ts";
import { Scratch, ScratchRoom } from "../base/scratch.ts";
import type { DecodeContext, Filter, PipelineFilter, Room } from "./filter.ts";
import { filterName, findFilter } from "./registry.ts";

export interface EncodedChunk {
  readonly bytes: Uint8Array;
  /** Bit i is set when filter i was left out. */
  readonly filterMask: number;
}

/** What one filter of a chunk gives and the next one uses up; for one of them. */
const between = new Scratch();

export function isMasked(filterMask: number, index: number): boolean {
  return ((filterMask >>> index) & 1) === 1;
}

/** The first filter that was not left out, which is the last one when a chunk is decoded. */
function firstOf(filters: readonly PipelineFilter[], filterMask: number): number {
  let first = 0;
  while (first < filters.length && isMasked(filterMask, first)) first++;
  return first;
}

/** A filter of the pipeline that has a codec. */
export function required(description: PipelineFilter): Filter {
  const filter = findFilter(description.id);
  if (filter === undefined) {
    const name = description.name === "" ? filterName(description.id) : description.name;
    throw new FilterError(description.id, `required filter '${name}' is not registered`);
  }
  return filter;
}

/**
 * Sizes between the filters, from the chunk itself (index 0) to what is stored (last). Behind a filter whose output
 * varies they are unknown.
 */
export function sizesBetween(
  filters: readonly PipelineFilter[],
  filterMask: number,
  byteLength: number,
): (number | undefined)[] {
  const sizes: (number | undefined)[] = [byteLength];
  for (let i = 0; i < filters.length; i++) {
    const { id, clientData } = filters[i] as PipelineFilter;
    const before = sizes[i];
    if (isMasked(filterMask, i)) sizes.push(before);
    else if (before === undefined) sizes.push(undefined);
    else sizes.push(findFilter(id)?.encodedByteLength?.(before, clientData));
  }
  return sizes;
}

export interface DecodeOptions {
  /** Offers memory for the decoded chunk, which may be used. */
  readonly destination?: (() => Uint8Array) | undefined;
  /** Whether checksums are compared; default: they are. */
  readonly verifies?: boolean;
  /** How many bytes are enough, asked for a chunk that has fewer than it should; default: none are. */
  readonly leastByteLength?: () => number;
}

/**
 * Decodes one stored chunk.
 *
 * @param filters - The pipeline, in the order of writing.
 * @param bytes - As stored; not modified. The result may be a view of them.
 * @param expectedByteLength - Bytes of a decoded chunk; exactly these come back, unless fewer are enough.
 * @param options - What else there is to say.
 * @throws FilterError when a filter is not registered, fails, or gives another number of bytes.
 */
export function decodePipeline(
  filters: readonly PipelineFilter[],
  bytes: Uint8Array,
  filterMask: number,
  expectedByteLength: number,
  limits: Limits,
  options: DecodeOptions = {},
): Uint8Array {
  const { destination, verifies = true, leastByteLength = () => expectedByteLength } = options;
  const rooms = new ScratchRoom(between);
  const lastRoom: Room = (byteLength) => (byteLength === expectedByteLength ? destination?.() : undefined);
  const last = firstOf(filters, filterMask);
  const sizes = sizesBetween(filters, filterMask, expectedByteLength);
  let data = bytes;
  let lastId = 0;
  try {
    for (let i = filters.length - 1; i >= 0; i--) {
      if (isMasked(filterMask, i)) continue;
      const description = filters[i] as PipelineFilter;
      lastId = description.id;
      const { clientData, optional } = description;
      const room = i === last ? lastRoom : rooms.room;
      const context = { clientData, optional, outputByteLength: sizes[i], limits, verifies, room };
      data = decodeWith(description, data, context);
    }
  } finally {
    data = rooms.release(data);
  }
  if (data.length !== expectedByteLength && (data.length > expectedByteLength || data.length < leastByteLength())) {
    throw new FilterError(lastId, `filter pipeline gave ${data.length} bytes of a chunk of ${expectedByteLength}`);
  }
  return data;
}

function decodeWith(description: PipelineFilter, bytes: Uint8Array, context: DecodeContext): Uint8Array {
  const filter = required(description);
  try {
    return filter.decode(bytes, context);
  } catch (cause) {
    // What a codec of the user's throws may be anything; errors of this library already say what is wrong.
    if (isHdf5Error(cause)) throw cause;
    throw new FilterError(description.id, `filter '${filter.name}' failed during read`, { cause });
  }
}

/**
 * Encodes one chunk.
 *
 * A filter that fails, is missing or is of no use is left out if it is optional, and its bit of the mask set.
 *
 * @param bytes - The whole chunk; not modified. The result may be the same bytes.
 * @param lastRoom - Offers memory for what the last filter gives; the result may be a view of it.
 * @throws FilterError when a filter that is not optional cannot be applied.
 */
export function encodePipeline(filters: readonly PipelineFilter[], bytes: Uint8Array, lastRoom?: Room): EncodedChunk {
  const rooms = new ScratchRoom(between);
  let data = bytes;
  let filterMask = 0;
  try {
    for (let i = 0; i < filters.length; i++) {
      const description = filters[i] as PipelineFilter;
      const each = { ...description, room: i + 1 < filters.length ? rooms.room : lastRoom };
      const encoded = description.optional ? tryEncode(each, data) : encodeRequired(each, data);
      if (encoded === undefined) filterMask |= 1 << i;
      else data = encoded;
    }
  } finally {
    data = rooms.release(data);
  }
  return { bytes: data, filterMask: filterMask >>> 0 };
}

type RoomyFilter = PipelineFilter & { readonly room: Room | undefined };

function encodeRequired(description: RoomyFilter, bytes: Uint8Array): Uint8Array {
  const filter = required(description);
  if (filter.encode === undefined) {
    throw new FilterError(description.id, `filter '${filter.name}' present but encoding is disabled`);
  }
  let encoded: Uint8Array | undefined;
  try {
    encoded = filter.encode(bytes, description);
  } catch (cause) {
    if (isHdf5Error(cause)) throw cause;
    throw new FilterError(description.id, `filter '${filter.name}' failed during write`, { cause });
  }
  if (encoded === undefined) throw new FilterError(description.id, "filter returned failure");
  return encoded;
}

/** An optional filter may fail for whatever reason: the chunk is then stored without it. */
function tryEncode(description: RoomyFilter, bytes: Uint8Array): Uint8Array | undefined {
  try {
    return findFilter(description.id)?.encode?.(bytes, description);
  } catch {
    return undefined;
  }
}
