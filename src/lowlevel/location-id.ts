/** Identifiers of things in a file, from which names can be looked up and on which attributes can be. */
import type { EngineObject } from "../engine/engine-object.ts";
import { libraryError, record } from "./api-error.ts";
import { ID_TYPE, IdState, type IdType, ObjectID } from "./object-id.ts";
import type { OpenFile } from "./open-file.ts";
import type { ObjectKind, ObjectPlace, OpenObject } from "./open-object.ts";
import { NOT_YOUNG, type Young } from "./young-ids.ts";

/** What an identifier stands for in a file. */
export interface Place<O extends EngineObject = EngineObject> extends ObjectPlace<O, OpenFile> {
  /** Of a handle that is to be one more of an identifier. */
  readonly state?: PlacedState | undefined;
}

/**
 * All that a file knows of an identifier that changes nothing in it. It is weakly held, hence in memory until the event loop
 * turns, and so must lead to nothing large: there may be 100,000 dropped handles by then.
 */
export class PlacedState extends IdState {
  readonly address: number;
  readonly path: string | null;
  /** Of an identifier of an attribute. */
  readonly attributeName: string | undefined;
  /** The file's own. */
  reference: WeakRef<PlacedState> | undefined;

  constructor(idType: IdType, { object, path }: Place, attributeName?: string) {
    super(idType);
    this.address = object.address;
    this.path = path;
    this.attributeName = attributeName;
  }
}

function stateOf(idType: IdType, place: Place | undefined, attributeName?: string): IdState | undefined {
  if (place?.state !== undefined) return place.state;
  return isLight(idType, place) ? new PlacedState(idType, place, attributeName) : undefined;
}

function isLight(idType: IdType, place: Place | undefined): place is Place {
  return place?.file.isLight === true && idType !== ID_TYPE.FILE;
}

export abstract class LocationID<O extends EngineObject = EngineObject>
  extends ObjectID
  implements OpenObject<O>, Young
{
  /** The file's own, by which it knows the handle without keeping it. */
  fileReference: WeakRef<LocationID> | undefined;
  youngAt = NOT_YOUNG;
  private place: Place<O> | undefined;
  /** Whether the file keeps the object open for this handle. */
  private holds = false;

  protected constructor(idType: IdType, place?: Place<O>, attributeName?: string) {
    super(idType, stateOf(idType, place, attributeName));
    this.place = place;
    const { state } = this;
    if (place === undefined) return;
    if (!isLight(idType, place)) this.hold(place);
    else if (place.state === undefined && state instanceof PlacedState) place.file.watch(state);
  }

  /** Gives a place to an identifier that had none: a datatype that was committed. */
  protected settle(place: Place<O>): void {
    this.place = place;
    this.hold(place);
  }

  private hold(place: Place<O>): O {
    const { state } = this;
    this.holds = true;
    // Another handle of the identifier may stand for it in the file's list already.
    const isListed = state instanceof PlacedState && !place.file.unwatch(state);
    const object = place.file.hold(this, place.object, isListed);
    if (object !== place.object) this.place = { ...place, object };
    return object;
  }

  /** What the object is; undefined for an attribute. */
  get objectKind(): ObjectKind | undefined {
    return undefined;
  }

  get isPlaced(): boolean {
    return this.place !== undefined;
  }

  /** The object that the file keeps open for this handle. */
  get heldObject(): O | undefined {
    return this.holds ? this.place?.object : undefined;
  }

  /** The object, which all who do this share, with what it keeps in memory. */
  shared(): O {
    const { place } = this;
    return this.holds && place !== undefined && this.valid ? place.object : this.hold(this.location());
  }

  override get valid(): boolean {
    return this.state.references > 0 && this.place?.file.objectsEnded !== true;
  }

  protected override afterClose(): void {
    const { place, state } = this;
    if (place === undefined) return;
    if (this.holds) place.file.letGo(this, place.object);
    else if (state instanceof PlacedState) place.file.dropLight(state, place.object);
  }

  /** Whether nothing is lost when the file is closed without the handle having been. */
  get holdsNothing(): boolean {
    return this.place === undefined || this.place.object.holdsNothing;
  }

  /** Where the object is, or undefined for what is in no file. */
  protected get placed(): Place<O> | undefined {
    return this.place;
  }

  /** Where names start. @throws ValueError when closed, or in no file. */
  location(): Place<O> {
    this.requireValid();
    if (this.place === undefined) {
      throw libraryError([
        record("H5G_loc", "ARGS", "BADTYPE", "not a location"),
        record("H5G_loc", "SYM", "CANTGET", "unable to get group location of an object in no file"),
      ]);
    }
    return this.place;
  }

  /** Number of the open file, equal for all handles of one file. */
  get fileno(): number {
    return this.location().file.number;
  }

  override pathInFile(): string | null {
    return this.place?.path ?? null;
  }

  /** Another path after a rename of a link on the way, or none after it was taken out. */
  renamePath(path: string | null): void {
    if (this.place !== undefined) this.place.path = path;
  }

  protected override identity(): string | undefined {
    if (!this.valid || this.place === undefined) return undefined;
    return `object ${this.place.file.number}:${this.place.object.address}`;
  }
}
