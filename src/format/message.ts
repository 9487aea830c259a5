/**
 * Any header message: from its type number and flags to a value, and back.
 *
 * Specification: IV.A.2, "Data Object Header Messages"; a file of this folder for each.
 */
import type { FileWidths } from "../base/address.ts";
import type { Cursor } from "../base/cursor.ts";
import { Writer } from "../base/writer.ts";
import { type AttributeMessage, decodeAttribute, encodeAttribute } from "./attribute.ts";
import { type AttributeInfo, decodeAttributeInfo, encodeAttributeInfo } from "./attribute-info.ts";
import { type BTreeKValues, decodeBTreeK, encodeBTreeK } from "./b-tree-k.ts";
import { type CacheImageMessage, decodeCacheImageMessage, encodeCacheImageMessage } from "./cache-image-message.ts";
import { decodeComment, encodeComment } from "./comment.ts";
import { type Continuation, decodeContinuation, encodeContinuation } from "./continuation.ts";
import { type DataLayout, decodeDataLayout, encodeDataLayout } from "./data-layout.ts";
import { type Dataspace, decodeDataspace, encodeDataspace } from "./dataspace.ts";
import type { Datatype } from "./datatype.ts";
import { decodeDatatype, encodeDatatype } from "./datatype-message.ts";
import { type DriverInfo, decodeDriverInfoMessage, encodeDriverInfoMessage } from "./driver-info.ts";
import { decodeExternalFiles, type ExternalFiles, encodeExternalFiles } from "./external-files.ts";
import { decodeFileSpaceInfo, encodeFileSpaceInfo, type FileSpaceInfo } from "./file-space-info.ts";
import {
  decodeFillValue,
  decodeFillValueOld,
  encodeFillValue,
  encodeFillValueOld,
  type FillValue,
} from "./fill-value.ts";
import { decodeFilterPipeline, encodeFilterPipeline, type FilterPipeline } from "./filter-pipeline.ts";
import { decodeGroupInfo, encodeGroupInfo, type GroupInfo } from "./group-info.ts";
import { decodeLink, encodeLink, type Link } from "./link.ts";
import { decodeLinkInfo, encodeLinkInfo, type LinkInfo } from "./link-info.ts";
import { isShareableType, MESSAGE, MESSAGE_FLAG } from "./message-types.ts";
import {
  decodeModificationTime,
  decodeModificationTimeOld,
  encodeModificationTime,
  encodeModificationTimeOld,
} from "./modification-time.ts";
import { decodeReferenceCount, encodeReferenceCount } from "./reference-count.ts";
import { decodeSharedMessage, encodeSharedMessage, type MaybeShared } from "./shared-message.ts";
import {
  decodeSharedMessageTableMessage,
  encodeSharedMessageTableMessage,
  type SharedMessageTableMessage,
} from "./shared-message-table-message.ts";
import { decodeSymbolTableMessage, encodeSymbolTableMessage, type SymbolTableMessage } from "./symbol-table-message.ts";

/** The value of each type of message. */
interface MessageValues {
  /** Bytes of the message, whatever they are. */
  [MESSAGE.NIL]: number;
  [MESSAGE.DATASPACE]: Dataspace;
  [MESSAGE.LINK_INFO]: LinkInfo;
  [MESSAGE.DATATYPE]: Datatype;
  /** `undefined` when the message holds no value. */
  [MESSAGE.FILL_VALUE_OLD]: Uint8Array | undefined;
  [MESSAGE.FILL_VALUE]: FillValue;
  [MESSAGE.LINK]: Link;
  [MESSAGE.EXTERNAL_FILES]: ExternalFiles;
  [MESSAGE.DATA_LAYOUT]: DataLayout;
  /** Always 0xdeadbeef; libraries write it only in their own tests. */
  [MESSAGE.BOGUS]: number;
  [MESSAGE.GROUP_INFO]: GroupInfo;
  [MESSAGE.FILTER_PIPELINE]: FilterPipeline;
  [MESSAGE.ATTRIBUTE]: AttributeMessage;
  [MESSAGE.COMMENT]: string;
  /** Seconds since 1970. */
  [MESSAGE.MODIFICATION_TIME_OLD]: number;
  [MESSAGE.SHARED_MESSAGE_TABLE]: SharedMessageTableMessage;
  [MESSAGE.CONTINUATION]: Continuation;
  [MESSAGE.SYMBOL_TABLE]: SymbolTableMessage;
  /** Seconds since 1970. */
  [MESSAGE.MODIFICATION_TIME]: number;
  [MESSAGE.B_TREE_K]: BTreeKValues;
  [MESSAGE.DRIVER_INFO]: DriverInfo;
  [MESSAGE.ATTRIBUTE_INFO]: AttributeInfo;
  /** Hard links to the object. */
  [MESSAGE.REFERENCE_COUNT]: number;
  [MESSAGE.FILE_SPACE_INFO]: FileSpaceInfo;
  [MESSAGE.CACHE_IMAGE]: CacheImageMessage;
}

/** Names of the types of messages that are decoded. */
export type KnownMessageType = keyof MessageValues;

/** A message of a type that this version does not know, kept as it is. */
export interface UnknownMessage {
  readonly type: "unknown";
  /** Its number in the header. */
  readonly typeNumber: number;
  /** The message, undecoded. */
  readonly bytes: Uint8Array;
}

/** `message.type === MESSAGE.X` narrows to the value of X. Only shareable types ever are `shared`. */
export type Message =
  | { [T in KnownMessageType]: { readonly type: T } & MaybeShared<MessageValues[T]> }[KnownMessageType]
  | UnknownMessage;

interface MessageCodec<T> {
  decode(cursor: Cursor): T;
  encode(writer: Writer, value: T): void;
}

const BOGUS_VALUE = 0xdeadbeef;

const bogus: MessageCodec<number> = {
  decode(cursor) {
    const value = cursor.u32("Bogus Value");
    if (value !== BOGUS_VALUE) throw cursor.error(`expected 0xdeadbeef, found 0x${value.toString(16)}`, "Bogus Value");
    return value;
  },
  encode(writer, value) {
    writer.u32(value);
  },
};

const nil: MessageCodec<number> = {
  decode: (cursor) => cursor.take(cursor.remaining).length,
  encode(writer, byteLength) {
    writer.zeros(byteLength);
  },
};

const CODECS: { readonly [T in KnownMessageType]: MessageCodec<MessageValues[T]> } = {
  [MESSAGE.NIL]: nil,
  [MESSAGE.DATASPACE]: { decode: decodeDataspace, encode: encodeDataspace },
  [MESSAGE.LINK_INFO]: { decode: decodeLinkInfo, encode: encodeLinkInfo },
  [MESSAGE.DATATYPE]: { decode: decodeDatatype, encode: encodeDatatype },
  [MESSAGE.FILL_VALUE_OLD]: { decode: decodeFillValueOld, encode: encodeFillValueOld },
  [MESSAGE.FILL_VALUE]: { decode: decodeFillValue, encode: encodeFillValue },
  [MESSAGE.LINK]: { decode: decodeLink, encode: encodeLink },
  [MESSAGE.EXTERNAL_FILES]: { decode: decodeExternalFiles, encode: encodeExternalFiles },
  [MESSAGE.DATA_LAYOUT]: { decode: decodeDataLayout, encode: encodeDataLayout },
  [MESSAGE.BOGUS]: bogus,
  [MESSAGE.GROUP_INFO]: { decode: decodeGroupInfo, encode: encodeGroupInfo },
  [MESSAGE.FILTER_PIPELINE]: { decode: decodeFilterPipeline, encode: encodeFilterPipeline },
  [MESSAGE.ATTRIBUTE]: { decode: decodeAttribute, encode: encodeAttribute },
  [MESSAGE.COMMENT]: { decode: decodeComment, encode: encodeComment },
  [MESSAGE.MODIFICATION_TIME_OLD]: { decode: decodeModificationTimeOld, encode: encodeModificationTimeOld },
  [MESSAGE.SHARED_MESSAGE_TABLE]: {
    decode: decodeSharedMessageTableMessage,
    encode: encodeSharedMessageTableMessage,
  },
  [MESSAGE.CONTINUATION]: { decode: decodeContinuation, encode: encodeContinuation },
  [MESSAGE.SYMBOL_TABLE]: { decode: decodeSymbolTableMessage, encode: encodeSymbolTableMessage },
  [MESSAGE.MODIFICATION_TIME]: { decode: decodeModificationTime, encode: encodeModificationTime },
  [MESSAGE.B_TREE_K]: { decode: decodeBTreeK, encode: encodeBTreeK },
  [MESSAGE.DRIVER_INFO]: { decode: decodeDriverInfoMessage, encode: encodeDriverInfoMessage },
  [MESSAGE.ATTRIBUTE_INFO]: { decode: decodeAttributeInfo, encode: encodeAttributeInfo },
  [MESSAGE.REFERENCE_COUNT]: { decode: decodeReferenceCount, encode: encodeReferenceCount },
  [MESSAGE.FILE_SPACE_INFO]: { decode: decodeFileSpaceInfo, encode: encodeFileSpaceInfo },
  [MESSAGE.CACHE_IMAGE]: { decode: decodeCacheImageMessage, encode: encodeCacheImageMessage },
};

function isKnownType(type: number): type is KnownMessageType {
  return Object.hasOwn(CODECS, type);
}

/**
 * Decodes the message that the cursor covers. What follows its last field (padding) is ignored; bytes in the value are
 * views of the cursor's.
 *
 * @param type - Header Message Type; a type without a codec gives an {@link UnknownMessage}.
 * @param flags - Header Message Flags, of which only "shared" (0x02) matters here.
 */
export function decodeMessage(type: number, flags: number, cursor: Cursor): Message {
  if (!isKnownType(type)) return { type: "unknown", typeNumber: type, bytes: cursor.take(cursor.remaining) };
  if ((flags & MESSAGE_FLAG.SHARED) !== 0) {
    if (!isShareableType(type))
      throw cursor.error(`a message of type ${type} cannot be shared`, "Header Message Flags");
    return { type, shared: true, location: decodeSharedMessage(cursor) };
  }
  // The compiler does not follow that one `type` indexes both the codec and the value.
  return { type, shared: false, value: CODECS[type].decode(cursor) } as Message;
}

/** Writes the message without padding. */
export function encodeMessage(writer: Writer, message: Message): void {
  if (message.type === "unknown") writer.bytes(message.bytes);
  else if (message.shared) encodeSharedMessage(writer, message.location);
  else (CODECS[message.type] as MessageCodec<unknown>).encode(writer, message.value);
}

/** Bytes that {@link encodeMessage} writes. */
export function sizeOfMessageData(message: Message, widths: FileWidths): number {
  const writer = new Writer(widths);
  encodeMessage(writer, message);
  return writer.position;
}

/** The Header Message Type to store. */
export function typeNumberOf(message: Message): number {
  return message.type === "unknown" ? message.typeNumber : message.type;
}
