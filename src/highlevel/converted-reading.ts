/** Reading as a datatype that the program chose. h5py: `Dataset.astype`. */
import { allocateBytes } from "../base/memory.ts";
import { conversionBetween } from "../engine/dataset-io/typed-transfer.ts";
import type { Datatype } from "../format/datatype.ts";
import { elementsInterchangeable } from "../format/datatype-questions.ts";

/** Reads packed elements of a datatype into bytes. */
export type ReadPacked = (bytes: Uint8Array, datatype: Datatype) => void;

/**
 * Elements of `memoryType` that are values of `wanted`.
 *
 * The array that values come in may hold more than `wanted` does: halves come as singles where there is no array of halves. They
 * have the range and the digits of `wanted` all the same, since that is read first then.
 *
 * @param stored - The datatype in the file.
 */
export function readAs(
  { stored, wanted }: { readonly stored: Datatype; readonly wanted: Datatype },
  memoryType: Datatype,
  bytes: Uint8Array,
  read: ReadPacked,
): void {
  // The C library has no way from an integer to an enumeration; h5py adds the one over the integer of that.
  const type = wanted.class === "enum" && stored.class === "fixed-point" ? wanted.base : wanted;
  if (memoryType === wanted) read(bytes, type);
  else if (elementsInterchangeable(type, memoryType)) read(bytes, memoryType);
  else {
    const count = bytes.length / memoryType.size;
    const packed = allocateBytes(count * type.size);
    read(packed, type);
    conversionBetween(type, memoryType, undefined).convert(packed, 0, bytes, 0, count);
  }
}
