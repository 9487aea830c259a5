/**
 * Attribute message (0x000C), also the object of a dense attribute heap.
 *
 * Specification: IV.A.2.m, "The Attribute Message". Reference implementation: H5Oattr.c.
 *
 * | field           | version 1                | version 2                           | version 3      |
 * | --------------- | ------------------------ | ----------------------------------- | -------------- |
 * | Version         | 1                        | 1                                   | 1              |
 * | Flags           | reserved, 1              | 1: bit 0 type, bit 1 space shared   | as version 2   |
 * | Name Size       | 2, with the NUL          | 2                                   | 2              |
 * | Datatype Size   | 2                        | 2                                   | 2              |
 * | Dataspace Size  | 2                        | 2                                   | 2              |
 * | Character Set   |                          |                                     | 1              |
 * | Name            | padded to 8              | Name Size                           | Name Size      |
 * | Datatype        | padded to 8              | Datatype Size                       | Datatype Size  |
 * | Dataspace       | padded to 8              | Dataspace Size                      | Dataspace Size |
 * | Data            | what is left             | what is left                        | what is left   |
 */
import type { FileWidths } from "../base/address.ts";
import { alignUp } from "../base/bits.ts";
import type { Cursor } from "../base/cursor.ts";
import { encodeUtf8 } from "../base/text.ts";
import type { Writer } from "../base/writer.ts";
import { type Dataspace, decodeDataspace, encodeDataspace, sizeOfDataspace } from "./dataspace.ts";
import type { CharacterSet, Datatype } from "./datatype.ts";
import { decodeDatatype, encodeDatatype, sizeOfDatatype } from "./datatype-message.ts";
import { decodeSharedMessage, encodeSharedMessage, type MaybeShared, sizeOfSharedMessage } from "./shared-message.ts";

/** An attribute with its value. Specification: IV.A.2.m, "The Attribute Message". */
export interface AttributeMessage {
  readonly version: 1 | 2 | 3;
  /** Its name, without the NUL. */
  readonly name: string;
  /** How the name is written; ASCII before version 3, which does not tell. */
  readonly characterSet: CharacterSet;
  /** The type itself, or where it is shared (a committed datatype or the shared message heap). */
  readonly datatype: MaybeShared<Datatype>;
  /** Its dims, or where they are kept once for several objects. */
  readonly dataspace: MaybeShared<Dataspace>;
  /**
   * The raw bytes of the value in the file's datatype. Decoding cannot know its length when the type is shared, so it
   * is all that is left of the message; padding may follow.
   */
  readonly data: Uint8Array;
}

const DATATYPE_SHARED = 0x01;
const DATASPACE_SHARED = 0x02;
const ALL_FLAGS = 0x03;

const CHARACTER_SETS = ["ascii", "utf-8"] as const;

/** Bytes of the message with its data, without padding after it. */
export function sizeOfAttribute(attribute: AttributeMessage, widths: FileWidths): number {
  const { version, name, datatype, dataspace, data } = attribute;
  const parts = [
    encodeUtf8(name).length + 1,
    datatype.shared ? sizeOfSharedMessage(datatype.location, widths) : sizeOfDatatype(datatype.value, widths),
    dataspace.shared ? sizeOfSharedMessage(dataspace.location, widths) : sizeOfDataspace(dataspace.value, widths),
  ];
  let size = (version === 3 ? 9 : 8) + data.length;
  for (const part of parts) size += version === 1 ? alignUp(part, 8) : part;
  return size;
}

/** `data` is a view of the cursor's bytes. */
export function decodeAttribute(cursor: Cursor): AttributeMessage {
  const start = cursor.position;
  const version = cursor.version([1, 2, 3]) as 1 | 2 | 3;
  const flags = decodeFlags(cursor, version);
  const nameSize = cursor.u16("Name Size");
  const datatypeSize = cursor.u16("Datatype Size");
  const dataspaceSize = cursor.u16("Dataspace Size");
  const characterSet = version === 3 ? decodeCharacterSet(cursor) : "ascii";
  const alignment = version === 1 ? 8 : 1;

  const name = decodeName(cursor, nameSize);
  cursor.align(alignment, start);
  const datatype = decodePart(cursor, datatypeSize, (flags & DATATYPE_SHARED) !== 0, decodeDatatype, "Datatype");
  cursor.align(alignment, start);
  const dataspace = decodePart(cursor, dataspaceSize, (flags & DATASPACE_SHARED) !== 0, decodeDataspace, "Dataspace");
  cursor.align(alignment, start);
  const data = cursor.take(cursor.remaining, "Data");
  return { version, name, characterSet, datatype, dataspace, data };
}

/** The name of a message alone, of which the rest is not looked at. */
export function decodeAttributeName(cursor: Cursor): string {
  const version = cursor.version([1, 2, 3]) as 1 | 2 | 3;
  decodeFlags(cursor, version);
  const nameSize = cursor.u16("Name Size");
  cursor.u16("Datatype Size");
  cursor.u16("Dataspace Size");
  if (version === 3) decodeCharacterSet(cursor);
  return decodeName(cursor, nameSize);
}

function decodeFlags(cursor: Cursor, version: 1 | 2 | 3): number {
  const flags = cursor.u8("Flags");
  if (version === 1) return 0;
  if ((flags & ~ALL_FLAGS) !== 0) throw cursor.error(`unknown bits in 0x${flags.toString(16)}`, "Flags");
  return flags;
}

function decodeCharacterSet(cursor: Cursor): CharacterSet {
  return cursor.oneOf(CHARACTER_SETS, "Name Character Set Encoding");
}

function decodeName(cursor: Cursor, nameSize: number): string {
  const bytes = cursor.sub(nameSize, cursor.structure, "Name");
  const name = bytes.nulTerminated("Name");
  if (bytes.remaining > 0) throw cursor.error(`the NUL is not byte ${nameSize} of ${nameSize}`, "Name");
  return name;
}

function decodePart<T>(
  cursor: Cursor,
  byteLength: number,
  shared: boolean,
  decode: (cursor: Cursor) => T,
  field: string,
): MaybeShared<T> {
  const part = cursor.sub(byteLength, `${cursor.structure}, ${field}`, field);
  return shared ? { shared, location: decodeSharedMessage(part) } : { shared, value: decode(part) };
}

/**
 * All of `data` is written, and nothing after it.
 *
 * @throws RangeError for what the version cannot hold: shared parts below 2, a UTF-8 name below 3, parts from 64 KiB on.
 */
export function encodeAttribute(writer: Writer, attribute: AttributeMessage): void {
  const { version, name, characterSet, datatype, dataspace, data } = attribute;
  if (version === 1 && (datatype.shared || dataspace.shared)) {
    throw new RangeError("a shared datatype or dataspace needs version 2 of the attribute message");
  }
  if (version < 3 && characterSet !== "ascii") {
    throw new RangeError("a UTF-8 name needs version 3 of the attribute message");
  }
  const start = writer.position;
  const nameBytes = encodeUtf8(name);
  writer.u8(version).u8((datatype.shared ? DATATYPE_SHARED : 0) | (dataspace.shared ? DATASPACE_SHARED : 0));
  writer.u16(nameBytes.length + 1);
  const sizes = writer.position;
  writer.zeros(4);
  if (version === 3) writer.u8(CHARACTER_SETS.indexOf(characterSet));
  const alignment = version === 1 ? 8 : 1;
  writer.bytes(nameBytes).u8(0).align(alignment, start);
  encodePart(writer, sizes, datatype, encodeDatatype);
  writer.align(alignment, start);
  encodePart(writer, sizes + 2, dataspace, encodeDataspace);
  writer.align(alignment, start);
  writer.bytes(data);
}

/** @param sizeAt - Where the size of the part stands, which is known afterwards. */
function encodePart<T>(
  writer: Writer,
  sizeAt: number,
  part: MaybeShared<T>,
  encode: (writer: Writer, value: T) => void,
): void {
  const start = writer.position;
  if (part.shared) encodeSharedMessage(writer, part.location);
  else encode(writer, part.value);
  const byteLength = writer.position - start;
  if (byteLength > 0xffff) throw new RangeError(`a part of ${byteLength} bytes in an attribute message`);
  writer.patch(sizeAt, byteLength, 2);
}
