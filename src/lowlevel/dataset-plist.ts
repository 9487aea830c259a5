/** The creation property list of a dataset that exists, and what a new one asks of the engine. */
import { HDF5Error } from "../base/errors.ts";
import { findConversion } from "../engine/conversion/convert.ts";
import type { DatasetOptions, LayoutRequest } from "../engine/dataset-creation.ts";
import type { DatasetObject } from "../engine/dataset-object.ts";
import type { H5File } from "../engine/h5-file.ts";
import type { MappingRequest } from "../engine/outside-storage.ts";
import type { Datatype } from "../format/datatype.ts";
import type { AllocationTime, FillTime } from "../format/fill-value.ts";
import { virtualSourcesOf } from "./dataset-reading.ts";
import { elementContextOf } from "./element-context.ts";
import { filterAvail } from "./h5z.ts";
import { creationOfObject, objectRequest } from "./object-plist.ts";
import {
  CHUNK_DONT_FILTER_PARTIAL_CHUNKS,
  CHUNKED,
  COMPACT,
  CONTIGUOUS,
  DATASET_CREATION_DEFAULTS,
  type DatasetCreation,
  LAYOUT_ALLOC_TIMES,
  PropDCID,
  VIRTUAL,
  type VirtualMapping,
} from "./prop-dcpl.ts";
import { SpaceID } from "./space-id.ts";

/** In the order of `h5d.ALLOC_TIME_…`. */
const ALLOCATION_TIMES: readonly AllocationTime[] = ["default", "early", "late", "incremental"];
/** In the order of `h5d.FILL_TIME_…`. */
const FILL_TIMES: readonly FillTime[] = ["alloc", "never", "if-set"];
const LAYOUTS = { compact: COMPACT, contiguous: CONTIGUOUS, chunked: CHUNKED, virtual: VIRTUAL } as const;

/** How a dataset was created. */
export function creationListOf(dataset: DatasetObject): PropDCID {
  const { layout, pipeline, fillValue, datatype } = dataset;
  const common = creationOfObject(dataset);
  return new PropDCID({
    ...DATASET_CREATION_DEFAULTS,
    ...common,
    layout: LAYOUTS[layout.kind],
    layoutAllocTime: LAYOUT_ALLOC_TIMES[LAYOUTS[layout.kind]] as number,
    chunkDims: layout.kind === "chunked" ? layout.chunkDims : [],
    chunkOptions: layout.kind === "chunked" && layout.dontFilterPartialChunks ? CHUNK_DONT_FILTER_PARTIAL_CHUNKS : 0,
    filters: pipeline?.filters ?? [],
    external: dataset.externalParts().map((part) => ({ ...part, offset: part.fileOffset })),
    mappings: mappingsOf(dataset),
    // Files of libraries before 1.6 have datasets without a fill value message.
    ...(fillValue === undefined
      ? { fillValue: "undefined" }
      : {
          allocTime: ALLOCATION_TIMES.indexOf(fillValue.allocationTime) || undefined,
          layoutAllocTime:
            ALLOCATION_TIMES.indexOf(fillValue.allocationTime) || (LAYOUT_ALLOC_TIMES[LAYOUTS[layout.kind]] as number),
          fillTime: FILL_TIMES.indexOf(fillValue.fillTime),
          fillValue:
            fillValue.status === "user" && fillValue.value !== undefined
              ? { datatype, bytes: fillValue.value, heap: elementContextOf(dataset.file) }
              : fillValue.status === "undefined"
                ? "undefined"
                : "default",
        }),
  });
}

/** The mappings of a virtual dataset, as they are set. */
function mappingsOf(dataset: DatasetObject): VirtualMapping[] {
  return virtualSourcesOf(dataset).map(({ virtual, source, ...names }) => ({
    ...names,
    virtualSpace: new SpaceID(virtual.extent, virtual.selection),
    sourceSpace: new SpaceID(source.extent, source.selection),
  }));
}

function layoutRequest(creation: Readonly<DatasetCreation>): LayoutRequest {
  const { layout, external, chunkDims } = creation;
  if (external.length > 0 && layout !== CONTIGUOUS) {
    const name = layout === CHUNKED ? "chunked" : layout === COMPACT ? "compact" : "virtual";
    throw new HDF5Error("argument", `external storage not supported with ${name} layout`);
  }
  switch (layout) {
    case COMPACT:
      return { kind: "compact" };
    case CHUNKED:
      if (chunkDims.length === 0) throw new HDF5Error("argument", "no chunk information for chunked layout");
      return {
        kind: "chunked",
        chunkDims,
        dontFilterPartialChunks: creation.chunkOptions === CHUNK_DONT_FILTER_PARTIAL_CHUNKS,
      };
    case VIRTUAL:
      return { kind: "virtual", mappings: creation.mappings.map(mappingRequest) };
    default:
      return { kind: "contiguous", external: external.map(({ offset, ...part }) => ({ ...part, fileOffset: offset })) };
  }
}

function mappingRequest({ virtualSpace, fileName, datasetName, sourceSpace }: VirtualMapping): MappingRequest {
  return {
    sourceFile: fileName,
    sourceDataset: datasetName,
    sourceSelection: sourceSpace.selection,
    virtualSelection: virtualSpace.selection,
  };
}

/** The fill value in the dataset's datatype: undefined for zeros, null for none. */
function fillBytes(
  creation: Readonly<DatasetCreation>,
  datatype: Datatype,
  file: H5File,
): Uint8Array | null | undefined {
  const { fillValue } = creation;
  if (fillValue === "default") return undefined;
  if (fillValue === "undefined") return null;
  const { heap = elementContextOf(file) } = fillValue;
  // The dataset makes copies of its own once it is sure to be made.
  const context = {
    ...heap,
    writeHeapObject: (data: Uint8Array) => file.globalHeap.stage(data),
    copiesHeapObjects: true,
  };
  const conversion = findConversion(fillValue.datatype, datatype, context);
  if (conversion === undefined) throw new HDF5Error("conversion", "unable to convert fill value to dataset type");
  const bytes = new Uint8Array(datatype.size);
  conversion.convert(fillValue.bytes, 0, bytes, 0, 1);
  return bytes;
}

/** What the engine needs to make a dataset, beyond its datatype and dataspace. */
export function creationRequest(dcpl: PropDCID | null, datatype: Datatype, file: H5File): CreationRequest {
  const creation = dcpl?.values() ?? DATASET_CREATION_DEFAULTS;
  const fillValue = fillBytes(creation, datatype, file);
  for (const { id, optional } of creation.filters) {
    if (!optional && !filterAvail(id)) throw new HDF5Error("filter", `required filter ${id} is not registered`);
  }
  const request = requests.get(creation) ?? requestLikeLast(creation) ?? requestOf(creation);
  return fillValue === undefined ? request : { ...request, fillValue };
}

export type CreationRequest = Omit<DatasetOptions, "datatype" | "dataspace" | "committedTypeAddress">;

/** The same for the same properties, so that the engine sees at once that the next dataset is like the last. */
const requests = new WeakMap<Readonly<DatasetCreation>, CreationRequest>();

/** The last properties, without a fill value or mappings, that a request was made for. */
let lastCreation: Readonly<DatasetCreation> = DATASET_CREATION_DEFAULTS;

/** That of the last properties, where these are the same in another list: most that are made in a row are. */
function requestLikeLast(creation: Readonly<DatasetCreation>): CreationRequest | undefined {
  return isSameCreation(creation, lastCreation) ? requests.get(lastCreation) : undefined;
}

function isSameCreation(a: Readonly<DatasetCreation>, b: Readonly<DatasetCreation>): boolean {
  for (const key in a) {
    const [one, other] = [a[key as keyof DatasetCreation], b[key as keyof DatasetCreation]];
    if (one !== other && !(Array.isArray(one) && Array.isArray(other) && isSameList(one, other))) return false;
  }
  return true;
}

/** Whether two lists are of the same numbers, or are empty. */
function isSameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return a.length === b.length;
}

/** All but the fill value, which depends on the datatype. */
function requestOf(creation: Readonly<DatasetCreation>): CreationRequest {
  const request = {
    layout: layoutRequest(creation),
    filters: creation.filters,
    allocationTime: ALLOCATION_TIMES[creation.allocTime ?? 0] as AllocationTime,
    fillTime: FILL_TIMES[creation.fillTime] as FillTime,
    withoutAttributes: creation.noAttributesHint,
    ...objectRequest(creation),
  };
  requests.set(creation, request);
  // Some fill values hold a file; mappings may be many, and their spaces can be changed.
  if (typeof creation.fillValue === "string" && creation.mappings.length === 0) lastCreation = creation;
  return request;
}
