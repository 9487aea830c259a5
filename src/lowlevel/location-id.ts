/** Identifiers of things in a file, from which names can be looked up and on which attributes can be. */
import type { EngineObject } from "../engine/engine-object.ts";
import { libraryError, record } from "./api-error.ts";
import { type IdType, ObjectID } from "./object-id.ts";
import type { OpenFile } from "./open-file.ts";

/** What an identifier stands for in a file. */
export interface Place<O extends EngineObject = EngineObject> {
  readonly file: OpenFile;
  readonly object: O;
  /** The path the object was opened by, from the root; null where none is known, or it was unlinked. */
  path: string | null;
}

export abstract class LocationID<O extends EngineObject = EngineObject> extends ObjectID {
  private place: Place<O> | undefined;

  protected constructor(idType: IdType, place?: Place<O>) {
    super(idType, place?.file);
    this.place = place;
    place?.file.hold(this, place.object);
  }

  /** Gives a place to an identifier that had none: a datatype that was committed. */
  protected settle(place: Place<O>): void {
    this.place = place;
    this.joinOwner(place.file);
    place.file.hold(this, place.object);
  }

  protected override afterClose(): void {
    if (this.place !== undefined) this.place.file.letGo(this, this.place.object);
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
