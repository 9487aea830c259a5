/** How much memory the variable-length data of elements takes. Reference implementation: H5Dint.c, `H5D__vlen_get_buf_size`. */
import { isDefined } from "../base/address.ts";
import { product } from "../base/bits.ts";
import type { Datatype, VariableLengthType } from "../format/datatype.ts";
import { hasVariableLength } from "../format/datatype-questions.ts";
import { decodeHeapReference } from "../format/reference.ts";
import type { H5File } from "./h5-file.ts";

/** Bytes of `hvl_t` and of a pointer, which stand for sequences and strings in memory. */
const SEQUENCE_BYTES = 16;
const POINTER_BYTES = 8;

/** Bytes of an element as a C program has it in memory. */
function memorySize(type: Datatype): number {
  if (!hasVariableLength(type)) return type.size;
  switch (type.class) {
    case "variable-length":
      return type.kind === "string" ? POINTER_BYTES : SEQUENCE_BYTES;
    case "array":
      return product(type.dims) * memorySize(type.base);
    case "compound":
      return type.members.reduce((sum, member) => sum + memorySize(member.type), 0);
    default:
      return type.size;
  }
}

/**
 * Bytes of all sequences, and of all strings with their NULs, of packed elements, those inside others included.
 *
 * @param fileType - Of `bytes`.
 * @param memoryType - The same but for the sizes of numbers.
 */
export function variableLengthBytes(file: H5File, fileType: Datatype, memoryType: Datatype, bytes: Uint8Array): number {
  if (!hasVariableLength(fileType)) return 0;
  let sum = 0;
  for (let offset = 0; offset + fileType.size <= bytes.length; offset += fileType.size) {
    sum += elementBytes(file, fileType, memoryType, bytes.subarray(offset, offset + fileType.size));
  }
  return sum;
}

function elementBytes(file: H5File, fileType: Datatype, memoryType: Datatype, bytes: Uint8Array): number {
  switch (fileType.class) {
    case "variable-length":
      return sequenceBytes(file, fileType, memoryType, bytes);
    case "array": {
      const base = memoryType.class === "array" ? memoryType.base : fileType.base;
      return variableLengthBytes(file, fileType.base, base, bytes);
    }
    case "compound": {
      const inMemory = memoryType.class === "compound" ? memoryType.members : fileType.members;
      let sum = 0;
      for (const { name, byteOffset, type } of fileType.members) {
        const target = inMemory.find((member) => member.name === name)?.type;
        if (target === undefined) continue;
        sum += variableLengthBytes(file, type, target, bytes.subarray(byteOffset, byteOffset + type.size));
      }
      return sum;
    }
    default:
      return 0;
  }
}

function sequenceBytes(file: H5File, type: VariableLengthType, memoryType: Datatype, bytes: Uint8Array): number {
  const cursor = file.storage.cursor(bytes, "Variable-length element", 0);
  const count = cursor.u32("Length");
  if (type.kind === "string") return count + 1;
  const base = memoryType.class === "variable-length" ? memoryType.base : type.base;
  const own = count * memorySize(base);
  const { collectionAddress, objectIndex } = decodeHeapReference(cursor);
  if (!hasVariableLength(type.base) || collectionAddress === 0 || !isDefined(collectionAddress)) return own;
  const object = file.globalHeap.read(collectionAddress, objectIndex);
  return own + variableLengthBytes(file, type.base, base, object.subarray(0, count * type.base.size));
}
