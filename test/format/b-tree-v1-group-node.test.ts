import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decodeBTreeV1GroupNode,
  encodeBTreeV1GroupNode,
  sizeOfBTreeV1GroupNode,
} from "../../src/format/b-tree-v1-group-node.ts";
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

const anyNode = fc.tuple(anyWidths, fc.integer({ min: 0, max: 8 })).chain(([widths, count]) =>
  fc.record({
    widths: fc.constant(widths),
    k: fc.integer({ min: 4, max: 20 }),
    node: fc.record({
      nodeLevel: fc.integer({ min: 0, max: 255 }),
      leftSibling: anyAddress(widths),
      rightSibling: anyAddress(widths),
      keys: fc.array(anyLength(widths), { minLength: count + 1, maxLength: count + 1 }),
      children: fc.array(anyAddress(widths), { minLength: count, maxLength: count }),
    }),
  }),
);

describe("version 1 B-tree group node", () => {
  test("decodes what it encodes, for every size of offsets and lengths", () => {
    fc.assert(
      fc.property(anyNode, ({ widths, k, node }) => {
        const bytes = encoded(widths, (writer) => encodeBTreeV1GroupNode(writer, node, k));
        expect(bytes.length).toBe(sizeOfBTreeV1GroupNode(k, widths));
        expect(decodeBTreeV1GroupNode(cursorOn(bytes, widths), k)).toEqual(node);
      }),
    );
  });

  test.each(OLD_FILES)("of %s, by the C library, comes back as the same bytes", (name) => {
    const { groupNodes, superblock, internalK } = walkFile(name);
    const { sizeOfOffsets, sizeOfLengths } = superblock.value;
    expect(groupNodes.length).toBeGreaterThanOrEqual(20);
    for (const { bytes, value } of groupNodes) {
      const again = encoded(superblock.value, (writer) => encodeBTreeV1GroupNode(writer, value, internalK));
      const used = 8 + 2 * sizeOfOffsets + sizeOfLengths + value.children.length * (sizeOfOffsets + sizeOfLengths);
      expect(again.subarray(0, used)).toEqual(bytes.subarray(0, used));
      expect(again.length).toBe(bytes.length);
    }
  });

  test("of a file with small K has levels", () => {
    expect(walkFile("v0-offsets2-lengths2.h5").groupNodes.some(({ value }) => value.nodeLevel > 0)).toBe(true);
  });

  test("names what is wrong", () => {
    const widths = { sizeOfOffsets: 8, sizeOfLengths: 8 };
    expect(() => decodeBTreeV1GroupNode(cursorOn(Uint8Array.of(0x54, 0x52, 0x45, 0x45, 0), widths), 4)).toThrow(
      'Structure, field "Node Level": needs 1 bytes, 0 left',
    );
    expect(() => decodeBTreeV1GroupNode(cursorOn(Uint8Array.of(0x54, 0x52, 0x45, 0x45, 1), widths), 4)).toThrow(
      'Structure, field "Node Type": expected 0 (group node), found 1',
    );
    expect(() =>
      decodeBTreeV1GroupNode(cursorOn(Uint8Array.of(0x54, 0x52, 0x45, 0x45, 0, 0, 9, 0), widths), 4),
    ).toThrow('Structure, field "Entries Used": 9 entries in a node with room for 8');
    const node = { nodeLevel: 0, leftSibling: -1, rightSibling: -1, keys: [0], children: [1] };
    expect(() => encoded(widths, (writer) => encodeBTreeV1GroupNode(writer, node, 4))).toThrow(RangeError);
  });

  test("truncated or damaged gives an error of ours", () => {
    const { groupNodes, superblock, internalK } = walkFile("v0-offsets8-lengths4.h5");
    const { bytes, value } = groupNodes[0] as (typeof groupNodes)[number];
    const decode = (damaged: Uint8Array) => decodeBTreeV1GroupNode(cursorOn(damaged, superblock.value), internalK);
    expectTruncationErrors(bytes.subarray(0, 28 + 12 * value.children.length), decode);
    expectDamageErrors(bytes, decode);
  });
});
