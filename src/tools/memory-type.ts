/**
 * Datatypes with the sizes that a C program sees: in memory, strings of any length are pointers and sequences are a count and
 * a pointer, whatever they take in the file. C: what `H5Dget_type` gives.
 */

import { product } from "../base/bits.ts";
import type { CompoundMember, Datatype, ReferenceType } from "../format/datatype.ts";

/** `char *`, `hvl_t`. */
const POINTER_BYTES = 8;
const SEQUENCE_BYTES = 16;
/** `hobj_ref_t`, `hdset_reg_ref_t`, `H5R_ref_t`. */
const REFERENCE_BYTES: Readonly<Record<ReferenceType["kind"], number>> = {
  object: 8,
  region: 12,
  "standard-object": 64,
  "standard-region": 64,
  "standard-attribute": 64,
};

/** The same datatype with sizes and offsets of memory; members keep the gaps between them. */
export function memoryType(type: Datatype): Datatype {
  switch (type.class) {
    case "variable-length":
      return { ...type, size: type.kind === "string" ? POINTER_BYTES : SEQUENCE_BYTES, base: memoryType(type.base) };
    case "reference":
      return { ...type, size: REFERENCE_BYTES[type.kind] };
    case "array": {
      const base = memoryType(type.base);
      return { ...type, base, size: base.size * product(type.dims) };
    }
    case "compound": {
      const moved = new Map<CompoundMember, CompoundMember>();
      let growth = 0;
      for (const member of type.members.toSorted((a, b) => a.byteOffset - b.byteOffset)) {
        const inMemory = memoryType(member.type);
        moved.set(member, { ...member, type: inMemory, byteOffset: member.byteOffset + growth });
        growth += inMemory.size - member.type.size;
      }
      return { ...type, size: type.size + growth, members: type.members.map((member) => moved.get(member) ?? member) };
    }
    default:
      return type;
  }
}
