/** Attributes as programs see them, and what an object without dense ones says of them. */
import { type Address, UNDEFINED_ADDRESS } from "../base/address.ts";
import { product } from "../base/bits.ts";
import type { AttributeInfo } from "../format/attribute-info.ts";
import type { Dataspace } from "../format/dataspace.ts";
import type { CharacterSet, Datatype } from "../format/datatype.ts";
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
