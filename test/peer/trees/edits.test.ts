/** Thousands of random edits of one file, by every bound and every strategy of file space: every byte has one owner. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { H5File } from "../../../src/engine/h5-file.ts";
import { MemorySource, MemoryTarget } from "../../../src/io/memory-source.ts";
import type * as h5f from "../../../src/lowlevel/h5f.ts";
import { modelOfFile } from "../../support/engine-model.ts";
import { folderOpener } from "../../support/folder-opener.ts";
import type { HeapObjectName } from "../../support/heap-objects.ts";
import { lostSpans, overlaps } from "../../support/space-check.ts";
import { SpaceJudge } from "../../support/space-judge.ts";
import { compareWithH5wasm } from "../h5wasm-facts.ts";
import { inFolderAsync } from "../peers.ts";
import { expectSame } from "./check-tree.ts";
import { type Features, randomTree } from "./generate.ts";
import { Model } from "./model.ts";
import type { FileOperation, FileSpec } from "./operations.ts";
import { PythonPeer } from "./python-peer.ts";
import { Random } from "./random.ts";
import { regionObjectsOf } from "./types.ts";
import { applyWithH5ts, createFile, describeWithH5ts, engineFile, openFile } from "./with-h5ts.ts";

const SEED = Number(process.env.H5TS_SEED ?? Math.floor(Math.random() * 1e9));
/** Edits of each file; and files of how many of the combinations, all of them in the long form. */
const EDITS = Number(process.env.H5TS_EDITS ?? 2_500);
const FILES = Number(process.env.H5TS_EDITED_FILES ?? 4);
/** Operations of a tree. */
const LENGTH = 500;

const BOUNDS: readonly FileSpec["low"][] = ["earliest", "v108", "v110", "v112", "v114", "v200"];

const STRATEGIES: Readonly<Record<string, FileSpec["strategy"]>> = {
  "no strategy": undefined,
  "fsm-aggr": [0, false, 4096],
  "fsm-aggr, persist": [0, true, 4096],
  page: [1, false, 4096],
  "page, persist": [1, true, 4096],
  "page of 512, persist": [1, true, 512],
  aggr: [2, false, 4096],
  none: [3, false, 4096],
};

const COMBINATIONS = BOUNDS.flatMap((low) => Object.keys(STRATEGIES).map((name) => [low, name] as const));

/** Some of them, other ones for each seed. */
function chosen(): (typeof COMBINATIONS)[number][] {
  const random = new Random(SEED);
  const all = COMBINATIONS.map((combination) => ({ combination, at: random.fraction() }));
  return all
    .sort((a, b) => a.at - b.at)
    .slice(0, FILES)
    .map(({ combination }) => combination);
}

let python: PythonPeer;

beforeAll(() => {
  python = new PythonPeer();
});

afterAll(() => python.close());

/** One file, and trees of operations one after the other, between which it is closed and opened again. */
class EditedFile {
  private readonly low: FileSpec["low"];
  private readonly spec: FileSpec;
  private readonly folder: string;
  private readonly model: Model;
  private target = new MemoryTarget();
  private file: h5f.FileID;
  private references: ReadonlySet<HeapObjectName> = new Set();
  private space: SpaceJudge;
  private edits = 0;

  constructor(low: FileSpec["low"], strategy: FileSpec["strategy"], folder: string) {
    // The first tree tells of shared messages and tracked orders.
    const { file } = randomTree(SEED, this.features(low));
    this.low = low;
    this.spec = { ...file, userBlock: 0, ...(strategy && { strategy }) };
    this.folder = folder;
    this.model = new Model(this.spec);
    this.file = createFile(this.target, this.spec);
    this.space = this.judge();
  }

  private features(low: FileSpec["low"]): Features {
    return { bounds: [low], strategies: [], pauses: 0, byH5py: false, length: [LENGTH, LENGTH] };
  }

  private judge(before?: SpaceJudge): SpaceJudge {
    const open = engineFile(this.file);
    const [strategy = 0, persists = false] = this.spec.strategy ?? [];
    for (const name of this.references) regionObjectsOf(open).add(name);
    this.references = regionObjectsOf(open);
    return new SpaceJudge(open, {
      lost: before === undefined || persists ? [] : lostSpans(open),
      abandonedHeaps: before?.abandonedHeaps ?? [],
      references: this.references,
      // The other strategies forget what is freed, also while the file is open.
      keepsAccount: strategy < 2,
    });
  }

  /** Edits, looks at every byte, makes room for the next tree, and opens the file anew. */
  grow(): void {
    for (let seed = SEED; this.edits < EDITS; seed++) {
      // Operations on what an earlier tree has left are possible at times, and others are not: the model tells.
      for (const operation of randomTree(seed, this.features(this.low)).operations) {
        if (operation.op !== "flush" && operation.op !== "reopen") this.edit(operation);
      }
      this.check(seed);
      for (const { name } of engineFile(this.file).root().links()) this.edit({ op: "unlink", path: `/${name}` });
      this.check(seed);
      this.reopen();
    }
  }

  private edit(operation: FileOperation): void {
    if (!this.model.apply(operation)) return;
    applyWithH5ts(this.file, operation, this.folder);
    this.edits++;
  }

  private check(seed: number): void {
    expect(this.space.problems(), `tree ${seed}`).toEqual([]);
    // As many objects of the heap stay behind as there were references of regions that are gone.
    const { abandoned } = this.space;
    const held = [...this.references].filter((name) => !abandoned.includes(name));
    expect(abandoned.length).toBe(this.references.size - held.length);
  }

  private reopen(): void {
    this.file.close();
    this.target = new MemoryTarget(this.target.toBytes());
    this.file = openFile(this.target, this.spec);
    this.space = this.judge(this.space);
  }

  /** The last tree once more, for others to read. */
  async close(): Promise<void> {
    for (const operation of randomTree(SEED, this.features(this.low)).operations) {
      if (operation.op !== "flush" && operation.op !== "reopen") this.edit(operation);
    }
    this.check(SEED);
    this.file.close();
    const bytes = this.target.toBytes();
    const own = H5File.open(new MemorySource(bytes), { opener: folderOpener(this.folder) });
    expectSame("h5ts", describeWithH5ts(own), this.model);
    expect(overlaps(own)).toEqual([]);
    const path = join(this.folder, "edited.h5");
    writeFileSync(path, bytes);
    if (["v112", "v114", "v200"].includes(this.low)) {
      expect(compareWithH5wasm(path, modelOfFile(own)).differences).toEqual([]);
    } else {
      expectSame("h5py", await python.describe(path), this.model);
    }
    own.close();
  }
}

describe(`after ${EDITS} random edits every byte has one owner (H5TS_SEED=${SEED})`, () => {
  test.each(chosen())("%s, %s", { timeout: 600_000 }, (low, strategy) =>
    inFolderAsync(async (folder) => {
      const file = new EditedFile(low, STRATEGIES[strategy], folder);
      file.grow();
      await file.close();
    }),
  );
});
