/** Dimensions of a dataset: their labels, and the scales attached to them. h5py: `DimensionManager`, `DimensionProxy`. */
import { Printable } from "../base/printable.ts";
import type { DatasetObject } from "../engine/dataset-object.ts";
import { plainError } from "../lowlevel/api-error.ts";
import { wrongType } from "../lowlevel/arguments.ts";
import type { DatasetID } from "../lowlevel/dataset-id.ts";
import * as h5ds from "../lowlevel/h5ds.ts";
import type { OpenObject } from "../lowlevel/open-object.ts";
import { getLabel, getNumScales, getScaleName, scales } from "../lowlevel/scale-reading.ts";
import { opened } from "./closed-error.ts";
import type { Dataset } from "./dataset.ts";

type OpenDataset = OpenObject<DatasetObject>;

/** Makes the dataset of a handle. */
type WrapDataset = (handle: OpenDataset) => Dataset;

/** @throws TypeError for what is no dataset. */
function idOf(scale: Dataset): DatasetID {
  if (typeof scale !== "object" || scale === null) throw wrongType(scale, "Dataset", "scale");
  return scale.id;
}

/** One dimension. Scales are datasets of names or positions along it. */
export class Dimension extends Printable {
  readonly #handle: OpenDataset;
  readonly #index: number;
  readonly #wrap: WrapDataset;

  constructor(handle: OpenDataset, index: number, wrap: WrapDataset) {
    super();
    this.#handle = handle;
    this.#index = index;
    this.#wrap = wrap;
  }

  #open(): OpenDataset {
    return opened(this.#handle);
  }

  /**
   * The name of the dimension; empty where there is none. Setting it throws RuntimeError `"read-only"` when the file is
   * open for reading only. C: `H5DSget_label`, `H5DSset_label`.
   */
  get label(): string {
    return getLabel(this.#open(), this.#index);
  }

  set label(text: string) {
    h5ds.setLabel(this.#open() as DatasetID, this.#index, text);
  }

  /** Number of scales that are attached. */
  get length(): number {
    return getNumScales(this.#open(), this.#index);
  }

  /**
   * Ties a scale to the dimension; a dataset that is none becomes one.
   *
   * @throws RuntimeError when it cannot be one, or `"read-only"`. C: `H5DSattach_scale`.
   */
  attachScale(scale: Dataset): void {
    h5ds.attachScale(this.#open() as DatasetID, idOf(scale), this.#index);
  }

  /** Takes a scale off. @throws RuntimeError when it is not attached. C: `H5DSdetach_scale`. */
  detachScale(scale: Dataset): void {
    h5ds.detachScale(this.#open() as DatasetID, idOf(scale), this.#index);
  }

  /** Names of the scales with the scales, in the order in which they were attached. */
  items(): [string, Dataset][] {
    const found = this.length > 0 ? [...scales(this.#open(), this.#index)] : [];
    return found.map((scale) => [getScaleName(scale), this.#wrap(scale)]);
  }

  /** Names of the scales, `""` for one without, in the order in which they were attached. */
  keys(): string[] {
    return this.items().map(([name]) => name);
  }

  /** The scales, in the order in which they were attached. */
  values(): Dataset[] {
    return this.items().map(([, scale]) => scale);
  }

  /** The scale of a name, or at a position. @throws KeyError, IndexError when there is none. */
  get(which: string | number): Dataset {
    const items = this.items();
    const found = typeof which === "number" ? items[which] : items.find(([name]) => name === which);
    if (found !== undefined) return found[1];
    throw typeof which === "number"
      ? plainError("IndexError", "list index out of range")
      : plainError("KeyError", String(which), { code: "not-found" });
  }

  [Symbol.iterator](): Iterator<string> {
    return this.keys()[Symbol.iterator]();
  }

  /** Whether both are the same dimension of the same dataset. */
  equals(other: unknown): boolean {
    return other instanceof Dimension && other.#index === this.#index && this.#handle.equals(other.#handle);
  }

  /** The same for equal ones. h5py: `hash(dimension)`. */
  hash(): string {
    return `${this.#handle.hash()} dimension ${this.#index}`;
  }

  /** `<"x" dimension 0 of HDF5 dataset>`. */
  override toString(): string {
    if (!this.#handle.valid) return "<Dimension of closed HDF5 dataset>";
    return `<"${this.label}" dimension ${this.#index} of HDF5 dataset>`;
  }
}

/** The dimensions of a dataset, by index. h5py: `DimensionManager`. */
export class DimensionManager extends Printable {
  readonly #handle: OpenDataset;
  readonly #wrap: WrapDataset;

  constructor(handle: OpenDataset, wrap: WrapDataset) {
    super();
    this.#handle = handle;
    this.#wrap = wrap;
  }

  /** How many dimensions the dataset has. */
  get length(): number {
    return opened(this.#handle).location().object.dims.length;
  }

  /** The dimension of an index. @throws IndexError "Index out of range". */
  get(index: number): Dimension {
    if (!(Number.isInteger(index) && index >= 0 && index < this.length)) {
      throw plainError("IndexError", "Index out of range");
    }
    return new Dimension(this.#handle, index, this.#wrap);
  }

  /** Makes a dataset a scale; older than `Dataset.makeScale`. */
  createScale(scale: Dataset, name = ""): void {
    h5ds.setScale(idOf(scale), name);
  }

  *[Symbol.iterator](): Generator<Dimension> {
    for (let i = 0; i < this.length; i++) yield this.get(i);
  }

  /** `<Dimensions of HDF5 object>`. */
  override toString(): string {
    return this.#handle.valid ? "<Dimensions of HDF5 object>" : "<Dimensions of closed HDF5 dataset>";
  }
}
