/** Options of working in parallel that mean nothing: refused before anything is begun. */
import { expect, test } from "vitest";
import { File } from "../../src/index.ts";
import {
  iterChunksParallel,
  joinRankFiles,
  RankedFile,
  RankPart,
  rankFromEnvironment,
  readParallel,
  type WaitForRanksOptions,
  WorkerPool,
  writeParallel,
  writeStream,
} from "../../src/parallel/index.ts";
import { inFolder } from "../highlevel/helpers.ts";

function chunked() {
  const f = new File(new Uint8Array(0), "w");
  return f.createDataset("x", { data: [1, 2, 3, 4], chunks: [2] });
}

const bogus = { bogus: 1 } as object;
const refusal = (func: string) =>
  expect.objectContaining({ name: "TypeError", message: `${func}() got an unexpected keyword argument 'bogus'` });

test("of pools and of what they do", async () => {
  expect(() => new WorkerPool(bogus)).toThrow(refusal("WorkerPool"));
  const pool = new WorkerPool({ size: 1 });
  const x = chunked();
  const options = { pool, ...bogus };
  await expect(readParallel(x, undefined, options)).rejects.toEqual(refusal("readParallel"));
  await expect(writeParallel(x, null, [5, 6, 7, 8], options)).rejects.toEqual(refusal("writeParallel"));
  await expect(iterChunksParallel(x, undefined, options).next()).rejects.toEqual(refusal("iterChunksParallel"));
  await expect(writeStream(x, [[null, [5, 6, 7, 8]]], options)).rejects.toEqual(refusal("writeStream"));
  expect([...x.read().data]).toEqual([1, 2, 3, 4]);
  expect(pool.statistics().workers).toBe(0);
  pool.close();
});

test.each([undefined, null, 2, {}])("a pool that is none: %j", async (given) => {
  const x = chunked();
  const options = { pool: given as unknown as WorkerPool };
  const words = "readParallel() needs a WorkerPool as its option 'pool'";
  await expect(readParallel(x, undefined, options)).rejects.toThrow(new TypeError(words));
  const none = undefined as unknown as { pool: WorkerPool };
  const noMapping = "writeParallel() argument after ** must be a mapping, not undefined";
  await expect(writeParallel(x, null, 5, none)).rejects.toThrow(new TypeError(noMapping));
});

test("those of streams go on to the reading of each chunk", async () => {
  const pool = new WorkerPool({ size: 1 });
  const values: number[] = [];
  for await (const { value } of iterChunksParallel(chunked(), undefined, { pool, maxChunks: 1 })) {
    values.push(...(value.data as Float64Array));
  }
  expect(values).toEqual([1, 2, 3, 4]);
  pool.close();
});

test("of ranks", async () => {
  expect(() => rankFromEnvironment({}, bogus)).toThrow(refusal("rankFromEnvironment"));
  const refused = inFolder((path) => {
    const ranked = { rank: { rank: 0, size: 1 } };
    expect(() => RankPart.begin(path("x.h5"), { ...ranked, ...bogus })).toThrow(refusal("begin"));
    expect(() => joinRankFiles(path("x.h5"), { size: 1, datasets: [], ...bogus })).toThrow(refusal("joinRankFiles"));
    const datasets = [{ dataset: "x", ...bogus }];
    expect(() => joinRankFiles(path("x.h5"), { size: 1, datasets })).toThrow(refusal("joinRankFiles"));
    const options: WaitForRanksOptions = bogus;
    return [
      expect(RankedFile.join(path("x.h5"), { ...ranked, ...bogus })).rejects.toEqual(refusal("join")),
      expect(RankPart.begin(path("x.h5"), ranked).waitForAll(options)).rejects.toEqual(refusal("waitForAll")),
    ];
  });
  await Promise.all(refused);
});
