/** Bytes that arrive later, of a file that somebody else is writing. */
import { describe, expect, test } from "vitest";
import { isHdf5Error } from "../../src/base/errors.ts";
import { ChangingAsyncSource } from "../../src/io/changing-source.ts";
import { runWithRetry } from "../../src/io/retry-driver.ts";
import type { AsyncByteSource, ByteRange } from "../../src/io/source.ts";
import { rejectionOf, thrownBy } from "./thrown.ts";

/** A file whose bytes all say how often they were changed. */
class ChangingFile implements AsyncByteSource {
  readonly name = "changing.h5";
  readonly reads: [offset: number, byteLength: number][] = [];
  asked = 0;
  version = 0;
  size: number;

  constructor(size: number) {
    this.size = size;
  }

  async byteLength(): Promise<number> {
    this.asked++;
    return this.size;
  }

  async read(offset: number, byteLength: number): Promise<Uint8Array> {
    this.reads.push([offset, byteLength]);
    return new Uint8Array(byteLength).map((_, i) => this.version + offset + i);
  }
}

async function opened(size: number, options: ConstructorParameters<typeof ChangingAsyncSource>[2] = {}) {
  const file = new ChangingFile(size);
  return { file, source: await ChangingAsyncSource.open(file, options) };
}

const range = (offset: number, byteLength: number): ByteRange => ({ offset, byteLength });

describe("a source that changes", () => {
  test("gives one operation the same bytes, however often it starts over, and the next one those of then", async () => {
    const { file, source } = await opened(1000);
    const operation = () => [source.view(10, 4)[0], source.view(500, 4)[0], source.view(12, 2)[0]];
    const read = file.read.bind(file);
    file.read = async (offset, byteLength) => {
      const bytes = await read(offset, byteLength);
      file.version = 100;
      return bytes;
    };
    // What lies within a range that was asked for is part of it.
    expect(await runWithRetry(operation)).toEqual([10, (500 + 100) & 255, 12]);
    expect(file.reads).toEqual([
      [10, 4],
      [500, 4],
    ]);
    expect(await runWithRetry(operation)).toEqual([110, (500 + 100) & 255, 112]);
    expect(source.statistics()).toMatchObject({ rounds: 4, requests: 4, fetchedByteLength: 16, cachedByteLength: 0 });
  });

  test("does not serve a range from bytes that came with others", async () => {
    const { file, source } = await opened(1000);
    await runWithRetry(() => {
      source.expect([range(0, 10), range(40, 10)]);
      source.view(20, 10);
    });
    expect(file.reads).toEqual([
      [0, 50],
      [20, 10],
    ]);
  });

  test("gives the end of a range, and more than was asked for at its place", async () => {
    const { file, source } = await opened(1000);
    const read = await runWithRetry(() => {
      const short = source.view(100, 10)[9];
      const long = source.view(100, 20)[19];
      return [short, long, source.view(110, 10)[9], source.view(101, 19)[0], source.view(100, 10).length];
    });
    expect(read).toEqual([109, 119, 119, 101, 10]);
    expect(file.reads).toEqual([
      [100, 10],
      [100, 20],
    ]);
    // One byte more is another range.
    await runWithRetry(() => [source.view(100, 20), source.view(101, 20)]);
    expect(file.reads.slice(2)).toEqual([
      [100, 20],
      [101, 20],
    ]);
  });

  test("reads anew what an operation gives back, and all that it overlaps", async () => {
    const { file, source } = await opened(1000);
    let isFirst = true;
    const [part, other] = await runWithRetry(() => {
      source.view(100, 20);
      source.view(300, 20);
      if (isFirst) {
        isFirst = false;
        file.version = 50;
        source.renew([range(110, 5)]);
      }
      return [source.view(112, 1)[0], source.view(300, 1)[0]];
    });
    expect([part, other]).toEqual([162, 300 & 255]);
  });

  test("asks for the size once an operation, of one that needs it", async () => {
    const { file, source } = await opened(1000);
    expect(file.asked).toBe(1);
    expect(await runWithRetry(() => [source.byteLength(), source.byteLength()])).toEqual([1000, 1000]);
    expect(file.asked).toBe(1);
    file.size = 2000;
    await runWithRetry(() => source.view(990, 10));
    expect(file.asked).toBe(1);
    expect(await runWithRetry(() => [source.byteLength(), source.view(1990, 10)[9], source.byteLength()])).toEqual([
      2000,
      1999 & 255,
      2000,
    ]);
    expect(file.asked).toBe(2);
    let isFirst = true;
    const sizes = await runWithRetry(() => {
      const before = source.byteLength();
      if (isFirst) {
        isFirst = false;
        file.size = 3000;
        source.renew([]);
      }
      return [before, source.byteLength()];
    });
    expect(sizes).toEqual([3000, 3000]);
  });

  test("finds what lies behind the end that it knew, and fails behind that of now", async () => {
    const { file, source } = await opened(1000);
    await runWithRetry(() => source.byteLength());
    file.size = 1500;
    expect(await runWithRetry(() => source.view(1400, 100)[0])).toBe(1400 & 255);
    const error = await rejectionOf(runWithRetry(() => source.view(1400, 101)));
    expect(isHdf5Error(error, "source")).toBe(true);
    expect(file.reads).toEqual([[1400, 100]]);
  });

  test("leaves out what is expected behind the end, and what is nothing", async () => {
    const { file, source } = await opened(1000);
    await runWithRetry(() => source.expect([range(990, 20), range(5, 0), range(2000, 1)]));
    expect(await runWithRetry(() => source.view(700, 0).length)).toBe(0);
    expect(file.reads).toEqual([]);
  });

  test("joins near ranges, up to the size of a request, in any order", async () => {
    const { file, source } = await opened(10_000, { joinedGap: 100, maxRequestSize: 500 });
    const ranges = [
      range(5000, 10),
      range(850, 10),
      range(0, 300),
      range(310, 10),
      range(20, 5),
      range(400, 200),
      range(700, 10),
    ];
    const firsts = await runWithRetry(() => {
      source.expect(ranges);
      return ranges.map(({ offset, byteLength }) => source.view(offset, byteLength)[0]);
    });
    expect(firsts).toEqual(ranges.map(({ offset }) => offset & 255));
    expect(file.reads).toEqual([
      [0, 320],
      [400, 310],
      [850, 10],
      [5000, 10],
    ]);
  });

  test("is read by operations alone, and not once it is closed", async () => {
    const { source } = await opened(100);
    expect(
      isHdf5Error(
        thrownBy(() => source.view(0, 1)),
        "source",
      ),
    ).toBe(true);
    source.close();
    for (const use of [() => source.view(0, 1), () => source.byteLength(), () => source.expect([range(0, 1)])]) {
      expect(isHdf5Error(await rejectionOf(runWithRetry(use)), "closed")).toBe(true);
    }
  });
});
