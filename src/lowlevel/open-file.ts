/**
 * Openings of files.
 *
 * Whoever opens a file that is open already shares it: one engine file, so that all see one another's changes. What each
 * opening has for itself, its identifiers and how it closes, is an `OpenFile`. Reference implementation: H5F.c, `H5F_open`.
 */
import type { DatasetObject } from "../engine/dataset-object.ts";
import type { EngineObject } from "../engine/engine-object.ts";
import type { H5File } from "../engine/h5-file.ts";
import type { Selection } from "../engine/selection/selection.ts";
import type { Dataspace } from "../format/dataspace.ts";
import type { ByteSource } from "../io/source.ts";
import type { FileAccess } from "./file-access.ts";
import { KnownPaths } from "./known-paths.ts";
import type { LocationID, Place, PlacedState } from "./location-id.ts";
import { ID_TYPE, unpinEnded } from "./object-id.ts";
import type { DatasetAccessRequest, OpenObject, OpenRoot, PlaceFile } from "./open-object.ts";
import { ACC_RDWR, ACC_SWMR_READ, ACC_SWMR_WRITE, closeUnused, type SharedFile, sharedFileOf } from "./shared-file.ts";
import type { SpaceID } from "./space-id.ts";
import { YoungIds } from "./young-ids.ts";

/** What closing a file does to objects that are open. C: `H5F_close_degree_t`. */
export const CLOSE_DEFAULT = 0;
export const CLOSE_WEAK = 1;
export const CLOSE_SEMI = 2;
export const CLOSE_STRONG = 3;

interface Collected {
  readonly file: OpenFile;
  readonly object: EngineObject;
  readonly reference: WeakRef<LocationID>;
  readonly isAttribute: boolean;
}

/** Handles that were dropped without being closed let go of their objects, as in h5py. */
const collected = new FinalizationRegistry<Collected>((gone) => gone.file.collect(gone));

/** So many light identifiers are watched before those of dropped handles are looked for. */
const LEAST_SWEPT = 1024;

/** Turns of the queue of promises before handles get references: the event loop does not turn meanwhile. */
const YOUNG_TURNS = 8;

/** Makes the identifiers of objects in a file. */
export interface IdMaker {
  file(opening: OpenFile): OpenRoot;
  object(place: Place): OpenObject;
  dataset(place: Place<DatasetObject>, request: DatasetAccessRequest): OpenObject<DatasetObject>;
  space(extent: Dataspace, selection: Selection): SpaceID;
}

/** One opening of a file, with the identifiers that came from it. */
export class OpenFile implements PlaceFile {
  readonly shared: SharedFile;
  private readonly ids: IdMaker;
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
  private readonly young = new YoungIds<LocationID>();
  /** Of light identifiers. */
  private readonly watched = new Set<WeakRef<PlacedState>>();
  private sweepAt = LEAST_SWEPT;
  private readonly paths = new KnownPaths<LocationID>();
  private attributeIds = 0;
  private fileIds = 0;
  /** Whether the file was closed and its objects with it. */
  objectsEnded = false;
  private isClosed = false;
  /** What went wrong while a dropped handle let go; thrown by the next flush or close. */
  private deferredError: { readonly error: unknown } | undefined;

  constructor(shared: SharedFile, name: string, closeDegree: number, ids: IdMaker) {
    this.shared = shared;
    this.name = name;
    this.ids = ids;
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

  get source(): ByteSource {
    return this.shared.source;
  }

  get access(): FileAccess {
    return this.shared.access;
  }

  get intent(): number {
    const { shared, engine } = this;
    if (!engine.writable) return shared.flags & ACC_SWMR_READ;
    return engine.isSwmrWriting ? ACC_RDWR | ACC_SWMR_WRITE : ACC_RDWR;
  }

  closeUnused(): void {
    closeUnused();
  }

  another(engine: H5File): OpenFile {
    const shared = sharedFileOf(engine);
    return new OpenFile(shared, shared.name, CLOSE_WEAK, this.ids);
  }

  /** One more opening of the file, with identifiers of its own. */
  again(): OpenFile {
    return new OpenFile(this.shared, this.name, this.closeDegree, this.ids);
  }

  root(): OpenRoot {
    return this.ids.file(this);
  }

  handleOf(place: Place): OpenObject {
    return this.ids.object(place);
  }

  datasetHandle(place: Place<DatasetObject>, request: DatasetAccessRequest): OpenObject<DatasetObject> {
    return this.ids.dataset(place, request);
  }

  spaceOf(extent: Dataspace, selection: Selection): SpaceID {
    return this.ids.space(extent, selection);
  }

  get closed(): boolean {
    return this.isClosed;
  }

  /**
   * Keeps the engine's object open for a handle.
   *
   * @param isListed - Whether the identifier is known by another handle.
   * @returns The object that all who do so share.
   */
  hold<O extends EngineObject>(id: LocationID, object: O, isListed: boolean): O {
    const held = this.engine.acquire(object);
    if (id.idType === ID_TYPE.ATTR) this.attributeIds++;
    if (isListed) {
      this.refer(id, held);
    } else {
      if (this.young.size === 0) void this.referToYoungLater();
      this.young.add(id);
    }
    this.paths.add(id);
    return held;
  }

  /** From now on the handle may be dropped. */
  private refer(id: LocationID, object: EngineObject): WeakRef<LocationID> {
    const reference = new WeakRef(id);
    id.fileReference = reference;
    const isAttribute = id.idType === ID_TYPE.ATTR;
    collected.register(id, { file: this, object, reference, isAttribute }, id);
    return reference;
  }

  /** Lets what awaits a program's part go first, such as who closes the file. */
  private async referToYoungLater(): Promise<void> {
    for (let turn = 0; turn < YOUNG_TURNS; turn++) await undefined;
    this.referToYoung();
  }

  private referToYoung(): void {
    for (const id of this.young.takeAll()) {
      const { heldObject } = id;
      if (heldObject === undefined) continue;
      this.paths.remove(id);
      this.references.set(this.refer(id, heldObject), "object");
      this.paths.add(id);
    }
  }

  /** Says that an identifier is one of the file itself, which keeps it open. */
  adoptFileId(id: LocationID): void {
    this.referToYoung();
    const { fileReference } = id;
    if (fileReference !== undefined) this.references.set(fileReference, "file");
    this.fileIds++;
  }

  letGo(id: LocationID, object: EngineObject): void {
    this.paths.remove(id);
    if (id.idType === ID_TYPE.ATTR) this.attributeIds--;
    if (!this.young.remove(id)) {
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
    if (this.objectsEnded) return;
    for (const reference of this.watched) {
      const state = reference.deref();
      if (state !== undefined && state.references > 0) yield state;
    }
  }

  /** The same for an identifier that is gone. */
  collect({ object, reference, isAttribute }: Collected): void {
    if (isAttribute) this.attributeIds--;
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
  identifiers(): LocationID[] {
    const valid: LocationID[] = [];
    for (const reference of this.references.keys()) {
      const id = reference.deref();
      if (id?.valid) valid.push(id);
    }
    this.young.forEach((id) => {
      if (id.valid) valid.push(id);
    });
    return valid;
  }

  /** Those of {@link identifiers} that have to be closed before the file is: it ends the others without a loss. */
  identifiersToClose(): LocationID[] {
    const found: LocationID[] = [];
    const look = (id: LocationID | undefined): void => {
      if (id !== undefined && (id.idType === ID_TYPE.FILE || !this.endsObjects || !id.holdsNothing) && id.valid)
        found.push(id);
    };
    this.references.forEach((_, reference) => {
      look(reference.deref());
    });
    this.young.forEach(look);
    return found;
  }

  /** Whether an attribute may be open. */
  get hasAttributes(): boolean {
    return this.attributeIds > 0;
  }

  /** The paths of open objects at a path and below follow, or are none any more (`to` null). */
  renamePaths(from: string, to: string | null): void {
    for (const id of this.paths.take(from, () => this.identifiers())) {
      const path = id.pathInFile();
      // Of two handles that share a place, the first took the other along.
      const isAt = path === from || path?.startsWith(`${from}/`) === true;
      if (isAt) id.renamePath(to === null ? null : to + path.slice(from.length));
      this.paths.add(id);
    }
  }

  private get hasObjects(): boolean {
    if (this.young.find(({ valid }) => valid) !== undefined) return true;
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
      this.endIdentifiers();
      this.objectsEnded = true;
      this.watched.clear();
      this.young.forgetAll();
      unpinEnded();
    }
    this.closeIfUnused();
  }

  private endIdentifiers(): void {
    // What nobody else has open and holds nothing back needs no farewell.
    const isLast = this.shared.openings.size === 1 && this.shared.keepers.size === 0;
    this.references.forEach((_, reference) => {
      this.endIdentifier(reference.deref(), isLast);
    });
    this.young.forEach((id) => {
      this.endIdentifier(id, isLast);
    });
  }

  private endIdentifier(id: LocationID | undefined, isLast: boolean): void {
    if (id === undefined || (isLast && id.holdsNothing) || !id.valid) return;
    this.attemptToEnd(id);
  }

  /** Closes although handles of the file were dropped that nobody closed. */
  end(): void {
    if (this.fileIds > 0) {
      this.fileIds = 1;
      this.fileIdClosed();
    } else {
      this.closeIfUnused();
    }
  }

  /** What fails on the way must not keep the file open. */
  private attemptToEnd(id: LocationID): void {
    try {
      id.invalidate();
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
