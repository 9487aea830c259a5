import { describe, expect, test } from "vitest";
import { HDF5Error } from "../../src/base/errors.ts";
import { FaultyTarget } from "../../src/io/faulty-target.ts";
import { LateSource, latePages } from "../../src/io/late-source.ts";
import { MemorySource, MemoryTarget } from "../../src/io/memory-source.ts";
import { isPageFault } from "../../src/io/page-fault.ts";
import { RecordingSource, RecordingTarget } from "../../src/io/recording-source.ts";
import { thrownBy } from "./thrown.ts";

const errnoOf = (action: () => unknown) => (thrownBy(action) as HDF5Error | undefined)?.errno;

describe("a recording source", () => {
  test("logs calls in order and passes them on", () => {
    const target = new RecordingTarget(new MemoryTarget());
    target.write(2, Uint8Array.of(1, 2));
    target.truncate(10);
    target.readInto(2, new Uint8Array(2));
    target.sync();
    target.close();
    expect(target.calls).toEqual([
      { kind: "write", offset: 2, byteLength: 2 },
      { kind: "truncate", offset: 10, byteLength: 0 },
      { kind: "read", offset: 2, byteLength: 2 },
      { kind: "sync", offset: 0, byteLength: 0 },
      { kind: "close", offset: 0, byteLength: 0 },
    ]);
    expect(target.view).toBeUndefined();
  });

  test("has the abilities of the source it wraps", () => {
    const memory = new RecordingSource(new MemorySource(Uint8Array.of(1, 2, 3), "m"));
    expect([...(memory.view?.(1, 2) ?? [])]).toEqual([2, 3]);
    expect(memory.count("view")).toBe(1);
    expect(memory.name).toBe("m");
    expect(memory.expect).toBeUndefined();
    const late = new RecordingSource(latePages(new Uint8Array(10)));
    expect(isPageFault(thrownBy(() => late.expect?.([{ offset: 3, byteLength: 2 }])))).toBe(true);
    expect(late.calls).toEqual([{ kind: "expect", offset: 3, byteLength: 2 }]);
  });
});

describe("a faulty target", () => {
  test("fails the n-th write and no other", () => {
    const memory = new MemoryTarget();
    const target = new FaultyTarget(memory, { failedWrite: 2 });
    target.write(0, Uint8Array.of(1));
    expect(errnoOf(() => target.write(1, Uint8Array.of(2)))).toBe(5);
    target.write(2, Uint8Array.of(3));
    expect([...memory.toBytes()]).toEqual([1, 0, 3]);
    expect(target.writes).toBe(3);
  });

  test("writes nothing more after a power cut", () => {
    const memory = new MemoryTarget();
    const target = new FaultyTarget(memory, { powerCutAtWrite: 2 });
    target.write(0, Uint8Array.of(1));
    expect(errnoOf(() => target.truncate(9))).toBe(5);
    expect(errnoOf(() => target.write(2, Uint8Array.of(3)))).toBe(5);
    expect([...memory.toBytes()]).toEqual([1]);
  });

  test("fills the disk up to its last byte", () => {
    const memory = new MemoryTarget();
    const target = new FaultyTarget(memory, { capacity: 4 });
    const error = thrownBy(() => target.write(2, Uint8Array.of(1, 2, 3)));
    expect(error).toBeInstanceOf(HDF5Error);
    expect(String(error)).toContain("No space left on device");
    expect([...memory.toBytes()]).toEqual([0, 0, 1, 2]);
    expect(errnoOf(() => target.truncate(5))).toBe(28);
    target.truncate(3);
    expect(target.byteLength()).toBe(3);
  });

  test("fails reads and sync when told to", () => {
    const target = new FaultyTarget(new MemoryTarget(new Uint8Array(10)), {
      failedRead: 2,
      badSectorsFrom: 8,
      syncFails: true,
    });
    target.readInto(0, new Uint8Array(8));
    expect(errnoOf(() => target.readInto(0, new Uint8Array(1)))).toBe(5);
    target.readInto(0, new Uint8Array(1));
    expect(errnoOf(() => target.readInto(0, new Uint8Array(9)))).toBe(5);
    expect(errnoOf(() => target.sync())).toBe(5);
    target.close();
  });
});

describe("a late source", () => {
  async function orderOfAnswers(seed: number): Promise<number[]> {
    const source = new LateSource(new Uint8Array(100), { seed });
    const answered: number[] = [];
    await Promise.all(Array.from({ length: 10 }, (_, i) => source.read(i, 1).then(() => answered.push(i))));
    return answered;
  }

  test("answers out of order, the same for the same seed", async () => {
    const [first, again, other] = [await orderOfAnswers(1), await orderOfAnswers(1), await orderOfAnswers(2)];
    expect(first).toEqual(again);
    expect(first).not.toEqual(other);
    expect(first).not.toEqual([...first].sort((a, b) => a - b));
    expect([...first].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});
