/**
 * File space info message (0x0017) of the superblock extension.
 *
 * Specification: IV.A.2.x, "The File Space Info Message". Reference implementation: H5Ofsinfo.c. DIFF: the page size has
 * Size of Lengths bytes, not 4. Version 0 was written by HDF5 1.10.0 alone.
 *
 * | field                        | version 0                            | version 1                     |
 * | ---------------------------- | ------------------------------------ | ----------------------------- |
 * | Version                      | 1                                    | 1                             |
 * | Strategy                     | 1                                    | 1                             |
 * | Persisting Free-space        |                                      | 1                             |
 * | Free-space Section Threshold | Size of Lengths                      | Size of Lengths               |
 * | File Space Page Size         |                                      | Size of Lengths               |
 * | Page-end Metadata Threshold  |                                      | 2                             |
 * | EOA                          |                                      | Size of Offsets               |
 * | Free-space Manager Addresses | Size of Offsets, 6 if strategy is 1  | Size of Offsets, 12 if persisting |
 */
import { type Address, type FileWidths, UNDEFINED_ADDRESS } from "../base/address.ts";
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";

/** What is allocated, in the order of the managers' addresses. C: `H5FD_mem_t`. */
export const FREE_SPACE_KINDS = ["super", "b-tree", "draw", "global-heap", "local-heap", "object-header"] as const;

/** C: `H5F_fspace_strategy_t`. */
export type FileSpaceStrategy = "free-space-managers" | "page" | "aggregators" | "none";

/** C: `H5F_file_space_type_t` of 1.10.0. */
export type FileSpaceStrategyV0 = "all-persist" | "all" | "aggregators" | "none";

/** Version 0, of HDF5 1.10.0 alone. */
export interface FileSpaceInfoV0 {
  readonly version: 0;
  /** How space is given out, in that version's words. */
  readonly strategy: FileSpaceStrategyV0;
  /** Bytes of the smallest free section that is remembered. */
  readonly threshold: number;
  /** One address for each of {@link FREE_SPACE_KINDS} with strategy "all-persist", else empty. */
  readonly managerAddresses: readonly Address[];
}

/** Version 1. Specification: IV.A.2.x, "The File Space Info Message". */
export interface FileSpaceInfoV1 {
  readonly version: 1;
  /** How space is given out. */
  readonly strategy: FileSpaceStrategy;
  /** Whether free space is kept in mind when the file is closed. */
  readonly persist: boolean;
  /** Bytes of the smallest free section that is remembered. */
  readonly threshold: number;
  /** Bytes. */
  readonly pageSize: number;
  /** Bytes at the end of a page that are not worth remembering. */
  readonly pageEndThreshold: number;
  /** End of allocation before the managers' own space was allocated. */
  readonly endOfAllocation: Address;
  /** One address for each of {@link FREE_SPACE_KINDS} when persisting, else empty. */
  readonly smallManagerAddresses: readonly Address[];
  /** The same for pieces of a page and more. */
  readonly largeManagerAddresses: readonly Address[];
}

/** How a file gives out its space. */
export type FileSpaceInfo = FileSpaceInfoV0 | FileSpaceInfoV1;

const STRATEGIES = ["free-space-managers", "page", "aggregators", "none"] as const;
/** Numbered from 1. */
const STRATEGIES_V0 = ["all-persist", "all", "aggregators", "none"] as const;

const KINDS = FREE_SPACE_KINDS.length;

/** C: `H5F_FILE_SPACE_PAGE_SIZE_DEF`. */
const DEFAULT_PAGE_SIZE = 4096;
/** C: `H5F_FREE_SPACE_THRESHOLD_DEF`. */
const DEFAULT_THRESHOLD = 1;

export function sizeOfFileSpaceInfo(info: FileSpaceInfo, widths: FileWidths): number {
  const { sizeOfOffsets, sizeOfLengths } = widths;
  if (info.version === 0) return 2 + sizeOfLengths + info.managerAddresses.length * sizeOfOffsets;
  const managers = info.smallManagerAddresses.length + info.largeManagerAddresses.length;
  return 3 + 2 * sizeOfLengths + 2 + (1 + managers) * sizeOfOffsets;
}

export function decodeFileSpaceInfo(cursor: Cursor): FileSpaceInfo {
  return cursor.version([0, 1]) === 0 ? decodeVersion0(cursor) : decodeVersion1(cursor);
}

function decodeVersion0(cursor: Cursor): FileSpaceInfoV0 {
  const strategy = cursor.oneOf(STRATEGIES_V0, "Strategy", cursor.u8("Strategy"), 1);
  const threshold = cursor.finiteLength("Free-space Section Threshold");
  const managerAddresses = strategy === "all-persist" ? decodeManagers(cursor) : [];
  return { version: 0, strategy, threshold, managerAddresses };
}

function decodeVersion1(cursor: Cursor): FileSpaceInfoV1 {
  const strategy = cursor.oneOf(STRATEGIES, "Strategy");
  const persist = cursor.u8("Persisting Free-space") !== 0;
  const threshold = cursor.finiteLength("Free-space Section Threshold");
  const pageSize = cursor.finiteLength("File Space Page Size");
  const pageEndThreshold = cursor.u16("Page-end Metadata Threshold");
  const endOfAllocation = cursor.addressValue("EOA");
  const smallManagerAddresses = persist ? decodeManagers(cursor) : [];
  const largeManagerAddresses = persist ? decodeManagers(cursor) : [];
  return {
    version: 1,
    strategy,
    persist,
    threshold,
    pageSize,
    pageEndThreshold,
    endOfAllocation,
    smallManagerAddresses,
    largeManagerAddresses,
  };
}

function decodeManagers(cursor: Cursor): readonly Address[] {
  const addresses: Address[] = [];
  for (const kind of FREE_SPACE_KINDS) addresses.push(cursor.addressValue(`Free-space Manager Address, ${kind}`));
  return addresses;
}

/** @throws RangeError when the managers' addresses are not as many as the settings ask for. */
export function encodeFileSpaceInfo(writer: Writer, info: FileSpaceInfo): void {
  writer.u8(info.version);
  if (info.version === 0) {
    writer.u8(STRATEGIES_V0.indexOf(info.strategy) + 1).lengthValue(info.threshold);
    encodeManagers(writer, info.managerAddresses, info.strategy === "all-persist");
    return;
  }
  writer.u8(STRATEGIES.indexOf(info.strategy)).u8(info.persist ? 1 : 0);
  writer.lengthValue(info.threshold).lengthValue(info.pageSize).u16(info.pageEndThreshold);
  writer.addressValue(info.endOfAllocation);
  encodeManagers(writer, info.smallManagerAddresses, info.persist);
  encodeManagers(writer, info.largeManagerAddresses, info.persist);
}

function encodeManagers(writer: Writer, addresses: readonly Address[], persist: boolean): void {
  const expected = persist ? KINDS : 0;
  if (addresses.length !== expected) {
    throw new RangeError(`${addresses.length} addresses of free-space managers, expected ${expected}`);
  }
  for (const address of addresses) writer.addressValue(address);
}

/**
 * The settings of version 0 in terms of version 1, as the C library reads them.
 *
 * @param endOfAllocation - The file's end of allocated space now, which version 0 does not tell.
 */
export function upgradeFileSpaceInfo(info: FileSpaceInfo, endOfAllocation: Address): FileSpaceInfoV1 {
  if (info.version === 1) return info;
  const persist = info.strategy === "all-persist";
  const managed = persist || info.strategy === "all";
  return {
    version: 1,
    strategy: info.strategy === "all-persist" || info.strategy === "all" ? "free-space-managers" : info.strategy,
    persist,
    threshold: managed ? info.threshold : DEFAULT_THRESHOLD,
    pageSize: DEFAULT_PAGE_SIZE,
    pageEndThreshold: 0,
    endOfAllocation: persist ? endOfAllocation : UNDEFINED_ADDRESS,
    smallManagerAddresses: info.managerAddresses,
    largeManagerAddresses: persist ? new Array<Address>(KINDS).fill(UNDEFINED_ADDRESS) : [],
  };
}
