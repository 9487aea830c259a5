/** The chunk shape for a dataset whose caller leaves it open. h5py: `guess_chunk`, whose numbers these are. */
import { product } from "../base/bits.ts";

/** Bytes. */
const CHUNK_BASE = 16 * 1024;
const CHUNK_MIN = 8 * 1024;
const CHUNK_MAX = 1024 * 1024;
/** What an empty dimension, which may grow, is taken for. */
const UNKNOWN_SIZE = 1024;

/**
 * Halves one dimension after the other until a chunk has about as many bytes as suit the dataset: 16 KiB for a dataset of
 * 1 MiB, twice that for each ten times, 1 MiB at most.
 */
export function guessChunk(shape: readonly number[], elementSize: number): number[] {
  const chunks = shape.map((size) => (size === 0 ? UNKNOWN_SIZE : size));
  const datasetBytes = product(chunks) * elementSize;
  const wanted = CHUNK_BASE * 2 ** Math.log10(datasetBytes / (1024 * 1024));
  const target = Math.min(CHUNK_MAX, Math.max(CHUNK_MIN, wanted));
  for (let turn = 0; ; turn++) {
    const elements = product(chunks);
    const bytes = elements * elementSize;
    const close = bytes < target || Math.abs(bytes - target) / target < 0.5;
    if ((close && bytes < CHUNK_MAX) || elements === 1) return chunks;
    const d = turn % chunks.length;
    chunks[d] = Math.ceil((chunks[d] as number) / 2);
  }
}
