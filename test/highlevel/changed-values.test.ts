import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  arrayDtype,
  compoundDtype,
  type Dataset,
  type DtypeLike,
  opaqueDtype,
  refDtype,
  stringDtype,
  vlenDtype,
} from "../../src/index.ts";
import { newFile } from "./helpers.ts";

const text = new TextEncoder();

function stored(dtype: DtypeLike, data: unknown[]): Dataset {
  return newFile().createDataset("d", { dtype, data });
}

const asNumber = { int64: "number" } as const;

describe("long integers as numbers", () => {
  const limits = [0n, 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 52n + 1n, 2n ** 53n - 1n];
  const refused = [2n ** 53n, 2n ** 53n + 1n, 2n ** 62n, 2n ** 63n - 1n];

  test("are exact up to 2^53 - 1, of either sign", () => {
    for (const [dtype, values] of [
      ["<i8", [...limits, ...limits.map((value) => -value)]],
      [">u8", limits],
    ] as const) {
      const { data } = stored(dtype, [...values]).read(null, asNumber);
      expect([...data]).toEqual(values.map((value) => Number(value)));
      expect(data).toBeInstanceOf(Float64Array);
    }
  });

  test("are refused beyond, whole arrays and single elements", () => {
    for (const [dtype, values] of [
      ["<i8", [...refused, ...refused.map((value) => -value), -(2n ** 63n)]],
      ["<u8", [...refused, 2n ** 64n - 1n, 2n ** 64n - 2n ** 32n]],
    ] as const) {
      for (const value of values) {
        const message = `integer ${value} is no exact number; read it as a bigint`;
        expect(() => stored(dtype, [1n, value]).read(null, asNumber)).toThrow(message);
        expect(() => stored(compoundDtype({ n: dtype }), [{ n: value }]).read(null, asNumber)).toThrow(message);
      }
    }
  });

  test("are what the bigints are, of any values", () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: -(2n ** 53n) + 1n, max: 2n ** 53n - 1n }), { minLength: 1 }), (values) => {
        expect([...stored("<i8", values).read(null, asNumber).data]).toEqual(values.map(Number));
      }),
      { numRuns: 50 },
    );
  });

  test("are found in members, arrays and sequences, and all else stays", () => {
    const dtype = compoundDtype({
      ["__proto__"]: "<i8",
      short: "<i4",
      grid: arrayDtype("<i8", [2, 2]),
      list: vlenDtype("<u8"),
      pairs: arrayDtype(vlenDtype("<i8"), [2]),
      records: vlenDtype(compoundDtype({ n: "<i8", s: "S3" })),
      time: opaqueDtype("<M8[s]"),
      flag: "bool",
      s: stringDtype(),
    });
    const element = [
      -5n,
      3,
      [
        [1n, 2n],
        [3n, 4n],
      ],
      [7n, 8n],
      [[9n], [10n, 11n]],
      [{ n: 12n, s: "ab" }],
      13n,
      true,
      "x",
    ];
    const read = stored(dtype, [element]).read(null, { ...asNumber, numpyTimes: "bigint" }).data as unknown[];
    expect(Object.entries(read[0] as object)).toEqual([
      ["__proto__", -5],
      ["short", 3],
      [
        "grid",
        [
          [1, 2],
          [3, 4],
        ],
      ],
      ["list", Float64Array.of(7, 8)],
      ["pairs", [Float64Array.of(9), Float64Array.of(10, 11)]],
      ["records", [{ n: 12, s: "ab" }]],
      ["time", 13],
      ["flag", true],
      ["s", "x"],
    ]);
    expect(Object.getPrototypeOf(read[0])).toBe(Object.prototype);
  });
});

describe("strings as bytes", () => {
  test("are found in members, arrays and sequences, and all else stays", () => {
    const dtype = compoundDtype({
      n: "<i8",
      fixed: "S4",
      grid: arrayDtype("S2", [2, 1]),
      list: vlenDtype(stringDtype()),
      numbers: vlenDtype("<i8"),
    });
    const element = [1n, "abc", [["a"], ["b"]], ["ä", ""], [2n]];
    expect(stored(dtype, [element]).read(null, { strings: "bytes" }).data).toEqual([
      {
        n: 1n,
        fixed: text.encode("abc"),
        grid: [[text.encode("a")], [text.encode("b")]],
        list: [text.encode("ä"), text.encode("")],
        numbers: BigInt64Array.of(2n),
      },
    ]);
  });

  test("are none in references, which still lead to their objects", () => {
    const file = newFile();
    const group = file.createGroup("g");
    const dataset = file.createDataset("d", { dtype: refDtype, data: [group.ref] });
    const { data } = dataset.read(null, { strings: "bytes" });
    expect(data).toEqual(dataset.read().data);
    expect(file.get((data as (typeof group.ref)[])[0] as typeof group.ref)?.name).toBe("/g");
  });
});
