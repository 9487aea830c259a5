import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEFAULT_WIDTHS } from "../../src/base/address.ts";
import { isHdf5Error } from "../../src/base/errors.ts";
import { type Message, sizeOfMessageData, typeNumberOf } from "../../src/format/message.ts";
import { MESSAGE, MESSAGE_FLAG } from "../../src/format/message-types.ts";
import {
  anyMessage,
  anyWidths,
  decoded,
  encoded,
  fromHex,
  messageSamples,
  messageTypes,
  toHex,
} from "./header-messages.ts";

function flagsOf(message: Message): number {
  return message.type !== "unknown" && message.shared ? MESSAGE_FLAG.SHARED : 0;
}

/** Decodes, and lets pass only this library's errors. */
function survives(decode: () => unknown): void {
  try {
    decode();
  } catch (error) {
    if (!isHdf5Error(error)) throw error;
  }
}

describe("any header message", () => {
  test("decodes to what was encoded, for every size of offsets and lengths", () => {
    fc.assert(
      fc.property(anyMessage, anyWidths, (message, widths) => {
        const bytes = encoded(message, widths);
        expect(decoded(typeNumberOf(message), flagsOf(message), bytes, widths)).toEqual(message);
        expect(sizeOfMessageData(message, widths)).toBe(bytes.length);
      }),
      { numRuns: 2000 },
    );
  });

  test("has a value for each type the format defines", () => {
    expect(messageTypes.map(([type]) => type)).toEqual(Object.values(MESSAGE));
  });

  test("of the C library is encoded to the same bytes", () => {
    const samples = messageSamples();
    expect(samples.length).toBeGreaterThan(500);
    for (const { file, type, flags, widths, bytes } of samples) {
      const again = encoded(decoded(type, flags, bytes, widths), widths);
      // A version 1 header pads messages to 8 with zeros.
      const where = `${file}, type ${type}, ${toHex(bytes)}`;
      expect(toHex(again).padEnd(2 * bytes.length, "0"), where).toBe(toHex(bytes));
      expect(bytes.length - again.length, where).toBeLessThan(8);
    }
  });

  test("gives errors of this library and no other when it is cut short", () => {
    for (const { type, flags, widths, bytes } of messageSamples()) {
      for (let end = 0; end < bytes.length; end++) {
        survives(() => decoded(type, flags, bytes.subarray(0, end), widths));
      }
    }
  });

  test("gives errors of this library and no other when bytes are damaged", () => {
    const samples = messageSamples();
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 0, max: 255 }),
        ({ type, widths, bytes }, damage, flags) => {
          const damaged = bytes.slice();
          for (const [at, value] of damage) damaged[at % damaged.length] = value;
          survives(() => decoded(type, flags, damaged, widths));
        },
      ),
      { numRuns: 5000 },
    );
  });

  test("of an unknown type keeps its bytes", () => {
    const message = decoded(0x77, 0, fromHex("010203"), DEFAULT_WIDTHS);
    expect(message).toEqual({ type: "unknown", typeNumber: 0x77, bytes: fromHex("010203") });
  });

  test("that cannot be shared is refused with the shared flag", () => {
    const bytes = fromHex("0200 8877665544331100");
    expect(() => decoded(MESSAGE.LINK, MESSAGE_FLAG.SHARED, bytes, DEFAULT_WIDTHS)).toThrow(
      'Link message, field "Header Message Flags": a message of type 6 cannot be shared',
    );
  });

  test("narrows by its type", () => {
    const message = decoded(MESSAGE.REFERENCE_COUNT, 0, fromHex("00 03000000"), DEFAULT_WIDTHS);
    expect(message.type === MESSAGE.REFERENCE_COUNT && !message.shared && message.value).toBe(3);
  });
});
