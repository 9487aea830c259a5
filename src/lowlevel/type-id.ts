/** Datatypes: what all classes of them share. C: `H5T`. */
import { product } from "../base/bits.ts";
import { HDF5Error } from "../base/errors.ts";
import { dtypeText } from "../engine/conversion/dtype-text.ts";
import { nativeTypeOf } from "../engine/conversion/native-type.ts";
import { createDatatype } from "../engine/create-object.ts";
import type { DatatypeObject } from "../engine/datatype-object.ts";
import type { ArrayType, Datatype, DatatypeClass } from "../format/datatype.ts";
import { DATATYPE_CLASSES } from "../format/datatype-header.ts";
import { containsClass, datatypesEqual, isVariableString } from "../format/datatype-questions.ts";
import { withWidths } from "../format/datatype-version.ts";
import { argumentError, guarded, libraryError, plainError, record, unspecifiedError } from "./api-error.ts";
import { expectInstance, type Name, requireName, type Size, toInt, toSizeOrUnlimited } from "./arguments.ts";
import type { ErrorRecord, MinorCode } from "./error-codes.ts";
import { LocationID, type Place } from "./location-id.ts";
import { createLinked } from "./new-link.ts";
import { closedRecord, ID_TYPE } from "./object-id.ts";
import { creationOfObject, objectRequest } from "./object-plist.ts";
import type { ObjectKind } from "./open-object.ts";
import { PropTCID } from "./prop-copy.ts";
import type { PropLCID } from "./prop-links.ts";
import { OBJECT_CREATION_DEFAULTS } from "./prop-ocpl.ts";
import { isTooNarrow, resizedAtomic } from "./type-bits.ts";
import { encodeType } from "./type-encoding.ts";

/** Where a committed datatype is. */
export type CommittedType = Place<DatatypeObject>;

/** Makes identifiers of the right class; given by type-wrap.ts, which knows all classes. */
let wrap: ((type: Datatype) => TypeID) | undefined;

export function setTypeWrapper(wrapper: (type: Datatype) => TypeID): void {
  wrap = wrapper;
}

/** A new identifier of a datatype. */
export function wrapType(type: Datatype): TypeID {
  if (wrap === undefined) throw plainError("RuntimeError", "no datatype classes are loaded");
  return wrap(type);
}

const CLASS_CODES = 12;
/** C: `H5T_direction_t`. */
const DIR_DEFAULT = 0;
const DIR_DESCEND = 2;

/**
 * A datatype. What changes a locked or committed one, or that of a dataset or attribute, throws TypeError "Datatype is
 * read-only (…)"; its `copy` can be changed. h5py: `TypeID`.
 */
export class TypeID<T extends Datatype = Datatype> extends LocationID<DatatypeObject> {
  private type: T;
  private readOnly = false;

  constructor(type: T, committed?: CommittedType) {
    super(ID_TYPE.DATATYPE, committed);
    this.type = type;
  }

  override get objectKind(): ObjectKind {
    return "datatype";
  }

  protected closedRecords(): readonly [ErrorRecord, ...ErrorRecord[]] {
    return [closedRecord("H5I_object_verify", "not a datatype")];
  }

  /** The datatype's value, which never changes: setters replace it. */
  datatype(): T {
    this.requireValid();
    return this.type;
  }

  /** Where the datatype is committed, if it is. */
  get committedPlace(): CommittedType | undefined {
    this.requireValid();
    return this.placed;
  }

  /**
   * Puts the datatype into a file as an object of its own, which this then stands for.
   *
   * @param name - `null` for one that has no link yet.
   * @param lcpl - How the link is made. Default: intermediate groups must exist.
   * @param tcpl - How the object is made: what becomes of its attributes. C has it; h5py has not.
   * @throws TypeError "Unable to commit datatype (…)": the name is taken, the datatype is committed already or locked.
   *   C: `H5Tcommit2`, `H5Tcommit_anon`.
   */
  commit(group: LocationID, name: Name | null, lcpl: PropLCID | null = null, tcpl: PropTCID | null = null): void {
    this.requireValid();
    const path = name === null ? null : requireName("H5Tcommit2", name, "name parameter cannot be an empty string");
    if (tcpl !== null) expectInstance(tcpl, PropTCID, "tcpl");
    const creation = tcpl === null ? OBJECT_CREATION_DEFAULTS : tcpl.values();
    guarded(record("H5Tcommit2", "DATATYPE", "CANTINIT", "unable to commit datatype"), () => {
      if (this.placed !== undefined) throw new HDF5Error("state", "datatype is already committed");
      if (this.locked) throw new HDF5Error("state", "datatype is immutable");
      const place = createLinked(group.location(), path, lcpl, (file) =>
        createDatatype(file, withWidths(this.type, file.storage.widths), objectRequest(creation)),
      );
      this.settle(place);
    });
  }

  /** How the datatype was created. @throws RuntimeError unless it is committed. C: `H5Tget_create_plist`. */
  getCreatePlist(): PropTCID {
    this.requireValid();
    if (this.placed === undefined) throw unspecifiedError("H5Tget_create_plist");
    return new PropTCID(creationOfObject(this.placed.object));
  }

  /**
   * The datatype in memory that elements are read into: little-endian, of whole bytes, members aligned as a C compiler would.
   *
   * @param direction - `h5t.DIR_…`; where there is a choice, the smallest that holds all values is taken in any case.
   * C: `H5Tget_native_type`.
   */
  getNativeType(direction: Size = DIR_DEFAULT): TypeID {
    const type = this.datatype();
    if (toInt(direction) < DIR_DEFAULT || toInt(direction) > DIR_DESCEND) {
      throw argumentError("H5Tget_native_type", "ARGS", "BADVALUE", "not valid direction value");
    }
    return wrapType(nativeTypeOf(type));
  }

  private requireCommitted(where: string): CommittedType {
    this.requireValid();
    if (this.placed === undefined) throw argumentError(where, "ARGS", "BADTYPE", "not a committed datatype");
    return this.placed;
  }

  /** Writes what was changed of a committed datatype, with all else of its file. C: `H5Tflush`. */
  flush(): void {
    const { file } = this.requireCommitted("H5Tflush");
    guarded(record("H5Tflush", "DATATYPE", "CANTFLUSH", "unable to flush datatype"), () => file.engine.flush());
  }

  /** Has a committed datatype read again from the file. C: `H5Trefresh`. */
  refresh(): void {
    const { object } = this.requireCommitted("H5Trefresh");
    guarded(record("H5Trefresh", "DATATYPE", "CANTLOAD", "unable to refresh datatype"), () => object.refresh());
  }

  /** Makes the datatype unchangeable, as that of a dataset is; it may still be committed. C: `H5T_STATE_RDONLY`. */
  sealed(): this {
    this.readOnly = true;
    return this;
  }

  /** Whether the datatype cannot be changed. */
  protected get isFixed(): boolean {
    return this.readOnly || this.placed !== undefined;
  }

  /** Refuses when the datatype cannot be changed. `minor` and `text` are the C function's own. */
  protected requireMutable(where: string, minor: MinorCode = "CANTINIT", text = "datatype is read-only"): void {
    this.requireValid();
    if (this.isFixed) throw argumentError(where, "ARGS", minor, text);
  }

  protected replace(type: T): void {
    this.type = type;
  }

  /** Whether the datatype is in a file as an object of its own. C: `H5Tcommitted`. */
  committed(): boolean {
    this.requireValid();
    return this.placed !== undefined;
  }

  /** A datatype of the same value that can be changed. C: `H5Tcopy`. */
  copy(): this {
    if (!this.valid) throw libraryError([closedRecord("H5Tcopy", "not a datatype or dataset")], { code: "closed" });
    const sameClass = this.constructor as new (type: T) => this;
    return new sameClass(this.type);
  }

  /** Whether both mean the same elements. C: `H5Tequal`. */
  equal(other: TypeID): boolean {
    expectInstance(other, TypeID, "typeid");
    return datatypesEqual(this.datatype(), other.datatype());
  }

  override equals(other: unknown): boolean {
    return this === other || (other instanceof TypeID && this.equal(other));
  }

  override hash(): string {
    if (this.placed !== undefined) return super.hash();
    if (!this.locked) throw plainError("TypeError", "Only locked or committed types can be hashed");
    return `datatype ${this.encode().join(",")}`;
  }

  /** Makes the datatype unchangeable and its identifier a constant. C: `H5Tlock`. */
  lock(): this {
    this.requireValid();
    this.readOnly = true;
    return this.lockIdentifier();
  }

  /** The datatype as numpy writes it, for example `<i4`. */
  get dtype(): string {
    return dtypeText(this.datatype());
  }

  /** One of `h5t.INTEGER`, `FLOAT`, … A variable-length string is a string. C: `H5Tget_class`. */
  getClass(): number {
    const type = this.datatype();
    return DATATYPE_CLASSES.indexOf(isVariableString(type) ? "string" : type.class);
  }

  /** Bytes of one element as stored: variable-length data counts its descriptor. C: `H5Tget_size`. */
  getSize(): number {
    return this.datatype().size;
  }

  /**
   * Bytes of one element; `h5t.VARIABLE` makes a string variable. Derived types change their base.
   *
   * @throws ValueError for 0, and for `h5t.VARIABLE` where it is no string; TypeError for a size that fields or members
   *   do not fit in, and for classes that have one size only. C: `H5Tset_size`.
   */
  setSize(size: Size): void {
    const byteLength = toSizeOrUnlimited(size, "size_t");
    const where = "H5Tset_size";
    this.requireMutable(where);
    if (byteLength === 0) throw argumentError(where, "ARGS", "BADVALUE", "size must be positive");
    this.replace(this.resized(byteLength, where));
  }

  /** The datatype with elements of another size. */
  protected resized(byteLength: number, where: string): T {
    if (byteLength === Number.POSITIVE_INFINITY) {
      throw argumentError(where, "ARGS", "BADVALUE", "only strings may be variable length");
    }
    return resizedDatatype(this.type, byteLength, where) as T;
  }

  /**
   * The datatype that this one is made of: of an enumeration, array or sequence.
   *
   * @throws TypeError for another. C: `H5Tget_super`.
   */
  getSuper(): TypeID {
    const type = this.datatype();
    if (type.class === "enum" || type.class === "array" || type.class === "variable-length") return wrapType(type.base);
    throw libraryError([
      record("H5Tget_super", "DATATYPE", "CANTINIT", "not a datatype"),
      record("H5T_get_super", "ARGS", "BADVALUE", "not a derived data type"),
    ]);
  }

  /**
   * Whether the class, one of `h5t.INTEGER`, …, is anywhere in the datatype.
   *
   * @throws ValueError for no class. C: `H5Tdetect_class`.
   */
  detectClass(classCode: Size): boolean {
    const code = toInt(classCode);
    if (code < 0 || code >= CLASS_CODES)
      throw argumentError("H5Tdetect_class", "ARGS", "BADTYPE", "not a datatype class");
    return containsClass(this.datatype(), DATATYPE_CLASSES[code] as DatatypeClass);
  }

  /** The datatype as bytes, for `h5t.decode`. C: `H5Tencode`. */
  encode(): Uint8Array {
    return encodeType(this.datatype());
  }
}

function resizedDatatype(type: Datatype, byteLength: number, where: string): Datatype {
  switch (type.class) {
    case "fixed-point":
    case "bitfield":
      return resizedAtomic(type, byteLength);
    case "floating-point": {
      const resized = resizedAtomic(type, byteLength);
      if (isTooNarrow(resized)) throw cannotSetSize(where, "adjust sign, mantissa, and exponent fields first");
      return resized;
    }
    case "time":
      return { ...type, size: byteLength, bitPrecision: Math.min(type.bitPrecision, 8 * byteLength) };
    case "string":
    case "opaque":
      return { ...type, size: byteLength };
    case "compound": {
      const end = type.members.reduce((last, member) => Math.max(last, member.byteOffset + member.type.size), 0);
      if (byteLength < end) throw cannotSetSize(where, "size shrinking will cut off last member");
      return { ...type, size: byteLength };
    }
    case "enum": {
      if (type.members.length > 0) {
        throw argumentError(where, "ARGS", "CANTINIT", "operation not allowed after members are defined");
      }
      return { ...type, size: byteLength, base: resizedDatatype(type.base, byteLength, where) };
    }
    case "array":
      return resizedArray(type, byteLength, where);
    case "variable-length":
      return type.kind === "string" ? type : { ...type, base: resizedDatatype(type.base, byteLength, where) };
    case "reference":
    case "complex":
      throw argumentError(where, "ARGS", "CANTINIT", "operation not defined for this datatype");
    default:
      return type satisfies never;
  }
}

function resizedArray(type: ArrayType, byteLength: number, where: string): ArrayType {
  const base = resizedDatatype(type.base, byteLength, where);
  return { ...type, base, size: base.size * product(type.dims) };
}

function cannotSetSize(where: string, text: string) {
  return libraryError([
    record(where, "DATATYPE", "CANTINIT", "unable to set size for datatype"),
    record("H5T__set_size", "ARGS", "BADVALUE", text),
  ]);
}
