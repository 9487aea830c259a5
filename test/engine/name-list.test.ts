import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeUtf8 } from "../../src/base/text.ts";
import { NameList } from "../../src/engine/name-list.ts";
import { compareNames } from "../../src/engine/names.ts";

function listOf(names: readonly string[]): NameList {
  const list = new NameList();
  for (const name of names) {
    const bytes = encodeUtf8(name);
    list.add(bytes, 0, bytes.length);
  }
  return list;
}

const anyCharacter = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("a", "b", "c", "0", "1") },
  { weight: 1, arbitrary: fc.constantFrom("\ud7ff", "\ue000", "\uffff", "\u{10000}", "\u{10ffff}", "\udc80", "é") },
);
const anyName = fc.oneof(
  fc.string({ unit: anyCharacter, minLength: 1, maxLength: 40 }),
  fc.nat(99_999).map((i) => `dataset ${String(i).padStart(5, "0")}`),
  fc.string({ minLength: 1, maxLength: 6 }).filter((name) => !name.includes("\0")),
);

describe("a list of names", () => {
  test("sorts them by their bytes, also such that have much in common or are the same", () => {
    const names = fc.array(anyName, { maxLength: 400, size: "max" });
    fc.assert(
      fc.property(names, fc.string({ maxLength: 30 }), (list, prefix) => {
        const all = list.map((name) => prefix.replaceAll("\0", "") + name);
        expect(listOf(all).sorted()).toEqual([...all].sort(compareNames));
      }),
      { numRuns: 60 },
    );
  });

  test("sorts names each of which begins with the one before", () => {
    const names = Array.from({ length: 600 }, (_, i) => "a".repeat(i + 1));
    expect(listOf(names.toReversed()).sorted()).toEqual(names);
  });

  test("decodes thousands, some of which are not ASCII", () => {
    const names = Array.from({ length: 5000 }, (_, i) => (i % 1700 === 3 ? `é${i}` : `name ${i}`));
    expect(listOf(names).sorted()).toEqual([...names].sort(compareNames));
  });

  test("gives them in the order of other keys", () => {
    expect(listOf(["b", "a", "c"]).sortedBy([2, 3, 1])).toEqual(["c", "b", "a"]);
  });

  test("ends a name at its first NUL", () => {
    const list = new NameList();
    list.add(Uint8Array.of(0x61, 0x62, 0, 0x63), 0, 4);
    expect(list.sorted()).toEqual(["ab"]);
  });
});
