import { describe, expect, test } from "vitest";
import { MemorySource, MemoryTarget } from "../../src/io/memory-source.ts";
import * as h5a from "../../src/lowlevel/h5a.ts";
import * as h5d from "../../src/lowlevel/h5d.ts";
import * as h5do from "../../src/lowlevel/h5do.ts";
import * as h5ds from "../../src/lowlevel/h5ds.ts";
import * as h5f from "../../src/lowlevel/h5f.ts";
import * as h5im from "../../src/lowlevel/h5im.ts";
import * as h5ld from "../../src/lowlevel/h5ld.ts";
import * as h5lt from "../../src/lowlevel/h5lt.ts";
import * as h5p from "../../src/lowlevel/h5p.ts";
import * as h5pt from "../../src/lowlevel/h5pt.ts";
import * as h5s from "../../src/lowlevel/h5s.ts";
import * as h5t from "../../src/lowlevel/h5t.ts";
import * as h5tb from "../../src/lowlevel/h5tb.ts";
import { expectError } from "./expect-error.ts";

function newFile(): h5f.FileID {
  return h5f.create(new MemoryTarget());
}

describe("datasets and attributes in one call", () => {
  test("take lists of numbers and typed arrays of another type", () => {
    const file = newFile();
    h5lt.makeDatasetShort(file, "s", [2, 2], [1, 2, -3, 4]);
    expect(h5lt.readDatasetShort(file, "s")).toEqual(Int16Array.of(1, 2, -3, 4));
    h5lt.makeDatasetLong(file, "l", [2], [2n ** 60n, 1]);
    expect(h5lt.readDatasetLong(file, "l")).toEqual(BigInt64Array.of(2n ** 60n, 1n));
    h5lt.makeDatasetFloat(file, "f", [2], Float64Array.of(0.5, 2));
    expect(h5lt.readDatasetDouble(file, "f")).toEqual(Float64Array.of(0.5, 2));
    expect(h5d.open(file, "f").dtype).toBe("<f4");
    expectError(() => h5lt.makeDatasetChar(file, "c", [1], [300]), "OverflowError", /out of bounds for int8/);
  });

  test("hold elements of any type as values", () => {
    const file = newFile();
    const type = h5t.vlenCreate(h5t.STD_I16LE);
    h5lt.makeDataset(file, "v", [2], type, [[1, 2, 3], []]);
    h5lt.makeDatasetString(file, "text", "Grüße");
    expect([h5lt.readDatasetString(file, "text"), h5lt.getDatasetInfo(file, "text").typeSize]).toEqual(["Grüße", 8]);
    expect(h5lt.getDatasetInfo(file, "v")).toEqual({ dims: [2], typeClass: h5t.VLEN, typeSize: 16 });
    expectError(() => h5lt.readDatasetString(file, "v"), "ValueError", /expected one string/);
  });

  test("attributes of 64 bits", () => {
    const file = newFile();
    const big = BigUint64Array.of(2n ** 64n - 1n, 0n);
    h5lt.setAttributeUlong(file, "/", "a", big);
    h5lt.setAttributeUllong(file, "/", "b", [2n ** 63n]);
    h5lt.setAttributeLongLong(file, "/", "c", [-(2n ** 63n)]);
    expect(h5lt.getAttributeUllong(file, "/", "a")).toEqual(big);
    expect(h5lt.getAttributeUlong(file, "/", "b")).toEqual(BigUint64Array.of(2n ** 63n));
    expect(h5lt.getAttributeLongLong(file, "/", "c")).toEqual(BigInt64Array.of(-(2n ** 63n)));
    expect(h5lt.findAttribute(file, "c")).toBe(true);
  });

  test("a file opens from its bytes", () => {
    const target = new MemoryTarget();
    const file = h5f.create(target);
    h5lt.makeDatasetInt(file, "x", [1], [7]);
    file.close();
    expect([...h5lt.readDatasetInt(h5lt.openFileImage(target.toBytes()), "x")]).toEqual([7]);
  });

  test("a file open for reading is not changed", () => {
    const target = new MemoryTarget();
    h5f.create(target).close();
    const file = h5f.open(new MemorySource(target.toBytes()), h5f.ACC_RDONLY);
    expect(() => h5lt.setAttributeInt(file, "/", "a", [1])).toThrow();
    expect(() => h5lt.makeDatasetInt(file, "x", [1], [1])).toThrow();
  });
});

describe("images", () => {
  test("tell their size and give palettes by number", () => {
    const file = newFile();
    h5im.makeImage8bit(file, "im", 3, 2, Uint8Array.of(0, 1, 0, 1, 1, 0));
    h5im.makePalette(file, "bw", [2, 3], Uint8Array.of(0, 0, 0, 255, 255, 255));
    h5im.linkPalette(file, "im", "bw");
    expect(h5im.getImageInfo(file, "im")).toEqual({ width: 3, height: 2, planes: 1, interlace: "", npals: 1 });
    expect([...h5im.getPalette(file, "im", 0)]).toEqual([0, 0, 0, 255, 255, 255]);
    const shapeOf = () => h5a.open(h5d.open(file, "im"), "PALETTE").shape;
    expect(shapeOf()).toEqual([]);
    expectError(() => h5im.getPaletteInfo(file, "im", 1), "IndexError", "no palette of number 1");
    h5im.makePalette(file, "wb", [2, 3], Uint8Array.of(255, 255, 255, 0, 0, 0));
    h5im.linkPalette(file, "im", "wb");
    expect([shapeOf(), h5im.getNpalettes(file, "im")]).toEqual([[2], 2]);
    expect([...h5im.getPalette(file, "im", 1)]).toEqual([255, 255, 255, 0, 0, 0]);
    expectError(() => h5im.makeImage8bit(file, "no", 3, 2, new Uint8Array(5)), "ValueError", "5 bytes for dims (2, 3)");
  });
});

describe("tables", () => {
  const record = (): h5t.TypeCompoundID => {
    const type = h5t.create(h5t.COMPOUND, 24);
    type.insert("time", 0, h5t.NATIVE_DOUBLE);
    type.insert("count", 8, h5t.NATIVE_INT);
    type.insert("name", 12, h5t.pyCreate("S8"));
    return type;
  };
  const rows = [
    { time: 0.5, count: 1, name: "one" },
    { time: 1.5, count: 2, name: "two" },
    { time: 2.5, count: 3, name: "three" },
  ];

  test("hold records as objects", () => {
    const file = newFile();
    const fillData = { time: -1, count: 0, name: "-" };
    h5tb.makeTable("Counts", file, "t", record(), { chunkSize: 2, data: rows, fillData });
    expect(h5tb.readTable(file, "t")).toEqual(rows);
    expect(h5tb.getFill(file, "t")).toEqual(fillData);
    expect(h5tb.getTitle(h5d.open(file, "t"))).toBe("Counts");
    h5tb.appendRecords(file, "t", [{ time: 9, count: 9, name: "nine" }]);
    h5tb.insertRecord(file, "t", 1, [{ time: 8, count: 8, name: "eight" }]);
    h5tb.deleteRecord(file, "t", 3, 1);
    expect(h5tb.readFieldsName(file, "t", "count", 0, 4)).toEqual([
      { count: 1 },
      { count: 8 },
      { count: 2 },
      { count: 9 },
    ]);
    h5tb.writeFieldsIndex(file, "t", [2], 0, [["ONE"], ["EIGHT"]]);
    expect(h5tb.readRecords(file, "t", 0, 2)).toEqual([
      { time: 0.5, count: 1, name: "ONE" },
      { time: 8, count: 8, name: "EIGHT" },
    ]);
    expectError(() => h5tb.readFieldsName(file, "t", "nix", 0, 1), "KeyError", /no field "nix"/);
  });

  test("keep records and fill values when fields come and go", () => {
    const file = newFile();
    h5tb.makeTable("Counts", file, "t", record(), {
      chunkSize: 2,
      data: rows,
      fillData: { time: -1, count: 0, name: "-" },
    });
    h5tb.insertField(file, "t", "flag", h5t.NATIVE_UINT8, 1, { fillData: { value: 7 }, data: [1, 0, 1] });
    expect(h5tb.readTable(file, "t")).toEqual(rows.map((row, i) => ({ ...row, flag: (i + 1) % 2 })));
    expect(h5tb.getFill(file, "t")).toEqual({ time: -1, flag: 7, count: 0, name: "-" });
    h5tb.deleteField(file, "t", "time");
    expect(h5tb.getFieldInfo(file, "t")).toEqual({
      fieldNames: ["flag", "count", "name"],
      fieldSizes: [1, 4, 8],
      fieldOffsets: [0, 4, 8],
      typeSize: 16,
    });
    expect(h5tb.getFill(file, "t")).toEqual({ flag: 7, count: 0, name: "-" });
    expect(h5tb.getTableInfo(file, "t")).toEqual({ nfields: 3, nrecords: 3 });
  });

  test("move more records than a block holds", () => {
    const file = newFile();
    const type = h5t.create(h5t.COMPOUND, 8);
    type.insert("n", 0, h5t.NATIVE_LLONG);
    const values = BigInt64Array.from({ length: 300_000 }, (_, i) => BigInt(i));
    h5tb.makeTable("Numbers", file, "t", type, { chunkSize: 1 << 15, data: values });
    h5tb.insertRecord(file, "t", 10, { bytes: BigInt64Array.of(-1n, -2n) });
    h5tb.deleteRecord(file, "t", 20, 3);
    const found = new BigInt64Array(h5tb.getTableInfo(file, "t").nrecords);
    h5tb.readTable(file, "t", { bytes: found });
    const expected = [...values];
    expected.splice(10, 0, -1n, -2n);
    expected.splice(20, 3);
    expect(found.length).toBe(expected.length);
    expect(found.findIndex((value, i) => value !== expected[i])).toBe(-1);
  });

  test("refuse memory that does not fit", () => {
    const file = newFile();
    h5tb.makeTable("Counts", file, "t", record(), { chunkSize: 2, data: rows });
    const bytes = new Uint8Array(20);
    expectError(() => h5tb.appendRecords(file, "t", { bytes }), "ValueError", /no whole number of records/);
    const layout = { typeSize: 20, fieldOffset: [0, 8, 16] };
    expectError(() => h5tb.appendRecords(file, "t", { bytes, layout }), "ValueError", /field "name" extends past/);
    expectError(() => h5tb.readTable(file, "t", { bytes }), "ValueError", /20 bytes for 3 records/);
    expect(h5tb.getTableInfo(file, "t").nrecords).toBe(3);
  });
});

describe("packet tables", () => {
  test("give packets as values, one after the other", () => {
    using packets = h5pt.create(newFile(), "p", h5t.vlenCreate(h5t.NATIVE_INT), 4);
    packets.append([[1, 2], [], [3]]);
    expect(packets.isVarlen()).toBe(true);
    expect(packets.getNext(1)).toEqual([[1, 2]].map((list) => Int32Array.from(list)));
    expect([...packets].map((list) => [...(list as Int32Array)])).toEqual([[], [3]]);
    expect(packets.getDataset().shape).toEqual([3]);
    expect(packets.getType().getClass()).toBe(h5t.VLEN);
  });

  test("take the filters of a property list", () => {
    const dcpl = h5p.create(h5p.DATASET_CREATE);
    dcpl.setShuffle();
    const packets = h5pt.create(newFile(), "p", h5t.NATIVE_INT, 4, dcpl);
    expect(packets.getDataset().getCreatePlist().getNfilters()).toBe(1);
    expect(dcpl.getLayout()).toBe(h5d.CONTIGUOUS);
    packets.close();
    expect(packets.isValid()).toBe(false);
    expect(() => packets.getNumPackets()).toThrow();
  });
});

describe("growing datasets", () => {
  test("are appended to, and tell what is new", () => {
    const file = newFile();
    const dcpl = h5p.create(h5p.DATASET_CREATE);
    dcpl.setChunk([2, 2]);
    const space = h5s.createSimple([1, 2], [h5s.UNLIMITED, h5s.UNLIMITED]);
    const dataset = h5d.create(file, "d", h5t.NATIVE_INT, space, dcpl);
    h5do.append(dataset, 0, 2, Int32Array.of(1, 2, 3, 4));
    expect(h5ld.getDsetDims(dataset)).toEqual([3, 2]);
    expect(h5ld.getDsetElmts(dataset, [1, 2], [3, 2])).toEqual([1, 2, 3, 4]);
    expect(h5ld.getDsetTypeSize(dataset)).toBe(4);
    expect(h5do.readChunk(dataset, [2, 0])[1].length).toBe(16);
  });

  test("scales are never tied by revised references", () => {
    expect(h5ds.withNewRef(newFile())).toBe(false);
  });

  test("NROWS of a table of PyTables is kept", () => {
    const file = newFile();
    const type = h5t.create(h5t.COMPOUND, 4);
    type.insert("n", 0, h5t.NATIVE_INT);
    h5tb.makeTable("PyTables", file, "t", type, { chunkSize: 4, data: [[1], [2]] });
    h5lt.setAttributeLong(file, "t", "NROWS", [2n]);
    const rows = () => {
      const array = new BigInt64Array(1);
      h5a.open(h5d.open(file, "t"), "NROWS").read(array);
      return array[0];
    };
    h5tb.appendRecords(file, "t", [[3]]);
    expect(rows()).toBe(3n);
    h5tb.deleteRecord(file, "t", 0, 2);
    expect([rows(), h5d.open(file, "t").shape]).toEqual([1n, [1]]);
  });

  test("an attribute takes the place of one of its name", () => {
    const file = newFile();
    h5lt.setAttributeInt(file, "/", "a", [1]);
    h5lt.setAttributeInt(file, "/", "a", [2, 3]);
    const values = new Int32Array(2);
    h5a.open(file, "a").read(values);
    expect(values).toEqual(Int32Array.of(2, 3));
  });

  test("scales leave a dimension one by one, the last in the place of the one that goes", () => {
    const file = newFile();
    const space = h5s.createSimple([2]);
    const [d, x, y, z] = ["d", "x", "y", "z"].map((name) => h5d.create(file, name, h5t.NATIVE_INT, space)) as [
      h5d.DatasetID,
      h5d.DatasetID,
      h5d.DatasetID,
      h5d.DatasetID,
    ];
    for (const scale of [x, y, z]) h5ds.attachScale(d, scale, 0);
    h5ds.detachScale(d, x, 0);
    expect([x, y, z].map((scale) => h5ds.isAttached(d, scale, 0))).toEqual([false, true, true]);
    const left: number[] = [];
    h5ds.iterate(d, 0, (scale) => {
      left.push([x, y, z].findIndex((each) => each.equals(scale)));
    });
    expect(left).toEqual([2, 1]);
    expect(() => h5ds.detachScale(d, x, 0)).toThrow();
    expect(h5ds.getNumScales(d, 0)).toBe(2);
  });

  test("no packet comes behind the last", () => {
    using packets = h5pt.create(newFile(), "p", h5t.NATIVE_INT, 4);
    packets.append(Int32Array.of(1, 2));
    packets.setIndex(1);
    expect(() => packets.setIndex(2)).toThrow();
    expect(packets.getIndex()).toBe(1);
  });
});
