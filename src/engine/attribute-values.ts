/** Attributes as programs see them, and what an object without dense ones says of them. */
import { type Address, UNDEFINED_ADDRESS } from "../base/address.ts";
import { product } from "../base/bits.ts";
import { HDF5Error } from "../base/errors.ts";
import { isAscii } from "../base/text.ts";
import type { AttributeMessage } from "../format/attribute.ts";
import type { AttributeInfo } from "../format/attribute-info.ts";
import type { Dataspace } from "../format/dataspace.ts";
import type { CharacterSet, Datatype } from "../format/datatype.ts";
import type { VersionBounds } from "../format/library-version.ts";
import type { ObjectHeader as HeaderFields } from "../format/object-header.ts";

export interface Attribute {
  readonly name: string;
  readonly characterSet: CharacterSet;
  readonly datatype: Datatype;
  /** Where the datatype is committed, if it is. */
  readonly committedTypeAddress: Address | undefined;
  readonly dataspace: Dataspace;
  /** The value in the file's datatype, `elements * datatype.size` bytes; a view that must not be modified. */
  readonly bytes: Uint8Array;
  /** Position in the order of creation, where the object tracks it. */
  readonly creationOrder: number | undefined;
}

export interface AttributeSpec {
  readonly name: string;
  readonly characterSet?: CharacterSet;
  readonly datatype: Datatype;
  readonly committedTypeAddress?: Address | undefined;
  readonly dataspace: Dataspace;
  readonly bytes: Uint8Array;
  /** For the versions of datatype and dataspace. Default: the file's. */
  readonly partBounds?: VersionBounds | undefined;
}

/** Elements of a dataspace: 0 for null, 1 for scalar. */
export function elementCount(space: Dataspace): number {
  return space.kind === "null" ? 0 : product(space.dims);
}

/** The attribute info message of an object without dense storage. */
export function newAttributeInfo(fields: HeaderFields, nextIndex: number): AttributeInfo {
  const indexed = fields.version === 2 && fields.attributeCreationOrderIndexed;
  return {
    maximumCreationIndex: fields.attributeCreationOrderTracked ? nextIndex : undefined,
    fractalHeapAddress: UNDEFINED_ADDRESS,
    nameIndexAddress: UNDEFINED_ADDRESS,
    creationOrderIndexAddress: indexed ? UNDEFINED_ADDRESS : undefined,
  };
}

/** What is behind a NUL nobody would find again. */
export function checkAttributeName(name: string): void {
  if (name.includes("\0")) throw new HDF5Error("argument", "embedded null byte", { path: name });
}

/** What a message was encoded from, if decoding it would give no more than that. @param data - Its bytes. */
export function knownAttribute(
  { name, characterSet, datatype, dataspace, data: value }: AttributeMessage,
  data: Uint8Array,
  creationOrder: number | undefined,
): Attribute | undefined {
  if (datatype.shared || dataspace.shared || !isAscii(name)) return undefined;
  return {
    name,
    characterSet,
    datatype: datatype.value,
    committedTypeAddress: undefined,
    dataspace: dataspace.value,
    bytes: data.subarray(data.length - value.length),
    creationOrder,
  };
}

/** The bytes of an attribute with another value, and what they mean. @param attribute - Its value is a view of `data`. */
export function withValue(
  data: Uint8Array,
  attribute: Attribute,
  value: Uint8Array,
): { readonly data: Uint8Array; readonly decoded: Attribute } {
  const changed = data.slice();
  const at = attribute.bytes.byteOffset - data.byteOffset;
  changed.set(value, at);
  return { data: changed, decoded: { ...attribute, bytes: changed.subarray(at, at + value.length) } };
}
