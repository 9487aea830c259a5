/**
 * Files that a driver keeps in several: which ones those are, and how they are opened.
 *
 * Reference implementation: H5FDfamily.c, H5FDmulti.c, H5FDonion.c.
 */
import { HDF5Error, SourceError } from "../base/errors.ts";
import type { MultiDriverInfo } from "../format/driver-info.ts";
import { FamilySource, FamilyTarget, familyMemberName } from "../io/family-source.ts";
import { type MultiMember, MultiSource, MultiTarget } from "../io/multi-source.ts";
import { isPageFault } from "../io/page-fault.ts";
import type { ByteSource, ByteTarget } from "../io/source.ts";
import { onionNameOf, onionRevision, requireOnion } from "./onion-files.ts";
import { createOnion, nextRevision, type OnionSettings } from "./onion-writing.ts";

/** Names of member files by kind of memory, and which kinds share one. */
export interface MultiLayout {
  /** As in `MultiDriverInfo`: for each kind of memory the kind, counted from 1, whose member it goes to. */
  readonly memberMapping: readonly number[];
  /** For each kind of memory the name of its member, with `%s` for the name of the whole. */
  readonly names: readonly string[];
  /** For each kind of memory the first address of its member. */
  readonly startAddresses: readonly bigint[];
}

/** A driver that needs more than one file. */
export type SpreadDriver =
  /** The file's name has a place for the members' numbers. `memberByteLength` undefined for the one in the file. */
  | { readonly kind: "family"; readonly memberByteLength: number | undefined }
  | { readonly kind: "multi"; readonly layout: MultiLayout }
  | ({ readonly kind: "onion" } & OnionSettings);

/** Opens the bytes of a name, as `FileOpener.openBytes` does. */
export type OpenBytes = (name: string, mode: "read" | "write") => ByteSource | undefined;

/**
 * Runs `use` with what opens members; those that it has opened are closed when it fails, not while something of them is still
 * to be fetched.
 */
export function openingMembers<T>(open: OpenBytes, use: (open: OpenBytes) => T): T {
  const opened: ByteSource[] = [];
  try {
    return use((name, mode) => {
      const member = open(name, mode);
      if (member !== undefined) opened.push(member);
      return member;
    });
  } catch (error) {
    if (!isPageFault(error)) for (const member of opened) member.close();
    throw error;
  }
}

const ENOENT = 2;
const MEMORY_KINDS = 6;
/** Greatest address of the C library. */
const MAX_ADDRESS = 2n ** 64n - 2n;
const LETTERS = "sbrglo";
const SUPERBLOCK = 1;
const RAW_DATA = 3;

/** One file a kind of memory: `%s-s.h5`, `%s-b.h5`, `%s-r.h5`, ... C: the defaults of `H5Pset_fapl_multi`. */
export function defaultMultiLayout(): MultiLayout {
  return {
    memberMapping: Array.from({ length: MEMORY_KINDS }, (_, i) => i + 1),
    names: [...LETTERS].map((letter) => `%s-${letter}.h5`),
    startAddresses: Array.from({ length: MEMORY_KINDS }, (_, i) => BigInt(i) * (MAX_ADDRESS / BigInt(MEMORY_KINDS))),
  };
}

/** Raw data in one file and everything else in another. C: `H5Pset_fapl_split`. */
export function splitLayout(metadataExtension = "-m.h5", rawDataExtension = "-r.h5"): MultiLayout {
  const named = (extension: string) => (extension.includes("%s") ? extension : `%s${extension}`);
  const isRaw = (kind: number) => kind === RAW_DATA || kind === RAW_DATA + 1;
  const kinds = Array.from({ length: MEMORY_KINDS }, (_, i) => i + 1);
  return {
    memberMapping: kinds.map((kind) => (isRaw(kind) ? RAW_DATA : SUPERBLOCK)),
    names: kinds.map((kind) => named(isRaw(kind) ? rawDataExtension : metadataExtension)),
    startAddresses: kinds.map((kind) => (isRaw(kind) ? MAX_ADDRESS / 2n : 0n)),
  };
}

/** A member's name. */
export function multiMemberName(pattern: string, name: string): string {
  return pattern.replaceAll("%s", () => name);
}

/** The kinds of memory that have members of their own, in the order of the driver information. */
function memberKinds({ memberMapping }: MultiLayout): number[] {
  return [...new Set(memberMapping.map((kind, i) => (kind === 0 ? i + 1 : kind)))];
}

/** Whether members are made: those of a new file are, one that exists has them. */
export type SpreadAccess = "read" | "write" | "create";

/** The members of a multi file that are there; of one to be written to, all. @throws SourceError without a superblock. */
function openMulti(name: string, layout: MultiLayout, access: SpreadAccess, open: OpenBytes): ByteSource {
  const writable = access !== "read";
  const members: MultiMember[] = [];
  for (const kind of memberKinds(layout)) {
    const member = multiMemberName(layout.names[kind - 1] as string, name);
    const source = access === "create" ? open(member, "write") : openMember(member, writable, open);
    const startAddress = layout.startAddresses[kind - 1] as bigint;
    if (startAddress === 0n || writable) required(member, source);
    if (source !== undefined) members.push({ startAddress, source });
  }
  return writable ? new MultiTarget(name, members as MultiMember<ByteTarget>[]) : new MultiSource(name, members);
}

/** What the superblock of a new file says of its members; ends are still to be known. */
export function multiDriverInfo(layout: MultiLayout): MultiDriverInfo {
  return {
    kind: "multi",
    memberMapping: layout.memberMapping,
    members: memberKinds(layout).map((kind) => ({
      startAddress: layout.startAddresses[kind - 1] as bigint,
      endAddress: 0n,
      name: layout.names[kind - 1] as string,
    })),
  };
}

/** The name of the member that every file of the driver has. */
export function firstMemberName(name: string, driver: SpreadDriver): string {
  switch (driver.kind) {
    case "family":
      return familyMemberName(name, 0);
    case "multi": {
      const { memberMapping, names } = driver.layout;
      return multiMemberName(names[(memberMapping[0] || SUPERBLOCK) - 1] as string, name);
    }
    case "onion":
      return name;
    default:
      return driver satisfies never;
  }
}

function required(name: string, source: ByteSource | undefined): ByteSource {
  if (source !== undefined) return source;
  throw new SourceError(`unable to open member file: name = '${name}'`, { path: name });
}

/** @throws HDF5Error "read-only" for what is no target. */
function target(name: string, source: ByteSource | undefined): ByteTarget {
  const found = required(name, source);
  if (isTarget(found)) return found;
  throw new HDF5Error("read-only", "the source cannot be written to", { path: name });
}

/**
 * Opens a file of a driver: all of it or, of a multi file, the member that the others are found from.
 *
 * @throws SourceError for members that are not there; HDF5Error "state" for an onion file that somebody writes to.
 */
export function openSpread(name: string, driver: SpreadDriver, access: SpreadAccess, open: OpenBytes): ByteSource {
  return openingMembers(open, (opening) => openMembers(name, driver, access, opening));
}

function openMembers(name: string, driver: SpreadDriver, access: SpreadAccess, open: OpenBytes): ByteSource {
  const writable = access !== "read";
  switch (driver.kind) {
    case "family":
      return openFamily(name, driver.memberByteLength, writable, open);
    case "multi":
      return openMulti(name, driver.layout, access, open);
    case "onion":
      return openOnion(name, driver, access, open);
    default:
      return driver satisfies never;
  }
}

/** A file and the revisions beside it: one of them, or what becomes the next. */
function openOnion(name: string, settings: OnionSettings, access: SpreadAccess, open: OpenBytes): ByteSource {
  const onionName = onionNameOf(name);
  const made = (member: string) => target(member, open(member, "write"));
  if (access === "create") return createOnion(made(name), made(onionName), settings);
  const original = open(name, "read");
  if (original === undefined) {
    throw new SourceError("unable to open canonical file (does not exist?)", { path: name, errno: ENOENT });
  }
  if (access === "read") return onionRevision(original, requireOnion(name, open(onionName, "read")), settings);
  const onion = openMember(onionName, true, open);
  return nextRevision(original, onion === undefined ? made(onionName) : target(onionName, onion), settings);
}

/** A family by its pattern; one to be written to gets members as it grows. */
export function openFamily(
  pattern: string,
  memberByteLength: number | undefined,
  writable: boolean,
  open: OpenBytes,
): ByteSource {
  if (!writable) return new FamilySource(pattern, (name) => open(name, "read"), memberByteLength);
  const existing = (name: string) => openMember(name, true, open) as ByteTarget | undefined;
  const make = (name: string): ByteTarget => {
    const made = open(name, "write");
    if (made === undefined) throw new HDF5Error("source", "unable to create member file", { path: name });
    return made as ByteTarget;
  };
  return new FamilyTarget(pattern, existing, make, memberByteLength);
}

/** A member that exists. That shows when it is opened for reading: opening for writing would make it. */
export function openMember(name: string, writable: boolean, open: OpenBytes): ByteSource | undefined {
  const found = open(name, "read");
  if (!writable || found === undefined || isTarget(found)) return found;
  found.close();
  return open(name, "write");
}

function isTarget(source: ByteSource): source is ByteTarget {
  return "write" in source;
}
