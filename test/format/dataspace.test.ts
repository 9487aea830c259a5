import { describe, expect, test } from "vitest";
import { DEFAULT_WIDTHS, UNLIMITED } from "../../src/base/address.ts";
import { Writer } from "../../src/base/writer.ts";
import { type Dataspace, decodeDataspace, encodeDataspace, sizeOfDataspace } from "../../src/format/dataspace.ts";
import { cursorOver, fromHex } from "./header-messages.ts";

const NARROW = { sizeOfOffsets: 8, sizeOfLengths: 2 };

function decode(hex: string, widths = NARROW): Dataspace {
  return decodeDataspace(cursorOver(fromHex(hex), "Dataspace message", widths));
}

describe("dataspace message", () => {
  test("of version 1 and rank 0 is scalar", () => {
    expect(decode("01 00 00 00 00000000")).toEqual({
      kind: "scalar",
      dims: [],
      maxDims: [],
      maxDimsStored: false,
      version: 1,
    });
  });

  test("of rank 0 that old code called simple is scalar", () => {
    expect(decode("02 00 00 01").kind).toBe("scalar");
  });

  test("gives a maximum of all ones as unlimited and ignores the permutation", () => {
    const space = decode("01 01 03 00 00000000 0500 ffff 0000");
    expect(space).toEqual({ kind: "simple", dims: [5], maxDims: [UNLIMITED], maxDimsStored: true, version: 1 });
  });

  test("has the current dims as greatest dims when none are stored", () => {
    expect(decode("02 02 00 01 0500 0000")).toMatchObject({ dims: [5, 0], maxDims: [5, 0], maxDimsStored: false });
  });

  test("names what contradicts the specification", () => {
    expect(() => decode("02 21 00 01")).toThrow(
      'Dataspace message, field "Dimensionality": 33 dimensions, the format allows 32',
    );
    expect(() => decode("02 01 00 01 ffff")).toThrow('field "Dimension Size": a current dimension is unlimited');
    expect(() => decode("02 00 00 03")).toThrow('field "Type": expected 0, 1 or 2, found 3');
    expect(() => decode("02 01 00 02 0500")).toThrow('field "Dimensionality": a null dataspace with 1 dimensions');
    expect(() => decode("03 00 00 00")).toThrow('field "Version": expected 1 or 2, found 3');
    expect(() => decode("02 02 00 01 0500")).toThrow('field "Dimension Size": needs 2 bytes, 0 left');
  });

  test("refuses to write a null dataspace in version 1", () => {
    const space: Dataspace = { kind: "null", dims: [], maxDims: [], maxDimsStored: false, version: 1 };
    expect(() => encodeDataspace(new Writer(), space)).toThrow(RangeError);
  });

  test("has the size it is written with", () => {
    const space = decode("01 01 03 00 00000000 0500 ffff 0000");
    const writer = new Writer(DEFAULT_WIDTHS);
    encodeDataspace(writer, space);
    expect(sizeOfDataspace(space, DEFAULT_WIDTHS)).toBe(writer.position);
  });
});
