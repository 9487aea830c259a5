import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkTree, Disagreement, type Judges } from "./check-tree.ts";
import { inFolderAsync } from "./folder.ts";
import { type Features, randomTree } from "./generate.ts";
import type { Tree } from "./operations.ts";
import { PythonPeer } from "./python-peer.ts";
import { shrink } from "./shrink.ts";

/** How many trees, and the seed of the first. */
const COUNT = Number(process.env.H5TS_TREES ?? 100);
const SEED = Number(process.env.H5TS_SEED ?? Math.floor(Math.random() * 1e9));

const FEATURES: Features = {
  bounds: ["earliest", "v108", "v110"],
  strategies: [],
  pauses: 0.05,
  length: [10, 60],
};

let python: PythonPeer;

beforeAll(() => {
  python = new PythonPeer();
});

afterAll(() => python.close());

async function problemOf(tree: Tree, judges: Judges): Promise<string | undefined> {
  rmSync(judges.folder, { recursive: true, force: true });
  mkdirSync(judges.folder);
  try {
    await checkTree(tree, judges);
    return undefined;
  } catch (error) {
    if (error instanceof Disagreement) return error.message;
    return (error as Error).stack;
  }
}

describe("random trees that h5ts grows and changes", () => {
  test(`${COUNT} trees from seed ${SEED}: h5py, h5dump, h5repack and h5diff find what the model has`, {
    timeout: COUNT * 5_000 + 120_000,
  }, async () => {
    console.log(`H5TS_SEED=${SEED} H5TS_TREES=${COUNT}`);
    await inFolderAsync(async (folder) => {
      const judges = { python, folder: join(folder, "tree"), tools: true };
      for (let seed = SEED; seed < SEED + COUNT; seed++) {
        const tree = randomTree(seed, FEATURES);
        const problem = await problemOf(tree, judges);
        if (problem === undefined) continue;
        const small = await shrink(tree, problem, (candidate) => problemOf(candidate, judges));
        expect.fail(
          `seed ${seed}: ${small.problem}\n${JSON.stringify(small.tree.file)}\n${small.tree.operations.map((operation) => JSON.stringify(operation)).join("\n")}`,
        );
      }
    });
  });
});
