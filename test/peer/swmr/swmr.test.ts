/**
 * Streams of records: one process writes, others read along, each by h5ts or by h5py. No reader may find a record that is torn,
 * missing or in another's place, nor be more than one flush behind. `npm run test:swmr` has the long form.
 */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { inFolderAsync } from "../peers.ts";
import { Random } from "../trees/random.ts";
import type { StreamOptions } from "./record-stream.ts";
import { type Pairing, runKilledStream, runStream } from "./streams.ts";

const isLong = process.env.H5TS_SWMR_RECORDS !== undefined;
const RECORDS = Number(process.env.H5TS_SWMR_RECORDS ?? 1500);
const BATCH = Number(process.env.H5TS_SWMR_BATCH ?? 20);
const READERS = Number(process.env.H5TS_SWMR_READERS ?? 3);
const KILLS = Number(process.env.H5TS_SWMR_KILLS ?? 1);
const SEED = Number(process.env.H5TS_SEED ?? Math.floor(Math.random() * 1e9));
const PAIRINGS_WANTED = process.env.H5TS_SWMR_PAIRINGS?.split(",");

/** A record takes a few tenths of a millisecond; the rest is for machines that do other things, too. */
const TIMEOUT = 120_000 + RECORDS * 20;

const PAIRINGS: readonly Pairing[] = [
  { writer: "ours", readers: "h5py" },
  { writer: "h5py", readers: "ours" },
  { writer: "ours", readers: "ours" },
];

const FILTERS: readonly StreamOptions["filters"][] = isLong
  ? [[], ["gzip"], ["gzip", "shuffle"], ["fletcher32"], ["shuffle"], ["gzip", "shuffle", "fletcher32"]]
  : [[], ["gzip", "shuffle", "fletcher32"]];

const SETTINGS: readonly StreamOptions[] = (["ext", "btree"] as const).flatMap((index) =>
  FILTERS.map((filters) => ({ index, filters })),
);

/** Half of them, in turns, where there is little time. */
function settingsOf(pairing: Pairing): readonly StreamOptions[] {
  const chosen = PAIRINGS.indexOf(pairing) % 2 === 0 ? [0, 3] : [1, 2];
  return isLong ? SETTINGS : chosen.map((i) => SETTINGS[i] as StreamOptions);
}

const WANTED = PAIRINGS.filter(({ writer, readers }) => PAIRINGS_WANTED?.includes(`${writer}-${readers}`) ?? true);

describe.each(WANTED)("$writer writes, $readers reads", (pairing) => {
  test.each(settingsOf(pairing))(
    "every reader sees every record: $index $filters",
    async (options) => {
      await inFolderAsync(async (folder) => {
        const path = join(folder, "stream.h5");
        const stream = { ...pairing, path, records: RECORDS, batch: BATCH, readerCount: READERS, options };
        const { seconds, refreshes } = await runStream(stream);
        if (isLong)
          console.log(`${RECORDS} records in ${seconds.toFixed(1)} s, ${refreshes} refreshes by ${READERS} readers`);
        expect(refreshes).toBeGreaterThan(READERS);
      });
    },
    TIMEOUT,
  );

  test(
    `a writer that is killed leaves what it flushed (${KILLS} times, seed ${SEED})`,
    async () => {
      const random = new Random(SEED);
      let inFlush = 0;
      for (let kill = 0; kill < KILLS; kill++) {
        await inFolderAsync(async (folder) => {
          const options = { ...random.pick(SETTINGS), patience: 500 };
          const milliseconds = random.between(0, 400);
          const clear = random.pick(["h5clear", "h5ts clear"] as const);
          const path = join(folder, "stream.h5");
          const stream = { ...pairing, path, records: 1e6, batch: BATCH, readerCount: 2, options };
          const { flushed, found } = await runKilledStream(stream, milliseconds, clear).catch((cause) => {
            throw new Error(`kill ${kill}, seed ${SEED}, after ${milliseconds} ms: ${JSON.stringify(options)}`, {
              cause,
            });
          });
          if (found > flushed) inFlush++;
        });
      }
      if (isLong) console.log(`${KILLS} killed, ${inFlush} of them between a flush and the word of it`);
    },
    TIMEOUT + KILLS * 30_000,
  );
});
