/** A value without elements. h5py: `Empty`. */
import { Printable } from "../base/printable.ts";
import { dtypeText } from "../engine/conversion/dtype-text.ts";
import type { Datatype } from "../format/datatype.ts";
import { datatypesEqual } from "../format/datatype-questions.ts";
import { type DtypeLike, datatypeFrom } from "./dtype.ts";

/** No elements, but a datatype: what a dataset or attribute with a null dataspace holds. */
export class Empty extends Printable {
  /** The datatype that there are no elements of. */
  readonly datatype: Datatype;

  /**
   * No elements of a datatype.
   *
   * @param dtype - `"<f8"` unless given.
   */
  constructor(dtype: DtypeLike = "<f8") {
    super();
    this.datatype = datatypeFrom(dtype);
  }

  /** The datatype in numpy's words. */
  get dtype(): string {
    return dtypeText(this.datatype);
  }

  /** Whether both are empty, of the same datatype. */
  equals(other: unknown): boolean {
    return other instanceof Empty && datatypesEqual(this.datatype, other.datatype);
  }

  /** `Empty(dtype=dtype('<f8'))`, as h5py prints it. */
  override toString(): string {
    return `Empty(dtype=dtype('${this.dtype}'))`;
  }
}
