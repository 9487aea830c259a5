/** Property lists and options of what groups make. */

import { encodeUtf8 } from "../base/text.ts";
import { plainError } from "../lowlevel/api-error.ts";
import * as h5 from "../lowlevel/h5.ts";
import * as h5d from "../lowlevel/h5d.ts";
import * as h5f from "../lowlevel/h5f.ts";
import * as h5p from "../lowlevel/h5p.ts";
import type { PropDCID } from "../lowlevel/prop-dcpl.ts";
import type { PropGCID } from "../lowlevel/prop-gcpl.ts";
import type { PropLAID, PropLCID } from "../lowlevel/prop-links.ts";
import { requireFlags } from "./argument-checks.ts";
import type { DatasetOptions } from "./create-dataset.ts";
import type { Dataset } from "./dataset.ts";
import { setLocking } from "./file-options.ts";
import type { OptionNames } from "./known-options.ts";

/** What a new group is to be. */
export interface GroupOptions {
  /** Whether links and attributes are kept in order of creation. Default `h5.getConfig().trackOrder`, which is false. */
  readonly trackOrder?: boolean;
  /**
   * Whether the group keeps its times. Default true. Only a version 2 object header has any: from `libver: "v108"` on,
   * or with `trackOrder`. C: `H5Pset_obj_track_times`.
   */
  readonly trackTimes?: boolean;
}

export const GROUP_OPTIONS: OptionNames<GroupOptions> = { trackOrder: true, trackTimes: true };

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
    ...(model.fillValueDefined() === h5d.FILL_VALUE_USER_DEFINED ? { fillvalue: fillValueOf(other) } : {}),
  };
}

/** Bytes where it is text: not all text that is read from ASCII strings is ASCII. */
function fillValueOf({ fillvalue }: Dataset): unknown {
  return typeof fillvalue === "string" ? encodeUtf8(fillvalue) : fillvalue;
}

/** How files that external links lead to are opened; what is not given is as for this file. */
export interface LinkedFileOptions {
  /** Whether they are opened for reading (`"r"`) or for writing too (`"r+"`). Default: as this file. */
  readonly elinkMode?: "r" | "r+";
  /** Whether another process may be writing to them meanwhile (`"r"`), or others read what is written (`"r+"`). Default false. */
  readonly elinkSwmr?: boolean;
  /** Whether they are locked while they are open; see `FileOptions.locking`. */
  readonly elinkLocking?: boolean | "best-effort";
}

export const LINKED_FILE_OPTIONS: OptionNames<LinkedFileOptions> = {
  elinkMode: true,
  elinkSwmr: true,
  elinkLocking: true,
};

/** @throws ValueError for a mode or locking that is none, TypeError for a flag that is none. */
export function linkAccessList(options: LinkedFileOptions): PropLAID | null {
  const { elinkMode, elinkSwmr, elinkLocking } = options;
  if (elinkMode === undefined && elinkSwmr === undefined && elinkLocking === undefined) return null;
  requireFlags(options, "elinkSwmr");
  const lapl = h5p.create(h5p.LINK_ACCESS);
  if (elinkMode !== undefined && elinkMode !== "r" && elinkMode !== "r+") {
    throw plainError("ValueError", "Invalid mode; must be one of r, r+");
  }
  if (elinkMode === "r+") lapl.setElinkAccFlags(h5f.ACC_RDWR | (elinkSwmr ? h5f.ACC_SWMR_WRITE : 0));
  else if (elinkMode === "r" || elinkSwmr) lapl.setElinkAccFlags(elinkSwmr ? h5f.ACC_SWMR_READ : h5f.ACC_RDONLY);
  if (elinkLocking !== undefined) {
    const fapl = h5p.create(h5p.FILE_ACCESS);
    setLocking(fapl, elinkLocking);
    lapl.setElinkFapl(fapl);
  }
  return lapl;
}

/** Filters as options, but for those that others are given for. h5py: `create_dataset_like`. */
export function filterOptionsLike(other: Dataset, given: DatasetOptions): DatasetOptions {
  const { compression, compressionOpts, shuffle, fletcher32, scaleoffset } = other;
  const isAnother = given.compression !== undefined && given.compression !== compression;
  return {
    shuffle,
    fletcher32,
    ...(compression === null ? {} : { compression }),
    ...(compressionOpts === null || isAnother ? {} : { compressionOpts }),
    ...(scaleoffset === null ? {} : { scaleoffset }),
  };
}

let intermediateGroups: PropLCID | undefined;

/** The one list that has groups on the way to a new link made; nobody else gets to see it. */
export function withIntermediateGroups(): PropLCID {
  if (intermediateGroups === undefined) {
    intermediateGroups = h5p.create(h5p.LINK_CREATE);
    intermediateGroups.setCreateIntermediateGroup(true);
  }
  return intermediateGroups;
}

export function groupCreationList(options: GroupOptions): PropGCID | null {
  requireFlags(options, "trackOrder", "trackTimes");
  const trackTimes = options.trackTimes ?? undefined;
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
