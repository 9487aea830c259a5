/** Views of a dataset whose bytes arrive later. */
import { AsyncView, withMembers } from "./async-members.ts";
import type { DatasetReadOptions } from "./dataset.ts";
import { AbstractView, type AsStrView, type AsTypeView, type FieldsView } from "./dataset-views.ts";
import type { NDArray } from "./ndarray.ts";
import type { SelectionArguments } from "./selections.ts";
import type { DecodeErrors } from "./text-codecs.ts";

const VIEW_MEMBERS = ["dtype", "len", "ndim", "shape", "size"] as const satisfies readonly (keyof AbstractView)[];

/** What all views have of their dataset. */
export abstract class AsyncAbstractView<T, V extends AbstractView<T>> extends /* @__PURE__ */ withMembers(
  AsyncView<AbstractView<unknown>>,
  AbstractView<unknown>,
  VIEW_MEMBERS,
) {
  declare protected readonly target: V;

  /** Selected elements; see `Dataset.read`. */
  read<R = T>(selection?: SelectionArguments, options?: DatasetReadOptions): Promise<R> {
    return this.perform((view) => view.read<R>(selection, options));
  }

  override toString(): string {
    return "<Asynchronous view of HDF5 dataset>";
  }
}

/** Reads as another datatype. */
export class AsyncAsTypeView<T = NDArray> extends AsyncAbstractView<T, AsTypeView<T>> {}

/** Reads chosen members of a compound datatype. */
export class AsyncFieldsView<T = NDArray> extends AsyncAbstractView<T, FieldsView<T>> {}

/** Reads strings as text in an encoding. */
export class AsyncAsStrView<T = NDArray<string[]>> extends AsyncAbstractView<T, AsStrView<T>> {
  /** Python's name of it. */
  get encoding(): string {
    return this.target.encoding;
  }

  /** What becomes of bytes that are no text in {@link encoding}. */
  get errors(): DecodeErrors {
    return this.target.errors;
  }
}
