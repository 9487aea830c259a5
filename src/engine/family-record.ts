/**
 * What a superblock says of the members of a family, changed without opening the file: it would not open while the record
 * and the members do not agree.
 *
 * Reference implementation: h5repart.c, and in H5Fsuper.c what the properties of files that it sets do.
 */
import { isDefined, UNDEFINED_ADDRESS } from "../base/address.ts";
import { Cursor } from "../base/cursor.ts";
import { HDF5Error } from "../base/errors.ts";
import { DEFAULT_LIMITS } from "../base/limits.ts";
import { Writer } from "../base/writer.ts";
import { encodeDriverInfoBlock, encodeDriverInfoMessage, type FamilyDriverInfo } from "../format/driver-info.ts";
import { MESSAGE } from "../format/message-types.ts";
import {
  decodeObjectHeader,
  encodeObjectHeader,
  OBJECT_HEADER_PROBE_BYTES,
  objectHeaderByteLength,
} from "../format/object-header.ts";
import { encodeSuperblock, type Superblock } from "../format/superblock.ts";
import type { ByteTarget } from "../io/source.ts";
import { readSuperblock } from "./superblock-access.ts";

/**
 * Has the superblock tell of members of another size, or of none at all. A file that tells of no members stays as it is.
 *
 * @param memberByteLength - Undefined for a file in one piece.
 */
export function rewriteFamilyRecord(target: ByteTarget, memberByteLength: number | undefined): void {
  const superblock = readSuperblock(target, DEFAULT_LIMITS);
  const info = memberByteLength === undefined ? undefined : ({ kind: "family", memberByteLength } as const);
  if (superblock.version === 0 || superblock.version === 1) rewriteBlock(target, superblock, info);
  else if (isDefined(superblock.superblockExtensionAddress)) rewriteMessage(target, superblock, info);
  target.sync();
}

type OldSuperblock = Extract<Superblock, { readonly version: 0 | 1 }>;
type NewSuperblock = Exclude<Superblock, OldSuperblock>;

/** The block stays where it is when nothing points to it any more, as in the C library. */
function rewriteBlock(target: ByteTarget, superblock: OldSuperblock, info: FamilyDriverInfo | undefined): void {
  const { baseAddress, driverInformationBlockAddress: address } = superblock;
  if (!isDefined(address)) return;
  const writer = new Writer(superblock);
  if (info === undefined) {
    encodeSuperblock(writer, { ...superblock, driverInformationBlockAddress: UNDEFINED_ADDRESS });
    target.write(baseAddress, writer.copy());
  } else {
    encodeDriverInfoBlock(writer, info);
    target.write(baseAddress + address, writer.copy());
  }
}

/** The message is among the first of the extension: it was written when the file was made. */
function rewriteMessage(target: ByteTarget, superblock: NewSuperblock, info: FamilyDriverInfo | undefined): void {
  const { baseAddress, superblockExtensionAddress: address } = superblock;
  const context = { structure: "Superblock extension", address, widths: superblock, limits: DEFAULT_LIMITS };
  const offset = baseAddress + address;
  const probe = new Uint8Array(Math.min(OBJECT_HEADER_PROBE_BYTES, target.byteLength() - offset));
  target.readInto(offset, probe);
  const bytes = new Uint8Array(objectHeaderByteLength(new Cursor(probe, context)));
  target.readInto(offset, bytes);
  const header = decodeObjectHeader(new Cursor(bytes, context));
  const messages = header.messages.map((message) => {
    if (message.type !== MESSAGE.DRIVER_INFO) return message;
    if (info === undefined) return { ...message, type: MESSAGE.NIL, flags: 0 };
    const data = new Writer(superblock);
    encodeDriverInfoMessage(data, info);
    return { ...message, data: data.copy() };
  });
  const writer = new Writer(superblock);
  encodeObjectHeader(writer, { ...header, messages } as typeof header);
  if (writer.position !== bytes.length) {
    throw new HDF5Error("unsupported", "a record of the file's driver that is none of the family driver's", {
      address,
    });
  }
  target.write(offset, writer.copy());
}
