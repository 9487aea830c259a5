/**
 * Elements that are copied to another place: what they keep in the heap is copied too, and references are made to fit.
 *
 * Reference implementation: H5T.c, `H5T_convert` between two files, and H5Ocopy_ref.c.
 */
import type { Address } from "../base/address.ts";
import { product } from "../base/bits.ts";
import { Cursor } from "../base/cursor.ts";
import { Writer } from "../base/writer.ts";
import type { Datatype, VariableLengthType } from "../format/datatype.ts";
import type { H5File } from "./h5-file.ts";

/** Changes one element in place. */
export type Rehome = (bytes: Uint8Array, offset: number) => void;

export interface RehomeContext {
  readonly source: H5File;
  readonly destination: H5File;
  /** The address in the destination of an object of the source that a reference names; undefined makes the reference null. */
  readonly addressOf: (address: Address) => Address | undefined;
}

/** How elements of a datatype are to be changed; undefined when their bytes are right as they are. */
export function rehomeOf(type: Datatype, context: RehomeContext): Rehome | undefined {
  switch (type.class) {
    case "variable-length":
      return rehomeSequence(type, context);
    case "reference":
      return rehomeReference(type.kind, type.size, context);
    case "array": {
      const item = rehomeOf(type.base, context);
      const count = product(type.dims);
      const step = type.base.size;
      return item && ((bytes, offset) => rehomeMany(item, bytes, offset, step, count));
    }
    case "compound": {
      const parts = type.members.flatMap((member) => {
        const part = rehomeOf(member.type, context);
        return part === undefined ? [] : [{ part, byteOffset: member.byteOffset }];
      });
      if (parts.length === 0) return undefined;
      return (bytes, offset) => {
        for (const { part, byteOffset } of parts) part(bytes, offset + byteOffset);
      };
    }
    default:
      return undefined;
  }
}

function rehomeMany(item: Rehome, bytes: Uint8Array, offset: number, step: number, count: number): void {
  for (let i = 0; i < count; i++) item(bytes, offset + i * step);
}

/** Every element of packed bytes. */
export function rehomeAll(type: Datatype, bytes: Uint8Array, context: RehomeContext): void {
  const rehome = rehomeOf(type, context);
  if (rehome !== undefined) rehomeMany(rehome, bytes, 0, type.size, bytes.length / type.size);
}

/** The heap ID in the last bytes of an element: copied object, new ID. */
function moveHeapObject(
  bytes: Uint8Array,
  offset: number,
  context: RehomeContext,
  change: (object: Uint8Array) => void,
): void {
  const { source, destination } = context;
  const cursor = new Cursor(bytes, { structure: "Global heap ID", widths: source.storage.widths });
  cursor.position = offset;
  const address = cursor.addressValue("Heap collection address");
  const index = cursor.u32("Heap object index");
  if (address <= 0) return;
  const object = source.globalHeap.read(address, index).slice();
  change(object);
  const id = destination.globalHeap.insert(object);
  bytes.set(new Writer(destination.storage.widths).addressValue(id.address).u32(id.index).toBytes(), offset);
}

function rehomeSequence(type: VariableLengthType, context: RehomeContext): Rehome {
  const item = type.kind === "sequence" ? rehomeOf(type.base, context) : undefined;
  const step = type.base.size;
  return (bytes, offset) => {
    moveHeapObject(bytes, offset + 4, context, (object) => {
      if (item !== undefined) rehomeMany(item, object, 0, step, Math.floor(object.length / step));
    });
  };
}

function rehomeReference(kind: string, size: number, context: RehomeContext): Rehome {
  const { source, destination, addressOf } = context;
  const { sizeOfOffsets } = destination.storage.widths;
  const replaceAddress = (bytes: Uint8Array, offset: number): boolean => {
    const cursor = new Cursor(bytes, { structure: "Reference", widths: source.storage.widths });
    cursor.position = offset;
    const address = cursor.addressValue("Address");
    const moved = address <= 0 ? undefined : addressOf(address);
    bytes.fill(0, offset, offset + sizeOfOffsets);
    if (moved === undefined) return false;
    bytes.set(new Writer(destination.storage.widths).addressValue(moved).toBytes(), offset);
    return true;
  };
  if (kind === "object") {
    return (bytes, offset) => {
      replaceAddress(bytes, offset);
    };
  }
  if (kind === "region") {
    return (bytes, offset) => {
      let lost = false;
      moveHeapObject(bytes, offset, context, (object) => {
        lost = !replaceAddress(object, 0);
      });
      if (lost) bytes.fill(0, offset, offset + size);
    };
  }
  // Revised references hold tokens that are good in their own file only.
  if (source === destination) return () => {};
  return (bytes, offset) => {
    bytes.fill(0, offset, offset + size);
  };
}
