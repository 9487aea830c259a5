import { describe, expect, test } from "vitest";
import { writeOrRestore } from "../../src/engine/write-out.ts";
import { FaultyTarget, MemoryTarget } from "../../src/io/index.ts";

const OLD_END = 40;
const piece = (address: number, byteLength: number) => ({
  address,
  bytes: new Uint8Array(byteLength).fill(0xee),
});

/** Within the file, up to its end, beyond it, behind it, and one over another. */
const PIECES = [piece(4, 8), piece(OLD_END - 6, 6), piece(OLD_END - 3, 9), piece(50, 4), piece(6, 12)];

describe("structures that are written as a whole or not at all", () => {
  const run = (faults: { readonly failedWrite?: number }, isEncodingFailing = false) => {
    const old = Uint8Array.from({ length: OLD_END }, (_, i) => i);
    const memory = new MemoryTarget(old);
    const target = new FaultyTarget(memory, faults);
    const write = () =>
      writeOrRestore(
        {
          target,
          baseAddress: 0,
          writeStructures: (write) => {
            for (const { address, bytes } of PIECES) write(address, bytes);
            if (isEncodingFailing) throw new Error("no bytes");
          },
          newEnds: [54],
          writeSuperblock: (write) => write(0, Uint8Array.of(0xff, 0xff)),
        },
        () => OLD_END,
      );
    return { old, memory, target, write };
  };

  test("leave every byte and the size of the file as they were, whichever write fails", () => {
    const rehearsal = run({});
    rehearsal.write();
    expect(rehearsal.memory.toBytes().slice(0, 2)).toEqual(Uint8Array.of(0xff, 0xff));
    const { writes } = rehearsal.target;
    expect(writes).toBeGreaterThan(5);
    for (let failedWrite = 1; failedWrite <= writes; failedWrite++) {
      const { old, memory, write } = run({ failedWrite });
      expect(write).toThrow();
      expect(memory.toBytes()).toEqual(old);
    }
  });

  test("are undone when one of them cannot be encoded", () => {
    const { old, memory, write } = run({}, true);
    expect(write).toThrow("no bytes");
    expect(memory.toBytes()).toEqual(old);
  });
});
