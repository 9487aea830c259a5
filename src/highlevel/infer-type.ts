/**
 * The datatype that a value is stored with when the caller names none.
 *
 * It follows the JavaScript type, never the values, so that it can be foretold: number is `<f8`, bigint `<i8`, boolean
 * h5py's enumeration of FALSE and TRUE, string a variable-length UTF-8 string, a typed array its own, a plain object or a
 * Map a compound of its properties.
 */
import type { ReferenceValue } from "../engine/conversion/element-decoder.ts";
import type { Datatype } from "../format/datatype.ts";
import {
  arrayOf,
  booleanEnum,
  PREDEFINED,
  packedCompound,
  reference,
  variableString,
} from "../format/predefined-datatypes.ts";
import { plainError } from "../lowlevel/api-error.ts";
import { datatypeOfArray } from "../lowlevel/memory-type.ts";
import { arrayValueOf } from "./array-value.ts";

/** Whether a value has the form of a reference read from a file. */
export function isReferenceValue(value: unknown): value is ReferenceValue {
  if (typeof value !== "object" || value === null || !("kind" in value) || !("bytes" in value)) return false;
  return typeof value.kind === "string" && value.bytes instanceof Uint8Array;
}

/** The members of a record of a compound datatype: an object of properties alone, or a Map of names to values. */
function recordOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (value instanceof Map) {
    const names = [...value.keys()];
    return names.length > 0 && names.every((name) => typeof name === "string") ? value : undefined;
  }
  return isRecord(value) ? new Map(Object.entries(value)) : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value) || isReferenceValue(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return (prototype === Object.prototype || prototype === null) && Object.keys(value).length > 0;
}

/** The datatype for these elements, which must all be of one kind. No elements at all are taken for numbers. */
export function inferDatatype(items: ArrayLike<unknown>): Datatype {
  const typed = datatypeOfArray(items);
  if (typed !== undefined) return typed;
  if (items.length === 0) return PREDEFINED.IEEE_F64LE;
  const first = items[0];
  switch (typeof first) {
    case "number":
      return allOf(items, PREDEFINED.IEEE_F64LE);
    case "bigint":
      return allOf(items, PREDEFINED.STD_I64LE);
    case "boolean":
      return allOf(items, booleanEnum());
    case "string":
      return allOf(items, variableString());
    default:
      break;
  }
  if (isReferenceValue(first)) return referenceDatatype(items, first);
  const record = recordOf(first);
  if (record !== undefined) return recordDatatype(items, [...record.keys()]);
  throw noEquivalent();
}

function noEquivalent() {
  return plainError("TypeError", "Object dtype dtype('O') has no native HDF5 equivalent");
}

/** The datatype, if all items are of the JavaScript type of the first. */
function allOf(items: ArrayLike<unknown>, type: Datatype): Datatype {
  for (let i = 1; i < items.length; i++) {
    if (typeof items[i] !== typeof items[0]) throw noEquivalent();
  }
  return type;
}

function referenceDatatype(items: ArrayLike<unknown>, first: ReferenceValue): Datatype {
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    if (!isReferenceValue(item) || item.kind !== first.kind || item.bytes.length !== first.bytes.length) {
      throw noEquivalent();
    }
  }
  return { ...reference(first.kind), size: first.bytes.length };
}

function recordDatatype(items: ArrayLike<unknown>, names: readonly string[]): Datatype {
  const records = Array.from(items, (item) => {
    const record = recordOf(item);
    if (record === undefined) throw noEquivalent();
    return record;
  });
  const members = names.map((name) => {
    const values = records.map((record) => {
      if (!record.has(name)) throw plainError("ValueError", `no field of name ${name}`);
      return record.get(name);
    });
    return { name, type: fieldDatatype(values) };
  });
  return packedCompound(members);
}

/** A field's values are of one shape in all records; with dimensions the field is an array. */
function fieldDatatype(values: readonly unknown[]): Datatype {
  const { shape, items } = arrayValueOf(values);
  const base = inferDatatype(items);
  const dims = shape.slice(1);
  return dims.length === 0 ? base : arrayOf(base, dims);
}
