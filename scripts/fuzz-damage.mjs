// Damaged files, as many as asked for: `node scripts/fuzz-damage.mjs --seed 1 --count 20000 --seconds 600`.
// `--folder` takes the files that are damaged from elsewhere than the fixtures.
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./lib/process.mjs";

const text = { type: "string" };
const { values } = parseArgs({ options: { seed: text, count: text, seconds: text, folder: text } });
const seconds = Number(values.seconds ?? 600);
const progress = join(tmpdir(), `h5ts-damage-${process.pid}.txt`);
const env = {
  ...process.env,
  H5TS_DAMAGE: values.count ?? "1000000",
  H5TS_DAMAGE_SECONDS: String(seconds),
  H5TS_DAMAGE_PROGRESS: progress,
  ...(values.seed && { H5TS_SEED: values.seed }),
  ...(values.folder && { H5TS_DAMAGE_FOLDER: values.folder }),
};
const vitest = [`${root}node_modules/vitest/vitest.mjs`, "run", "--project", "unit", "test/engine/damage.test.ts"];
// A trial that never ends cannot be broken off from within.
const timeout = (seconds + 60) * 1000;
const { status, signal } = spawnSync(process.execPath, vitest, { cwd: root, stdio: "inherit", env, timeout });
if (signal !== null) console.error(`no end: ${readFileSync(progress, "utf8")}`);
rmSync(progress, { force: true });
process.exit(status ?? 1);
