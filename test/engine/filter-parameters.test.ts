import { describe, expect, test } from "vitest";
import { createDataset } from "../../src/engine/create-object.ts";
import { localParameters } from "../../src/engine/filter-parameters.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import type { CompoundType, Datatype, FloatingPointType, VariableLengthType } from "../../src/format/datatype.ts";
import type { FilterDescription } from "../../src/format/filter-pipeline.ts";
import { MemoryTarget } from "../../src/io/memory-source.ts";
import { CODED_CHUNKS } from "../filters/coded-chunks.ts";

function filter(id: number, clientData: readonly number[], optional: boolean): FilterDescription {
  return { id, name: "", optional, flags: optional ? 1 : 0, clientData };
}

function integer(size: number, byteOrder: "little-endian" | "big-endian" = "little-endian"): Datatype {
  const pads = { lowPad: "zero", highPad: "zero" } as const;
  return {
    class: "fixed-point",
    version: 1,
    size,
    byteOrder,
    ...pads,
    signed: true,
    bitOffset: 0,
    bitPrecision: 8 * size,
  };
}

const VAX: FloatingPointType = {
  class: "floating-point",
  version: 3,
  size: 4,
  byteOrder: "vax",
  lowPad: "zero",
  highPad: "zero",
  internalPad: "zero",
  mantissaNormalization: "implied",
  signLocation: 31,
  bitOffset: 0,
  bitPrecision: 32,
  exponentLocation: 23,
  exponentSize: 8,
  mantissaLocation: 0,
  mantissaSize: 23,
  exponentBias: 129,
};
const SEQUENCE: VariableLengthType = {
  class: "variable-length",
  version: 1,
  size: 16,
  kind: "sequence",
  padding: "null-terminate",
  characterSet: "ascii",
  base: integer(4),
};
const OPAQUE: Datatype = { class: "opaque", version: 1, size: 4, tag: "" };
const NINE_BYTES: Datatype = { class: "string", version: 1, size: 9, padding: "null-pad", characterSet: "ascii" };

function array(base: Datatype, ...dims: number[]): Datatype {
  return { class: "array", version: 2, size: dims.reduce((a, b) => a * b, base.size), dims, base };
}

function compound(size: number, ...members: readonly (readonly [number, Datatype])[]): CompoundType {
  return {
    class: "compound",
    version: 1,
    size,
    members: members.map(([byteOffset, type], i) => ({ name: `m${i}`, byteOffset, type })),
  };
}

const SZIP = [128 | 32 | 1, 8];
const DIMS = [4, 5];

describe("client data that follows from the dataset", () => {
  test.each(CODED_CHUNKS)("is that of the C library: $name", ({ filter: { id, clientData }, ...chunk }) => {
    const found = localParameters(filter(id, chunk.userValues, true), chunk.datatype, chunk.chunkDims, chunk.fillValue);
    expect(found).toEqual(clientData);
  });

  test("of shuffle is the element size, and other filters keep theirs", () => {
    expect(localParameters(filter(2, [], true), integer(4), DIMS, undefined)).toEqual([4]);
    expect(localParameters(filter(1, [6], true), integer(4), DIMS, undefined)).toEqual([6]);
    expect(localParameters(filter(32000, [3, 1], true), integer(4), DIMS, undefined)).toEqual([3, 1, 80]);
  });

  test("of szip follows the innermost type when the filter is optional", () => {
    expect(localParameters(filter(4, SZIP, true), array(integer(4), 3), DIMS, undefined)).toEqual([169, 8, 32, 20]);
    expect(localParameters(filter(4, SZIP, false), integer(2, "big-endian"), DIMS, undefined)).toEqual([
      177, 8, 16, 20,
    ]);
    expect(localParameters(filter(4, SZIP, true), integer(1), [3, 5000], undefined)).toEqual([169, 8, 8, 1024]);
    expect(localParameters(filter(4, [161, 32], true), integer(1), [3, 4000], undefined)).toEqual([169, 32, 8, 4000]);
  });

  test("of n-bit takes variable-length members up to the next one", () => {
    const type = compound(40, [8, integer(1)], [16, SEQUENCE], [36, integer(2)]);
    expect(localParameters(filter(5, [], true), type, DIMS, undefined)).toEqual([
      21, 1, 20, 3, 40, 3, 8, 1, 1, 0, 8, 0, 16, 4, 20, 36, 1, 2, 0, 16, 0,
    ]);
  });

  test("stays what the user gave for variable-length data and unknown filters, if these are optional", () => {
    expect(localParameters(filter(6, [2, 0], true), SEQUENCE, DIMS, undefined)).toEqual([2, 0]);
    expect(localParameters(filter(4444, [9], true), integer(4), DIMS, undefined)).toEqual([9]);
  });

  test.each<[string, FilterDescription, Datatype, readonly number[]]>([
    ["not suitable for filters", filter(3, [], false), SEQUENCE, DIMS],
    ["required filter 4444 is not registered", filter(4444, [], false), integer(4), DIMS],
    ["invalid datatype size", filter(4, SZIP, false), array(integer(4), 3), DIMS],
    ["invalid datatype size", filter(4, SZIP, true), NINE_BYTES, DIMS],
    ["invalid datatype endianness order", filter(4, SZIP, true), OPAQUE, DIMS],
    ["invalid datatype endianness order", filter(4, SZIP, true), VAX, DIMS],
    [
      "invalid datatype endianness order",
      filter(4, SZIP, true),
      compound(8, [0, integer(4)], [4, integer(4, "big-endian")]),
      DIMS,
    ],
    ["operation not defined for specified datatype", filter(4, SZIP, true), compound(8, [0, integer(4)]), DIMS],
    ["pixels per block greater than total number of elements in the chunk", filter(4, [4, 32], true), integer(4), DIMS],
    ["datatype not supported by nbit", filter(5, [], true), array(SEQUENCE, 2), DIMS],
    ["datatype not supported by nbit", filter(5, [], true), compound(40, [0, array(SEQUENCE, 2)]), DIMS],
    ["bad datatype endianness order", filter(5, [], true), VAX, DIMS],
    [
      "datatype needs too many nbit parameters",
      filter(5, [], true),
      compound(4100, ...Array.from({ length: 4100 }, (_, i) => [i, integer(1)] as const)),
      DIMS,
    ],
    ["datatype class not supported by scaleoffset", filter(6, [2, 0], true), OPAQUE, DIMS],
    ["bad datatype endianness order", filter(6, [0, 2], true), VAX, DIMS],
    ["cannot find matched memory dataype", filter(6, [2, 0], true), integer(3), DIMS],
  ])("is refused as the C library refuses it: %s", (words, description, type, dims) => {
    expect(() => localParameters(description, type, dims, undefined)).toThrow(words);
  });

  test("is computed before anything of a dataset is allocated", () => {
    const file = H5File.create(new MemoryTarget());
    const before = file.fileSize();
    const dataspace = { version: 1, kind: "simple", dims: [20], maxDims: [20], maxDimsStored: false } as const;
    const layout = { kind: "chunked", chunkDims: [20] } as const;
    const options = { datatype: OPAQUE, dataspace, layout, filters: [filter(6, [2, 0], true)] };
    expect(() => createDataset(file, options)).toThrow("datatype class not supported by scaleoffset");
    expect(file.fileSize()).toBe(before);
    const dataset = createDataset(file, { ...options, datatype: integer(4) });
    expect(dataset.pipeline?.filters[0]?.clientData).toEqual([
      2,
      0,
      20,
      0,
      4,
      1,
      0,
      1,
      ...new Array<number>(12).fill(0),
    ]);
    const bytes = new Uint8Array(Int32Array.from({ length: 20 }, (_, i) => i * i - 50).buffer);
    dataset.writeBytes(bytes);
    expect(dataset.readBytes()).toEqual(bytes);
  });
});
