/** When a dataset's space is allocated, the default resolved by its layout. C: `H5Pget_alloc_time`. */
import type { DatasetObject } from "../../engine/dataset-object.ts";
import type { AllocationTime } from "../../format/fill-value.ts";

export function allocationTimeOf(dataset: DatasetObject): Exclude<AllocationTime, "default"> {
  const time = dataset.fillValue?.allocationTime ?? "default";
  if (time !== "default") return time;
  const { kind } = dataset.layout;
  if (kind === "compact") return "early";
  return kind === "contiguous" ? "late" : "incremental";
}
