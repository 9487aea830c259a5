/** Random trees, one a seed, and what is wrong with them. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { inFolderAsync } from "../peers.ts";
import { Disagreement } from "./check-tree.ts";
import { type Features, randomTree, STRATEGIES } from "./generate.ts";
import type { Tree } from "./operations.ts";
import { shrink } from "./shrink.ts";

/** How many trees; the seed of the first, another one each time; and for how long each test goes on at most. */
export const COUNT = Number(process.env.H5TS_TREES ?? 100);
export const SEED = Number(process.env.H5TS_SEED ?? Math.floor(Math.random() * 1e9));
const SECONDS = Number(process.env.H5TS_TREES_SECONDS ?? COUNT * 5);
/** So many that fail are shown. */
const MOST_FAILURES = 5;

/** More than that are no accident; 1 in about 700 is. */
const MOST_CUT_SHORT = 2 + COUNT / 100;

/** For tests that check so many. */
export const TIME = { timeout: SECONDS * 1000 + 300_000 };

export const GROWN: Features = {
  bounds: ["earliest", "earliest", "v108", "v110", "v110", "v112", "v114", "v200"],
  strategies: STRATEGIES,
  pauses: 0.05,
  byH5py: false,
  length: [10, 60],
};

export const RELAYED: Features = {
  bounds: ["earliest", "v108", "v110"],
  strategies: STRATEGIES,
  pauses: 0.15,
  byH5py: true,
  length: [20, 60],
};

/** What is wrong, in words; undefined for nothing. */
async function problemOf(check: () => Promise<unknown>, folder: string): Promise<string | undefined> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  try {
    await check();
    return undefined;
  } catch (error) {
    return error instanceof Disagreement ? error.message : (error as Error).stack;
  }
}

/** Checks one tree a seed; those that fail are shown with as few operations as possible. */
export async function checkAll(
  features: Features,
  check: (tree: Tree, folder: string, seed: number) => Promise<unknown>,
): Promise<void> {
  const failures: string[] = [];
  const cutShort: number[] = [];
  const end = Date.now() + SECONDS * 1000;
  let seed = SEED;
  await inFolderAsync(async (parent) => {
    const folder = join(parent, "tree");
    for (; seed < SEED + COUNT && Date.now() < end && failures.length < MOST_FAILURES; seed++) {
      const tree = randomTree(seed, features);
      let finished = true;
      const judge = (smaller: Tree) =>
        problemOf(async () => {
          finished = (await check(smaller, folder, seed)) !== false;
        }, folder);
      const problem = await judge(tree);
      if (problem === undefined) {
        if (!finished) cutShort.push(seed);
        continue;
      }
      const small = await shrink(tree, problem, judge);
      const lines = [small.tree.file, ...small.tree.operations].map((line) => JSON.stringify(line));
      failures.push(`H5TS_SEED=${seed} H5TS_TREES=1: ${small.problem}\n${lines.join("\n")}`);
    }
  });
  // So that a run can be repeated.
  console.log(`H5TS_SEED=${SEED} H5TS_TREES=${COUNT}: ${seed - SEED - failures.length} of ${seed - SEED} trees passed`);
  if (cutShort.length > 0) console.log(`cut short by what h5py cannot do alone either: ${cutShort.join(", ")}`);
  if (failures.length > 0) expect.fail(failures.join("\n\n"));
  expect(cutShort.length, cutShort.join(", ")).toBeLessThanOrEqual(MOST_CUT_SHORT);
}
