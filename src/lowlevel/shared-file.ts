/** One file as the process has it open, however many times. Reference implementation: H5F.c, `H5F_open`. */
import type { H5File } from "../engine/h5-file.ts";
import type { ByteSource } from "../io/source.ts";
import { plainError } from "./api-error.ts";
import type { FileAccess } from "./file-access.ts";
import type { LocationID } from "./location-id.ts";
import type { OpenFile } from "./open-file.ts";

/** Access flags of `h5f.open`: for reading, for writing too. C: `H5F_ACC_…`. */
export const ACC_RDONLY = 0x00;
export const ACC_RDWR = 0x01;
/** To write so that others can read meanwhile. C: `H5F_ACC_SWMR_WRITE`. */
export const ACC_SWMR_WRITE = 0x20;
/** To read a file that another process may be writing to. C: `H5F_ACC_SWMR_READ`. */
export const ACC_SWMR_READ = 0x40;

let nextNumber = 1;

export interface SharedFileDetails {
  readonly source: ByteSource;
  readonly identity: string;
  readonly name: string;
  readonly flags: number;
  readonly access: FileAccess;
}

/** One file, however many times it is open. */
export class SharedFile {
  readonly number = nextNumber++;
  readonly engine: H5File;
  readonly source: ByteSource;
  /** Equal for equal files of the operating system; "" for bytes. */
  readonly identity: string;
  /** The name it was first opened by. */
  readonly name: string;
  /** `h5f.ACC_…` bits it is open with. */
  readonly flags: number;
  /** How it is accessed: as it was first opened, or as was set since. */
  access: FileAccess;
  readonly openings = new Set<OpenFile>();
  /** Files with virtual datasets that have their sources here. */
  readonly keepers = new Set<SharedFile>();
  /** Files of external links that stay open, the one used last at the end. C: `H5Pset_elink_file_cache_size`. */
  private readonly linked = new Set<SharedFile>();
  /** Files, open for writing, that links and virtual datasets led to from here. */
  private readonly reached = new Set<SharedFile>();
  /** Runs once everything is in the source and that is closed: saves a file in memory to where it came from. */
  afterClose: (() => void) | undefined;

  constructor(engine: H5File, details: SharedFileDetails) {
    this.engine = engine;
    this.source = details.source;
    this.identity = details.identity;
    this.name = details.name;
    this.flags = details.flags;
    this.access = details.access;
    everyFile.add(this);
  }

  /** Every identifier of every opening that keeps its object open: in a file open for writing, all of them. */
  *identifiers(): Generator<LocationID> {
    for (const opening of this.openings) yield* opening.identifiers();
  }

  /** Whether an attribute may be open. */
  get hasAttributes(): boolean {
    for (const opening of this.openings) if (opening.hasAttributes) return true;
    return false;
  }

  /** A link was renamed or (`to` null) taken out: the paths of open objects at and below it follow. */
  renamePaths(from: string, to: string | null): void {
    for (const opening of this.openings) opening.renamePaths(from, to);
  }

  /** Whether there is a light identifier of the object at an address, whose settings would hold for it. */
  hasLightAt(address: number): boolean {
    for (const opening of this.openings) {
      for (const state of opening.lightStates()) {
        if (state.address === address && state.attributeName === undefined) return true;
      }
    }
    return false;
  }

  closeWithLast(opening: OpenFile): void {
    this.openings.delete(opening);
    if (!this.isUsed) this.close();
  }

  /** Keeps a file open that a link led to, and closes those that were not used for longest and that nobody else uses. */
  keepLinked(other: SharedFile, most: number): void {
    if (most === 0 || other === this) return;
    this.linked.delete(other);
    this.linked.add(other);
    other.keepers.add(this);
    for (const oldest of this.linked) {
      if (this.linked.size <= most) return;
      this.linked.delete(oldest);
      oldest.keepers.delete(this);
      if (!oldest.isUsed) oldest.close();
    }
  }

  /** A link or a virtual dataset led to another file. */
  reach(other: SharedFile): void {
    if (other !== this && other.engine.writable) this.reached.add(other);
  }

  /** Lets go of them all. C: `H5Fclear_elink_file_cache`. */
  releaseLinked(): void {
    for (const other of this.linked) other.keepers.delete(this);
    this.linked.clear();
  }

  /** Whether another process may be writing to it: all handles of an object see it as it was when one was refreshed. */
  get isChanging(): boolean {
    return (this.flags & ACC_SWMR_READ) !== 0;
  }

  /** Whether someone has the file open, or needs it for a file that is. */
  get isUsed(): boolean {
    return this.openings.size > 0 || this.keepers.size > 0;
  }

  close(): void {
    everyFile.delete(this);
    try {
      this.engine.close();
    } finally {
      for (const other of everyFile) {
        other.keepers.delete(this);
        other.reached.delete(this);
      }
      this.afterClose?.();
    }
    this.leaveReached();
  }

  /**
   * What was changed in other files by way of this one is in them, too: whoever has closed this one may not know of them, and
   * handles that are still held would keep them open, their changes unwritten, to the end of the process. One that cannot be
   * written does not keep the others from it.
   */
  private leaveReached(): void {
    const failures: unknown[] = [];
    for (const other of this.reached) {
      try {
        if (other.isUsed) other.engine.flush();
        else other.close();
      } catch (error) {
        failures.push(error);
      }
    }
    this.reached.clear();
    if (failures.length > 0) throw failures[0];
  }
}

const everyFile = new Set<SharedFile>();

/** The open file of this identity, if the process has it open. */
export function findSharedFile(identity: string): SharedFile | undefined {
  if (identity === "") return undefined;
  for (const shared of everyFile) if (shared.identity === identity) return shared;
  return undefined;
}

/** Whether the process has a file open, or a revision of it, whose identity goes on behind a colon. */
export function isOpen(identity: string): boolean {
  if (identity === "") return false;
  const revisions = `${identity}:`;
  for (const shared of everyFile) {
    if (shared.identity === identity || shared.identity.startsWith(revisions)) return true;
  }
  return false;
}

/** The open file that an engine file belongs to. */
export function sharedFileOf(engine: H5File): SharedFile {
  for (const shared of everyFile) if (shared.engine === engine) return shared;
  throw plainError("RuntimeError", "an object of a file that is not open");
}

/** Closes files that were opened to follow a link and that nobody uses (any more). */
export function closeUnused(): void {
  for (const shared of everyFile) {
    for (const opening of shared.openings) opening.closeIfUnused();
    if (!shared.isUsed) shared.close();
  }
}

/** Every file the process has open. */
export function openSharedFiles(): readonly SharedFile[] {
  return [...everyFile];
}
