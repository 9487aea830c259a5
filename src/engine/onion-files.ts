/**
 * Revisions of a file, which the onion driver keeps in a second file beside it.
 *
 * Reference implementation: H5FDonion.c, `H5FD__onion_open`, `H5FD__onion_ingest_revision_record`.
 */
import { Cursor } from "../base/cursor.ts";
import { HDF5Error, SourceError } from "../base/errors.ts";
import { DEFAULT_LIMITS, type Limits } from "../base/limits.ts";
import { decodeOnionHeader, ONION_FLAG, ONION_HEADER_BYTES, type OnionHeader } from "../format/onion-header.ts";
import { decodeOnionHistory, type OnionHistory, type OnionRecordLocation } from "../format/onion-history.ts";
import { decodeOnionRevisionRecord, type OnionRevisionRecord } from "../format/onion-revision-record.ts";
import { OnionSource } from "../io/onion-source.ts";
import type { ByteSource } from "../io/source.ts";

/** The name of the file with the revisions of another. */
export function onionNameOf(name: string): string {
  return `${name}.onion`;
}

function structureAt(
  onion: ByteSource,
  where: { readonly address: number; readonly byteLength: number },
  structure: string,
  limits: Limits,
): Cursor {
  const { address, byteLength } = where;
  if (address + byteLength > onion.byteLength()) {
    throw new HDF5Error("format", `${structure} at address ${address}: ${byteLength} bytes reach beyond the file`, {
      structure,
      address,
      path: onion.name,
    });
  }
  if (byteLength > limits.maxMetadataBytes) {
    throw new HDF5Error("limit", `${structure} at address ${address}: ${byteLength} bytes`, { structure, address });
  }
  const bytes = new Uint8Array(byteLength);
  onion.readInto(address, bytes);
  return new Cursor(bytes, { structure, address, limits });
}

function readHistory(onion: ByteSource, limits: Limits): { header: OnionHeader; history: OnionHistory } {
  const start = { address: 0, byteLength: ONION_HEADER_BYTES };
  const header = decodeOnionHeader(structureAt(onion, start, "Onion header", limits));
  const { historyAddress, historyByteLength } = header;
  const place = { address: historyAddress, byteLength: historyByteLength };
  return { header, history: decodeOnionHistory(structureAt(onion, place, "Onion history", limits)) };
}

function readRecord(onion: ByteSource, location: OnionRecordLocation, limits: Limits): OnionRevisionRecord {
  return decodeOnionRevisionRecord(structureAt(onion, location, "Onion revision record", limits));
}

/** The record of a revision, counted from 0. Records ascend by revision. */
function findRecord(onion: ByteSource, history: OnionHistory, revision: number, limits: Limits): OnionRevisionRecord {
  const { records } = history;
  let low = 0;
  let high = records.length - 1;
  // Unless something is missing, the first look finds it.
  for (let at = Math.min(revision, high); low <= high; at = (low + high) >>> 1) {
    const record = readRecord(onion, records[at] as OnionRecordLocation, limits);
    if (record.revision === revision) return record;
    if (record.revision < revision) low = at + 1;
    else high = at - 1;
  }
  throw new HDF5Error("format", "could not find target revision!", { structure: "Onion history", path: onion.name });
}

/** How many revisions an onion file has. C: `H5FDonion_get_revision_count`. */
export function onionRevisionCount(onion: ByteSource, limits: Limits = DEFAULT_LIMITS): number {
  return readHistory(onion, limits).history.records.length;
}

/**
 * A file as a revision has it. Both sources become the result's.
 *
 * @param revision - 0 for the original; default the newest.
 * @throws HDF5Error "argument" for a revision that there is not, "state" while somebody writes to the file.
 */
export function onionRevision(
  original: ByteSource,
  onion: ByteSource,
  revision?: number,
  limits: Limits = DEFAULT_LIMITS,
): ByteSource {
  const { header, history } = readHistory(onion, limits);
  if ((header.flags & ONION_FLAG.WRITE_LOCK) !== 0) {
    throw new HDF5Error("state", "Can't open file already opened in write-mode", { path: original.name });
  }
  const count = history.records.length;
  const wanted = revision ?? count;
  if (wanted > count) throw new HDF5Error("argument", "target revision ID out of range", { path: original.name });
  const { pageSize, originalEnd } = header;
  if (wanted === 0) {
    const end = original.byteLength();
    return new OnionSource(original, onion, { pageSize, logicalEnd: end, originalEnd: end, pages: [] });
  }
  const { logicalEnd, pages, pageSize: recordPageSize } = findRecord(onion, history, wanted - 1, limits);
  return new OnionSource(original, onion, { pageSize: recordPageSize, logicalEnd, originalEnd, pages });
}

/** @throws SourceError when a file has no revisions beside it. */
export function requireOnion(name: string, onion: ByteSource | undefined): ByteSource {
  if (onion !== undefined) return onion;
  throw new SourceError("unable to open onion file (does not exist?).", { path: onionNameOf(name) });
}
