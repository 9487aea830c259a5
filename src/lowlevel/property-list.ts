/**
 * Property lists: what all classes of them share. C: `H5P`.
 *
 * The properties of a list are one immutable value; a setter replaces it. So a copy is free, and an operation that took
 * the value does not see later changes, as the C library has it too.
 */
import { argumentError, libraryError, plainError, record } from "./api-error.ts";
import { expectInstance } from "./arguments.ts";
import type { ErrorRecord } from "./error-codes.ts";
import { ID_TYPE, ObjectID } from "./object-id.ts";

/** Names of the classes of property lists. C: `H5Pget_class_name`. */
export type PropClassName =
  | "no class"
  | "attribute create"
  | "data transfer"
  | "dataset access"
  | "dataset create"
  | "datatype create"
  | "file access"
  | "file create"
  | "group create"
  | "link access"
  | "link create"
  | "object copy"
  | "object create"
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

/** A class of property lists; the constants of `h5p` are all there are. */
export class PropClassID<N extends PropClassName = PropClassName> extends PropID {
  readonly className: N;
  /** The class this one refines, if any. C: `H5Pget_class_parent`. */
  readonly parent: PropClassID | undefined;

  constructor(className: N, parent?: PropClassID) {
    super(ID_TYPE.GENPROP_CLS);
    this.className = className;
    this.parent = parent;
    this.lockIdentifier();
  }

  equal(other: PropID): boolean {
    return this === other;
  }

  protected override identity(): string {
    return `property list class ${this.className}`;
  }
}

/** A list of properties `P`. */
export abstract class PropInstanceID<P extends object = object> extends PropID {
  private properties: Readonly<P>;

  constructor(properties: Readonly<P>) {
    super(ID_TYPE.GENPROP_LST);
    this.properties = properties;
  }

  protected abstract readonly propClass: PropClassID;

  /** All properties at once, for the functions that take the list. */
  values(): Readonly<P> {
    this.requireValid();
    return this.properties;
  }

  protected change(change: Partial<P>): void {
    this.properties = { ...this.values(), ...change };
  }

  /** The list's class. C: `H5Pget_class`. */
  getClass(): PropClassID {
    if (!this.valid) throw notAList();
    return this.propClass;
  }

  /** A list of the same properties, independent of this one. C: `H5Pcopy`. */
  copy(): this {
    if (!this.valid) throw notAList();
    const sameClass = this.constructor as new (properties: Readonly<P>) => this;
    return new sameClass(this.properties);
  }

  equal(other: PropID): boolean {
    expectInstance(other, PropID, "plist");
    if (!this.valid || !other.valid) {
      throw libraryError([record("H5Pequal", "ARGS", "BADTYPE", "not property objects")], { code: "closed" });
    }
    return (
      other instanceof PropInstanceID &&
      this.propClass === other.propClass &&
      sameProperty(this.properties, other.properties)
    );
  }

  /** @throws TypeError always, as h5py does: a list can change. */
  override hash(): string {
    throw plainError("TypeError", "Property lists are unhashable");
  }
}

/** Lists that create something. */
export abstract class PropCreateID<P extends object = object> extends PropInstanceID<P> {}

function notAList() {
  return libraryError([record("H5Pget_class", "ARGS", "BADTYPE", "not a property list")], { code: "closed" });
}

/** Equality of property values: handles by what they name, bytes, lists and records by content. */
function sameProperty(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (a instanceof ObjectID) return a.equals(b);
  if (a instanceof Uint8Array) {
    return b instanceof Uint8Array && a.length === b.length && a.every((byte, i) => byte === b[i]);
  }
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => sameProperty((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
  );
}

/** A value the list does not take; the records of most setters. */
export function badValue(where: string, text: string) {
  return argumentError(where, "ARGS", "BADVALUE", text);
}

/** A value outside the range that a setter takes. */
export function badRange(where: string, text: string) {
  return argumentError(where, "ARGS", "BADRANGE", text);
}
