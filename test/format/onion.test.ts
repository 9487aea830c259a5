import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Cursor } from "../../src/base/cursor.ts";
import type { Writer } from "../../src/base/writer.ts";
import {
  decodeOnionHeader,
  encodeOnionHeader,
  ONION_HEADER_BYTES,
  type OnionHeader,
} from "../../src/format/onion-header.ts";
import {
  decodeOnionHistory,
  encodeOnionHistory,
  type OnionHistory,
  sizeOfOnionHistory,
} from "../../src/format/onion-history.ts";
import {
  decodeOnionRevisionRecord,
  encodeOnionRevisionRecord,
  type OnionRevisionRecord,
  sizeOfOnionRevisionRecord,
} from "../../src/format/onion-revision-record.ts";
import { anyWidths, cursorOn, encoded, expectDamageErrors, expectTruncationErrors } from "./structure-bytes.ts";

const WIDTHS = { sizeOfOffsets: 8, sizeOfLengths: 8 };

const anyPageSize = fc.integer({ min: 0, max: 31 }).map((log) => 2 ** log);

const anyHeader: fc.Arbitrary<OnionHeader> = fc.record({
  flags: fc.integer({ min: 0, max: 0xffffff }),
  pageSize: anyPageSize,
  originalEnd: fc.maxSafeNat(),
  historyAddress: fc.maxSafeNat(),
  historyByteLength: fc.maxSafeNat(),
});

const anyHistory: fc.Arbitrary<OnionHistory> = fc.record({
  records: fc.array(fc.record({ address: fc.maxSafeNat(), byteLength: fc.maxSafeNat() })),
});

const anyRecord: fc.Arbitrary<OnionRevisionRecord> = anyPageSize.chain((pageSize) =>
  fc.record({
    revision: fc.maxSafeNat(),
    parentRevision: fc.maxSafeNat(),
    timeOfCreation: fc.stringMatching(/^[0-9TZ]{0,16}$/),
    logicalEnd: fc.maxSafeNat(),
    pageSize: fc.constant(pageSize),
    pages: fc
      .array(
        fc.record({ gap: fc.nat(0xffff), physicalAddress: fc.nat(2 ** 30), count: fc.integer({ min: 1, max: 4 }) }),
        {
          maxLength: 6,
        },
      )
      .map((parts) => {
        let end = 0;
        return parts.map(({ gap, physicalAddress, count }) => {
          // A page at least lies between them, so that none can be joined.
          const logicalAddress = end + (gap + 1) * pageSize;
          end = logicalAddress + count * pageSize;
          return { logicalAddress, physicalAddress, byteLength: count * pageSize };
        });
      }),
    comment: fc.stringMatching(/^[a-z é]{0,20}$/),
  }),
);

/** Of a revision that changed one page of 32 bytes, made by HDF5 1.13's own test of the tools. */
const SAMPLES = {
  header: "4f48444801000000200000 00b01700000000000013280000000000003c00000000000000d0b341b6".replaceAll(" ", ""),
  history:
    "4f5748530100000002000000000000005d0c000000000000e70700000000000014448284" +
    "2c20000000000000e7070000000000002813 20fdbfd14271".replaceAll(" ", ""),
};

const fromHex = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));

interface Structure<T> {
  readonly any: fc.Arbitrary<T>;
  readonly decode: (cursor: Cursor) => T;
  readonly encode: (writer: Writer, value: T) => void;
  readonly sizeOf: (value: T) => number;
}

function holds<T>({ any, decode, encode, sizeOf }: Structure<T>): void {
  fc.assert(
    fc.property(any, anyWidths, (value, widths) => {
      const bytes = encoded(widths, (writer) => encode(writer, value));
      expect(decode(cursorOn(bytes, widths))).toEqual(value);
      expect(bytes.length).toBe(sizeOf(value));
    }),
  );
  const decodeBytes = (bytes: Uint8Array) => decode(cursorOn(bytes, WIDTHS));
  for (const value of fc.sample(any, { numRuns: 3, seed: 7 })) {
    const bytes = encoded(WIDTHS, (writer) => encode(writer, value));
    expectTruncationErrors(bytes, decodeBytes);
    expectDamageErrors(bytes, decodeBytes);
    // The first byte of the checksum.
    const wrong = bytes.slice();
    wrong[bytes.length - 4] = (wrong[bytes.length - 4] as number) ^ 1;
    expect(() => decodeBytes(wrong)).toThrow('field "Checksum"');
  }
}

describe("structures of onion files", () => {
  test("the header decodes to what was encoded", () => {
    holds({ any: anyHeader, decode: decodeOnionHeader, encode: encodeOnionHeader, sizeOf: () => ONION_HEADER_BYTES });
  });

  test("the history decodes to what was encoded", () => {
    holds({ any: anyHistory, decode: decodeOnionHistory, encode: encodeOnionHistory, sizeOf: sizeOfOnionHistory });
  });

  test("a revision record decodes to what was encoded", () => {
    holds({
      any: anyRecord,
      decode: decodeOnionRevisionRecord,
      encode: encodeOnionRevisionRecord,
      sizeOf: sizeOfOnionRevisionRecord,
    });
  });

  test("header and history of the C library come back as the same bytes", () => {
    const header = decodeOnionHeader(cursorOn(fromHex(SAMPLES.header), WIDTHS));
    expect(header).toEqual({
      flags: 0,
      pageSize: 32,
      originalEnd: 6064,
      historyAddress: 0x2813,
      historyByteLength: 60,
    });
    expect(encoded(WIDTHS, (writer) => encodeOnionHeader(writer, header))).toEqual(fromHex(SAMPLES.header));
    const history = decodeOnionHistory(cursorOn(fromHex(SAMPLES.history), WIDTHS));
    expect(history.records.map(({ address, byteLength }) => [address, byteLength])).toEqual([
      [0xc5d, 2023],
      [0x202c, 2023],
    ]);
    expect(encoded(WIDTHS, (writer) => encodeOnionHistory(writer, history))).toEqual(fromHex(SAMPLES.history));
  });

  test("pages out of order and pages off the grid are refused", () => {
    const [record] = fc.sample(anyRecord, { numRuns: 1, seed: 1 });
    const base = { ...(record as OnionRevisionRecord), pageSize: 16 };
    const decoded = (pages: OnionRevisionRecord["pages"]) =>
      decodeOnionRevisionRecord(
        cursorOn(
          encoded(WIDTHS, (writer) => encodeOnionRevisionRecord(writer, { ...base, pages })),
          WIDTHS,
        ),
      );
    const page = (logicalAddress: number) => ({ logicalAddress, physicalAddress: 0, byteLength: 16 });
    expect(() => decoded([page(8)])).toThrow("8 is no multiple of the page size 16");
    expect(() => decoded([page(32), page(16)])).toThrow("16 follows 32");
  });

  test("pages that follow one another are joined; of two for the same place the later holds", () => {
    const [record] = fc.sample(anyRecord, { numRuns: 1, seed: 1 });
    const at = (logicalAddress: number, physicalAddress: number, byteLength = 16) => ({
      logicalAddress,
      physicalAddress,
      byteLength,
    });
    const decoded = (pages: OnionRevisionRecord["pages"]) => {
      const value = { ...(record as OnionRevisionRecord), pageSize: 16, pages };
      return decodeOnionRevisionRecord(
        cursorOn(
          encoded(WIDTHS, (writer) => encodeOnionRevisionRecord(writer, value)),
          WIDTHS,
        ),
      ).pages;
    };
    expect(decoded([at(0, 100), at(16, 116), at(32, 200)])).toEqual([at(0, 100, 32), at(32, 200)]);
    expect(decoded([at(0, 100, 32), at(16, 500), at(32, 132)])).toEqual([at(0, 100), at(16, 500), at(32, 132)]);
    expect(decoded([at(16, 500), at(16, 100), at(32, 116)])).toEqual([at(16, 500), at(32, 116)]);
    expect(decoded([at(16, 100), at(16, 500), at(32, 516)])).toEqual([at(16, 500, 32)]);
  });
});
