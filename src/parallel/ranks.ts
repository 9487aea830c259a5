/**
 * Ranks: the processes that a launcher (mpirun, srun, an indexed job) started for one piece of work.
 *
 * A rank learns who it is from the environment that its launcher gave it, takes its share of the chunks of a dataset, and
 * reads them on its own; nothing here talks to other ranks.
 */
import { HDF5Error } from "../base/errors.ts";

/** One process of several. */
export interface Rank {
  /** From 0 to `size - 1`. */
  readonly rank: number;
  /** Processes in all. */
  readonly size: number;
}

/** Variables that launchers set: the rank and the number of ranks. The first pair that is there counts. */
const LAUNCHERS: readonly (readonly [rank: string, size: string])[] = [
  ["OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"],
  ["PMIX_RANK", "PMIX_SIZE"],
  ["PMI_RANK", "PMI_SIZE"],
  ["MV2_COMM_WORLD_RANK", "MV2_COMM_WORLD_SIZE"],
  ["SLURM_PROCID", "SLURM_NTASKS"],
  ["JOB_COMPLETION_INDEX", "JOB_COMPLETIONS"],
];

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new HDF5Error("argument", `${name}: expected a whole number, found '${text}'`);
}

/**
 * The rank of this process, from its launcher's environment; `{ rank: 0, size: 1 }` for one that no launcher started.
 *
 * Known are Open MPI, PMIx, PMI (MPICH, Intel MPI), MVAPICH2, Slurm and indexed Kubernetes jobs (which set
 * `JOB_COMPLETION_INDEX`; give `JOB_COMPLETIONS` beside it).
 *
 * @param environment - For example `process.env`.
 * @throws HDF5Error "argument" for values that are no numbers, or a rank outside its size.
 */
export function rankFromEnvironment(environment: Readonly<Record<string, string | undefined>>): Rank {
  for (const [rankName, sizeName] of LAUNCHERS) {
    const rankText = environment[rankName];
    const sizeText = environment[sizeName];
    if (rankText === undefined || sizeText === undefined) continue;
    const rank = wholeNumber(rankName, rankText);
    const size = wholeNumber(sizeName, sizeText);
    if (rank >= size) throw new HDF5Error("argument", `${rankName}: ${rank} of ${size} ranks`);
    return { rank, size };
  }
  return { rank: 0, size: 1 };
}

/** Part of a row of things: from `start` to before `stop`. */
export interface Share {
  readonly start: number;
  readonly stop: number;
}

/**
 * The share of one rank in `count` things (chunks, rows): consecutive ones, and no rank has more than one more than another.
 *
 * @throws RangeError when `count` is no whole number.
 */
export function shareOf(count: number, { rank, size }: Rank): Share {
  if (!Number.isSafeInteger(count) || count < 0) throw new RangeError(`count: ${count}`);
  const least = Math.floor(count / size);
  const larger = count % size;
  const start = rank * least + Math.min(rank, larger);
  return { start, stop: start + least + (rank < larger ? 1 : 0) };
}
