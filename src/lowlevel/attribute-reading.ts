/** What is read of an attribute. */
import { NotFoundError } from "../base/errors.ts";
import type { Attribute } from "../engine/attribute-values.ts";
import type { EngineObject } from "../engine/engine-object.ts";
import type { Datatype } from "../format/datatype.ts";
import { argumentError, guarded, record } from "./api-error.ts";
import { committedTypeOf } from "./dataset-reading.ts";
import { elementContextOf } from "./element-context.ts";
import type { MemoryBuffer } from "./memory-type.ts";
import type { ObjectPlace, OpenObject } from "./open-object.ts";
import { INDEX_CRT_ORDER, INDEX_NAME, type Ordering, ordered } from "./ordering.ts";
import { requireConversion } from "./require-conversion.ts";

export const CANNOT_READ = record("H5Aread", "ATTR", "READERROR", "unable to read attribute");
export const CANNOT_OPEN = record("H5Aopen_by_name", "ATTR", "CANTOPENOBJ", "can't open attribute");

/** The attribute of a name. @throws NotFoundError in the C library's words. */
export function attributeOf(object: EngineObject, name: string): Attribute {
  const attribute = object.attribute(name);
  if (attribute === undefined) throw new NotFoundError(`can't locate attribute: '${name}'`, { path: name });
  return attribute;
}

export const NO_NAME = "no attribute name";

/** @throws ValueError "No attribute name (…)". */
function requireSome(where: string, name: string): void {
  if (name === "") throw argumentError(where, "ARGS", "BADVALUE", NO_NAME);
}

/** The attribute of a name. @throws KeyError "Can't open attribute (…)"; ValueError for an empty name. */
export function openAttribute(handle: OpenObject, name: string): Attribute {
  requireSome("H5Aopen_by_name", name);
  return guarded(CANNOT_OPEN, () => attributeOf(handle.location().object, name));
}

/** The datatype of an attribute, be it a committed one. */
export function attributeType({ file }: EngineObject, attribute: Attribute): Datatype {
  return guarded(record("H5Aget_type", "ATTR", "CANTGET", "can't get datatype ID of attribute"), () => {
    return (committedTypeOf(file, attribute) ?? attribute).datatype;
  });
}

/** Converts the value into a buffer, which has room for all of it. @throws OSError "Unable to read attribute (…)". */
export function readAttribute({ file }: EngineObject, attribute: Attribute, buffer: MemoryBuffer): void {
  guarded(CANNOT_READ, () => {
    const { bytes, datatype } = attribute;
    const count = bytes.length / datatype.size;
    requireRoom(buffer.bytes, count * buffer.datatype.size);
    requireConversion(datatype, buffer.datatype, elementContextOf(file)).convert(bytes, 0, buffer.bytes, 0, count);
  });
}

export function requireRoom(bytes: Uint8Array, byteLength: number): void {
  if (bytes.length < byteLength) throw new RangeError(`array: ${bytes.length} bytes, the attribute has ${byteLength}`);
}

export const CANNOT_TELL = record("H5Aexists_by_name", "ATTR", "CANTGET", "unable to determine if attribute exists");

/** Whether an object has an attribute of a name. @throws ValueError for an empty one. */
export function hasAttribute({ object }: ObjectPlace, name: string): boolean {
  requireSome("H5Aexists_by_name", name);
  return guarded(CANNOT_TELL, () => object.attribute(name) !== undefined);
}

/** How many attributes an object has. */
export function attributeCount(handle: OpenObject): number {
  return guarded(record("H5Aget_num_attrs", "ATTR", "CANTGET", "can't get attribute count for object"), () => {
    return handle.location().object.attributeCount;
  });
}

export const CANNOT_ITERATE = record("H5Aiterate_by_name", "ATTR", "BADITER", "error iterating over attributes");

/** The attributes in the order asked for. @throws HDF5Error when creation was to count and is not tracked. */
export function orderedAttributes({ object }: ObjectPlace, ordering: Ordering): Attribute[] {
  return ordered(object.attributes(), ordering, "creation order not tracked for attributes");
}

/** Names of attributes, in order of creation where the object tracks it, else by name. */
export function attributeNames(handle: OpenObject): string[] {
  const place = handle.location();
  const tracked = place.object.header.fields.attributeCreationOrderTracked;
  const ordering = { idxType: tracked ? INDEX_CRT_ORDER : INDEX_NAME };
  return guarded(CANNOT_ITERATE, () => orderedAttributes(place, ordering).map(({ name }) => name));
}
