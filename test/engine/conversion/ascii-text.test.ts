/** Text beyond ASCII for ASCII strings, judged by Python's own words (3.11, numpy 1.24). */
import { describe, expect, test } from "vitest";
import { encodeTextIn } from "../../../src/engine/conversion/ascii-text.ts";
import { encodeElement } from "../../../src/engine/conversion/element-encoder.ts";
import { fixedString } from "../../../src/format/predefined-datatypes.ts";

const refused = (where: string) => `'ascii' codec can't encode ${where}: ordinal not in range(128)`;

describe("text of an ASCII string", () => {
  test.each([
    ["caf\u00e9", "character '\\xe9' in position 3"],
    ["a\u20ac", "character '\\u20ac' in position 1"],
    ["\u{1d11e}", "character '\\U0001d11e' in position 0"],
    ["a\u{1d11e}\u00e9 \u00e9", "characters in position 1-2"],
    ["\u{1d11e}", "character '\\U0001d11e' in position 0"],
    ["\ud800", "character '\\ud800' in position 0"],
    [`${"x".repeat(100)}\u0100`, "character '\\u0100' in position 100"],
  ])("is refused where it is none: %j", (text, where) => {
    const error = expect.objectContaining({ name: "UnicodeEncodeError", code: "conversion", message: refused(where) });
    expect(() => encodeTextIn("ascii", text)).toThrow(error);
    expect(() => encodeElement(fixedString(200, "null-pad", "ascii"), text)).toThrow(error);
  });

  test("is refused for what would be cut off, as by numpy", () => {
    const type = fixedString(3, "null-pad", "ascii");
    expect(() => encodeElement(type, "abcd\u00e9")).toThrow(refused("character '\\xe9' in position 4"));
    expect(encodeElement(type, "abcd")).toEqual(Uint8Array.of(0x61, 0x62, 0x63));
    expect(encodeElement(fixedString(3, "null-pad", "utf-8"), "abcd\u00e9")).toEqual(Uint8Array.of(0x61, 0x62, 0x63));
  });

  test("may have surrogates that stand for bytes, as it is read, and bytes are stored as they are", () => {
    expect(encodeTextIn("ascii", "a\udce9")).toEqual(Uint8Array.of(0x61, 0xe9));
    const type = fixedString(2, "null-pad", "ascii");
    expect(encodeElement(type, Uint8Array.of(0xc3, 0xa9))).toEqual(Uint8Array.of(0xc3, 0xa9));
  });
});
