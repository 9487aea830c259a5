/** Object headers of new datasets. Reference implementation: H5Dint.c, `H5D__create` and `H5D__update_oh_info`. */
import { type Address, UNDEFINED_ADDRESS, UNLIMITED } from "../base/address.ts";
import { product } from "../base/bits.ts";
import { HDF5Error } from "../base/errors.ts";
import { type ChunkedLayout, type DataLayout, encodeDataLayout } from "../format/data-layout.ts";
import { type Dataspace, dataspaceWithin, encodeDataspace } from "../format/dataspace.ts";
import type { Datatype } from "../format/datatype.ts";
import { encodeDatatype } from "../format/datatype-message.ts";
import { containsClass, hasVariableLength } from "../format/datatype-questions.ts";
import { withinBounds } from "../format/datatype-version.ts";
import {
  type AllocationTime,
  encodeFillValue,
  encodeFillValueOld,
  type FillTime,
  type FillValue,
} from "../format/fill-value.ts";
import { encodeFilterPipeline, type FilterDescription, type FilterPipeline } from "../format/filter-pipeline.ts";
import { chosenVersion, type VersionBounds, versionOfBound } from "../format/library-version.ts";
import { MESSAGE, MESSAGE_FLAG } from "../format/message-types.ts";
import { elementCount } from "./attribute-values.ts";
import { chooseChunkIndexing } from "./chunks/choose-chunk-index.ts";
import { fillWith } from "./chunks/fill-pattern.ts";
import { committedTypeBody } from "./committed-type-message.ts";
import type { ExternalPart } from "./dataset-io/external-access.ts";
import type { FileStorage } from "./file-storage.ts";
import { localParameters } from "./filter-parameters.ts";
import type { GlobalHeap } from "./global-heap.ts";
import { MAX_MESSAGE_BYTES, type NewMessage } from "./header-message.ts";
import { HeaderPlan } from "./header-plan.ts";
import { encodeBody, messageOf } from "./header-values.ts";
import { ownCopies } from "./heap-copies.ts";
import {
  type CreationContext,
  newHeaderPrefix,
  type ObjectOptions,
  roomToCome,
  timeMessages,
} from "./object-creation.ts";
import { ObjectHeader } from "./object-header.ts";
import {
  checkExternalParts,
  checkMappings,
  externalFilesBody,
  type MappingRequest,
  virtualLayout,
} from "./outside-storage.ts";

export type LayoutRequest =
  | { readonly kind: "compact" }
  | {
      readonly kind: "contiguous";
      /** Other files that get the data. C: `H5Pset_external`. */
      readonly external?: readonly ExternalPart[];
    }
  | { readonly kind: "virtual"; readonly mappings: readonly MappingRequest[] }
  | {
      readonly kind: "chunked";
      readonly chunkDims: readonly number[];
      /** Chunks that reach over the edge are stored without filters. C: `H5Pset_chunk_opts`. */
      readonly dontFilterPartialChunks?: boolean;
    };

/** What a new dataset needs of its file: its mappings go into the global heap. */
export interface DatasetContext extends CreationContext {
  readonly globalHeap: GlobalHeap;
  /** Whether headers leave no room for attributes. */
  readonly datasetsWithoutAttributes: boolean;
}

type ChunkedRequest = Extract<LayoutRequest, { readonly kind: "chunked" }>;

export interface DatasetOptions extends ObjectOptions {
  readonly datatype: Datatype;
  /** When the datatype is a committed one. A function commits it once the dataset's header has its place. */
  readonly committedTypeAddress?: Address | (() => Address) | undefined;
  /** Whether the datatype is a constant. In the earliest format such are not shared with other objects. Default false. */
  readonly isConstantType?: boolean;
  readonly dataspace: Dataspace;
  readonly layout: LayoutRequest;
  /** In the order of writing; chunked layout only. */
  readonly filters?: readonly FilterDescription[];
  /** Whether the client data of filters is final. Default "of the dataset": what follows from it is put in. C: `H5Z_set_local`. */
  readonly filterParameters?: "of the dataset" | "as given";
  /** Of a copy with the chunks of its source: made without elements, that may have some now and larger chunks than it can get. */
  readonly isCopy?: boolean;
  /** "default" follows the layout: early for compact, late for contiguous, incremental for chunked. */
  readonly allocationTime?: AllocationTime;
  readonly fillTime?: FillTime;
  /** One element in the dataset's datatype, which is copied; `null` for a fill value that is undefined. Default: zeros. */
  readonly fillValue?: Uint8Array | null;
  /** Whether the header leaves no room for attributes. Default: what holds for the file. C: `H5Pset_dset_no_attrs_hint`. */
  readonly withoutAttributes?: boolean;
}

/** Least size of a dataset's first header block, which leaves room for some attributes. C: `H5O_MIN_SIZE`-like 256. */
const LEAST_HEADER_BYTES = 240;
/** Larger chunks need version 5 of the layout message, which HDF5 2.0 was the first to know. */
const MAX_OLD_CHUNK_BYTES = 2 ** 32 - 1;
const LARGE_CHUNKS_VERSION = 5;

function problem(message: string): HDF5Error {
  return new HDF5Error("argument", message);
}

function checkChunks(file: VersionBounds, spec: DatasetOptions, chunkDims: readonly number[]): void {
  const { dims, maxDims, kind } = spec.dataspace;
  if (kind !== "simple" || chunkDims.length !== dims.length)
    throw problem("dimensionality of chunks doesn't match the dataspace");
  chunkDims.forEach((size, d) => {
    if (!Number.isSafeInteger(size) || size <= 0) throw problem("all chunk dimensions must be positive");
    const current = dims[d] as number;
    if (!spec.isCopy && current > 0 && maxDims[d] !== UNLIMITED && (maxDims[d] as number) < size) {
      throw problem("chunk size must be <= maximum dimension size for fixed-sized dimensions");
    }
  });
  if (!hasLargeChunks(spec)) return;
  if (!Number.isSafeInteger(product(chunkDims) * spec.datatype.size)) throw problem("chunk size overflowed");
  if (versionOfBound("layout", file.highBound) < LARGE_CHUNKS_VERSION) throw problem("chunk size must be < 4GB");
}

function hasLargeChunks({ layout, datatype }: DatasetOptions): boolean {
  return layout.kind === "chunked" && product(layout.chunkDims) * datatype.size > MAX_OLD_CHUNK_BYTES;
}

function checkOptions(file: VersionBounds, spec: DatasetOptions): void {
  const { layout, dataspace, datatype, filters = [] } = spec;
  const extendible = dataspace.maxDims.some((max, d) => max !== dataspace.dims[d]);
  if (layout.kind === "chunked") checkChunks(file, spec, layout.chunkDims);
  else if (filters.length > 0) throw problem("filters can only be used with chunked layout");
  if (isExternal(layout)) checkExternalParts(layout.external, dataspace, datatype.size);
  else if (extendible && layout.kind === "contiguous")
    throw problem("extendible contiguous non-external dataset not allowed");
  if (layout.kind === "virtual") checkMappings(layout.mappings, dataspace.dims, file);
  if (extendible && layout.kind === "compact") throw problem("extendible compact dataset not allowed");
  const byteLength = elementCount(dataspace) * datatype.size;
  if (layout.kind !== "chunked") checkStorage(elementCount(dataspace), byteLength);
  if (layout.kind === "compact" && byteLength > MAX_MESSAGE_BYTES - 64) {
    throw problem("compact dataset size is bigger than header message maximum size");
  }
  if (spec.fillValue && spec.fillValue.length !== datatype.size)
    throw problem("fill value doesn't have the size of the datatype");
  checkTimes(spec);
}

/** Chunks are counted one by one when there are some. C: `H5D__contig_construct`. */
function checkStorage(count: number, byteLength: number): void {
  if (count >= 2 ** 63) throw problem("unable to retrieve number of elements in dataspace");
  if (byteLength >= 2 ** 64) throw problem("size of dataset's storage overflowed");
}

function checkTimes(spec: DatasetOptions): void {
  if (spec.layout.kind === "compact" && allocationTimeOf(spec) !== "early") {
    throw problem("compact dataset must have early space allocation");
  }
  if (spec.fillTime === "never" && hasVariableLength(spec.datatype)) {
    throw problem("Dataset doesn't support VL datatype when fill value is not defined");
  }
  if (spec.fillTime === "alloc" && spec.fillValue === null) {
    throw problem("fill value writing on allocation set, but no fill value defined");
  }
}

/** Elements of variable length always get a value: what stood in their place before is no heap ID. */
function fillTimeOf({ fillTime = "if-set", fillValue, datatype }: DatasetOptions): FillTime {
  return fillTime === "if-set" && fillValue === undefined && hasVariableLength(datatype) ? "alloc" : fillTime;
}

type ExternalRequest = Extract<LayoutRequest, { readonly kind: "contiguous" }> & {
  readonly external: readonly ExternalPart[];
};

function isExternal(layout: LayoutRequest): layout is ExternalRequest {
  return layout.kind === "contiguous" && layout.external !== undefined && layout.external.length > 0;
}

/** What "default" stands for with a layout. */
export function defaultAllocationTime(layout: LayoutRequest["kind"]): AllocationTime {
  if (layout === "compact") return "early";
  return layout === "chunked" ? "incremental" : "late";
}

/** What is asked for, or follows from the layout. */
export function allocationTimeOf(spec: DatasetOptions): AllocationTime {
  const requested = spec.allocationTime ?? "default";
  return requested === "default" ? defaultAllocationTime(spec.layout.kind) : requested;
}

function fillOf(file: DatasetContext, spec: DatasetOptions, version: FillValue["version"]): FillValue {
  const allocationTime = allocationTimeOf(spec);
  const fillTime = fillTimeOf(spec);
  if (spec.fillValue === null) return { version, allocationTime, fillTime, status: "undefined", value: undefined };
  if (spec.fillValue === undefined) return { version, allocationTime, fillTime, status: "default", value: undefined };
  const value = spec.fillValue.slice();
  ownCopies(file, spec.datatype, value);
  return { version, allocationTime, fillTime, status: "user", value };
}

/** Version 3 has neither virtual storage nor flags of chunks. C: `H5D__layout_set_version`. */
function layoutVersionOf(file: VersionBounds, spec: DatasetOptions): 3 | 4 | 5 {
  const { layout } = spec;
  const needsFlags = layout.kind === "chunked" && layout.dontFilterPartialChunks === true;
  const plain = needsFlags || layout.kind === "virtual" ? 4 : 3;
  return chosenVersion("layout", hasLargeChunks(spec) ? LARGE_CHUNKS_VERSION : plain, file) as 3 | 4 | 5;
}

function layoutOf(file: DatasetContext, spec: DatasetOptions): DataLayout {
  const byteLength = elementCount(spec.dataspace) * spec.datatype.size;
  const version = layoutVersionOf(file, spec);
  const { layout } = spec;
  switch (layout.kind) {
    case "compact": {
      const data = new Uint8Array(byteLength);
      if (spec.fillValue && spec.fillTime !== "never") {
        fillWith(data, spec.fillValue);
        ownCopies(file, spec.datatype, data);
      }
      return { kind: "compact", version, data };
    }
    case "contiguous":
      return {
        kind: "contiguous",
        version,
        address: UNDEFINED_ADDRESS,
        byteLength,
        ...exactByteLength(byteLength, spec),
      };
    case "chunked":
      return chunkedLayout(spec, layout, version);
    case "virtual":
      return virtualLayout(file, layout.mappings, version === 5 ? 5 : 4);
    default:
      return layout satisfies never;
  }
}

function exactByteLength(byteLength: number, { dataspace, datatype }: DatasetOptions): { exactByteLength?: bigint } {
  if (Number.isSafeInteger(byteLength)) return {};
  return { exactByteLength: dataspace.dims.reduce((size, dim) => size * BigInt(dim), BigInt(datatype.size)) };
}

function chunkedLayout(spec: DatasetOptions, layout: ChunkedRequest, version: 3 | 4 | 5): ChunkedLayout {
  const { chunkDims, dontFilterPartialChunks = false } = layout;
  const { dims, maxDims } = spec.dataspace;
  const filtered = spec.filters !== undefined && spec.filters.length > 0;
  return {
    kind: "chunked",
    version,
    chunkDims,
    elementSize: spec.datatype.size,
    dontFilterPartialChunks,
    indexing:
      version === 3
        ? { type: "b-tree-v1" }
        : chooseChunkIndexing({ dims, maxDims, chunkDims, filtered, allocationTime: allocationTimeOf(spec) }),
    address: UNDEFINED_ADDRESS,
  };
}

/** Filters with the client data that follows from the dataset. */
function localFilters(spec: DatasetOptions): readonly FilterDescription[] {
  const { filters = [], layout, datatype, fillValue } = spec;
  if (layout.kind !== "chunked" || spec.filterParameters === "as given") return filters;
  return filters.map((filter) => ({
    ...filter,
    clientData: localParameters(filter, datatype, layout.chunkDims, fillValue),
  }));
}

/** Nothing of it changes later: the space is there, and stays where it is. What has no elements has no space as yet. */
function isLayoutConstant(
  { layout, dataspace }: DatasetOptions,
  fill: FillValue,
  filters: readonly unknown[],
): boolean {
  if (layout.kind === "compact" || filters.length > 0) return false;
  return fill.allocationTime === "early" && elementCount(dataspace) > 0;
}

/**
 * The header of a new dataset; nothing is allocated for its data yet.
 *
 * @throws HDF5Error "argument" in the C library's words, before anything is allocated.
 */
export function createDatasetHeader(file: DatasetContext, spec: DatasetOptions): ObjectHeader {
  const { storage } = file;
  const last = lastMade.get(storage);
  if (last !== undefined && isSame(last, file, spec)) return ObjectHeader.of(storage, last.plan);
  checkOptions(file, spec);
  const filters = localFilters(spec);
  const prefix = newHeaderPrefix(file, spec);
  const fill = fillOf(file, spec, chosenVersion("fillValue", 2, file) as FillValue["version"]);
  const messages: NewMessage[] = [
    { type: MESSAGE.DATASPACE, ...messageOf(storage, dataspaceWithin(spec.dataspace, file), encodeDataspace) },
    datatypeMessage(file, spec),
    { type: MESSAGE.FILL_VALUE, flags: MESSAGE_FLAG.CONSTANT, ...messageOf(storage, fill, encodeFillValue) },
  ];
  if (file.lowBound === "earliest" && fill.status === "user") {
    // For readers before 1.6, as the C library does.
    const data = encodeBody(storage, fill.value, encodeFillValueOld);
    messages.push({ type: MESSAGE.FILL_VALUE_OLD, flags: MESSAGE_FLAG.CONSTANT, data });
  }
  const layout = layoutOf(file, spec);
  messages.push({
    type: MESSAGE.DATA_LAYOUT,
    flags: isLayoutConstant(spec, fill, filters) ? MESSAGE_FLAG.CONSTANT : 0,
    ...messageOf(storage, layout, encodeDataLayout),
  });
  if (isExternal(spec.layout)) {
    const data = externalFilesBody(storage, spec.layout.external);
    messages.push({ type: MESSAGE.EXTERNAL_FILES, flags: MESSAGE_FLAG.CONSTANT, data });
  }
  if (filters.length > 0) {
    const pipeline = { version: chosenVersion("filterPipeline", 1, file) as FilterPipeline["version"], filters };
    messages.push({
      type: MESSAGE.FILTER_PIPELINE,
      flags: MESSAGE_FLAG.CONSTANT,
      data: encodeBody(storage, pipeline, encodeFilterPipeline),
    });
  }
  messages.push(...timeMessages(file, prefix, spec));
  const used = messages.reduce((sum, { data }) => sum + data.length + 8, 0);
  const { lowBound, highBound, datasetsWithoutAttributes } = file;
  const isSmall = datasetsWithoutAttributes || spec.withoutAttributes;
  const spareBytes = roomToCome(prefix, spec) ?? (isSmall ? 0 : Math.max(0, LEAST_HEADER_BYTES - used));
  if (!isRepeatable(spec) || file.sharedMessages.isUsed) {
    lastMade.delete(storage);
    return file.sharedMessages.newHeader(messages, (stored) =>
      ObjectHeader.create(storage, prefix, stored, spareBytes),
    );
  }
  const plan = new HeaderPlan(prefix, messages, spareBytes, layout);
  lastMade.set(storage, { spec, lowBound, highBound, datasetsWithoutAttributes, plan });
  return ObjectHeader.of(storage, plan);
}

/** What the header of a new dataset was made of. */
interface MadeHeader extends VersionBounds {
  readonly spec: DatasetOptions;
  readonly datasetsWithoutAttributes: boolean;
  readonly plan: HeaderPlan;
}

/** Of each file the last one, for the next dataset: thousands in a row are alike. */
const lastMade = new WeakMap<FileStorage, MadeHeader>();

/** Whether a second header may have the messages of the first: nothing in them is a time, or owned by the dataset. */
function isRepeatable({ layout, fillValue, trackTimes, committedTypeAddress, datatype }: DatasetOptions): boolean {
  const isPlain = layout.kind === "contiguous" || layout.kind === "chunked";
  if (!isPlain || isExternal(layout) || hasVariableLength(datatype)) return false;
  return fillValue === undefined && !trackTimes && committedTypeAddress === undefined;
}

function isSame(last: MadeHeader, file: DatasetContext, spec: DatasetOptions): boolean {
  const before = last.spec;
  if (file.lowBound !== last.lowBound || file.highBound !== last.highBound) return false;
  if (file.datasetsWithoutAttributes !== last.datasetsWithoutAttributes) return false;
  if (spec === before) return true;
  return (
    isRepeatable(spec) &&
    spec.datatype === before.datatype &&
    spec.layout === before.layout &&
    spec.filters === before.filters &&
    spec.filterParameters === before.filterParameters &&
    spec.allocationTime === before.allocationTime &&
    spec.fillTime === before.fillTime &&
    spec.withoutAttributes === before.withoutAttributes &&
    spec.isConstantType === before.isConstantType &&
    spec.attributePhaseChange === before.attributePhaseChange &&
    spec.messagesToCome === before.messagesToCome &&
    spec.trackAttributeOrder === before.trackAttributeOrder &&
    spec.indexAttributeOrder === before.indexAttributeOrder &&
    isSameSpace(spec.dataspace, before.dataspace)
  );
}

/** Whether two extents are stored alike. */
export function isSameSpace(a: Dataspace, b: Dataspace): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind || a.version !== b.version || a.maxDimsStored !== b.maxDimsStored) return false;
  if (a.dims.length !== b.dims.length) return false;
  for (let d = 0; d < a.dims.length; d++) if (a.dims[d] !== b.dims[d] || a.maxDims[d] !== b.maxDims[d]) return false;
  return true;
}

/** Types that are told where their elements lie are copies already. C: `H5D__init_type`, `H5O__dtype_can_share`. */
function isSharedType({ lowBound }: VersionBounds, { datatype, isConstantType = false }: DatasetOptions): boolean {
  if (!isConstantType || lowBound !== "earliest") return true;
  return hasVariableLength(datatype) || containsClass(datatype, "reference");
}

function datatypeMessage(file: CreationContext, spec: DatasetOptions): NewMessage {
  if (spec.committedTypeAddress === undefined) {
    const body = messageOf(file.storage, withinBounds(spec.datatype, file), encodeDatatype);
    return { type: MESSAGE.DATATYPE, flags: MESSAGE_FLAG.CONSTANT, isShareable: isSharedType(file, spec), ...body };
  }
  const { committedTypeAddress: address } = spec;
  const data = committedTypeBody(file.storage, typeof address === "function" ? UNDEFINED_ADDRESS : address);
  return { type: MESSAGE.DATATYPE, flags: MESSAGE_FLAG.CONSTANT | MESSAGE_FLAG.SHARED, data };
}
