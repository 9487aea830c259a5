/**
 * Elements on their way from one file to another: their heap IDs mean nothing there, so that the other file's heap gets the
 * data and the elements get its IDs. Addresses have the size there that they have in the other file.
 */
import { Cursor } from "../../base/cursor.ts";
import { Writer } from "../../base/writer.ts";
import type { ArrayType, CompoundType, Datatype, ReferenceType, VariableLengthType } from "../../format/datatype.ts";
import { holdsPlaces } from "../../format/datatype-questions.ts";
import { withWidths } from "../../format/datatype-version.ts";
import type { ElementContext } from "../conversion/element-context.ts";
import type { ElementConversion } from "../dataset-io/converting-memory.ts";

/** The files, and where each keeps what elements own. */
interface Move {
  readonly from: ElementContext;
  readonly to: ElementContext;
}

/** A place in elements. */
interface Place {
  readonly bytes: Uint8Array;
  readonly offset: number;
}

/** Copies elements of `type`, and what they keep in the heap; in the other file they have the datatype `withWidths` says. */
export function movingConversion(type: Datatype, from: ElementContext, to: ElementContext): ElementConversion {
  const moved = withWidths(type, to.widths);
  return {
    noop: false,
    convert(source, sourceOffset, destination, destinationOffset, count) {
      for (let i = 0; i < count; i++) {
        const at = { bytes: source, offset: sourceOffset + i * type.size };
        move(type, moved, at, { bytes: destination, offset: destinationOffset + i * moved.size }, { from, to });
      }
    },
  };
}

function move(type: Datatype, moved: Datatype, source: Place, target: Place, files: Move): void {
  const { bytes, offset } = target;
  if (type.size === moved.size) bytes.set(source.bytes.subarray(source.offset, source.offset + type.size), offset);
  else bytes.fill(0, offset, offset + moved.size);
  if (type.size === moved.size && !holdsPlaces(type)) return;
  switch (type.class) {
    case "compound":
      type.members.forEach((member, i) => {
        const other = (moved as CompoundType).members[i] as CompoundType["members"][number];
        const from = { bytes: source.bytes, offset: source.offset + member.byteOffset };
        move(member.type, other.type, from, { bytes, offset: offset + other.byteOffset }, files);
      });
      return;
    case "array": {
      const { base } = moved as ArrayType;
      for (let i = 0; i < type.size / type.base.size; i++) {
        const from = { bytes: source.bytes, offset: source.offset + i * type.base.size };
        move(type.base, base, from, { bytes, offset: offset + i * base.size }, files);
      }
      return;
    }
    case "variable-length":
      bytes.set(movedSequence(type, moved as VariableLengthType, source, files), offset);
      return;
    case "reference":
      if (type.size !== moved.size) bytes.set(movedReference(type, moved.size, source, files), offset);
      return;
    default:
      return;
  }
}

function cursorAt({ bytes, offset }: Place, byteLength: number, { widths }: ElementContext, structure: string): Cursor {
  return new Cursor(bytes.subarray(offset, offset + byteLength), { structure, widths });
}

function movedSequence(type: VariableLengthType, moved: VariableLengthType, source: Place, files: Move): Uint8Array {
  const { from, to } = files;
  const cursor = cursorAt(source, type.size, from, "Variable-length element");
  const count = cursor.u32("Length");
  const address = cursor.addressValue("Address");
  const index = cursor.u32("Index");
  if (address <= 0) return new Uint8Array(moved.size);
  let data = from.readHeapObject(address, index);
  if (type.kind === "sequence" && holdsPlaces(type.base)) {
    const elements = Math.min(count, Math.floor(data.length / type.base.size));
    const items = new Uint8Array(elements * moved.base.size);
    for (let i = 0; i < elements; i++) {
      const item = { bytes: data, offset: i * type.base.size };
      move(type.base, moved.base, item, { bytes: items, offset: i * moved.base.size }, files);
    }
    data = items;
  }
  const id = to.writeHeapObject(data);
  return new Writer(to.widths, 16).u32(count).addressValue(id.address).u32(id.index).toBytes();
}

/** The address in a reference, and the index behind it. What it keeps in a heap is not looked for in another file. */
function movedReference(type: ReferenceType, byteLength: number, source: Place, { from, to }: Move): Uint8Array {
  const { bytes, offset } = source;
  if (type.kind !== "object" && type.kind !== "region") {
    return bytes.subarray(offset, offset + Math.min(type.size, byteLength));
  }
  const address = cursorAt(source, type.size, from, "Reference").addressValue("Address");
  const index = bytes.subarray(offset + from.widths.sizeOfOffsets, offset + type.size);
  return new Writer(to.widths, 16).addressValue(address).bytes(index).toBytes();
}
