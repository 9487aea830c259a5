/** Whether a dataset that is there will do. h5py: `require_dataset`. */
import { printed, printedShape } from "../engine/selection/index-errors.ts";
import { datatypesEqual } from "../format/datatype-questions.ts";
import { plainError } from "../lowlevel/api-error.ts";
import { requireFlags } from "./argument-checks.ts";
import { DATASET_OPTIONS, type DatasetOptions } from "./create-dataset.ts";
import type { DatasetProperties } from "./dataset-properties.ts";
import { canCast, type DtypeLike, datatypeFrom, dtypeName } from "./dtype.ts";
import type { OptionNames } from "./known-options.ts";

export interface RequireDatasetOptions extends DatasetOptions {
  readonly shape: number | readonly number[];
  readonly dtype: DtypeLike;
  /** Whether the datatypes must be equal, not only safe to cast. Default false. */
  readonly exact?: boolean;
}

export const REQUIRE_OPTIONS: OptionNames<RequireDatasetOptions> = { ...DATASET_OPTIONS, exact: true };

/** @throws TypeError in h5py's words when shape or datatype do not fit. */
export function checkRequired(found: DatasetProperties, options: RequireDatasetOptions): void {
  for (const name of ["shape", "dtype"] as const) {
    if (options[name] !== undefined) continue;
    throw plainError("TypeError", `requireDataset() missing a required argument: '${name}'`);
  }
  requireFlags(options, "exact");
  const shape = typeof options.shape === "number" ? [options.shape] : options.shape;
  const existing = found.shape;
  const fits = Array.isArray(shape) && existing?.length === shape.length;
  if (!fits || existing.some((dim, d) => dim !== shape[d])) {
    const wanted = Array.isArray(shape) ? printedShape(shape) : printed(shape);
    const text = `existing ${existing === null ? "None" : printedShape(existing)} vs new ${wanted}`;
    throw plainError("TypeError", `Shapes do not match (${text})`);
  }
  const wanted = datatypeFrom(options.dtype);
  const text = `(existing ${dtypeName(found.datatype)} vs new ${dtypeOf(options.dtype)})`;
  if (options.exact) {
    if (!datatypesEqual(wanted, found.datatype))
      throw plainError("TypeError", `Datatypes do not exactly match ${text}`);
  } else if (!canCast(wanted, found.datatype)) {
    throw plainError("TypeError", `Datatypes cannot be safely cast ${text}`);
  }
}

function dtypeOf(dtype: DtypeLike): string {
  return typeof dtype === "string" ? dtype : dtypeName(datatypeFrom(dtype));
}
