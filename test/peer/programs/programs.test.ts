import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { inFolderAsync } from "../peers.ts";
import { PythonProcess } from "../python-process.ts";
import { shrink } from "../trees/shrink.ts";
import type { Program } from "./calls.ts";
import { differenceOf, lateDifference } from "./compare.ts";
import { randomProgram } from "./random-program.ts";

/**
 * How many programs; the seed of the first; and for how long each test goes on at most. The same seeds each time: one new program in
 * some hundreds still finds words that differ, which the long form looks for with seeds of its own.
 */
const COUNT = Number(process.env.H5TS_PROGRAMS ?? 150);
const SEED = Number(process.env.H5TS_SEED ?? 1100);
const SECONDS = Number(process.env.H5TS_PROGRAMS_SECONDS ?? 12);
/** So many that differ are shown. */
const MOST_FAILURES = 5;

let python: PythonProcess;
const tally = { unfinished: 0 };

beforeAll(() => {
  // External files lie beside the one that names them.
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the libraries put the folder in its place.
  vi.stubEnv("HDF5_EXTFILE_PREFIX", "${ORIGIN}");
  python = new PythonProcess(fileURLToPath(new URL("peer.py", import.meta.url)));
});

afterAll(() => {
  python.close();
  vi.unstubAllEnvs();
});

/** What differs, in words; undefined for nothing. */
async function problemOf(check: () => Promise<string | undefined>): Promise<string | undefined> {
  try {
    return await check();
  } catch (error) {
    return (error as Error).stack;
  }
}

/** Checks one program a seed; those that fail are shown with as few calls as possible. */
async function checkAll(check: (program: Program, folder: string) => Promise<string | undefined>): Promise<void> {
  const failures: string[] = [];
  const end = Date.now() + SECONDS * 1000;
  let seed = SEED;
  let calls = 0;
  tally.unfinished = 0;
  await inFolderAsync(async (folder) => {
    const judge = (program: Program) => problemOf(() => check(program, folder));
    for (; seed < SEED + COUNT && Date.now() < end && failures.length < MOST_FAILURES; seed++) {
      const program = randomProgram(seed);
      calls += program.operations.length;
      const problem = await judge(program);
      if (problem === undefined) continue;
      const small = await shrink(program, problem, judge);
      const lines = [small.tree.file, ...small.tree.operations].map((line) => JSON.stringify(line));
      failures.push(`H5TS_SEED=${seed} H5TS_PROGRAMS=1: ${small.problem}\n${lines.join("\n")}`);
    }
  });
  const run = seed - SEED;
  const passed = `${run - failures.length} of ${run} programs passed, ${tally.unfinished} of them up to a call, ${calls} calls`;
  // So that a run can be repeated.
  console.log(`H5TS_SEED=${SEED} H5TS_PROGRAMS=${COUNT}: ${passed}`);
  if (failures.length > 0) expect.fail(failures.join("\n\n"));
}

const TIME = { timeout: SECONDS * 1000 + 300_000 };

describe(`random programs, ${COUNT} from seed ${SEED}`, () => {
  test("each call gives in h5ts what it gives in h5py, and both read the same of both files", TIME, () =>
    checkAll((program, folder) => differenceOf(program, { python, folder, tally })),
  );

  test("what reads gives the same when the bytes arrive later", TIME, () => checkAll(lateDifference));
});
