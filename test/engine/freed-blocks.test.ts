import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FreedBlocks } from "../../src/engine/freed-blocks.ts";
import { File } from "../../src/index.ts";
import { MemoryTarget } from "../../src/io/memory-source.ts";

/** Space of which everything is used, and what is asked of it. */
function fullSpace() {
  const asked: (readonly [number, number])[] = [];
  const released: (readonly [number, number])[] = [];
  return {
    asked,
    released,
    forget() {},
    requireUsed: (address: number, byteLength: number) => void asked.push([address, byteLength]),
    release: (_: string, address: number, byteLength: number) => void released.push([address, byteLength]),
  };
}

const anyBlocks = fc.array(fc.tuple(fc.nat(60), fc.nat(6)), { maxLength: 12 });

describe("blocks that are to be freed", () => {
  test("are refused when two of them share a byte, and else asked for and freed, each byte once", () => {
    fc.assert(
      fc.property(anyBlocks, (blocks) => {
        const space = fullSpace();
        const freed = new FreedBlocks(space);
        for (const [address, byteLength] of blocks) freed.add("draw", address, byteLength);
        const bytes = blocks.flatMap(([address, byteLength]) =>
          Array.from({ length: byteLength }, (_, i) => address + i),
        );
        if (new Set(bytes).size < bytes.length) {
          expect(() => freed.check()).toThrow("told twice");
          return;
        }
        freed.check();
        freed.commit();
        const of = (runs: readonly (readonly [number, number])[]) =>
          runs.flatMap(([address, byteLength]) => Array.from({ length: byteLength }, (_, i) => address + i));
        const inOrder = bytes.toSorted((a, b) => a - b);
        expect(of(space.asked).toSorted((a, b) => a - b)).toEqual(inOrder);
        expect(of(space.released).toSorted((a, b) => a - b)).toEqual(inOrder);
      }),
    );
  });
});

test("a dataset two of whose chunks have one place is not deleted, and stays as it is", () => {
  const target = new MemoryTarget();
  const made = new File(target, "w");
  const values = Float64Array.from({ length: 300 }, (_, i) => i);
  const { id } = made.createDataset("d", { data: values, chunks: [100] });
  const [first, second] = [0, 1].map((i) => id.getChunkInfo(i).byteOffset as number) as [number, number];
  made.close();
  const bytes = target.toBytes();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pointer = Array.from({ length: bytes.length - 7 }, (_, i) => i).find(
    (at) => view.getBigUint64(at, true) === BigInt(second),
  );
  view.setBigUint64(pointer as number, BigInt(first), true);
  const file = new File(new MemoryTarget(bytes), "r+");
  for (let i = 0; i < 2; i++) expect(() => file.delete("d")).toThrow("told twice");
  expect(file.getDataset("d").read([250])).toBe(250);
  file.close();
});
