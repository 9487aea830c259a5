/**
 * The filters of a dataset, run over a chunk that no array holds: 4 GiB and more.
 *
 * Deflate goes from part to part, shuffle regroups what is asked for, fletcher32 is a running sum, numbers of n-bit and
 * scale-offset are unpacked as they are asked for. Szip counts bytes in 32 bits and LZF in h5py does, too; those, and what a
 * program registers, get no such chunk.
 */
import { FilterError, LimitError } from "../base/errors.ts";
import type { LongBytes, PagedBytes } from "../base/long-bytes.ts";
import { deflateFilter } from "./deflate.ts";
import type { DecodeContext, EncodeContext, Filter, PipelineFilter } from "./filter.ts";
import { checksumBytes, fletcher32Filter, requireChecksum, requireRoomForChecksum } from "./fletcher32.ts";
import { deflateLong, inflateLong } from "./long-deflate.ts";
import { ExtendedBytes, FirstBytes, fletcher32OfLong } from "./long-fletcher32.ts";
import { packNbit, unpackNbit, unpackScaleOffset } from "./long-numbers.ts";
import { ShuffledBytes, UnshuffledBytes } from "./long-shuffle.ts";
import { nbitFilter } from "./nbit.ts";
import { type DecodeOptions, isMasked, required, sizesBetween } from "./pipeline.ts";
import { findFilter } from "./registry.ts";
import { scaleOffsetFilter } from "./scale-offset.ts";
import { shuffledElementSize, shuffleFilter } from "./shuffle.ts";

/** A filter of this package, for bytes that no array holds. */
interface LongFilter {
  decode(bytes: LongBytes, context: LongDecodeContext): LongBytes;
  /** Missing where it takes more than one look at all bytes. */
  encode?(bytes: LongBytes, context: LongEncodeContext): LongBytes;
}

export interface LongDecodeContext extends DecodeContext {
  readonly newBytes: () => PagedBytes;
}

export interface LongEncodeContext extends EncodeContext {
  readonly newBytes: () => PagedBytes;
}

export interface LongDecodeOptions extends Omit<DecodeOptions, "destination"> {
  readonly limits: DecodeContext["limits"];
  /** Memory that grows. */
  readonly newBytes: () => PagedBytes;
}

const LONG_FILTERS: ReadonlyMap<Filter, LongFilter> = new Map<Filter, LongFilter>([
  [deflateFilter, { decode: inflateLong, encode: deflateLong }],
  [
    shuffleFilter,
    {
      decode: (bytes, context) => new UnshuffledBytes(bytes, shuffledElementSize(context)),
      encode: (bytes, context) => new ShuffledBytes(bytes, shuffledElementSize(context)),
    },
  ],
  [
    fletcher32Filter,
    {
      decode: withoutChecksum,
      encode: (bytes) => new ExtendedBytes(bytes, checksumBytes(fletcher32OfLong(bytes))),
    },
  ],
  [nbitFilter, { decode: unpackNbit, encode: packNbit }],
  [scaleOffsetFilter, { decode: unpackScaleOffset }],
]);

function withoutChecksum(bytes: LongBytes, { verifies }: LongDecodeContext): LongBytes {
  requireRoomForChecksum(bytes.byteLength);
  const data = new FirstBytes(bytes, bytes.byteLength - 4);
  if (verifies === false) return data;
  const stored = new Uint8Array(4);
  bytes.read(data.byteLength, stored);
  requireChecksum(stored, fletcher32OfLong(data));
  return data;
}

/**
 * Decodes one stored chunk, as `decodePipeline` does.
 *
 * @returns What may still read `bytes`, and regroups them, each time it is read.
 * @throws FilterError as `decodePipeline`; LimitError for a filter that gets no such chunk.
 */
export function decodeLong(
  filters: readonly PipelineFilter[],
  bytes: LongBytes,
  filterMask: number,
  expectedByteLength: number,
  options: LongDecodeOptions,
): LongBytes {
  const { verifies = true, leastByteLength = () => expectedByteLength, limits, newBytes } = options;
  const sizes = sizesBetween(filters, filterMask, expectedByteLength);
  let data = bytes;
  let lastId = 0;
  for (let i = filters.length - 1; i >= 0; i--) {
    if (isMasked(filterMask, i)) continue;
    const description = filters[i] as PipelineFilter;
    lastId = description.id;
    const { clientData, optional } = description;
    const context = { clientData, optional, outputByteLength: sizes[i], limits, verifies, newBytes };
    const filter = required(description);
    const long = LONG_FILTERS.get(filter);
    if (long === undefined) throw refusal(filter);
    data = long.decode(data, context);
  }
  const { byteLength } = data;
  if (byteLength !== expectedByteLength && (byteLength > expectedByteLength || byteLength < leastByteLength())) {
    throw new FilterError(lastId, `filter pipeline gave ${byteLength} bytes of a chunk of ${expectedByteLength}`);
  }
  return data;
}

function refusal(filter: Filter | undefined): LimitError {
  return new LimitError(`filter '${filter?.name}' takes no chunks of 4 GiB and more`);
}

/**
 * Encodes one chunk. An optional filter that gets no such chunk is left out, as one that fails.
 *
 * @returns What may still read `bytes`.
 * @throws FilterError when a filter is missing or fails, LimitError when it gets no such chunk, that is not optional.
 */
export function encodeLong(
  filters: readonly PipelineFilter[],
  bytes: LongBytes,
  newBytes: () => PagedBytes,
): { readonly bytes: LongBytes; readonly filterMask: number } {
  let data = bytes;
  let filterMask = 0;
  filters.forEach((description, i) => {
    const { id, optional } = description;
    const known = optional ? findFilter(id) : required(description);
    const encoded = known && LONG_FILTERS.get(known)?.encode?.(data, { ...description, newBytes });
    if (encoded !== undefined) data = encoded;
    else if (optional) filterMask |= 1 << i;
    else throw refusal(known);
  });
  return { bytes: data, filterMask: filterMask >>> 0 };
}
