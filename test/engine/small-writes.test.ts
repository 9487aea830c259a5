import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SmallWrites } from "../../src/engine/small-writes.ts";

const SIZE = 1 << 15;

describe("small pieces of raw data", () => {
  const pieces = fc.array(
    fc.record({
      gap: fc.constantFrom(0, 0, 0, 8, 4096),
      byteLength: fc.constantFrom(1, 80, 1000, 1024, 1025, 9000),
      flush: fc.boolean(),
    }),
    { maxLength: 40 },
  );

  test("reach the file as if each had been written by itself, in as many writes at most", () => {
    fc.assert(
      fc.property(pieces, (list) => {
        const expected = new Uint8Array(SIZE);
        const file = new Uint8Array(SIZE);
        let writes = 0;
        const small = new SmallWrites((address, bytes) => {
          writes++;
          file.set(bytes, address);
        });
        let address = 0;
        list.forEach(({ gap, byteLength, flush }, i) => {
          address = (address + gap) % (SIZE - 9000);
          const bytes = new Uint8Array(byteLength).fill(i + 1);
          expected.set(bytes, address);
          if (!small.hold(address, bytes)) {
            writes++;
            file.set(bytes, address);
          }
          address += byteLength;
          if (flush) small.flush();
        });
        small.flush();
        expect(Buffer.compare(file, expected)).toBe(0);
        expect(writes).toBeLessThanOrEqual(list.length);
      }),
      { numRuns: 60 },
    );
  });

  test("that follow each other are one write", () => {
    const written: [number, number][] = [];
    const small = new SmallWrites((address, bytes) => written.push([address, bytes.length]));
    for (let i = 0; i < 25; i++) small.hold(2048 + 80 * i, new Uint8Array(80));
    small.hold(100, new Uint8Array(8));
    small.flush();
    expect(written).toEqual([
      [2048, 2000],
      [100, 8],
    ]);
  });

  test("stay held back when somebody reads elsewhere", () => {
    const written: number[] = [];
    const small = new SmallWrites((address) => written.push(address));
    small.hold(100, new Uint8Array(8));
    small.flushWithin(92, 8);
    small.flushWithin(108, 1000);
    expect(written).toEqual([]);
    small.flushWithin(107, 1);
    expect(written).toEqual([100]);
    small.hold(108, new Uint8Array(8));
    small.flushWithin(0, 109);
    expect(written).toEqual([100, 108]);
  });

  test("stay held back when their write fails", () => {
    let full = true;
    const written: number[] = [];
    const small = new SmallWrites((address) => {
      if (full) throw new Error("no space left on device");
      written.push(address);
    });
    small.hold(8, new Uint8Array(8));
    expect(() => small.flush()).toThrow("no space");
    full = false;
    small.flush();
    expect(written).toEqual([8]);
  });

  test("that were refused are kept as they were then, and go before all others", () => {
    const written: string[] = [];
    let isFull = true;
    const small = new SmallWrites((address, bytes) => {
      if (isFull) throw new Error("full");
      written.push(`${address}: ${bytes.join()}`);
    });
    small.hold(0, Uint8Array.of(1, 2));
    const buffer = Uint8Array.of(3, 4);
    small.keep(9, buffer);
    // Whoever wrote it uses its buffer for something else.
    buffer.fill(0);
    expect(() => small.hold(20, Uint8Array.of(5))).toThrow("full");
    isFull = false;
    small.hold(20, Uint8Array.of(5));
    small.flush();
    expect(written).toEqual(["0: 1,2", "9: 3,4", "20: 5"]);
  });
});
