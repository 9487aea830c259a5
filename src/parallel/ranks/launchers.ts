/**
 * Ranks: the processes that a launcher (mpirun, srun, an array of jobs) started for one piece of work.
 *
 * A rank learns who it is from the environment that its launcher gave it. Nothing here talks to other ranks.
 */

import { HDF5Error } from "../../base/errors.ts";
import type { OptionNames } from "../../base/known-options.ts";
import { environmentVariable } from "../../io/platform.ts";
import { requireKnown } from "../known-options.ts";

/** One process of several. */
export interface Rank {
  /** From 0 to `size - 1`. */
  readonly rank: number;
  /** Processes in all. */
  readonly size: number;
}

/** A rank as its launcher describes it. */
export interface LaunchedRank extends Rank {
  /** The rank among those of the same machine, where the launcher tells. */
  readonly localRank?: number;
  /** What no other start of ranks has the same of, where the launcher tells: the number of a job, for example. */
  readonly run?: string;
  /** Who told: `"Open MPI"`, `"Slurm"`, ..., `"options"`, or `"none"` for a process that no launcher started. */
  readonly launcher: string;
}

/** What a program knows better than the environment. */
export interface RankOptions {
  /** Which one this process is, from 0 to `size - 1`. */
  readonly rank?: number;
  /** Processes in all. */
  readonly size?: number;
  /** The rank among those of the same machine. */
  readonly localRank?: number;
  /** What no other start of ranks has the same of. */
  readonly run?: string;
}

const RANK_OPTIONS: OptionNames<RankOptions> = { rank: true, size: true, localRank: true, run: true };

/** Variables of an environment, for example `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

type Lookup = (name: string) => string | undefined;

interface Found {
  readonly rank?: number | undefined;
  readonly size?: number | undefined;
  readonly localRank?: number | undefined;
  readonly run?: string | undefined;
}

/** Says what a launcher's variables are; undefined where it did not start this process. */
interface Launcher {
  readonly name: string;
  find(lookup: Lookup): Found | undefined;
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new HDF5Error("argument", `${name}: expected a whole number, found '${text}'`);
}

function numberOf(lookup: Lookup, name: string): number | undefined {
  const text = lookup(name);
  return text === undefined ? undefined : wholeNumber(name, text);
}

/** The first of several variables that is there. */
function firstOf(lookup: Lookup, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = lookup(name);
    if (value !== undefined) return value;
  }
  return undefined;
}

interface PlainNames {
  readonly rank: string;
  readonly size: string;
  readonly localRank?: readonly string[];
  /** All that are there are put together. */
  readonly run?: readonly string[];
}

/** A launcher that sets a variable for each. Whoever sets a rank alone is not it. */
function plainLauncher(name: string, names: PlainNames): Launcher {
  const { rank, size, localRank = [], run = [] } = names;
  return {
    name,
    find(lookup) {
      if (lookup(rank) === undefined || lookup(size) === undefined) return undefined;
      const local = localRank.find((each) => lookup(each) !== undefined);
      const parts = run.flatMap((each) => lookup(each) ?? []);
      return {
        rank: numberOf(lookup, rank),
        size: numberOf(lookup, size),
        localRank: local === undefined ? undefined : numberOf(lookup, local),
        run: parts.length === 0 ? undefined : parts.join("-"),
      };
    },
  };
}

/** Tasks of a step that `srun` started. A batch script has the variables of task 0 but is no task: it has no step. */
function slurmTasks(lookup: Lookup): Found {
  const size = numberOf(lookup, "SLURM_NTASKS") ?? numberOf(lookup, "SLURM_NPROCS");
  const rank = numberOf(lookup, "SLURM_PROCID");
  const isBatchScript = lookup("SLURM_JOB_ID") !== undefined && lookup("SLURM_STEP_ID") === undefined;
  if (rank === undefined || size === undefined || isBatchScript) return { rank: 0, size: 1 };
  return { rank, size, localRank: numberOf(lookup, "SLURM_LOCALID") };
}

/** The place in an array of jobs, which counts from anywhere in steps of anything. */
function slurmArray(lookup: Lookup): Found | undefined {
  const id = numberOf(lookup, "SLURM_ARRAY_TASK_ID");
  if (id === undefined) return undefined;
  const least = numberOf(lookup, "SLURM_ARRAY_TASK_MIN") ?? 0;
  const greatest = numberOf(lookup, "SLURM_ARRAY_TASK_MAX") ?? id;
  const step = numberOf(lookup, "SLURM_ARRAY_TASK_STEP") ?? 1;
  const size = numberOf(lookup, "SLURM_ARRAY_TASK_COUNT") ?? Math.floor((greatest - least) / step) + 1;
  const rank = (id - least) / step;
  if (!Number.isInteger(rank) || Math.floor((greatest - least) / step) + 1 !== size) {
    const problem = `task ${id} of ${size} tasks from ${least} to ${greatest} in steps of ${step}`;
    throw new HDF5Error("argument", `SLURM_ARRAY_TASK_ID: ${problem}: use an array such as 0-${size - 1}`);
  }
  return { rank, size };
}

/** Each job of an array may be of several tasks: those of the first job come first. */
const SLURM: Launcher = {
  name: "Slurm",
  find(lookup) {
    const array = slurmArray(lookup);
    const isStarted = lookup("SLURM_PROCID") !== undefined && firstOf(lookup, ["SLURM_NTASKS", "SLURM_NPROCS"]);
    if (array === undefined && !isStarted) return undefined;
    const tasks = slurmTasks(lookup);
    const job = firstOf(lookup, ["SLURM_ARRAY_JOB_ID", "SLURM_JOB_ID"]);
    const step = array === undefined ? lookup("SLURM_STEP_ID") : undefined;
    const each = tasks.size ?? 1;
    return {
      rank: (array?.rank ?? 0) * each + (tasks.rank ?? 0),
      size: (array?.size ?? 1) * each,
      localRank: tasks.localRank,
      run: job === undefined || step === undefined ? job : `${job}.${step}`,
    };
  },
};

/** The number of jobs is not told unless the manifest of the job does it. */
const KUBERNETES: Launcher = {
  name: "Kubernetes",
  find(lookup) {
    const rank = numberOf(lookup, "JOB_COMPLETION_INDEX");
    return rank === undefined ? undefined : { rank, size: numberOf(lookup, "JOB_COMPLETIONS") };
  },
};

const AWS_BATCH: Launcher = {
  name: "AWS Batch",
  find(lookup) {
    const rank = numberOf(lookup, "AWS_BATCH_JOB_ARRAY_INDEX");
    if (rank === undefined) return undefined;
    // A child's identifier is its parent's with the index behind a colon.
    const run = lookup("AWS_BATCH_JOB_ID")?.replace(/:\d+$/, "");
    return { rank, size: numberOf(lookup, "AWS_BATCH_JOB_ARRAY_SIZE"), run };
  },
};

/** Whoever sets the rank himself has to tell the size, too: else every process would be the only one. */
const OWN: Launcher = {
  name: "H5TS_RANK",
  find(lookup) {
    const rank = numberOf(lookup, "H5TS_RANK");
    if (rank === undefined) return undefined;
    const localRank = numberOf(lookup, "H5TS_LOCAL_RANK");
    return { rank, size: numberOf(lookup, "H5TS_SIZE"), localRank, run: lookup("H5TS_RUN") };
  },
};

/** Where those that may leave it out would tell the size. */
const SIZE_VARIABLES: Readonly<Record<string, string>> = { H5TS_RANK: "H5TS_SIZE", Kubernetes: "JOB_COMPLETIONS" };

/** The first that started this process counts: what runs within a job of Slurm under mpirun is a rank of mpirun's. */
const LAUNCHERS: readonly Launcher[] = [
  OWN,
  plainLauncher("Open MPI", {
    rank: "OMPI_COMM_WORLD_RANK",
    size: "OMPI_COMM_WORLD_SIZE",
    localRank: ["OMPI_COMM_WORLD_LOCAL_RANK"],
    // The first follows from a process number, which may come again; the second, where it is there, is drawn by lot.
    run: ["PMIX_NAMESPACE", "OMPI_MCA_orte_precondition_transports"],
  }),
  plainLauncher("MVAPICH", {
    rank: "MV2_COMM_WORLD_RANK",
    size: "MV2_COMM_WORLD_SIZE",
    localRank: ["MV2_COMM_WORLD_LOCAL_RANK"],
    run: ["PMI_JOBID"],
  }),
  plainLauncher("MVAPICH", {
    rank: "MVP_COMM_WORLD_RANK",
    size: "MVP_COMM_WORLD_SIZE",
    localRank: ["MVP_COMM_WORLD_LOCAL_RANK"],
    run: ["PMI_JOBID"],
  }),
  plainLauncher("PMI", {
    rank: "PMI_RANK",
    size: "PMI_SIZE",
    localRank: ["MPI_LOCALRANKID", "PALS_LOCAL_RANKID", "PMI_LOCAL_RANK"],
    run: ["PMI_JOBID", "PALS_APID"],
  }),
  plainLauncher("PMIx", { rank: "PMIX_RANK", size: "PMIX_SIZE", run: ["PMIX_NAMESPACE"] }),
  SLURM,
  AWS_BATCH,
  plainLauncher("AWS Batch", {
    rank: "AWS_BATCH_JOB_NODE_INDEX",
    size: "AWS_BATCH_JOB_NUM_NODES",
    run: ["AWS_BATCH_JOB_ID"],
  }),
  KUBERNETES,
];

/**
 * The rank of this process, from its launcher's environment; rank 0 of 1 for one that no launcher started.
 *
 * Known are Open MPI, MVAPICH, PMI (MPICH, Intel MPI, Cray), PMIx, Slurm (tasks of `srun`, arrays of jobs, and both), AWS Batch
 * (arrays, and jobs of several nodes), indexed jobs of Kubernetes, and `H5TS_RANK`, `H5TS_SIZE`, `H5TS_LOCAL_RANK` and
 * `H5TS_RUN` for whoever starts processes himself.
 *
 * @param environment - Default: that of this process.
 * @param options - What counts in place of the environment: Kubernetes, for example, does not tell the size unless
 *   `JOB_COMPLETIONS` is set in the job's manifest.
 * @throws HDF5Error "argument" for values that are no numbers, a rank outside its size, or a size that nobody tells.
 */
export function rankFromEnvironment(environment?: Environment, options: RankOptions = {}): LaunchedRank {
  requireKnown(options, RANK_OPTIONS, "rankFromEnvironment");
  const lookup: Lookup = environment === undefined ? environmentVariable : (name) => environment[name];
  const given = { run: lookup("H5TS_RUN"), ...options };
  if (options.rank !== undefined && options.size !== undefined) return launched("options", {}, given);
  for (const launcher of LAUNCHERS) {
    const found = launcher.find(lookup);
    if (found !== undefined) return launched(launcher.name, found, given);
  }
  return launched("none", { rank: 0, size: 1 }, options);
}

function launched(launcher: string, found: Found, options: Found): LaunchedRank {
  const rank = options.rank ?? found.rank ?? 0;
  const size = options.size ?? found.size;
  const localRank = options.localRank ?? found.localRank;
  const run = options.run ?? found.run;
  if (size === undefined) {
    const where = SIZE_VARIABLES[launcher] ?? "AWS_BATCH_JOB_ARRAY_SIZE";
    throw new HDF5Error(
      "argument",
      `${launcher} tells rank ${rank} but not of how many: set ${where}, or give \`size\``,
    );
  }
  if (!Number.isSafeInteger(size) || size < 1 || !Number.isSafeInteger(rank) || rank < 0 || rank >= size) {
    throw new HDF5Error("argument", `${launcher}: rank ${rank} of ${size} ranks`);
  }
  return {
    rank,
    size,
    launcher,
    ...(localRank === undefined ? {} : { localRank }),
    ...(run === undefined ? {} : { run }),
  };
}
