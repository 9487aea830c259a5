import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rankFromEnvironment, shareOf } from "../../../src/parallel/index.ts";

describe("ranks under a launcher", () => {
  test("a process that no launcher started is alone", () => {
    expect(rankFromEnvironment({ HOME: "/" })).toEqual({ rank: 0, size: 1, launcher: "none" });
  });

  test.each([
    [
      "Open MPI",
      {
        OMPI_COMM_WORLD_RANK: "2",
        OMPI_COMM_WORLD_SIZE: "4",
        OMPI_COMM_WORLD_LOCAL_RANK: "1",
        PMIX_NAMESPACE: "385286145",
        OMPI_MCA_orte_precondition_transports: "23ec-6fe9",
      },
      { localRank: 1, run: "385286145-23ec-6fe9" },
    ],
    ["Slurm", { SLURM_PROCID: "2", SLURM_NPROCS: "4", SLURM_JOB_ID: "17", SLURM_STEP_ID: "0" }, { run: "17.0" }],
    // Under srun, or within a job: mpirun's ranks are what counts.
    [
      "Open MPI",
      { OMPI_COMM_WORLD_RANK: "2", OMPI_COMM_WORLD_SIZE: "4", SLURM_PROCID: "0", SLURM_NTASKS: "1", SLURM_JOB_ID: "7" },
      {},
    ],
    [
      "MVAPICH",
      { MV2_COMM_WORLD_RANK: "2", MV2_COMM_WORLD_SIZE: "4", MV2_COMM_WORLD_LOCAL_RANK: "0" },
      { localRank: 0 },
    ],
    ["MVAPICH", { MVP_COMM_WORLD_RANK: "2", MVP_COMM_WORLD_SIZE: "4" }, {}],
    ["PMI", { PMI_RANK: "2", PMI_SIZE: "4", MPI_LOCALRANKID: "2" }, { localRank: 2 }],
    ["PMIx", { PMIX_RANK: "2", PMIX_SIZE: "4", PMIX_NAMESPACE: "n" }, { run: "n" }],
    [
      "Slurm",
      { SLURM_PROCID: "2", SLURM_NTASKS: "4", SLURM_LOCALID: "0", SLURM_JOB_ID: "17", SLURM_STEP_ID: "3" },
      { localRank: 0, run: "17.3" },
    ],
    [
      "AWS Batch",
      { AWS_BATCH_JOB_ARRAY_INDEX: "2", AWS_BATCH_JOB_ARRAY_SIZE: "4", AWS_BATCH_JOB_ID: "a-b:2" },
      { run: "a-b" },
    ],
    ["AWS Batch", { AWS_BATCH_JOB_NODE_INDEX: "2", AWS_BATCH_JOB_NUM_NODES: "4", AWS_BATCH_JOB_ID: "c" }, { run: "c" }],
    ["Kubernetes", { JOB_COMPLETION_INDEX: "2", JOB_COMPLETIONS: "4", H5TS_RUN: "uid" }, { run: "uid" }],
    ["H5TS_RANK", { H5TS_RANK: "2", H5TS_SIZE: "4", H5TS_RUN: "x", PMI_RANK: "0", PMI_SIZE: "1" }, { run: "x" }],
  ])("%s says who we are: %o", (launcher, environment, more) => {
    expect(rankFromEnvironment(environment)).toEqual({ rank: 2, size: 4, launcher, ...more });
  });

  describe("arrays of jobs of Slurm", () => {
    const array = (id: number, min: number, max: number, step: number, count: number) => ({
      SLURM_JOB_ID: "30",
      SLURM_ARRAY_JOB_ID: "28",
      SLURM_ARRAY_TASK_ID: `${id}`,
      SLURM_ARRAY_TASK_MIN: `${min}`,
      SLURM_ARRAY_TASK_MAX: `${max}`,
      SLURM_ARRAY_TASK_STEP: `${step}`,
      SLURM_ARRAY_TASK_COUNT: `${count}`,
      SLURM_PROCID: "0",
      SLURM_NTASKS: "1",
    });

    test("count from anywhere in any steps", () => {
      expect(rankFromEnvironment(array(3, 0, 3, 1, 4))).toEqual({ rank: 3, size: 4, launcher: "Slurm", run: "28" });
      expect(rankFromEnvironment(array(15, 5, 25, 10, 3))).toEqual({ rank: 1, size: 3, launcher: "Slurm", run: "28" });
    });

    test("of several tasks each have the tasks of the first job first", () => {
      const environment = { ...array(1, 0, 2, 1, 3), SLURM_PROCID: "1", SLURM_NTASKS: "2", SLURM_STEP_ID: "0" };
      expect(rankFromEnvironment(environment)).toMatchObject({ rank: 3, size: 6, run: "28" });
    });

    test("with holes are refused", () => {
      // Three tasks in the steps of seven, and one between two steps.
      expect(() => rankFromEnvironment(array(1, 1, 7, 1, 3))).toThrow("task 1 of 3 tasks from 1 to 7 in steps of 1");
      expect(() => rankFromEnvironment(array(4, 1, 7, 2, 4))).toThrow("task 4 of 4 tasks from 1 to 7 in steps of 2");
      expect(() => rankFromEnvironment(array(7, 1, 7, 1, 3))).toThrow(
        "SLURM_ARRAY_TASK_ID: task 7 of 3 tasks from 1 to 7 in steps of 1: use an array such as 0-2",
      );
    });
  });

  test("the script of a batch job is no task, though it has the variables of task 0", () => {
    const environment = { SLURM_JOB_ID: "17", SLURM_PROCID: "0", SLURM_NTASKS: "4" };
    expect(rankFromEnvironment(environment)).toEqual({ rank: 0, size: 1, launcher: "Slurm", run: "17" });
  });

  test("options count in place of the environment, and complete it", () => {
    expect(rankFromEnvironment({ JOB_COMPLETION_INDEX: "1" }, { size: 3, run: "r" })).toEqual({
      rank: 1,
      size: 3,
      launcher: "Kubernetes",
      run: "r",
    });
    const options = { rank: 1, size: 2, localRank: 0 };
    expect(rankFromEnvironment({ PMI_RANK: "0", PMI_SIZE: "9" }, options)).toEqual({ ...options, launcher: "options" });
    expect(rankFromEnvironment({ H5TS_RUN: "mine" }, { rank: 1, size: 2 }).run).toBe("mine");
  });

  test("who sets the rank himself sets the size as well", () => {
    const words = "H5TS_RANK tells rank 2 but not of how many: set H5TS_SIZE, or give `size`";
    expect(() => rankFromEnvironment({ H5TS_RANK: "2" })).toThrow(words);
    const given = rankFromEnvironment({ H5TS_RANK: "2" }, { size: 4 });
    expect(given).toEqual({ rank: 2, size: 4, launcher: "H5TS_RANK" });
  });

  test("nonsense is refused, with the variable's or the launcher's name", () => {
    expect(() => rankFromEnvironment({ PMI_RANK: "two", PMI_SIZE: "4" })).toThrow(
      "PMI_RANK: expected a whole number, found 'two'",
    );
    expect(() => rankFromEnvironment({ PMI_RANK: "4", PMI_SIZE: "4" })).toThrow("PMI: rank 4 of 4 ranks");
    for (const size of ["", " ", "-4", "2.5", "1e99"]) {
      expect(() => rankFromEnvironment({ PMI_RANK: "0", PMI_SIZE: size })).toThrow(
        `PMI_SIZE: expected a whole number, found '${size}'`,
      );
    }
    // A rank without a size is somebody else's variable.
    expect(rankFromEnvironment({ PMI_RANK: "4" }).launcher).toBe("none");
    expect(rankFromEnvironment({ PMI_SIZE: "4" }).launcher).toBe("none");
    expect(() => rankFromEnvironment({ JOB_COMPLETION_INDEX: "1" })).toThrow("set JOB_COMPLETIONS, or give `size`");
  });
});

describe("shares", () => {
  test("cover everything once, in order, as evenly as whole things can be shared", () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.integer({ min: 1, max: 100 }), (count, size) => {
        const shares = Array.from({ length: size }, (_, rank) => shareOf(count, { rank, size }));
        let next = 0;
        for (const { start, stop } of shares) {
          expect(start).toBe(next);
          next = stop;
        }
        expect(next).toBe(count);
        const sizes = shares.map(({ start, stop }) => stop - start);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });
});
