/** Work spread over workers and processes. */
export type { ChunkProgress } from "./chunk-work.ts";
export {
  type ChunkedDataset,
  iterChunksParallel,
  type LateDataset,
  type ParallelOptions,
  type ReadArray,
  type ReadableDataset,
  type ReadValue,
  readParallel,
  type StreamOptions,
  type WritableDataset,
  writeParallel,
  writeStream,
} from "./operations.ts";
export { WorkerPool, type WorkerPoolOptions, type WorkerPoolStatistics } from "./pool.ts";
export { InPlaceFile, type OwnElements, openInPlace } from "./ranks/in-place-file.ts";
export { type JoinedDataset, type JoinOptions, joinRankFiles } from "./ranks/joining.ts";
export {
  type Environment,
  type LaunchedRank,
  type Rank,
  type RankOptions,
  rankFromEnvironment,
} from "./ranks/launchers.ts";
export { removeRankRecords, reportOnRanks } from "./ranks/mark.ts";
export type { RankMember, WaitForRanksOptions } from "./ranks/member.ts";
export { checkPlans, type PlannedWrite, type ResolvedWrite, type WritePlan } from "./ranks/plans.ts";
export { RankPart, type RankPartOptions, rankFileName } from "./ranks/rank-part.ts";
export {
  type DeclareOptions,
  earlyAllocation,
  type MakeFile,
  makeRankedFile,
  RankedFile,
  type RankedFileOptions,
} from "./ranks/ranked-file.ts";
export type { RankState, RankStatus } from "./ranks/records.ts";
export type { RankReport } from "./ranks/report.ts";
export { type Share, shareOf } from "./ranks/shares.ts";
export type { WaitOptions } from "./ranks/waiting.ts";
