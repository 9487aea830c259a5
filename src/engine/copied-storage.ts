/** How a copy of a dataset is stored, by how its source is and what was asked for. */
import type { Dataspace } from "../format/dataspace.ts";
import type { AllocationTime } from "../format/fill-value.ts";
import { defaultAllocationTime, type LayoutRequest } from "./dataset-creation.ts";
import type { DatasetObject } from "./dataset-object.ts";

/** The layout of a copy that is stored as its source is. */
export function layoutRequest(source: DatasetObject): LayoutRequest {
  const { layout } = source;
  switch (layout.kind) {
    case "compact":
      return { kind: "compact" };
    case "contiguous":
      return { kind: "contiguous", external: source.externalParts() };
    case "chunked":
      return {
        kind: "chunked",
        chunkDims: layout.chunkDims,
        dontFilterPartialChunks: layout.dontFilterPartialChunks,
      };
    case "virtual":
      // The mappings come with the data.
      return { kind: "virtual", mappings: [] };
    default:
      return layout satisfies never;
  }
}

/** The one that follows from the layout goes with it. */
export function allocationTimeFor({ fillValue, layout }: DatasetObject, request: LayoutRequest): AllocationTime {
  const own = fillValue?.allocationTime ?? "default";
  // Nothing is ever allocated for a virtual dataset.
  const isDefault = layout.kind === "virtual" || own === defaultAllocationTime(layout.kind);
  const follows = layout.kind !== request.kind && isDefault;
  return follows || request.kind === "compact" ? "default" : own;
}

/** What cannot grow is as large as it is. */
export function spaceWithin({ dataspace }: DatasetObject, layout: LayoutRequest): Dataspace {
  return layout.kind === "chunked" ? dataspace : { ...dataspace, maxDims: dataspace.dims };
}
