/** The same random operations by h5ts and by h5py: our file is hardly larger. */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { MemoryTarget } from "../../../src/io/memory-source.ts";
import { inFolderAsync } from "../peers.ts";
import { type Features, randomTree, STRATEGIES } from "./generate.ts";
import { Model } from "./model.ts";
import type { FileOperation, Tree } from "./operations.ts";
import { PythonPeer } from "./python-peer.ts";
import { turnsOf } from "./relay.ts";
import { applyWithH5ts, createFile, openFile } from "./with-h5ts.ts";

const COUNT = Number(process.env.H5TS_TREES ?? 40);
const SEED = Number(process.env.H5TS_SEED ?? Math.floor(Math.random() * 1e9));
/** Bytes of all files together as a part of the C library's. */
const MOST = 1.1;
/** The same of one file, which splinters in its own way. */
const MOST_OF_ONE = 1.25;
/**
 * Where one side makes a page or a heap collection more than the other: the C library leaves heap objects of deleted elements in
 * the heap, and finds room beside them where ours is a new collection.
 */
const FEW_BLOCKS_BYTES = 2 * 4096;

const FEATURES: Features = {
  bounds: ["earliest", "v108", "v110"],
  strategies: STRATEGIES,
  pauses: 0.05,
  byH5py: true,
  length: [40, 250],
};

let python: PythonPeer;

beforeAll(() => {
  python = new PythonPeer();
});

afterAll(() => python.close());

function takeTurn(path: string, tree: Tree, operations: readonly FileOperation[], create: boolean): void {
  const target = new MemoryTarget(create ? undefined : new Uint8Array(readFileSync(path)));
  const file = create ? createFile(target, tree.file) : openFile(target, tree.file);
  for (const operation of operations) applyWithH5ts(file, operation, dirname(path));
  file.close();
  writeFileSync(path, target.toBytes());
}

async function sizesOf(tree: Tree, folder: string): Promise<{ ours: number; theirs: number }> {
  const [ours, theirs] = ["ours.h5", "theirs.h5"].map((name) => join(folder, name)) as [string, string];
  const model = new Model(tree.file);
  for (const [number, turn] of turnsOf(tree).entries()) {
    const operations = turn.filter((operation) => model.apply(operation));
    await python.edit(theirs, tree.file, operations, number === 0);
    takeTurn(ours, tree, operations, number === 0);
  }
  return { ours: statSync(ours).size, theirs: statSync(theirs).size };
}

test(`files of the same random operations are hardly larger than those of the C library (H5TS_SEED=${SEED})`, {
  timeout: 600_000,
}, async () => {
  const tooLarge: string[] = [];
  let ours = 0;
  let theirs = 0;
  await inFolderAsync(async (folder) => {
    for (let seed = SEED; seed < SEED + COUNT; seed++) {
      const tree = randomTree(seed, FEATURES);
      const sizes = await sizesOf(tree, folder);
      ours += sizes.ours;
      theirs += sizes.theirs;
      if (sizes.ours <= MOST_OF_ONE * sizes.theirs + FEW_BLOCKS_BYTES) continue;
      tooLarge.push(`seed ${seed}: ${sizes.ours} bytes, theirs ${sizes.theirs}, ${JSON.stringify(tree.file)}`);
    }
  });
  console.log(`H5TS_SEED=${SEED} H5TS_TREES=${COUNT}: ${(ours / theirs).toFixed(3)} of the C library's bytes`);
  expect(tooLarge).toEqual([]);
  expect(ours / theirs).toBeLessThanOrEqual(MOST);
});
