/** Which messages lead to the heaps and indexes of dense links and attributes, for who moves the headers of those. */
import type { Address } from "../base/address.ts";
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";
import { decodeAttributeInfo, encodeAttributeInfo } from "../format/attribute-info.ts";
import { decodeLinkInfo, encodeLinkInfo } from "../format/link-info.ts";
import { MESSAGE } from "../format/message-types.ts";
import type { DenseAddresses } from "./dense-storage.ts";
import { encodeBody } from "./header-values.ts";
import type { ObjectHeader } from "./object-header.ts";

/** Has a message lead to another address. */
export type DenseHolder = (from: Address, to: Address) => void;

interface InfoKind<T extends DenseAddresses> {
  readonly type: number;
  readonly name: string;
  decode(cursor: Cursor): T;
  encode(writer: Writer, info: T): void;
}

const LINK_INFO = {
  type: MESSAGE.LINK_INFO,
  name: "Link info message",
  decode: decodeLinkInfo,
  encode: encodeLinkInfo,
} as const;
const ATTRIBUTE_INFO = {
  type: MESSAGE.ATTRIBUTE_INFO,
  name: "Attribute info message",
  decode: decodeAttributeInfo,
  encode: encodeAttributeInfo,
} as const;

/** By the address that a message of these headers holds. */
export function denseHolders(headers: Iterable<ObjectHeader>): ReadonlyMap<Address, DenseHolder> {
  const holders = new Map<Address, DenseHolder>();
  for (const header of headers) {
    addHolders(holders, header, LINK_INFO);
    addHolders(holders, header, ATTRIBUTE_INFO);
  }
  return holders;
}

function addHolders<T extends DenseAddresses>(
  holders: Map<Address, DenseHolder>,
  header: ObjectHeader,
  kind: InfoKind<T>,
): void {
  const info = infoOf(header, kind);
  if (info === undefined) return;
  const holder: DenseHolder = (from, to) => repoint(header, kind, from, to);
  for (const address of [info.fractalHeapAddress, info.nameIndexAddress, info.creationOrderIndexAddress]) {
    if (address !== undefined) holders.set(address, holder);
  }
}

function infoOf<T extends DenseAddresses>(header: ObjectHeader, { type, name, decode }: InfoKind<T>): T | undefined {
  const message = header.look(type);
  return message && decode(header.storage.cursor(message.data, name, header.address));
}

function repoint<T extends DenseAddresses>(header: ObjectHeader, kind: InfoKind<T>, from: Address, to: Address): void {
  const info = infoOf(header, kind);
  const message = header.first(kind.type);
  if (info === undefined || message === undefined) return;
  const moved = (address: Address): Address => (address === from ? to : address);
  const { fractalHeapAddress, nameIndexAddress, creationOrderIndexAddress } = info;
  const now = {
    ...info,
    fractalHeapAddress: moved(fractalHeapAddress),
    nameIndexAddress: moved(nameIndexAddress),
    creationOrderIndexAddress: creationOrderIndexAddress && moved(creationOrderIndexAddress),
  };
  header.replace(message, encodeBody(header.storage, now, kind.encode));
  header.storage.writeBefore(to, header.address);
}
