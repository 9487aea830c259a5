/** The tools over damaged files: they end, with 0 or 1, of `diff` with 2. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runCopy } from "../../src/tools/copy/command.ts";
import { runDiff } from "../../src/tools/diff/command.ts";
import { runDump } from "../../src/tools/dump/command.ts";
import { runList } from "../../src/tools/ls/command.ts";
import { runMap } from "../../src/tools/map/command.ts";
import { runMkgrp } from "../../src/tools/mkgrp/command.ts";
import { runStat } from "../../src/tools/stat/command.ts";
import { mutate } from "../support/damage/mutation.ts";
import { Random } from "../support/damage/random.ts";
import { sampleOf } from "../support/damage/sample.ts";
import { fixturePath } from "../support/fixture-model.ts";
import { runTool } from "./test-platform.ts";

const seed = Number(process.env.H5TS_SEED ?? Math.floor(Math.random() * 1e9));
const trials = Number(process.env.H5TS_DAMAGE ?? 40);

const SAMPLES = ["attributes-latest", "chunks-earliest", "links-latest", "many-links-earliest", "types-latest"];

/** Without data, which a damaged shape may make of any length: fill values are printed as they are asked for. */
const RUNS = [[runDump, "-A", "-p"], [runDump, "-n", "1"], [runList, "-r", "-v"], [runStat]] as const;

/** Those that take another file too, or change the one they are given. */
const FURTHER = [
  (path: string, whole: string) => runTool(runDiff, "-q", path, whole),
  (path: string) => runTool(runMap, "-s", path),
  (path: string) => runTool(runCopy, "-i", path, "-o", `${path}-copy`, "-s", "/", "-d", "/all"),
  (path: string) => runTool(runMkgrp, path, "/made"),
];

describe(`damaged files (H5TS_SEED=${seed})`, () => {
  test.each(SAMPLES)("%s: tools end with an exit code", (name) => {
    const sample = sampleOf(fixturePath(`${name}.h5`));
    const folder = mkdtempSync(join(tmpdir(), "h5ts-damaged-"));
    try {
      let failed = 0;
      for (let trial = seed; trial < seed + trials; trial++) {
        const { bytes, changes } = mutate(sample, new Random(trial));
        const path = join(folder, "damaged.h5");
        writeFileSync(path, bytes);
        for (const [tool, ...options] of RUNS) {
          const { code } = runTool(tool, ...options, path);
          expect([0, 1], `H5TS_SEED=${trial} ${changes.join("; ")}`).toContain(code);
          failed += code;
        }
        for (const run of FURTHER) {
          expect([0, 1, 2], `H5TS_SEED=${trial} ${changes.join("; ")}`).toContain(
            run(path, fixturePath(`${name}.h5`)).code,
          );
        }
        rmSync(`${path}-copy`, { force: true });
      }
      if (trials > 20) expect(failed).toBeGreaterThan(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
