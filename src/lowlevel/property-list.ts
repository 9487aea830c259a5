/**
 * Property lists: what all classes of them share. C: `H5P`.
 *
 * The properties of a list are one immutable value; a setter replaces it. So a copy is free, and an operation that took
 * the value does not see later changes, as the C library has it too. Beside the values stand the properties that programs
 * register with classes of their own or insert into one list.
 */
import { argumentError, libraryError, plainError, record } from "./api-error.ts";
import { expectInstance, type Name, type Size, toName } from "./arguments.ts";
import type { MinorCode } from "./error-codes.ts";
import { ID_TYPE, ObjectID } from "./object-id.ts";
import { encodeList } from "./prop-encoding.ts";
import { findSpec, specsOf } from "./prop-order.ts";
import { type PropClassID, PropID } from "./property-class.ts";
import { SpaceID } from "./space-id.ts";

export { PropClassID, type PropClassName, PropID } from "./property-class.ts";

/** A property that a program added. */
export interface AddedProperty {
  readonly value: unknown;
  readonly size: number;
}

/** A list of properties `P`. */
export abstract class PropInstanceID<P extends object = object> extends PropID {
  private properties: Readonly<P>;
  /** C names of what was set: the list's own, which are written before what its class has. */
  private readonly own = new Set<string>();
  private readonly added = new Map<string, AddedProperty>();
  private programClass: PropClassID | undefined;

  constructor(properties: Readonly<P>) {
    super(ID_TYPE.GENPROP_LST);
    this.properties = properties;
  }

  protected abstract readonly propClass: PropClassID;

  /** Makes a new list one of a program's class. @internal */
  becomeOf(programClass: PropClassID): void {
    this.programClass = programClass;
    for (const [name, property] of programClass.registeredProperties()) this.added.set(name, property);
  }

  /** All properties at once, for the functions that take the list. */
  values(): Readonly<P> {
    this.requireValid();
    return this.properties;
  }

  /** @param names - C names of what is set; by default of all that the changed values make up. */
  protected change(change: Partial<P>, names?: readonly string[]): void {
    this.properties = { ...this.values(), ...change };
    if (names !== undefined) this.owns(names);
    else
      for (const { keys, name } of specsOf(this.propClass)) if (keys.some((key) => key in change)) this.own.add(name);
  }

  private owns(names: Iterable<string>): void {
    for (const name of names) this.own.add(name);
  }

  /** Takes over what was decoded: values, and whose own they are. @internal */
  restore(properties: Readonly<P>, names: Iterable<string>): void {
    this.properties = properties;
    this.own.clear();
    this.owns(names);
  }

  /** C names of the list's own properties. @internal */
  get ownNames(): ReadonlySet<string> {
    return this.own;
  }

  /** The list's class. C: `H5Pget_class`. */
  getClass(): PropClassID {
    if (!this.valid) throw notAList();
    return this.programClass ?? this.propClass;
  }

  /** Whether the list is of a class, or of one that was made from it. C: `H5Pisa_class`. */
  isaClass(cls: PropClassID): boolean {
    return this.getClass().derivesFrom(cls);
  }

  /** A list of the same properties, independent of this one. C: `H5Pcopy`. */
  copy(): this {
    if (!this.valid) throw notAList();
    const sameClass = this.constructor as new (properties: Readonly<P>) => this;
    const copy = new sameClass(this.properties);
    copy.owns(this.own);
    for (const { ownedByCopies, name } of specsOf(this.propClass)) if (ownedByCopies) copy.own.add(name);
    copy.programClass = this.programClass;
    for (const [name, property] of this.added) copy.added.set(name, property);
    return copy;
  }

  equal(other: PropID): boolean {
    expectInstance(other, PropID, "plist");
    if (!this.valid || !other.valid) {
      throw libraryError([record("H5Pequal", "ARGS", "BADTYPE", "not property objects")], { code: "closed" });
    }
    return (
      other instanceof PropInstanceID &&
      this.getClass() === other.getClass() &&
      sameProperty(this.properties, other.properties) &&
      sameProperty(Object.fromEntries(this.added), Object.fromEntries(other.added))
    );
  }

  /** @throws TypeError always, as h5py does: a list can change. */
  override hash(): string {
    throw plainError("TypeError", "Property lists are unhashable");
  }

  /**
   * The list as bytes, for `h5p.decode`; byte for byte as HDF5 1.10 writes them. What it never writes (drivers, callbacks,
   * file images) is not among them, nor is what programs added.
   *
   * @throws NotImplementedError for a fill value of variable length. C: `H5Pencode2`.
   */
  encode(): Uint8Array {
    return encodeList(this.propClass, this.values(), this.own);
  }

  /** Names of all properties, in the C library's order: the list's own first. */
  propertyNames(): string[] {
    this.requireValid();
    const names = specsOf(this.propClass, this.own).map((spec) => spec.name);
    return [...this.added.keys(), ...names];
  }

  /** How many properties the list has. C: `H5Pget_nprops`. */
  getNprops(): number {
    return this.propertyNames().length;
  }

  /** Whether the list has a property of this name, the C library's or a program's. C: `H5Pexist`. */
  exist(name: Name): boolean {
    this.requireValid();
    const text = toName(name);
    return this.added.has(text) || findSpec(this.propClass, text) !== undefined;
  }

  /**
   * Bytes that the value takes in the C library, or what a program said.
   *
   * @throws RuntimeError when there is none of this name. C: `H5Pget_size`.
   */
  getSize(name: Name): number {
    this.requireValid();
    const text = toName(name);
    const found = this.added.get(text) ?? findSpec(this.propClass, text);
    if (found === undefined) throw missing("H5Pget_size", "CANTREGISTER", "unable to query size in plist");
    return found.size;
  }

  /**
   * The value of a property: what a program gave; of the library's own the value here, a record of several where they
   * make it up, undefined where it has none here.
   *
   * @throws RuntimeError when there is none of this name. C: `H5Pget`.
   */
  get(name: Name): unknown {
    const values = this.values();
    const text = toName(name);
    const added = this.added.get(text);
    if (added !== undefined) return added.value;
    const spec = findSpec(this.propClass, text);
    if (spec === undefined) throw missing("H5Pget", "CANTGET", "unable to query property value");
    const keys = spec.keys as readonly (keyof P)[];
    if (keys.length <= 1) return keys[0] === undefined ? undefined : values[keys[0]];
    return Object.fromEntries(keys.map((key) => [key, values[key]]));
  }

  /**
   * Sets a property. Those of the library take what {@link get} gives, unchecked: their own setters check.
   *
   * @throws RuntimeError when there is none of this name. C: `H5Pset`.
   */
  set(name: Name, value: unknown): void {
    this.requireValid();
    const text = toName(name);
    const added = this.added.get(text);
    if (added !== undefined) {
      this.added.set(text, { ...added, value });
      return;
    }
    const spec = findSpec(this.propClass, text);
    if (spec === undefined) throw missing("H5Pset", "CANTREGISTER", "unable to set value in plist");
    const keys = spec.keys as readonly (keyof P)[];
    const [only] = keys;
    if (only === undefined) return;
    this.change((keys.length === 1 ? { [only]: value } : value) as Partial<P>, [text]);
  }

  /**
   * Adds a property to this list alone.
   *
   * @param size - Bytes, only to be asked for. @throws RuntimeError when there is one of this name. C: `H5Pinsert2`.
   */
  insert(name: Name, value: unknown, size: Size = 0): void {
    const text = toName(name);
    if (text === "") throw badValue("H5Pinsert2", "invalid property name");
    if (this.exist(text)) {
      throw libraryError([
        record("H5Pinsert2", "PLIST", "CANTREGISTER", "unable to register property in plist"),
        record("H5P_insert", "PLIST", "EXISTS", "property already exists"),
      ]);
    }
    this.added.set(text, { value, size: Number(size) });
  }

  /**
   * Takes a property out that a program added.
   *
   * @throws ValueError for the library's own, without which a list is useless; KeyError when there is none of this
   *   name. C: `H5Premove`.
   */
  remove(name: Name): void {
    const text = toName(name);
    if (!this.exist(text)) throw missing("H5Premove", "CANTDELETE", "unable to remove property");
    if (!this.added.delete(text)) throw badValue("H5Premove", "properties of the library cannot be removed");
  }

  /**
   * Takes a property over from a list of any class, adding it where a program added it there.
   *
   * @throws RuntimeError when there is none of this name. C: `H5Pcopy_prop`.
   */
  copyProp(source: PropInstanceID, name: Name): void {
    expectInstance(source, PropInstanceID, "source");
    const text = toName(name);
    const added = source.added.get(text);
    if (added !== undefined) this.added.set(text, added);
    else if (source.exist(text)) this.set(text, source.get(text));
    else
      throw missing("H5Pcopy_prop", "CANTCOPY", "can't copy property between lists", "property object doesn't exist");
  }

  /**
   * Calls `visit` for each property until it returns something other than undefined, which is then the result.
   *
   * @param start - How many to pass over. C: `H5Piterate`.
   */
  iterate<T>(visit: (name: string, value: unknown) => T | undefined, start: Size = 0): T | undefined {
    for (const name of this.propertyNames().slice(Number(start))) {
      const result = visit(name, this.get(name));
      if (result !== undefined) return result;
    }
    return undefined;
  }

  /** Names and values, as {@link iterate} visits them. */
  *[Symbol.iterator](): Generator<[string, unknown]> {
    for (const name of this.propertyNames()) yield [name, this.get(name)];
  }
}

/** Lists that create something. */
export abstract class PropCreateID<P extends object = object> extends PropInstanceID<P> {}

/** A list of a class that a program made from none of the library's. */
export class PropUserID extends PropInstanceID {
  protected override readonly propClass: PropClassID;

  constructor(properties: object, propClass: PropClassID) {
    super(properties);
    this.propClass = propClass;
  }
}

function notAList() {
  return libraryError([record("H5Pget_class", "ARGS", "BADTYPE", "not a property list")], { code: "closed" });
}

function missing(where: string, minor: MinorCode, text: string, problem = "can't find property in skip list") {
  return libraryError([record(where, "PLIST", minor, text), record("H5P__do_prop", "PLIST", "NOTFOUND", problem)]);
}

/** Equality of property values: dataspaces by what they select, other handles by what they name, bytes, lists and records by content. */
function sameProperty(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (a instanceof SpaceID) return b instanceof SpaceID && sameProperty(a.encode(), b.encode());
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
