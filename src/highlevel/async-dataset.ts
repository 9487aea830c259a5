/** A dataset whose bytes arrive later. */
import type { IndexArguments } from "../engine/selection/index-arguments.ts";
import { type RetryOptions, runWithRetry } from "../io/retry-driver.ts";
import type { RegionReference } from "../lowlevel/reference.ts";
import type { AsyncDimensionManager } from "./async-dimensions.ts";
import { withMembers } from "./async-members.ts";
import { AsyncObject, OBJECT_MEMBERS } from "./async-object.ts";
import type { AsyncAsStrView, AsyncAsTypeView, AsyncFieldsView } from "./async-views.ts";
import type { ChunkIterator } from "./chunk-iterator.ts";
import { opened } from "./closed-error.ts";
import { Dataset, type DatasetReadOptions, dimensionsOf } from "./dataset.ts";
import type { DirectArray, DirectSelections } from "./direct-transfer.ts";
import type { DtypeLike } from "./dtype.ts";
import type { Rank, ReadResult } from "./dtype-types.ts";
import { type FollowOptions, follow, type Growth } from "./follow.ts";
import type { NDArray } from "./ndarray.ts";
import { RegionProxy } from "./region-proxy.ts";
import type { SelectionArguments } from "./selections.ts";
import type { DecodeErrors } from "./text-codecs.ts";

const DATASET_MEMBERS = [
  "chunkCacheStatistics",
  "chunks",
  "compression",
  "compressionOpts",
  "datatype",
  "dtype",
  "external",
  "fillvalue",
  "filterIds",

  "filterNames",
  "fletcher32",
  "isScale",
  "isVirtual",
  "len",
  "maxshape",
  "nbytes",
  "ndim",
  "readColumn",
  "readColumns",
  "refresh",
  "scaleoffset",
  "shape",
  "shuffle",
  "size",
  "virtualSources",
] as const satisfies readonly (keyof Dataset)[];

/** @typeParam D, S - As of `Dataset`. */
export class AsyncDataset<D = string, S extends Rank = "array"> extends /* @__PURE__ */ withMembers(
  AsyncObject<Dataset<unknown, Rank>>,
  Dataset<unknown, Rank>,
  OBJECT_MEMBERS,
  DATASET_MEMBERS,
) {
  declare protected readonly target: Dataset<D, S>;

  /** Runs an operation on the synchronous dataset, over and over until no bytes are missing. */
  override run<R>(operation: (dataset: Dataset<D, S>) => R, retry: RetryOptions = this.session.retry): Promise<R> {
    return runWithRetry(() => operation(this.target), retry);
  }

  /** As `Dataset.read`; all the ranges that the selection needs are fetched together. */
  read<const O extends DatasetReadOptions>(selection: SelectionArguments, options: O): Promise<ReadResult<D, S, O>>;
  read<T = ReadResult<D, S, object>>(selection?: SelectionArguments, options?: DatasetReadOptions): Promise<T>;
  read(selection?: SelectionArguments, options?: DatasetReadOptions): Promise<unknown> {
    return this.perform((dataset) => dataset.read<unknown>(selection, options));
  }

  /** As `Dataset.readFields`. */
  readFields<T = NDArray>(
    names: readonly string[],
    selection?: SelectionArguments,
    options: DatasetReadOptions & { readonly asRecords?: boolean } = {},
  ): Promise<T> {
    return this.perform((dataset) => dataset.readFields<T>(names, selection, options));
  }

  /** As `Dataset.readDirect`; `array` is not to be used until the promise is fulfilled. */
  readDirect(array: DirectArray, selections: DirectSelections = {}): Promise<void> {
    return this.perform((dataset) => dataset.readDirect(array, selections));
  }

  /** As `Dataset.astype`. */
  astype<const T extends DtypeLike>(dtype: T): Promise<AsyncAsTypeView<ReadResult<T, S, object>>> {
    return this.view((dataset) => dataset.astype(dtype));
  }

  /** As `Dataset.asstr`. */
  asstr(encoding?: string, errors: DecodeErrors = "strict"): Promise<AsyncAsStrView> {
    return this.view((dataset) => dataset.asstr(encoding, errors));
  }

  /** As `Dataset.fields`. */
  fields(names: string | readonly string[]): Promise<AsyncFieldsView> {
    return this.view((dataset) => dataset.fields(names));
  }

  private view<V>(make: (dataset: Dataset<D, S>) => unknown): Promise<V> {
    return this.wrapped(make as (dataset: Dataset<unknown, Rank>) => unknown) as Promise<V>;
  }

  /** As `Dataset.dims`. */
  get dims(): Promise<AsyncDimensionManager> {
    return this.wrapped(({ handle }) => dimensionsOf(handle)) as Promise<AsyncDimensionManager>;
  }

  /** As `Dataset.regionRef`. */
  regionRef(selection?: SelectionArguments): Promise<RegionReference> {
    return this.perform(({ handle }) => new RegionProxy(opened(handle)).get(selection));
  }

  /** As `Dataset.iterChunks`: the slices, which are known at once. */
  iterChunks(selection?: IndexArguments): Promise<ChunkIterator> {
    return this.perform((dataset) => dataset.iterChunks(selection));
  }

  /** As `Dataset.follow`, of a file opened with `swmr`. */
  follow(options: FollowOptions = {}): AsyncGenerator<Growth<this>> {
    return follow([this], options);
  }

  /** Rows, each read when it is asked for. */
  async *[Symbol.asyncIterator](): AsyncGenerator<unknown> {
    // The synchronous iterator knows what to say of a dataset that has no rows.
    const count = await this.perform((dataset) => {
      dataset[Symbol.iterator]();
      return dataset.len();
    });
    for (let i = 0; i < count; i++) yield this.read<unknown>([i]);
  }
}
