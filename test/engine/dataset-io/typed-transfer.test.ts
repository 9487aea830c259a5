import { describe, expect, test } from "vitest";
import { destinationGaps } from "../../../src/engine/dataset-io/destination-gaps.ts";
import { rawDataAccess } from "../../../src/engine/dataset-io/raw-data-access.ts";
import { readConverted, writeConverted } from "../../../src/engine/dataset-io/transfer.ts";
import { readTransfer, writeTransfer } from "../../../src/engine/dataset-io/typed-transfer.ts";
import { selectAll } from "../../../src/engine/selection/selection.ts";
import type { ByteOrder, CompoundType, Datatype, FixedPointType } from "../../../src/format/datatype.ts";
import { FakeDataset } from "./fake-dataset.ts";

function integer(size: number, byteOrder: ByteOrder = "little-endian"): FixedPointType {
  const bits = { bitOffset: 0, bitPrecision: size * 8, lowPad: "zero", highPad: "zero" } as const;
  return { class: "fixed-point", version: 1, size, byteOrder, signed: true, ...bits };
}

function compound(size: number, ...members: [string, number, Datatype][]): CompoundType {
  const list = members.map(([name, byteOffset, type]) => ({ name, byteOffset, type }));
  return { class: "compound", version: 1, size, members: list };
}

const layouts = ["compact", "contiguous", "chunked", "direct"] as const;

describe("typed transfers", () => {
  test("convert between datatypes both ways, in every layout", () => {
    const file = integer(2, "big-endian");
    const memory = integer(4);
    for (const layout of layouts) {
      const access = rawDataAccess(new FakeDataset({ dims: [1000], elementSize: 2, layout, chunkDims: [300] }));
      const values = new Int32Array(1000).map((_, i) => i * 31 - 15000);
      writeConverted(access, writeTransfer(file, memory), selectAll([1000]), new Uint8Array(values.buffer));
      const back = new Int32Array(1000);
      readConverted(access, readTransfer(file, memory), selectAll([1000]), new Uint8Array(back.buffer));
      expect(back).toEqual(values);
    }
  });

  test("of fewer members keep the others, in the file and in memory", () => {
    const both = compound(8, ["a", 0, integer(4)], ["b", 4, integer(4)]);
    const one = compound(4, ["b", 0, integer(4)]);
    for (const layout of layouts) {
      const access = rawDataAccess(new FakeDataset({ dims: [3], elementSize: 8, layout, chunkDims: [3] }));
      const all = new Int32Array([1, 2, 3, 4, 5, 6]);
      writeConverted(access, writeTransfer(both, both), selectAll([3]), new Uint8Array(all.buffer));
      const seconds = new Int32Array([20, 40, 60]);
      writeConverted(access, writeTransfer(both, one), selectAll([3]), new Uint8Array(seconds.buffer));
      const back = new Int32Array(6);
      readConverted(access, readTransfer(both, both), selectAll([3]), new Uint8Array(back.buffer));
      expect([...back]).toEqual([1, 20, 3, 40, 5, 60]);

      const narrow = rawDataAccess(new FakeDataset({ dims: [3], elementSize: 4, layout, chunkDims: [2] }));
      writeConverted(narrow, writeTransfer(one, one), selectAll([3]), new Uint8Array(seconds.buffer));
      readConverted(narrow, readTransfer(one, both), selectAll([3]), new Uint8Array(all.buffer));
      expect([...all]).toEqual([1, 20, 3, 40, 5, 60]);
    }
  });

  test("write zeros between members, whatever was there", () => {
    const apart = compound(12, ["a", 0, integer(4)], ["b", 8, integer(4)]);
    const packed = compound(8, ["a", 0, integer(4)], ["b", 4, integer(4)]);
    for (const layout of layouts) {
      for (const count of [2, 600]) {
        const dataset = new FakeDataset({ dims: [count], elementSize: 12, layout, chunkDims: [count] });
        const access = rawDataAccess(dataset);
        const values = new Int32Array(2 * count).map((_, i) => i + 1);
        writeConverted(access, writeTransfer(apart, packed), selectAll([count]), new Uint8Array(values.buffer));
        const back = new Int32Array(3 * count);
        readConverted(access, readTransfer(apart, apart), selectAll([count]), new Uint8Array(back.buffer));
        expect([...back]).toEqual(
          [...back.keys()].map((i) => (i % 3 === 1 ? 0 : 2 * Math.floor(i / 3) + 1 + (i % 3) / 2)),
        );
      }
    }
  });

  test("are refused where there is no conversion", () => {
    const text: Datatype = { class: "string", version: 1, size: 3, padding: "null-pad", characterSet: "ascii" };
    expect(() => readTransfer(integer(1), text)).toThrow("no appropriate function for conversion path");
  });
});

describe("gaps of a destination", () => {
  test("are told apart: none, holes between members, what is kept", () => {
    const one = compound(4, ["a", 0, integer(4)]);
    const padded = compound(8, ["a", 0, integer(4)]);
    const two = compound(8, ["a", 0, integer(4)], ["b", 4, integer(4)]);
    const array: Datatype = { class: "array", version: 2, size: 16, dims: [2], base: two };
    const arrayOfOne: Datatype = { class: "array", version: 2, size: 8, dims: [2], base: one };
    expect(destinationGaps(two, one)).toBe("none");
    expect(destinationGaps(one, padded)).toBe("holes");
    expect(destinationGaps(one, two)).toBe("kept");
    expect(destinationGaps(compound(4, ["n", 0, one]), compound(8, ["n", 0, two]))).toBe("kept");
    expect(destinationGaps(arrayOfOne, array)).toBe("kept");
    expect(destinationGaps(integer(2), { ...integer(4), bitPrecision: 20, highPad: "background" })).toBe("kept");
  });
});
