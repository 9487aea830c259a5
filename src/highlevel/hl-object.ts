/** What files, groups, datasets and named datatypes have in common. h5py: `HLObject`. */
import { Printable } from "../base/printable.ts";
import type { H5File } from "../engine/h5-file.ts";
import { plainError } from "../lowlevel/api-error.ts";
import { nameOf } from "../lowlevel/find-path.ts";
import type { LocationID } from "../lowlevel/location-id.ts";
import type { OpenObject, PlaceFile } from "../lowlevel/open-object.ts";
import type { Reference } from "../lowlevel/reference.ts";
import { referenceTo } from "../lowlevel/reference-reading.ts";
import { AttributeManager } from "./attribute-manager.ts";
import { opened } from "./closed-error.ts";
import type { File } from "./file.ts";
import type { Group } from "./group.ts";
import { RegionProxy } from "./region-proxy.ts";

/** Given by file.ts, which knows the class. */
let fileOf: ((opening: PlaceFile) => File) | undefined;

export function setFileFinder(finder: (opening: PlaceFile) => File): void {
  fileOf = finder;
}

/** The last component of a path. */
export function baseName(path: string): string {
  const trimmed = path.replace(/\/+$/, "");
  return trimmed.slice(trimmed.lastIndexOf("/") + 1);
}

/** The path above, `/` for what is in the root. */
export function parentPath(path: string): string {
  const trimmed = path.replace(/\/+$/, "");
  return trimmed.slice(0, Math.max(trimmed.lastIndexOf("/"), 0)) || "/";
}

/** What files, groups, datasets and named datatypes have in common. h5py: `HLObject`. */
export abstract class HLObject<I extends LocationID = LocationID, H extends OpenObject = OpenObject> extends Printable {
  /** What the members that read ask: the low-level handle, or what a program has in its place that only reads. */
  readonly handle: H;
  #attributes: AttributeManager | undefined;

  protected constructor(handle: H) {
    super();
    this.handle = handle;
  }

  /** The low-level handle, which `h5ts`'s namespaces take. Closing it closes the object. */
  get id(): I {
    return this.handle as unknown as I;
  }

  /** Whether the object can be used: neither it nor its file was closed. h5py: `bool(obj)`. */
  get isOpen(): boolean {
    return this.handle.valid;
  }

  /** @throws ValueError "Not a file id (Not a file id)". */
  protected requireOpen(): void {
    opened(this.handle);
  }

  /** The engine's file. */
  protected get engineFile(): H5File {
    this.requireOpen();
    return this.handle.location().file.engine;
  }

  /**
   * The path the object was opened by. Of one that was opened otherwise, by a reference or before its link went, the first
   * path that leads to it; null when there is none, or it is closed.
   */
  get name(): string | null {
    return nameOf(this.handle);
  }

  /**
   * The file that the object is in: the same `File` for all objects of one opening.
   *
   * @throws ValueError when it is closed.
   */
  get file(): File {
    this.requireOpen();
    if (fileOf === undefined) throw plainError("RuntimeError", "the class of files is not loaded");
    return fileOf(this.handle.location().file);
  }

  /** The group above. @throws ValueError for an object without a name. */
  get parent(): Group {
    this.requireOpen();
    const { name } = this;
    if (name === null) throw plainError("ValueError", "Parent of an anonymous object is undefined");
    return this.file.getGroup(parentPath(name));
  }

  /** The object's attributes. @throws ValueError when it is closed. */
  get attrs(): AttributeManager {
    this.requireOpen();
    this.#attributes ??= new AttributeManager(this.handle);
    return this.#attributes;
  }

  /**
   * A reference to the object, which can be stored as a value.
   *
   * @throws ValueError when it is closed. C: `H5Rcreate`.
   */
  get ref(): Reference {
    return referenceTo(opened(this.handle), ".");
  }

  /** Makes region references to the object, if it is a dataset, and reads those to others of its file. */
  get regionref(): RegionProxy {
    return new RegionProxy(opened(this.handle));
  }

  /**
   * The same for all handles of one object, another for others.
   *
   * @throws TypeError when it is closed. h5py: `hash(obj)`.
   */
  hash(): string {
    return this.handle.hash();
  }

  /** Whether both are the same object of the same file. h5py: `==`. */
  equals(other: unknown): boolean {
    return other instanceof HLObject && this.handle.equals(other.handle);
  }

  /** As h5py prints it. */
  abstract override toString(): string;
}
