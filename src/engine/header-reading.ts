/**
 * The blocks of an object header, as they are in the file.
 *
 * Specification: IV.A.1. NIL messages and gaps are left out: they are only how free bytes are written.
 */
import type { Address } from "../base/address.ts";
import { type FormatError, formatError, limitError, UnsupportedError } from "../base/errors.ts";
import { decodeContinuation } from "../format/continuation.ts";
import { MESSAGE } from "../format/message-types.ts";
import {
  decodeObjectHeaderStart,
  type ObjectHeader as HeaderFields,
  scanContinuationBlock,
  scanObjectHeader,
} from "../format/object-header.ts";
import { type MessageVisitor, unknownMessageProblem } from "../format/object-header-message.ts";
import type { FileStorage } from "./file-storage.ts";
import { HeaderMessage } from "./header-message.ts";

export const OBJECT_HEADER = "Object header";
/** Read at first: the whole of most headers. */
const PROBE_BYTES = 320;

/** What is in the file of a block. */
export interface BlockRead {
  readonly address: Address;
  readonly byteLength: number;
  readonly messages: HeaderMessage[];
}

export interface HeaderRead {
  /** Fields of the prefix; its messages are those of the blocks. */
  readonly prefix: HeaderFields;
  /** The first one first, then in the order of the continuation messages. */
  readonly blocks: readonly BlockRead[];
}

/**
 * @throws FormatError for bytes that are no header, blocks that are reached twice and two link counts.
 * @throws UnsupportedError for unknown messages that ask for it.
 * @throws LimitError above `maxHeaderBytes`.
 */
export function readHeader(storage: FileStorage, address: Address): HeaderRead {
  const probe = storage.readMetadata(address, storage.available(address, PROBE_BYTES), OBJECT_HEADER);
  let cursor = storage.cursor(probe, OBJECT_HEADER, address);
  const start = decodeObjectHeaderStart(cursor);
  const { byteLength, header: prefix } = start;
  if (byteLength > probe.length) {
    const { position } = cursor;
    cursor = storage.cursor(storage.readMetadata(address, byteLength, OBJECT_HEADER), OBJECT_HEADER, address);
    cursor.position = position;
  }
  const messages: HeaderMessage[] = [];
  scanObjectHeader(cursor, start, collector(storage, address, cursor.bytes, messages));
  const blocks: BlockRead[] = [{ address, byteLength, messages }];
  if (messages.some(({ type }) => type === MESSAGE.CONTINUATION)) readContinuations(storage, prefix, blocks);
  if (prefix.version === 1) requireOneCount(address, blocks);
  return { prefix, blocks };
}

/** Version 1 counts the links in its prefix; the C library refuses a header with two counts. */
function requireOneCount(address: Address, blocks: readonly BlockRead[]): void {
  const isCount = ({ type }: HeaderMessage) => type === MESSAGE.REFERENCE_COUNT;
  if (!blocks.some((block) => block.messages.some(isCount))) return;
  throw headerError(address, "object reference count message in a version 1 header");
}

/** Puts what is in `bytes` into `messages`, but for NIL messages. */
function collector(
  storage: FileStorage,
  address: Address,
  bytes: Uint8Array,
  messages: HeaderMessage[],
): MessageVisitor {
  return (type, flags, creationOrder, offset, byteLength) => {
    if (type === MESSAGE.NIL) return;
    const message = new HeaderMessage(type, flags, creationOrder ?? 0, bytes, offset, offset + byteLength);
    const problem = unknownMessageProblem(message, storage.writable);
    if (problem !== undefined) {
      const details = { structure: OBJECT_HEADER, address };
      throw new UnsupportedError(`${OBJECT_HEADER} at address ${address}: ${problem}`, details);
    }
    messages.push(message);
  };
}

/** @param blocks - The first one, to which the others are added. */
function readContinuations(storage: FileStorage, prefix: HeaderFields, blocks: BlockRead[]): void {
  const { address, byteLength } = blocks[0] as BlockRead;
  let totalBytes = byteLength;
  const seen = new Set([address]);
  for (let i = 0; i < blocks.length; i++) {
    for (const message of (blocks[i] as BlockRead).messages) {
      if (message.type !== MESSAGE.CONTINUATION) continue;
      const next = decodeContinuation(storage.cursor(message.data, "Object header continuation message", address));
      if (seen.has(next.address)) throw headerError(address, `continuation block at ${next.address} is reached twice`);
      seen.add(next.address);
      totalBytes += next.byteLength;
      if (totalBytes > storage.limits.maxHeaderBytes) {
        throw limitError(`more than limit maxHeaderBytes, ${storage.limits.maxHeaderBytes}`, {
          structure: OBJECT_HEADER,
          address,
        });
      }
      const bytes = storage.readMetadata(next.address, next.byteLength, OBJECT_HEADER);
      const cursor = storage.cursor(bytes, "Object header continuation block", next.address);
      const messages: HeaderMessage[] = [];
      scanContinuationBlock(cursor, prefix, collector(storage, address, bytes, messages));
      blocks.push({ address: next.address, byteLength: next.byteLength, messages });
    }
  }
}

export function headerError(address: Address, problem: string): FormatError {
  const structure = OBJECT_HEADER;
  return formatError(problem, { structure, address });
}
