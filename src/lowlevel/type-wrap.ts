/** From a datatype's value to an identifier of its class. */
import type { Datatype } from "../format/datatype.ts";
import { TypeBitfieldID, TypeFloatID, TypeIntegerID, TypeTimeID } from "./type-atomic.ts";
import { TypeCompoundID, TypeEnumID } from "./type-composite.ts";
import { type CommittedType, setTypeWrapper, type TypeID } from "./type-id.ts";
import { TypeArrayID, TypeComplexID, TypeOpaqueID, TypeReferenceID, TypeStringID, TypeVlenID } from "./type-simple.ts";

/** A new identifier of a datatype, committed or not. */
export function typeIdOf(type: Datatype, committed?: CommittedType): TypeID {
  switch (type.class) {
    case "fixed-point":
      return new TypeIntegerID(type, committed);
    case "floating-point":
      return new TypeFloatID(type, committed);
    case "time":
      return new TypeTimeID(type, committed);
    case "string":
      return new TypeStringID(type, committed);
    case "bitfield":
      return new TypeBitfieldID(type, committed);
    case "opaque":
      return new TypeOpaqueID(type, committed);
    case "compound":
      return new TypeCompoundID(type, committed);
    case "reference":
      return new TypeReferenceID(type, committed);
    case "enum":
      return new TypeEnumID(type, committed);
    case "variable-length":
      return type.kind === "string" ? new TypeStringID(type, committed) : new TypeVlenID(type, committed);
    case "array":
      return new TypeArrayID(type, committed);
    case "complex":
      return new TypeComplexID(type, committed);
    default:
      return type satisfies never;
  }
}

setTypeWrapper(typeIdOf);
