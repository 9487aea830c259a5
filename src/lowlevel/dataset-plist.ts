/** The creation property list of a dataset that exists, and what a new one asks of the engine. */
import { HDF5Error, UnsupportedError } from "../base/errors.ts";
import { findConversion } from "../engine/conversion/convert.ts";
import type { DatasetOptions, LayoutRequest } from "../engine/dataset-creation.ts";
import type { DatasetObject } from "../engine/dataset-object.ts";
import type { H5File } from "../engine/h5-file.ts";
import type { Datatype } from "../format/datatype.ts";
import type { AllocationTime, FillTime } from "../format/fill-value.ts";
import { elementContextOf } from "./element-context.ts";
import { localFilters } from "./filter-parameters.ts";
import { creationOfObject } from "./object-plist.ts";
import {
  CHUNKED,
  COMPACT,
  CONTIGUOUS,
  DATASET_CREATION_DEFAULTS,
  type DatasetCreation,
  PropDCID,
  VIRTUAL,
} from "./prop-dcpl.ts";
import { CRT_ORDER_TRACKED } from "./prop-ocpl.ts";

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
    chunkDims: layout.kind === "chunked" ? layout.chunkDims : [],
    filters: pipeline?.filters ?? [],
    ...(fillValue === undefined
      ? {}
      : {
          allocTime: ALLOCATION_TIMES.indexOf(fillValue.allocationTime) || undefined,
          fillTime: FILL_TIMES.indexOf(fillValue.fillTime),
          fillValue:
            fillValue.status === "user" && fillValue.value !== undefined
              ? { datatype, bytes: fillValue.value }
              : fillValue.status === "undefined"
                ? "undefined"
                : "default",
        }),
  });
}

function layoutRequest(creation: Readonly<DatasetCreation>): LayoutRequest {
  if (creation.external.length > 0) throw new UnsupportedError("raw data in external files");
  switch (creation.layout) {
    case COMPACT:
      return { kind: "compact" };
    case CHUNKED:
      if (creation.chunkDims.length === 0) throw new HDF5Error("argument", "no chunk information for chunked layout");
      return { kind: "chunked", chunkDims: creation.chunkDims };
    case VIRTUAL:
      throw new UnsupportedError("virtual datasets");
    default:
      return { kind: "contiguous" };
  }
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
  const conversion = findConversion(fillValue.datatype, datatype, elementContextOf(file));
  if (conversion === undefined) throw new HDF5Error("conversion", "unable to convert fill value to dataset type");
  const bytes = new Uint8Array(datatype.size);
  conversion.convert(fillValue.bytes, 0, bytes, 0, 1);
  return bytes;
}

/** What the engine needs to make a dataset, beyond its datatype and dataspace. */
export function creationRequest(
  dcpl: PropDCID | null,
  datatype: Datatype,
  file: H5File,
): Omit<DatasetOptions, "datatype" | "dataspace" | "committedTypeAddress"> {
  const creation = dcpl?.values() ?? DATASET_CREATION_DEFAULTS;
  const fillValue = fillBytes(creation, datatype, file);
  const filterFill = fillValue === null ? undefined : (fillValue ?? new Uint8Array(datatype.size));
  return {
    layout: layoutRequest(creation),
    filters: localFilters(creation.filters, { datatype, chunkDims: creation.chunkDims, fillValue: filterFill }),
    allocationTime: ALLOCATION_TIMES[creation.allocTime ?? 0] as AllocationTime,
    fillTime: FILL_TIMES[creation.fillTime] as FillTime,
    ...(fillValue === undefined ? {} : { fillValue }),
    trackAttributeOrder: (creation.attributeCreationOrder & CRT_ORDER_TRACKED) !== 0,
    trackTimes: creation.trackTimes,
  };
}
