/** Types of identifiers that programs make, for objects of their own. C: `H5Iregister_type`, `H5Iregister`, … */
import { argumentError, libraryError, record } from "./api-error.ts";
import { type Size, toInt } from "./arguments.ts";
import type { ErrorRecord } from "./error-codes.ts";
import { closedRecord, ID_TYPE, ObjectID } from "./object-id.ts";

/** Called with an object when the last reference to its identifier goes. */
export type FreeObject<T> = (object: T) => void;

interface UserType {
  readonly free: FreeObject<unknown> | undefined;
  readonly members: Set<UserID>;
  references: number;
}

/** As in the C library, the numbers of a program's own types begin behind its own. */
const FIRST_USER_TYPE = Math.max(...Object.values(ID_TYPE)) + 1;
const types = new Map<number, UserType>();
let nextType = FIRST_USER_TYPE;

/** An identifier of an object that a program has registered. The type keeps it until it is closed. */
export class UserID<T = unknown> extends ObjectID {
  /** What was registered. */
  readonly object: T;

  constructor(type: number, object: T) {
    super(type);
    this.object = object;
  }

  protected closedRecords(): readonly [ErrorRecord, ...ErrorRecord[]] {
    return [closedRecord("H5I_object_verify", "not an identifier of a registered type")];
  }

  protected override afterClose(): void {
    const type = types.get(this.idType);
    if (type?.members.delete(this)) type.free?.(this.object);
  }
}

/** @throws ValueError for types of the library, and for numbers of none. */
function checkNumber(where: string, type: Size): number {
  const number = toInt(type);
  if (number > 0 && number < FIRST_USER_TYPE) {
    throw argumentError(where, "ATOM", "BADGROUP", "cannot call public function on library type");
  }
  if (number <= 0 || number >= nextType) throw argumentError(where, "ARGS", "BADRANGE", "invalid type number");
  return number;
}

function requireType(where: string, type: Size, text = "invalid type"): UserType {
  const found = types.get(checkNumber(where, type));
  if (found !== undefined) return found;
  throw libraryError([
    record(where, "ATOM", "BADGROUP", text),
    record("H5I__find_type", "ATOM", "BADGROUP", "invalid type"),
  ]);
}

/**
 * Makes a type of identifiers; returns its number.
 *
 * @param free - Called with each object whose identifier ends. C: `H5Iregister_type`.
 */
export function registerType<T = unknown>(free?: FreeObject<T>): number {
  const number = nextType++;
  types.set(number, { free: free as FreeObject<unknown> | undefined, members: new Set(), references: 1 });
  return number;
}

/** An identifier for an object. @throws ValueError for a type that is not registered. C: `H5Iregister`. */
export function register<T>(type: Size, object: T): UserID<T> {
  const { members } = requireType("H5Iregister", type);
  const id = new UserID(toInt(type), object);
  members.add(id);
  return id;
}

/** The object of an identifier of this type; undefined for others. C: `H5Iobject_verify`. */
export function objectVerify(id: ObjectID, type: Size): unknown {
  requireType("H5Iobject_verify", type);
  return id instanceof UserID && id.valid && id.idType === toInt(type) ? id.object : undefined;
}

/** Ends an identifier of this type without freeing its object, which is returned; undefined for others. C: `H5Iremove_verify`. */
export function removeVerify(id: ObjectID, type: Size): unknown {
  const { members } = requireType("H5Iremove_verify", type);
  if (!(id instanceof UserID) || !members.delete(id)) return undefined;
  id.invalidate();
  return id.object;
}

/** Identifiers of a type. @throws ValueError for a type that is not registered (any more). C: `H5Inmembers`. */
export function nmembers(type: Size): number {
  const found = types.get(checkNumber("H5Inmembers", type));
  if (found === undefined) throw argumentError("H5Inmembers", "ARGS", "BADRANGE", "supplied type does not exist");
  return found.members.size;
}

/** Whether a type is registered. @throws ValueError for types of the library, and for numbers of none. C: `H5Itype_exists`. */
export function typeExists(type: Size): boolean {
  return types.has(checkNumber("H5Itype_exists", type));
}

/** References to a type. C: `H5Iget_type_ref`. */
export function getTypeRef(type: Size): number {
  return requireType("H5Iget_type_ref", type, "can't get ID type ref count").references;
}

/** One reference more; returns how many there are. C: `H5Iinc_type_ref`. */
export function incTypeRef(type: Size): number {
  return ++requireType("H5Iinc_type_ref", type, "can't increment ID type ref count").references;
}

/** One reference less; with the last the type is destroyed. Returns how many are left. C: `H5Idec_type_ref`. */
export function decTypeRef(type: Size): number {
  const found = requireType("H5Idec_type_ref", type, "can't decrement ID type ref count");
  if (found.references === 1) destroyType(type);
  return --found.references;
}

/** Ends identifiers of a type: those with one reference, or with `force` all. C: `H5Iclear_type`. */
export function clearType(type: Size, force = false): void {
  for (const id of [...requireType("H5Iclear_type", type).members]) {
    if (force || id.referenceCount === 1) id.invalidate();
  }
}

/** Ends a type with all its identifiers. C: `H5Idestroy_type`. */
export function destroyType(type: Size): void {
  requireType("H5Idestroy_type", type);
  clearType(type, true);
  types.delete(toInt(type));
}

/** The first object of a type for which `matches` is true; undefined when there is none. C: `H5Isearch`. */
export function search(type: Size, matches: (object: unknown, id: UserID) => boolean): unknown {
  for (const id of requireType("H5Isearch", type).members) if (matches(id.object, id)) return id.object;
  return undefined;
}

/** Calls `func` for the identifiers of a type until it returns something, which is the result; else null. C: `H5Iiterate`. */
export function iterate<T>(type: Size, func: (id: UserID) => T): NonNullable<T> | null {
  for (const id of [...requireType("H5Iiterate", type).members]) {
    const result = func(id);
    if (result !== undefined && result !== null) return result;
  }
  return null;
}
