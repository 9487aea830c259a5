import { expect, test } from "vitest";
import { MemoryTarget } from "../../../src/io/memory-source.ts";
import { spaceProblems } from "../../support/space-check.ts";
import { inFolder } from "../peers.ts";
import { expectSame } from "./check-tree.ts";
import { randomTree } from "./generate.ts";
import { Model } from "./model.ts";
import type { FileSpec } from "./operations.ts";
import { applyWithH5ts, createFile, describeWithH5ts, engineFile } from "./with-h5ts.ts";

const COUNT = 10_000;
/** Operations of a tree. */
const LENGTH = 500;

/** One file that is open all the time, and trees of operations one after the other in groups of their own. */
test.each(["v110"] as const)("%s: after 10,000 random edits every byte has one owner", (low) => {
  inFolder((folder) => growAndCheck(low, folder));
});

function growAndCheck(low: FileSpec["low"], folder: string): void {
  const spec: FileSpec = { low, userBlock: 0, linkOrder: false, attrOrder: false };
  const model = new Model(spec);
  const target = new MemoryTarget();
  const file = createFile(target, spec);
  const features = {
    bounds: [low],
    strategies: [],
    pauses: 0,
    byH5py: false,
    length: [LENGTH, LENGTH],
  } as const;
  let done = 0;
  for (let seed = 1; done < COUNT; seed++) {
    // Operations on what an earlier tree has left are possible at times, and others are not: the model tells.
    for (const operation of randomTree(seed, features).operations) {
      if (operation.op === "flush" || operation.op === "reopen" || !model.apply(operation)) continue;
      applyWithH5ts(file, operation, folder);
      done++;
    }
    expect(spaceProblems(engineFile(file), { heapsOfReferences: true })).toEqual([]);
    // Room for the next.
    for (const { name } of engineFile(file).root().links()) {
      const operation = { op: "unlink", path: `/${name}` } as const;
      if (!model.apply(operation)) continue;
      applyWithH5ts(file, operation, folder);
      done++;
    }
    expect(spaceProblems(engineFile(file), { heapsOfReferences: true })).toEqual([]);
  }
  expectSame("h5ts", describeWithH5ts(engineFile(file)), model);
}
