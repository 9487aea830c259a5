/** Files that grow while they are read, and whose bytes arrive later. */
import { describe, expect, test } from "vitest";
import { type AsyncDataset, type AsyncFile, type OpenAsyncOptions, openAsync } from "../../src/index.ts";
import { FileServer } from "../io/http-server.ts";
import { changedPieces, grownFile, ROWS } from "../support/grown-file.ts";
import { TornSource } from "../support/torn-source.ts";
import { later } from "../support/writing.ts";

const { older, bytes } = grownFile();

const openLate = (source: TornSource, options: OpenAsyncOptions = { swmr: true }): Promise<AsyncFile> =>
  openAsync(later(source), options);

async function expectRows(file: AsyncFile, count: number): Promise<void> {
  for (const path of ["ext", "tree"]) {
    const { data } = await (await file.get(path)).read();
    expect(data.length).toBe(count);
    expect((data as Int32Array).every((value, i) => value === i)).toBe(true);
  }
}

describe("a structure that arrives half written", () => {
  test.each([...changedPieces(older, bytes)])("%s: is fetched again until it is whole", async (_, piece) => {
    const source = new TornSource(bytes, older);
    source.tear = { ...piece, reads: 99 };
    const file = await openLate(source);
    await expectRows(file, ROWS);
    expect(source.tear.reads).toBe(0);
    await file.close();
  });

  test("is an error after 100 attempts, and the operation ends", async () => {
    for (const piece of [...changedPieces(older, bytes).values()].slice(0, 2)) {
      const source = new TornSource(bytes, older);
      source.tear = { ...piece, reads: Number.POSITIVE_INFINITY };
      const file = await openLate(source);
      await expect(expectRows(file, ROWS)).rejects.toThrow(/after all read attempts \(100\)/);
      source.tear.reads = 0;
      await expectRows(file, ROWS);
      await file.close();
    }
  });

  test("in the superblock: the same", async () => {
    const source = new TornSource(bytes, older);
    source.tear = { offset: 44, byteLength: 4, reads: Number.POSITIVE_INFINITY };
    await expect(openLate(source)).rejects.toThrow(/after all read attempts/);
    source.tear.reads = 99;
    await expectRows(await openLate(source), ROWS);
  });
});

describe("a refresh", () => {
  test("shows what was appended, behind the end that the file had, too", async () => {
    const source = new TornSource(older, older);
    const file = await openLate(source);
    const ext = await file.get("ext");
    await expectRows(file, ROWS - 1000);
    source.bytes = bytes;
    expect(await ext.shape).toEqual([ROWS - 1000]);
    const before = source.reads.length;
    await ext.refresh();
    expect(source.reads.length).toBe(before + 1);
    expect(await ext.shape).toEqual([ROWS]);
    await (await file.get("tree")).refresh();
    await expectRows(file, ROWS);
    await file.close();
  });

  test("may be part of an operation that starts over", async () => {
    const source = new TornSource(older, older);
    const file = await openLate(source);
    const ext = (await file.get("ext")) as AsyncDataset;
    source.bytes = bytes;
    const last = await ext.run((dataset) => {
      dataset.refresh();
      return dataset.read([-1]);
    });
    expect(last).toBe(ROWS - 1);
    await file.close();
  });
});

test("what leads to a structure is never newer than the structure", async () => {
  const source = new TornSource(older, older);
  const file = await openLate(source);
  // Brings the array's header and index block along, if a source brings more than it is asked for.
  expect(await (await file.get("tree")).shape).toEqual([ROWS - 1000, 1]);
  source.bytes = bytes;
  const ext = await file.get("ext");
  expect(await ext.shape).toEqual([ROWS]);
  expect(await ext.read([-1])).toBe(ROWS - 1);
  await file.close();
});

describe("over HTTP", () => {
  test("the file may be of another version with each answer, with swmr alone", async () => {
    await using server = await FileServer.start({ bytes: older, etag: '"1"' });
    const file = await openAsync(server.url, { swmr: true });
    const plain = await openAsync(server.url, { headSize: 512, pageSize: 512 });
    const ext = await file.get("ext");
    expect(await ext.read([-1])).toBe(ROWS - 1001);
    Object.assign(server.served, { bytes, etag: '"2"' });
    await ext.refresh();
    expect(await ext.shape).toEqual([ROWS]);
    expect(await ext.read([-1])).toBe(ROWS - 1);
    await expectRows(file, ROWS);
    await expect(plain.get("ext")).rejects.toThrow(/has changed since it was opened/);
    await file.close();
    await plain.close();
  });

  test("a poll that finds nothing new is one small request", async () => {
    await using server = await FileServer.start({ bytes: older });
    const file = await openAsync(server.url, { swmr: true });
    const ext = await file.get("ext");
    const { requests, bytes: fetched } = file.statistics;
    for (let i = 0; i < 5; i++) await ext.refresh();
    expect(file.statistics.requests).toBe(requests + 5);
    expect(file.statistics.bytes - fetched).toBeLessThan(5 * 400);
    await file.close();
  });

  test("a server without ranges is refused", async () => {
    await using server = await FileServer.start({ bytes }, { ranges: false });
    await expect(openAsync(server.url, { swmr: true, wholeFile: true })).rejects.toThrow(
      /does not answer requests for ranges/,
    );
  });
});
