/** Object copy and datatype creation property lists. C: `H5P_OBJECT_COPY`, `H5P_DATATYPE_CREATE`. */
import { type Name, type Size, toName, toUnsigned } from "./arguments.ts";
import { DATATYPE_CREATE, OBJECT_COPY } from "./prop-classes.ts";
import { PropOCID } from "./prop-ocpl.ts";
import { badValue, PropInstanceID } from "./property-list.ts";

export interface ObjectCopying {
  /** `h5o.COPY_…` bits. */
  readonly flags: number;
  /** Where the destination has committed datatypes to merge with. */
  readonly mergePaths: readonly string[];
  readonly mergeSearch: MergeSearch | null;
}

/** Whether the whole destination is searched for a committed datatype. C: `H5O_mcdt_search_cb_t`. */
export type MergeSearch = () => "continue" | "stop";

export const OBJECT_COPYING_DEFAULTS: ObjectCopying = { flags: 0, mergePaths: [], mergeSearch: null };

const ALL_FLAGS = 0x7f;

/** How objects are copied. C: `H5P_OBJECT_COPY`. h5py: `PropCopyID`. */
export class PropCopyID extends PropInstanceID<ObjectCopying> {
  protected override readonly propClass = OBJECT_COPY;

  /** `h5o.COPY_…` bits. @throws ValueError for others. C: `H5Pset_copy_object`. */
  setCopyObject(flags: Size): void {
    const bits = toUnsigned(flags);
    if ((bits & ~ALL_FLAGS) !== 0) throw badValue("H5Pset_copy_object", "unknown option specified");
    this.change({ flags: bits });
  }

  /** `h5o.COPY_…` bits; 0 by default. C: `H5Pget_copy_object`. */
  getCopyObject(): number {
    return this.values().flags;
  }

  /**
   * An object of the destination whose committed datatypes are tried first, with `h5o.COPY_MERGE_COMMITTED_DTYPE_FLAG`.
   * C: `H5Padd_merge_committed_dtype_path`.
   */
  addMergeCommittedDtypePath(path: Name): void {
    const text = toName(path);
    if (text === "") throw badValue("H5Padd_merge_committed_dtype_path", "path is empty string");
    this.change({ mergePaths: [...this.values().mergePaths, text] });
  }

  /** Forgets all paths. C: `H5Pfree_merge_committed_dtype_paths`. */
  freeMergeCommittedDtypePaths(): void {
    this.change({ mergePaths: [] });
  }

  /**
   * A function that is asked, when the paths led to no equal committed datatype, whether the whole destination is searched;
   * null for no function, then it is. C: `H5Pset_mcdt_search_cb`.
   */
  setMcdtSearchCb(func: MergeSearch | null): void {
    this.change({ mergeSearch: func });
  }

  /** The function that is asked; null, the default, for none. C: `H5Pget_mcdt_search_cb`. */
  getMcdtSearchCb(): MergeSearch | null {
    return this.values().mergeSearch;
  }
}

/** Creation of committed datatypes. C: `H5P_DATATYPE_CREATE`. */
export class PropTCID extends PropOCID {
  protected override readonly propClass = DATATYPE_CREATE;
}
