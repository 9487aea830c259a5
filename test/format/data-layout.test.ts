import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEFAULT_WIDTHS, UNDEFINED_ADDRESS } from "../../src/base/address.ts";
import { Cursor } from "../../src/base/cursor.ts";
import { Writer } from "../../src/base/writer.ts";
import {
  type ChunkedLayout,
  type DataLayout,
  decodeDataLayout,
  encodeDataLayout,
  sizeOfDataLayout,
} from "../../src/format/data-layout.ts";
import { anyDataLayout, anyWidths, cursorOver, fromHex, toHex } from "./header-messages.ts";

const NARROW = { sizeOfOffsets: 2, sizeOfLengths: 4 };

function decode(hex: string): DataLayout {
  return decodeDataLayout(cursorOver(fromHex(hex), "Data layout message", NARROW));
}

function encode(layout: DataLayout): string {
  const writer = new Writer(NARROW);
  encodeDataLayout(writer, layout);
  return toHex(writer.toBytes());
}

const chunked: ChunkedLayout = {
  kind: "chunked",
  version: 4,
  chunkDims: [255],
  elementSize: 8,
  dontFilterPartialChunks: false,
  indexing: { type: "implicit" },
  address: UNDEFINED_ADDRESS,
};

describe("data layout message", () => {
  test("has the size it is written with", () => {
    fc.assert(
      fc.property(anyDataLayout, anyWidths, (layout, widths) => {
        const writer = new Writer(widths);
        encodeDataLayout(writer, layout);
        expect(sizeOfDataLayout(layout, widths)).toBe(writer.position);
      }),
    );
  });

  test("keeps a size that is no exact number as it is", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 2n }), (exactByteLength) => {
        const kind = "contiguous" as const;
        const byteLength = Number(exactByteLength);
        const layout = { kind, version: 3 as const, address: UNDEFINED_ADDRESS, byteLength, exactByteLength };
        const widths = { sizeOfOffsets: 8, sizeOfLengths: 8 };
        const writer = new Writer(widths);
        encodeDataLayout(writer, layout);
        const bytes = writer.toBytes();
        expect(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(10, true)).toBe(exactByteLength);
        expect(decodeDataLayout(new Cursor(bytes, { structure: "layout", address: 0, widths }))).toEqual(layout);
      }),
    );
  });

  test("of version 1 gives the size of contiguous data as the product of its dims", () => {
    const layout = decode("01 03 01 0000000000 3412 02000000 03000000 04000000");
    expect(layout).toEqual({ kind: "contiguous", version: 1, address: 0x1234, byteLength: 24 });
    expect(encode(layout)).toBe("0301341218000000");
  });

  test("of version 1 counts the size of an element among the dims of chunks", () => {
    const layout = decode("01 03 02 0000000000 3412 02000000 03000000 04000000");
    expect(layout).toEqual({
      ...chunked,
      version: 1,
      chunkDims: [2, 3],
      elementSize: 4,
      indexing: { type: "b-tree-v1" },
      address: 0x1234,
    });
    expect(encode(layout)).toBe("0302033412020000000300000004000000");
  });

  test("of version 2 holds compact data without an address", () => {
    const layout = decode("02 01 00 0000000000 02000000 02000000 abcd");
    expect(layout).toEqual({ kind: "compact", version: 2, data: fromHex("abcd") });
    expect(encode(layout)).toBe("03000200abcd");
  });

  test("stores dims as wide as the widest needs", () => {
    expect(encode(chunked)).toBe("04020002" + "01" + "ff08" + "02" + "ffff");
    expect(encode({ ...chunked, chunkDims: [256] })).toBe("04020002" + "02" + "00010800" + "02" + "ffff");
    expect(encode({ ...chunked, elementSize: 65536 })).toBe("04020002" + "03" + "ff0000000001" + "02" + "ffff");
  });

  test("has a filtered single chunk's size and mask when flag bit 1 is set", () => {
    const layout = decode("04 02 02 02 01 0504 01 11000000 03000000 3412");
    expect(layout).toMatchObject({
      indexing: { type: "single-chunk", filtered: { byteLength: 17, filterMask: 3 } },
      address: 0x1234,
    });
    expect(decode("04 02 01 02 01 0504 01 3412")).toMatchObject({
      dontFilterPartialChunks: true,
      indexing: { type: "single-chunk" },
    });
  });

  test("names what contradicts the specification", () => {
    expect(() => decode("03 03")).toThrow('field "Layout Class": virtual storage needs version 4');
    expect(() => decode("03 04")).toThrow('field "Layout Class": expected 0 to 3, found 4');
    expect(() => decode("06 00")).toThrow('field "Version"');
    expect(() => decode("03 02 01 ffff 01000000")).toThrow('field "Dimensionality": expected 2 to 33, found 1');
    expect(() => decode("03 02 02 ffff 00000000 01000000")).toThrow("a chunk dimension is 0");
    expect(() => decode("04 02 04 02 01 0504 01")).toThrow('field "Flags": unknown bits in 0x4');
    expect(() => decode("04 02 00 02 09")).toThrow('field "Dimension Size Encoded Length": expected 1 to 8, found 9');
    expect(() => decode("04 02 00 02 01 0504 00 ffff")).toThrow("expected 1 to 5, found 0");
    expect(() => decode("04 02 00 02 01 0504 03 00 ffff")).toThrow('field "Page Bits": is 0');
    expect(() => decode("03 01 ffff ffffffff")).toThrow('field "Data Size": all bits are one');
    expect(() => decode("01 21 01 0000000000 3412 02000000")).toThrow("needs 132 bytes, 4 left");
  });

  test.each([0, 1, 2])("of versions 1 and 2 has at least one and at most 33 dims, whatever its class (%i)", (kind) => {
    const rest = `0${kind} 0000000000 ${"00".repeat(160)}`;
    for (const version of ["01", "02"]) {
      expect(() => decode(`${version} 00 ${rest}`)).toThrow('field "Dimensionality": expected 1 to 33, found 0');
      expect(() => decode(`${version} 22 ${rest}`)).toThrow('field "Dimensionality": expected 1 to 33, found 34');
    }
  });

  test("refuses to write what its version cannot say", () => {
    const write = (layout: DataLayout) => () => encodeDataLayout(new Writer(DEFAULT_WIDTHS), layout);
    expect(write({ ...chunked, version: 3 })).toThrow(RangeError);
    expect(write({ ...chunked, indexing: { type: "b-tree-v1" } })).toThrow(RangeError);
    const tree = { type: "b-tree-v1" } as const;
    expect(write({ ...chunked, version: 3, indexing: tree, dontFilterPartialChunks: true })).toThrow(RangeError);
    expect(write({ kind: "virtual", version: 3, heapAddress: 1, heapIndex: 1 })).toThrow(RangeError);
    expect(write({ kind: "compact", version: 3, data: new Uint8Array(65536) })).toThrow(RangeError);
  });
});
