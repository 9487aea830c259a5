import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { FileWidths } from "../../src/base/address.ts";
import {
  decodeSymbolTableEntry,
  encodeSymbolTableEntry,
  type SymbolTableEntry,
  sizeOfSymbolTableEntry,
} from "../../src/format/symbol-table-entry.ts";
import {
  decodeSymbolTableNode,
  encodeSymbolTableNode,
  sizeOfSymbolTableNode,
} from "../../src/format/symbol-table-node.ts";
import { walkFile } from "./old-file.ts";
import {
  anyAddress,
  anyLength,
  anyWidths,
  cursorOn,
  encoded,
  expectDamageErrors,
  expectTruncationErrors,
  OLD_FILES,
} from "./structure-bytes.ts";

function anyEntry(widths: FileWidths): fc.Arbitrary<SymbolTableEntry> {
  const fields = { linkNameOffset: anyLength(widths), objectHeaderAddress: anyAddress(widths) };
  return fc.oneof(
    fc.record({ ...fields, cacheType: fc.constant(0 as const) }),
    fc.record({
      ...fields,
      cacheType: fc.constant(1 as const),
      bTreeAddress: anyAddress(widths),
      nameHeapAddress: anyAddress(widths),
    }),
    fc.record({
      ...fields,
      cacheType: fc.constant(2 as const),
      linkValueOffset: fc.integer({ min: 0, max: 0xffff_ffff }),
    }),
  );
}

const anyNode = anyWidths.chain((widths) =>
  fc.record({
    widths: fc.constant(widths),
    leafK: fc.integer({ min: 3, max: 6 }),
    node: fc.record({ entries: fc.array(anyEntry(widths), { maxLength: 6 }) }),
  }),
);

describe("symbol table entry", () => {
  test("decodes what it encodes, for every size of offsets and lengths", () => {
    const anyCase = anyWidths.chain((widths) => fc.tuple(fc.constant(widths), anyEntry(widths)));
    fc.assert(
      fc.property(anyCase, ([widths, entry]) => {
        const bytes = encoded(widths, (writer) => encodeSymbolTableEntry(writer, entry));
        expect(bytes.length).toBe(sizeOfSymbolTableEntry(widths));
        const cursor = cursorOn(bytes, widths);
        expect(decodeSymbolTableEntry(cursor)).toEqual(entry);
        expect(cursor.remaining).toBe(0);
      }),
    );
  });

  test("refuses an unknown cache type", () => {
    const bytes = new Uint8Array(40);
    bytes[16] = 3;
    expect(() => decodeSymbolTableEntry(cursorOn(bytes, { sizeOfOffsets: 8, sizeOfLengths: 8 }))).toThrow(
      'Structure, field "Cache Type": expected 0, 1 or 2, found 3',
    );
  });
});

describe("symbol table node", () => {
  test("decodes what it encodes, for every size of offsets and lengths", () => {
    fc.assert(
      fc.property(anyNode, ({ widths, leafK, node }) => {
        const bytes = encoded(widths, (writer) => encodeSymbolTableNode(writer, node, leafK));
        expect(bytes.length).toBe(sizeOfSymbolTableNode(leafK, widths));
        expect(decodeSymbolTableNode(cursorOn(bytes, widths), leafK)).toEqual(node);
      }),
    );
  });

  test.each(OLD_FILES)("of %s, by the C library, comes back as the same bytes", (name) => {
    const { symbolNodes, superblock, leafK, objects, softLinks } = walkFile(name);
    const widths = superblock.value;
    for (const { bytes, value } of symbolNodes) {
      const again = encoded(widths, (writer) => encodeSymbolTableNode(writer, value, leafK));
      const used = 8 + value.entries.length * sizeOfSymbolTableEntry(widths);
      expect(again.subarray(0, used)).toEqual(bytes.subarray(0, used));
      expect(again.length).toBe(bytes.length);
    }
    const groups = Array.from({ length: 20 }, (_, i) => `/group ${i}/`).filter((path) => path !== "/group 3/");
    const paths = objects.map((object) => object.path);
    expect(paths.sort()).toEqual(["/", ...groups, "/group 1/chunked/", "/group 1/text/"].sort());
    expect(softLinks).toEqual(["/a soft link -> /group 1/somewhere else"]);
  });

  test("refuses more symbols than it has room for", () => {
    const node = walkFile("v0.h5").symbolNodes.find(({ value }) => value.entries.length > 2);
    const widths = { sizeOfOffsets: 8, sizeOfLengths: 8 };
    expect(() => decodeSymbolTableNode(cursorOn(node?.bytes as Uint8Array, widths), 1)).toThrow(
      /field "Number of Symbols": \d+ symbols in a node with room for 2$/,
    );
    expect(() => encoded(widths, (writer) => encodeSymbolTableNode(writer, node?.value as never, 1))).toThrow(
      RangeError,
    );
  });

  test("truncated or damaged gives an error of ours", () => {
    const { symbolNodes, superblock, leafK } = walkFile("v0-offsets4-lengths8.h5");
    const node = symbolNodes[0] as (typeof symbolNodes)[number];
    const decode = (bytes: Uint8Array) => decodeSymbolTableNode(cursorOn(bytes, superblock.value), leafK);
    const used = 8 + node.value.entries.length * sizeOfSymbolTableEntry(superblock.value);
    expectTruncationErrors(node.bytes.subarray(0, used), decode);
    expectDamageErrors(node.bytes, decode);
  });
});
