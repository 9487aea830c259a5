import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isHdf5Error, SourceError } from "../../src/base/errors.ts";
import { DEFAULT_LIMITS } from "../../src/base/limits.ts";
import { Writer } from "../../src/base/writer.ts";
import { findRevision, onionRevision, onionRevisionCount, readOnion } from "../../src/engine/onion-files.ts";
import { createOnion, nextRevision, type OnionSettings } from "../../src/engine/onion-writing.ts";
import { encodeOnionHeader, ONION_FLAG } from "../../src/format/onion-header.ts";
import { encodeOnionHistory, sizeOfOnionHistory } from "../../src/format/onion-history.ts";
import { encodeOnionRevisionRecord, type OnionRevisionRecord } from "../../src/format/onion-revision-record.ts";
import { MemorySource, MemoryTarget } from "../../src/io/memory-source.ts";
import type { OnionTarget } from "../../src/io/onion-target.ts";
import type { ByteTarget } from "../../src/io/source.ts";
import { StumblingTarget } from "../support/stumbling-target.ts";
import { WatchedTarget } from "../support/watched-target.ts";

/** The bytes of a revision, 0 for the original; default the newest. */
function bytesOf(original: Uint8Array, onion: Uint8Array, revision?: number, forceWriteOpen = false): Uint8Array {
  const source = onionRevision(new MemorySource(original), new MemorySource(onion), { revision, forceWriteOpen });
  const bytes = new Uint8Array(source.byteLength());
  source.readInto(0, bytes);
  return bytes;
}

/** A file as it should be. */
class Model {
  bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  write(offset: number, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.truncate(Math.max(this.bytes.length, offset + bytes.length));
    this.bytes.set(bytes, offset);
  }

  truncate(byteLength: number): void {
    const before = this.bytes;
    this.bytes = new Uint8Array(byteLength);
    this.bytes.set(before.subarray(0, byteLength));
  }
}

const anyEdit = fc.oneof(
  { weight: 4, arbitrary: fc.record({ offset: fc.nat(200), bytes: fc.uint8Array({ maxLength: 90 }) }) },
  { weight: 1, arbitrary: fc.record({ end: fc.nat(250) }) },
);

const anySession = fc.record({
  edits: fc.array(anyEdit, { maxLength: 6 }),
  comment: fc.stringMatching(/^[a-z]{0,9}$/),
  /** Made from the newest, or from any of those that there are. */
  from: fc.option(fc.nat(9), { freq: 3 }),
});

const anySettings = fc.record({ pageSize: fc.constantFrom(1, 2, 8, 32, 512), pageAlignment: fc.boolean() });

function edit(
  target: Pick<ByteTarget, "write" | "truncate">,
  edits: readonly (typeof anyEdit extends fc.Arbitrary<infer T> ? T : never)[],
): void {
  for (const one of edits) {
    if ("end" in one) target.truncate(one.end);
    else target.write(one.offset, one.bytes);
  }
}

/** A target of its own, for one session. */
function next(original: Uint8Array, onion: MemoryTarget, settings: OnionSettings): OnionTarget {
  return nextRevision(new MemorySource(original), new MemoryTargetOf(onion), settings);
}

/** Writes through to a target, which stays open when this one is closed. */
class MemoryTargetOf extends StumblingTarget {
  override close(): void {}
}

/** An onion file of one record, whatever it says. */
function recordedFile(parts: Pick<OnionRevisionRecord, "logicalEnd" | "pageSize" | "pages"> & { originalEnd: number }) {
  const { originalEnd, ...revision } = parts;
  const writer = new Writer().zeros(4096);
  const record = { ...revision, revision: 0, parentRevision: 0, timeOfCreation: "", comment: "" };
  encodeOnionRevisionRecord(writer, record);
  const historyAddress = writer.position;
  const history = { records: [{ address: 4096, byteLength: historyAddress - 4096 }] };
  encodeOnionHistory(writer, history);
  const bytes = writer.copy();
  const header = new Writer();
  const historyByteLength = sizeOfOnionHistory(history);
  encodeOnionHeader(header, { flags: 0, pageSize: parts.pageSize, originalEnd, historyAddress, historyByteLength });
  bytes.set(header.toBytes());
  return bytes;
}

describe("a new revision", () => {
  test("is what was made of the one that it began as; all older ones stay as they were", () => {
    const anyOriginal = fc.option(fc.uint8Array({ minLength: 1, maxLength: 150 }), { nil: undefined });
    fc.assert(
      fc.property(
        anyOriginal,
        fc.array(anySession, { minLength: 1, maxLength: 5 }),
        anySettings,
        (given, sessions, layout) => {
          const original = new MemoryTarget(given);
          const onion = new MemoryTarget();
          const models: Uint8Array[] = [];
          sessions.forEach(({ edits, comment, from }, i) => {
            const settings = { ...layout, comment };
            const isNew = given === undefined && i === 0;
            const revision =
              from === null || isNew ? undefined : Math.max(given === undefined ? 1 : 0, from % (models.length + 1));
            const target = isNew
              ? createOnion(new MemoryTargetOf(original), new MemoryTargetOf(onion), settings)
              : next(original.toBytes(), onion, { ...settings, revision });
            const parent = revision ?? models.length;
            const model = new Model(parent === 0 ? (given ?? new Uint8Array()) : (models[parent - 1] as Uint8Array));
            edit(target, edits);
            edit(model, edits);
            const seen = new Uint8Array(target.byteLength());
            target.readInto(0, seen);
            expect(seen).toEqual(model.bytes);
            target.close();
            models.push(model.bytes);
            const bytes = onion.toBytes();
            models.forEach((expected, k) => {
              expect(bytesOf(original.toBytes(), bytes, k + 1)).toEqual(expected);
            });
            expect(onionRevisionCount(new MemorySource(bytes))).toBe(models.length);
            if (given !== undefined) expect(bytesOf(original.toBytes(), bytes, 0)).toEqual(given);
          });
        },
      ),
      {
        numRuns: 300,
        examples: [
          // What is cut off and comes back is zeros, also where the original goes on and in a later revision.
          [
            Uint8Array.from({ length: 100 }, () => 7),
            [
              { edits: [{ end: 10 }, { offset: 60, bytes: Uint8Array.of(1) }], comment: "", from: null },
              { edits: [{ end: 20 }], comment: "", from: null },
              { edits: [{ end: 90 }], comment: "", from: null },
            ],
            { pageSize: 8, pageAlignment: false },
          ],
        ],
      },
    );
  });

  const ORIGINAL = Uint8Array.from({ length: 100 }, (_, i) => i);

  /** An onion file with one revision, in which byte 3 is 77. */
  function withOne(settings: OnionSettings = { pageSize: 16 }): MemoryTarget {
    const onion = new MemoryTarget();
    const target = next(ORIGINAL, onion, settings);
    target.write(3, Uint8Array.of(77));
    target.close();
    return onion;
  }

  test("is written behind everything that there was; only the header changes", () => {
    const onion = new WatchedTarget(withOne().toBytes());
    const start = onion.byteLength();
    const offsets: number[] = [];
    onion.onChange = (change) => void (change && offsets.push(change.offset));
    const target = nextRevision(new MemorySource(ORIGINAL), onion, { comment: "second" });
    for (let at = 0; at < 120; at += 7) target.write(at, Uint8Array.of(at));
    target.truncate(50);
    target.write(50, new Uint8Array(70));
    target.close();
    expect(offsets.filter((offset) => offset !== 0 && offset < start)).toEqual([]);
    expect(offsets.filter((offset) => offset === 0)).toHaveLength(2);
  });

  test("is on the device before the header leads to it", () => {
    const order: string[] = [];
    class Ordered extends WatchedTarget {
      override sync(): void {
        order.push("sync");
        super.sync();
      }
    }
    const onion = new Ordered();
    onion.onChange = (change) => order.push(change?.offset === 0 ? "header" : "behind");
    const target = createOnion(new MemoryTarget(), onion, { pageSize: 8 });
    order.length = 0;
    target.write(0, new Uint8Array(20));
    target.close();
    expect(order.slice(-3)).toEqual(["behind", "sync", "header"]);
    expect(order.slice(0, -1)).not.toContain("header");
  });

  test("can be followed to where the process was killed: older ones are there, by force while the lock is set", () => {
    for (const found of [new Uint8Array(), withOne().toBytes()]) {
      const onion = new WatchedTarget(found);
      const states: Uint8Array[] = [];
      onion.onChange = () => void states.push(onion.toBytes());
      const target = nextRevision(new MemorySource(ORIGINAL), onion, { pageSize: 16 });
      target.write(0, new Uint8Array(70));
      target.write(5, Uint8Array.of(5));
      target.close();
      const before = found.length === 0 ? ORIGINAL : bytesOf(ORIGINAL, found);
      const count = found.length === 0 ? 0 : 1;
      // A file without a header yet is none.
      const killed = states.slice(found.length === 0 ? 1 : 0, -1);
      expect(killed.length).toBeGreaterThan(4);
      for (const state of killed) {
        expect(() => bytesOf(ORIGINAL, state)).toThrow("already opened in write-mode");
        expect(bytesOf(ORIGINAL, state, undefined, true)).toEqual(before);
        expect(onionRevisionCount(new MemorySource(state))).toBe(count);
        expect(() => next(ORIGINAL, new MemoryTarget(state), {})).toThrow("already opened in write-mode");
        const again = new MemoryTarget(state);
        const forced = next(ORIGINAL, again, { forceWriteOpen: true });
        forced.write(1, Uint8Array.of(99));
        forced.close();
        expect(bytesOf(ORIGINAL, again.toBytes())[1]).toBe(99);
        expect(onionRevisionCount(new MemorySource(again.toBytes()))).toBe(count + 1);
      }
      expect(bytesOf(ORIGINAL, states.at(-1) as Uint8Array)[5]).toBe(5);
    }
  });

  test("that is not finished for a write that fails is not there, and the file is as it was", () => {
    const found = withOne().toBytes();
    let failures = 0;
    for (let after = 0; ; after++) {
      const onion = new MemoryTarget(found);
      const device = new MemoryTargetOf(onion);
      let target: OnionTarget | undefined;
      const session = (): void => {
        target = nextRevision(new MemorySource(ORIGINAL), device, {});
        target.write(0, new Uint8Array(70));
        target.write(5, Uint8Array.of(5));
        target.close();
      };
      device.arm("write", after);
      try {
        session();
        break;
      } catch (error) {
        expect(error).toBeInstanceOf(SourceError);
      }
      // What closing had begun is over; what was open is given up.
      target?.abandon();
      failures++;
      expect(onion.toBytes()).toEqual(found);
    }
    expect(failures).toBeGreaterThan(4);
  });

  test("that is abandoned leaves nothing behind", () => {
    const found = withOne().toBytes();
    const onion = new MemoryTarget(found);
    const target = next(ORIGINAL, onion, {});
    target.write(0, new Uint8Array(500));
    expect(onion.toBytes()).not.toEqual(found);
    target.abandon();
    target.abandon();
    target.close();
    expect(onion.toBytes()).toEqual(found);
    expect(() => target.write(0, Uint8Array.of(1))).toThrow("closed");
  });

  test("has two pages at least, because HDF5 1.14 and 2.0 do not find the only one", () => {
    for (const [offset, expected] of [
      [3, [0, 64]],
      [70, [0, 64]],
    ] as const) {
      const onion = new MemoryTarget();
      const target = next(ORIGINAL, onion, { pageSize: 64 });
      target.write(offset, Uint8Array.of(77));
      target.close();
      const bytes = onion.toBytes();
      const source = new MemorySource(bytes);
      const { pages } = findRevision(new MemorySource(ORIGINAL), source, readOnion(source, DEFAULT_LIMITS));
      const addresses = pages.flatMap(({ logicalAddress, byteLength }) =>
        Array.from({ length: byteLength / 64 }, (_, i) => logicalAddress + 64 * i),
      );
      expect(addresses).toEqual(expected);
      const changed = ORIGINAL.slice();
      changed[offset] = 77;
      expect(bytesOf(ORIGINAL, bytes)).toEqual(changed);
    }
  });

  test("is aligned to pages where that was asked for when the file was made", () => {
    const onion = withOne({ pageSize: 64, pageAlignment: true });
    const second = next(ORIGINAL, onion, {});
    second.write(90, Uint8Array.of(1));
    second.close();
    const { header, history } = readOnion(new MemorySource(onion.toBytes()), DEFAULT_LIMITS);
    expect(header.flags).toBe(ONION_FLAG.PAGE_ALIGNMENT);
    expect(history.records.map(({ address }) => address % 64)).toEqual([0, 0]);
    expect(header.historyAddress % 64).toBe(0);
  });

  test("of an older one than the newest is told apart in the header, and has the number that follows", () => {
    const onion = withOne();
    expect(readOnion(new MemorySource(onion.toBytes()), DEFAULT_LIMITS).header.flags).toBe(0);
    next(ORIGINAL, onion, {}).close();
    next(ORIGINAL, onion, { revision: 1 }).close();
    const { header } = readOnion(new MemorySource(onion.toBytes()), DEFAULT_LIMITS);
    expect(header.flags).toBe(ONION_FLAG.DIVERGENT_HISTORY);
    expect(bytesOf(ORIGINAL, onion.toBytes(), 3)[3]).toBe(77);
    expect(() => next(ORIGINAL, onion, { revision: 4 })).toThrow("target revision ID out of range");
  });

  test("takes the room of pages that were cut off", () => {
    const onion = withOne();
    const target = next(ORIGINAL, onion, {});
    target.write(100, new Uint8Array(1 << 16));
    const most = onion.byteLength();
    target.truncate(100);
    target.close();
    expect(onion.byteLength()).toBe(most);
    expect(bytesOf(ORIGINAL, onion.toBytes(), 2)).toEqual(bytesOf(ORIGINAL, onion.toBytes(), 1));
  });

  test("of a file that says what cannot be ends in an error of this library, or in a revision", () => {
    const anyNumber = fc.oneof(fc.nat(200), fc.nat(5000), fc.nat(2 ** 50));
    const anyPages = fc.array(fc.record({ page: fc.nat(20), physicalAddress: anyNumber, count: fc.nat(3) }), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(anyNumber, anyNumber, anyPages, fc.nat(12), (originalEnd, logicalEnd, parts, pageLog) => {
        const pageSize = 2 ** pageLog;
        let end = 0;
        const pages = parts.map(({ page, physicalAddress, count }) => {
          const logicalAddress = end + page * pageSize;
          end = logicalAddress + (count + 1) * pageSize;
          return { logicalAddress, physicalAddress, byteLength: (count + 1) * pageSize };
        });
        const bytes = recordedFile({ originalEnd, logicalEnd, pageSize, pages });
        const onion = new MemoryTarget(bytes);
        try {
          const target = next(ORIGINAL, onion, {});
          target.write(7, new Uint8Array(300).fill(1));
          target.truncate(Math.min(target.byteLength(), 400));
          target.write(500, Uint8Array.of(3));
          target.close();
        } catch (error) {
          expect(isHdf5Error(error)).toBe(true);
          return;
        }
        expect(onion.byteLength()).toBeLessThan(bytes.length + 20_000);
        const written = bytesOf(ORIGINAL, onion.toBytes());
        expect(written.length).toBe(501);
        expect([written[7], written[306], written[450], written[500]]).toEqual([1, 1, 0, 3]);
      }),
      { numRuns: 300 },
    );
  });

  test("is refused with settings that no onion file can have", () => {
    const refused = (settings: OnionSettings) => expect(() => next(ORIGINAL, new MemoryTarget(), settings));
    for (const pageSize of [0, 3, -4, 0.5, Number.NaN, 2 ** 32])
      refused({ pageSize }).toThrow("invalid info page size");
    refused({ comment: "x".repeat(256) }).toThrow("invalid comment");
    refused({ comment: "é".repeat(128) }).toThrow("invalid comment");
    refused({ comment: "a\0b" }).toThrow("invalid comment");
  });
});
