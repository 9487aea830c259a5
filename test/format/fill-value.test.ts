import { describe, expect, test } from "vitest";
import { DEFAULT_WIDTHS } from "../../src/base/address.ts";
import { Writer } from "../../src/base/writer.ts";
import {
  decodeFillValue,
  decodeFillValueOld,
  encodeFillValue,
  encodeFillValueOld,
  type FillValue,
  sizeOfFillValue,
  sizeOfFillValueOld,
} from "../../src/format/fill-value.ts";
import { cursorOver, fromHex, toHex } from "./header-messages.ts";

function decode(hex: string): FillValue {
  return decodeFillValue(cursorOver(fromHex(hex), "Fill value message", DEFAULT_WIDTHS));
}

function encode(fill: FillValue): string {
  const writer = new Writer();
  encodeFillValue(writer, fill);
  expect(sizeOfFillValue(fill)).toBe(writer.position);
  return toHex(writer.toBytes());
}

describe("fill value message", () => {
  test("of size 0 stands for the default, zeros", () => {
    expect(decode("02 02 02 01 00000000")).toEqual({
      version: 2,
      allocationTime: "late",
      fillTime: "if-set",
      status: "default",
      value: undefined,
    });
    expect(decode("03 0a").status).toBe("default");
    expect(decode("03 2a 00000000").status).toBe("default");
  });

  test("that is not defined has no size", () => {
    expect(decode("02 01 00 00").status).toBe("undefined");
    expect(decode("01 01 00 00 00000000").status).toBe("undefined");
    expect(decode("03 1a").status).toBe("undefined");
  });

  test("of size -1 is undefined", () => {
    expect(decode("02 01 00 01 ffffffff").status).toBe("undefined");
  });

  test("holds one element", () => {
    const fill = decode("01 03 01 01 02000000 abcd");
    expect(fill).toEqual({
      version: 1,
      allocationTime: "incremental",
      fillTime: "never",
      status: "user",
      value: fromHex("abcd"),
    });
    expect(encode(fill)).toBe("0103010102000000abcd");
    expect(encode({ ...fill, version: 3 })).toBe("032702000000abcd");
  });

  test("names what contradicts the specification", () => {
    expect(() => decode("03 3a 00000000")).toThrow('field "Flags": a value that is also undefined');
    expect(() => decode("03 4a")).toThrow('field "Flags": unknown bits in 0x4a');
    expect(() => decode("03 0e")).toThrow('field "Fill Value Write Time": expected 0 to 2, found 3');
    expect(() => decode("02 04 00 00")).toThrow('field "Space Allocation Time": expected 0 to 3, found 4');
    expect(() => decode("03 2a 00000080")).toThrow('field "Fill Value": needs 2147483648 bytes, 0 left');
  });

  test("of status user is not written without a value", () => {
    const fill: FillValue = { ...decode("03 0a"), status: "user" };
    expect(() => encodeFillValue(new Writer(), fill)).toThrow(RangeError);
  });
});

describe("old fill value message", () => {
  test("is a size and a value", () => {
    const value = decodeFillValueOld(cursorOver(fromHex("02000000 abcd 00"), "Fill value", DEFAULT_WIDTHS));
    expect(value).toEqual(fromHex("abcd"));
    const writer = new Writer();
    encodeFillValueOld(writer, value);
    expect(toHex(writer.toBytes())).toBe("02000000abcd");
    expect(sizeOfFillValueOld(value)).toBe(6);
  });

  test("of no bytes has no value", () => {
    expect(decodeFillValueOld(cursorOver(fromHex("00000000"), "Fill value", DEFAULT_WIDTHS))).toBeUndefined();
    expect(sizeOfFillValueOld(undefined)).toBe(4);
  });
});
