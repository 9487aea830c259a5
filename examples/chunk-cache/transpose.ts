/** Transposing a compressed dataset, whose chunks are crossed by every column that is read. */
import { File, slice } from "h5ts";
import { MemorySource, MemoryTarget } from "h5ts/io";

/** Rows and columns of a chunk. */
export type ChunkShape = readonly [rows: number, columns: number];

/** Wide chunks, good for rows. */
export const CHUNK_SHAPE: ChunkShape = [64, 512];
const ELEMENT_BYTES = 4;

export interface CacheSettings {
  readonly label: string;
  readonly rdccNbytes: number;
  readonly rdccNslots: number;
}

export interface Run extends CacheSettings {
  readonly seconds: number;
  /** Chunks that were decompressed. */
  readonly decoded: number;
  /** Chunks that left the cache because another one had the same slot. */
  readonly collisions: number;
}

/** A file with a square dataset "rows" of `size` elements a side. */
export function makeFile(size: number, chunkShape = CHUNK_SHAPE): Uint8Array {
  const target = new MemoryTarget();
  const file = new File(target, "w");
  const rows = file.createDataset("rows", {
    shape: [size, size],
    dtype: "<f4",
    chunks: [...chunkShape],
    compression: "gzip",
  });
  for (let row = 0; row < size; row += chunkShape[0]) {
    const height = Math.min(chunkShape[0], size - row);
    const values = Float32Array.from({ length: height * size }, (_, i) => Math.sin((row * size + i) / 100));
    rows.write([slice(row, row + height)], { data: values, shape: [height, size] });
  }
  file.flush();
  const bytes = target.toBytes();
  file.close();
  return bytes;
}

/** The caches to compare: one that holds a quarter of the chunks a column crosses, one with too few slots, and the right one. */
export function cachesFor(size: number, chunkShape = CHUNK_SHAPE): CacheSettings[] {
  const chunkBytes = chunkShape[0] * chunkShape[1] * ELEMENT_BYTES;
  const nbytes = Math.ceil(size / chunkShape[0]) * chunkBytes;
  const words = (bytes: number) => `${bytes / 1024} KiB`;
  const small = Math.max(chunkBytes, nbytes / 4);
  return [
    { label: `${words(small)}, 521 slots`, rdccNbytes: small, rdccNslots: 521 },
    { label: `${words(nbytes)}, 3 slots`, rdccNbytes: nbytes, rdccNslots: 3 },
    { label: `${words(nbytes)}, 521 slots`, rdccNbytes: nbytes, rdccNslots: 521 },
  ];
}

/** Reads column by column and puts each as a row into `out`. */
export function transpose(bytes: Uint8Array, cache: CacheSettings, out: Float32Array): Run {
  const { rdccNbytes, rdccNslots } = cache;
  const file = new File(new MemorySource(bytes), "r", { rdccNbytes, rdccNslots });
  const rows = file.getDataset("rows");
  const [height, width] = rows.shape as [number, number];
  const start = performance.now();
  for (let column = 0; column < width; column++) {
    const { data } = rows.read<{ data: Float32Array }>([slice(0, height), column]);
    out.set(data, column * height);
  }
  const seconds = (performance.now() - start) / 1000;
  const statistics = rows.chunkCacheStatistics;
  file.close();
  return { ...cache, seconds, decoded: statistics?.misses ?? 0, collisions: statistics?.collisions ?? 0 };
}
