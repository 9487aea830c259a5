import { describe, expect, test } from "vitest";
import { DEFAULT_WIDTHS } from "../../src/base/address.ts";
import { Writer } from "../../src/base/writer.ts";
import {
  decodeFilterPipeline,
  encodeFilterPipeline,
  type FilterPipeline,
  sizeOfFilterPipeline,
} from "../../src/format/filter-pipeline.ts";
import { cursorOver, fromHex, toHex } from "./header-messages.ts";

function decode(hex: string): FilterPipeline {
  return decodeFilterPipeline(cursorOver(fromHex(hex), "Filter pipeline message", DEFAULT_WIDTHS));
}

function encode(pipeline: FilterPipeline): string {
  const writer = new Writer();
  encodeFilterPipeline(writer, pipeline);
  expect(sizeOfFilterPipeline(pipeline)).toBe(writer.position);
  return toHex(writer.toBytes());
}

const deflate = { id: 1, name: "deflate", optional: true, flags: 1, clientData: [4] };
const plugIn = { id: 32000, name: "lzf", optional: false, flags: 0, clientData: [1, 2] };

describe("filter pipeline message", () => {
  test("of version 1 pads the name and an odd count of values", () => {
    const hex = "0101000000000000" + "0100080001000100" + "6465666c61746500" + "0400000000000000";
    expect(decode(hex)).toEqual({ version: 1, filters: [deflate] });
    expect(encode({ version: 1, filters: [deflate] })).toBe(hex);
  });

  test("of version 2 has names for filters from 256 on only, and no padding", () => {
    const hex = "0202" + "010001000100" + "04000000" + "007d040000000200" + "6c7a6600" + "0100000002000000";
    expect(decode(hex)).toEqual({ version: 2, filters: [{ ...deflate, name: "" }, plugIn] });
    expect(encode({ version: 2, filters: [deflate, plugIn] })).toBe(hex);
  });

  test("sets bit 0 of the flags by `optional`", () => {
    const [first] = decode(encode({ version: 2, filters: [{ ...deflate, optional: false, flags: 3 }] })).filters;
    expect(first).toMatchObject({ optional: false, flags: 2 });
  });

  test("names what contradicts the specification", () => {
    expect(() => decode("02 21")).toThrow('field "Number of Filters": expected 0 to 32, found 33');
    expect(() => decode("0101000000000000 0100 0700 0100 0000")).toThrow(
      'field "Name Length": 7 is not a multiple of 8',
    );
    expect(() => decode("02 01 0100 0000 ffff 00000000")).toThrow(
      'field "Number of Client Data Values": 65535 items of at least 4 bytes, 4 bytes left',
    );
  });
});
