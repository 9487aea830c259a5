import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Column,
  compoundDtype,
  type Dataset,
  enumDtype,
  fromColumns,
  opaqueDtype,
  stringDtype,
  vlenDtype,
} from "../../src/index.ts";
import { expectFailure, newFile, reopened } from "./helpers.ts";

/** The values of a column, by Arrow's rules for its layout. */
function valuesOf(column: Column): unknown[] {
  return Array.from({ length: column.length }, (_, i) => valueAt(column, i));
}

const bit = (bits: ArrayLike<number | bigint>, i: number) => ((Number(bits[i >> 3]) >> (i & 7)) & 1) === 1;

function valueAt(column: Column, i: number): unknown {
  const { type, validity, offsets, children } = column;
  const values = column.values as Uint8Array;
  if (validity !== null && !bit(validity, i)) return null;
  const [item] = children;
  switch (type.kind) {
    case "bool":
      return bit(values, i);
    case "utf8":
      return new TextDecoder().decode(values.subarray(offsets?.[i], offsets?.[i + 1]));
    case "fixed-size-binary":
      return [...values.subarray(i * type.byteWidth, (i + 1) * type.byteWidth)];
    case "list":
      return valuesOf(item as Column).slice(offsets?.[i], offsets?.[i + 1]);
    case "fixed-size-list":
      return valuesOf(item as Column).slice(i * type.listSize, (i + 1) * type.listSize);
    case "struct":
      return Object.fromEntries(children.map((child) => [child.name, valueAt(child, i)]));
    default:
      return values[i];
  }
}

const RECORD = compoundDtype({
  id: "<u2",
  big: ">i8",
  x: ">f4",
  flag: "bool",
  fixed: stringDtype({ length: 4 }),
  text: stringDtype(),
  ragged: vlenDtype("<i2"),
  words: vlenDtype(stringDtype()),
  pair: "(2,)<f8",
  inner: compoundDtype({ a: "|i1", b: "<f8" }),
  colour: enumDtype({ RED: 1, BLUE: 7 }),
  raw: "V3",
  when: opaqueDtype("<M8[ms]"),
  z: "c8",
});

const record = (i: number) => ({
  id: i,
  big: BigInt(i) - 2n ** 40n,
  x: i / 2,
  flag: i % 3 === 0,
  fixed: "abcd".slice(0, i % 5),
  text: "ä".repeat(i * 7),
  ragged: Array.from({ length: i % 4 }, (_, k) => 7 - k),
  words: Array.from({ length: i % 3 }, (_, k) => `w${k}`),
  pair: [i, 0.5 - i],
  inner: { a: 3 - i, b: i / 4 },
  colour: i % 2 === 0 ? "RED" : "BLUE",
  raw: Uint8Array.of(i, 0, 255),
  when: i === 5 ? new Date(Number.NaN) : new Date(1000 * i),
  z: { r: i, i: 1 },
});

const ROWS = Array.from({ length: 20 }, (_, i) => record(i));

function table(): Dataset {
  const f = newFile();
  f.createDataset("t", { dtype: RECORD, data: ROWS, chunks: [7] });
  return reopened(f).get("t");
}

describe("columns of records", () => {
  test("hold what the records hold, in Arrow's layout", () => {
    const { length, shape, columns } = table().readColumns();
    expect([length, shape, [...columns.keys()]]).toEqual([20, [20], Object.keys(record(0))]);
    const read = [...columns].map(([name, column]) => [name, valuesOf(column)] as const);
    const expected = ROWS.map((row, i) => ({
      ...row,
      colour: i % 2 === 0 ? 1 : 7,
      raw: [...row.raw],
      when: i === 5 ? null : BigInt(1000 * i),
    }));
    for (const [name, values] of read) {
      expect(values, name).toEqual(expected.map((row) => row[name as keyof typeof row]));
    }
  });

  test("are typed arrays and bits, with what Arrow needs to know of them", () => {
    const { columns } = table().readColumns();
    const facts = Object.fromEntries(
      [...columns].map(([name, { type, values }]) => [name, [type, values?.constructor]]),
    );
    expect(facts).toMatchObject({
      id: [{ kind: "int", bits: 16, signed: false }, Uint16Array],
      big: [{ kind: "int", bits: 64, signed: true }, BigInt64Array],
      x: [{ kind: "float", bits: 32 }, Float32Array],
      flag: [{ kind: "bool" }, Uint8Array],
      text: [{ kind: "utf8" }, Uint8Array],
      ragged: [{ kind: "list" }, undefined],
      pair: [{ kind: "fixed-size-list", listSize: 2 }, undefined],
      inner: [{ kind: "struct" }, undefined],
      colour: [{ kind: "int", bits: 8, signed: false, members: { RED: 1, BLUE: 7 } }, Uint8Array],
      raw: [{ kind: "fixed-size-binary", byteWidth: 3 }, Uint8Array],
      when: [{ kind: "timestamp", unit: "ms", multiple: 1 }, BigInt64Array],
    });
    expect([columns.get("when")?.nullCount, columns.get("when")?.validity?.length]).toEqual([1, 8]);
    expect(columns.get("id")?.validity).toBe(null);
    expect(columns.get("text")?.offsets).toBeInstanceOf(Int32Array);
  });

  test("are of selected rows and members", () => {
    const { length, columns } = table().readColumns("3:9:2", ["text", "id"]);
    expect([length, [...columns.keys()]]).toEqual([3, ["text", "id"]]);
    expect(columns.get("id")?.values).toEqual(Uint16Array.of(3, 5, 7));
    expectFailure(() => table().readColumns(null, ["nope"]), "ValueError", "Field nope does not appear in this type.");
    const f = newFile();
    f.set("n", [1]);
    expectFailure(() => f.get("n").readColumns(), "ValueError", "Field names only allowed for compound types");
    expect(f.createDataset("none", { dtype: RECORD, shape: [0] }).readColumns().length).toBe(0);
    const message = "Empty datasets have no numpy representation";
    expectFailure(() => f.createDataset("e", { dtype: RECORD }).readColumns(), "TypeError", message);
  });

  test("and of elements that are no records", () => {
    const f = newFile();
    f.set("words", { data: ["a", "", "größe", "z"], shape: [2, 2] });
    const column = f.get("words").readColumn();
    expect([column.name, column.type, column.length]).toEqual(["words", { kind: "utf8" }, 4]);
    expect(valuesOf(column)).toEqual(["a", "", "größe", "z"]);
    f.createDataset("spans", { dtype: opaqueDtype("<m8[25s]"), data: [3n] });
    const spans = f.get("spans").readColumn();
    expect([spans.type, spans.values]).toEqual([{ kind: "duration", unit: "s", multiple: 25 }, BigInt64Array.of(3n)]);
    f.set("ref", [f.ref]);
    expect(f.get("ref").readColumn().type).toEqual({ kind: "fixed-size-binary", byteWidth: 8 });
  });
});

describe("records written as columns", () => {
  test("are what records are", () => {
    const f = newFile();
    const columns = {
      x: Float64Array.of(1, 2, 3),
      id: Uint16Array.of(7, 8, 9),
      name: ["a", "b", "c"],
      big: [1n, 2n, 3n],
    };
    f.set("t", fromColumns(columns));
    const dset = reopened(f).get("t");
    expect(dset.dtype).toBe("[('x', '<f8'), ('id', '<u2'), ('name', 'O'), ('big', '<i8')]");
    expect(dset.read().data).toEqual([
      { x: 1, id: 7, name: "a", big: 1n },
      { x: 2, id: 8, name: "b", big: 2n },
      { x: 3, id: 9, name: "c", big: 3n },
    ]);
    expect(dset.readColumns().columns.get("x")?.values).toEqual(columns.x);
  });

  test("go into a dtype of the caller's, a part of a dataset, an attribute", () => {
    const f = newFile();
    const dset = f.createDataset("t", { dtype: "[('a', '<f4'), ('v', '<i2', (2,))]", shape: [2, 3] });
    const columns = { v: { data: Int8Array.of(1, 2, 3, 4, 5, 6), shape: [3, 2] }, a: [1, 2, 3] };
    dset.write([1], fromColumns(columns));
    expect(dset.read<{ data: unknown[] }>([1]).data).toEqual([
      { a: 1, v: [1, 2] },
      { a: 2, v: [3, 4] },
      { a: 3, v: [5, 6] },
    ]);
    f.attrs.set("t", fromColumns(new Map([["a", [1, 2]]]), [2, 1]));
    expect(f.attrs.get("t")).toEqual({ data: [{ a: 1 }, { a: 2 }], shape: [2, 1], stride: [1, 1] });
  });

  test("must fit", () => {
    const f = newFile();
    const set = (columns: Record<string, unknown>, dtype: string, shape?: number[]) => () =>
      f.createDataset(null, { data: fromColumns(columns, shape), dtype });
    expectFailure(set({ a: [1], b: [1] }, "[('a', '<f4')]"), "ValueError", "no field of name b");
    expectFailure(set({ a: [1] }, "[('a', '<f4'), ('b', '<f4')]"), "ValueError", "no column for field b");
    expectFailure(set({ a: [1] }, "<f4"), "TypeError", "columns are for compound types");
    const deep = { a: { data: Float64Array.of(1, 2, 3, 4), shape: [2, 2] }, b: [1, 2] };
    const dtype = "[('a', '<f8'), ('b', '<f8')]";
    const depth = "column a has shape (2, 2), not (2,)";
    expectFailure(() => newFile().createDataset("d", { data: fromColumns(deep), dtype }), "ValueError", depth);
    const length = "column b has shape (1,), not (2,)";
    expectFailure(set({ a: [1, 2], b: [1] }, "[('a', '<f4'), ('b', '<f4')]"), "ValueError", length);
    const shape = "cannot reshape array of size 2 into shape (3,)";
    expectFailure(set({ a: [1, 2] }, "[('a', '<f4')]", [3]), "ValueError", shape);
  });

  test("come back, whatever the numbers and their alignment", () => {
    const column = fc.array(fc.integer({ min: -128, max: 127 }), { minLength: 9, maxLength: 9 });
    const dtype = fc.constantFrom("|i1", "<i2", ">i4", "<i8", "<f4", ">f8");
    fc.assert(
      fc.property(fc.array(fc.tuple(dtype, column), { minLength: 1, maxLength: 5 }), (fields) => {
        const f = newFile();
        const type = compoundDtype(Object.fromEntries(fields.map(([code], i) => [`m${i}`, code])));
        const data = fromColumns(Object.fromEntries(fields.map(([, values], i) => [`m${i}`, values])));
        f.createDataset("t", { dtype: type, data });
        const { columns } = f.get("t").readColumns();
        fields.forEach(([, values], i) => {
          expect(Array.from(columns.get(`m${i}`)?.values as Float64Array, Number)).toEqual(values);
        });
      }),
      { numRuns: 40 },
    );
  });
});
