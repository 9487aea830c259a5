/** Which asynchronous class stands for which synchronous one. */
import type { AsyncAttributes } from "./async-attributes.ts";
import type { AsyncDataset } from "./async-dataset.ts";
import type { AsyncDimension, AsyncDimensionManager } from "./async-dimensions.ts";
import type { AsyncFile } from "./async-file.ts";
import type { AsyncGroup } from "./async-group.ts";
import type { AsyncNamedType, AsyncRegionProxy } from "./async-object.ts";
import type { AsyncAsStrView, AsyncAsTypeView, AsyncFieldsView } from "./async-views.ts";
import type { AttributeManager } from "./attribute-manager.ts";
import type { Dataset } from "./dataset.ts";
import type { AsStrView, AsTypeView, FieldsView } from "./dataset-views.ts";
import type { Dimension, DimensionManager } from "./dimensions.ts";
import type { File } from "./file.ts";
import type { Group } from "./group.ts";
import type { Datatype } from "./named-type.ts";
import type { RegionProxy } from "./region-proxy.ts";

/** What a value becomes on the asynchronous side; everything but an object of the file stays. */
export type AsyncOf<T> = T extends File
  ? AsyncFile
  : T extends Group
    ? AsyncGroup
    : T extends Dataset<infer D, infer S>
      ? AsyncDataset<D, S>
      : T extends Datatype
        ? AsyncNamedType
        : T extends AttributeManager
          ? AsyncAttributes
          : AsyncPartOf<T>;

/** The same for what objects hand out. */
type AsyncPartOf<T> =
  T extends AsTypeView<infer R>
    ? AsyncAsTypeView<R>
    : T extends AsStrView<infer R>
      ? AsyncAsStrView<R>
      : T extends FieldsView<infer R>
        ? AsyncFieldsView<R>
        : T extends DimensionManager
          ? AsyncDimensionManager
          : T extends Dimension
            ? AsyncDimension
            : T extends RegionProxy
              ? AsyncRegionProxy
              : T;

/** Lists of objects, and of pairs of a name and such. */
type AsyncItem<T> = T extends readonly [infer A, infer B] ? [A, AsyncOf<B>] : AsyncOf<T>;

/** What the promise of a member's result is of. */
export type AsyncResult<R> =
  R extends Generator<infer T, unknown, unknown>
    ? AsyncItem<T>[]
    : R extends [string, infer T][]
      ? [string, AsyncOf<T>][]
      : R extends Dataset[]
        ? AsyncDataset[]
        : AsyncOf<R>;

/** The asynchronous counterparts of members `K` of `T`. Overloads and type parameters do not survive this. */
export type AsyncMembers<T, K extends keyof T> = {
  readonly [P in K]: T[P] extends (...args: infer A) => infer R
    ? (...args: A) => Promise<AsyncResult<R>>
    : Promise<AsyncResult<T[P]>>;
};
