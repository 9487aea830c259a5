import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type DriverInfo,
  decodeDriverInfoBlock,
  decodeDriverInfoMessage,
  driverInfoBlockByteLength,
  encodeDriverInfoBlock,
  encodeDriverInfoMessage,
  sizeOfDriverInfoBlock,
  sizeOfDriverInfoMessage,
} from "../../src/format/driver-info.ts";
import { anyWidths, cursorOn, encoded, expectDamageErrors, expectTruncationErrors } from "./structure-bytes.ts";

const WIDTHS = { sizeOfOffsets: 8, sizeOfLengths: 8 };

const anyName = fc.stringMatching(/^[a-z%.-]{0,20}$/);
const anyU64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

const anyInfo: fc.Arbitrary<DriverInfo> = fc.oneof(
  fc.record({ kind: fc.constant("family" as const), memberByteLength: fc.maxSafeNat() }),
  fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 6, maxLength: 6 }).chain((memberMapping) => {
    const count = new Set(memberMapping.map((kind, i) => (kind === 0 ? i + 1 : kind))).size;
    const member = fc.record({ startAddress: anyU64, endAddress: anyU64, name: anyName });
    return fc.record({
      kind: fc.constant("multi" as const),
      memberMapping: fc.constant(memberMapping),
      members: fc.array(member, { minLength: count, maxLength: count }),
    });
  }),
  fc.record({
    kind: fc.constant("other" as const),
    identification: fc.stringMatching(/^x[a-z]{0,7}$/),
    data: fc.uint8Array({ maxLength: 40 }),
  }),
);

/** Cut from files by HDF5 1.10.8 (h5py 3.7): `driver="family", memb_size=1 << 20`, and `H5Pset_fapl_split`. */
const SAMPLES = {
  familyBlock: "00000000080000004e43534166616d690000100000000000",
  familyMessage: "004e43534166616d6908000000100000000000",
  splitBlock:
    "00000000380000004e4353416d756c7401010303010100000000000000000000c005000000000000ffffffffffffff7f1800000000000000" +
    "25732d6d2e68350025732d722e683500",
  splitMessage:
    "004e4353416d756c743800010103030101000000000000000000003102000000000000ffffffffffffff7f1800000000000000" +
    "25732d6d2e68350025732d722e683500",
};

const fromHex = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
const decodeBlock = (bytes: Uint8Array) => decodeDriverInfoBlock(cursorOn(bytes, WIDTHS));
const decodeMessage = (bytes: Uint8Array) => decodeDriverInfoMessage(cursorOn(bytes, WIDTHS));

describe("driver information", () => {
  test("decodes what it encodes, as a block and as a message, whatever the widths of the file", () => {
    fc.assert(
      fc.property(anyInfo, anyWidths, (info, widths) => {
        const block = encoded(widths, (writer) => encodeDriverInfoBlock(writer, info));
        expect(decodeDriverInfoBlock(cursorOn(block, widths))).toEqual(info);
        expect(sizeOfDriverInfoBlock(info)).toBe(block.length);
        expect(driverInfoBlockByteLength(cursorOn(block.slice(0, 16), widths))).toBe(block.length);
        const message = encoded(widths, (writer) => encodeDriverInfoMessage(writer, info));
        expect(decodeDriverInfoMessage(cursorOn(message, widths))).toEqual(info);
        expect(sizeOfDriverInfoMessage(info)).toBe(message.length);
      }),
    );
  });

  test("of the C library's family and split files comes back as the same bytes", () => {
    const family = { kind: "family", memberByteLength: 1 << 20 };
    expect(decodeBlock(fromHex(SAMPLES.familyBlock))).toEqual(family);
    expect(decodeMessage(fromHex(SAMPLES.familyMessage))).toEqual(family);
    const members = [
      { startAddress: 0n, endAddress: 0x5c0n, name: "%s-m.h5" },
      { startAddress: 2n ** 63n - 1n, endAddress: 24n, name: "%s-r.h5" },
    ];
    expect(decodeBlock(fromHex(SAMPLES.splitBlock))).toEqual({
      kind: "multi",
      memberMapping: [1, 1, 3, 3, 1, 1],
      members,
    });
    for (const hex of [SAMPLES.familyBlock, SAMPLES.splitBlock]) {
      const bytes = fromHex(hex);
      expect(encoded(WIDTHS, (writer) => encodeDriverInfoBlock(writer, decodeBlock(bytes)))).toEqual(bytes);
    }
    for (const hex of [SAMPLES.familyMessage, SAMPLES.splitMessage]) {
      const bytes = fromHex(hex);
      expect(encoded(WIDTHS, (writer) => encodeDriverInfoMessage(writer, decodeMessage(bytes)))).toEqual(bytes);
    }
  });

  test("refuses to encode what a reader would take for something else", () => {
    const encode = (info: DriverInfo) => encoded(WIDTHS, (writer) => encodeDriverInfoBlock(writer, info));
    expect(() => encode({ kind: "other", identification: "nine char", data: new Uint8Array(0) })).toThrow(RangeError);
    expect(() => encode({ kind: "multi", memberMapping: [1, 1, 1, 1, 1, 1], members: [] })).toThrow(RangeError);
  });

  test("truncated or damaged gives an error of ours", () => {
    for (const hex of [SAMPLES.familyBlock, SAMPLES.splitBlock]) {
      expectTruncationErrors(fromHex(hex), decodeBlock);
      expectDamageErrors(fromHex(hex), decodeBlock);
    }
    for (const hex of [SAMPLES.familyMessage, SAMPLES.splitMessage]) {
      expectTruncationErrors(fromHex(hex), decodeMessage);
      expectDamageErrors(fromHex(hex), decodeMessage);
    }
  });
});
