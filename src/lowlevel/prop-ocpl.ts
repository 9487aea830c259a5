/** Object creation property list: what groups, datasets and committed datatypes share. C: `H5P_OBJECT_CREATE`. */
import { type Size, toUnsigned } from "./arguments.ts";
import { OBJECT_CREATE } from "./prop-classes.ts";
import { badValue, type PropClassID, PropCreateID } from "./property-list.ts";

/** Creation order is recorded. C: `H5P_CRT_ORDER_TRACKED`. */
export const CRT_ORDER_TRACKED = 1;
/** Creation order is recorded and indexed. C: `H5P_CRT_ORDER_INDEXED`. */
export const CRT_ORDER_INDEXED = 2;

export interface ObjectCreation {
  /** `CRT_ORDER_…` bits of attributes. */
  readonly attributeCreationOrder: number;
  /** Attributes up to which all stay in the object header. */
  readonly maxCompact: number;
  /** Attributes below which dense storage goes back to the header. */
  readonly minDense: number;
  readonly trackTimes: boolean;
}

export const OBJECT_CREATION_DEFAULTS: ObjectCreation = {
  attributeCreationOrder: 0,
  maxCompact: 8,
  minDense: 6,
  trackTimes: true,
};

/** Checks `CRT_ORDER_…` bits; unknown bits are dropped, as the C library does. */
export function checkCreationOrder(where: string, flags: Size): number {
  const bits = toUnsigned(flags) & (CRT_ORDER_TRACKED | CRT_ORDER_INDEXED);
  if ((bits & CRT_ORDER_INDEXED) !== 0 && (bits & CRT_ORDER_TRACKED) === 0) {
    throw badValue(where, "tracking creation order is required for index");
  }
  return bits;
}

/** Checks the two counts of a change between compact and dense storage. */
export function checkPhaseChange(where: string, maxCompact: Size, minDense: Size): [number, number] {
  const max = toUnsigned(maxCompact);
  const min = toUnsigned(minDense);
  if (max < min) throw badValue(where, "max compact value must be >= min dense value");
  if (max > 0xffff) throw badValue(where, "max compact value must be < 65536");
  return [max, min];
}

/** How an object is made. C: `H5P_OBJECT_CREATE`. h5py: `PropOCID`. */
export class PropOCID<P extends ObjectCreation = ObjectCreation> extends PropCreateID<P> {
  protected override readonly propClass: PropClassID = OBJECT_CREATE;

  /**
   * `h5p.CRT_ORDER_TRACKED` and `CRT_ORDER_INDEXED` for attributes; the second needs the first.
   *
   * @throws ValueError without it. C: `H5Pset_attr_creation_order`.
   */
  setAttrCreationOrder(flags: Size): void {
    const attributeCreationOrder = checkCreationOrder("H5Pset_attr_creation_order", flags);
    this.change({ attributeCreationOrder } as Partial<P>);
  }

  /** `h5p.CRT_ORDER_…` bits; 0 by default. C: `H5Pget_attr_creation_order`. */
  getAttrCreationOrder(): number {
    return this.values().attributeCreationOrder;
  }

  /**
   * Attributes up to which all stay in the object header, and below which dense storage goes back there.
   *
   * @throws ValueError for a `maxCompact` below `minDense`, or 65536 and more. C: `H5Pset_attr_phase_change`.
   */
  setAttrPhaseChange(maxCompact: Size = 8, minDense: Size = 6): void {
    const [max, min] = checkPhaseChange("H5Pset_attr_phase_change", maxCompact, minDense);
    this.change({ maxCompact: max, minDense: min } as Partial<P>);
  }

  /** `[maxCompact, minDense]`; 8 and 6 by default. C: `H5Pget_attr_phase_change`. */
  getAttrPhaseChange(): [number, number] {
    const { maxCompact, minDense } = this.values();
    return [maxCompact, minDense];
  }

  /** Whether the object records times. Of groups only those with version 2 headers do. C: `H5Pset_obj_track_times`. */
  setObjTrackTimes(trackTimes: boolean): void {
    this.change({ trackTimes: Boolean(trackTimes) } as Partial<P>);
  }

  /** True by default. C: `H5Pget_obj_track_times`. */
  getObjTrackTimes(): boolean {
    return this.values().trackTimes;
  }
}
