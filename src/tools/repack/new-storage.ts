/**
 * How each dataset is stored in the new file.
 *
 * Reference implementation: h5repack_filters.c, `apply_filters`; h5repack_copy.c.
 */
import { product } from "../../base/bits.ts";
import { HDF5Error } from "../../base/errors.ts";
import { layoutRequest } from "../../engine/copied-storage.ts";
import type { NewStorage } from "../../engine/copy-options.ts";
import type { DatasetObject } from "../../engine/dataset-object.ts";
import { filterAvailable } from "../../filters/registry.ts";
import type { FilterDescription } from "../../format/filter-pipeline.ts";
import type { RepackOptions } from "./options.ts";
import type { LayoutSpec, Specified } from "./storage-specs.ts";

/** Bytes of a chunk where filters are wanted for a dataset without chunks. */
const DEFAULT_CHUNK_BYTES = 32 << 20;
/** What a message holds, with room for its other fields. */
const MAX_COMPACT_BYTES = 65_000;

/** A path without its leading slash, as objects may be named. */
function plain(path: string): string {
  return path.startsWith("/") ? path.slice(1) : path;
}

/** What is specified for a dataset: by its name if anything is, else for all. */
function specified<T>(specs: readonly Specified<T>[], path: string): readonly Specified<T>[] {
  const named = specs.filter(({ objects }) => objects?.some((name) => plain(name) === plain(path)));
  return named.length > 0 ? named : specs.filter(({ objects }) => objects === undefined);
}

/** The storage that the options ask for; undefined where they leave it as it is. */
export function newStorage(dataset: DatasetObject, path: string, options: RepackOptions): NewStorage | undefined {
  const { dims, datatype, dataspace } = dataset;
  if (dataspace.kind !== "simple" || dims.length === 0 || datatype.class === "reference") return undefined;
  if (product(dims) * datatype.size < options.minimum) return undefined;
  const filterSpecs = specified(options.filters, path);
  const layout = specified(options.layouts, path).at(-1);
  if (filterSpecs.length === 0 && layout === undefined) return undefined;
  const old = dataset.pipeline?.filters ?? [];
  const filters =
    filterSpecs.length === 0 ? old : filterSpecs.flatMap(({ value }) => (value === undefined ? [] : [value]));
  for (const { value } of filterSpecs) if (value !== undefined) requireFilter(value, path);
  const request = newLayout(dataset, layout, filterSpecs.length > 0 && filters.length > 0);
  const usable = request.kind === "chunked" ? filters.filter((filter) => suits(filter, dataset)) : [];
  return { layout: request, filters: usable };
}

/** A filter that nobody has cannot be asked for. C: `H5Pset_filter`. */
function requireFilter({ id }: FilterDescription, path: string): void {
  if (!filterAvailable(id)) throw new HDF5Error("filter", `required filter ${id} is not registered`, { path });
}

/** Heap IDs do not get filters that must not fail. */
function suits({ optional }: FilterDescription, { datatype }: DatasetObject): boolean {
  return optional || datatype.class !== "variable-length";
}

function newLayout(dataset: DatasetObject, spec: LayoutSpec | undefined, filtered: boolean): NewStorage["layout"] {
  const { dims, elementSize } = dataset;
  const wanted = spec?.value;
  if (wanted?.kind === "chunked") {
    // Of the datasets of a file only some have the rank of the chunks; one that was named is refused.
    if (wanted.chunkDims.length === dims.length || spec?.objects !== undefined) return wanted;
  } else if (wanted !== undefined && !filtered) {
    const tooLarge = wanted.kind === "compact" && product(dims) * elementSize > MAX_COMPACT_BYTES;
    return { kind: tooLarge ? "contiguous" : wanted.kind };
  }
  if (!filtered || dataset.layout.kind === "chunked") return layoutRequest(dataset);
  return { kind: "chunked", chunkDims: defaultChunk(dims, elementSize) };
}

/** As much of the fastest dimensions as fits. */
function defaultChunk(dims: readonly number[], elementSize: number): number[] {
  let byteLength = elementSize;
  return dims
    .toReversed()
    .map((size) => {
      const count = Math.max(1, Math.min(size, Math.floor(DEFAULT_CHUNK_BYTES / byteLength)));
      byteLength *= count;
      return count;
    })
    .reverse();
}
