/** Group creation property list. C: `H5P_GROUP_CREATE`. */
import { type Size, toSize, toUnsigned } from "./arguments.ts";
import { GROUP_CREATE } from "./prop-classes.ts";
import {
  checkCreationOrder,
  checkPhaseChange,
  OBJECT_CREATION_DEFAULTS,
  type ObjectCreation,
  PropOCID,
} from "./prop-ocpl.ts";
import { badValue, type PropClassID } from "./property-list.ts";

export interface GroupCreation extends ObjectCreation {
  /** `CRT_ORDER_…` bits of links. */
  readonly linkCreationOrder: number;
  readonly linkMaxCompact: number;
  readonly linkMinDense: number;
  readonly estimatedEntries: number;
  readonly estimatedNameLength: number;
  /** Bytes of a symbol table group's local heap; 0 for the library's choice. */
  readonly localHeapSizeHint: number;
}

export const GROUP_CREATION_DEFAULTS: GroupCreation = {
  ...OBJECT_CREATION_DEFAULTS,
  linkCreationOrder: 0,
  linkMaxCompact: 8,
  linkMinDense: 6,
  estimatedEntries: 4,
  estimatedNameLength: 8,
  localHeapSizeHint: 0,
};

/** How a group is made. C: `H5P_GROUP_CREATE`. h5py: `PropGCID`. */
export class PropGCID<P extends GroupCreation = GroupCreation> extends PropOCID<P> {
  protected override readonly propClass: PropClassID = GROUP_CREATE;

  /**
   * `h5p.CRT_ORDER_TRACKED` and `CRT_ORDER_INDEXED` for links; the second needs the first.
   *
   * @throws ValueError without it. C: `H5Pset_link_creation_order`.
   */
  setLinkCreationOrder(flags: Size): void {
    const linkCreationOrder = checkCreationOrder("H5Pset_link_creation_order", flags);
    this.change({ linkCreationOrder } as Partial<P>);
  }

  /** `h5p.CRT_ORDER_…` bits; 0 by default. C: `H5Pget_link_creation_order`. */
  getLinkCreationOrder(): number {
    return this.values().linkCreationOrder;
  }

  /**
   * Links up to which all stay in the object header, and below which dense storage goes back there.
   *
   * @throws ValueError for a `maxCompact` below `minDense`, or 65536 and more. C: `H5Pset_link_phase_change`.
   */
  setLinkPhaseChange(maxCompact: Size = 8, minDense: Size = 6): void {
    const [max, min] = checkPhaseChange("H5Pset_link_phase_change", maxCompact, minDense);
    this.change({ linkMaxCompact: max, linkMinDense: min } as Partial<P>);
  }

  /** `[maxCompact, minDense]`; 8 and 6 by default. C: `H5Pget_link_phase_change`. */
  getLinkPhaseChange(): [number, number] {
    const { linkMaxCompact, linkMinDense } = this.values();
    return [linkMaxCompact, linkMinDense];
  }

  /**
   * Expected number of links and bytes of their names, for sizing the header.
   *
   * @throws ValueError from 65536 on. C: `H5Pset_est_link_info`.
   */
  setEstLinkInfo(entries: Size, nameLength: Size): void {
    const estimatedEntries = toUnsigned(entries);
    const estimatedNameLength = toUnsigned(nameLength);
    if (estimatedEntries > 0xffff) throw badValue("H5Pset_est_link_info", "est. number of entries must be < 65536");
    if (estimatedNameLength > 0xffff) throw badValue("H5Pset_est_link_info", "est. name length must be < 65536");
    this.change({ estimatedEntries, estimatedNameLength } as Partial<P>);
  }

  /** `[entries, nameLength]`; 4 and 8 by default. C: `H5Pget_est_link_info`. */
  getEstLinkInfo(): [number, number] {
    const { estimatedEntries, estimatedNameLength } = this.values();
    return [estimatedEntries, estimatedNameLength];
  }

  /** Bytes to set aside for names of a symbol table group. C: `H5Pset_local_heap_size_hint`. */
  setLocalHeapSizeHint(byteLength: Size): void {
    this.change({ localHeapSizeHint: toSize(byteLength, "size_t") } as Partial<P>);
  }

  /** Bytes; 0, the library's choice, by default. C: `H5Pget_local_heap_size_hint`. */
  getLocalHeapSizeHint(): number {
    return this.values().localHeapSizeHint;
  }
}
