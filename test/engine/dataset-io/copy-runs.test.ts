import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { copyRuns } from "../../../src/engine/dataset-io/copy-runs.ts";

describe("copying runs", () => {
  test("moves exactly the bytes of the runs, at every alignment, length and distance", () => {
    const anyCase = fc.record({
      unit: fc.constantFrom(1, 2, 4, 8),
      run: fc.integer({ min: 1, max: 120 }),
      repeat: fc.integer({ min: 1, max: 100 }),
      targetGap: fc.integer({ min: 0, max: 3 }),
      sourceGap: fc.integer({ min: 0, max: 3 }),
      targetShift: fc.integer({ min: 0, max: 9 }),
      sourceShift: fc.integer({ min: 0, max: 9 }),
    });
    fc.assert(
      fc.property(anyCase, ({ unit, run, repeat, targetGap, sourceGap, targetShift, sourceShift }) => {
        const runBytes = run * unit;
        const targetStride = runBytes + targetGap * unit;
        const sourceStride = runBytes + sourceGap * unit;
        const source = Uint8Array.from({ length: repeat * sourceStride + 20 }, (_, i) => (i * 7 + (i >> 8)) & 0xff);
        const target = new Uint8Array(repeat * targetStride + 20).fill(1);
        const expected = target.slice();
        for (let i = 0; i < repeat; i++) {
          for (let k = 0; k < runBytes; k++) {
            expected[targetShift + i * targetStride + k] = source[sourceShift + i * sourceStride + k] as number;
          }
        }
        copyRuns(target, targetShift, targetStride, source, sourceShift, sourceStride, runBytes, repeat);
        expect(Buffer.compare(target, expected)).toBe(0);
      }),
      { numRuns: 1000 },
    );
  });

  test("repeats a run that stands once", () => {
    const target = new Uint8Array(2000);
    copyRuns(target, 0, 4, Uint8Array.of(1, 2, 3, 4), 0, 0, 4, 500);
    expect(target.every((byte, i) => byte === (i % 4) + 1)).toBe(true);
  });
});
