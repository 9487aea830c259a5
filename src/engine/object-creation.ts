/** Object headers of new groups and committed datatypes. Reference implementation: H5Gobj.c, H5Tcommit.c. */
import { UNDEFINED_ADDRESS } from "../base/address.ts";
import { sizeOfContinuation } from "../format/continuation.ts";
import type { Datatype } from "../format/datatype.ts";
import { encodeDatatype } from "../format/datatype-message.ts";
import { withinBounds } from "../format/datatype-version.ts";
import {
  DEFAULT_GROUP_ESTIMATES,
  DEFAULT_LINK_PHASE_CHANGE,
  encodeGroupInfo,
  type GroupInfo,
} from "../format/group-info.ts";
import { chosenVersion, type VersionBounds } from "../format/library-version.ts";
import { encodeLinkInfo } from "../format/link-info.ts";
import { MESSAGE, MESSAGE_FLAG } from "../format/message-types.ts";
import { encodeModificationTime } from "../format/modification-time.ts";
import type { ObjectHeader as HeaderFields } from "../format/object-header.ts";
import { sizeOfMessage } from "../format/object-header-message.ts";
import { type AttributePhaseChange, DEFAULT_ATTRIBUTE_PHASE_CHANGE } from "../format/object-header-v2.ts";
import { encodeSymbolTableMessage } from "../format/symbol-table-message.ts";
import { currentSeconds } from "./current-time.ts";
import type { FileStorage } from "./file-storage.ts";
import type { NewMessage } from "./header-message.ts";
import { encodeBody } from "./header-values.ts";
import { ObjectHeader } from "./object-header.ts";
import type { SharedMessages } from "./shared-messages.ts";
import { createSymbolTable, orderTable } from "./symbol-table.ts";
import type { GroupTreeRanks } from "./symbol-table-nodes.ts";

/** What creating an object needs of a file. */
export interface CreationContext extends VersionBounds {
  readonly storage: FileStorage;
  readonly sharedMessages: SharedMessages;
}

export interface ObjectOptions {
  /** For the versions of the object's structures. Default: the file's. */
  readonly bounds?: VersionBounds | undefined;
  /** Whether attributes carry their order of creation. C: `H5Pset_attr_creation_order`. */
  readonly trackAttributeOrder?: boolean | undefined;
  /** Whether dense attributes get an index in that order. Default: when it is tracked. */
  readonly indexAttributeOrder?: boolean | undefined;
  /** When attributes go dense and back, in version 2 headers. Default 8 and 6. C: `H5Pset_attr_phase_change`. */
  readonly attributePhaseChange?: AttributePhaseChange | undefined;
  /** Whether the object keeps times, which version 1 headers do for datasets alone. Default false. C: `H5Pset_obj_track_times`. */
  readonly trackTimes?: boolean | undefined;
  /** Bytes of messages that come later, which the header is to have just the room for. Default: room for some. */
  readonly messagesToCome?: readonly number[] | undefined;
}

export interface GroupOptions extends ObjectOptions {
  /** Whether links are messages, or dense, even in the earliest format. Default: where their order is tracked. */
  readonly isNewStyle?: boolean | undefined;
  /** Whether links carry their order of creation. C: `H5Pset_link_creation_order`. */
  readonly trackLinkOrder?: boolean | undefined;
  /** Whether dense links get an index in that order. Default: when it is tracked. */
  readonly indexLinkOrder?: boolean | undefined;
  /** When links of a new-style group go dense and back. Default 8 and 6. C: `H5Pset_link_phase_change`. */
  readonly linkPhaseChange?: GroupInfo["linkPhaseChange"];
  /** Links that a new-style group has room for, and bytes of their names. Default 4 and 8. C: `H5Pset_est_link_info`. */
  readonly linkEstimates?: GroupInfo["estimates"];
}

/** What a header stores of a setting: nothing when it is the default. */
function otherThan<T extends object>(standard: T, value: T | undefined): T | undefined {
  if (value === undefined) return undefined;
  const isStandard = (Object.keys(standard) as (keyof T)[]).every((key) => standard[key] === value[key]);
  return isStandard ? undefined : value;
}

/** Room for the messages that are known to come; undefined where nothing is known. */
export function roomToCome(prefix: HeaderFields, { messagesToCome }: ObjectOptions): number | undefined {
  return messagesToCome?.reduce((sum, byteLength) => sum + sizeOfMessage(prefix, byteLength), 0);
}

/**
 * Version and flags of a new header. Version 1 cannot track the order of attributes, so that asks for version 2, as do files
 * that share attributes.
 */
export function newHeaderPrefix(
  bounds: VersionBounds & { readonly sharedMessages?: SharedMessages },
  options: ObjectOptions,
): HeaderFields {
  const tracked = options.trackAttributeOrder || (bounds.sharedMessages?.sharesAttributes ?? false);
  if (chosenVersion("objectHeader", tracked ? 2 : 1, bounds) === 1) {
    return {
      version: 1,
      attributeCreationOrderTracked: false,
      totalMessages: 0,
      objectReferenceCount: 1,
      messages: [],
      gap: 0,
    };
  }
  const now = currentSeconds();
  return {
    version: 2,
    attributeCreationOrderTracked: tracked,
    attributeCreationOrderIndexed: (options.trackAttributeOrder ?? false) && (options.indexAttributeOrder ?? true),
    times: options.trackTimes ? { accessTime: now, modificationTime: now, changeTime: now, birthTime: now } : undefined,
    attributePhaseChange: otherThan(DEFAULT_ATTRIBUTE_PHASE_CHANGE, options.attributePhaseChange),
    sizeOfChunk0Width: 1,
    messages: [],
    gap: 0,
  };
}

/** The modification time message of a version 1 header: only datasets have one. */
export function timeMessages(file: CreationContext, prefix: HeaderFields, options: ObjectOptions): NewMessage[] {
  if (prefix.version !== 1 || !options.trackTimes) return [];
  const data = encodeBody(file.storage, currentSeconds(), encodeModificationTime);
  return [{ type: MESSAGE.MODIFICATION_TIME, data }];
}

/** What a new group needs of its file. */
export interface GroupContext extends CreationContext {
  readonly groupRanks: GroupTreeRanks;
}

/** The header of a new, empty group, with its symbol table or ready for link messages. */
export function createGroupHeader(file: GroupContext, options: GroupOptions): ObjectHeader {
  const { storage } = file;
  const prefix = newHeaderPrefix(file, options);
  if (file.lowBound === "earliest" && !options.trackLinkOrder && !options.isNewStyle) {
    const table = createSymbolTable(storage, file.groupRanks);
    const data = encodeBody(storage, table, encodeSymbolTableMessage);
    const own: NewMessage = { type: MESSAGE.SYMBOL_TABLE, data };
    const header = ObjectHeader.create(storage, prefix, [own], leastRoom(file, prefix, own, options));
    orderTable(storage, table, header.address);
    return header;
  }
  const linkInfo = {
    maximumCreationIndex: options.trackLinkOrder ? 0 : undefined,
    fractalHeapAddress: UNDEFINED_ADDRESS,
    nameIndexAddress: UNDEFINED_ADDRESS,
    creationOrderIndexAddress:
      options.trackLinkOrder && (options.indexLinkOrder ?? true) ? UNDEFINED_ADDRESS : undefined,
  };
  const groupInfo: GroupInfo = {
    linkPhaseChange: otherThan(DEFAULT_LINK_PHASE_CHANGE, options.linkPhaseChange),
    estimates: otherThan(DEFAULT_GROUP_ESTIMATES, options.linkEstimates),
  };
  const own: NewMessage[] = [
    { type: MESSAGE.LINK_INFO, data: encodeBody(storage, linkInfo, encodeLinkInfo) },
    {
      type: MESSAGE.GROUP_INFO,
      flags: MESSAGE_FLAG.CONSTANT,
      data: encodeBody(storage, groupInfo, encodeGroupInfo),
    },
  ];
  const { entries, nameByteLength } = options.linkEstimates ?? DEFAULT_GROUP_ESTIMATES;
  const linkBytes = sizeOfMessage(prefix, hardLinkBytes(nameByteLength, options.trackLinkOrder ?? false, storage));
  return ObjectHeader.create(storage, prefix, own, roomToCome(prefix, options) ?? entries * linkBytes);
}

/** Bytes of the message of a hard link with a name of so many bytes. */
function hardLinkBytes(nameByteLength: number, isOrderTracked: boolean, storage: FileStorage): number {
  return 3 + (isOrderTracked ? 8 : 0) + nameByteLength + storage.widths.sizeOfOffsets;
}

/**
 * Room in a header that the C library makes as small as its only message: none, unless messages are known to come, but for
 * what the message lacks to be as large as one that leads to another block, which takes its place.
 */
function leastRoom(
  { storage }: CreationContext,
  prefix: HeaderFields,
  { data }: NewMessage,
  options: ObjectOptions,
): number {
  const pointerBytes = sizeOfMessage(prefix, sizeOfContinuation(storage.widths));
  return Math.max(roomToCome(prefix, options) ?? 0, pointerBytes - sizeOfMessage(prefix, data.length));
}

/** The header of a committed datatype. */
export function createDatatypeHeader(file: CreationContext, datatype: Datatype, options: ObjectOptions): ObjectHeader {
  const prefix = newHeaderPrefix(file, options);
  const data = encodeBody(file.storage, withinBounds(datatype, file), encodeDatatype);
  const flags = MESSAGE_FLAG.CONSTANT | MESSAGE_FLAG.DONT_SHARE;
  const own: NewMessage = { type: MESSAGE.DATATYPE, flags, data };
  return ObjectHeader.create(file.storage, prefix, [own], leastRoom(file, prefix, own, options));
}
