import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HDF5Error, isHdf5Error, SourceError } from "../../src/base/errors.ts";
import { BlockCache } from "../../src/io/block-cache.ts";
import { LateSource, latePages } from "../../src/io/late-source.ts";
import { isPageFault, PageFault } from "../../src/io/page-fault.ts";
import { PagedAsyncSource } from "../../src/io/paged-source.ts";
import { runWithRetry } from "../../src/io/retry-driver.ts";
import { rejectionOf, thrownBy } from "./thrown.ts";

const counting = (byteLength: number) => Uint8Array.from({ length: byteLength }, (_, i) => i * 7 + (i >> 8));

function readAt(source: PagedAsyncSource, offset: number, byteLength: number): Uint8Array {
  const bytes = new Uint8Array(byteLength);
  source.readInto(offset, bytes);
  return bytes;
}

/** A late source under pages of 100 bytes, with the reads it gets. */
function paged(byteLength: number, options: Parameters<typeof latePages>[1] = {}) {
  const late = new LateSource(counting(byteLength), options);
  const source = new PagedAsyncSource(late, byteLength, { pageSize: 100, headSize: 0, joinedGap: 0, ...options });
  return { late, source };
}

describe("a page fault", () => {
  test("names all that is missing of a range, in whole pages", async () => {
    const { source } = paged(950);
    await runWithRetry(() => readAt(source, 310, 5));
    const fault = thrownBy(() => readAt(source, 210, 730));
    expect(isPageFault(fault) && fault.ranges).toEqual([
      { offset: 200, byteLength: 100 },
      { offset: 400, byteLength: 550 },
    ]);
  });

  test("names all that is missing of the ranges expected next, in order, and what is past the end is left out", () => {
    const { source } = paged(950);
    const fault = thrownBy(() =>
      source.expect([
        { offset: 710, byteLength: 10 },
        { offset: 120, byteLength: 10 },
        { offset: 150, byteLength: 60 },
        { offset: 940, byteLength: 1000 },
        { offset: 5000, byteLength: 10 },
      ]),
    );
    expect(isPageFault(fault) && fault.ranges).toEqual([
      { offset: 100, byteLength: 200 },
      { offset: 700, byteLength: 100 },
      { offset: 900, byteLength: 50 },
    ]);
  });

  test("is not an error, and is known from another copy of this library", () => {
    const { source } = paged(10);
    const fault = new PageFault(source, []);
    expect(fault).not.toBeInstanceOf(Error);
    expect(isPageFault({ ...fault })).toBe(true);
    for (const other of [new Error("x"), undefined, null, "fault", {}]) expect(isPageFault(other)).toBe(false);
  });
});

describe("an operation over bytes that arrive later", () => {
  test("starts over until all it reads is there, and no page is fetched twice", async () => {
    const { source, late } = paged(1000);
    let runs = 0;
    const sum = await runWithRetry(() => {
      runs++;
      return (
        (readAt(source, 0, 1)[0] as number) +
        (readAt(source, 520, 1)[0] as number) +
        (readAt(source, 530, 1)[0] as number)
      );
    });
    const bytes = counting(1000);
    expect(sum).toBe((bytes[0] as number) + (bytes[520] as number) + (bytes[530] as number));
    expect(runs).toBe(3);
    expect(late.reads.map(({ offset }) => offset)).toEqual([0, 500]);
    expect(source.statistics()).toMatchObject({ rounds: 2, requests: 2, fetchedByteLength: 200 });
  });

  test("fetches what it expects in one round, near ranges in one request", async () => {
    const { source, late } = paged(2000, { joinedGap: 100 });
    const ranges = [0, 250, 700, 1950].map((offset) => ({ offset, byteLength: 30 }));
    await runWithRetry(() => {
      source.expect(ranges);
      for (const { offset, byteLength } of ranges) readAt(source, offset, byteLength);
    });
    expect(source.statistics().rounds).toBe(1);
    expect(late.reads).toEqual([
      { offset: 0, byteLength: 300 },
      { offset: 700, byteLength: 100 },
      { offset: 1900, byteLength: 100 },
    ]);
  });

  test("gets the head of the file with its first page, so that a small file takes one round", async () => {
    const { source, late } = paged(950, { headSize: 5000 });
    await runWithRetry(() => [readAt(source, 0, 8), readAt(source, 500, 100), readAt(source, 940, 10)]);
    expect(late.reads).toEqual([{ offset: 0, byteLength: 950 }]);
    expect(source.statistics().rounds).toBe(1);
  });

  test("gets the head of the file once, though it was not kept", async () => {
    const { source, late } = paged(2000, { headSize: 300, cacheSize: 0 });
    for (const offset of [0, 900]) await runWithRetry(() => readAt(source, offset, 8));
    expect(late.reads).toEqual([
      { offset: 0, byteLength: 300 },
      { offset: 900, byteLength: 100 },
    ]);
  });

  test("gets a page of a paged file whole, but announced ranges as they are", async () => {
    const { source, late } = paged(5000);
    source.alignTo(400);
    await runWithRetry(() => [readAt(source, 510, 8), readAt(source, 790, 20)]);
    expect(late.reads).toEqual([
      { offset: 400, byteLength: 400 },
      { offset: 800, byteLength: 400 },
    ]);
    await runWithRetry(() => source.expect([{ offset: 2150, byteLength: 10 }]));
    await runWithRetry(() => readAt(source, 4810, 10));
    expect(late.reads.slice(2)).toEqual([
      { offset: 2100, byteLength: 100 },
      { offset: 4800, byteLength: 200 },
    ]);
    const { source: plain, late: others } = paged(5000);
    // No multiple of a page, and more than may be fetched for one structure.
    plain.alignTo(250);
    plain.alignTo(100 * 100_000);
    await runWithRetry(() => readAt(plain, 510, 8));
    expect(others.reads).toEqual([{ offset: 500, byteLength: 100 }]);
  });

  test("splits a long range into requests under way at a time, as many as it may", async () => {
    const { source, late } = paged(5000, { maxRequestSize: 300, maxConcurrentRequests: 2 });
    let underWay = 0;
    let most = 0;
    const read = late.read.bind(late);
    late.read = async (offset, byteLength) => {
      most = Math.max(most, ++underWay);
      return read(offset, byteLength).finally(() => underWay--);
    };
    expect(await runWithRetry(() => readAt(source, 0, 5000))).toEqual(counting(5000));
    expect(late.reads.every(({ byteLength }) => byteLength <= 300)).toBe(true);
    expect(late.reads.length).toBe(17);
    expect(most).toBe(2);
  });

  test("shares what it fetches with others that run at the same time", async () => {
    const { source, late } = paged(1000);
    await Promise.all([1, 2, 3].map(() => runWithRetry(() => readAt(source, 150, 200))));
    expect(late.reads).toEqual([{ offset: 100, byteLength: 300 }]);
  });

  test("keeps its pages until it is over, and then no more than the cache may hold", async () => {
    for (const cacheSize of [0, 250]) {
      const { source } = paged(2000, { cacheSize });
      let held = 0;
      await runWithRetry(() => {
        for (let offset = 0; offset < 2000; offset += 100) readAt(source, offset, 10);
        held = source.statistics().pinnedByteLength;
      });
      expect(held).toBe(2000);
      expect(source.statistics()).toMatchObject({
        requests: 20,
        pinnedByteLength: 0,
        cachedByteLength: cacheSize - (cacheSize % 100),
      });
    }
  });

  test("evicts the page used least recently", async () => {
    const { source, late } = paged(1000, { cacheSize: 200 });
    for (const offset of [0, 100, 0, 200, 0, 100]) await runWithRetry(() => readAt(source, offset, 1));
    expect(late.reads.map(({ offset }) => offset)).toEqual([0, 100, 200, 100]);
  });

  test("hands out views within a page, copies across pages", async () => {
    const { source } = paged(1000);
    const [first, second, across] = await runWithRetry(() => [
      source.view(10, 20),
      source.view(30, 20),
      source.view(90, 20),
    ]);
    expect(first?.buffer).toBe(second?.buffer);
    expect(across).toEqual(counting(1000).subarray(90, 110));
    const { source: unread, late } = paged(1000);
    for (const offset of [0, 500, 1000]) expect(unread.view(offset, 0).length).toBe(0);
    expect(late.reads).toEqual([]);
    expect(await runWithRetry(() => new BlockCache(source).read(20, 5))).toEqual(counting(1000).subarray(20, 25));
  });

  test("passes on what it throws itself", async () => {
    const mine = new RangeError("mine");
    const { source } = paged(1000);
    const operation = () => {
      readAt(source, 0, 1);
      throw mine;
    };
    expect(await rejectionOf(runWithRetry(operation))).toBe(mine);
    expect(source.statistics().pinnedByteLength).toBe(0);
  });

  test("fails when a read is refused, and may be tried again", async () => {
    const { source } = paged(1000, { failedRead: 1, name: "remote.h5" });
    const both = [0, 50].map((offset) => rejectionOf(runWithRetry(() => readAt(source, offset, 1))));
    for (const error of await Promise.all(both)) {
      expect(error).toBeInstanceOf(SourceError);
      expect(String(error)).toBe("SourceError: read of 100 bytes at offset 0 of 'remote.h5' failed: connection lost");
    }
    expect(await runWithRetry(() => readAt(source, 1, 1))).toEqual(counting(1000).subarray(1, 2));
  });

  test("fails when a read is answered with too few bytes", async () => {
    const { source, late } = paged(1000);
    late.read = async () => new Uint8Array(99);
    expect(String(await rejectionOf(runWithRetry(() => readAt(source, 0, 1))))).toContain("was answered with 99 bytes");
  });

  test("fails rather than start over for ever", async () => {
    const { source } = paged(1000);
    await runWithRetry(() => readAt(source, 0, 1));
    const operation = () => {
      throw new PageFault(source, [{ offset: 0, byteLength: 10 }]);
    };
    expect(isHdf5Error(await rejectionOf(runWithRetry(operation)), "source")).toBe(true);
  });

  test("fails at the end of the file without fetching", async () => {
    const { source, late } = paged(1000);
    for (const [offset, byteLength] of [
      [999, 2],
      [-1, 1],
      [Number.NaN, 1],
    ] as const) {
      expect(isHdf5Error(await rejectionOf(runWithRetry(() => readAt(source, offset, byteLength))), "source")).toBe(
        true,
      );
      expect(isHdf5Error(await rejectionOf(runWithRetry(() => source.view(offset, byteLength))), "source")).toBe(true);
    }
    expect(late.reads).toEqual([]);
  });

  test("is over when its signal fires, without harm to another that waits for the same page", async () => {
    const { source } = paged(1000);
    const controller = new AbortController();
    const reason = new Error("the user left");
    const cancelled = rejectionOf(runWithRetry(() => readAt(source, 0, 1), { signal: controller.signal }));
    const other = runWithRetry(() => readAt(source, 1, 1));
    controller.abort(reason);
    expect(await cancelled).toBe(reason);
    expect(await other).toEqual(counting(1000).subarray(1, 2));
    expect(source.statistics().pinnedByteLength).toBe(0);
    expect(await rejectionOf(runWithRetry(() => 1, { signal: controller.signal }))).toBe(reason);
  });

  test("that was called off leaves no failure behind that nobody handles", async () => {
    const { source } = paged(1000, { failedRead: 1 });
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on("unhandledRejection", note);
    const controller = new AbortController();
    const cancelled = rejectionOf(runWithRetry(() => readAt(source, 0, 1), { signal: controller.signal }));
    controller.abort("enough");
    expect(await cancelled).toBe("enough");
    await new Promise((resolve) => setTimeout(resolve, 50));
    process.off("unhandledRejection", note);
    expect(unhandled).toEqual([]);
    expect(await runWithRetry(() => readAt(source, 1, 1))).toEqual(counting(1000).subarray(1, 2));
  });

  test("fails when its source is closed meanwhile", async () => {
    const { source, late } = paged(1000);
    const reading = rejectionOf(runWithRetry(() => readAt(source, 0, 1)));
    source.close();
    source.close();
    expect(isHdf5Error(await reading, "closed")).toBe(true);
    expect(late.closed).toBe(true);
  });

  test("reaches into several files", async () => {
    const [a, b] = [latePages(counting(1000)), latePages(counting(2000), { seed: 3 })];
    const read = await runWithRetry(() => [readAt(a, 900, 3), readAt(b, 1900, 3)]);
    expect(read).toEqual([counting(1000).subarray(900, 903), counting(2000).subarray(1900, 1903)]);
  });
});

describe("opening a source whose bytes arrive later", () => {
  test("asks for its size", async () => {
    const source = await PagedAsyncSource.open(new LateSource(counting(77), { name: "late.h5" }));
    expect(source.byteLength()).toBe(77);
    expect(source.name).toBe("late.h5");
  });

  test("fails as the source does, and for sizes that make no sense", async () => {
    const late = new LateSource(counting(10), { name: "gone.h5" });
    late.byteLength = () => Promise.reject(new Error("404"));
    const error = await rejectionOf(PagedAsyncSource.open(late));
    expect(error).toBeInstanceOf(HDF5Error);
    expect(String(error)).toBe("SourceError: unable to open 'gone.h5': 404");
    const small = new LateSource(counting(10), {});
    expect(await rejectionOf(PagedAsyncSource.open(small, { pageSize: 0 }))).toBeInstanceOf(RangeError);
    for (const options of [{ pageSize: 0 }, { cacheSize: -1 }, { headSize: 0.5 }, { maxConcurrentRequests: 0 }]) {
      expect(thrownBy(() => latePages(counting(10), options))).toBeInstanceOf(RangeError);
    }
  });
});

describe("any operations at the same time, in any order of answers", () => {
  const anyOperation = fc.array(fc.record({ offset: fc.nat(3999), length: fc.nat(900), expected: fc.boolean() }), {
    maxLength: 8,
  });
  const anyOptions = fc.record({
    seed: fc.nat(),
    pageSize: fc.integer({ min: 1, max: 700 }),
    cacheSize: fc.constantFrom(0, 300, 2000, 100_000),
    headSize: fc.constantFrom(0, 100, 5000),
    joinedGap: fc.constantFrom(0, 200, 5000),
    maxRequestSize: fc.constantFrom(1, 500, 5000),
    maxConcurrentRequests: fc.integer({ min: 1, max: 4 }),
  });

  test("read the file's bytes, and leave nothing pinned", async () => {
    const bytes = counting(4000);
    await fc.assert(
      fc.asyncProperty(fc.array(anyOperation, { maxLength: 5 }), anyOptions, async (operations, options) => {
        const source = latePages(bytes, options);
        const results = operations.map((reads) =>
          runWithRetry(() => {
            source.expect(
              reads.filter((read) => read.expected).map(({ offset, length }) => ({ offset, byteLength: length })),
            );
            return reads.map(({ offset, length }) => readAt(source, offset, Math.min(length, 4000 - offset)));
          }),
        );
        const wanted = operations.map((reads) =>
          reads.map(({ offset, length }) => bytes.subarray(offset, offset + length)),
        );
        expect(await Promise.all(results)).toEqual(wanted);
        const { cachedByteLength, pinnedByteLength } = source.statistics();
        expect(pinnedByteLength).toBe(0);
        expect(cachedByteLength).toBeLessThanOrEqual(options.cacheSize);
      }),
      { numRuns: 150 },
    );
  });
});
