/** Options of opening and creating files, as property lists. h5py: `make_fapl`, `make_fcpl`, `make_fid`. */
import type { ExternalAccess } from "../engine/file-opener.ts";
import { MemorySource, MemoryTarget } from "../io/memory-source.ts";
import type { ByteSource } from "../io/source.ts";
import { plainError } from "../lowlevel/api-error.ts";
import { toSize } from "../lowlevel/arguments.ts";
import { FILE_ACCESS_DEFAULTS, type FileAccess } from "../lowlevel/file-access.ts";
import type { FileResolver } from "../lowlevel/file-finder.ts";
import type { FileID } from "../lowlevel/file-id.ts";
import * as h5 from "../lowlevel/h5.ts";
import * as h5f from "../lowlevel/h5f.ts";
import * as h5p from "../lowlevel/h5p.ts";
import type { PropFAID } from "../lowlevel/prop-fapl.ts";
import type { PropFCID } from "../lowlevel/prop-fcpl.ts";
import { requireArray, requireFlags, requireFunction, requireNumber, requireText } from "./argument-checks.ts";
import { type OptionNames, requireFileOptions, requireMapping } from "./known-options.ts";

/** `r` reading; `r+` reading and writing; `w` a new file in place of any; `w-`, `x` a new file only; `a` `r+`, or `x` if missing. */
export type FileMode = "r" | "r+" | "w" | "w-" | "x" | "a";

/**
 * Versions of the format, by the library version that brought them. As the oldest format, "latest" is that of 1.10, the
 * newest that all versions since read; as the newest, it sets no limit.
 */
export type LibraryVersionName = "earliest" | "v108" | "v110" | "v112" | "v114" | "v200" | "latest";

/**
 * `sec2` and `stdio` one ordinary file; `core` in memory; `family` in members of equal size; `split` raw data in a file of
 * its own; `multi` a file for each kind of memory; `onion` revisions kept beside the file. Others by `registerDriver`.
 */
export type DriverName = BuiltInDriver | (string & {});
/** The drivers that are there without `registerDriver`; see {@link DriverName}. */
export type BuiltInDriver = "sec2" | "stdio" | "core" | "family" | "split" | "multi" | "onion";

/** Settings of drivers. */
export interface DriverOptions {
  /** `core`: bytes by which the file grows in memory. Default 64 KiB. */
  readonly blockSize?: number;
  /** `core`: whether the file is saved when it is closed. Default true. */
  readonly backingStore?: boolean;
  /** `family`: bytes of each member but the last. Default 2147483647; 0 takes what an existing file says. */
  readonly membSize?: number;
  /** `split`: what follows the file's name for metadata. Default `"-m.h5"`. */
  readonly metaExt?: string;
  /** `split`: what follows the file's name for raw data. Default `"-r.h5"`. */
  readonly rawExt?: string;
  /** `onion`: 0 for the original, 1 for the first revision, and so on. Default the newest. A new one begins as this one. */
  readonly revision?: number;
  /** `onion`: bytes of a page, a power of two, where revisions begin to be kept. Default 4096. */
  readonly onionPageSize?: number;
  /** `onion`: what is noted with a new revision, up to 255 bytes. Default `""`. */
  readonly comment?: string;
  /** `onion`: whether what is no page begins at multiples of the page size, too, where revisions begin to be kept. Default false. */
  readonly pageAlignment?: boolean;
  /** `onion`: opens a file whose writer did not come to its end, as it was before that writer. Default false. */
  readonly forceWriteOpen?: boolean;
}

/** How a file is opened or created. Sizes are in bytes; what is left out has the C library's default. */
export interface FileOptions extends DriverOptions {
  /**
   * The oldest format written, or the oldest and the newest. Default `"earliest"`: each structure in the oldest form that
   * can hold it, so that every version which can read it does. What the newest format cannot hold is refused.
   */
  readonly libver?: LibraryVersionName | readonly [LibraryVersionName, LibraryVersionName];
  /** Bytes before the file's own: 0, or a power of two from 512 on. New files only. */
  readonly userblockSize?: number;
  /** Bytes of each dataset's chunk cache. Default 1 MiB. */
  readonly rdccNbytes?: number;
  /** Hash slots of the chunk cache, a prime number at best. Default 521. */
  readonly rdccNslots?: number;
  /** How much chunks that were read or written whole are evicted first, 0 to 1. Default 0.75. */
  readonly rdccW0?: number;
  /** How the bytes are kept; default `"sec2"`, one ordinary file. See {@link DriverOptions}. */
  readonly driver?: DriverName;
  /**
   * Which other files this one may lead to, by external links, external raw data, virtual datasets and references:
   * `"anywhere"` (default), `"nowhere"`, or those in a folder, `{ within: folder }`, which is not left through `..`,
   * absolute names or symbolic links.
   */
  readonly externalAccess?: ExternalAccess;
  /** Finds the other files that this one leads to, in place of the file system. */
  readonly resolver?: FileResolver;
  /** Whether the root group keeps links and attributes in order of creation. Default `h5.getConfig().trackOrder`. New files only. */
  readonly trackOrder?: boolean;
  /**
   * How space is given out and taken back: `"fsm"` (the default) keeps free space in mind while the file is open and uses it
   * again; `"page"` does so in pages of `fsPageSize` bytes; `"aggregate"` and `"none"` forget what is freed. New files only.
   */
  readonly fsStrategy?: "fsm" | "page" | "aggregate" | "none";
  /** Whether free space is kept in mind in the file from one opening to the next. Default false. With `fsStrategy` only. */
  readonly fsPersist?: boolean;
  /** Bytes of the smallest piece of free space that is kept in mind. Default 1. With `fsStrategy` only. */
  readonly fsThreshold?: number;
  /** Bytes of a page, from 512 on. Default 4096. With `fsStrategy: "page"` only. */
  readonly fsPageSize?: number;
  /**
   * Whether the root group keeps its times. Default true. Only a version 2 object header has any: from `libver: "v108"`
   * on, or with `trackOrder`. New files only. C: `H5Pset_obj_track_times`.
   */
  readonly trackTimes?: boolean;
  /**
   * Whether the file is locked against other programs while it is open: `false` not, `true` so and it is an error if that
   * cannot be had, `"best-effort"` so where it can be had. It is kept in the access list; runtimes have no way to lock a file.
   */
  readonly locking?: boolean | "best-effort";
  /**
   * Mode `r`: whether another process may be writing to the file (single writer, multiple readers). Default false. h5py: `swmr`.
   *
   * Files that such a writer has open can then be read; `Dataset.refresh` and `Dataset.follow` show what was added. A structure that
   * is half written is read again, up to 100 times. No bytes of metadata are kept but what was decoded, so that each structure costs a
   * read of its own.
   */
  readonly swmr?: boolean;
  /** Least share of metadata in the page buffer, in percent. Default 0. With `pageBufSize` only. */
  readonly minMetaKeep?: number;
  /** Least share of raw data in the page buffer, in percent. Default 0. With `pageBufSize` only. */
  readonly minRawKeep?: number;
  /** Bytes of metadata kept in whole pages; files that are not paged are refused then. Default 0, none. */
  readonly pageBufSize?: number;
  /** Pieces of at least this many bytes are aligned. Default 1. */
  readonly alignmentThreshold?: number;
  /** Bytes of which such pieces begin at a multiple. Default 1. */
  readonly alignmentInterval?: number;
  /** Bytes of the blocks that metadata is cut from. Default 2048. */
  readonly metaBlockSize?: number;
}

const STRATEGIES = new Map<string, number>([
  ["fsm", h5f.FSPACE_STRATEGY_FSM_AGGR],
  ["page", h5f.FSPACE_STRATEGY_PAGE],
  ["aggregate", h5f.FSPACE_STRATEGY_AGGR],
  ["none", h5f.FSPACE_STRATEGY_NONE],
]);

const VERSIONS = new Map<string, number>([
  ["earliest", h5f.LIBVER_EARLIEST],
  ["v108", h5f.LIBVER_V18],
  ["v110", h5f.LIBVER_V110],
  ["v112", h5f.LIBVER_V112],
  ["v114", h5f.LIBVER_V114],
  ["v200", h5f.LIBVER_V200],
  ["latest", h5f.LIBVER_LATEST],
]);

/** The name of a bound: "latest" has that of its number. */
export function versionName(bound: number): LibraryVersionName {
  for (const [name, version] of VERSIONS) if (version === bound) return name as LibraryVersionName;
  return "latest";
}

function versionOf(name: string): number {
  const version = VERSIONS.get(name);
  // h5py goes on to look the first letter up, and so complains about that.
  if (version === undefined) throw plainError("KeyError", String(name).slice(0, 1));
  return version;
}

const FLAGS = [
  "backingStore",
  "forceWriteOpen",
  "fsPersist",
  "pageAlignment",
  "swmr",
  "trackOrder",
  "trackTimes",
] as const;

export function accessList(options: FileOptions): PropFAID {
  const fapl = h5p.create(h5p.FILE_ACCESS);
  fapl.setFcloseDegree(h5f.CLOSE_STRONG);
  const { libver, rdccNbytes, rdccNslots, rdccW0 } = options;
  requireFlags(options, ...FLAGS);
  if (rdccW0 !== undefined && rdccW0 !== null) requireNumber(rdccW0);
  if (libver !== undefined) {
    if (typeof libver !== "string") requireArray(libver);
    const [low, high] = typeof libver === "string" ? [libver, "latest"] : libver;
    fapl.setLibverBounds(versionOf(low), high === "latest" ? high : versionOf(high));
  }
  const { alignmentThreshold = 1, alignmentInterval = 1, pageBufSize, metaBlockSize } = options;
  fapl.setAlignment(alignmentThreshold, alignmentInterval);
  const isBuffered = pageBufSize !== undefined && pageBufSize !== null && pageBufSize !== 0;
  if (isBuffered) fapl.setPageBufferSize(pageBufSize, options.minMetaKeep, options.minRawKeep);
  if (metaBlockSize !== undefined) fapl.setMetaBlockSize(metaBlockSize);
  const [elements, slots, byteLength, w0] = fapl.getCache();
  fapl.setCache(elements, rdccNslots ?? slots, rdccNbytes ?? byteLength, rdccW0 ?? w0);
  if (options.externalAccess !== undefined) fapl.setExternalAccess(options.externalAccess);
  if (options.resolver !== undefined) requireFunction(options.resolver);
  if (options.resolver !== undefined) fapl.setFileResolver(options.resolver);
  setLocking(fapl, options.locking);
  setDriver(fapl, options);
  return fapl;
}

/** Sets a driver in an access list. */
export type SetDriver = (fapl: PropFAID, options: FileOptions) => void;

const drivers = new Map<string, SetDriver>([
  ["sec2", (fapl) => fapl.setFaplSec2()],
  ["stdio", (fapl) => fapl.setFaplStdio()],
  ["core", (fapl, { blockSize, backingStore }) => fapl.setFaplCore(blockSize, backingStore)],
  ["family", (fapl, { membSize }) => fapl.setFaplFamily(membSize)],
  ["split", (fapl, { metaExt, rawExt }) => fapl.setFaplSplit(metaExt, rawExt)],
  ["multi", (fapl) => fapl.setFaplMulti()],
  [
    "onion",
    (fapl, { revision, onionPageSize, comment, pageAlignment, forceWriteOpen }) => {
      if (comment !== undefined) requireText(comment);
      const pageSize = onionPageSize === undefined ? undefined : toSize(onionPageSize);
      fapl.setFaplOnion({ revision, pageSize, comment, pageAlignment, forceWriteOpen });
    },
  ],
]);

const builtInDrivers: ReadonlySet<SetDriver> = new Set(drivers.values());

/** Adds a name for the option `driver`, or gives one another meaning. @throws TypeError for what is no function. h5py: `register_driver`. */
export function registerDriver(name: string, setFapl: SetDriver): void {
  requireText(name);
  requireFunction(setFapl);
  drivers.set(name, setFapl);
}

/** @throws KeyError for a name that is not there. h5py: `unregister_driver`. */
export function unregisterDriver(name: string): void {
  if (!drivers.delete(name)) throw plainError("KeyError", name);
}

/** The names that `driver` may have. h5py: `registered_drivers`. */
export function registeredDrivers(): ReadonlySet<string> {
  return new Set(drivers.keys());
}

/** Those of any driver. */
const PLAIN_OPTIONS: OptionNames<Omit<FileOptions, keyof DriverOptions>> = {
  libver: true,
  userblockSize: true,
  rdccNbytes: true,
  rdccNslots: true,
  rdccW0: true,
  driver: true,
  externalAccess: true,
  resolver: true,
  trackOrder: true,
  fsStrategy: true,
  fsPersist: true,
  fsThreshold: true,
  fsPageSize: true,
  trackTimes: true,
  locking: true,
  swmr: true,
  minMetaKeep: true,
  minRawKeep: true,
  pageBufSize: true,
  alignmentThreshold: true,
  alignmentInterval: true,
  metaBlockSize: true,
};

const DRIVER_OPTIONS: OptionNames<DriverOptions> = {
  blockSize: true,
  backingStore: true,
  membSize: true,
  metaExt: true,
  rawExt: true,
  revision: true,
  onionPageSize: true,
  comment: true,
  pageAlignment: true,
  forceWriteOpen: true,
};

const FILE_OPTIONS: OptionNames<FileOptions> = { ...PLAIN_OPTIONS, ...DRIVER_OPTIONS };

function setDriver(fapl: PropFAID, options: FileOptions): void {
  const { driver } = options;
  const set = driver === undefined ? undefined : drivers.get(driver);
  if (driver !== undefined && set === undefined)
    throw plainError("ValueError", `Unknown driver type "${String(driver)}"`);
  // A driver of the program's own may have options of its own.
  if (set === undefined || builtInDrivers.has(set)) {
    requireFileOptions(options, driver === undefined ? PLAIN_OPTIONS : FILE_OPTIONS);
  }
  set?.(fapl, options);
}

export function setLocking(fapl: PropFAID, locking: FileOptions["locking"]): void {
  if (locking === "best-effort") fapl.setFileLocking(true, true);
  else if (typeof locking === "boolean") fapl.setFileLocking(locking, false);
  else if (locking !== undefined) throw plainError("ValueError", `Unsupported locking value: ${String(locking)}`);
}

function setStrategy(fcpl: PropFCID, { fsStrategy, fsPersist, fsThreshold, fsPageSize }: FileOptions): void {
  if (fsStrategy === undefined) return;
  const strategy = STRATEGIES.get(fsStrategy);
  if (strategy === undefined) throw plainError("ValueError", "Invalid file space strategy type");
  fcpl.setFileSpaceStrategy(strategy, fsPersist ?? false, fsThreshold ?? 1);
  if (fsPageSize !== undefined && fsStrategy === "page") fcpl.setFileSpacePageSize(fsPageSize);
}

function creationList(options: FileOptions): PropFCID {
  const { userblockSize, trackTimes } = options;
  const trackOrder = options.trackOrder ?? h5.getConfig().trackOrder;
  const fcpl = h5p.create(h5p.FILE_CREATE);
  if (userblockSize !== undefined) fcpl.setUserblock(userblockSize);
  setStrategy(fcpl, options);
  if (trackTimes !== undefined && trackTimes !== null) fcpl.setObjTrackTimes(trackTimes);
  if (trackOrder) {
    fcpl.setLinkCreationOrder(h5p.CRT_ORDER_TRACKED | h5p.CRT_ORDER_INDEXED);
    fcpl.setAttrCreationOrder(h5p.CRT_ORDER_TRACKED | h5p.CRT_ORDER_INDEXED);
  }
  return fcpl;
}

function fileName(name: Uint8Array | ByteSource, mode: FileMode): h5f.FileName {
  if (name instanceof Uint8Array) {
    if (mode === "r") return new MemorySource(name);
    return mode === "r+" || mode === "a" ? new MemoryTarget(name) : new MemoryTarget();
  }
  if (typeof name === "object" && name !== null && "readInto" in name) return name;
  throw plainError("TypeError", `expected str, bytes or a source of bytes, not ${typeof name}`);
}

/** The values of {@link accessList} without options: most files are opened so, and most of a list's time is its first use. */
export const USUAL_ACCESS: FileAccess = { ...FILE_ACCESS_DEFAULTS, closeDegree: h5f.CLOSE_STRONG };

function hasAny(options: object): boolean {
  for (const _ in options) return true;
  return false;
}

/** Opens or creates a file in one of h5py's modes. */
export function openInMode(given: string | Uint8Array | ByteSource, mode: FileMode, options: FileOptions): FileID {
  requireMapping(options);
  const name = typeof given === "string" ? given : fileName(given, mode);
  const isUsual = mode === "r" && !hasAny(options);
  return isUsual ? h5f.openReadOnly(name, USUAL_ACCESS) : openWithOptions(name, mode, options);
}

function openWithOptions(name: h5f.FileName, mode: FileMode, options: FileOptions): FileID {
  const { userblockSize } = options;
  if (userblockSize !== undefined && (mode === "r" || mode === "r+")) {
    throw plainError("ValueError", "User block may only be specified when creating a file");
  }
  if (options.fsStrategy !== undefined && mode !== "w" && mode !== "w-" && mode !== "x") {
    throw plainError("ValueError", "Unable to set file space strategy of an existing file");
  }
  const fapl = accessList(options);
  const create = (flags: number) => h5f.create(name, { flags, fcpl: creationList(options), fapl });
  switch (mode) {
    case "r":
      return h5f.open(name, options.swmr ? h5f.ACC_RDONLY | h5f.ACC_SWMR_READ : h5f.ACC_RDONLY, fapl);
    case "r+":
      return h5f.open(name, h5f.ACC_RDWR, fapl);
    case "w":
      return create(h5f.ACC_TRUNC);
    case "w-":
    case "x":
      return create(h5f.ACC_EXCL);
    case "a":
      return checkUserBlock(
        openOrCreate(name, fapl, () => create(h5f.ACC_EXCL)),
        userblockSize,
      );
    default:
      throw plainError("ValueError", "Invalid mode; must be one of r, r+, w, w-, x, a");
  }
}

function openOrCreate(name: h5f.FileName, fapl: PropFAID, create: () => FileID): FileID {
  try {
    return h5f.open(name, h5f.ACC_RDWR, fapl);
  } catch (error) {
    if (error instanceof Error && error.name === "FileNotFoundError") return create();
    throw error;
  }
}

function checkUserBlock(id: FileID, wanted: number | undefined): FileID {
  const found = id.getCreatePlist().getUserblock();
  if (wanted === undefined || wanted === found) return id;
  id.close();
  const text = `Requested userblock size (${wanted}) does not match that of existing file (${found})`;
  throw plainError("ValueError", text);
}
