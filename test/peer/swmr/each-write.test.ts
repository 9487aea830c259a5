/** The file as it is after single writes of a flush, before h5py: as its SWMR readers meet it, and after a crash and `h5clear`. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Dataset, type DatasetOptions, File } from "../../../src/index.ts";
import { WatchedTarget } from "../../support/watched-target.ts";
import { inFolderAsync } from "../peers.ts";
import { PythonProcess } from "../python-process.ts";
import { Random } from "../trees/random.ts";
import { clearFlags } from "./streams.ts";

const SEED = Number(process.env.H5TS_SEED ?? Math.floor(Math.random() * 1e9));
const COLUMNS = 5;
const FLUSHES = 40;
/** Files that h5py is asked about, of each setting. */
const LOOKS = 60;

let python: PythonProcess;

beforeAll(() => {
  python = new PythonProcess(fileURLToPath(new URL("look.py", import.meta.url)));
});

afterAll(() => python.close());

interface Moment {
  readonly bytes: Uint8Array;
  /** Rows of each dataset that there may be. */
  readonly rows: readonly (readonly number[])[];
}

function values(from: number, count: number): BigInt64Array {
  return BigInt64Array.from({ length: count }, (_, i) => 1n + ((BigInt(from + i) * 0x9e3779b1n) & 0x3fffffffn));
}

/** Two datasets that grow, and the file after each single write. */
function moments(options: DatasetOptions, random: Random): Moment[] {
  const target = new WatchedTarget();
  using file = new File(target, "w", { libver: "latest", rdccNbytes: 400 });
  const datasets: Dataset[] = ["a", "b"].map((name) => file.createDataset(name, options));
  file.swmrMode = true;
  const all: Moment[] = [];
  const written = [0, 0];
  const shown = [0, 0];
  let flushing: number | undefined;
  target.onChange = () => {
    const rows = [0, 1].map((k) => (k === flushing ? [shown[k], written[k]] : [shown[k]]) as number[]);
    all.push({ bytes: target.toBytes(), rows });
  };
  for (let flush = 0; flush < FLUSHES; flush++) {
    const k = random.between(0, 1);
    const from = written[k] as number;
    const add = random.between(1, 12);
    written[k] = from + add;
    const dataset = datasets[k] as Dataset;
    dataset.resize([from + add, COLUMNS]);
    dataset.write([`${from}:`], { data: values(from * COLUMNS, add * COLUMNS), shape: [add, COLUMNS] });
    if (random.chance(0.3)) continue;
    flushing = k;
    dataset.flush();
    flushing = undefined;
    shown[k] = written[k];
  }
  target.onChange = undefined;
  return all;
}

async function checkMoment(path: string, { bytes, rows }: Moment, swmr: boolean): Promise<void> {
  writeFileSync(path, bytes);
  if (!swmr) clearFlags(path, "h5clear");
  const found = (await python.ask({ path, swmr })) as number[];
  for (const [k, wanted] of rows.entries()) expect(wanted).toContain(found[k]);
}

const base = { shape: [0, COLUMNS], dtype: "<i8", chunks: [2, 2] } as const;

test.each<[string, DatasetOptions]>([
  ["extensible array", { ...base, maxshape: [null, COLUMNS] }],
  ["extensible array, filtered", { ...base, maxshape: [null, COLUMNS], compression: "gzip", fletcher32: true }],
  ["version 2 B-tree", { ...base, maxshape: [null, null] }],
  ["version 2 B-tree, filtered", { ...base, maxshape: [null, null], compression: "gzip", shuffle: true }],
  ["fixed array", { ...base, maxshape: [4000, COLUMNS] }],
])(`h5py reads the file after any single write: %s (seed ${SEED})`, async (_, options) => {
  await inFolderAsync(async (folder) => {
    const random = new Random(SEED);
    const all = moments(options, random);
    expect(all.length).toBeGreaterThan(LOOKS);
    for (let look = 0; look < LOOKS; look++) {
      const at = random.between(0, all.length - 1);
      await checkMoment(join(folder, "moment.h5"), all[at] as Moment, look % 3 > 0);
    }
  });
});
