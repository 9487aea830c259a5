import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Writer } from "../../src/base/writer.ts";
import { decodeSharedMessage, encodeSharedMessage, sizeOfSharedMessage } from "../../src/format/shared-message.ts";
import { anySharedMessage, anyWidths, cursorOver, fromHex, toHex } from "./header-messages.ts";

const WIDTHS = { sizeOfOffsets: 4, sizeOfLengths: 2 };

function decode(hex: string) {
  return decodeSharedMessage(cursorOver(fromHex(hex), "Datatype message", WIDTHS));
}

describe("shared message form", () => {
  test("has the size it is written with", () => {
    fc.assert(
      fc.property(anySharedMessage, anyWidths, (location, widths) => {
        const writer = new Writer(widths);
        encodeSharedMessage(writer, location);
        expect(sizeOfSharedMessage(location, widths)).toBe(writer.position);
        expect(decodeSharedMessage(cursorOver(writer.toBytes(), "Message", widths))).toEqual(location);
      }),
    );
  });

  test("of version 1 has Size of Lengths bytes before the address", () => {
    const location = { kind: "committed", version: 1, objectHeaderAddress: 0x11223344 } as const;
    const hex = "01 00 000000000000 0000 44332211";
    expect(decode(hex)).toEqual(location);
    const writer = new Writer(WIDTHS);
    encodeSharedMessage(writer, location);
    expect(toHex(writer.toBytes())).toBe(hex.replaceAll(" ", ""));
  });

  test("of version 2 is committed whatever its type says", () => {
    expect(decode("02 00 44332211")).toEqual({ kind: "committed", version: 2, objectHeaderAddress: 0x11223344 });
  });

  test("of version 3 is in the heap or committed", () => {
    expect(decode("03 01 0102030405060708")).toEqual({ kind: "heap", version: 3, heapId: fromHex("0102030405060708") });
    expect(decode("03 02 44332211")).toEqual({ kind: "committed", version: 3, objectHeaderAddress: 0x11223344 });
    expect(() => decode("03 03 44332211")).toThrow(
      'Datatype message, field "Shared Message Type": expected 1 (shared heap) or 2 (committed), found 3',
    );
  });
});
