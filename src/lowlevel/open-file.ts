/**
 * Files as the process has them open.
 *
 * Whoever opens a file that is open already shares it: one engine file, so that all see one another's changes. What each
 * opening has for itself, its identifiers and how it closes, is an `OpenFile`. Reference implementation: H5F.c, `H5F_open`.
 */
import type { EngineObject } from "../engine/engine-object.ts";
import type { H5File } from "../engine/h5-file.ts";
import type { ByteSource } from "../io/source.ts";
import { plainError } from "./api-error.ts";
import type { LocationID, PlacedState } from "./location-id.ts";
import { unpinEnded } from "./object-id.ts";
import type { FileAccess } from "./prop-fapl.ts";

/** What closing a file does to objects that are open. C: `H5F_close_degree_t`. */
export const CLOSE_DEFAULT = 0;
export const CLOSE_WEAK = 1;
export const CLOSE_SEMI = 2;
export const CLOSE_STRONG = 3;

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

  /** A link was renamed or (`to` null) taken out: the paths of open objects at and below it follow. */
  renamePaths(from: string, to: string | null): void {
    for (const opening of this.openings) {
      for (const id of opening.identifiers()) {
        const path = id.pathInFile();
        if (path === from) id.renamePath(to);
        else if (path?.startsWith(`${from}/`)) id.renamePath(to === null ? null : to + path.slice(from.length));
      }
    }
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
      for (const other of everyFile) other.keepers.delete(this);
      this.afterClose?.();
    }
  }
}

const everyFile = new Set<SharedFile>();

/** The open file of this identity, if the process has it open. */
export function findSharedFile(identity: string): SharedFile | undefined {
  if (identity === "") return undefined;
  for (const shared of everyFile) if (shared.identity === identity) return shared;
  return undefined;
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

interface Collected {
  readonly file: OpenFile;
  readonly object: EngineObject;
  readonly reference: WeakRef<LocationID>;
}

/** Handles that were dropped without being closed let go of their objects, as in h5py. */
const collected = new FinalizationRegistry<Collected>(({ file, object, reference }) => file.collect(object, reference));

/** So many light identifiers are watched before those of dropped handles are looked for. */
const LEAST_SWEPT = 1024;

/** One opening of a file, with the identifiers that came from it. */
export class OpenFile {
  readonly shared: SharedFile;
  /** The name it was opened by. */
  readonly name: string;
  readonly closeDegree: number;
  /**
   * Whether identifiers of objects are light: nothing changes in the file, and open objects do not keep it open. So
   * handles need not keep their objects open, and nobody has to be told when one is dropped.
   */
  readonly isLight: boolean;
  /** Whether closing the file ends its objects. */
  readonly endsObjects: boolean;
  private readonly references = new Map<WeakRef<LocationID>, "file" | "object">();
  /**
   * Handles of objects since the last turn of the event loop. They would be in memory until then though they were held
   * weakly, and many are closed before, by themselves or with their file: they never get a reference.
   */
  private readonly young = new Map<LocationID, EngineObject>();
  /** Of light identifiers. */
  private readonly watched = new Set<WeakRef<PlacedState>>();
  private sweepAt = LEAST_SWEPT;
  private fileIds = 0;
  private ended = false;
  private isClosed = false;
  /** What went wrong while a dropped handle let go; thrown by the next flush or close. */
  private deferredError: { readonly error: unknown } | undefined;

  constructor(shared: SharedFile, name: string, closeDegree: number) {
    this.shared = shared;
    this.name = name;
    this.closeDegree = closeDegree;
    this.endsObjects = closeDegree === CLOSE_DEFAULT || closeDegree === CLOSE_STRONG;
    this.isLight = this.endsObjects && !shared.engine.writable && !shared.isChanging;
    shared.openings.add(this);
  }

  get number(): number {
    return this.shared.number;
  }

  get engine(): H5File {
    return this.shared.engine;
  }

  get closed(): boolean {
    return this.isClosed;
  }

  /** Whether the file was closed and its objects with it. */
  get objectsEnded(): boolean {
    return this.ended;
  }

  /**
   * Keeps the engine's object open for a handle.
   *
   * @param isListed - Whether the identifier is known by another handle.
   * @returns The object that all who do so share.
   */
  hold<O extends EngineObject>(id: LocationID, object: O, isListed: boolean): O {
    const held = this.engine.acquire(object);
    if (isListed) {
      this.refer(id, held);
    } else {
      if (this.young.size === 0) void Promise.resolve().then(() => this.referToYoung());
      this.young.set(id, held);
    }
    return held;
  }

  /** From now on the handle may be dropped. */
  private refer(id: LocationID, object: EngineObject): WeakRef<LocationID> {
    const reference = new WeakRef(id);
    id.fileReference = reference;
    collected.register(id, { file: this, object, reference }, id);
    return reference;
  }

  private referToYoung(): void {
    for (const [id, object] of this.young) this.references.set(this.refer(id, object), "object");
    this.young.clear();
  }

  /** Says that an identifier is one of the file itself, which keeps it open. */
  adoptFileId(id: LocationID): void {
    this.referToYoung();
    const { fileReference } = id;
    if (fileReference !== undefined) this.references.set(fileReference, "file");
    this.fileIds++;
  }

  letGo(id: LocationID, object: EngineObject): void {
    if (!this.young.delete(id)) {
      const { fileReference } = id;
      if (fileReference !== undefined) this.references.delete(fileReference);
      collected.unregister(id);
    }
    if (!this.engine.closed) this.engine.release(object);
    this.closeIfUnused();
  }

  /** Gets to know a light identifier. */
  watch(state: PlacedState): void {
    const reference = new WeakRef(state);
    state.reference = reference;
    this.watched.add(reference);
    if (this.watched.size >= this.sweepAt) this.sweep();
  }

  /** An identifier is light no more. @returns Whether it was until now. */
  unwatch({ reference }: PlacedState): boolean {
    return reference !== undefined && this.watched.delete(reference);
  }

  /** A light identifier was closed. */
  dropLight(state: PlacedState, object: EngineObject): void {
    this.unwatch(state);
    if (this.engine.closed || this.engine.isHeld(object)) return;
    object.closed();
    this.engine.evictClosed(object);
  }

  private sweep(): void {
    for (const reference of this.watched) if (reference.deref() === undefined) this.watched.delete(reference);
    this.sweepAt = Math.max(LEAST_SWEPT, 2 * this.watched.size);
  }

  /** Light identifiers whose handles have not been dropped. */
  *lightStates(): Generator<PlacedState> {
    if (this.ended) return;
    for (const reference of this.watched) {
      const state = reference.deref();
      if (state !== undefined && state.references > 0) yield state;
    }
  }

  /** The same for an identifier that is gone. */
  collect(object: EngineObject, reference: WeakRef<LocationID>): void {
    if (this.references.get(reference) === "file") return;
    this.references.delete(reference);
    if (this.engine.closed) return;
    try {
      this.engine.release(object);
      this.closeIfUnused();
    } catch (error) {
      this.deferredError ??= { error };
    }
  }

  /** @throws what went wrong behind the caller's back. */
  throwDeferred(): void {
    const deferred = this.deferredError;
    this.deferredError = undefined;
    if (deferred !== undefined) throw deferred.error;
  }

  /** Valid identifiers that are not light, those of the file included. */
  *identifiers(): Generator<LocationID> {
    for (const reference of [...this.references.keys()]) {
      const id = reference.deref();
      if (id?.valid) yield id;
    }
    for (const id of [...this.young.keys()]) if (id.valid) yield id;
  }

  private get hasObjects(): boolean {
    for (const id of this.young.keys()) if (id.valid) return true;
    for (const [reference, kind] of this.references) if (kind === "object" && reference.deref()?.valid) return true;
    return false;
  }

  /** Whether closing one more identifier of the file would have to be refused. C: `H5F_CLOSE_SEMI`. */
  get mustStayOpen(): boolean {
    return this.closeDegree === CLOSE_SEMI && this.fileIds === 1 && this.hasObjects;
  }

  /** An identifier of the file was closed; with the last one the file closes, unless objects may keep it open. */
  fileIdClosed(): void {
    this.fileIds--;
    if (this.fileIds > 0) return;
    if (this.closeDegree !== CLOSE_WEAK) {
      // What nobody else has open and holds nothing back needs no farewell.
      const isLast = this.shared.openings.size === 1 && this.shared.keepers.size === 0;
      for (const id of this.identifiers()) if (!isLast || !id.holdsNothing) this.attempt(() => id.invalidate());
      this.ended = true;
      this.watched.clear();
      this.young.clear();
      unpinEnded();
    }
    this.closeIfUnused();
  }

  /** What fails on the way must not keep the file open. */
  private attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.deferredError ??= { error };
    }
  }

  /** Closes when neither an identifier of the file nor of an object in it is left. */
  closeIfUnused(): void {
    if (this.isClosed || this.fileIds > 0 || this.hasObjects) return;
    this.isClosed = true;
    this.shared.closeWithLast(this);
    this.throwDeferred();
  }
}
