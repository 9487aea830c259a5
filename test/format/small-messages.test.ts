import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEFAULT_WIDTHS, type FileWidths, UNDEFINED_ADDRESS } from "../../src/base/address.ts";
import { Writer } from "../../src/base/writer.ts";
import { sizeOfAttributeInfo } from "../../src/format/attribute-info.ts";
import { B_TREE_K_BYTES } from "../../src/format/b-tree-k.ts";
import { sizeOfCacheImageMessage } from "../../src/format/cache-image-message.ts";
import { sizeOfComment } from "../../src/format/comment.ts";
import { sizeOfContinuation } from "../../src/format/continuation.ts";
import { sizeOfExternalFiles } from "../../src/format/external-files.ts";
import {
  encodeFileSpaceInfo,
  type FileSpaceInfo,
  sizeOfFileSpaceInfo,
  upgradeFileSpaceInfo,
} from "../../src/format/file-space-info.ts";
import { sizeOfFilterPipeline } from "../../src/format/filter-pipeline.ts";
import { sizeOfGroupInfo } from "../../src/format/group-info.ts";
import { sizeOfLinkInfo } from "../../src/format/link-info.ts";
import type { Message } from "../../src/format/message.ts";
import { MESSAGE } from "../../src/format/message-types.ts";
import { MODIFICATION_TIME_BYTES, MODIFICATION_TIME_OLD_BYTES } from "../../src/format/modification-time.ts";
import { REFERENCE_COUNT_BYTES } from "../../src/format/reference-count.ts";
import { sizeOfSharedMessageTableMessage } from "../../src/format/shared-message-table-message.ts";
import { sizeOfSymbolTableMessage } from "../../src/format/symbol-table-message.ts";
import { anyMessage, anyWidths, decoded, encoded, fromHex, toHex } from "./header-messages.ts";

function valueIn(type: number, hex: string, widths: FileWidths = DEFAULT_WIDTHS): unknown {
  const message = decoded(type, 0, fromHex(hex), widths);
  return message.type === "unknown" || message.shared ? message : message.value;
}

function hexOf(type: number, value: unknown, widths: FileWidths = DEFAULT_WIDTHS): string {
  return toHex(encoded({ type, shared: false, value } as Message, widths));
}

/** What each file's own `sizeOf` says, where there is one. */
function saidSize(message: Message, widths: FileWidths): number | undefined {
  if (message.type === "unknown" || message.shared) return undefined;
  switch (message.type) {
    case MESSAGE.LINK_INFO:
      return sizeOfLinkInfo(message.value, widths);
    case MESSAGE.ATTRIBUTE_INFO:
      return sizeOfAttributeInfo(message.value, widths);
    case MESSAGE.GROUP_INFO:
      return sizeOfGroupInfo(message.value);
    case MESSAGE.FILTER_PIPELINE:
      return sizeOfFilterPipeline(message.value);
    case MESSAGE.EXTERNAL_FILES:
      return sizeOfExternalFiles(message.value, widths);
    case MESSAGE.COMMENT:
      return sizeOfComment(message.value);
    case MESSAGE.MODIFICATION_TIME:
      return MODIFICATION_TIME_BYTES;
    case MESSAGE.MODIFICATION_TIME_OLD:
      return MODIFICATION_TIME_OLD_BYTES;
    case MESSAGE.REFERENCE_COUNT:
      return REFERENCE_COUNT_BYTES;
    case MESSAGE.B_TREE_K:
      return B_TREE_K_BYTES;
    case MESSAGE.CONTINUATION:
      return sizeOfContinuation(widths);
    case MESSAGE.SYMBOL_TABLE:
      return sizeOfSymbolTableMessage(widths);
    case MESSAGE.SHARED_MESSAGE_TABLE:
      return sizeOfSharedMessageTableMessage(widths);
    case MESSAGE.FILE_SPACE_INFO:
      return sizeOfFileSpaceInfo(message.value, widths);
    case MESSAGE.CACHE_IMAGE:
      return sizeOfCacheImageMessage(widths);
    default:
      return undefined;
  }
}

describe("every message", () => {
  test("has the size it is written with", () => {
    fc.assert(
      fc.property(anyMessage, anyWidths, (message, widths) => {
        const size = saidSize(message, widths);
        if (size !== undefined) expect(size).toBe(encoded(message, widths).length);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("modification time messages", () => {
  test("of the new form are seconds", () => {
    expect(valueIn(MESSAGE.MODIFICATION_TIME, "01 000000 ffffffff")).toBe(0xffff_ffff);
    expect(() => hexOf(MESSAGE.MODIFICATION_TIME, 2 ** 32)).toThrow(RangeError);
  });

  test("of the old form are digits in UTC", () => {
    const hex = Buffer.from("19980723143005").toString("hex");
    expect(valueIn(MESSAGE.MODIFICATION_TIME_OLD, `${hex}0000`)).toBe(Date.UTC(1998, 6, 23, 14, 30, 5) / 1000);
    expect(hexOf(MESSAGE.MODIFICATION_TIME_OLD, Date.UTC(1998, 6, 23, 14, 30, 5) / 1000)).toBe(`${hex}0000`);
    expect(() => valueIn(MESSAGE.MODIFICATION_TIME_OLD, `${hex.replace("39", "3a")}0000`)).toThrow(
      'field "Date": expected a digit, found byte 58',
    );
    expect(() => hexOf(MESSAGE.MODIFICATION_TIME_OLD, 253_402_300_800)).toThrow(RangeError);
  });
});

describe("B-tree K values message", () => {
  test("has none of 0, with which no node would have room", () => {
    expect(valueIn(MESSAGE.B_TREE_K, "00 0100 0200 0300")).toEqual({
      indexedStorageInternalNodeK: 1,
      groupInternalNodeK: 2,
      groupLeafNodeK: 3,
    });
    for (const [hex, field] of [
      ["00 0000 0200 0300", "Indexed Storage Internal Node K"],
      ["00 0100 0000 0300", "Group Internal Node K"],
      ["00 0100 0200 0000", "Group Leaf Node K"],
    ] as const) {
      expect(() => valueIn(MESSAGE.B_TREE_K, hex)).toThrow(`field "${field}": expected 1 or more, found 0`);
    }
  });
});

describe("file space info message", () => {
  const WIDTHS = { sizeOfOffsets: 2, sizeOfLengths: 4 };

  test("of version 0 has addresses only when free space persists", () => {
    const threshold = "05000000";
    const info = valueIn(MESSAGE.FILE_SPACE_INFO, `00 01 ${threshold} 0100 ffff 0300 ffff ffff 0600`, WIDTHS);
    const U = UNDEFINED_ADDRESS;
    const managerAddresses = [1, U, 3, U, U, 6];
    expect(info).toEqual({ version: 0, strategy: "all-persist", threshold: 5, managerAddresses });
    expect(upgradeFileSpaceInfo(info as FileSpaceInfo, 4000)).toEqual({
      version: 1,
      strategy: "free-space-managers",
      persist: true,
      threshold: 5,
      pageSize: 4096,
      pageEndThreshold: 0,
      endOfAllocation: 4000,
      smallManagerAddresses: managerAddresses,
      largeManagerAddresses: [U, U, U, U, U, U],
    });
    const other = valueIn(MESSAGE.FILE_SPACE_INFO, `00 03 ${threshold}`, WIDTHS) as FileSpaceInfo;
    expect(other).toEqual({ version: 0, strategy: "aggregators", threshold: 5, managerAddresses: [] });
    expect(upgradeFileSpaceInfo(other, 4000)).toMatchObject({ strategy: "aggregators", threshold: 1, persist: false });
  });

  test("of version 1 has a page size of Size of Lengths bytes", () => {
    const hex = "01 01 00 05000000 00200000 0700 ffff";
    const info = valueIn(MESSAGE.FILE_SPACE_INFO, hex, WIDTHS) as FileSpaceInfo;
    expect(info).toMatchObject({ strategy: "page", persist: false, threshold: 5, pageSize: 8192, pageEndThreshold: 7 });
    expect(upgradeFileSpaceInfo(info, 0)).toBe(info);
  });

  test("is refused with a strategy that does not exist, or the wrong number of managers", () => {
    expect(() => valueIn(MESSAGE.FILE_SPACE_INFO, "00 00 05000000", WIDTHS)).toThrow("expected 1 to 4, found 0");
    expect(() => valueIn(MESSAGE.FILE_SPACE_INFO, "01 04 00", WIDTHS)).toThrow("expected 0 to 3, found 4");
    const info = { version: 0, strategy: "all", threshold: 1, managerAddresses: [1] } as const;
    expect(() => encodeFileSpaceInfo(new Writer(), info)).toThrow(RangeError);
  });
});

describe("messages with a list or a text", () => {
  test("of external files take the used slots, not the allocated", () => {
    const widths = { sizeOfOffsets: 2, sizeOfLengths: 2 };
    expect(valueIn(MESSAGE.EXTERNAL_FILES, "01 000000 0400 0100 3412 0800 1000 ffff", widths)).toEqual({
      localHeapAddress: 0x1234,
      slots: [{ nameHeapOffset: 8, fileOffset: 16, byteLength: Number.POSITIVE_INFINITY }],
    });
    expect(() => valueIn(MESSAGE.EXTERNAL_FILES, "01 000000 0100 0200 3412", widths)).toThrow(
      'field "Used Slots": 2 of 1 allocated slots',
    );
    expect(() => valueIn(MESSAGE.EXTERNAL_FILES, "01 000000 ffff ffff 3412 0000", widths)).toThrow(
      'field "Used Slots": 65535 items of at least 6 bytes, 2 bytes left',
    );
  });

  test("of a comment need a NUL", () => {
    expect(valueIn(MESSAGE.COMMENT, "c3a400")).toBe("ä");
    expect(() => valueIn(MESSAGE.COMMENT, "6161")).toThrow('Object comment message, field "Comment"');
    expect(() => hexOf(MESSAGE.COMMENT, "a\0b")).toThrow(RangeError);
  });

  test("of other kinds name what contradicts the specification", () => {
    expect(() => valueIn(MESSAGE.LINK_INFO, "00 04")).toThrow('field "Flags": unknown bits in 0x4');
    expect(() => valueIn(MESSAGE.ATTRIBUTE_INFO, "00 04")).toThrow('field "Flags": unknown bits in 0x4');
    expect(() => valueIn(MESSAGE.GROUP_INFO, "00 04")).toThrow('field "Flags": unknown bits in 0x4');
    expect(() => valueIn(MESSAGE.BOGUS, "00000000")).toThrow('field "Bogus Value": expected 0xdeadbeef, found 0x0');
    expect(() => valueIn(MESSAGE.CONTINUATION, "ffffffffffffffff 1000000000000000")).toThrow(
      'field "Offset": is undefined',
    );
    expect(() => valueIn(MESSAGE.CONTINUATION, "0000000000000000 0000000000000000")).toThrow("a block of 0 bytes");
    expect(() => valueIn(MESSAGE.SHARED_MESSAGE_TABLE, "00 0000000000000000 09")).toThrow(
      'field "Number of Indices": expected 0 to 8, found 9',
    );
    expect(() => valueIn(MESSAGE.CACHE_IMAGE, "00 0000000000000000 ffffffffffffffff")).toThrow("all bits are one");
  });
});
