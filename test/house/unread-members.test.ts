import { describe, expect, test } from "vitest";
import { unreadNames, withoutUnread } from "../../scripts/shaking/unread-members.mjs";

const INNER = ["kept", "taken", "assigned", "counted", "unread", "lonely", "set"];

const left = (text: string, others: readonly string[] = []): string =>
  withoutUnread(text, unreadNames([text, ...others], INNER));

describe("members that are set and never read", () => {
  test("go from literals, however the others are asked for", () => {
    const made = "const made = { kept: 1, unread: 2, taken, lonely, counted: 3, assigned: 4, outer: 5 };";
    const others = ["made.kept; const { taken: mine } = made;", "({ assigned } = made);", "made.counted++;"];
    expect(left(made, others)).toBe("const made = { kept: 1, taken, counted: 3, assigned: 4, outer: 5 };");
  });

  test("go although they are set later, too, and what types say of them does not count", () => {
    expect(left("interface Made { unread: number } const made = { unread: 1 }; made.unread = 2;")).toBe(
      "interface Made { unread: number } const made = { }; made.unread = 2;",
    );
  });

  test("stay where their value is made by a call, an access or an assignment", () => {
    const text = "const made = { unread: make(), lonely: other.kept, set: (count = 1) };";
    expect(left(text)).toBe(text);
  });
});
