import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { alignUp } from "../../src/base/bits.ts";
import { Cursor } from "../../src/base/cursor.ts";
import { isHdf5Error } from "../../src/base/errors.ts";
import { DEFAULT_LIMITS } from "../../src/base/limits.ts";
import { MESSAGE, MESSAGE_FLAG } from "../../src/format/message-types.ts";
import {
  continuationOverhead,
  decodeContinuationBlock,
  decodeObjectHeader,
  encodeContinuationBlock,
  encodeObjectHeader,
  fillContinuationBlock,
  fillObjectHeader,
  OBJECT_HEADER_PROBE_BYTES,
  type ObjectHeader,
  objectHeaderByteLength,
  objectHeaderOverhead,
  sizeOfObjectHeader,
} from "../../src/format/object-header.ts";
import {
  fillMessageBlock,
  type HeaderMessage,
  type LocatedMessage,
  type MessageBlock,
  type MessageFormat,
  markIfUnknown,
  maxMessageDataBytes,
  messageHeaderBytes,
  sizeOfMessageBlock,
  unknownMessageProblem,
} from "../../src/format/object-header-message.ts";
import type { ObjectHeaderV1 } from "../../src/format/object-header-v1.ts";
import { leastChunk0Width, type ObjectHeaderV2 } from "../../src/format/object-header-v2.ts";
import { walkFile } from "./old-file.ts";
import {
  cursorOn,
  encoded,
  expectDamageErrors,
  expectTruncationErrors,
  NEW_FILES,
  OLD_FILES,
} from "./structure-bytes.ts";

const WIDTHS = { sizeOfOffsets: 8, sizeOfLengths: 8 };
const V1: MessageFormat = { version: 1, attributeCreationOrderTracked: false };
const V2: MessageFormat = { version: 2, attributeCreationOrderTracked: false };
const V2_TRACKED: MessageFormat = { version: 2, attributeCreationOrderTracked: true };

const anyU16 = fc.integer({ min: 0, max: 0xffff });
const anyU32 = fc.integer({ min: 0, max: 0xffff_ffff });
/** Flags that do not contradict one another, on types for which none is wrong. */
const anyFlags = fc.constantFrom(0, 0x01, 0x04, 0x02, 0x08, 0x10, 0x30, 0x40, 0x42, 0x80);
const anyType = fc.constantFrom<number>(MESSAGE.DATATYPE, MESSAGE.ATTRIBUTE, MESSAGE.DATASPACE, 0x60);

function anyMessages(format: MessageFormat): fc.Arbitrary<HeaderMessage[]> {
  const dataBytes = format.version === 1 ? fc.integer({ min: 0, max: 9 }).map((n) => 8 * n) : fc.nat(70);
  const anyData = dataBytes.chain((length) => fc.uint8Array({ minLength: length, maxLength: length }));
  return fc.array(
    fc.record({
      type: anyType,
      flags: anyFlags,
      creationOrder: format.attributeCreationOrderTracked ? anyU16 : fc.constant(undefined),
      data: anyData,
    }),
    { maxLength: 8 },
  );
}

const anyFormat = fc.constantFrom(V1, V2, V2_TRACKED);
const anyFormatAndMessages = anyFormat.chain((format) =>
  fc.record({ format: fc.constant(format), messages: anyMessages(format) }),
);

const anyHeader: fc.Arbitrary<ObjectHeader> = anyFormatAndMessages.chain<ObjectHeader>(({ format, messages }) => {
  if (format.version === 1) {
    return fc.record({
      version: fc.constant(1 as const),
      attributeCreationOrderTracked: fc.constant(false as const),
      totalMessages: fc.integer({ min: messages.length, max: 0xffff }),
      objectReferenceCount: anyU32,
      messages: fc.constant(messages),
      gap: messages.length === 0 ? fc.constant(0) : fc.nat(messageHeaderBytes(format) - 1),
    });
  }
  const gap = messages.length === 0 ? fc.constant(0) : fc.nat(messageHeaderBytes(format) - 1);
  const times = { accessTime: anyU32, modificationTime: anyU32, changeTime: anyU32, birthTime: anyU32 };
  return fc.record({
    version: fc.constant(2 as const),
    attributeCreationOrderTracked: fc.constant(format.attributeCreationOrderTracked),
    attributeCreationOrderIndexed: fc.boolean(),
    times: fc.option(fc.record(times), { nil: undefined }),
    attributePhaseChange: fc.constantFrom(undefined, { maximumCompact: 8, minimumDense: 6 }),
    sizeOfChunk0Width: fc.constantFrom(2 as const, 4 as const, 8 as const),
    messages: fc.constant(messages),
    gap,
  });
});

function encode(header: ObjectHeader): Uint8Array {
  return encoded(WIDTHS, (writer) => encodeObjectHeader(writer, header));
}

function decode(bytes: Uint8Array): ObjectHeader<LocatedMessage> {
  return decodeObjectHeader(cursorOn(bytes, WIDTHS, "Object header"));
}

/** Messages without the places where they were found, which are checked here. */
function unlocated(bytes: Uint8Array, messages: readonly LocatedMessage[]): HeaderMessage[] {
  return messages.map(({ offset, ...message }) => {
    expect(message.data).toEqual(bytes.subarray(offset, offset + message.data.length));
    return message;
  });
}

describe("object header", () => {
  test("decodes what it encodes, in both versions", () => {
    fc.assert(
      fc.property(anyHeader, (header) => {
        const bytes = encode(header);
        const decoded = decode(bytes);
        expect({ ...decoded, messages: unlocated(bytes, decoded.messages) }).toEqual(header);
        expect(sizeOfObjectHeader(header)).toBe(bytes.length);
        const probe = bytes.subarray(0, OBJECT_HEADER_PROBE_BYTES);
        expect(objectHeaderByteLength(cursorOn(probe, WIDTHS))).toBe(bytes.length);
      }),
    );
  });

  test.each([...OLD_FILES, ...NEW_FILES])("of %s, by the C library, comes back as the same bytes", (name) => {
    for (const { header, continuations } of walkFile(name).objects) {
      expect(encode(header.value)).toEqual(header.bytes);
      for (const { bytes, value } of continuations) {
        expect(encoded(WIDTHS, (writer) => encodeContinuationBlock(writer, header.value, value))).toEqual(bytes);
      }
      if (header.value.version === 1) {
        const blocks = [header.value, ...continuations.map(({ value }) => value)];
        const total = blocks.reduce((sum, { messages }) => sum + messages.length, 0);
        expect(header.value.totalMessages).toBe(total);
      }
    }
  });

  test("of the C library has the blocks and messages that the files were made for", () => {
    const old = walkFile("v0.h5").objects.find(({ path }) => path === "/group 1/");
    const messages = [old?.header.value, ...(old?.continuations ?? []).map(({ value }) => value)].flatMap(
      (block) => block?.messages ?? [],
    );
    expect(old?.continuations.length).toBeGreaterThan(0);
    expect(messages.filter(({ type }) => type === MESSAGE.ATTRIBUTE).length).toBe(6);
    expect(messages.every(({ creationOrder, data }) => creationOrder === undefined && data.length % 8 === 0)).toBe(
      true,
    );

    const tracked = walkFile("v2-tracked.h5").objects[0]?.header.value as ObjectHeaderV2;
    expect(tracked.attributeCreationOrderTracked).toBe(true);
    expect(tracked.attributeCreationOrderIndexed).toBe(true);
    expect(tracked.times?.birthTime).toBeGreaterThan(1.6e9);
  });

  test("has its attribute phase change values only where they differ from the library's", () => {
    const header: ObjectHeaderV2 = {
      version: 2,
      attributeCreationOrderTracked: false,
      attributeCreationOrderIndexed: false,
      times: undefined,
      attributePhaseChange: { maximumCompact: 12, minimumDense: 5 },
      sizeOfChunk0Width: 1,
      messages: [],
      gap: 0,
    };
    expect([...encode(header).subarray(0, 11)]).toEqual([0x4f, 0x48, 0x44, 0x52, 2, 0x10, 12, 0, 5, 0, 0]);
    const bad = encode({ ...header, attributePhaseChange: { maximumCompact: 4, minimumDense: 5 } });
    expect(() => decode(bad)).toThrow('field "Minimum # of dense attributes": 5, above the 4 compact ones');
  });

  test("gives the narrowest field for the size of chunk #0", () => {
    expect([0, 255, 256, 65535, 65536, 0xffff_ffff, 2 ** 32].map(leastChunk0Width)).toEqual([1, 1, 2, 2, 4, 4, 8]);
  });

  test("refuses bytes that start no header, sizes beyond the limit and checksums that do not match", () => {
    const length = (bytes: Uint8Array) => objectHeaderByteLength(cursorOn(bytes, WIDTHS, "Object header"));
    expect(() => length(Uint8Array.of(0, 0, 0, 0))).toThrow('Object header, field "Version": expected 1, found 0');
    expect(() => length(new TextEncoder().encode("OCHK"))).toThrow('expected "OHDR", found "OCHK"');
    const huge = Uint8Array.of(1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 0, 0, 0, 0);
    const limited = new Cursor(huge, { structure: "Object header", limits: DEFAULT_LIMITS });
    expect(() => objectHeaderByteLength(limited)).toThrow(expect.toSatisfy((error) => isHdf5Error(error, "limit")));
    const bytes = walkFile("v3.h5").objects[0]?.header.bytes.slice() as Uint8Array;
    bytes[bytes.length - 5] = (bytes[bytes.length - 5] as number) ^ 1;
    expect(() => decode(bytes)).toThrow(/^Object header, field "Checksum": stored 0x/);
  });

  test("refuses a version 1 header with more messages than it counts", () => {
    const message = { type: MESSAGE.NIL, flags: 0, data: new Uint8Array(8) };
    const header: ObjectHeaderV1 = {
      version: 1,
      attributeCreationOrderTracked: false,
      totalMessages: 1,
      objectReferenceCount: 1,
      messages: [message, message],
      gap: 0,
    };
    expect(() => decode(encode(header))).toThrow(
      'Object header, field "Total Number of Header Messages": 1, but the first block has 2',
    );
    expect(() => decode(encode({ ...header, totalMessages: 0 }))).toThrow(
      '"Object Header Size": 32 bytes for no messages',
    );
  });

  test("truncated or damaged gives an error of ours", () => {
    for (const name of ["v0.h5", "v2-tracked.h5"] as const) {
      for (const { header, continuations } of walkFile(name).objects.slice(0, 4)) {
        expectTruncationErrors(header.bytes, decode);
        expectDamageErrors(header.bytes, decode);
        for (const { bytes } of continuations) {
          expectDamageErrors(bytes, (damaged) => decodeContinuationBlock(cursorOn(damaged, WIDTHS), header.value));
        }
      }
    }
  });

  test("damaged in a version 2 block whose checksum was made to fit gives an error of ours", () => {
    const body = encode(walkFile("v2-tracked.h5").objects[0]?.header.value as ObjectHeader).slice(0, -4);
    expectDamageErrors(body, (damaged) => decode(encoded(WIDTHS, (writer) => writer.bytes(damaged).checksum(3))));
  });
});

describe("continuation block", () => {
  test("decodes what it encodes, in both versions", () => {
    const anyCase = anyFormatAndMessages.chain((value) =>
      fc.record({
        format: fc.constant(value.format),
        messages: fc.constant(value.messages),
        gap: fc.nat(messageHeaderBytes(value.format) - 1),
      }),
    );
    fc.assert(
      fc.property(anyCase, ({ format, messages, gap }) => {
        const bytes = encoded(WIDTHS, (writer) => encodeContinuationBlock(writer, format, { messages, gap }));
        expect(bytes.length).toBe(continuationOverhead(format) + sizeOfMessageBlock(format, { messages, gap }));
        const block = decodeContinuationBlock(cursorOn(bytes, WIDTHS), format);
        expect({ messages: unlocated(bytes, block.messages), gap: block.gap }).toEqual({ messages, gap });
      }),
    );
  });

  test("of version 2 needs its signature and checksum", () => {
    const block: MessageBlock = { messages: [{ type: 1, flags: 0, data: Uint8Array.of(1, 2, 3) }], gap: 2 };
    const bytes = encoded(WIDTHS, (writer) => encodeContinuationBlock(writer, V2, block));
    expectTruncationErrors(bytes, (damaged) => decodeContinuationBlock(cursorOn(damaged, WIDTHS), V2));
    bytes[9] = 9;
    expect(() => decodeContinuationBlock(cursorOn(bytes, WIDTHS), V2)).toThrow('field "Checksum"');
  });
});

describe("filling a block", () => {
  test("takes exactly the bytes asked for, with NIL messages or a gap but never both", () => {
    const extra = fc.oneof(fc.nat(40), fc.nat(200_000));
    fc.assert(
      fc.property(anyFormatAndMessages, extra, ({ format, messages }, more) => {
        const needed = sizeOfMessageBlock(format, { messages, gap: 0 });
        const byteLength = needed + (format.version === 1 ? alignUp(more, 8) : more);
        const filled = fillMessageBlock(format, messages, byteLength);
        expect(sizeOfMessageBlock(format, filled)).toBe(byteLength);
        const fillers = filled.messages.slice(messages.length);
        expect(filled.messages.slice(0, messages.length)).toEqual(messages);
        expect(
          fillers.every(({ type, data }) => type === MESSAGE.NIL && data.length <= maxMessageDataBytes(format)),
        ).toBe(true);
        expect(filled.gap === 0 || fillers.length === 0).toBe(true);
        expect(filled.gap).toBeLessThan(messageHeaderBytes(format));
        const bytes = encoded(WIDTHS, (writer) => encodeContinuationBlock(writer, format, filled));
        expect(decodeContinuationBlock(cursorOn(bytes, WIDTHS), format).messages.length).toBe(filled.messages.length);
      }),
      { numRuns: 60 },
    );
  });

  test("of version 1 keeps a gap that the library has left", () => {
    // A committed string of 4 bytes as version 1.10 of the library copies it.
    const bytes = Uint8Array.from(
      Buffer.from("0100010001000000160000000000000003000800050000001311000004000000000000000000", "hex"),
    );
    const header = decode(bytes);
    expect(header).toMatchObject({ gap: 6, totalMessages: 1 });
    expect(header.messages.map(({ data }) => data.length)).toEqual([8]);
    expect(encode(fillObjectHeader(header, header.messages, bytes.length))).toEqual(bytes);
    const larger = fillObjectHeader(header, header.messages, bytes.length + 8);
    expect(larger.messages.map(({ type }) => type)).toEqual([MESSAGE.DATATYPE, MESSAGE.NIL]);
    expect(decode(encode({ ...larger, totalMessages: 2 } as ObjectHeader))).toMatchObject({ gap: 6 });
  });

  test("leaves a rest behind a largest NIL message that is itself a NIL message", () => {
    for (const rest of [1, 3, 4, 5]) {
      const { messages, gap } = fillMessageBlock(V2, [], 4 + 65535 + rest);
      expect(messages.map(({ data }) => data.length)).toEqual(rest < 4 ? [65531, rest] : [65535, rest - 4]);
      expect(gap).toBe(0);
    }
  });

  test("drops NIL messages that were there and pads the data of version 1", () => {
    const nil = { type: MESSAGE.NIL, flags: 0, data: new Uint8Array(8) };
    const message = { type: MESSAGE.COMMENT, flags: 0, data: Uint8Array.of(1, 2, 3) };
    const filled = fillContinuationBlock(V1, [nil, message, nil], 40);
    expect(filled.messages.map(({ type }) => type)).toEqual([MESSAGE.COMMENT, MESSAGE.NIL]);
    const bytes = encoded(WIDTHS, (writer) => encodeContinuationBlock(writer, V1, filled));
    const decoded = decodeContinuationBlock(cursorOn(bytes, WIDTHS), V1);
    expect(decoded.messages[0]?.data).toEqual(Uint8Array.of(1, 2, 3, 0, 0, 0, 0, 0));
    expect(decoded.messages[1]?.data.length).toBe(16);
  });

  test.each([...OLD_FILES, ...NEW_FILES])(
    "of %s anew keeps its messages, and its bytes where NIL comes last",
    (name) => {
      const content = (messages: readonly HeaderMessage[]) =>
        messages.filter(({ type }) => type !== MESSAGE.NIL).map(({ type, flags, data }) => ({ type, flags, data }));
      const hasNilWithin = (messages: readonly HeaderMessage[]) =>
        messages.slice(0, -1).some(({ type }) => type === MESSAGE.NIL);
      for (const { header, continuations } of walkFile(name).objects) {
        const format = header.value;
        const filledHeader = fillObjectHeader(format, format.messages, header.bytes.length);
        const bytes = encode(filledHeader);
        expect(content(decode(bytes).messages)).toEqual(content(format.messages));
        expect(bytes.length).toBe(header.bytes.length);
        if (!hasNilWithin(format.messages)) expect(bytes).toEqual(header.bytes);
        for (const block of continuations) {
          const filled = fillContinuationBlock(format, block.value.messages, block.bytes.length);
          const again = encoded(WIDTHS, (writer) => encodeContinuationBlock(writer, format, filled));
          expect(content(decodeContinuationBlock(cursorOn(again, WIDTHS), format).messages)).toEqual(
            content(block.value.messages),
          );
          expect(again.length).toBe(block.bytes.length);
          if (!hasNilWithin(block.value.messages)) expect(again).toEqual(block.bytes);
        }
      }
    },
  );

  test("gives a header the size that was asked for", () => {
    const header = walkFile("v2.h5").objects[0]?.header.value as ObjectHeader;
    const filled = fillObjectHeader(header, [], objectHeaderOverhead(header) + 250);
    expect(encode(filled).length).toBe(objectHeaderOverhead(header) + 250);
    expect(() => fillObjectHeader(header, header.messages, objectHeaderOverhead(header) + 5)).toThrow(RangeError);
    expect(() => encode({ ...filled, gap: 4 } as ObjectHeader)).toThrow(RangeError);
  });
});

describe("message flags", () => {
  const withFlags = (type: number, flags: number) => () => {
    const block = { messages: [{ type, flags, data: new Uint8Array(8) }], gap: 0 };
    const bytes = encoded(WIDTHS, (writer) => encodeContinuationBlock(writer, V1, block));
    return decodeContinuationBlock(cursorOn(bytes, WIDTHS, "Block"), V1);
  };

  test("that contradict one another are refused", () => {
    for (const flags of [0x06, 0x28, 0x38, 0x20]) {
      expect(withFlags(MESSAGE.DATATYPE, flags)).toThrow('Block, field "Header Message Flags": contradictory flags');
    }
    expect(withFlags(MESSAGE.DATA_LAYOUT, 0x40)).toThrow("a message of type 8 cannot be shared");
    expect(withFlags(MESSAGE.DATATYPE, 0x40)).not.toThrow();
    expect(withFlags(0x77, 0x40)).not.toThrow();
  });

  test("decide whether an object with an unknown message may be opened", () => {
    const message = (flags: number, type = 0x77) => ({ type, flags, data: new Uint8Array(0) });
    expect(unknownMessageProblem(message(0), true)).toBeUndefined();
    expect(unknownMessageProblem(message(MESSAGE_FLAG.FAIL_IF_UNKNOWN, MESSAGE.LINK), true)).toBeUndefined();
    expect(unknownMessageProblem(message(MESSAGE_FLAG.FAIL_IF_UNKNOWN), false)).toBe(
      "message of unknown type 119 forbids opening the object",
    );
    expect(unknownMessageProblem(message(MESSAGE_FLAG.FAIL_IF_UNKNOWN_AND_WRITING), false)).toBeUndefined();
    expect(unknownMessageProblem(message(MESSAGE_FLAG.FAIL_IF_UNKNOWN_AND_WRITING), true)).toMatch(/for writing$/);
  });

  test("of an unknown message record a change, when the message asks for it", () => {
    const message = { type: 0x77, flags: MESSAGE_FLAG.MARK_IF_UNKNOWN, data: new Uint8Array(0) };
    expect(markIfUnknown(message).flags).toBe(MESSAGE_FLAG.MARK_IF_UNKNOWN | MESSAGE_FLAG.WAS_UNKNOWN);
    const silent = { ...message, flags: 0 };
    expect(markIfUnknown(silent)).toBe(silent);
  });
});
