import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { inFolderAsync } from "../peers.ts";
import { PythonProcess } from "../python-process.ts";
import { OurPlayer, type Played } from "./our-player.ts";
import { PATTERNS, randomTrace } from "./trace.ts";

/** A fresh seed each time, unless `H5TS_SEED` names one; `H5TS_TREES` asks for another number of traces. */
const SEED = Number(process.env.H5TS_SEED ?? Math.floor(Math.random() * 1e9));
const TRACES = Number(process.env.H5TS_TREES ?? 200);

const python = new PythonProcess(fileURLToPath(new URL("play.py", import.meta.url)));
afterAll(() => python.close());

describe(`${TRACES} random traces from H5TS_SEED=${SEED}`, () => {
  test("decode and encode the same chunks in the same order as with libhdf5", async () => {
    console.log(`H5TS_SEED=${SEED} H5TS_TREES=${TRACES}`);
    const played = new Set<string>();
    await inFolderAsync(async (folder) => {
      for (let seed = SEED; seed < SEED + TRACES; seed++) {
        const trace = randomTrace(seed);
        const theirs = (await python.ask({ trace, path: `${folder}/theirs.h5` })) as Played;
        const ours = new OurPlayer(trace, `${folder}/ours.h5`).play();
        for (const [i, step] of theirs.steps.entries()) {
          const at = { seed, trace, step: i };
          expect({ ...at, ...ours.steps[i] }).toEqual({ ...at, ...step });
        }
        expect({ seed, at: "close", ...ours.closing }).toEqual({ seed, at: "close", ...theirs.closing });
        expect({ seed, settings: ours.settings }).toEqual({ seed, settings: theirs.settings });
        played.add(trace.pattern);
      }
    });
    expect(TRACES < 100 || played.size === PATTERNS.length).toBe(true);
  });
});
