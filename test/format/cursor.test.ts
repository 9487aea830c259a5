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
