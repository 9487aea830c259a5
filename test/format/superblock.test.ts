import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UNDEFINED_ADDRESS } from "../../src/base/address.ts";
import { Cursor } from "../../src/base/cursor.ts";
import { isHdf5Error } from "../../src/base/errors.ts";
import { Writer } from "../../src/base/writer.ts";
import {
  decodeSuperblock,
  encodeSuperblock,
  FILE_CONSISTENCY_FLAG,
  hasSuperblockSignature,
  isUserBlockSize,
  nextSuperblockOffset,
  relocateSuperblock,
  rootObjectHeaderAddress,
  SUPERBLOCK_PREFIX_BYTES,
  type Superblock,
  sizeOfSuperblock,
  superblockByteLength,
} from "../../src/format/superblock.ts";
import { walkFile } from "./old-file.ts";
import {
  anyAddress,
  anyDefinedAddress,
  anyLength,
  anyWidths,
  expectDamageErrors,
  expectTruncationErrors,
  NEW_FILES,
  OLD_FILES,
  readFixture,
} from "./structure-bytes.ts";

const anyK = fc.integer({ min: 1, max: 0xffff });

const anySuperblock: fc.Arbitrary<Superblock> = anyWidths.chain((widths) => {
  const entryFields = { linkNameOffset: anyLength(widths), objectHeaderAddress: anyDefinedAddress(widths) };
  const common = {
    sizeOfOffsets: fc.constant(widths.sizeOfOffsets),
    sizeOfLengths: fc.constant(widths.sizeOfLengths),
    fileConsistencyFlags: fc.integer({ min: 0, max: 7 }),
    baseAddress: anyDefinedAddress(widths),
    endOfFileAddress: anyDefinedAddress(widths),
  };
  const old = {
    ...common,
    groupLeafNodeK: anyK,
    groupInternalNodeK: anyK,
    freeSpaceInfoAddress: anyAddress(widths),
    driverInformationBlockAddress: anyAddress(widths),
    rootGroupSymbolTableEntry: fc.oneof(
      fc.record({ ...entryFields, cacheType: fc.constant(0 as const) }),
      fc.record({
        ...entryFields,
        cacheType: fc.constant(1 as const),
        bTreeAddress: anyAddress(widths),
        nameHeapAddress: anyAddress(widths),
      }),
    ),
  };
  return fc.oneof(
    fc.record({ version: fc.constant(0 as const), ...old }),
    fc.record({ version: fc.constant(1 as const), ...old, indexedStorageInternalNodeK: anyK }),
    fc.record({
      version: fc.constantFrom(2 as const, 3 as const),
      ...common,
      superblockExtensionAddress: anyAddress(widths),
      rootGroupObjectHeaderAddress: anyAddress(widths),
    }),
  );
});

function encode(superblock: Superblock): Uint8Array {
  const writer = new Writer();
  encodeSuperblock(writer, superblock);
  return writer.toBytes();
}

function decode(bytes: Uint8Array): Superblock {
  return decodeSuperblock(new Cursor(bytes, { structure: "Superblock", address: 0 }));
}

describe("superblock", () => {
  test("decodes what it encodes, for every version and every size of offsets and lengths", () => {
    fc.assert(
      fc.property(anySuperblock, (superblock) => {
        const bytes = encode(superblock);
        expect(decode(bytes)).toEqual(superblock);
        expect(bytes.length).toBe(sizeOfSuperblock(superblock.version, superblock));
        expect(superblockByteLength(bytes.subarray(0, SUPERBLOCK_PREFIX_BYTES))).toBe(bytes.length);
      }),
    );
  });

  test.each([...OLD_FILES, ...NEW_FILES])("of %s, by the C library, comes back as the same bytes", (name) => {
    const { bytes, value } = walkFile(name).superblock;
    expect(encode(value)).toEqual(bytes);
    expect(value.endOfFileAddress).toBe(readFixture(name).length);
    expect(rootObjectHeaderAddress(value)).toBe(bytes.length);
  });

  test("has the fields that the C library was asked for", () => {
    expect(walkFile("v1-k.h5").superblock.value).toMatchObject({
      version: 1,
      baseAddress: 512,
      groupInternalNodeK: 3,
      groupLeafNodeK: 2,
      indexedStorageInternalNodeK: 2,
      driverInformationBlockAddress: UNDEFINED_ADDRESS,
    });
    expect(walkFile("v0-offsets4-lengths8.h5").superblock.value).toMatchObject({ sizeOfOffsets: 4, sizeOfLengths: 8 });
    expect(walkFile("v3.h5").superblock.value).toMatchObject({ version: 3, fileConsistencyFlags: 0 });
  });

  test("is looked for at 0, 512 and every doubling", () => {
    const offsets = [0];
    while (offsets.length < 5) offsets.push(nextSuperblockOffset(offsets.at(-1) as number));
    expect(offsets).toEqual([0, 512, 1024, 2048, 4096]);
    expect(hasSuperblockSignature(readFixture("v1-k.h5"))).toBe(false);
    expect(hasSuperblockSignature(readFixture("v1-k.h5").subarray(512))).toBe(true);
    expect(hasSuperblockSignature(Uint8Array.of(0x89, 0x48))).toBe(false);
    expect([0, 512, 1024, 1 << 20].every(isUserBlockSize)).toBe(true);
    expect([1, 256, 513, 1536].some(isUserBlockSize)).toBe(false);
  });

  test("moves with its file, base address and end of file alike", () => {
    const superblock = walkFile("v1-k.h5").superblock.value;
    const moved = relocateSuperblock(superblock, 2048);
    expect(moved.baseAddress).toBe(2048);
    expect(moved.endOfFileAddress).toBe(superblock.endOfFileAddress + 1536);
    expect(relocateSuperblock(superblock, 512)).toBe(superblock);
  });

  test("ends with its checksum", () => {
    const bytes = walkFile("v3.h5").superblock.bytes.slice();
    bytes[11] = FILE_CONSISTENCY_FLAG.OPEN_FOR_WRITING;
    expect(() => decode(bytes)).toThrow(/^Superblock at address 0, field "Checksum": stored 0x/);
  });

  test("names field and bytes that are missing or wrong", () => {
    const bytes = walkFile("v0.h5").superblock.bytes;
    expect(() => decode(bytes.slice(0, 30))).toThrow(
      'Superblock at address 0, field "Base Address": needs 8 bytes, 6 left',
    );
    const withoutK = bytes.slice();
    withoutK.fill(0, 16, 18);
    expect(() => decode(withoutK)).toThrow('field "Group Leaf Node K": expected 1 or more, found 0');
    const odd = bytes.slice();
    odd[13] = 3;
    expect(() => decode(odd)).toThrow('field "Size of Offsets": expected 2, 4 or 8, found 3');
    odd[13] = 16;
    expect(() => decode(odd)).toThrow(expect.toSatisfy((error) => isHdf5Error(error, "unsupported")));
    odd[8] = 4;
    expect(() => decode(odd)).toThrow("expected 0 or 1 or 2 or 3, found 4");
  });

  test.each(["v0.h5", "v1-k.h5", "v3.h5"] as const)("of %s, truncated or damaged, gives an error of ours", (name) => {
    const { bytes } = walkFile(name).superblock;
    expectTruncationErrors(bytes, decode);
    expectTruncationErrors(bytes.subarray(0, 11), superblockByteLength);
    expectDamageErrors(bytes, decode);
  });
});
