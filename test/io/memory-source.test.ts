import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isHdf5Error } from "../../src/base/errors.ts";
import { MemorySource, MemoryTarget } from "../../src/io/memory-source.ts";
import { thrownBy } from "./thrown.ts";

const BYTES = Uint8Array.from({ length: 100 }, (_, i) => i);

describe("bytes in memory", () => {
  test("are viewed without a copy", () => {
    const source = new MemorySource(BYTES, "a.h5");
    const view = source.view(10, 5);
    expect([...view]).toEqual([10, 11, 12, 13, 14]);
    expect(view.buffer).toBe(BYTES.buffer);
    expect(source.byteLength()).toBe(100);
  });

  test("can be part of a larger buffer, a buffer, or shared", () => {
    const part = new MemorySource(BYTES.subarray(50));
    expect([...part.view(0, 2)]).toEqual([50, 51]);
    expect(part.byteLength()).toBe(50);
    expect(new MemorySource(BYTES.slice().buffer).view(99, 1)[0]).toBe(99);
    expect(new MemorySource(new SharedArrayBuffer(8)).byteLength()).toBe(8);
  });

  test.each([
    [99, 2],
    [101, 0],
    [-1, 1],
    [Number.NaN, 1],
    [2 ** 53, 1],
    [0.5, 1],
  ])("at offset %d there are not %d of them", (offset, byteLength) => {
    const source = new MemorySource(BYTES, "a.h5");
    for (const read of [
      () => source.view(offset, byteLength),
      () => source.readInto(offset, new Uint8Array(byteLength)),
      () => new MemoryTarget(BYTES).readInto(offset, new Uint8Array(byteLength)),
    ]) {
      expect(isHdf5Error(thrownBy(read), "source")).toBe(true);
    }
  });

  test("are gone after close, but for a target's copy", () => {
    const source = new MemorySource(BYTES);
    source.close();
    source.close();
    expect(
      isHdf5Error(
        thrownBy(() => source.view(0, 1)),
        "closed",
      ),
    ).toBe(true);
    const target = new MemoryTarget(BYTES);
    target.close();
    for (const use of [
      () => target.byteLength(),
      () => target.readInto(0, new Uint8Array(1)),
      () => target.write(0, BYTES),
      () => target.truncate(0),
      () => target.sync(),
    ]) {
      expect(isHdf5Error(thrownBy(use), "closed")).toBe(true);
    }
    expect(target.toBytes()).toEqual(BYTES);
  });
});

describe("a target in memory", () => {
  test("never writes to the bytes it began with", () => {
    const first = Uint8Array.of(1, 2, 3);
    const target = new MemoryTarget(first);
    target.write(0, Uint8Array.of(9));
    expect([...first]).toEqual([1, 2, 3]);
    expect([...target.toBytes()]).toEqual([9, 2, 3]);
  });

  test("hands out a copy that later writes leave alone", () => {
    const target = new MemoryTarget();
    target.write(0, Uint8Array.of(1));
    const copy = target.toBytes();
    target.write(0, Uint8Array.of(2));
    expect([...copy]).toEqual([1]);
  });

  test("holds what a list of bytes would after the same writes and changes of size", () => {
    const step = fc.oneof(
      fc.record({ offset: fc.nat(5000), bytes: fc.uint8Array({ maxLength: 300 }) }),
      fc.record({ size: fc.nat(6000) }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), fc.array(step, { maxLength: 30 }), (first, steps) => {
        const target = new MemoryTarget(first);
        let model = [...first];
        for (const step of steps) {
          if ("size" in step) {
            target.truncate(step.size);
            model = Array.from({ length: step.size }, (_, i) => model[i] ?? 0);
          } else if (step.bytes.length > 0) {
            target.write(step.offset, step.bytes);
            const size = Math.max(model.length, step.offset + step.bytes.length);
            model = Array.from({ length: size }, (_, i) => step.bytes[i - step.offset] ?? model[i] ?? 0);
          }
        }
        expect(target.byteLength()).toBe(model.length);
        expect(target.toBytes()).toEqual(Uint8Array.from(model));
        const read = new Uint8Array(model.length);
        target.readInto(0, read);
        expect(read).toEqual(Uint8Array.from(model));
      }),
    );
  });

  test("grows by appending in time that does not depend on its size", () => {
    const target = new MemoryTarget();
    const piece = new Uint8Array(64).fill(7);
    for (let offset = 0; offset < 16 << 20; offset += 64) target.write(offset, piece);
    expect(target.byteLength()).toBe(16 << 20);
  });

  test("says so when it would not fit into memory", () => {
    const error = thrownBy(() => new MemoryTarget().write(2 ** 52, Uint8Array.of(1)));
    expect(isHdf5Error(error, "source")).toBe(true);
    expect(String(error)).toContain("does not fit into memory");
    expect(
      isHdf5Error(
        thrownBy(() => new MemoryTarget().truncate(-1)),
        "source",
      ),
    ).toBe(true);
  });
});

test("a large file that is cut to little keeps what is left, and grows by zeros", () => {
  const target = new MemoryTarget();
  target.write(0, new Uint8Array(5 << 20).fill(7));
  target.truncate(1000);
  target.truncate(1100);
  expect(target.toBytes()).toEqual(Uint8Array.from({ length: 1100 }, (_, i) => (i < 1000 ? 7 : 0)));
  target.truncate(3 << 20);
  const bytes = target.toBytes();
  expect([bytes.length, bytes.indexOf(0), bytes.lastIndexOf(7)]).toEqual([3 << 20, 1000, 999]);
  target.write(2 << 20, Uint8Array.of(9));
  target.truncate((2 << 20) + 1);
  expect(target.toBytes().at(-1)).toBe(9);
});
