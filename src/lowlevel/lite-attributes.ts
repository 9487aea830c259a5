/** Attributes in one call. C: the `H5LTset_attribute_…`, `H5LTget_attribute_…` functions. */

import { encodeUtf8, isAscii } from "../base/text.ts";
import { decodeElements } from "../engine/conversion/element-decoder.ts";
import type { Dataspace } from "../format/dataspace.ts";
import type { Datatype } from "../format/datatype.ts";
import { fixedString } from "../format/predefined-datatypes.ts";
import { plainError } from "./api-error.ts";
import { expectInstance, type Name, toName } from "./arguments.ts";
import { type Elements, withElements } from "./element-buffer.ts";
import { elementContextOf } from "./element-context.ts";
import { type AttrID, create, exists, open, remove } from "./h5a.ts";
import { createSimple, SCALAR } from "./h5s.ts";
import type { LocationID } from "./location-id.ts";
import type { NumericArray } from "./memory-type.ts";
import {
  CHAR,
  DOUBLE,
  FLOAT,
  INT,
  LONG,
  LONG_LONG,
  memoryTypeOf,
  type NativeKind,
  type Numbers,
  SHORT,
  UCHAR,
  UINT,
  ULLONG,
  ULONG,
  USHORT,
} from "./native-kinds.ts";
import { extentOfClass } from "./space-extent.ts";
import { SpaceID } from "./space-id.ts";
import { TypeID } from "./type-id.ts";
import { typeIdOf } from "./type-wrap.ts";

/** What a dataset or an attribute holds. */
export interface ElementsInfo {
  /** Elements a dimension; none for a scalar. */
  readonly dims: readonly number[];
  /** One of `h5t.INTEGER`, `FLOAT`, … */
  readonly typeClass: number;
  /** Bytes of one element. */
  readonly typeSize: number;
}

/** The type of a string of its own length, NUL included. */
export function typeOfText(text: string): Datatype {
  return fixedString(encodeUtf8(text).length + 1, "null-terminate", isAscii(text) ? "ascii" : "utf-8");
}

/** Makes an attribute of an object, in place of one of that name. */
export function putAttribute(
  loc: LocationID,
  objName: Name,
  attrName: Name,
  extent: Dataspace,
  type: Datatype,
  data: Elements,
  memoryType: Datatype = type,
): void {
  const holder = { objName };
  loc.location().file.engine.requireWritable();
  if (exists(loc, attrName, holder)) remove(loc, attrName, -1, holder);
  const attribute = create(loc, attrName, typeIdOf(type), new SpaceID(extent), holder);
  try {
    const { file } = attribute.location().object;
    withElements(file, memoryType, data, (bytes) => attribute.write(bytes, typeIdOf(memoryType)));
  } finally {
    attribute.close();
  }
}

/** Calls with an attribute, which is closed afterwards. */
function withAttribute<T>(loc: LocationID, objName: Name, attrName: Name, use: (attribute: AttrID) => T): T {
  const attribute = open(loc, attrName, -1, { objName });
  try {
    return use(attribute);
  } finally {
    attribute.close();
  }
}

function elementsOf(attribute: AttrID): number {
  return attribute.getSpace().getSimpleExtentNpoints();
}

/** Writes a string of its own length, NUL-terminated, in place of an attribute of that name. C: `H5LTset_attribute_string`. */
export function setAttributeString(loc: LocationID, objName: Name, attrName: Name, value: string): void {
  putAttribute(loc, objName, attrName, extentOfClass(SCALAR), typeOfText(value), [value]);
}

/**
 * A string. @throws ValueError for an attribute of more than one, or of something else. C: `H5LTget_attribute_string`.
 */
export function getAttributeString(loc: LocationID, objName: Name, attrName: Name): string {
  return withAttribute(loc, objName, attrName, (attribute) => {
    const type = attribute.getType().datatype();
    const bytes = new Uint8Array(elementsOf(attribute) * type.size);
    attribute.read(bytes, typeIdOf(type));
    return oneString(
      decodeElements(type, bytes, elementsOf(attribute), elementContextOf(attribute.location().object.file)),
    );
  });
}

/** The only one of some values. @throws ValueError unless it is a string. */
export function oneString(values: readonly unknown[]): string {
  const [value] = values;
  if (values.length === 1 && typeof value === "string") return value;
  throw plainError("ValueError", `expected one string, found ${values.length} elements`);
}

/** Reads an attribute's elements as `type` into `array`. C: `H5LTget_attribute`. */
export function getAttribute(
  loc: LocationID,
  objName: Name,
  attrName: Name,
  type: TypeID,
  array: ArrayBufferView,
): void {
  expectInstance(type, TypeID, "type");
  withAttribute(loc, objName, attrName, (attribute) => attribute.read(array, type));
}

/** Dimensions. C: `H5LTget_attribute_ndims`. */
export function getAttributeNdims(loc: LocationID, objName: Name, attrName: Name): number {
  return withAttribute(loc, objName, attrName, (attribute) => attribute.getSpace().getSimpleExtentNdims());
}

/**
 * Dims, class and size of elements of an attribute.
 *
 * @throws KeyError when there is none. C: `H5LTget_attribute_info`.
 */
export function getAttributeInfo(loc: LocationID, objName: Name, attrName: Name): ElementsInfo {
  return withAttribute(loc, objName, attrName, (attribute) => {
    const type = attribute.getType();
    return {
      dims: attribute.getSpace().getSimpleExtentDims() ?? [],
      typeClass: type.getClass(),
      typeSize: type.getSize(),
    };
  });
}

/** Whether the object itself has an attribute of that name. C: `H5LTfind_attribute`. */
export function findAttribute(loc: LocationID, attrName: Name): boolean {
  return exists(loc, toName(attrName));
}

/** A function that writes a list of numbers, in place of an attribute of that name. */
function attributeSetter(kind: NativeKind<NumericArray>) {
  return (loc: LocationID, objName: Name, attrName: Name, values: Numbers): void => {
    const { extent } = createSimple([values.length]);
    putAttribute(loc, objName, attrName, extent, kind.datatype, values, memoryTypeOf(kind, values));
  };
}

/** A function that reads all elements of an attribute as numbers of a kind. */
function attributeGetter<A extends NumericArray>(kind: NativeKind<A>) {
  return (loc: LocationID, objName: Name, attrName: Name): A =>
    withAttribute(loc, objName, attrName, (attribute) => {
      const values = kind.arrayOf(elementsOf(attribute));
      attribute.read(values, typeIdOf(kind.datatype));
      return values;
    });
}

/** Stores 8-bit integers as an attribute, in place of any of that name. C: `H5LTset_attribute_char`. */
export const setAttributeChar = attributeSetter(CHAR);
/** Stores unsigned 8-bit integers as an attribute, in place of any of that name. C: `H5LTset_attribute_uchar`. */
export const setAttributeUchar = attributeSetter(UCHAR);
/** Stores 16-bit integers as an attribute, in place of any of that name. C: `H5LTset_attribute_short`. */
export const setAttributeShort = attributeSetter(SHORT);
/** Stores unsigned 16-bit integers as an attribute, in place of any of that name. C: `H5LTset_attribute_ushort`. */
export const setAttributeUshort = attributeSetter(USHORT);
/** Stores 32-bit integers as an attribute, in place of any of that name. C: `H5LTset_attribute_int`. */
export const setAttributeInt = attributeSetter(INT);
/** Stores unsigned 32-bit integers as an attribute, in place of any of that name. C: `H5LTset_attribute_uint`. */
export const setAttributeUint = attributeSetter(UINT);
/** Stores 64-bit integers as an attribute, in place of any of that name. C: `H5LTset_attribute_long`. */
export const setAttributeLong = attributeSetter(LONG);
/** Stores unsigned 64-bit integers as an attribute, in place of any of that name. C: `H5LTset_attribute_ulong`. */
export const setAttributeUlong = attributeSetter(ULONG);
/** Stores 64-bit integers as an attribute, in place of any of that name. C: `H5LTset_attribute_long_long`. */
export const setAttributeLongLong = attributeSetter(LONG_LONG);
/** Stores unsigned 64-bit integers as an attribute, in place of any of that name. C: `H5LTset_attribute_ullong`. */
export const setAttributeUllong = attributeSetter(ULLONG);
/** Stores 32-bit floats as an attribute, in place of any of that name. C: `H5LTset_attribute_float`. */
export const setAttributeFloat = attributeSetter(FLOAT);
/** Stores 64-bit floats as an attribute, in place of any of that name. C: `H5LTset_attribute_double`. */
export const setAttributeDouble = attributeSetter(DOUBLE);

/** An attribute as 8-bit integers. C: `H5LTget_attribute_char`. */
export const getAttributeChar = attributeGetter(CHAR);
/** An attribute as unsigned 8-bit integers. C: `H5LTget_attribute_uchar`. */
export const getAttributeUchar = attributeGetter(UCHAR);
/** An attribute as 16-bit integers. C: `H5LTget_attribute_short`. */
export const getAttributeShort = attributeGetter(SHORT);
/** An attribute as unsigned 16-bit integers. C: `H5LTget_attribute_ushort`. */
export const getAttributeUshort = attributeGetter(USHORT);
/** An attribute as 32-bit integers. C: `H5LTget_attribute_int`. */
export const getAttributeInt = attributeGetter(INT);
/** An attribute as unsigned 32-bit integers. C: `H5LTget_attribute_uint`. */
export const getAttributeUint = attributeGetter(UINT);
/** An attribute as 64-bit integers. C: `H5LTget_attribute_long`. */
export const getAttributeLong = attributeGetter(LONG);
/** An attribute as unsigned 64-bit integers. C: `H5LTget_attribute_ulong`. */
export const getAttributeUlong = attributeGetter(ULONG);
/** An attribute as 64-bit integers. C: `H5LTget_attribute_long_long`. */
export const getAttributeLongLong = attributeGetter(LONG_LONG);
/** An attribute as unsigned 64-bit integers. C: `H5LTget_attribute_ullong`. */
export const getAttributeUllong = attributeGetter(ULLONG);
/** An attribute as 32-bit floats. C: `H5LTget_attribute_float`. */
export const getAttributeFloat = attributeGetter(FLOAT);
/** An attribute as 64-bit floats. C: `H5LTget_attribute_double`. */
export const getAttributeDouble = attributeGetter(DOUBLE);
