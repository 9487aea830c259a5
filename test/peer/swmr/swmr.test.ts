/**
 * Streams of records: one process writes, others read along, each by h5ts or by h5py. No reader may find a record that is torn,
 * missing or in another's place, nor be more than one flush behind. `npm run test:swmr` has the long form.
 */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { inFolderAsync } from "../peers.ts";
import { Random } from "../trees/random.ts";
import type { StreamOptions } from "./record-stream.ts";
import { clearWithH5clear, clearWithOurs, type Pairing, runKilledStream, runStream } from "./streams.ts";

const isLong = process.env.H5TS_SWMR_RECORDS !== undefined;
const RECORDS = Number(process.env.H5TS_SWMR_RECORDS ?? 3000);
const BATCH = Number(process.env.H5TS_SWMR_BATCH ?? 20);
const READERS = Number(process.env.H5TS_SWMR_READERS ?? 5);
const KILLS = Number(process.env.H5TS_SWMR_KILLS ?? 3);
const SEED = Number(process.env.H5TS_SEED ?? Math.floor(Math.random() * 1e9));
const PAIRINGS_WANTED = process.env.H5TS_SWMR_PAIRINGS?.split(",");

/** A record takes a few tenths of a millisecond; the rest is for machines that do other things, too. */
const TIMEOUT = 120_000 + RECORDS * 20;

const PAIRINGS = [{ writer: "ours", readers: "h5py" }] as const satisfies readonly Pairing[];

const FILTERS: readonly StreamOptions["filters"][] = isLong
  ? [[], ["gzip"], ["gzip", "shuffle"], ["fletcher32"], ["shuffle"], ["gzip", "shuffle", "fletcher32"]]
  : [[], ["gzip", "shuffle", "fletcher32"]];

const SETTINGS: readonly StreamOptions[] = (["ext", "btree"] as const).flatMap((index) =>
  FILTERS.map((filters) => ({ index, filters })),
);

describe.each(PAIRINGS.filter(({ writer, readers }) => PAIRINGS_WANTED?.includes(`${writer}-${readers}`) ?? true))(
  "$writer writes, $readers reads",
  (pairing) => {
    test.each(SETTINGS)(
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
            const clear = random.chance(0.5) ? clearWithH5clear : clearWithOurs;
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
  },
);
