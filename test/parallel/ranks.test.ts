import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rankFromEnvironment, shareOf } from "../../src/parallel/index.ts";

describe("ranks under a launcher", () => {
  test("a process that no launcher started is alone", () => {
    expect(rankFromEnvironment({ HOME: "/" })).toEqual({ rank: 0, size: 1 });
  });

  test.each([
    ["Open MPI", { OMPI_COMM_WORLD_RANK: "2", OMPI_COMM_WORLD_SIZE: "4" }],
    ["PMI", { PMI_RANK: "2", PMI_SIZE: "4" }],
    ["Slurm", { SLURM_PROCID: "2", SLURM_NTASKS: "4" }],
    ["an indexed job", { JOB_COMPLETION_INDEX: "2", JOB_COMPLETIONS: "4" }],
  ])("%s says who we are", (_, environment) => {
    expect(rankFromEnvironment(environment)).toEqual({ rank: 2, size: 4 });
  });

  test("nonsense is refused, with the variable's name", () => {
    expect(() => rankFromEnvironment({ PMI_RANK: "two", PMI_SIZE: "4" })).toThrow(
      "PMI_RANK: expected a whole number, found 'two'",
    );
    expect(() => rankFromEnvironment({ PMI_RANK: "4", PMI_SIZE: "4" })).toThrow("PMI_RANK: 4 of 4 ranks");
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
