/**
 * Where the checksums of a file's structures stand, so that damage can be signed like the real thing.
 *
 * They are found by trying: a place that holds the lookup3 sum of everything from the structure's start up to it is the
 * structure's checksum. So nothing here knows, or gets wrong, how structures are laid out. Direct blocks of fractal heaps
 * keep theirs in the header and are summed over with zeros in its place.
 */
import { lookup3 } from "../../../src/base/checksum.ts";
import type { SpaceRegion } from "../../../src/engine/space-map/space-map.ts";

export interface ChecksummedSpan {
  readonly start: number;
  /** Behind the last byte that is summed. */
  readonly end: number;
  readonly checksumAt: number;
}

const SIGNED = new Set(["OHDR", "OCHK", "BTHD", "BTIN", "BTLF", "FRHP", "FHIB", "FSHD", "FSSE", "SMTB", "SMLI"]);
/** Followed by pages that have a checksum each. */
const PAGED = new Set(["FAHD", "FADB", "EAHD", "EAIB", "EASB", "EADB"]);
const DIRECT_BLOCK = "FHDB";
const SUPERBLOCK = "\x89HDF";
const CHECKSUM_BYTES = 4;
/** Larger structures are not searched: trying all places costs the square of their size. */
const MOST_BYTES = 1 << 14;

function checksumIn(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);
}

function trailingChecksum(bytes: Uint8Array, start: number, end: number): ChecksummedSpan | undefined {
  for (let at = start + CHECKSUM_BYTES; at + CHECKSUM_BYTES <= end; at++) {
    if (lookup3(bytes, start, at) === checksumIn(bytes, at)) return { start, end: at, checksumAt: at };
  }
  return undefined;
}

function directBlockChecksum(bytes: Uint8Array, start: number, end: number): ChecksummedSpan | undefined {
  const block = bytes.slice(start, end);
  for (let at = 7; at < 24 && at + CHECKSUM_BYTES <= block.length; at++) {
    const stored = block.slice(at, at + CHECKSUM_BYTES);
    block.fill(0, at, at + CHECKSUM_BYTES);
    if (lookup3(block) === checksumIn(stored, 0)) return { start, end, checksumAt: start + at };
    block.set(stored, at);
  }
  return undefined;
}

/** All checksummed spans of an intact file. */
export function checksummedSpans(bytes: Uint8Array, regions: readonly SpaceRegion[]): ChecksummedSpan[] {
  const spans: ChecksummedSpan[] = [];
  for (const { offset, byteLength } of regions) {
    const signature = String.fromCharCode(...bytes.subarray(offset, offset + 4));
    const end = Math.min(offset + Math.min(byteLength, MOST_BYTES), bytes.length);
    if (signature === DIRECT_BLOCK) {
      const span = directBlockChecksum(bytes, offset, end);
      if (span !== undefined) spans.push(span);
      continue;
    }
    if (!SIGNED.has(signature) && !PAGED.has(signature) && signature !== SUPERBLOCK) continue;
    let span = trailingChecksum(bytes, offset, end);
    while (span !== undefined) {
      spans.push(span);
      span = PAGED.has(signature) ? trailingChecksum(bytes, span.checksumAt + CHECKSUM_BYTES, end) : undefined;
    }
  }
  return spans;
}

/** Makes the checksums right of all spans that the byte at `offset` belongs to. */
export function sign(bytes: Uint8Array, spans: readonly ChecksummedSpan[], offset: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const { start, end, checksumAt } of spans) {
    if (offset < start || offset >= end) continue;
    if (checksumAt < end) view.setUint32(checksumAt, 0, true);
    view.setUint32(checksumAt, lookup3(bytes, start, end), true);
  }
}
