/** Work spread over workers and processes. */
export type { ChunkProgress } from "./chunk-work.ts";
export {
  type ChunkedDataset,
  iterChunksParallel,
  type LateDataset,
  type ParallelOptions,
  type ReadableDataset,
  readParallel,
  type StreamOptions,
  type WritableDataset,
  writeParallel,
  writeStream,
} from "./operations.ts";
export { WorkerPool, type WorkerPoolOptions, type WorkerPoolStatistics } from "./pool.ts";
export { type Rank, rankFromEnvironment, type Share, shareOf } from "./ranks.ts";
