import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { H5File } from "../../src/engine/h5-file.ts";
import { LivingLocalHeap } from "../../src/engine/local-heap.ts";
import { compareNames } from "../../src/engine/names.ts";
import { MemorySource, MemoryTarget } from "../../src/io/memory-source.ts";

const anyName = fc.oneof(
  fc.string({ unit: fc.constantFrom("a", "b", "\u007f"), minLength: 1, maxLength: 4 }),
  fc.string({ unit: fc.constantFrom("a", "é", "𐀀", "\uffff", "\udc80"), minLength: 1, maxLength: 4 }),
);

describe("local heap", () => {
  test("compares a name with a text as if the text were decoded", () => {
    const file = H5File.create(new MemoryTarget());
    fc.assert(
      fc.property(anyName, anyName, (name, text) => {
        const heap = LivingLocalHeap.create(file.storage);
        const offset = heap.insert(text);
        expect(Math.sign(heap.compare(name, offset))).toBe(Math.sign(compareNames(name, text)));
        expect(heap.compare(heap.name(offset), offset)).toBe(0);
      }),
    );
  });

  test("finds no text in a name with a NUL", () => {
    const heap = LivingLocalHeap.create(H5File.create(new MemoryTarget()).storage);
    const offset = heap.insert("ab");
    for (const name of ["ab\0", "ab\0\0\0", "ab\0c"]) expect(heap.compare(name, offset)).toBeGreaterThan(0);
    expect(heap.compare("a\0", offset)).toBeLessThan(0);
  });

  test("made for texts has just their room, and more when another one comes", () => {
    const file = H5File.create(new MemoryTarget());
    const [heap, offsets] = LivingLocalHeap.createFor(file.storage, ["raw.bin", "é", ""]);
    expect(heap.header.dataSegmentSize).toBe(8 + 8 + 8 + 8);
    expect(offsets.map((offset) => heap.name(offset))).toEqual(["raw.bin", "é", ""]);
    const another = heap.insert("another one");
    expect([...offsets, another].map((offset) => heap.name(offset))).toEqual(["raw.bin", "é", "", "another one"]);
    file.flush();
    expect(LivingLocalHeap.open(file.storage, heap.address).name(another)).toBe("another one");
  });

  test("keeps its names while others come and go, and all of its space is its own", () => {
    const step = fc.oneof(
      fc.record({ name: fc.string({ unit: fc.constantFrom("a", "b"), minLength: 1, maxLength: 60 }) }),
      fc.record({ remove: fc.nat() }),
      fc.record({ remove: fc.nat() }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.array(step, { maxLength: 60 }), (before, behind) => {
        const target = new MemoryTarget();
        const file = H5File.create(target);
        const { allocator } = file.storage;
        const used = () => allocator.endOfAllocation - allocator.freeBytes - allocator.pendingBytes;
        file.flush();
        const usedByOthers = used();
        const heap = LivingLocalHeap.create(file.storage);
        const names = new Map<number, string>();
        const run = (steps: typeof before) => {
          for (const each of steps) {
            if ("name" in each) {
              names.set(heap.insert(each.name), each.name);
            } else if (names.size > 0) {
              const [offset] = [...names][each.remove % names.size] as [number, string];
              heap.remove(offset);
              names.delete(offset);
            }
          }
          file.flush();
          const { dataSegmentSize } = heap.header;
          expect(used() - usedByOthers).toBe(32 + dataSegmentSize);
          const again = H5File.open(new MemorySource(target.toBytes()));
          const opened = LivingLocalHeap.open(again.storage, heap.address);
          for (const [offset, name] of names) expect([heap.name(offset), opened.name(offset)]).toEqual([name, name]);
        };
        run(before);
        run(behind);
      }),
    );
  });

  test.each([
    { what: "all of the last free block goes", lengths: [15, 15, 15, 15, 15, 15], gone: [1, 5], bytes: 88, next: 24 },
    { what: "too small a rest goes with it", lengths: [15, 15, 15, 15, 7], gone: [0], bytes: 80, next: 8 },
  ])("is cut where names are free elsewhere: $what", ({ lengths, gone, bytes, next }) => {
    const target = new MemoryTarget();
    const file = H5File.create(target);
    const heap = LivingLocalHeap.create(file.storage);
    const names = lengths.map((length, i) => String(i).repeat(length));
    const offsets = names.map((name) => heap.insert(name));
    for (const i of gone) heap.remove(offsets[i] as number);
    expect(heap.header.dataSegmentSize).toBe(bytes);
    file.flush();
    const again = H5File.open(new MemoryTarget(target.toBytes()), { writable: true });
    const opened = LivingLocalHeap.open(again.storage, heap.address);
    names.forEach((name, i) => {
      if (!gone.includes(i)) expect(opened.name(offsets[i] as number)).toBe(name);
    });
    const name = "x".repeat(15);
    expect([opened.insert(name), opened.insert(name)]).toEqual([next, bytes]);
    expect([opened.name(next), opened.name(bytes)]).toEqual([name, name]);
  });

  // As h5py's files have it after the same.
  test.each([
    { kept: 0, bytes: 88 },
    { kept: 1, bytes: 88 },
    { kept: 4, bytes: 176 },
    { kept: 500, bytes: 22_528 },
  ])("ends where the last of $kept names does, of 1000 that were there", ({ kept, bytes }) => {
    const heap = LivingLocalHeap.create(H5File.create(new MemoryTarget()).storage);
    const offsets = Array.from({ length: 1000 }, (_, i) => heap.insert(`name ${String(i).padStart(6, "0")} and more`));
    expect(heap.header.dataSegmentSize).toBe(45_056);
    for (const offset of offsets.slice(kept).reverse()) heap.remove(offset);
    expect(heap.header.dataSegmentSize).toBe(bytes);
  });

  test("refuses offsets behind its end", () => {
    const heap = LivingLocalHeap.create(H5File.create(new MemoryTarget()).storage);
    expect(() => heap.compare("a", 5000)).toThrow(/offset 5000 in a segment of \d+ bytes/);
  });
});
