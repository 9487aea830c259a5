/** Property lists and options of what groups make. */
import * as h5 from "../lowlevel/h5.ts";
import * as h5d from "../lowlevel/h5d.ts";
import * as h5p from "../lowlevel/h5p.ts";
import type { PropDCID } from "../lowlevel/prop-dcpl.ts";
import type { PropGCID } from "../lowlevel/prop-gcpl.ts";
import type { PropLCID } from "../lowlevel/prop-links.ts";
import type { DatasetOptions } from "./create-dataset.ts";
import type { Dataset } from "./dataset.ts";

export interface GroupOptions {
  /** Whether links and attributes are kept in order of creation. Default `h5.getConfig().trackOrder`, which is false. */
  readonly trackOrder?: boolean;
  /** Whether the group keeps the time of its last change. Default false. */
  readonly trackTimes?: boolean;
}

/** What of a dataset can be said in options; filters are taken from its property list. */
export function optionsLike(other: Dataset, model: PropDCID): DatasetOptions {
  const { shape, maxshape, chunks, datatype } = other;
  const grows = maxshape !== null && shape !== null && maxshape.some((dim, d) => dim !== shape[d]);
  return {
    dtype: datatype,
    trackTimes: model.getObjTrackTimes(),
    trackOrder: model.getAttrCreationOrder() > 0,
    ...(shape === null ? {} : { shape }),
    ...(chunks === null ? {} : { chunks }),
    ...(grows ? { maxshape } : {}),
    ...(model.fillValueDefined() === h5d.FILL_VALUE_USER_DEFINED ? { fillvalue: other.fillvalue } : {}),
  };
}

export function withIntermediateGroups(): PropLCID {
  const lcpl = h5p.create(h5p.LINK_CREATE);
  lcpl.setCreateIntermediateGroup(true);
  return lcpl;
}

export function groupCreationList(options: GroupOptions): PropGCID | null {
  const { trackTimes } = options;
  const trackOrder = options.trackOrder ?? h5.getConfig().trackOrder;
  if (!trackOrder && trackTimes === undefined) return null;
  const gcpl = h5p.create(h5p.GROUP_CREATE);
  if (trackTimes !== undefined) gcpl.setObjTrackTimes(trackTimes);
  if (trackOrder) {
    gcpl.setLinkCreationOrder(h5p.CRT_ORDER_TRACKED | h5p.CRT_ORDER_INDEXED);
    gcpl.setAttrCreationOrder(h5p.CRT_ORDER_TRACKED | h5p.CRT_ORDER_INDEXED);
  }
  return gcpl;
}
