import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Cursor } from "../../src/base/cursor.ts";
import { LimitError } from "../../src/base/errors.ts";

function cursorOver(...bytes: number[]): Cursor {
  return new Cursor(Uint8Array.from(bytes), { structure: "Structure", address: 96 });
}

describe("fields that a cursor checks", () => {
  test("flags are known ones", () => {
    expect(cursorOver(5).flags(7)).toBe(5);
    expect(cursorOver(1).flags(3, "Flags", 2)).toBe(2);
    expect(() => cursorOver(5).flags(4)).toThrow('Structure at address 96, field "Flags": unknown bits in 0x5');
  });

  test("codes have a meaning", () => {
    const kinds = ["a", "b"] as const;
    expect(cursorOver(1).oneOf(kinds, "Kind")).toBe("b");
    expect(cursorOver().oneOf(kinds, "Kind", 3, 2)).toBe("b");
    expect(() => cursorOver(2).oneOf(kinds, "Kind")).toThrow('field "Kind": expected 0 to 1, found 2');
    expect(() => cursorOver().oneOf(kinds, "Kind", 1, 2)).toThrow('field "Kind": expected 2 to 3, found 1');
    expect(() => cursorOver().oneOf(kinds, "Kind")).toThrow('field "Kind": needs 1 bytes, 0 left');
  });

  test("numbers are within what is allowed, both ends included", () => {
    expect([cursorOver(1).within(1, 3, "Rank"), cursorOver(3).within(1, 3, "Rank")]).toEqual([1, 3]);
    expect(() => cursorOver(0).within(1, 3, "Rank")).toThrow('field "Rank": expected 1 to 3, found 0');
    expect(() => cursorOver().within(1, 3, "Rank", 4)).toThrow('field "Rank": expected 1 to 3, found 4');
  });

  test("addresses are defined and lengths finite where they must be", () => {
    const ones = new Array<number>(8).fill(255);
    expect(cursorOver(7, 0, 0, 0, 0, 0, 0, 0).definedAddress("Address")).toBe(7);
    expect(cursorOver(7, 0, 0, 0, 0, 0, 0, 0).finiteLength("Length")).toBe(7);
    expect(() => cursorOver(...ones).definedAddress("Address")).toThrow('field "Address": is undefined');
    expect(() => cursorOver(...ones).finiteLength("Length")).toThrow('field "Length": all bits are one');
  });

  test("errors carry where they are", () => {
    expect(cursorOver().error("is wrong", "Field")).toMatchObject({
      message: 'Structure at address 96, field "Field": is wrong',
      code: "format",
      structure: "Structure",
      address: 96,
      field: "Field",
    });
    expect(() => cursorOver().count(2 ** 30, 1, "Entries")).toThrow(LimitError);
    expect(() => cursorOver().count(2 ** 30, 1, "Entries")).toThrow(
      expect.objectContaining({ code: "limit", structure: "Structure", address: 96, field: "Entries" }),
    );
  });
});

test("addresses in a row are what they are one by one, or wrong in the same words", () => {
  const byte = fc.oneof({ weight: 2, arbitrary: fc.constantFrom(0, 255) }, fc.nat({ max: 255 }));
  const stored = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.tuple(fc.maxSafeNat(), fc.nat({ max: 5 })).map(([n, k]) => bytesOf(Math.floor(n / 256 ** k))),
    },
    fc.constant(Array<number>(8).fill(255)),
    fc.array(byte, { minLength: 8, maxLength: 8 }),
  );
  const far = [{ stored: 2n ** 40n, address: 2 ** 50 }];
  const widths = fc.record({
    sizeOfOffsets: fc.constantFrom(8, 8, 4, 2),
    farAddresses: fc.constantFrom(undefined, undefined, far),
  });
  const outcomeOf = (read: () => unknown) => {
    try {
      return read();
    } catch (error) {
      return String(error);
    }
  };
  fc.assert(
    fc.property(fc.array(stored, { maxLength: 6 }), fc.nat({ max: 3 }), widths, (all, missing, own) => {
      const bytes = Uint8Array.from(all.flat().slice(0, Math.max(0, 8 * all.length - missing)));
      const cursor = () => new Cursor(bytes, { structure: "Structure", widths: { ...own, sizeOfLengths: 8 } });
      const [alone, together] = [cursor(), cursor()];
      const expected = outcomeOf(() => all.map(() => alone.addressValue("Address")));
      expect(
        outcomeOf(() =>
          together.addressValues(
            all.map(() => -1),
            "Address",
          ),
        ),
      ).toEqual(expected);
      expect(together.position).toBe(alone.position);
    }),
    { numRuns: 500 },
  );
});

function bytesOf(value: number): number[] {
  return Array.from({ length: 8 }, (_, i) => Math.floor(value / 256 ** i) % 256);
}
