/** Object copy and datatype creation property lists. C: `H5P_OBJECT_COPY`, `H5P_DATATYPE_CREATE`. */
import { type Size, toUnsigned } from "./arguments.ts";
import { DATATYPE_CREATE, OBJECT_COPY } from "./prop-classes.ts";
import { PropOCID } from "./prop-ocpl.ts";
import { badValue, PropInstanceID } from "./property-list.ts";

export interface ObjectCopying {
  /** `h5o.COPY_…` bits. */
  readonly flags: number;
}

export const OBJECT_COPYING_DEFAULTS: ObjectCopying = { flags: 0 };

const ALL_FLAGS = 0x3f;

export class PropCopyID extends PropInstanceID<ObjectCopying> {
  protected override readonly propClass = OBJECT_COPY;

  /** `h5o.COPY_…` bits. C: `H5Pset_copy_object`. */
  setCopyObject(flags: Size): void {
    const bits = toUnsigned(flags);
    if ((bits & ~ALL_FLAGS) !== 0) throw badValue("H5Pset_copy_object", "unknown option specified");
    this.change({ flags: bits });
  }

  /** C: `H5Pget_copy_object`. */
  getCopyObject(): number {
    return this.values().flags;
  }
}

/** Creation of committed datatypes. C: `H5P_DATATYPE_CREATE`. */
export class PropTCID extends PropOCID {
  protected override readonly propClass = DATATYPE_CREATE;
}
