/**
 * Identifiers: what every handle of the API floor is.
 *
 * An identifier has a type and a reference count; one that belongs to an open file ends with it (location-id.ts). Its
 * number is assigned when someone asks for it; the registry keeps numbered identifiers weakly, so that a handle that nobody
 * holds any longer is gone, as in h5py.
 */
import { libraryError, plainError, record } from "./api-error.ts";
import type { ErrorRecord } from "./error-codes.ts";

/** Types of identifiers. C: `H5I_type_t`. */
export const ID_TYPE = {
  BADID: -1,
  FILE: 1,
  GROUP: 2,
  DATATYPE: 3,
  DATASPACE: 4,
  DATASET: 5,
  ATTR: 6,
  REFERENCE: 7,
  GENPROP_CLS: 9,
  GENPROP_LST: 10,
  ERROR_CLASS: 11,
  ERROR_MSG: 12,
  ERROR_STACK: 13,
} as const;

/** One of {@link ID_TYPE}, or the number of a type that a program has made (user-id.ts). */
export type IdType = number;

/** What all handles of one identifier share. Mostly there is but one. */
export class IdState {
  readonly idType: IdType;
  /** 0 once the identifier is closed. */
  references = 1;
  /** 0 until someone asks for it. */
  number = 0;

  constructor(idType: IdType) {
    this.idType = idType;
  }
}

/** Serial numbers lie below the type, which takes the digits from 2^44 on; all of it is exact in a double. */
const TYPE_FACTOR = 2 ** 44;

let nextSerial = 1;
const numbered = new Map<number, WeakRef<ObjectID>>();
const forgotten = new FinalizationRegistry<number>((number) => {
  // Another handle of the identifier may have the number by now.
  if (numbered.get(number)?.deref() === undefined) numbered.delete(number);
});
/** Identifiers whose reference count was raised: they stay although nobody holds them. */
const pinned = new Map<IdState, ObjectID>();

/** The identifier of a number, if it is valid. */
export function findIdentifier(number: number): ObjectID | undefined {
  const id = numbered.get(number)?.deref();
  return id?.valid ? id : undefined;
}

/** Lets go of pinned identifiers that have ended with their file. */
export function unpinEnded(): void {
  for (const [state, id] of pinned) if (!id.valid) pinned.delete(state);
}

/**
 * What all identifiers have in common. h5py: `ObjectID`.
 *
 * Once an identifier is closed, functions that take it and most of its members throw ValueError `"closed"` in the C
 * library's words, such as "Not a dataset (not a dataset)".
 */
export abstract class ObjectID {
  protected readonly state: IdState;
  private isConstant = false;

  /** @param state - That of another handle, for one more of the same identifier. */
  protected constructor(idType: IdType, state: IdState = new IdState(idType)) {
    this.state = state;
  }

  /** One of `h5i.FILE`, `GROUP`, …, or the number of a type that a program has made. */
  get idType(): IdType {
    return this.state.idType;
  }

  /** The identifier's number; 0 once it is closed. */
  get id(): number {
    const { state } = this;
    if (!this.valid) return 0;
    if (state.number === 0) state.number = this.idType * TYPE_FACTOR + nextSerial++;
    if (numbered.get(state.number)?.deref() === undefined) {
      numbered.set(state.number, new WeakRef(this));
      forgotten.register(this, state.number, this);
    }
    return state.number;
  }

  /** Whether the identifier is open. C: `H5Iis_valid`. */
  get valid(): boolean {
    return this.state.references > 0;
  }

  /** A locked identifier (a constant of the library) cannot be closed. */
  get locked(): boolean {
    return this.isConstant;
  }

  /** Makes the identifier a constant; returns it. */
  protected lockIdentifier(): this {
    this.isConstant = true;
    return this;
  }

  /** References held. C: `H5Iget_ref`. */
  get referenceCount(): number {
    return this.state.references;
  }

  /** One more reference. C: `H5Iinc_ref`. */
  retain(): void {
    this.requireValid();
    this.state.references++;
    pinned.set(this.state, this);
  }

  /** One reference less; the last one closes. C: `H5Idec_ref`. */
  release(): void {
    const { state } = this;
    if (!this.valid) return;
    if (state.references > 1) {
      state.references--;
      if (state.references === 1) pinned.delete(state);
      return;
    }
    this.beforeClose();
    this.invalidate();
  }

  /** Gives the handle up. Closing twice does nothing, nor does closing a constant. */
  close(): void {
    if (!this.isConstant) this.release();
  }

  /** h5py's name for {@link close} where a class has a `close` of its own. */
  _close(): void {
    this.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Ends the identifier whatever its reference count; for the file that it belongs to. */
  invalidate(): void {
    const { state } = this;
    if (!this.valid) return;
    state.references = 0;
    pinned.delete(state);
    if (state.number !== 0) {
      numbered.delete(state.number);
      forgotten.unregister(this);
      state.number = 0;
    }
    this.afterClose();
  }

  /** What must happen while the identifier is still valid, for example refusing to close. */
  protected beforeClose(): void {}

  /** What must happen once the identifier is invalid, for example closing the file behind it. */
  protected afterClose(): void {}

  /** The records of a use after closing. */
  protected abstract closedRecords(): readonly [ErrorRecord, ...ErrorRecord[]];

  /** @throws ValueError `"closed"` unless the identifier is open. */
  requireValid(): void {
    if (!this.valid) throw libraryError(this.closedRecords(), { code: "closed" });
  }

  /** Whether both name the same object (or are the same handle). h5py: `==`. */
  equals(other: unknown): boolean {
    if (this === other) return true;
    if (!(other instanceof ObjectID)) return false;
    const mine = this.identity();
    return mine !== undefined && mine === other.identity();
  }

  /** A text equal for handles of the same object. @throws TypeError for handles that are not of objects in a file. */
  hash(): string {
    const identity = this.identity();
    if (identity === undefined) throw plainError("TypeError", `Objects of class ${className(this)} cannot be hashed`);
    return identity;
  }

  /** The path the object was opened by; null where there is none. */
  pathInFile(): string | null {
    return null;
  }

  /** File and address of the object behind the handle, as text; undefined where there is none. */
  protected identity(): string | undefined {
    return undefined;
  }

  /** `<h5ts DatasetID>`, with "(closed)" once it is. */
  toString(): string {
    return `<h5ts ${className(this)}${this.valid ? "" : " (closed)"}>`;
  }
}

/** Bundlers put a mark before the name of a class that speaks of itself. */
function className(id: ObjectID): string {
  return id.constructor.name.replace(/^_+/, "");
}

/** The record of an identifier that is no longer one, for {@link ObjectID.closedRecords}. */
export function closedRecord(where: string, text: string): ErrorRecord {
  return record(where, "ARGS", "BADTYPE", text);
}
