/** Onion files made by hand: a file's revisions, as the onion driver of the C library keeps them. */
import { Writer } from "../../src/base/writer.ts";
import { encodeOnionHeader, ONION_HEADER_BYTES } from "../../src/format/onion-header.ts";
import { encodeOnionHistory, type OnionRecordLocation, sizeOfOnionHistory } from "../../src/format/onion-history.ts";
import { encodeOnionRevisionRecord, type OnionPages } from "../../src/format/onion-revision-record.ts";

/** The bytes of an onion file beside `original`, whose revisions have these contents, oldest first. */
export function onionFile(
  original: Uint8Array,
  revisions: readonly Uint8Array[],
  pageSize: number,
  flags = 0,
): Uint8Array {
  const writer = new Writer().zeros(ONION_HEADER_BYTES);
  const pages = new Map<number, number>();
  const contents = new Map<number, Uint8Array>();
  const records: OnionRecordLocation[] = [];
  revisions.forEach((bytes, revision) => {
    writeChangedPages(writer, pages, { contents, bytes, original }, pageSize);
    const address = writer.position;
    const sorted: OnionPages[] = [...pages]
      .map(([logicalAddress, physicalAddress]) => ({ logicalAddress, physicalAddress, byteLength: pageSize }))
      .sort((a, b) => a.logicalAddress - b.logicalAddress);
    encodeOnionRevisionRecord(writer, {
      revision,
      parentRevision: Math.max(0, revision - 1),
      timeOfCreation: "20260101T000000Z",
      logicalEnd: bytes.length,
      pageSize,
      pages: sorted,
      comment: `revision ${revision}`,
    });
    records.push({ address, byteLength: writer.position - address });
  });
  const historyAddress = writer.position;
  encodeOnionHistory(writer, { records });
  const file = writer.toBytes().slice();
  const header = new Writer();
  encodeOnionHeader(header, {
    flags,
    pageSize,
    originalEnd: original.length,
    historyAddress,
    historyByteLength: sizeOfOnionHistory({ records }),
  });
  file.set(header.toBytes());
  return file;
}

interface Change {
  /** What the pages that are replaced hold, also while they are cut off. */
  readonly contents: Map<number, Uint8Array>;
  readonly bytes: Uint8Array;
  readonly original: Uint8Array;
}

function writeChangedPages(
  writer: Writer,
  pages: Map<number, number>,
  { contents, bytes, original }: Change,
  pageSize: number,
): void {
  const pageOf = (source: Uint8Array, at: number) => {
    const page = new Uint8Array(pageSize);
    page.set(source.subarray(at, at + pageSize));
    return page;
  };
  for (let at = 0; at < bytes.length; at += pageSize) {
    const page = pageOf(bytes, at);
    const known = contents.get(at) ?? pageOf(original, at);
    if (page.every((byte, i) => byte === known[i])) continue;
    pages.set(at, writer.position);
    contents.set(at, page);
    writer.bytes(page);
  }
}
