/**
 * Which messages lead to the heaps and indexes of dense links and attributes, to B-trees of chunks and to names of external files,
 * for who moves the headers or roots of those.
 */
import { type Address, isDefined } from "../base/address.ts";
import type { Cursor } from "../base/cursor.ts";
import { isHdf5Error } from "../base/errors.ts";
import type { Writer } from "../base/writer.ts";
import { decodeAttributeInfo, encodeAttributeInfo } from "../format/attribute-info.ts";
import type { ChunkedLayout } from "../format/chunk-layout.ts";
import { type DataLayout, decodeDataLayout, encodeDataLayout } from "../format/data-layout.ts";
import { decodeExternalFiles, type ExternalFiles, encodeExternalFiles } from "../format/external-files.ts";
import { decodeLinkInfo, encodeLinkInfo } from "../format/link-info.ts";
import { MESSAGE } from "../format/message-types.ts";
import type { DenseAddresses } from "./dense-storage.ts";
import { encodeBody } from "./header-values.ts";
import type { ObjectHeader } from "./object-header.ts";

/** Has a message lead to another address. */
export type DenseHolder = (from: Address, to: Address) => void;

interface InfoKind<T> {
  readonly type: number;
  readonly name: string;
  decode(cursor: Cursor): T;
  encode(writer: Writer, info: T): void;
  /** What it leads to. */
  addresses(info: T): readonly (Address | undefined)[];
  /** The same, leading elsewhere. */
  moved(info: T, place: (address: Address) => Address): T;
}

function denseAddresses(info: DenseAddresses): readonly (Address | undefined)[] {
  return [info.fractalHeapAddress, info.nameIndexAddress, info.creationOrderIndexAddress];
}

function movedAddresses<T extends DenseAddresses>(info: T, place: (address: Address) => Address): T {
  const { fractalHeapAddress, nameIndexAddress, creationOrderIndexAddress } = info;
  return {
    ...info,
    fractalHeapAddress: place(fractalHeapAddress),
    nameIndexAddress: place(nameIndexAddress),
    creationOrderIndexAddress: creationOrderIndexAddress && place(creationOrderIndexAddress),
  };
}

const LINK_INFO = {
  type: MESSAGE.LINK_INFO,
  name: "Link info message",
  decode: decodeLinkInfo,
  encode: encodeLinkInfo,
  addresses: denseAddresses,
  moved: movedAddresses,
} as const;
const ATTRIBUTE_INFO = {
  type: MESSAGE.ATTRIBUTE_INFO,
  name: "Attribute info message",
  decode: decodeAttributeInfo,
  encode: encodeAttributeInfo,
  addresses: denseAddresses,
  moved: movedAddresses,
} as const;
/** Of version 3 and up, as they are written. Other indexes of chunks have blocks that say where the first one is. */
const TREE_LAYOUT: InfoKind<DataLayout> = {
  type: MESSAGE.DATA_LAYOUT,
  name: "Data layout message",
  decode: decodeDataLayout,
  encode: encodeDataLayout,
  addresses: (layout) => (isTreeLayout(layout) ? [layout.address] : []),
  moved: (layout, place) => (isTreeLayout(layout) ? { ...layout, address: place(layout.address) } : layout),
};

const EXTERNAL_FILES: InfoKind<ExternalFiles> = {
  type: MESSAGE.EXTERNAL_FILES,
  name: "External data files message",
  decode: decodeExternalFiles,
  encode: encodeExternalFiles,
  addresses: ({ localHeapAddress }) => [localHeapAddress],
  moved: (files, place) => ({ ...files, localHeapAddress: place(files.localHeapAddress) }),
};

function isTreeLayout(layout: DataLayout): layout is ChunkedLayout {
  if (layout.kind !== "chunked" || layout.version < 3) return false;
  return layout.indexing.type === "b-tree-v1" || layout.indexing.type === "b-tree-v2";
}

/** By the address that a message of these headers holds. */
export function denseHolders(headers: Iterable<ObjectHeader>): ReadonlyMap<Address, DenseHolder> {
  const holders = new Map<Address, DenseHolder>();
  for (const header of headers) {
    addHolders(holders, header, LINK_INFO);
    addHolders(holders, header, ATTRIBUTE_INFO);
    addHolders(holders, header, TREE_LAYOUT);
    addHolders(holders, header, EXTERNAL_FILES);
  }
  return holders;
}

function addHolders<T>(holders: Map<Address, DenseHolder>, header: ObjectHeader, kind: InfoKind<T>): void {
  const info = readableInfo(header, kind);
  if (info === undefined) return;
  const holder: DenseHolder = (from, to) => repoint(header, kind, from, to);
  for (const address of kind.addresses(info)) {
    if (address !== undefined && isDefined(address)) holders.set(address, holder);
  }
}

/** What a damaged message leads to stays where it is. */
function readableInfo<T>(header: ObjectHeader, kind: InfoKind<T>): T | undefined {
  try {
    return infoOf(header, kind);
  } catch (cause) {
    if (!isHdf5Error(cause)) throw cause;
    return undefined;
  }
}

function infoOf<T>(header: ObjectHeader, { type, name, decode }: InfoKind<T>): T | undefined {
  const message = header.look(type);
  return message && decode(header.storage.cursor(message.data, name, header.address));
}

function repoint<T>(header: ObjectHeader, kind: InfoKind<T>, from: Address, to: Address): void {
  const info = infoOf(header, kind);
  const message = header.first(kind.type);
  if (info === undefined || message === undefined) return;
  const now = kind.moved(info, (address) => (address === from ? to : address));
  header.replace(message, encodeBody(header.storage, now, kind.encode));
  header.storage.writeBefore(to, header.address);
}
