/**
 * The stored chunks of a dataset by their position in the order of the index, for those who ask for one after the other.
 *
 * An index is no list: to find the chunk at a position, all before it are passed by. The C library does so for each. Here those
 * around the last one asked for are kept, until anything changes.
 *
 * Reference implementation: H5Dchunk.c, `H5D__get_chunk_info`.
 */
import { chunkOffset } from "./chunk-geometry.ts";
import type { ChunkIndex, ChunkRecord } from "./chunk-index.ts";

/** A stored chunk, and the first element in it. C: `H5Dget_chunk_info`. h5py: `StoreInfo`. */
export interface ChunkInfo extends ChunkRecord {
  readonly offset: readonly number[];
}

/** So many are kept. */
const WINDOW = 1 << 14;

/** What positions hold for. */
interface State {
  /** Counts changes of the index. */
  readonly changes: number;
  readonly dims: readonly number[];
}

export class ChunkList {
  private readonly index: ChunkIndex;
  private readonly chunkDims: readonly number[];
  private kept: readonly ChunkInfo[] = [];
  /** Position of the first of them. */
  private first = 0;
  private state: State | undefined;

  constructor(index: ChunkIndex, chunkDims: readonly number[]) {
    this.index = index;
    this.chunkDims = chunkDims;
  }

  /** @param state - Undefined where others may change the index, so that nothing can be kept. */
  at(position: number, state: State | undefined): ChunkInfo | undefined {
    const first = position - (position % WINDOW);
    if (!this.holds(first, state)) {
      this.kept = this.listFrom(first);
      this.first = first;
      this.state = state && { changes: state.changes, dims: state.dims };
    }
    const found = this.kept[position - first];
    if (state === undefined) this.kept = [];
    return found;
  }

  private holds(first: number, state: State | undefined): boolean {
    const known = this.state;
    if (known === undefined || state === undefined || first !== this.first) return false;
    return known.changes === state.changes && known.dims === state.dims;
  }

  private listFrom(first: number): ChunkInfo[] {
    const list: ChunkInfo[] = [];
    let position = 0;
    this.index.forEach((scaled, { address, byteLength, filterMask }) => {
      if (position >= first && position < first + WINDOW) {
        list.push({ offset: chunkOffset(scaled, this.chunkDims), address, byteLength, filterMask });
      }
      position++;
    });
    return list;
  }
}
