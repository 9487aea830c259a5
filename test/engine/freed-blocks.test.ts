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

/** A dataset two of whose three chunks have one place. */
function damagedFile(): Uint8Array {
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
  return bytes;
}

describe("a damaged dataset", () => {
  test("is not deleted, and stays as it is", () => {
    const file = new File(new MemoryTarget(damagedFile()), "r+");
    for (let i = 0; i < 2; i++) expect(() => file.delete("d")).toThrow("told twice");
    expect(file.getDataset("d").read([250])).toBe(250);
    file.close();
  });

  test.each(["before the flush", "with the file"])(
    "that is held when its link goes, and let go of %s, does not keep others from being written",
    (when) => {
      const target = new MemoryTarget(damagedFile());
      const file = new File(target, "r+");
      const dataset = file.getDataset("d");
      dataset.read([0]);
      file.delete("d");
      file.createDataset("new", { data: [1, 2, 3] });
      if (when === "before the flush") expect(() => dataset.id.close()).toThrow("told twice");
      file.flush();
      // Whoever lets go of it is told, and the file is closed all the same.
      if (when === "with the file") expect(() => file.close()).toThrow("told twice");
      else file.close();
      using again = new File(new MemoryTarget(target.toBytes()), "r");
      expect([...again.keys()]).toEqual(["new"]);
    },
  );
});
