/** Stored chunks, together as one task of a worker. */
import type { StoredChunk } from "../engine/chunks/chunk-coder.ts";

/** Decoded bytes of a batch, but for that of one larger chunk: so many that what it costs to send it does not count. */
const BATCH_BYTES = 1 << 19;

/** Chunks that are decoded in one go. Never empty. */
export interface Batch {
  readonly first: StoredChunk;
  readonly chunks: StoredChunk[];
}

/** @param chunks - Of one dataset, so that they have the same filters and size. */
export function batchesOf(chunks: readonly StoredChunk[]): Batch[] {
  const batches: Batch[] = [];
  let last: Batch | undefined;
  for (const chunk of chunks) {
    if (last !== undefined && (last.chunks.length + 1) * chunk.chunkByteLength <= BATCH_BYTES) {
      last.chunks.push(chunk);
    } else {
      last = { first: chunk, chunks: [chunk] };
      batches.push(last);
    }
  }
  return batches;
}

export function storedLength({ chunks }: Batch): number {
  return chunks.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

/** Reads the stored bytes of all chunks, one behind the other; those that lie so in the file in one read. */
export function readStored({ first, chunks }: Batch, destination: Uint8Array): void {
  let start = 0;
  let end = 0;
  let address = first.address;
  let next = first.address;
  for (const chunk of chunks) {
    if (chunk.address !== next) {
      first.storage.readRaw(address, destination.subarray(start, end));
      start = end;
      address = chunk.address;
    }
    end += chunk.byteLength;
    next = chunk.address + chunk.byteLength;
  }
  if (end > start) first.storage.readRaw(address, destination.subarray(start, end));
}
