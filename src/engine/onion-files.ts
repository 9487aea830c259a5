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
import { type OnionRevision, OnionSource } from "../io/onion-source.ts";
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

/** What an onion file begins with, and where its records are. */
export interface OnionContents {
  readonly header: OnionHeader;
  readonly history: OnionHistory;
}

/** @throws HDF5Error "format" for what is no onion file. */
export function readOnion(onion: ByteSource, limits: Limits): OnionContents {
  const start = { address: 0, byteLength: ONION_HEADER_BYTES };
  const header = decodeOnionHeader(structureAt(onion, start, "Onion header", limits));
  const { historyAddress, historyByteLength } = header;
  const place = { address: historyAddress, byteLength: historyByteLength };
  return { header, history: decodeOnionHistory(structureAt(onion, place, "Onion history", limits)) };
}

function readRecord(onion: ByteSource, location: OnionRecordLocation, limits: Limits): OnionRevisionRecord {
  return decodeOnionRevisionRecord(structureAt(onion, location, "Onion revision record", limits));
}

/**
 * The record of a revision, counted from 0. Records ascend by revision. HDF5 1.14 and 2.0 give a revision that was made from
 * an older one than the newest a number that there is already, and find the newest no more: its place tells.
 */
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
  const placed = records[revision];
  if (placed !== undefined) return readRecord(onion, placed, limits);
  throw new HDF5Error("format", "could not find target revision!", { structure: "Onion history", path: onion.name });
}

/** How many revisions an onion file has. C: `H5FDonion_get_revision_count`. */
export function onionRevisionCount(onion: ByteSource, limits: Limits = DEFAULT_LIMITS): number {
  return readOnion(onion, limits).history.records.length;
}

/** A revision that was asked for. */
export interface OpenedRevision extends OnionRevision {
  /** Its number, counted from 0; undefined for the original. */
  readonly revision: number | undefined;
}

/** @throws HDF5Error "format" for a file that was cut. */
function requireWhole(source: ByteSource, end: number, what: string): void {
  const found = source.byteLength();
  if (end <= found) return;
  throw new HDF5Error("format", `truncated file: ${what} has ${found} bytes of ${end}`, { path: source.name });
}

/**
 * What a revision consists of.
 *
 * @param original - The file without revisions.
 * @param wanted - 0 for the original; default the newest.
 * @throws HDF5Error "argument" for a revision that there is not, "format" for one of whose bytes some are gone.
 */
export function findRevision(
  original: ByteSource,
  onion: ByteSource,
  { header, history }: OnionContents,
  wanted: number = history.records.length,
  limits: Limits = DEFAULT_LIMITS,
): OpenedRevision {
  if (wanted > history.records.length) {
    throw new HDF5Error("argument", "target revision ID out of range", { path: original.name });
  }
  const { pageSize, originalEnd } = header;
  if (wanted === 0) {
    const end = original.byteLength();
    return { revision: undefined, pageSize, logicalEnd: end, originalEnd: end, pages: [] };
  }
  const record = findRecord(onion, history, wanted - 1, limits);
  const { logicalEnd, pages } = record;
  requireWhole(original, originalEnd, "the original of an onion file");
  requireWhole(
    onion,
    pages.reduce((end, run) => Math.max(end, run.physicalAddress + run.byteLength), 0),
    "an onion file",
  );
  return { revision: wanted - 1, pageSize: record.pageSize, logicalEnd, originalEnd, pages };
}

/** @throws HDF5Error "state" while somebody writes to the file, or when a writer did not come to its end. */
export function requireUnlocked({ header }: OnionContents, path: string): void {
  if ((header.flags & ONION_FLAG.WRITE_LOCK) === 0) return;
  throw new HDF5Error("state", "Can't open file already opened in write-mode", { path });
}

/** Which revision is opened, and whether a write lock is ignored. */
export interface OnionReading {
  /** 0 for the original; default the newest. */
  readonly revision?: number | undefined;
  /** Opens a file whose writer did not come to its end, as it was before. */
  readonly forceWriteOpen?: boolean | undefined;
}

/**
 * A file as a revision has it. Both sources become the result's.
 *
 * @throws HDF5Error "argument" for a revision that there is not, "state" while somebody writes to the file.
 */
export function onionRevision(
  original: ByteSource,
  onion: ByteSource,
  { revision, forceWriteOpen = false }: OnionReading = {},
  limits: Limits = DEFAULT_LIMITS,
): ByteSource {
  const contents = readOnion(onion, limits);
  if (!forceWriteOpen) requireUnlocked(contents, original.name);
  return new OnionSource(original, onion, findRevision(original, onion, contents, revision, limits));
}

/** @throws SourceError when a file has no revisions beside it. */
export function requireOnion(name: string, onion: ByteSource | undefined): ByteSource {
  if (onion !== undefined) return onion;
  throw new SourceError("unable to open onion file (does not exist?).", { path: onionNameOf(name) });
}
