/** Files with unusual property lists, of h5ts and of h5py, edited by both in turns. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inFolderAsync } from "../peers.ts";
import { Disagreement } from "../trees/check-tree.ts";
import { PythonPeer } from "../trees/python-peer.ts";
import { checkExotic } from "./exotic-run.ts";

/** The short run is the same each time. */
const COUNT = Number(process.env.H5TS_EXOTIC ?? 8);
const SEED = Number(process.env.H5TS_SEED ?? 5004);
const MOST_FAILURES = 5;

let python: PythonPeer;

beforeAll(() => {
  python = new PythonPeer();
});

afterAll(() => python.close());

describe(`files with unusual property lists, ${COUNT} from seed ${SEED}`, () => {
  test("h5ts does to them what h5py does", { timeout: 60_000 + COUNT * 20_000 }, async () => {
    const failures: string[] = [];
    const outcomes: Record<string, number> = { finished: 0 };
    await inFolderAsync(async (parent) => {
      const folder = join(parent, "exotic");
      for (let seed = SEED; seed < SEED + COUNT && failures.length < MOST_FAILURES; seed++) {
        rmSync(folder, { recursive: true, force: true });
        mkdirSync(folder);
        try {
          const outcome = await checkExotic(seed, python, folder);
          outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
        } catch (error) {
          const { message, stack } = error as Error;
          failures.push(`H5TS_SEED=${seed} H5TS_EXOTIC=1: ${error instanceof Disagreement ? message : stack}`);
        }
      }
    });
    console.log(`H5TS_SEED=${SEED} H5TS_EXOTIC=${COUNT}: ${JSON.stringify(outcomes)}, ${failures.length} failed`);
    if (failures.length > 0) expect.fail(failures.join("\n\n"));
    // Cases in which the C library spoils its own file say nothing: they must not be most of them.
    if (COUNT >= 8) expect(outcomes.finished).toBeGreaterThan(COUNT / 4);
  });
});
