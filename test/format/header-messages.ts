/** Messages for tests: arbitrary values of each type, the C library's samples, and short ways to decode and encode. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { type FileWidths, UNDEFINED_ADDRESS, UNLIMITED } from "../../src/base/address.ts";
import { Cursor } from "../../src/base/cursor.ts";
import { Writer } from "../../src/base/writer.ts";
import type { AttributeMessage } from "../../src/format/attribute.ts";
import type { ChunkIndexing, DataLayout } from "../../src/format/data-layout.ts";
import type { Dataspace } from "../../src/format/dataspace.ts";
import type { FileSpaceInfo } from "../../src/format/file-space-info.ts";
import type { FillValue } from "../../src/format/fill-value.ts";
import type { FilterDescription, FilterPipeline } from "../../src/format/filter-pipeline.ts";
import type { Link, LinkTarget } from "../../src/format/link.ts";
import { decodeMessage, encodeMessage, type Message } from "../../src/format/message.ts";
import { MESSAGE, messageName } from "../../src/format/message-types.ts";
import type { MaybeShared, SharedMessage } from "../../src/format/shared-message.ts";
import { anyDatatype } from "./any-datatype.ts";

export const anyWidths: fc.Arbitrary<FileWidths> = fc.record({
  sizeOfOffsets: fc.constantFrom(2, 4, 8),
  sizeOfLengths: fc.constantFrom(2, 4, 8),
});

/** Fits two bytes, the narrowest width; all ones would be undefined. */
export const anyAddress = fc.oneof(fc.integer({ min: 0, max: 0xfffe }), fc.constant(UNDEFINED_ADDRESS));
export const anyLength = fc.integer({ min: 0, max: 0xfffe });
const definedAddress = fc.integer({ min: 0, max: 0xfffe });
const u8 = fc.integer({ min: 0, max: 0xff });
const u16 = fc.integer({ min: 0, max: 0xffff });
const rank = fc.integer({ min: 1, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const positiveU8 = fc.integer({ min: 1, max: 0xff });
export const anyBytes = fc.uint8Array({ maxLength: 40 });
export const anyName = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 300 })
  .filter((name) => !name.includes("\0"));
const anyAsciiName = fc.string({ minLength: 1, maxLength: 20 });
const anyCharacterSet = fc.constantFrom("ascii" as const, "utf-8" as const);

export const anySharedMessage: fc.Arbitrary<SharedMessage> = fc.oneof(
  fc.record({
    kind: fc.constant("heap" as const),
    version: fc.constant(3 as const),
    heapId: fc.uint8Array({ minLength: 8, maxLength: 8 }),
  }),
  fc.record({
    kind: fc.constant("committed" as const),
    version: fc.constantFrom(1 as const, 2 as const, 3 as const),
    objectHeaderAddress: anyAddress,
  }),
);

export const anyDataspace: fc.Arbitrary<Dataspace> = fc
  .record({
    version: fc.constantFrom(1 as const, 2 as const),
    kind: fc.constantFrom("scalar" as const, "simple" as const, "null" as const),
    dims: fc.array(anyLength, { minLength: 1, maxLength: 32 }),
    maxDimsStored: fc.boolean(),
    maximum: fc.oneof(anyLength, fc.constant(UNLIMITED)),
  })
  .map(({ version, kind, dims, maxDimsStored, maximum }) => {
    if (kind !== "simple") {
      return { kind, dims: [], maxDims: [], maxDimsStored: false, version: kind === "null" ? 2 : version };
    }
    return { kind, dims, maxDims: maxDimsStored ? dims.map(() => maximum) : dims, maxDimsStored, version };
  });

const anyFillValue: fc.Arbitrary<FillValue> = fc
  .record({
    version: fc.constantFrom(1 as const, 2 as const, 3 as const),
    allocationTime: fc.constantFrom("default" as const, "early" as const, "late" as const, "incremental" as const),
    fillTime: fc.constantFrom("alloc" as const, "never" as const, "if-set" as const),
    status: fc.constantFrom("undefined" as const, "default" as const, "user" as const),
    value: fc.uint8Array({ minLength: 1, maxLength: 20 }),
  })
  .map((fill) => (fill.status === "user" ? fill : { ...fill, value: undefined }));

const anyTarget: fc.Arbitrary<LinkTarget> = fc.oneof(
  fc.record({ kind: fc.constant("hard" as const), objectHeaderAddress: anyAddress }),
  fc.record({ kind: fc.constant("soft" as const), path: anyName }),
  fc.record({ kind: fc.constant("external" as const), file: anyName, path: anyName }),
  fc.record({ kind: fc.constant("user" as const), linkType: fc.integer({ min: 65, max: 255 }), data: anyBytes }),
);

export const anyLink: fc.Arbitrary<Link> = fc.record({
  name: anyName,
  characterSet: anyCharacterSet,
  creationOrder: fc.oneof(fc.constant(undefined), fc.maxSafeInteger()),
  target: anyTarget,
});

const anyIndexing: fc.Arbitrary<ChunkIndexing> = fc.oneof(
  fc.record({ type: fc.constant("single-chunk" as const) }),
  fc.record({
    type: fc.constant("single-chunk" as const),
    filtered: fc.record({ byteLength: anyLength, filterMask: u32 }),
  }),
  fc.record({ type: fc.constant("implicit" as const) }),
  fc.record({ type: fc.constant("fixed-array" as const), pageBits: positiveU8 }),
  fc.record({
    type: fc.constant("extensible-array" as const),
    maxBits: positiveU8,
    indexElements: positiveU8,
    minPointers: positiveU8,
    minElements: positiveU8,
    pageBits: positiveU8,
  }),
  fc.record({ type: fc.constant("b-tree-v2" as const), nodeSize: u32, splitPercent: u8, mergePercent: u8 }),
);
const anyVersion = fc.constantFrom(3 as const, 4 as const, 5 as const);
const newVersion = fc.constantFrom(4 as const, 5 as const);

export const anyDataLayout: fc.Arbitrary<DataLayout> = fc.oneof(
  fc.record({ kind: fc.constant("compact" as const), version: anyVersion, data: anyBytes }),
  fc.record({
    kind: fc.constant("contiguous" as const),
    version: anyVersion,
    address: anyAddress,
    byteLength: anyLength,
  }),
  fc.record({
    kind: fc.constant("chunked" as const),
    version: fc.constant(3 as const),
    chunkDims: fc.array(fc.integer({ min: 1, max: 0xffff_ffff }), { minLength: 1, maxLength: 32 }),
    elementSize: fc.integer({ min: 1, max: 0xffff_ffff }),
    dontFilterPartialChunks: fc.constant(false),
    indexing: fc.constant({ type: "b-tree-v1" as const }),
    address: anyAddress,
  }),
  fc.record({
    kind: fc.constant("chunked" as const),
    version: newVersion,
    chunkDims: fc.array(
      fc.maxSafeInteger().map((n) => Math.abs(n) + (n === 0 ? 1 : 0)),
      { minLength: 1, maxLength: 32 },
    ),
    elementSize: fc.integer({ min: 1, max: 0xffff_ffff }),
    dontFilterPartialChunks: fc.boolean(),
    indexing: anyIndexing,
    address: anyAddress,
  }),
  fc.record({ kind: fc.constant("virtual" as const), version: newVersion, heapAddress: anyAddress, heapIndex: u32 }),
);

const anyFilter: fc.Arbitrary<FilterDescription> = fc
  .record({
    id: u16,
    name: fc.oneof(fc.constant(""), anyAsciiName),
    flags: u16,
    clientData: fc.array(u32, { maxLength: 5 }),
  })
  .map((filter) => ({ ...filter, optional: (filter.flags & 1) !== 0 }));

const anyFilterPipeline: fc.Arbitrary<FilterPipeline> = fc
  .record({ version: fc.constantFrom(1 as const, 2 as const), filters: fc.array(anyFilter, { maxLength: 32 }) })
  .map(({ version, filters }) => ({
    version,
    filters: filters.map((filter) => (version === 2 && filter.id < 256 ? { ...filter, name: "" } : filter)),
  }));

function maybeShared<T>(value: fc.Arbitrary<T>): fc.Arbitrary<MaybeShared<T>> {
  return fc.oneof(
    value.map((value) => ({ shared: false as const, value })),
    anySharedMessage.map((location) => ({ shared: true as const, location })),
  );
}

export const anyAttribute: fc.Arbitrary<AttributeMessage> = fc
  .record({
    version: fc.constantFrom(1 as const, 2 as const, 3 as const),
    name: anyName,
    characterSet: anyCharacterSet,
    datatype: maybeShared(anyDatatype),
    dataspace: maybeShared(anyDataspace),
    data: anyBytes,
  })
  .map((attribute) => {
    const { datatype, dataspace } = attribute;
    const leastVersion = attribute.characterSet === "utf-8" ? 3 : datatype.shared || dataspace.shared ? 2 : 1;
    return { ...attribute, version: Math.max(attribute.version, leastVersion) as 1 | 2 | 3 };
  });

const sixAddresses = fc.array(anyAddress, { minLength: 6, maxLength: 6 });

export const anyFileSpaceInfo: fc.Arbitrary<FileSpaceInfo> = fc.oneof(
  fc
    .record({
      version: fc.constant(0 as const),
      strategy: fc.constantFrom("all-persist" as const, "all" as const, "aggregators" as const, "none" as const),
      threshold: anyLength,
      managerAddresses: sixAddresses,
    })
    .map((info) => (info.strategy === "all-persist" ? info : { ...info, managerAddresses: [] })),
  fc
    .record({
      version: fc.constant(1 as const),
      strategy: fc.constantFrom(
        "free-space-managers" as const,
        "page" as const,
        "aggregators" as const,
        "none" as const,
      ),
      persist: fc.boolean(),
      threshold: anyLength,
      pageSize: anyLength,
      pageEndThreshold: u16,
      endOfAllocation: anyAddress,
      smallManagerAddresses: sixAddresses,
      largeManagerAddresses: sixAddresses,
    })
    .map((info) => (info.persist ? info : { ...info, smallManagerAddresses: [], largeManagerAddresses: [] })),
);

const anyExternalFiles = fc.record({
  localHeapAddress: anyAddress,
  slots: fc.array(
    fc.record({
      nameHeapOffset: anyLength,
      fileOffset: anyLength,
      byteLength: fc.oneof(anyLength, fc.constant(UNLIMITED)),
    }),
    { maxLength: 5 },
  ),
});

function infoWith(maximumCreationIndex: number) {
  return fc.record({
    maximumCreationIndex: fc.oneof(fc.constant(undefined), fc.integer({ min: 0, max: maximumCreationIndex })),
    fractalHeapAddress: anyAddress,
    nameIndexAddress: anyAddress,
    creationOrderIndexAddress: fc.oneof(fc.constant(undefined), anyAddress),
  });
}

const anyGroupInfo = fc.record({
  linkPhaseChange: fc.oneof(fc.constant(undefined), fc.record({ maximumCompact: u16, minimumDense: u16 })),
  estimates: fc.oneof(fc.constant(undefined), fc.record({ entries: u16, nameByteLength: u16 })),
});

/** A value of each type of message, not shared. */
const VALUES: readonly (readonly [number, fc.Arbitrary<unknown>])[] = [
  [MESSAGE.NIL, fc.integer({ min: 0, max: 50 })],
  [MESSAGE.DATASPACE, anyDataspace],
  [MESSAGE.LINK_INFO, infoWith(Number.MAX_SAFE_INTEGER)],
  [MESSAGE.DATATYPE, anyDatatype],
  [MESSAGE.FILL_VALUE_OLD, fc.oneof(fc.constant(undefined), fc.uint8Array({ minLength: 1, maxLength: 20 }))],
  [MESSAGE.FILL_VALUE, anyFillValue],
  [MESSAGE.LINK, anyLink],
  [MESSAGE.EXTERNAL_FILES, anyExternalFiles],
  [MESSAGE.DATA_LAYOUT, anyDataLayout],
  [MESSAGE.BOGUS, fc.constant(0xdeadbeef)],
  [MESSAGE.GROUP_INFO, anyGroupInfo],
  [MESSAGE.FILTER_PIPELINE, anyFilterPipeline],
  [MESSAGE.ATTRIBUTE, anyAttribute],
  [MESSAGE.COMMENT, fc.oneof(fc.constant(""), anyName)],
  [MESSAGE.MODIFICATION_TIME_OLD, fc.integer({ min: -62_167_219_200, max: 253_402_300_799 })],
  [MESSAGE.SHARED_MESSAGE_TABLE, fc.record({ tableAddress: anyAddress, indexCount: fc.integer({ min: 0, max: 8 }) })],
  [MESSAGE.CONTINUATION, fc.record({ address: definedAddress, byteLength: fc.integer({ min: 1, max: 0xfffe }) })],
  [MESSAGE.SYMBOL_TABLE, fc.record({ bTreeAddress: anyAddress, localHeapAddress: anyAddress })],
  [MESSAGE.MODIFICATION_TIME, u32],
  [MESSAGE.B_TREE_K, fc.record({ indexedStorageInternalNodeK: rank, groupInternalNodeK: rank, groupLeafNodeK: rank })],
  [
    MESSAGE.DRIVER_INFO,
    fc.record({ kind: fc.constant("other"), identification: fc.constantFrom("abc", "abcdefgh"), data: anyBytes }),
  ],
  [MESSAGE.ATTRIBUTE_INFO, infoWith(0xffff)],
  [MESSAGE.REFERENCE_COUNT, u32],
  [MESSAGE.FILE_SPACE_INFO, anyFileSpaceInfo],
  [MESSAGE.CACHE_IMAGE, fc.record({ address: anyAddress, byteLength: anyLength })],
];

const SHAREABLE = [
  MESSAGE.DATASPACE,
  MESSAGE.DATATYPE,
  MESSAGE.FILL_VALUE_OLD,
  MESSAGE.FILL_VALUE,
  MESSAGE.FILTER_PIPELINE,
  MESSAGE.ATTRIBUTE,
];

/** Every type of message is about as likely as every other. */
export const anyMessage: fc.Arbitrary<Message> = fc.oneof(
  ...VALUES.map(([type, values]) => values.map((value) => ({ type, shared: false, value }) as Message)),
  fc
    .tuple(fc.constantFrom(...SHAREABLE), anySharedMessage)
    .map(([type, location]) => ({ type, shared: true, location }) as Message),
  fc.record({
    type: fc.constant("unknown" as const),
    typeNumber: fc.integer({ min: 0x19, max: 0xff }),
    bytes: anyBytes,
  }),
);

/** One arbitrary a type, to see that each is tested. */
export const messageTypes = VALUES;

export interface MessageSample {
  readonly file: string;
  readonly type: number;
  readonly flags: number;
  readonly widths: FileWidths;
  readonly bytes: Uint8Array;
}

/** Messages written by HDF5 1.10.8; `test/fixtures/header-messages/make-samples.py` made them. */
export function messageSamples(): MessageSample[] {
  const url = new URL("../fixtures/header-messages/samples.json", import.meta.url);
  const rows = JSON.parse(readFileSync(url, "utf8")) as [string, number, number, number, number, string][];
  return rows.map(([file, type, flags, sizeOfOffsets, sizeOfLengths, hex]) => ({
    file,
    type,
    flags,
    widths: { sizeOfOffsets, sizeOfLengths },
    bytes: fromHex(hex),
  }));
}

export function fromHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.replace(/\s/g, "").match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function cursorOver(bytes: Uint8Array, structure: string, widths: FileWidths): Cursor {
  return new Cursor(bytes, { structure, widths });
}

export function encoded(message: Message, widths: FileWidths): Uint8Array {
  const writer = new Writer(widths);
  encodeMessage(writer, message);
  return writer.toBytes();
}

export function decoded(type: number, flags: number, bytes: Uint8Array, widths: FileWidths): Message {
  return decodeMessage(type, flags, cursorOver(bytes, messageName(type), widths));
}
