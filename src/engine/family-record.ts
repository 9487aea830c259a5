/**
 * What a superblock says of the members of a family, changed without opening the file: it would not open while the record
 * and the members do not agree.
 *
 * Reference implementation: h5repart.c, and in H5Fsuper.c what the properties of files that it sets do.
 */
import { type FileWidths, isDefined, UNDEFINED_ADDRESS } from "../base/address.ts";
import { Cursor } from "../base/cursor.ts";
import { FormatError, HDF5Error } from "../base/errors.ts";
import { DEFAULT_LIMITS } from "../base/limits.ts";
import { Writer } from "../base/writer.ts";
import { decodeContinuation } from "../format/continuation.ts";
import { encodeDriverInfoBlock, encodeDriverInfoMessage, type FamilyDriverInfo } from "../format/driver-info.ts";
import { MESSAGE } from "../format/message-types.ts";
import {
  decodeContinuationBlock,
  decodeObjectHeader,
  encodeContinuationBlock,
  encodeObjectHeader,
  OBJECT_HEADER_PROBE_BYTES,
  objectHeaderByteLength,
} from "../format/object-header.ts";
import type { HeaderMessage, LocatedMessage } from "../format/object-header-message.ts";
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

/** A block of the extension's messages, and how it looks with others in it. */
interface Block {
  readonly offset: number;
  readonly byteLength: number;
  readonly messages: readonly LocatedMessage[];
  encode(writer: Writer, messages: readonly HeaderMessage[]): void;
}

/** Everything is encoded before the first byte is written. */
function rewriteMessage(target: ByteTarget, superblock: NewSuperblock, info: FamilyDriverInfo | undefined): void {
  const changed = extensionBlocks(target, superblock).filter(({ messages }) =>
    messages.some(({ type }) => type === MESSAGE.DRIVER_INFO),
  );
  const encoded = changed.map(({ offset, byteLength, messages, encode }) => {
    const writer = new Writer(superblock);
    encode(
      writer,
      messages.map((message) =>
        message.type === MESSAGE.DRIVER_INFO ? toldMessage(message, superblock, info) : message,
      ),
    );
    if (writer.position === byteLength) return { offset, bytes: writer.copy() };
    throw new HDF5Error("unsupported", "a record of the file's driver that is none of the family driver's", {
      address: superblock.superblockExtensionAddress,
    });
  });
  for (const { offset, bytes } of encoded) target.write(offset, bytes);
}

function toldMessage(message: HeaderMessage, widths: FileWidths, info: FamilyDriverInfo | undefined): HeaderMessage {
  if (info === undefined) return { ...message, type: MESSAGE.NIL, flags: 0 };
  const data = new Writer(widths);
  encodeDriverInfoMessage(data, info);
  return { ...message, data: data.copy() };
}

/** The first block, and those that it and the others go on in. */
function extensionBlocks(target: ByteTarget, superblock: NewSuperblock): Block[] {
  const { baseAddress, superblockExtensionAddress: address } = superblock;
  const context = { structure: "Superblock extension", address, widths: superblock, limits: DEFAULT_LIMITS };
  const cursorAt = (offset: number, byteLength: number): Cursor => {
    const available = target.byteLength() - offset;
    if (byteLength > available)
      throw new FormatError(`Superblock extension: ${byteLength} bytes, where the file has ${available}`, context);
    const bytes = new Uint8Array(byteLength);
    target.readInto(offset, bytes);
    return new Cursor(bytes, context);
  };
  const offset = baseAddress + address;
  const probe = cursorAt(offset, Math.min(OBJECT_HEADER_PROBE_BYTES, target.byteLength() - offset));
  const byteLength = objectHeaderByteLength(probe);
  const header = decodeObjectHeader(cursorAt(offset, byteLength));
  const first: Block = {
    offset,
    byteLength,
    messages: header.messages,
    encode: (writer, messages) => encodeObjectHeader(writer, { ...header, messages } as typeof header),
  };
  const blocks = [first];
  const seen = new Set([address]);
  for (const { messages } of blocks) {
    for (const message of messages) {
      if (message.type !== MESSAGE.CONTINUATION) continue;
      const next = decodeContinuation(new Cursor(message.data, context));
      if (seen.has(next.address)) throw new FormatError(`Superblock extension: a block is reached twice`, context);
      seen.add(next.address);
      const start = baseAddress + next.address;
      const block = decodeContinuationBlock(cursorAt(start, next.byteLength), header);
      blocks.push({
        offset: start,
        byteLength: next.byteLength,
        messages: block.messages,
        encode: (writer, others) => encodeContinuationBlock(writer, header, { ...block, messages: others }),
      });
    }
  }
  return blocks;
}
