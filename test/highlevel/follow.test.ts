/** Waiting for datasets to grow. The writer is in the same process, but nothing is shared with it but the bytes. */
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { type AsyncDataset, File, follow, type Growth, openAsync } from "../../src/index.ts";
import { later, Writing } from "../support/writing.ts";

const steps = async (growths: AsyncIterable<Growth>, each: (growth: Growth) => void = () => undefined) => {
  const found: [number, number][] = [];
  for await (const growth of growths) {
    found.push([growth.from, growth.to]);
    each(growth);
  }
  return found;
};

const quick = { interval: 1 };

describe("following a dataset", () => {
  test("tells of what is there, then of what comes, until the writer closes the file", async () => {
    const writing = new Writing();
    writing.appendTo("a", 3);
    using file = new File(writing.source(), "r", { swmr: true });
    const lengths = [2, 1, 5];
    const found = await steps(file.get("a").follow(quick), (growth) => {
      expect(growth.shape).toEqual([growth.to, 2]);
      const { data, shape } = growth.read() as { data: Int32Array; shape: number[] };
      expect(shape).toEqual([growth.to - growth.from, 2]);
      expect([...data]).toEqual(Array.from(data, (_, i) => i));
      const next = lengths.shift();
      if (next !== undefined) writing.appendTo("a", next);
      // The last rows come with the end.
      if (lengths.length === 0 && writing.file.isOpen) writing.file.close();
    });
    expect(found).toEqual([
      [0, 3],
      [3, 5],
      [5, 6],
      [6, 11],
    ]);
  });

  test("tells of rows that come just before the writer closes the file", async () => {
    const writing = new Writing();
    let isFollowing = false;
    const source = writing.source((offset) => {
      // The flags are read: the dataset had not grown.
      if (!isFollowing || offset !== 0 || !writing.file.isOpen) return;
      writing.appendTo("a", 2);
      writing.file.close();
    });
    using file = new File(source, "r", { swmr: true });
    isFollowing = true;
    expect(await steps(file.get("a").follow(quick))).toEqual([[0, 2]]);
  });

  test("waits while nothing comes", async () => {
    const writing = new Writing();
    using file = new File(writing.source(), "r", { swmr: true });
    const follower = file.get("a").follow(quick);
    const first = follower.next();
    let isOver = false;
    void first.then(() => {
      isOver = true;
    });
    await sleep(30);
    expect(isOver).toBe(false);
    writing.appendTo("a", 7);
    expect((await first).value).toMatchObject({ from: 0, to: 7 });
    await follower.return(undefined);
    writing.file.close();
  });

  test("is over after a time without rows, and when a signal fires", async () => {
    const writing = new Writing();
    writing.appendTo("a", 1);
    using file = new File(writing.source(), "r", { swmr: true });
    const begin = performance.now();
    expect(await steps(file.get("a").follow({ ...quick, timeout: 40 }))).toEqual([[0, 1]]);
    expect(performance.now() - begin).toBeGreaterThanOrEqual(39);
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 20);
    // The signal wakes it long before it would look again.
    expect(await steps(file.get("a").follow({ interval: 60_000, signal: abort.signal }))).toEqual([[0, 1]]);
    expect(await steps(file.get("a").follow({ signal: AbortSignal.abort() }))).toEqual([]);
    writing.file.close();
  });

  test("begins where it is told to, along the dimension that it is told", async () => {
    const writing = new Writing();
    writing.appendTo("a", 10);
    writing.appendTo("b", 6);
    writing.file.close();
    using file = new File(writing.source(), "r", { swmr: true });
    const [a, b] = [file.get("a"), file.get("b")];
    expect(await steps(a.follow({ from: 4 }))).toEqual([[4, 10]]);
    expect(await steps(a.follow({ from: -3 }))).toEqual([[7, 10]]);
    expect(await steps(a.follow({ from: 10 }))).toEqual([]);
    const selections: unknown[] = [];
    await steps(b.follow({ axis: 1, from: 2 }), ({ selection }) => {
      selections.push(selection.map(({ start, stop }) => [start, stop]));
    });
    expect(selections).toEqual([
      [
        [0, 3],
        [2, 6],
      ],
    ]);
    await expect(steps(a.follow({ from: -11 }))).rejects.toThrow("Invalid first row -11 of 10");
    await expect(steps(a.follow({ axis: 2 }))).rejects.toThrow("Invalid axis (0 to 1 allowed)");
  });
});

test("several datasets are followed at once", async () => {
  const writing = new Writing();
  using file = new File(writing.source(), "r", { swmr: true });
  const plan: ("a" | "b")[] = ["b", "a", "b"];
  writing.appendTo("a", 1);
  const found: string[] = [];
  for await (const { dataset, to } of follow([file.get("a"), file.get("b")], { ...quick, axis: 1 })) {
    found.push(`${dataset.name} ${to}`);
    for (const next of plan.splice(0, 2)) writing.appendTo(next, 2);
    if (plan.length === 0 && writing.file.isOpen) writing.file.close();
  }
  // The rows of the first do not grow along that dimension.
  expect(found).toEqual(["/a 2", "/b 2", "/b 4"]);
});

test("a file whose bytes arrive later is followed the same way", async () => {
  const writing = new Writing();
  writing.appendTo("a", 3);
  const file = await openAsync(later(writing.source()), { swmr: true });
  const a: AsyncDataset = await file.get("a");
  expect(await file.isBeingWritten).toBe(true);
  const found: [number, number][] = [];
  for await (const growth of a.follow(quick)) {
    found.push([growth.from, growth.to]);
    const { shape } = await growth.read();
    expect(shape).toEqual([growth.to - growth.from, 2]);
    if (growth.to < 9) writing.appendTo("a", 3);
    else writing.file.close();
  }
  expect(found).toEqual([
    [0, 3],
    [3, 6],
    [6, 9],
  ]);
  expect(await file.isBeingWritten).toBe(false);
  await file.close();
});

test("a file says whether it is being written", () => {
  const writing = new Writing();
  using reader = new File(writing.source(), "r", { swmr: true });
  expect([reader.isBeingWritten, writing.file.isBeingWritten]).toEqual([true, true]);
  writing.file.close();
  expect(reader.isBeingWritten).toBe(false);
  using old = File.inMemory();
  expect(old.isBeingWritten).toBe(false);
});
