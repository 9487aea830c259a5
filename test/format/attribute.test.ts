import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEFAULT_WIDTHS } from "../../src/base/address.ts";
import { Writer } from "../../src/base/writer.ts";
import {
  type AttributeMessage,
  decodeAttribute,
  encodeAttribute,
  sizeOfAttribute,
} from "../../src/format/attribute.ts";
import { anyAttribute, anyWidths, cursorOver, fromHex } from "./header-messages.ts";

function decode(hex: string): AttributeMessage {
  return decodeAttribute(cursorOver(fromHex(hex), "Attribute message", DEFAULT_WIDTHS));
}

/** One byte, unsigned. */
const TYPE = "10000000 01000000 0000 0800";
const SCALAR = "01000000 00000000";

describe("attribute message", () => {
  test("has the size it is written with", () => {
    fc.assert(
      fc.property(anyAttribute, anyWidths, (attribute, widths) => {
        const writer = new Writer(widths);
        encodeAttribute(writer, attribute);
        expect(sizeOfAttribute(attribute, widths)).toBe(writer.position);
      }),
    );
  });

  test("of version 1 pads name, type and space to 8 and leaves the padding of the message in the data", () => {
    const attribute = decode(`01 00 0200 0c00 0800 6100000000000000 ${TYPE}00000000 ${SCALAR} 07 00000000000000`);
    expect(attribute).toMatchObject({ version: 1, name: "a", characterSet: "ascii" });
    expect(attribute.datatype).toMatchObject({ shared: false, value: { class: "fixed-point", size: 1 } });
    expect(attribute.dataspace).toMatchObject({ shared: false, value: { kind: "scalar" } });
    expect(attribute.data).toEqual(fromHex("0700000000000000"));
  });

  test("of version 3 says where its shared type is", () => {
    const attribute = decode(`03 01 0300 0a00 0400 01 c3a400 0202 8877665544331100 02000000 07`);
    expect(attribute).toMatchObject({
      name: "ä",
      characterSet: "utf-8",
      datatype: { shared: true, location: { kind: "committed", version: 2, objectHeaderAddress: 0x11334455667788 } },
      data: fromHex("07"),
    });
  });

  test("is a view of the bytes it is decoded from", () => {
    const bytes = fromHex(`02 00 0200 0c00 0800 6100 ${TYPE} ${SCALAR} 07`);
    const attribute = decodeAttribute(cursorOver(bytes, "Attribute message", DEFAULT_WIDTHS));
    expect(attribute.data.buffer).toBe(bytes.buffer);
  });

  test("names what contradicts the specification", () => {
    expect(() => decode(`02 00 0400 0c00 0800 61006100`)).toThrow('field "Name": the NUL is not byte 4 of 4');
    expect(() => decode(`02 00 0200 0c00 0800 6161`)).toThrow('field "Name": no NUL before the end');
    expect(() => decode(`02 04 0200 0c00 0800 6100`)).toThrow('field "Flags": unknown bits in 0x4');
    expect(() => decode(`03 00 0200 0c00 0800 02 6100`)).toThrow('field "Name Character Set Encoding"');
    expect(() => decode(`02 00 0200 0400 0800 6100 ${TYPE} ${SCALAR} 07`)).toThrow("Attribute message, Datatype");
  });

  test("refuses to write what its version cannot say", () => {
    const plain = decode(`02 00 0200 0c00 0800 6100 ${TYPE} ${SCALAR} 07`);
    const shared = decode(`03 01 0300 0a00 0400 01 c3a400 0202 8877665544331100 02000000 07`);
    const write = (attribute: AttributeMessage) => () => encodeAttribute(new Writer(), attribute);
    expect(write({ ...plain, characterSet: "utf-8" })).toThrow(RangeError);
    expect(write({ ...shared, version: 1 })).toThrow(RangeError);
    expect(write({ ...plain, name: "n".repeat(65535) })).toThrow(RangeError);
  });
});
