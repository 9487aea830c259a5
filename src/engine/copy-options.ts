/** What copies of objects are asked for. Reference implementation: H5Ocopy.c, H5Pocpypl.c. */
import type { Datatype } from "../format/datatype.ts";
import type { FilterDescription } from "../format/filter-pipeline.ts";
import type { Link } from "../format/link.ts";
import type { TypeSearch } from "./committed-types.ts";
import type { LayoutRequest } from "./dataset-creation.ts";
import type { DatasetObject } from "./dataset-object.ts";
import type { GroupObject } from "./group-object.ts";
import type { GroupOptions } from "./object-creation.ts";

export interface CopyOptions {
  /** Of a group its own links only: groups in it come out empty. C: `H5O_COPY_SHALLOW_HIERARCHY_FLAG`. */
  readonly shallow?: boolean;
  /** Objects in place of the soft links that lead to them. C: `H5O_COPY_EXPAND_SOFT_LINK_FLAG`. */
  readonly expandSoftLinks?: boolean;
  /** C: `H5O_COPY_EXPAND_EXT_LINK_FLAG`. */
  readonly expandExternalLinks?: boolean;
  /**
   * In another file, references lead to copies of what they name; what else is copied for them gets links
   * `~obj_pointed_by_ADDRESS` in the root group. Without, they are null there. Within a file they stay as they are.
   * C: `H5O_COPY_EXPAND_REFERENCE_FLAG`.
   */
  readonly expandReferences?: boolean;
  /** C: `H5O_COPY_WITHOUT_ATTR_FLAG`. */
  readonly withoutAttributes?: boolean;
  /** Equal committed datatypes of the destination in place of copies. C: `H5O_COPY_MERGE_COMMITTED_DTYPE_FLAG`. */
  readonly mergeCommittedTypes?: TypeSearch;
}

/** Other storage for the copy of a dataset. */
export interface NewStorage {
  readonly layout: LayoutRequest;
  readonly filters: readonly FilterDescription[];
}

/** What a copy of a whole file asks about what it comes across. */
export interface TreeCopyHooks {
  /** Other storage for a dataset; undefined leaves it as it is. */
  readonly storageOf?: (dataset: DatasetObject) => NewStorage | undefined;
  /** Other storage does not suit the dataset, which is left as it is. Default: the copy fails. */
  readonly storageRefused?: (dataset: DatasetObject, reason: Error) => void;
  /** What stands in for a link: the link itself, a copy of its own of the object it leads to, or nothing. */
  readonly linkAs?: (group: GroupObject, link: Link) => "link" | "object" | "nothing";
  /** The links of a group in the order in which they are made. Default: as they were made, or by name. */
  readonly linksOf?: (group: GroupObject) => readonly Link[];
  /** When links of the groups go dense and back. Default: as in the groups they are copies of. */
  readonly linkPhaseChange?: GroupOptions["linkPhaseChange"];
  /** Another datatype for elements that keep nothing elsewhere; it must be convertible. */
  readonly convertedType?: (datatype: Datatype) => Datatype;
}
