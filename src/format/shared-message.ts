/**
 * Shared message form: what stands in a message's place when its flag 0x02 is set.
 *
 * Specification: IV.A.2, "Version 1..3 Shared Message". Reference implementation: H5Oshared.c. DIFF: version 1 has Size of
 * Lengths bytes more than drawn, before the address.
 *
 * | field    | version 1       | version 2       | version 3                            |
 * | -------- | --------------- | --------------- | ------------------------------------ |
 * | Version  | 1               | 1               | 1                                    |
 * | Type     | 1               | 1               | 1: 1 shared heap, 2 committed        |
 * | Reserved | 6               |                 |                                      |
 * | (unused) | Size of Lengths |                 |                                      |
 * | Location | Size of Offsets | Size of Offsets | 8 (heap ID) or Size of Offsets       |
 */
import type { Address, FileWidths } from "../base/address.ts";
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";

/** Where the message is that this stands for. Specification: IV.A.2, "Version 1..3 Shared Message". */
export type SharedMessage =
  /** In the shared message heap of the file (SOHM): an 8-byte fractal heap ID. */
  | { readonly kind: "heap"; readonly version: 3; readonly heapId: Uint8Array }
  /** In another object's header: a committed datatype, as a rule. */
  | { readonly kind: "committed"; readonly version: 1 | 2 | 3; readonly objectHeaderAddress: Address };

/** A message's value, or where it lives. */
export type MaybeShared<T> =
  | { readonly shared: false; readonly value: T }
  | { readonly shared: true; readonly location: SharedMessage };

const IN_HEAP = 1;
const COMMITTED = 2;
const HEAP_ID_BYTES = 8;

export function sizeOfSharedMessage(location: SharedMessage, widths: FileWidths): number {
  if (location.kind === "heap") return 2 + HEAP_ID_BYTES;
  if (location.version === 1) return 8 + widths.sizeOfLengths + widths.sizeOfOffsets;
  return 2 + widths.sizeOfOffsets;
}

export function decodeSharedMessage(cursor: Cursor): SharedMessage {
  const version = cursor.version([1, 2, 3], "Shared Message Version") as 1 | 2 | 3;
  const type = cursor.u8("Shared Message Type");
  if (version === 3) {
    if (type === IN_HEAP) return { kind: "heap", version, heapId: cursor.take(HEAP_ID_BYTES, "Heap ID") };
    if (type !== COMMITTED) {
      throw cursor.error(
        `expected ${IN_HEAP} (shared heap) or ${COMMITTED} (committed), found ${type}`,
        "Shared Message Type",
      );
    }
  }
  if (version === 1) cursor.skip(6 + cursor.widths.sizeOfLengths, "Reserved");
  return { kind: "committed", version, objectHeaderAddress: cursor.addressValue("Object Header Address") };
}

/** The type byte, which versions 1 and 2 leave undefined, is what the C library writes: 0 in version 1, else 2. */
export function encodeSharedMessage(writer: Writer, location: SharedMessage): void {
  writer.u8(location.version);
  if (location.kind === "heap") {
    if (location.heapId.length !== HEAP_ID_BYTES) {
      throw new RangeError(`heap ID of ${location.heapId.length} bytes in a shared message, expected ${HEAP_ID_BYTES}`);
    }
    writer.u8(IN_HEAP).bytes(location.heapId);
    return;
  }
  if (location.version === 1) writer.zeros(7 + writer.widths.sizeOfLengths);
  else writer.u8(COMMITTED);
  writer.addressValue(location.objectHeaderAddress);
}
