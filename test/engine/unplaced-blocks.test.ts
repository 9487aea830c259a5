/** Blocks that get their place when they are about to be written: direct and indirect blocks of fractal heaps. */
import { describe, expect, test } from "vitest";
import { UnplacedBlocks } from "../../src/engine/unplaced-blocks.ts";
import { File, type Group, SoftLink } from "../../src/index.ts";
import { MemoryTarget } from "../../src/io/index.ts";
import { overlaps, spaceProblems } from "../support/space-check.ts";

function fileOf(file: File) {
  return file.id.location().object.file;
}

function endOf(file: File): number {
  return fileOf(file).storage.allocator.endOfAllocation;
}

/** Soft links, each too long for three of them to fit one of the first direct blocks. */
function link(group: Group, from: number, to: number): void {
  for (let i = from; i < to; i++) group.set(`link ${i}`, new SoftLink("x".repeat(200)));
}

describe("blocks without a place", () => {
  test("all get one, or none", () => {
    const blocks = new UnplacedBlocks();
    const [a, b] = [blocks.add("local-heap", 10), blocks.add("local-heap", 20)] as const;
    expect(b - a).toBeGreaterThanOrEqual(10);
    const given: number[] = [];
    const storage = {
      allocate(_type: string, byteLength: number): number {
        if (byteLength === 20) throw new RangeError("full");
        given.push(byteLength);
        return 1000;
      },
      release(_type: string, address: number, byteLength: number): void {
        expect(address).toBe(1000);
        given.splice(given.indexOf(byteLength), 1);
      },
    };
    expect(() => blocks.place([a, b], storage)).toThrow("full");
    expect(given).toEqual([]);
    expect([blocks.has(a), blocks.has(b)]).toEqual([true, true]);
    expect([...blocks.place([a], storage)]).toEqual([[a, 1000]]);
    expect([blocks.has(a), blocks.has(b)]).toEqual([false, true]);
    expect([blocks.delete(b), blocks.delete(b)]).toEqual([true, false]);
  });
});

describe("a heap of links", () => {
  test("has its blocks where space was set aside for small raw data", () => {
    const file = new File(new MemoryTarget(), "w", { libver: "v110" });
    link(file, 0, 30);
    file.createDataset("data", { data: new Uint8Array(10) });
    file.flush();
    expect(fileOf(file).storage.allocator.freeBytes).toBeLessThan(1024);
    file.close();
  });

  test("takes no space for blocks that come and go between two flushes", () => {
    const file = new File(new MemoryTarget(), "w", { libver: "v110" });
    file.flush();
    const group = file.createGroup("group");
    link(group, 0, 9);
    const end = endOf(file);
    // Direct blocks of 512 bytes for three links each, and the indirect one.
    link(group, 9, 60);
    expect(endOf(file) - end).toBeLessThan(2048 + 512);
    group.id.close();
    file.delete("group");
    file.flush();
    expect(endOf(file)).toBeLessThan(2048);
    expect(spaceProblems(fileOf(file))).toEqual([]);
    file.close();
  });

  test("has its blocks where space was freed meanwhile, and grows on in the next session", () => {
    const memory = new MemoryTarget();
    const file = new File(memory, "w", { libver: "v110" });
    file.createDataset("data", { data: new Uint8Array(10) });
    link(file, 0, 30);
    file.flush();
    const size = memory.byteLength();
    const group = file.createGroup("group");
    link(group, 0, 30);
    for (let i = 0; i < 30; i++) file.delete(`link ${i}`);
    file.flush();
    // Direct blocks of eight kilobytes went, and as many came.
    expect(memory.byteLength()).toBeLessThan(size + 4096);
    expect(spaceProblems(fileOf(file))).toEqual([]);
    file.close();

    const edited = new MemoryTarget(memory.toBytes());
    const again = new File(edited, "r+");
    const more = again.get("group") as Group;
    link(more, 30, 200);
    expect([...more.keys()]).toHaveLength(200);
    again.flush();
    // What was free when the file was closed is lost.
    expect(overlaps(fileOf(again))).toEqual([]);
    again.close();
    const last = new File(edited.toBytes());
    expect([...(last.get("group") as Group).keys()].sort()).toEqual(
      Array.from({ length: 200 }, (_, i) => `link ${i}`).sort(),
    );
    last.close();
  });
});
