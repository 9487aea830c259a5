import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { H5File } from "../../src/engine/h5-file.ts";
import { LivingLocalHeap } from "../../src/engine/local-heap.ts";
import { compareNames } from "../../src/engine/names.ts";
import { MemoryTarget } from "../../src/io/memory-source.ts";

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

  test("refuses offsets behind its end", () => {
    const heap = LivingLocalHeap.create(H5File.create(new MemoryTarget()).storage);
    expect(() => heap.compare("a", 5000)).toThrow(/offset 5000 in a segment of \d+ bytes/);
  });
});
