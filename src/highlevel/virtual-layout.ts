/** What a virtual dataset is to show, put together before it is made. h5py: `VirtualSource`, `VirtualLayout`. */

import { UNLIMITED } from "../base/address.ts";
import { dtypeText } from "../engine/conversion/dtype-text.ts";
import type { H5File } from "../engine/h5-file.ts";
import type { IndexArguments } from "../engine/selection/index-arguments.ts";
import { printed } from "../engine/selection/index-errors.ts";
import { growingSelection, numpySelection } from "../engine/selection/numpy-selection.ts";
import type { Selection } from "../engine/selection/selection.ts";
import { selectAll } from "../engine/selection/selection.ts";
import { SAME_FILE } from "../format/virtual-mapping-block.ts";
import { plainError } from "../lowlevel/api-error.ts";
import { wrongType } from "../lowlevel/arguments.ts";
import type { DatasetID } from "../lowlevel/dataset-id.ts";
import { withStaging } from "../lowlevel/element-context.ts";
import type { GroupID } from "../lowlevel/group-id.ts";
import * as h5d from "../lowlevel/h5d.ts";
import * as h5p from "../lowlevel/h5p.ts";
import * as h5s from "../lowlevel/h5s.ts";
import { SpaceID } from "../lowlevel/space-id.ts";
import { typeIdOf } from "../lowlevel/type-wrap.ts";
import { requireText } from "./argument-checks.ts";
import { accessList, type DatasetOptions, setFillValue } from "./create-dataset.ts";
import { Dataset } from "./dataset.ts";
import { type DtypeLike, datatypeFrom, typeIdWithin } from "./dtype.ts";
import { type OptionNames, requireKnown } from "./known-options.ts";

/** What is to be known of a source that need not exist as yet. */
export interface VirtualSourceOptions {
  /** Path of the dataset in its file. */
  readonly name: string;
  /** Elements a dimension of the whole source; a number for a single one. */
  readonly shape: number | readonly number[];
  /** Its datatype, which is converted to that of the virtual dataset whatever is said here. */
  readonly dtype?: DtypeLike;
  /** How far it may grow: `null` for a dimension without limit. Default: as far as it is selected. */
  readonly maxshape?: number | readonly (number | null)[];
}

const SOURCE_OPTIONS: OptionNames<VirtualSourceOptions> = { name: true, shape: true, dtype: true, maxshape: true };

function asShape(shape: number | readonly number[]): readonly number[] {
  return typeof shape === "number" ? [shape] : shape;
}

/** Options as Python would print them. */
function printedOptions(options: object): string {
  const entries = Object.entries(options).map(([name, value]) => `'${name}': ${printed(value)}`);
  return `{${entries.join(", ")}}`;
}

/** A simple dataspace of those dims, or a scalar one. */
function spaceOf(dims: readonly number[], selection: Selection): SpaceID {
  return new SpaceID(h5s.createSimple(dims).extent, selection);
}

/**
 * A dataset, or a part of one, that a virtual dataset shows.
 *
 * ```ts
 * new VirtualSource("raw.h5", { name: "data", shape: [100, 20] }).select("::2");
 * ```
 */
export class VirtualSource {
  /** The file's name; in the name, as in the dataset's, `%b` counts the blocks of an unlimited selection. */
  readonly path: string;
  /** Path of the dataset in that file. */
  readonly name: string;
  /** Of the part that is selected; infinite where that grows. */
  readonly shape: readonly number[];
  /** Of the whole source. */
  private readonly dims: readonly number[];
  /** How far the source may grow; null where that is not known. */
  readonly maxshape: readonly (number | null)[] | null;
  /** In numpy's words; null where it is not known. */
  readonly dtype: string | null;
  /** The open file it is in, when made from a dataset. */
  readonly engine: H5File | undefined;
  private readonly selection: Selection;

  /**
   * A whole dataset; `select` takes a part of it.
   *
   * @param pathOrDataset - The name of a file, which need not exist as yet, or a dataset that is open.
   * @throws TypeError for options beside a dataset, or none beside a name; ValueError for a dataset without a name or
   *   without elements.
   */
  constructor(pathOrDataset: string | Dataset, options?: VirtualSourceOptions) {
    if (pathOrDataset instanceof Dataset) {
      if (options !== undefined) {
        throw plainError(
          "TypeError",
          `If a Dataset is passed as the first argument then no other arguments may be passed.  You passed ${printedOptions(options)}`,
        );
      }
      const { file, name, shape } = pathOrDataset;
      if (name === null || shape === null) {
        throw plainError("ValueError", "a source has a name, and elements");
      }
      this.path = file.filename;
      this.engine = pathOrDataset.id.location().file.engine;
      this.name = name;
      this.shape = shape;
      this.maxshape = pathOrDataset.maxshape;
      this.dtype = pathOrDataset.dtype;
    } else {
      if (options !== undefined) requireKnown(options, SOURCE_OPTIONS, "VirtualSource");
      for (const key of ["name", "shape"] as const) {
        if (options?.[key] === undefined) {
          throw plainError("TypeError", `The ${key} parameter is required when specifying a source by path`);
        }
      }
      const { name, shape, dtype, maxshape } = options as VirtualSourceOptions;
      requireText(pathOrDataset);
      requireText(name);
      this.path = pathOrDataset;
      this.name = name;
      this.shape = asShape(shape);
      this.maxshape = maxshape === undefined ? null : typeof maxshape === "number" ? [maxshape] : maxshape;
      this.dtype = dtype === undefined ? null : dtypeText(datatypeFrom(dtype));
    }
    this.dims = this.shape;
    this.selection = selectAll(this.dims);
  }

  /**
   * A part of the source; see `Dataset.read`. `slice(0, Infinity)` selects what there will ever be, and
   * `new MultiBlockSlice({ block, stride, count: Infinity })` block after block.
   */
  select(selection: IndexArguments): VirtualSource {
    const part: VirtualSource = Object.create(VirtualSource.prototype);
    const grown = growingSelection(this.dims, selection);
    const unlimitedDim = grown.kind === "regular" ? grown.unlimitedDim : -1;
    const shape =
      unlimitedDim < 0
        ? numpySelection(this.dims, selection).shape
        : this.dims.map((size, d) => (d === unlimitedDim ? UNLIMITED : size));
    return Object.assign(part, this, { selection: grown, shape });
  }

  /** The low-level form of what is selected. */
  get space(): SpaceID {
    return spaceOf(this.dims, this.selection);
  }
}

/** What a virtual dataset is to be. */
export interface VirtualLayoutOptions {
  /** Elements a dimension; a number for a single one. */
  readonly shape: number | readonly number[];
  /** Datatype of the elements; those of sources are converted to it. */
  readonly dtype: DtypeLike;
  /** How far the dataset may grow: `null` for a dimension without limit. Default: not at all. */
  readonly maxshape?: number | readonly (number | null)[];
}

export const LAYOUT_OPTIONS: OptionNames<VirtualLayoutOptions> = { shape: true, dtype: true, maxshape: true };

const CONSTRUCTOR_OPTIONS = { ...LAYOUT_OPTIONS, filename: true };

/** Options of a dataset that is virtual. */
export type NewVirtualOptions = Pick<DatasetOptions, "fillvalue" | "virtualPrefix">;

export const NEW_VIRTUAL_OPTIONS: OptionNames<NewVirtualOptions> = { fillvalue: true, virtualPrefix: true };

interface Mapping {
  readonly virtualSpace: SpaceID;
  readonly source: VirtualSource;
}

/**
 * Which sources a new virtual dataset shows, and where.
 *
 * ```ts
 * const layout = new VirtualLayout({ shape: [2, 100], dtype: "<f8" });
 * layout.set(0, new VirtualSource("one.h5", { name: "data", shape: [100] }));
 * layout.set(1, new VirtualSource("two.h5", { name: "data", shape: [100] }));
 * f.createVirtualDataset("both", layout, { fillvalue: NaN });
 * ```
 */
export class VirtualLayout {
  /** Elements a dimension of the virtual dataset. */
  readonly shape: readonly number[];
  /** Datatype of the virtual dataset; elements of sources are converted to it. */
  readonly dtype: DtypeLike;
  /** How far the dataset may grow, null for a dimension without limit; null as a whole where it cannot. */
  readonly maxshape: readonly (number | null)[] | null;
  private readonly filename: string | undefined;
  private readonly mappings: Mapping[] = [];
  /** Refuses what cannot be mapped as soon as it is. */
  private readonly checked = h5p.create(h5p.DATASET_CREATE);

  /** `filename`: of the file it will be in, if it is to be used in no other. */
  constructor(options: VirtualLayoutOptions & { readonly filename?: string }) {
    requireKnown(options, CONSTRUCTOR_OPTIONS, "VirtualLayout");
    const { shape, dtype, maxshape, filename } = options;
    for (const name of ["shape", "dtype"] as const) {
      if (options[name] !== undefined) continue;
      throw plainError("TypeError", `VirtualLayout() missing a required argument: '${name}'`);
    }
    this.shape = asShape(shape);
    this.dtype = dtype;
    this.maxshape = maxshape === undefined ? null : typeof maxshape === "number" ? [maxshape] : maxshape;
    this.filename = filename;
  }

  /**
   * Shows a source, or the part of it that is selected, in a part of the dataset; of overlapping parts, the last one shows.
   *
   * @param selection - As for {@link VirtualSource.select}: as many elements as the source has.
   * @throws ValueError "Invalid mapping selections (…)" or "Invalid mapping entry (…)".
   */
  set(selection: IndexArguments, source: VirtualSource): void {
    if (!(source instanceof VirtualSource)) throw wrongType(source, "VirtualSource", "source");
    const virtualSpace = spaceOf(this.shape, growingSelection(this.shape, selection));
    this.checked.setVirtual(virtualSpace, source.path, source.name, source.space);
    this.mappings.push({ virtualSpace, source });
  }

  /** A new dataset. `Group.createVirtualDataset` calls it. */
  makeDataset(parent: GroupID, name: string | null, options: NewVirtualOptions): DatasetID {
    const { file } = parent.location();
    if (this.filename !== undefined && this.filename !== file.name) {
      throw plainError("ValueError", `${file.name} != ${this.filename}`);
    }
    const datatype = datatypeFrom(this.dtype);
    const dcpl = h5p.create(h5p.DATASET_CREATE);
    dcpl.setLayout(h5d.VIRTUAL);
    for (const { virtualSpace, source } of this.mappings) {
      const isHere = source.engine === undefined ? source.path === file.name : source.engine === file.engine;
      if (!isHere && source.path === "") throw plainError("ValueError", "a source in another file without a name");
      dcpl.setVirtual(virtualSpace, isHere ? SAME_FILE : source.path, source.name, source.space);
    }
    const space = h5s.createSimple(this.shape, this.maxshape);
    const type = typeIdWithin(this.dtype) ?? typeIdOf(datatype);
    return withStaging(file.engine, (context) => {
      if (options.fillvalue !== undefined) setFillValue(dcpl, datatype, options.fillvalue, context);
      return h5d.create(parent, name, type, space, dcpl, null, accessList(options, parent));
    });
  }
}
