import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dtypeText } from "../../../src/engine/conversion/dtype-text.ts";
import {
  type NumpyTime,
  numpyTimeOf,
  readNumpyTime,
  writeNumpyTime,
} from "../../../src/engine/conversion/numpy-times.ts";
import { opaque } from "../../../src/format/predefined-datatypes.ts";
import { opaqueDtype } from "../../../src/index.ts";

function timeOf(name: string): NumpyTime {
  const time = numpyTimeOf(opaqueDtype(name));
  if (time === undefined) throw new Error(`${name} is no time`);
  return time;
}

function there(name: string, value: Date | bigint): bigint {
  const bytes = new Uint8Array(8);
  expect(writeNumpyTime(timeOf(name), value, bytes, 0)).toBe(true);
  return readNumpyTime(timeOf(name), bytes, 0, false) as bigint;
}

describe("numpy's times as opaque elements", () => {
  test("have the tags that h5py gives them", () => {
    const tags = ["<M8[ms]", "datetime64[25ns]", ">m8[s]", "<f4", "bool"].map((name) => opaqueDtype(name).tag);
    expect(tags).toEqual(["NUMPY:<M8[ms]", "NUMPY:<M8[25ns]", "NUMPY:>m8[s]", "NUMPY:<f4", "NUMPY:|b1"]);
    expect(dtypeText(opaqueDtype(">M8[us]"))).toBe(">M8[us]");
    expect(dtypeText(opaque(8, "NUMPY:<M8[lightyears]"))).toBe("|V8");
    expect(() => opaqueDtype("i4,f8")).toThrow("Cannot store numpy structured arrays as opaque data");
  });

  test("count units from 1970 on", () => {
    const leap = new Date("2024-02-29T00:00:00Z");
    // numpy.datetime64("2024-02-29", unit).astype("i8")
    const counts = {
      D: 19782n,
      h: 474768n,
      m: 28486080n,
      s: 1709164800n,
      ms: 1709164800000n,
      ns: 1709164800000000000n,
    };
    for (const [unit, count] of Object.entries(counts)) expect(there(`M8[${unit}]`, leap), unit).toBe(count);
    expect(there("M8[M]", new Date("1969-11-01T00:00:00Z"))).toBe(-2n);
    expect(there("M8[Y]", new Date("0001-01-01T00:00:00Z"))).toBe(-1969n);
    expect(there("M8[W]", new Date("1969-12-25T00:00:00Z"))).toBe(-1n);
    expect(there("M8[ms]", new Date(Number.NaN))).toBe(-(2n ** 63n));
  });

  test("refuse what they cannot hold", () => {
    const noon = new Date("2020-01-01T12:00:00Z");
    for (const unit of ["D", "W", "M", "Y", "7h"]) {
      expect(() => there(`M8[${unit}]`, noon), unit).toThrow("2020-01-01T12:00:00.000Z is no whole number of");
    }
    expect(() => there("M8[ns]", new Date("2300-01-01"))).toThrow("out of bounds for <M8[ns]");
    expect(writeNumpyTime(timeOf("m8[s]"), noon, new Uint8Array(8), 0)).toBe(false);
    const beyond = new Uint8Array(8).fill(0x7f);
    expect(() => readNumpyTime(timeOf("M8[Y]"), beyond, 0, true)).toThrow("is no Date");
  });

  test("give every Date back", () => {
    const names = fc.constantFrom("<M8[ms]", ">M8[us]", "<M8[ms]");
    fc.assert(
      fc.property(names, fc.date({ noInvalidDate: false, min: new Date(-1e15), max: new Date(1e15) }), (name, date) => {
        const bytes = new Uint8Array(8);
        writeNumpyTime(timeOf(name), date, bytes, 0);
        expect(readNumpyTime(timeOf(name), bytes, 0, true)).toEqual(date);
      }),
    );
  });
});
