/** Files of h5py, edited by h5ts and h5py by turns, while the device of h5ts fails now and then. */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inFolderAsync } from "../peers.ts";
import { Disagreement } from "../trees/check-tree.ts";
import { PythonPeer } from "../trees/python-peer.ts";
import { checkForeign } from "./foreign-run.ts";

const COUNT = Number(process.env.H5TS_FOREIGN ?? 6);
const SEED = Number(process.env.H5TS_SEED ?? Math.floor(Math.random() * 1e9));
const MOST_FAILURES = 5;

let python: PythonPeer;

beforeAll(() => {
  python = new PythonPeer();
});

afterAll(() => python.close());

describe(`files of h5py, ${COUNT} from seed ${SEED}`, () => {
  test("h5ts does to them what h5py does", { timeout: 60_000 + COUNT * 20_000 }, async () => {
    const failures: string[] = [];
    let finished = 0;
    await inFolderAsync(async (parent) => {
      const folder = join(parent, "foreign");
      for (let seed = SEED; seed < SEED + COUNT && failures.length < MOST_FAILURES; seed++) {
        rmSync(folder, { recursive: true, force: true });
        mkdirSync(folder);
        try {
          if (await checkForeign(seed, python, folder)) finished++;
        } catch (error) {
          const { message, stack } = error as Error;
          failures.push(`H5TS_SEED=${seed} H5TS_FOREIGN=1: ${error instanceof Disagreement ? message : stack}`);
        }
      }
    });
    console.log(`H5TS_SEED=${SEED} H5TS_FOREIGN=${COUNT}: ${finished} came to their end, ${failures.length} failed`);
    if (failures.length > 0) expect.fail(failures.join("\n\n"));
  });
});
