/** Classes of property lists: the library's, and those that programs make from them. C: `H5Pcreate_class`, … */
import { libraryError, record } from "./api-error.ts";
import { expectInstance, type Name, type Size, toName } from "./arguments.ts";
import type { ErrorRecord } from "./error-codes.ts";
import { ID_TYPE, ObjectID } from "./object-id.ts";
import type { AnySpec } from "./prop-codec.ts";

/** Names of the library's classes. C: `H5Pget_class_name`. */
export type PropClassName =
  | "no class"
  | "root"
  | "attribute access"
  | "attribute create"
  | "data transfer"
  | "dataset access"
  | "dataset create"
  | "datatype access"
  | "datatype create"
  | "file access"
  | "file create"
  | "file mount"
  | "group access"
  | "group create"
  | "link access"
  | "link create"
  | "map access"
  | "map create"
  | "object copy"
  | "object create"
  | "reference access"
  | "string create";

/** A property list, or a class of them. */
export abstract class PropID extends ObjectID {
  /** Whether two lists hold the same properties, or two classes are the same. C: `H5Pequal`. */
  abstract equal(other: PropID): boolean;

  override equals(other: unknown): boolean {
    return this === other || (other instanceof PropID && this.equal(other));
  }

  protected closedRecords(): readonly [ErrorRecord, ...ErrorRecord[]] {
    return [
      record("H5P_object_verify", "ATOM", "BADATOM", "can't find object for ID"),
      record("H5P_object_verify", "PLIST", "BADTYPE", "not a property list"),
    ];
  }
}

/** What the library's own classes are made of. */
export interface LibraryClass {
  /** C: `H5P_plist_type_t`, which `H5Pencode` writes. */
  readonly type: number;
  readonly properties: readonly AnySpec[];
}

/** A property of a program's class, with the value that new lists begin with. */
interface Registered {
  readonly value: unknown;
  readonly size: number;
}

/** A class of property lists. h5py: `PropClassID`. */
export class PropClassID<N extends string = string> extends PropID {
  /** What {@link getClassName} gives. */
  readonly className: N;
  /** The class this one refines, if any. C: `H5Pget_class_parent`. */
  readonly parent: PropClassID | undefined;
  /** Undefined for a program's own. @internal */
  readonly library: LibraryClass | undefined;
  private readonly registered = new Map<string, Registered>();

  constructor(className: N, parent?: PropClassID, library?: LibraryClass) {
    super(ID_TYPE.GENPROP_CLS);
    this.className = className;
    this.parent = parent;
    this.library = library;
    if (library !== undefined) this.lockIdentifier();
  }

  equal(other: PropID): boolean {
    return this === other;
  }

  protected override identity(): string | undefined {
    return this.library === undefined ? undefined : `property list class ${this.className}`;
  }

  /** The name: the library's, such as `"file access"`, or what `h5p.createClass` was given. C: `H5Pget_class_name`. */
  getClassName(): N {
    this.requireValid();
    return this.className;
  }

  /** The class that this one was made from; null of the root. C: `H5Pget_class_parent`. */
  getClassParent(): PropClassID | null {
    this.requireValid();
    return this.parent ?? null;
  }

  /** Whether this is a class, or was made from it. C: `H5Pisa_class`. */
  derivesFrom(cls: PropClassID): boolean {
    expectInstance(cls, PropClassID, "pclass");
    for (let at: PropClassID | undefined = this; at !== undefined; at = at.parent) if (at === cls) return true;
    return false;
  }

  /**
   * Adds a property, with the value that lists made from now on begin with.
   *
   * @param size - Bytes, only to be asked for. @throws RuntimeError for a name that there is, or a class of the library's.
   *   C: `H5Pregister2`.
   */
  register(name: Name, value: unknown, size: Size = 0): void {
    this.requireValid();
    const text = toName(name);
    const outer = record("H5Pregister2", "PLIST", "CANTREGISTER", "unable to register property in class");
    if (this.library !== undefined)
      throw libraryError([outer, record("H5P__register", "PLIST", "CANTSET", "class of the library")]);
    if (this.exist(text))
      throw libraryError([outer, record("H5P__register_real", "PLIST", "EXISTS", "property already exists")]);
    this.registered.set(text, { value, size: Number(size) });
  }

  /**
   * Takes a property out of a program's class; lists that have it keep it.
   *
   * @throws RuntimeError when there is none of this name. C: `H5Punregister`.
   */
  unregister(name: Name): void {
    this.requireValid();
    if (this.registered.delete(toName(name))) return;
    throw libraryError([
      record("H5Punregister", "PLIST", "CANTREGISTER", "unable to remove property from class"),
      record("H5P_unregister", "PLIST", "NOTFOUND", "can't find property in skip list"),
    ]);
  }

  /** Whether lists of the class have a property of this name. C: `H5Pexist`. */
  exist(name: Name): boolean {
    this.requireValid();
    const text = toName(name);
    return this.propertyNames().includes(text) || this.parent?.exist(text) === true;
  }

  /** How many properties the class has of its own. C: `H5Pget_nprops`. */
  getNprops(): number {
    return this.propertyNames().length;
  }

  /** Names of the properties that the class has of its own. C: `H5Piterate`. */
  propertyNames(): string[] {
    this.requireValid();
    return [...(this.library?.properties ?? []).map((spec) => spec.name), ...this.registered.keys()];
  }

  /** What a new list begins with of the properties of programs, this class's and those above. @internal */
  registeredProperties(): Map<string, Registered> {
    return new Map([...(this.parent?.registeredProperties() ?? []), ...this.registered]);
  }
}
