/**
 * Texts that are written over, or come and go, while others read the file. Nothing is promised of most; those that fill
 * collections of the heap alone, in chunks with filters, are good at each moment, because nothing of the old ones is changed.
 */
import { expect, test } from "vitest";
import { type Dataset, File } from "../../src/index.ts";
import { WatchedTarget } from "../support/watched-target.ts";

const COUNT = 12;
const CHUNK = 3;

const texts = (letter: string): string[] => Array.from({ length: COUNT }, (_, i) => letter.repeat(3000 - (i % 4)));

test("a reader of texts that have heap collections of their own finds the old or the new ones after each single write", () => {
  const target = new WatchedTarget();
  using file = new File(target, "w", { libver: "latest" });
  const dataset = file.createDataset("d", { data: texts("a"), chunks: [CHUNK], maxshape: [null], compression: "gzip" });
  file.swmrMode = true;
  let possible = new Set(["a"]);
  let looks = 0;
  const look = (): void => {
    looks++;
    using seen = new File(target.toBytes(), "r", { swmr: true });
    const found = (seen.get("d") as Dataset).read().data as string[];
    for (let start = 0; start < COUNT; start += CHUNK) {
      const letter = found[start]?.[0] ?? "";
      expect(possible).toContain(letter);
      expect(found.slice(start, start + CHUNK)).toEqual(texts(letter).slice(start, start + CHUNK));
    }
  };
  target.onChange = look;
  for (const [before, letter] of ["ab", "bc", "cd", "de", "ef"].map((pair) => [...pair] as [string, string])) {
    possible = new Set([before, letter]);
    dataset.write(null, texts(letter));
    dataset.flush();
    possible = new Set([letter]);
    look();
  }
  expect(looks).toBeGreaterThan(20);
});

test("texts that are made where others went since the last flush have a heap collection of their own", () => {
  const target = new WatchedTarget();
  const file = new File(target, "w", { libver: "latest" });
  file.swmrMode = true;
  const few = texts("a").map((text) => text.slice(0, 500));
  for (let round = 0; round < 3; round++) {
    file.createDataset("gone", { data: few }).id.close();
    file.delete("gone");
    file.createDataset(`numbers ${round}`, { data: new Float64Array(600).fill(round) });
    file.createDataset(`texts ${round}`, { data: few });
  }
  file.close();
  using again = new File(target.toBytes());
  for (let round = 0; round < 3; round++) {
    expect((again.get(`numbers ${round}`) as Dataset).read().data).toEqual(new Float64Array(600).fill(round));
    expect((again.get(`texts ${round}`) as Dataset).read().data).toEqual(few);
  }
});
