/**
 * Every single write, or change of size, of a session fails once: the file is as the last flush left it, says so, and goes on.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { H5File } from "../../src/engine/h5-file.ts";
import { type Dataset, File, type FileOptions, isHdf5Error } from "../../src/index.ts";
import { FaultyTarget, MemorySource, MemoryTarget } from "../../src/io/index.ts";
import { modelOfFile } from "../support/engine-model.ts";
import { start } from "./peers.ts";
import { flushedCopy } from "./trees/check-tree.ts";

type Step = (file: File) => void;

const numbers = (count: number, factor = 1) => Float64Array.from({ length: count }, (_, i) => Math.sin(factor * i));

function make(file: File, name: string, options: object): void {
  file.createDataset(name, options as never).id.close();
}

function change(file: File, name: string, by: (dataset: Dataset) => void): void {
  const dataset = file.get(name) as Dataset;
  by(dataset);
  dataset.id.close();
}

const flush: Step = (file) => file.flush();

/** No step writes over elements in their place: those are new at once. */
const STEPS: readonly Step[] = [
  (file) => make(file, "plain", { data: numbers(200) }),
  (file) => make(file, "packed", { data: numbers(600), chunks: [50], maxshape: [null], compression: "gzip" }),
  (file) => make(file, "grid", { data: numbers(60), shape: [6, 10], chunks: [2, 5], maxshape: [null, null] }),
  (file) => {
    for (let i = 0; i < 12; i++) make(file, `group/d${i}`, { data: numbers(5 + i) });
  },
  (file) => {
    for (let i = 0; i < 12; i++) file.attrs.set(`a${i}`, numbers(i));
  },
  (file) => make(file, "words", { data: ["one", "two", "three"] }),
  flush,
  (file) => change(file, "packed", (dataset) => dataset.resize([220])),
  (file) => change(file, "grid", (dataset) => dataset.resize([9, 12])),
  (file) => file.delete("plain"),
  (file) => make(file, "again", { data: numbers(150, 2) }),
  (file) => {
    for (let i = 0; i < 12; i += 2) file.delete(`group/d${i}`);
  },
  (file) => make(file, "more words", { data: ["a".repeat(500), "b".repeat(3000)], chunks: [1] }),
  flush,
  (file) => file.copy("group", "copy"),
  (file) => {
    for (let i = 0; i < 10; i++) file.attrs.delete(`a${i}`);
  },
  (file) => file.move("packed", "copy/packed"),
  (file) => file.delete("words"),
  (file) => make(file, "last", { data: numbers(400, 3), chunks: [40], compression: "gzip", shuffle: true }),
];

const BOUNDS = ["earliest", "v108", "v110", "v112", "v114", "v200"] as const;
const SETTINGS: Readonly<Record<string, FileOptions>> = {
  "": {},
  persist: { fsStrategy: "fsm", fsPersist: true },
  "pages, persist": { fsStrategy: "page", fsPersist: true, fsPageSize: 512 },
};

function contents(bytes: Uint8Array): string {
  const file = H5File.open(new MemorySource(flushedCopy(bytes, 0)));
  const model = modelOfFile(file);
  file.close();
  return JSON.stringify(model, (_, value) => (typeof value === "bigint" ? String(value) : value));
}

/** What is in the file after so many steps. */
function stateAfter(count: number, options: FileOptions): string {
  const target = new MemoryTarget();
  const file = new File(target, "w", options);
  for (const step of STEPS.slice(0, count)) step(file);
  file.close();
  return contents(target.toBytes());
}

interface Failure {
  /** Steps that were done, and the error of the next one, or of closing. */
  readonly steps: number;
  readonly error: unknown;
}

function run(file: File): Failure | undefined {
  for (const [steps, step] of STEPS.entries()) {
    try {
      step(file);
    } catch (error) {
      return { steps, error };
    }
  }
  return undefined;
}

/** Files that h5dump is to find nothing wrong in: all at once, as starting it takes longer than anything else here. */
class ForH5dump {
  private readonly folder = mkdtempSync(join(tmpdir(), "h5ts-failed-"));
  private readonly paths: string[] = [];
  private readonly isKnown: boolean;

  constructor(low: string) {
    // Version 1.10 does not know later bounds.
    this.isKnown = !["v112", "v114", "v200"].includes(low);
  }

  add(bytes: Uint8Array): void {
    if (!this.isKnown) return;
    const path = join(this.folder, `${this.paths.length}.h5`);
    writeFileSync(path, flushedCopy(bytes, 0));
    this.paths.push(path);
  }

  judge(): void {
    if (this.isKnown) expect(start("h5dump", this.paths)).toMatchObject({ status: 0, stderr: "" });
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Sessions do the same whatever the time is: here every third look at the clock finds another second. */
beforeEach(() => {
  let looks = 0;
  vi.spyOn(Date, "now").mockImplementation(() => 1_700_000_000_000 + 1000 * Math.floor(looks++ / 3));
});
afterEach(() => vi.restoreAllMocks());

describe.each(BOUNDS)("bound %s", (low) => {
  test.each(Object.entries(SETTINGS))("%s", (_, settings) => {
    const options: FileOptions = { ...settings, libver: [low, "latest"] as never };
    const states = Array.from({ length: STEPS.length + 1 }, (_, count) => stateAfter(count, options));
    const forH5dump = new ForH5dump(low);
    // The first writes make the file itself.
    const first = new FaultyTarget(new MemoryTarget(), {});
    new File(first, "w", options);
    let n = first.writes + 1;
    for (; ; n++) {
      const memory = new MemoryTarget();
      const file = new File(new FaultyTarget(memory, { failedWrite: n }), "w", options);
      const failure = run(file);
      if (failure === undefined) break;
      const { steps, error } = failure;
      expect(isHdf5Error(error), `write ${n}: ${error}`).toBe(true);
      expect(String((error as Error).message)).toMatch(/Input\/output error/);
      const lastFlush = STEPS.slice(0, steps).lastIndexOf(flush) + 1;
      // A flush for the sake of freed space may have come between; nothing of the step itself is there.
      expect(states.slice(lastFlush, steps + 1)).toContain(contents(memory.toBytes().slice()));
      if (n % 5 === 0) forH5dump.add(memory.toBytes());
      // The device works again: what was done before the failure is in the file that is closed.
      file.close();
      contents(memory.toBytes());
      if (n % 5 === 0) forH5dump.add(memory.toBytes());
    }
    // And the last flush of all.
    for (; ; n++) {
      const memory = new MemoryTarget();
      const file = new File(new FaultyTarget(memory, { failedWrite: n }), "w", options);
      run(file);
      let closing: unknown;
      try {
        file.close();
      } catch (error) {
        closing = error;
      }
      if (closing === undefined) break;
      expect(isHdf5Error(closing), `write ${n}: ${closing}`).toBe(true);
      expect(states.slice(STEPS.lastIndexOf(flush) + 1)).toContain(contents(memory.toBytes()));
      forH5dump.add(memory.toBytes());
      expect(() => file.createGroup("late")).toThrow(expect.objectContaining({ name: "ValueError" }));
    }
    forH5dump.judge();
  });
});
