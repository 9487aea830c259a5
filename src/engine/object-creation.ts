/** Object headers of new groups and committed datatypes. Reference implementation: H5Gobj.c, H5Tcommit.c. */
import { UNDEFINED_ADDRESS } from "../base/address.ts";
import type { Datatype } from "../format/datatype.ts";
import { encodeDatatype } from "../format/datatype-message.ts";
import { withinBounds } from "../format/datatype-version.ts";
import { encodeGroupInfo } from "../format/group-info.ts";
import { chosenVersion, type VersionBounds } from "../format/library-version.ts";
import { encodeLinkInfo } from "../format/link-info.ts";
import { MESSAGE, MESSAGE_FLAG } from "../format/message-types.ts";
import { encodeModificationTime } from "../format/modification-time.ts";
import type { ObjectHeader as HeaderFields } from "../format/object-header.ts";
import { encodeSymbolTableMessage } from "../format/symbol-table-message.ts";
import type { FileStorage } from "./file-storage.ts";
import { encodeBody } from "./header-values.ts";
import { type NewMessage, ObjectHeader } from "./object-header.ts";
import type { SharedMessages } from "./shared-messages.ts";
import { type GroupTreeRanks, SymbolTable } from "./symbol-table.ts";

/** What creating an object needs of a file. */
export interface CreationContext extends VersionBounds {
  readonly storage: FileStorage;
  readonly sharedMessages: SharedMessages;
}

export interface ObjectOptions {
  /** Whether attributes carry their order of creation. C: `H5Pset_attr_creation_order`. */
  readonly trackAttributeOrder?: boolean | undefined;
  /** Whether dense attributes get an index in that order. Default: when it is tracked. */
  readonly indexAttributeOrder?: boolean | undefined;
  /** Whether the object keeps times, which version 1 headers do for datasets alone. Default false. C: `H5Pset_obj_track_times`. */
  readonly trackTimes?: boolean | undefined;
}

export interface GroupOptions extends ObjectOptions {
  /** Whether links carry their order of creation. C: `H5Pset_link_creation_order`. */
  readonly trackLinkOrder?: boolean | undefined;
  /** Whether dense links get an index in that order. Default: when it is tracked. */
  readonly indexLinkOrder?: boolean | undefined;
}

/** Room left in new group headers, for an attribute or two. */
const GROUP_SPARE_BYTES = 64;

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
  const now = Math.floor(Date.now() / 1000);
  return {
    version: 2,
    attributeCreationOrderTracked: tracked,
    attributeCreationOrderIndexed: (options.trackAttributeOrder ?? false) && (options.indexAttributeOrder ?? true),
    times: options.trackTimes ? { accessTime: now, modificationTime: now, changeTime: now, birthTime: now } : undefined,
    attributePhaseChange: undefined,
    sizeOfChunk0Width: 1,
    messages: [],
    gap: 0,
  };
}

/** The modification time message of a version 1 header: only datasets have one. */
export function timeMessages(file: CreationContext, prefix: HeaderFields, options: ObjectOptions): NewMessage[] {
  if (prefix.version !== 1 || !options.trackTimes) return [];
  const data = encodeBody(file.storage, Math.floor(Date.now() / 1000), encodeModificationTime);
  return [{ type: MESSAGE.MODIFICATION_TIME, data }];
}

/** The header of a new, empty group, with its symbol table or ready for link messages. */
export function createGroupHeader(
  file: CreationContext & { readonly groupRanks: GroupTreeRanks },
  options: GroupOptions,
): ObjectHeader {
  const { storage } = file;
  const prefix = newHeaderPrefix(file, options);
  if (file.lowBound === "earliest" && !options.trackLinkOrder) {
    const table = SymbolTable.create(storage, file.groupRanks);
    const message = { bTreeAddress: table.bTreeAddress, localHeapAddress: table.heap.address };
    const data = encodeBody(storage, message, encodeSymbolTableMessage);
    const header = ObjectHeader.create(storage, prefix, [{ type: MESSAGE.SYMBOL_TABLE, data }], GROUP_SPARE_BYTES);
    for (const address of table.addresses) storage.writeBefore(address, header.address);
    return header;
  }
  const linkInfo = {
    maximumCreationIndex: options.trackLinkOrder ? 0 : undefined,
    fractalHeapAddress: UNDEFINED_ADDRESS,
    nameIndexAddress: UNDEFINED_ADDRESS,
    creationOrderIndexAddress:
      options.trackLinkOrder && (options.indexLinkOrder ?? true) ? UNDEFINED_ADDRESS : undefined,
  };
  const own: NewMessage[] = [
    { type: MESSAGE.LINK_INFO, data: encodeBody(storage, linkInfo, encodeLinkInfo) },
    {
      type: MESSAGE.GROUP_INFO,
      flags: MESSAGE_FLAG.CONSTANT,
      data: encodeBody(storage, { linkPhaseChange: undefined, estimates: undefined }, encodeGroupInfo),
    },
  ];
  return ObjectHeader.create(storage, prefix, own, 2 * GROUP_SPARE_BYTES);
}

/** The header of a committed datatype. */
export function createDatatypeHeader(file: CreationContext, datatype: Datatype, options: ObjectOptions): ObjectHeader {
  const prefix = newHeaderPrefix(file, options);
  const data = encodeBody(file.storage, withinBounds(datatype, file), encodeDatatype);
  const flags = MESSAGE_FLAG.CONSTANT | MESSAGE_FLAG.DONT_SHARE;
  const own: NewMessage = { type: MESSAGE.DATATYPE, flags, data };
  return ObjectHeader.create(file.storage, prefix, [own], GROUP_SPARE_BYTES);
}
