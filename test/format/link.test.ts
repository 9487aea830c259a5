import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEFAULT_WIDTHS } from "../../src/base/address.ts";
import { HDF5Error } from "../../src/base/errors.ts";
import { Writer } from "../../src/base/writer.ts";
import {
  decodeLink,
  decodeLinkHead,
  encodeLink,
  type Link,
  type LinkHead,
  plainLinkHeadBytes,
  sizeOfLink,
} from "../../src/format/link.ts";
import { anyLink, anyWidths, cursorOver, fromHex, toHex } from "./header-messages.ts";

function decode(hex: string): Link {
  return decodeLink(cursorOver(fromHex(hex), "Link message", DEFAULT_WIDTHS));
}

function encode(link: Link): string {
  const writer = new Writer();
  encodeLink(writer, link);
  return toHex(writer.toBytes());
}

const ADDRESS = "8877665544331100";

describe("link message", () => {
  test("has the size it is written with", () => {
    fc.assert(
      fc.property(anyLink, anyWidths, (link, widths) => {
        const writer = new Writer(widths);
        encodeLink(writer, link);
        expect(sizeOfLink(link, widths)).toBe(writer.position);
      }),
    );
  });

  test("of a hard link stores neither type nor ASCII", () => {
    const link: Link = {
      name: "ab",
      characterSet: "ascii",
      creationOrder: undefined,
      target: { kind: "hard", objectHeaderAddress: 0x11334455667788 },
    };
    expect(decode(`01 00 02 6162 ${ADDRESS}`)).toEqual(link);
    expect(encode(link)).toBe(`0100026162${ADDRESS}`);
    expect(decode(`01 18 00 00 02 6162 ${ADDRESS}`)).toEqual(link);
  });

  test("is read the short way where it is plain, and nowhere else", () => {
    fc.assert(
      fc.property(anyLink, fc.nat({ max: 9 }), fc.nat({ max: 255 }), (link, at, byte) => {
        const bytes = fromHex(`ffff${encode(link)}`);
        if (at < 8) bytes[2 + at] = byte;
        const cursor = cursorOver(bytes.subarray(2), "Link message", DEFAULT_WIDTHS);
        const headBytes = plainLinkHeadBytes(bytes, 2, bytes.length);
        let head: LinkHead | undefined;
        try {
          head = decodeLinkHead(cursor);
        } catch (error) {
          if (!(error instanceof HDF5Error)) throw error;
        }
        const isPlain = head?.linkType === 0 && ((bytes[3] as number) & ~0x10) === 0;
        if (!isPlain) expect(headBytes).toBe(0);
        else expect([headBytes + 1, bytes[2 + headBytes]]).toEqual([cursor.position, head?.nameLength]);
      }),
      { numRuns: 500 },
    );
    expect(plainLinkHeadBytes(fromHex("0100026162"), 0, 4)).toBe(0);
    expect(plainLinkHeadBytes(fromHex("0100026162"), 0, 5)).toBe(2);
    expect(plainLinkHeadBytes(fromHex("0100020062"), 0, 5)).toBe(0);
  });

  test("has a signed creation order", () => {
    const link = decode(`01 04 feffffffffffffff 01 61 ${ADDRESS}`);
    expect(link.creationOrder).toBe(-2);
    expect(encode(link)).toBe(`0104feffffffffffffff0161${ADDRESS}`);
    expect(() => decode(`01 04 0000000000002000 01 61 ${ADDRESS}`)).toThrow('field "Creation Order"');
  });

  test("widens the name's length as the name needs", () => {
    const link = decode(`01 00 01 61 ${ADDRESS}`);
    expect(encode({ ...link, name: "n".repeat(255) }).slice(0, 8)).toBe("0100ff6e");
    expect(encode({ ...link, name: "n".repeat(256) }).slice(0, 10)).toBe("010100016e");
    expect(encode({ ...link, name: "n".repeat(65536) }).slice(0, 14)).toBe("0102000001006e");
  });

  test("keeps a name that is not UTF-8", () => {
    const link = decode(`01 00 02 ff61 ${ADDRESS}`);
    expect(link.name).toBe("\udcffa");
    expect(encode(link)).toBe(`010002ff61${ADDRESS}`);
  });

  test("of an external link holds file and path after a zero byte", () => {
    expect(decode("01 08 40 01 61 0600 00 6600 2f7000").target).toEqual({ kind: "external", file: "f", path: "/p" });
    expect(() => decode("01 08 40 01 61 0500 10 6600 7000")).toThrow(
      'field "External Link Version and Flags": expected 0, found 16',
    );
    expect(() => decode("01 08 40 01 61 0300 00 6600")).toThrow('field "External Link Object Path"');
  });

  test("names what contradicts the specification", () => {
    expect(() => decode(`01 00 00 ${ADDRESS}`)).toThrow('field "Link Name": the name is empty');
    expect(() => decode("01 20 01 61")).toThrow('field "Flags": unknown bits in 0x20');
    expect(() => decode("01 08 02 01 61")).toThrow('field "Link Type": 2 is reserved');
    expect(() => decode("01 08 01 01 61 0000")).toThrow('field "Soft Link Value": the path is empty');
    expect(() => decode("01 10 02 01 61")).toThrow('field "Link Name Character Set": expected 0 to 1, found 2');
    expect(() => decode("01 03 ffffff0000000000 61")).toThrow('field "Link Name": needs 16777215 bytes, 1 left');
  });
});
