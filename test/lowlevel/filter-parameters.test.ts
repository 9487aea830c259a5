import { describe, expect, test } from "vitest";
import { MemoryTarget } from "../../src/io/memory-source.ts";
import { localFilters } from "../../src/lowlevel/filter-parameters.ts";
import * as h5d from "../../src/lowlevel/h5d.ts";
import * as h5f from "../../src/lowlevel/h5f.ts";
import * as h5p from "../../src/lowlevel/h5p.ts";
import * as h5s from "../../src/lowlevel/h5s.ts";
import * as h5t from "../../src/lowlevel/h5t.ts";
import { expectError } from "./expect-error.ts";

/** A 16-bit big-endian integer of which 12 bits count. */
function twelveBits(): h5t.TypeIntegerID {
  const type = h5t.STD_I16BE.copy();
  type.setPrecision(12);
  type.setOffset(2);
  return type;
}

function compound(): h5t.TypeCompoundID {
  const type = h5t.create(h5t.COMPOUND, 20);
  type.insert("a", 0, twelveBits());
  type.insert("b", 4, h5t.IEEE_F64LE);
  type.insert("c", 12, h5t.C_S1);
  return type;
}

/** The values stored for a filter, as HDF5 1.10.8 stored them; trailing zeros left out. */
function stored(type: h5t.TypeID, chunk: number[], set: (dcpl: h5p.PropDCID) => void, fill?: Uint8Array): number[] {
  const dcpl = h5p.create(h5p.DATASET_CREATE);
  set(dcpl);
  const datatype = type.datatype();
  const [filter] = localFilters(
    dcpl.values().filters.map((one) => ({ ...one, optional: true })),
    { datatype, chunkDims: chunk, fillValue: fill ?? new Uint8Array(datatype.size) },
  );
  const values = [...(filter?.clientData ?? [])];
  while (values.length > 0 && values.at(-1) === 0) values.pop();
  return values;
}

const scaled = (type: number, factor: number) => (dcpl: h5p.PropDCID) => dcpl.setScaleoffset(type, factor);
const nbit = (dcpl: h5p.PropDCID) => dcpl.setFilter(5);
const szip = (dcpl: h5p.PropDCID) => dcpl.setSzip(32, 16);
const int32 = (value: number) => new Uint8Array(Int32Array.of(value).buffer);

describe("values of filters that follow from the dataset", () => {
  test("are those of the C library for scale-offset", () => {
    expect(stored(h5t.STD_I32LE, [5, 7], scaled(2, 0))).toEqual([2, 0, 35, 0, 4, 1, 0, 1]);
    expect(stored(h5t.STD_I32LE, [5, 7], scaled(2, 3), int32(-7))).toEqual([2, 3, 35, 0, 4, 1, 0, 1, 4294967289]);
    expect(stored(h5t.STD_I16BE, [5, 7], scaled(2, 0), Uint8Array.of(0xff, 0xf9))).toEqual([
      2, 0, 35, 0, 2, 1, 1, 1, 65529,
    ]);
    expect(stored(h5t.STD_U8LE, [5], scaled(2, 0), Uint8Array.of(200))).toEqual([2, 0, 5, 0, 1, 0, 0, 1, 200]);
    const long = new Uint8Array(BigInt64Array.of(-7n).buffer);
    expect(stored(h5t.STD_I64LE, [5], scaled(2, 0), long)).toEqual([2, 0, 5, 0, 8, 1, 0, 1, 4294967289, 4294967295]);
    const float = new Uint8Array(Float32Array.of(1.5).buffer);
    expect(stored(h5t.IEEE_F32LE, [5], scaled(0, 2), float)).toEqual([0, 2, 5, 1, 4, 0, 0, 1, 1069547520]);
    const double = new Uint8Array(Float64Array.of(1.5).buffer).reverse();
    expect(stored(h5t.IEEE_F64BE, [5], scaled(0, 2), double)).toEqual([0, 2, 5, 1, 8, 0, 1, 1, 0, 1073217536]);
  });

  test("are those of the C library for n-bit", () => {
    expect(stored(twelveBits(), [5], nbit)).toEqual([8, 0, 5, 1, 2, 1, 12, 2]);
    expect(stored(h5t.IEEE_F32BE, [5], nbit)).toEqual([8, 1, 5, 1, 4, 1, 32]);
    expect(stored(h5t.arrayCreate(twelveBits(), [2, 3]), [5], nbit)).toEqual([10, 0, 5, 2, 12, 1, 2, 1, 12, 2]);
    expect(stored(compound(), [5], nbit)).toEqual([21, 0, 5, 3, 20, 3, 0, 1, 2, 1, 12, 2, 4, 1, 8, 0, 64, 0, 12, 4, 1]);
    expect(stored(h5t.C_S1, [5], nbit)).toEqual([3, 1, 5]);
  });

  test("are those of the C library for szip, shuffle and LZF", () => {
    expect(stored(h5t.STD_I32LE, [5, 8], szip)).toEqual([169, 16, 32, 40]);
    expect(stored(h5t.IEEE_F64BE, [5, 1000], szip)).toEqual([177, 16, 64, 1000]);
    expect(stored(twelveBits(), [50, 5], szip)).toEqual([177, 16, 16, 250]);
    expect(stored(h5t.STD_I32LE, [5, 9000], szip)).toEqual([169, 16, 32, 2048]);
    expect(stored(h5t.STD_I16LE, [5, 7], (dcpl) => dcpl.setShuffle())).toEqual([2]);
    expect(stored(h5t.STD_I32LE, [5, 7], (dcpl) => dcpl.setFilter(32000, 1))).toEqual([4, 261, 140]);
  });

  test("say why a filter cannot be applied", () => {
    const fid = h5f.create(new MemoryTarget());
    const make = (type: h5t.TypeID, set: (dcpl: h5p.PropDCID) => void) => () => {
      const dcpl = h5p.create(h5p.DATASET_CREATE);
      dcpl.setChunk([5]);
      set(dcpl);
      return h5d.create(fid, "x", type, h5s.createSimple([10]), dcpl);
    };
    const refused = (why: string) => `Unable to create dataset (${why})`;
    expectError(make(h5t.C_S1, scaled(2, 2)), "ValueError", refused("datatype class not supported by scaleoffset"));
    expectError(
      make(h5t.STD_U8LE, szip),
      "ValueError",
      refused("pixels per block greater than total number of elements in the chunk"),
    );
    expectError(
      make(h5t.STD_I32LE, (dcpl) => dcpl.setFilter(32015)),
      "ValueError",
      refused("required filter 32015 is not registered"),
    );
    expect([...fid]).toEqual([]);
    expect(
      make(h5t.STD_I32LE, (dcpl) => dcpl.setFilter(32015, 1))()
        .getCreatePlist()
        .getFilter(0)
        .slice(0, 3),
    ).toEqual([32015, 1, []]);
  });
});
