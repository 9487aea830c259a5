/**
 * Group info message (0x000A): a new-style group's settings that are not the library's defaults.
 *
 * Specification: IV.A.2.k, "The Group Info Message". Reference implementation: H5Oginfo.c.
 *
 * | field                             | bytes                                      |
 * | --------------------------------- | ------------------------------------------ |
 * | Version                           | 1, here 0                                  |
 * | Flags                             | 1: bit 0 phase change, bit 1 estimates     |
 * | Link Phase Change: Maximum Compact | 2, if flag 0                              |
 * | Link Phase Change: Minimum Dense  | 2, if flag 0                               |
 * | Estimated Number of Entries       | 2, if flag 1                               |
 * | Estimated Link Name Length        | 2, if flag 1                               |
 */
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";

/** Settings of a new-style group. Specification: IV.A.2.k, "The Group Info Message". */
export interface GroupInfo {
  /** More links than `maximumCompact` go dense, fewer than `minimumDense` go back. Absent: 8 and 6. */
  readonly linkPhaseChange: { readonly maximumCompact: number; readonly minimumDense: number } | undefined;
  /** Expected entries and bytes of a name, for the first size of the header. Absent: 4 and 8. */
  readonly estimates: { readonly entries: number; readonly nameByteLength: number } | undefined;
}

/** What holds where the message stores nothing. C: `H5G_CRT_*_DEF`. */
export const DEFAULT_LINK_PHASE_CHANGE = { maximumCompact: 8, minimumDense: 6 } as const;
/** What counts where the message says nothing. */
export const DEFAULT_GROUP_ESTIMATES = { entries: 4, nameByteLength: 8 } as const;

const VERSION = 0;
const PHASE_CHANGE = 0x01;
const ESTIMATES = 0x02;
const ALL_FLAGS = 0x03;

export function sizeOfGroupInfo(info: GroupInfo): number {
  return 2 + (info.linkPhaseChange === undefined ? 0 : 4) + (info.estimates === undefined ? 0 : 4);
}

export function decodeGroupInfo(cursor: Cursor): GroupInfo {
  cursor.version([VERSION]);
  const flags = cursor.flags(ALL_FLAGS);
  let linkPhaseChange: GroupInfo["linkPhaseChange"];
  if ((flags & PHASE_CHANGE) !== 0) {
    const maximumCompact = cursor.u16("Link Phase Change: Maximum Compact Value");
    linkPhaseChange = { maximumCompact, minimumDense: cursor.u16("Link Phase Change: Minimum Dense Value") };
  }
  let estimates: GroupInfo["estimates"];
  if ((flags & ESTIMATES) !== 0) {
    const entries = cursor.u16("Estimated Number of Entries");
    estimates = { entries, nameByteLength: cursor.u16("Estimated Link Name Length of Entries") };
  }
  return { linkPhaseChange, estimates };
}

export function encodeGroupInfo(writer: Writer, info: GroupInfo): void {
  const { linkPhaseChange, estimates } = info;
  const flags = (linkPhaseChange === undefined ? 0 : PHASE_CHANGE) | (estimates === undefined ? 0 : ESTIMATES);
  writer.u8(VERSION).u8(flags);
  if (linkPhaseChange !== undefined) writer.u16(linkPhaseChange.maximumCompact).u16(linkPhaseChange.minimumDense);
  if (estimates !== undefined) writer.u16(estimates.entries).u16(estimates.nameByteLength);
}
