/** Handles of objects in files that are only read: they end with their file, and nobody counts them. */
import type { Address } from "../base/address.ts";
import { DatasetObject } from "../engine/dataset-object.ts";
import type { DatatypeObject } from "../engine/datatype-object.ts";
import type { EngineObject } from "../engine/engine-object.ts";
import { GroupObject } from "../engine/group-object.ts";
import type { Datatype } from "../format/datatype.ts";
import { datatypesEqual } from "../format/datatype-questions.ts";
import { closedError } from "../highlevel/closed-error.ts";
import type { ObjectKind, ObjectPlace, OpenObject, PlaceFile } from "../lowlevel/open-object.ts";

/** What a handle asks of its file. */
export interface FileOfHandles extends PlaceFile {
  /** The same for all openings of one file. */
  readonly identity: string;
  close(): void;
}

/** Objects whose handles were dropped leave memory, with what they keep there. */
const dropped = new FinalizationRegistry<EngineObject>((object) => {
  if (!object.file.closed) object.file.release(object);
});

export class Handle<O extends EngineObject = EngineObject> implements OpenObject<O> {
  readonly isPlaced = true;
  #place: ObjectPlace<O, FileOfHandles>;
  #holds = false;

  constructor(place: ObjectPlace<O, FileOfHandles>) {
    this.#place = place;
  }

  get objectKind(): ObjectKind {
    const { object } = this.#place;
    if (object instanceof GroupObject) return "group";
    return object instanceof DatasetObject ? "dataset" : "datatype";
  }

  get valid(): boolean {
    return !this.#place.file.engine.closed;
  }

  location(): ObjectPlace<O, FileOfHandles> {
    if (!this.valid) throw closedError();
    return this.#place;
  }

  shared(): O {
    const place = this.location();
    if (this.#holds) return place.object;
    this.#holds = true;
    const object = place.file.engine.acquire(place.object);
    dropped.register(this, object);
    this.#place = { ...place, object };
    return object;
  }

  pathInFile(): string | null {
    return this.#place.path;
  }

  /** Datatypes are equal when their elements are, as they are to the C library. */
  equals(other: unknown): boolean {
    if (!(other instanceof Handle)) return false;
    return this.objectKind === "datatype" && other.objectKind === "datatype"
      ? datatypesEqual(this.datatype(), other.datatype())
      : this.hash() === other.hash();
  }

  hash(): string {
    const { file, object } = this.location();
    const address: Address = object.address;
    return `object ${file.identity}:${address}`;
  }

  /** Of a handle of a datatype. */
  datatype(): Datatype {
    return (this.location().object as unknown as DatatypeObject).datatype;
  }

  /** Of a handle of a file. */
  closeWithObjects(): void {
    this.#place.file.close();
  }
}
