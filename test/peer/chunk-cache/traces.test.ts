import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { inFolderAsync } from "../peers.ts";
import { PythonProcess } from "../python-process.ts";
import { OurPlayer, type Played } from "./our-player.ts";
import { PATTERNS, randomTrace, type Trace } from "./trace.ts";

/** A fresh seed each time, unless `H5TS_SEED` names one; `H5TS_TREES` asks for another number of traces. */
const SEED = Number(process.env.H5TS_SEED ?? Math.floor(Math.random() * 1e9));
const TRACES = Number(process.env.H5TS_TREES ?? 200);

const python = new PythonProcess(fileURLToPath(new URL("play.py", import.meta.url)));
afterAll(() => python.close());

async function expectTheSame(trace: Trace, seed: number | string, folder: string): Promise<void> {
  const theirs = (await python.ask({ trace, path: `${folder}/theirs.h5` })) as Played;
  const ours = new OurPlayer(trace, `${folder}/ours.h5`).play();
  for (const [i, step] of theirs.steps.entries()) {
    const at = { seed, trace, step: i };
    expect({ ...at, ...ours.steps[i] }).toEqual({ ...at, ...step });
  }
  expect({ seed, at: "close", ...ours.closing }).toEqual({ seed, at: "close", ...theirs.closing });
  expect({ seed, settings: ours.settings }).toEqual({ seed, settings: theirs.settings });
}

/** What is read afterwards is kept in the cache, since the index came into being with the chunk. */
const DROPPED_BEFORE_IT_WAS_STORED: Trace = {
  pattern: "resized",
  shape: [4, 12],
  maxshape: [null, null],
  chunks: [1, 4],
  filled: false,
  fill: 0,
  latest: true,
  cache: { nbytes: 64, nslots: 101, w0: 0.75 },
  fileCache: null,
  ops: [
    ["w", [2, 8], [1, 4], [1, 1], [1, 1], 1_000_000],
    ["resize", [4, 5]],
    ["r", [1, 4], [2, 1], [1, 1], [1, 1]],
    ["resize", [4, 11]],
    ["w", [0, 4], [1, 4], [1, 1], [1, 1], 1_000_001],
    ["w", [1, 0], [1, 6], [1, 1], [1, 1], 1_000_002],
    ["r", [0, 0], [1, 2], [1, 1], [1, 1]],
    ["drop"],
  ],
};

test("the only chunk, dropped before it was stored, leaves the cache as with libhdf5", () =>
  inFolderAsync((folder) => expectTheSame(DROPPED_BEFORE_IT_WAS_STORED, "dropped", folder)));

describe(`${TRACES} random traces from H5TS_SEED=${SEED}`, () => {
  test("decode and encode the same chunks in the same order as with libhdf5", async () => {
    console.log(`H5TS_SEED=${SEED} H5TS_TREES=${TRACES}`);
    const played = new Set<string>();
    await inFolderAsync(async (folder) => {
      for (let seed = SEED; seed < SEED + TRACES; seed++) {
        const trace = randomTrace(seed);
        await expectTheSame(trace, seed, folder);
        played.add(trace.pattern);
      }
    });
    expect(TRACES < 100 || played.size === PATTERNS.length).toBe(true);
  });
});
