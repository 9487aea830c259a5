import { describe, expect, test } from "vitest";
import { DEFAULT_WIDTHS, type FileWidths, UNLIMITED } from "../../src/base/address.ts";
import { UnsupportedError } from "../../src/base/errors.ts";
import { Writer } from "../../src/base/writer.ts";
import {
  type Dataspace,
  decodeDataspace,
  encodeDataspace,
  maxDimTexts,
  sizeOfDataspace,
} from "../../src/format/dataspace.ts";
import { cursorOver, fromHex } from "./header-messages.ts";

const NARROW = { sizeOfOffsets: 8, sizeOfLengths: 2 };

function decode(hex: string, widths: FileWidths = NARROW): Dataspace {
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

  test("keeps greatest dims that no number is exact for, and refuses such current ones as too many", () => {
    const bytes = fromHex("02 02 01 01 0500000000000000 0700000000000000 ffffffffffffff7f ffffffffffffffff");
    const space = decodeDataspace(cursorOver(bytes, "Dataspace message", DEFAULT_WIDTHS));
    expect(space).toMatchObject({
      dims: [5, 7],
      maxDims: [2 ** 63, UNLIMITED],
      exactMaxDims: [2n ** 63n - 1n, undefined],
    });
    expect(maxDimTexts(space, "Inf")).toEqual(["9223372036854775807", "Inf"]);
    const writer = new Writer(DEFAULT_WIDTHS);
    encodeDataspace(writer, { ...space, dims: [6, 7] });
    const written = bytes.slice();
    written[4] = 6;
    expect(writer.copy()).toEqual(written);
    const other = new Writer(DEFAULT_WIDTHS);
    encodeDataspace(other, { ...space, maxDims: [10, 20] });
    expect(other.copy().subarray(20)).toEqual(fromHex("0a00000000000000 1400000000000000"));
    const huge = () => decode("02 01 00 01 0000000000000010", DEFAULT_WIDTHS);
    expect(huge).toThrow(UnsupportedError);
    expect(huge).toThrow('field "Dimension Size": 1152921504606846976 elements, more than 2^53 - 1');
  });

  test("names what contradicts the specification", () => {
    expect(() => decode("02 21 00 01")).toThrow(
      'Dataspace message, field "Dimensionality": expected 0 to 32, found 33',
    );
    expect(() => decode("02 01 00 01 ffff")).toThrow('field "Dimension Size": a current dimension is unlimited');
    expect(() => decode("02 00 00 03")).toThrow('field "Type": expected 0 to 2, found 3');
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
