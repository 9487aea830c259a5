/**
 * Link message (0x0006), also the object of a dense group's fractal heap.
 *
 * Specification: IV.A.2.g, "The Link Message". Reference implementation: H5Olink.c, H5Lexternal.c.
 *
 * | field                  | bytes                                                        |
 * | ---------------------- | ------------------------------------------------------------ |
 * | Version                | 1, here 1                                                    |
 * | Flags                  | 1: bits 0-1 width of the name's length, 2 order, 3 type, 4 charset |
 * | Link Type              | 1 if flag 3: 0 hard, 1 soft, 64 external, 65-255 user        |
 * | Creation Order         | 8 if flag 2, signed                                          |
 * | Link Name Character Set | 1 if flag 4: 0 ASCII, 1 UTF-8                               |
 * | Length of Link Name    | 1, 2, 4 or 8                                                 |
 * | Link Name              | without a NUL                                                |
 * | Link Information       | hard: address; others: length 2, then that many bytes        |
 *
 * An external link's information is a byte (version 0 in the high half, flags 0), the file's name and the object's path,
 * each with its NUL.
 */
import type { Address, FileWidths } from "../base/address.ts";
import type { Cursor } from "../base/cursor.ts";
import { encodeUtf8 } from "../base/text.ts";
import type { Writer } from "../base/writer.ts";
import type { CharacterSet } from "./datatype.ts";

/**
 * What a link leads to: an object by its address, a path, a path in another file, or what a class of links makes of
 * bytes.
 */
export type LinkTarget =
  | { readonly kind: "hard"; readonly objectHeaderAddress: Address }
  | { readonly kind: "soft"; readonly path: string }
  | { readonly kind: "external"; readonly file: string; readonly path: string }
  /** `linkType` 65 to 255. */
  | { readonly kind: "user"; readonly linkType: number; readonly data: Uint8Array };

/** A link of a group. Specification: IV.A.2.g, "The Link Message". */
export interface Link {
  /** Its name in the group. */
  readonly name: string;
  /** How the name is written. */
  readonly characterSet: CharacterSet;
  /** Present when the group tracks creation order. */
  readonly creationOrder: number | undefined;
  /** What it leads to. */
  readonly target: LinkTarget;
}

const VERSION = 1;
const NAME_WIDTH_MASK = 0x03;
const ORDER_PRESENT = 0x04;
const TYPE_PRESENT = 0x08;
const CHARACTER_SET_PRESENT = 0x10;
const ALL_FLAGS = 0x1f;

const TYPE_HARD = 0;
const TYPE_SOFT = 1;
const TYPE_EXTERNAL = 64;

const TWO_32 = 0x1_0000_0000;

/** Code of the width of a name's length: 0 for 1 byte, 1 for 2, 2 for 4. */
function nameWidthCode(byteLength: number): number {
  return byteLength > 0xffff ? 2 : byteLength > 0xff ? 1 : 0;
}

/** Bytes of what the link points at; for other than hard links the first 2 are the length of the rest. */
export function sizeOfLinkTarget(target: LinkTarget, widths: FileWidths): number {
  switch (target.kind) {
    case "hard":
      return widths.sizeOfOffsets;
    case "soft":
      return 2 + encodeUtf8(target.path).length;
    case "external":
      return 2 + 3 + encodeUtf8(target.file).length + encodeUtf8(target.path).length;
    case "user":
      return 2 + target.data.length;
    default:
      return target satisfies never;
  }
}

/** Bytes of the message, without padding. */
export function sizeOfLink(link: Link, widths: FileWidths): number {
  const nameLength = encodeUtf8(link.name).length;
  return (
    2 +
    (link.target.kind === "hard" ? 0 : 1) +
    (link.creationOrder === undefined ? 0 : 8) +
    (link.characterSet === "ascii" ? 0 : 1) +
    (1 << nameWidthCode(nameLength)) +
    nameLength +
    sizeOfLinkTarget(link.target, widths)
  );
}

/** What comes before the name. */
export interface LinkHead {
  /** 0 hard, 1 soft, 64 external, others user-defined. */
  readonly linkType: number;
  /** The link's place in the order of creation, from 0; undefined where the group keeps none. */
  readonly creationOrder: number | undefined;
  /** How the name is written. */
  readonly characterSet: CharacterSet;
  /** Bytes. */
  readonly nameLength: number;
}

/** Leaves the cursor at the first byte of the name, all of which is there. */
export function decodeLinkHead(cursor: Cursor): LinkHead {
  const version = cursor.u8("Version");
  if (version !== VERSION) throw cursor.error(`expected ${VERSION}, found ${version}`, "Version");
  const flags = cursor.flags(ALL_FLAGS);
  const linkType = (flags & TYPE_PRESENT) === 0 ? TYPE_HARD : cursor.u8("Link Type");
  const creationOrder = (flags & ORDER_PRESENT) === 0 ? undefined : decodeCreationOrder(cursor);
  const charset = (flags & CHARACTER_SET_PRESENT) === 0 ? 0 : cursor.within(0, 1, "Link Name Character Set");
  const nameLength = cursor.uint(1 << (flags & NAME_WIDTH_MASK), "Length of Link Name");
  cursor.need(nameLength, "Link Name");
  if (nameLength === 0 || cursor.bytes[cursor.position] === 0) throw cursor.error("the name is empty", "Link Name");
  return { linkType, creationOrder, characterSet: charset === 0 ? "ascii" : "utf-8", nameLength };
}

/**
 * Bytes before the length of the name in a hard link that says nothing but its name's character set, as most do: a way around
 * {@link decodeLinkHead} for who reads very many. 0 for any other link, and for what is wrong.
 *
 * @param start - Where the message begins; it ends at `end`.
 */
export function plainLinkHeadBytes(bytes: Uint8Array, start: number, end: number): number {
  if (start + 4 > end || bytes[start] !== VERSION) return 0;
  const flags = bytes[start + 1] as number;
  if ((flags & ~CHARACTER_SET_PRESENT) !== 0) return 0;
  const charset = flags === 0 ? 0 : (bytes[start + 2] as number);
  const headBytes = flags === 0 ? 2 : 3;
  const nameLength = bytes[start + headBytes] as number;
  const nameStart = start + headBytes + 1;
  return charset > 1 || nameLength === 0 || nameStart + nameLength > end || bytes[nameStart] === 0 ? 0 : headBytes;
}

export function decodeLink(cursor: Cursor): Link {
  const { linkType, creationOrder, characterSet, nameLength } = decodeLinkHead(cursor);
  const name = cursor.text(nameLength, "Link Name");
  return { name, characterSet, creationOrder, target: decodeTarget(cursor, linkType) };
}

function decodeCreationOrder(cursor: Cursor): number {
  const low = cursor.u32("Creation Order");
  const value = cursor.i32("Creation Order") * TWO_32 + low;
  if (!Number.isSafeInteger(value)) throw cursor.error(`${value} is beyond 2^53 - 1`, "Creation Order");
  return value;
}

function decodeTarget(cursor: Cursor, linkType: number): LinkTarget {
  if (linkType === TYPE_HARD) {
    return { kind: "hard", objectHeaderAddress: cursor.addressValue("Object Header Address") };
  }
  return decodeValue(cursor, linkType);
}

/** Of a link that is not hard. */
function decodeValue(cursor: Cursor, linkType: number): LinkTarget {
  if (linkType > TYPE_SOFT && linkType < TYPE_EXTERNAL) {
    throw cursor.error(`${linkType} is reserved`, "Link Type");
  }
  const byteLength = cursor.u16("Length of Link Information");
  if (linkType === TYPE_SOFT) {
    const path = cursor.text(byteLength, "Soft Link Value");
    if (path === "") throw cursor.error("the path is empty", "Soft Link Value");
    return { kind: "soft", path };
  }
  if (linkType !== TYPE_EXTERNAL) {
    return { kind: "user", linkType, data: cursor.take(byteLength, "User-Defined Data") };
  }
  const value = cursor.sub(byteLength, cursor.structure, "External Link Value");
  const versionAndFlags = value.u8("External Link Version and Flags");
  if (versionAndFlags !== 0) {
    throw value.error(`expected 0, found ${versionAndFlags}`, "External Link Version and Flags");
  }
  const file = value.nulTerminated("External Link File Name");
  const path = value.nulTerminated("External Link Object Path");
  return { kind: "external", file, path };
}

/** Like the C library: no type for hard links, no character set for ASCII, the shortest width for the name's length. */
export function encodeLink(writer: Writer, link: Link): void {
  const { target, creationOrder } = link;
  const name = encodeUtf8(link.name);
  const widthCode = nameWidthCode(name.length);
  let flags = widthCode;
  if (creationOrder !== undefined) flags |= ORDER_PRESENT;
  if (target.kind !== "hard") flags |= TYPE_PRESENT;
  if (link.characterSet !== "ascii") flags |= CHARACTER_SET_PRESENT;
  writer.u8(VERSION).u8(flags);
  if (target.kind !== "hard") writer.u8(typeNumber(target));
  if (creationOrder !== undefined) {
    const high = Math.floor(creationOrder / TWO_32);
    writer.u32(creationOrder - high * TWO_32).i32(high);
  }
  if (link.characterSet !== "ascii") writer.u8(1);
  writer.uint(name.length, 1 << widthCode).bytes(name);
  encodeTarget(writer, target);
}

function typeNumber(target: LinkTarget): number {
  switch (target.kind) {
    case "hard":
      return TYPE_HARD;
    case "soft":
      return TYPE_SOFT;
    case "external":
      return TYPE_EXTERNAL;
    case "user":
      return target.linkType;
    default:
      return target satisfies never;
  }
}

function encodeTarget(writer: Writer, target: LinkTarget): void {
  switch (target.kind) {
    case "hard":
      writer.addressValue(target.objectHeaderAddress);
      return;
    case "soft": {
      const path = encodeUtf8(target.path);
      writer.u16(path.length).bytes(path);
      return;
    }
    case "external": {
      const file = encodeUtf8(target.file);
      const path = encodeUtf8(target.path);
      writer.u16(3 + file.length + path.length).u8(0);
      writer.bytes(file).u8(0).bytes(path).u8(0);
      return;
    }
    case "user":
      writer.u16(target.data.length).bytes(target.data);
      return;
    default:
      target satisfies never;
  }
}
