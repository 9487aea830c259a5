/** The part of a dataspace's handle that is about its extent. C: `H5Sget_simple_extent_dims`, `H5Sset_extent_simple`, … */
import { product } from "../base/bits.ts";
import { type Selection, selectAll } from "../engine/selection/selection.ts";
import type { Dataspace } from "../format/dataspace.ts";
import type { Size } from "./arguments.ts";
import type { ErrorRecord } from "./error-codes.ts";
import { closedRecord, ID_TYPE, ObjectID } from "./object-id.ts";
import { encodeSpace } from "./space-encoding.ts";
import { NULL, NULL_EXTENT, SCALAR, SIMPLE, simpleExtent } from "./space-extent.ts";
import { hasElements } from "./space-questions.ts";

export abstract class SpaceExtentID extends ObjectID {
  private currentExtent: Dataspace;
  protected currentSelection: Selection;

  constructor(extent: Dataspace, selection: Selection = selectAll(extent.dims)) {
    super(ID_TYPE.DATASPACE);
    this.currentExtent = extent;
    this.currentSelection = selection;
  }

  protected closedRecords(): readonly [ErrorRecord, ...ErrorRecord[]] {
    return [closedRecord("H5I_object_verify", "not a dataspace")];
  }

  /** The extent's value. */
  get extent(): Dataspace {
    this.requireValid();
    return this.currentExtent;
  }

  /** The selection's value; "all" of a null or shapeless extent selects nothing. */
  get selection(): Selection {
    this.requireValid();
    return this.currentSelection;
  }

  protected get hasElements(): boolean {
    return hasElements(this.extent);
  }

  /** Elements a dimension; null of a null dataspace. */
  get shape(): number[] | null {
    return this.getSimpleExtentDims();
  }

  /** A constant of the library. */
  lock(): this {
    return this.lockIdentifier();
  }

  /** The dataspace as bytes, its selection included, for `h5s.decode`. C: `H5Sencode`. */
  encode(): Uint8Array {
    return encodeSpace(this.extent, this.currentSelection);
  }

  /** False for a null dataspace. C: `H5Sis_simple`. */
  isSimple(): boolean {
    return this.extent.kind !== "null";
  }

  /** Number of dimensions; 0 of a scalar and of a null dataspace. C: `H5Sget_simple_extent_ndims`. */
  getSimpleExtentNdims(): number {
    return this.extent.dims.length;
  }

  /** Elements a dimension, or the greatest allowed (`UNLIMITED` where unlimited; the nearest number above 2^53 - 1). C: `H5Sget_simple_extent_dims`. */
  getSimpleExtentDims(maxDims: boolean | number = false): number[] | null {
    const { kind, dims, maxDims: greatest } = this.extent;
    if (kind === "null") return null;
    return [...(maxDims ? greatest : dims)];
  }

  /** Number of elements: 1 of a scalar, 0 of a null dataspace. C: `H5Sget_simple_extent_npoints`. */
  getSimpleExtentNpoints(): number {
    return this.hasElements ? product(this.extent.dims) : 0;
  }

  /** `h5s.SCALAR`, `SIMPLE` or `NULL`. C: `H5Sget_simple_extent_type`. */
  getSimpleExtentType(): number {
    const { kind } = this.extent;
    return kind === "scalar" ? SCALAR : kind === "simple" ? SIMPLE : NULL;
  }

  protected replaceExtent(extent: Dataspace): void {
    const before = this.currentSelection;
    this.currentExtent = extent;
    const keep = before.kind !== "all" && before.dims.length === extent.dims.length;
    this.currentSelection = keep ? { ...before, dims: extent.dims } : selectAll(extent.dims);
  }

  /**
   * Other dims, and greatest dims if given (null for none); everything is selected then.
   *
   * @throws ValueError "Invalid maximum dimension size (…)". C: `H5Sset_extent_simple`.
   */
  setExtentSimple(dims: readonly Size[], maxDims: readonly (Size | null)[] | null = null): void {
    this.requireValid();
    this.replaceExtent(simpleExtent("H5Sset_extent_simple", dims, maxDims, "invalid maximum dimension size"));
  }

  /** Makes the dataspace null. C: `H5Sset_extent_none`. */
  setExtentNone(): void {
    this.requireValid();
    this.currentExtent = NULL_EXTENT;
    this.currentSelection = selectAll([]);
  }
}
