/**
 * What the messages of an object header mean: decoded once, kept beside the bytes, shared messages followed.
 *
 * Specification: IV.A.2.
 */
import { Cursor } from "../base/cursor.ts";
import { FormatError, formatError } from "../base/errors.ts";
import { Writer } from "../base/writer.ts";
import { type DataLayout, decodeDataLayout } from "../format/data-layout.ts";
import { type Dataspace, decodeDataspace } from "../format/dataspace.ts";
import type { Datatype } from "../format/datatype.ts";
import { decodeDatatype } from "../format/datatype-message.ts";
import { decodeFillValue, decodeFillValueOld, type FillValue } from "../format/fill-value.ts";
import { decodeFilterPipeline, type FilterPipeline } from "../format/filter-pipeline.ts";
import { MESSAGE, MESSAGE_FLAG } from "../format/message-types.ts";
import { decodeSharedMessage, type MaybeShared, type SharedMessage } from "../format/shared-message.ts";
import type { FileStorage } from "./file-storage.ts";
import type { HeaderMessage } from "./header-message.ts";
import type { ObjectHeader } from "./object-header.ts";
import type { SharedMessages } from "./shared-messages.ts";

/** Where shared messages are looked up: the open file. */
export interface SharedMessageSource {
  readonly storage: FileStorage;
  readonly sharedMessages: SharedMessages;
  header(address: number): ObjectHeader;
}

type Decoder<T> = (cursor: Cursor) => T;

/** A buffer that a longer message made grow is not kept. */
const MAX_SPARE_BYTES = 4096;

/** Cached forms of a message: the value, and where a shared one lives. */
interface DecodedMessage {
  readonly value: unknown;
  readonly location: SharedMessage | undefined;
}

function decodeMessage(
  file: SharedMessageSource,
  header: ObjectHeader,
  message: HeaderMessage,
  structure: string,
  decode: Decoder<unknown>,
): DecodedMessage {
  if (message.decoded !== undefined) return message.decoded as DecodedMessage;
  const cursor = file.storage.cursor(message.data, structure, header.address);
  const shared = (message.flags & MESSAGE_FLAG.SHARED) !== 0;
  const location = shared ? decodeSharedMessage(cursor) : undefined;
  const value = location === undefined ? decode(cursor) : followShared(file, location, message.type, structure, decode);
  const decoded = { value, location };
  message.decoded = decoded;
  return decoded;
}

/** The value of a shared message of the given type. */
function followShared(
  file: SharedMessageSource,
  location: SharedMessage,
  type: number,
  structure: string,
  decode: Decoder<unknown>,
): unknown {
  if (location.kind === "heap") {
    const bytes = file.sharedMessages.read(type, location.heapId);
    return decode(new Cursor(bytes, { structure, widths: file.storage.widths, limits: file.storage.limits }));
  }
  const header = file.header(location.objectHeaderAddress);
  const message = header.look(type);
  if (message === undefined) {
    throw new FormatError(`${structure} shared from the object header at address ${header.address}, which has none`, {
      structure,
      address: header.address,
    });
  }
  return decodeMessage(file, header, message, structure, decode).value;
}

/** The value of a part that may be shared (an attribute's datatype or dataspace). */
export function resolveShared<T>(
  file: SharedMessageSource,
  part: MaybeShared<T>,
  type: number,
  structure: string,
  decode: Decoder<T>,
): T {
  return part.shared ? (followShared(file, part.location, type, structure, decode) as T) : part.value;
}

function messageValue<T>(
  file: SharedMessageSource,
  header: ObjectHeader,
  type: number,
  structure: string,
  decode: Decoder<T>,
): T | undefined {
  const message = header.look(type);
  return message === undefined ? undefined : (decodeMessage(file, header, message, structure, decode).value as T);
}

export function datatypeOf(file: SharedMessageSource, header: ObjectHeader): Datatype | undefined {
  return messageValue(file, header, MESSAGE.DATATYPE, "Datatype message", decodeDatatype);
}

/** Address of the committed datatype that an object's datatype message points at. */
export function committedTypeAddressOf(file: SharedMessageSource, header: ObjectHeader): number | undefined {
  const message = header.look(MESSAGE.DATATYPE);
  if (message === undefined) return undefined;
  const { location } = decodeMessage(file, header, message, "Datatype message", decodeDatatype);
  return location?.kind === "committed" ? location.objectHeaderAddress : undefined;
}

export function dataspaceOf(file: SharedMessageSource, header: ObjectHeader): Dataspace | undefined {
  return messageValue(file, header, MESSAGE.DATASPACE, "Dataspace message", decodeDataspace);
}

export function layoutOf(file: SharedMessageSource, header: ObjectHeader): DataLayout | undefined {
  return messageValue(file, header, MESSAGE.DATA_LAYOUT, "Data layout message", decodeDataLayout);
}

export function pipelineOf(file: SharedMessageSource, header: ObjectHeader): FilterPipeline | undefined {
  return messageValue(file, header, MESSAGE.FILTER_PIPELINE, "Filter pipeline message", decodeFilterPipeline);
}

/** The new message wins over the old one, which files of both generations of readers carry beside it. */
export function fillValueOf(file: SharedMessageSource, header: ObjectHeader): FillValue | undefined {
  const fill = messageValue(file, header, MESSAGE.FILL_VALUE, "Fill value message", decodeFillValue);
  return fill ?? oldFillValueOf(file, header);
}

function oldFillValueOf(file: SharedMessageSource, header: ObjectHeader): FillValue | undefined {
  const old = messageValue(file, header, MESSAGE.FILL_VALUE_OLD, "Fill value (old) message", (cursor) => ({
    value: decodeFillValueOld(cursor),
  }));
  if (old === undefined) return undefined;
  const common = { version: 2, allocationTime: "late", fillTime: "if-set" } as const;
  return old.value === undefined
    ? { ...common, status: "default", value: undefined }
    : { ...common, status: "user", value: old.value };
}

/** Bytes and meaning of a message that is not shared: `value` must be what decoding the bytes gives. */
export function messageOf<T>(
  storage: FileStorage,
  value: T,
  encode: (writer: Writer, value: T) => void,
): { readonly data: Uint8Array; readonly decoded: unknown } {
  return { data: encodeBody(storage, value, encode), decoded: decodedAs(value) };
}

/** The meaning of a message that is not shared. */
export function decodedAs(value: unknown): unknown {
  const decoded: DecodedMessage = { value, location: undefined };
  return decoded;
}

/** The value in what {@link decodedAs} gives. */
export function decodedValue(decoded: unknown): unknown {
  return (decoded as DecodedMessage).value;
}

/** The bytes of an attribute message that may be shared through the heap of the file. */
export function attributeBytes(file: SharedMessageSource, header: ObjectHeader, message: HeaderMessage): Uint8Array {
  if ((message.flags & MESSAGE_FLAG.SHARED) === 0) return message.data;
  const location = decodeSharedMessage(file.storage.cursor(message.data, "Attribute message", header.address));
  if (location.kind === "heap") return file.sharedMessages.read(MESSAGE.ATTRIBUTE, location.heapId);
  throw formatError("shared from another object", { structure: "Attribute message", address: header.address });
}

/** Of the last body encoded, to be used again: making a buffer and its view costs more than encoding a message. */
let spare: Writer | undefined;

/** The bytes of a message. */
export function encodeBody<T>(storage: FileStorage, value: T, encode: (writer: Writer, value: T) => void): Uint8Array {
  const writer = spare?.widths === storage.widths ? spare : new Writer(storage.widths);
  // Not there for a body that is encoded within this one.
  spare = undefined;
  writer.clear();
  encode(writer, value);
  const bytes = writer.copy();
  if (bytes.length <= MAX_SPARE_BYTES) spare = writer;
  return bytes;
}
