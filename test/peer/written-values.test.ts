/** Natural JavaScript values in every class of datatype: h5py reads them, changes them, and we read its changes. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { complex, fixedString, float, PREDEFINED, variableString } from "../../src/format/predefined-datatypes.ts";
import {
  type DtypeLike,
  File,
  h5t,
  isHdf5Error,
  type NDArray,
  opaqueDtype,
  type ReferenceValue,
  vlenDtype,
} from "../../src/index.ts";
import { rawDataInH5wasm } from "./h5wasm-facts.ts";
import { h5dump, inFolder, runPython } from "./peers.ts";

const INTEGERS = ["i1", "u1", "<i2", ">i2", "<u2", ">u2", "<i4", ">i4", "<u4", ">u4", "<i8", ">i8", "<u8", ">u8"];
const FLOATS = ["<f2", ">f2", "<f4", ">f4", "<f8", ">f8"];

/** 12 bits of 2 bytes, from bit 3 on. */
function oddInteger() {
  const type = h5t.STD_I16BE.copy();
  type.setPrecision(12);
  type.setOffset(3);
  return type;
}

function colours() {
  const type = h5t.enumCreate(h5t.STD_I16BE);
  type.enumInsert("RED", 1);
  type.enumInsert("GREEN", -2);
  type.enumInsert("BLUE", 300);
  return type;
}

function record(members: Readonly<Record<string, DtypeLike & { size?: number }>>) {
  const types = Object.entries(members).map(([name, dtype]) => [name, typeOf(dtype)] as const);
  const size = types.reduce((sum, [, type]) => sum + type.getSize(), 0);
  const made = h5t.create(h5t.COMPOUND, size);
  let offset = 0;
  for (const [name, type] of types) {
    made.insert(name, offset, type);
    offset += type.getSize();
  }
  return made;
}

function typeOf(dtype: DtypeLike): h5t.TypeID {
  return dtype instanceof h5t.TypeID ? dtype : h5t.pyCreate(dtype as string);
}

function writeNumbers(f: File): void {
  for (const dtype of INTEGERS) {
    const signed = dtype.includes("i");
    f.createDataset(`nested ${dtype}`, {
      dtype,
      data: [
        [signed ? -3 : 3, 100],
        [0, 7.9],
      ],
    });
    f.createDataset(`typed ${dtype}`, { dtype, data: Int32Array.of(1, 2, 127) });
    f.createDataset(`bigint ${dtype}`, { dtype, data: [1n, signed ? -128n : 255n] });
  }
  for (const dtype of FLOATS) {
    f.createDataset(`nested ${dtype}`, {
      dtype,
      data: [
        [-1.5, Number.POSITIVE_INFINITY],
        [Number.NaN, 0.25],
      ],
    });
    f.createDataset(`typed ${dtype}`, { dtype, data: Float32Array.of(0.5, -2) });
  }
  f.createDataset("rows", { dtype: "<i4", data: [Int16Array.of(1, 2), Int16Array.of(3, 4)] });
  f.createDataset("shaped", { dtype: ">f4", data: { data: Uint8Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3] } });
  f.createDataset("extremes", { dtype: "<u8", data: [2n ** 64n - 1n, 0n] });
  f.createDataset("odd", { dtype: oddInteger(), data: [-2048, 2047, -1] });
  f.createDataset("booleans", {
    dtype: "bool",
    data: [
      [true, false],
      [false, true],
    ],
  });
  f.createDataset("bits", { dtype: h5t.STD_B16BE, data: [0xf00f, 1] });
  f.createDataset("enum", { dtype: colours(), data: ["GREEN", 1, "BLUE"] });
  f.createDataset("complex", {
    dtype: "<c16",
    data: [
      { re: 1, im: -2 },
      { re: 0.5, im: 0 },
    ],
  });
  f.createDataset("grid", {
    dtype: "(2,3)<i2",
    data: [
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      [
        [7, 8, 9],
        [10, 11, 12],
      ],
    ],
  });
  f.createDataset("pairs", {
    dtype: "i4, 2f4",
    data: [
      [1, [0.5, 1.5]],
      [2, [2.5, 3.5]],
    ],
  });
  f.createDataset("complex pairs", {
    dtype: ">c8",
    data: {
      data: [
        [1, -2],
        [3, 4],
      ],
      shape: [2],
    },
  });
}

const PADDINGS = ["null-terminate", "null-pad", "space-pad"] as const;

function writeTexts(f: File): void {
  for (const padding of PADDINGS) {
    f.createDataset(`ascii ${padding}`, { dtype: fixedString(6, padding, "ascii"), data: ["abc", "", "abcde"] });
    f.createDataset(`utf-8 ${padding}`, {
      dtype: fixedString(6, padding, "utf-8"),
      data: [["größ".slice(0, 3)], ["é"]],
    });
  }
  f.createDataset("text", { dtype: "str", data: ["größe 🌊", "", "x".repeat(1000)] });
  f.createDataset("ascii text", { dtype: variableString("ascii"), data: ["plain"] });
}

function writeRest(f: File): void {
  f.createDataset("opaque", { dtype: "V3", data: [Uint8Array.of(1, 2, 3), Uint8Array.of(255)] });
  f.createDataset("sequences", { dtype: h5t.vlenCreate(h5t.STD_I16LE), data: [[1, 2, 3], [], Int8Array.of(-1)] });
  f.createDataset("lists of texts", { dtype: h5t.vlenCreate(h5t.pyCreate("str")), data: [["a", "größe"], []] });
  const point = record({ x: "<i4", y: ">f8" });
  f.createDataset("polylines", {
    dtype: h5t.vlenCreate(point),
    data: [
      [
        { x: 1, y: 0.5 },
        { x: 2, y: 1.5 },
      ],
      [{ x: 3, y: 2 }],
    ],
  });
  const inner = record({ flag: "bool", at: "(2,)<f4" });
  const type = record({ id: "<u2", name: "str", code: "S4", inner, list: h5t.vlenCreate(h5t.STD_U8LE), z: "<c8" });
  f.createDataset("records", {
    dtype: type,
    data: [
      { id: 1, name: "one", code: "ab", inner: { flag: true, at: [1, 2] }, list: [9, 8], z: { re: 1, im: 2 } },
      new Map<string, unknown>([
        ["id", 2],
        ["name", "zwölf"],
        ["code", "abcd"],
        [
          "inner",
          new Map<string, unknown>([
            ["flag", false],
            ["at", Float32Array.of(3, 4)],
          ]),
        ],
        ["list", Uint8Array.of()],
        ["z", [3, -4]],
      ]),
    ],
  });
  const columns = f.createDataset("columns", { dtype: point, shape: [3] });
  columns.write("x", Int16Array.of(1, 2, 3));
  columns.write("y", [0.5, 1.5, 2.5]);
  f.set("maps", [
    new Map([
      ["a", 1],
      ["b", 2],
    ]),
  ]);
  const grid = f.get("rows");
  f.createDataset("references", { dtype: h5t.STD_REF_OBJ, data: [f.ref, grid.ref] });
  f.createDataset("regions", { dtype: h5t.STD_REF_DSETREG, data: [grid.regionRef("0, 1")] });
  const moments = [new Date("2020-01-01T00:00:00.123Z"), new Date(Number.NaN), new Date("1969-12-31T00:00:00Z")];
  f.createDataset("moments", { dtype: opaqueDtype("<M8[ms]"), data: moments });
  f.createDataset("big moments", { dtype: opaqueDtype(">M8[25ns]"), data: [1n, -5n] });
  f.createDataset("days", { dtype: opaqueDtype("datetime64[D]"), data: [moments[2]] });
  f.createDataset("months", { dtype: opaqueDtype("<M8[M]"), data: [new Date("1969-12-01T00:00:00Z")] });
  f.createDataset("spans", { dtype: opaqueDtype("<m8[s]"), data: [-7n] });
  f.get("rows").attrs.create("when", moments[0], { dtype: opaqueDtype("<M8[us]") });
}

const CHECK = `
f = h5py.File(args[0], 'r+')
same = np.testing.assert_array_equal
def is_of(name, dtype): assert f[name].dtype == np.dtype(dtype), (name, f[name].dtype)
for t in ${JSON.stringify(INTEGERS)}:
    for kind in ('nested', 'typed', 'bigint'): is_of(kind + ' ' + t, t)
    signed = 'i' in t
    same(f['nested ' + t][()], [[-3 if signed else 3, 100], [0, 7]])
    same(f['typed ' + t][()], [1, 2, 127])
    same(f['bigint ' + t][()], [1, -128 if signed else 255])
for t in ${JSON.stringify(FLOATS)}:
    is_of('nested ' + t, t)
    same(f['nested ' + t][()], np.array([[-1.5, np.inf], [np.nan, 0.25]], t))
    same(f['typed ' + t][()], [0.5, -2])
same(f['rows'][()], [[1, 2], [3, 4]])
same(f['shaped'][()], [[1, 2, 3], [4, 5, 6]])
assert [int(x) for x in f['extremes'][()]] == [2**64 - 1, 0]
odd = f['odd'].id.get_type()
assert (odd.get_precision(), odd.get_offset(), odd.get_order()) == (12, 3, h5py.h5t.ORDER_BE)
same(f['odd'][()], [-2048, 2047, -1])
is_of('booleans', bool)
same(f['booleans'][()], [[True, False], [False, True]])
assert isinstance(f['bits'].id.get_type(), h5py.h5t.TypeBitfieldID)
same(f['bits'][()], [0xf00f, 1])
assert h5py.check_enum_dtype(f['enum'].dtype) == {'RED': 1, 'GREEN': -2, 'BLUE': 300}
same(f['enum'][()], [-2, 1, 300])
same(f['complex'][()], [1 - 2j, 0.5])
is_of('complex', 'c16')
assert f['grid'].dtype == np.dtype('(2,3)<i2') and f['grid'].shape == (2,)
same(f['grid'][()].ravel(), range(1, 13))
assert f['pairs'].dtype == np.dtype('i4, 2f4')
assert [(int(a), list(b)) for a, b in f['pairs'][()]] == [(1, [0.5, 1.5]), (2, [2.5, 3.5])]
same(f['complex pairs'][()], [1 - 2j, 3 + 4j])
pads = {'null-terminate': h5py.h5t.STR_NULLTERM, 'null-pad': h5py.h5t.STR_NULLPAD, 'space-pad': h5py.h5t.STR_SPACEPAD}
for pad, code in pads.items():
    for cset in ('ascii', 'utf-8'):
        t = f[cset + ' ' + pad].id.get_type()
        assert t.get_strpad() == code and t.get_cset() == (cset == 'utf-8') and t.get_size() == 6
    assert [x.rstrip(b' ') for x in f['ascii ' + pad][()]] == [b'abc', b'', b'abcde']
    assert [x[0].decode().rstrip(' ') for x in f['utf-8 ' + pad][()]] == ['grö', 'é']
assert list(f['text'].asstr()[()]) == ['größe 🌊', '', 'x' * 1000]
assert h5py.check_string_dtype(f['ascii text'].dtype).encoding == 'ascii' and f['ascii text'][0] == b'plain'
assert [bytes(x) for x in f['opaque'][()]] == [b'\\x01\\x02\\x03', b'\\xff\\0\\0']
assert [list(x) for x in f['sequences'][()]] == [[1, 2, 3], [], [-1]]
assert [[y.decode() for y in x] for x in f['lists of texts'][()]] == [['a', 'größe'], []]
assert [[(int(a), float(b)) for a, b in x] for x in f['polylines'][()]] == [[(1, 0.5), (2, 1.5)], [(3, 2)]]
one, two = f['records'][()]
assert (one['id'], one['name'], one['code'], bool(one['inner']['flag']), list(one['inner']['at']), list(one['list']), one['z']) == (1, b'one', b'ab', True, [1, 2], [9, 8], 1 + 2j)
assert (two['id'], two['name'].decode(), two['code'], bool(two['inner']['flag']), list(two['inner']['at']), list(two['list']), two['z']) == (2, 'zwölf', b'abcd', False, [3, 4], [], 3 - 4j)
same(f['columns']['x'], [1, 2, 3]); same(f['columns']['y'], [0.5, 1.5, 2.5])
assert f['maps'][0].tolist() == (1.0, 2.0)
assert [f[r].name for r in f['references'][()]] == ['/', '/rows']
region = f['regions'][0]
assert f[region].name == '/rows' and list(f['rows'][region]) == [2]
is_of('moments', '<M8[ms]'); is_of('big moments', '>M8[25ns]')
same(f['moments'][()], np.array(['2020-01-01T00:00:00.123', 'NaT', '1969-12-31'], 'M8[ms]'))
same(f['big moments'][()].astype('i8'), [1, -5])
assert str(f['days'][0]) == '1969-12-31' and str(f['months'][0]) == '1969-12' and f['spans'][0] == np.timedelta64(-7, 's')
assert f['rows'].attrs['when'] == np.datetime64('2020-01-01T00:00:00.123000')
# and changes them
for t in ${JSON.stringify([...INTEGERS, ...FLOATS])}: f['typed ' + t][1] = 55
f['odd'][0] = 77
f['enum'][0] = 300
f['text'][1] = 'neu'
f['ascii space-pad'][1] = b'zz'
f['sequences'][1] = np.array([5, 6], "i2")
f['references'][0] = f['odd'].ref
f['moments'][1:2] = np.array(['2001-02-03T04:05:06.789'], 'M8[ms]').astype(h5py.opaque_dtype(np.dtype('M8[ms]')))
value = f['columns'][1]; value['y'] = -8; f['columns'][1] = value
f.close()
`;

describe("values of every class", () => {
  test("are read by h5py, changed by it and read back", () => {
    inFolder((folder) => {
      const path = join(folder, "values.h5");
      const written = new File(path, "w");
      writeNumbers(written);
      writeTexts(written);
      writeRest(written);
      written.close();
      runPython(CHECK, path);
      using f = new File(path, "r");
      for (const dtype of [...INTEGERS, ...FLOATS]) {
        expect(Number(f.get(`typed ${dtype}`).read<number>([1])), dtype).toBe(55);
      }
      expect(f.get("odd").read([0])).toBe(77);
      expect(f.get("enum").read([0])).toBe(300);
      expect(f.get("text").read([1])).toBe("neu");
      expect(f.get("ascii space-pad").read([1])).toBe("zz");
      expect(f.get("sequences").read([1])).toEqual(Int16Array.of(5, 6));
      const [referred] = f.get("references").read<NDArray<ReferenceValue[]>>().data;
      expect(referred && f.get(referred).read([0])).toBe(77);
      expect(f.get("columns").read([1])).toEqual({ x: 2, y: -8 });
      const moments = f.get("moments");
      const dates = [
        new Date("2020-01-01T00:00:00.123Z"),
        new Date("2001-02-03T04:05:06.789Z"),
        new Date("1969-12-31"),
      ];
      expect(moments.read(undefined, { numpyTimes: "date" }).data).toEqual(dates);
      expect(moments.read([2], { numpyTimes: "bigint" })).toBe(-86_400_000n);
      expect(moments.read([2])).toBeInstanceOf(Uint8Array);
      expect(f.get("rows").attrs.get("when", { numpyTimes: "date" })).toEqual(dates[0]);
    });
  });

  test("as complex numbers of version 2.0 of the library are read by h5wasm", () => {
    inFolder((folder) => {
      const path = join(folder, "complex.h5");
      const data = [{ re: 1.5, im: -2 }, [3, 4], 5];
      const written = new File(path, "w", { libver: "latest" });
      written.createDataset("z", { dtype: PREDEFINED.COMPLEX_IEEE_F32LE, data: { data, shape: [3] } });
      written.createDataset("half", { dtype: complex(float(2, "big-endian")), data: { data, shape: [3] } });
      written.close();
      const { z, half } = rawDataInH5wasm(path);
      expect(z).toEqual({
        class: 11,
        bytes: Buffer.from(Float32Array.of(1.5, -2, 3, 4, 5, 0).buffer).toString("base64"),
      });
      expect(half?.class).toBe(11);
    });
  });

  test("that do not fit are refused, and nothing is changed", () => {
    const f = new File(new Uint8Array(0), "w");
    writeNumbers(f);
    writeRest(f);
    f.flush();
    const before = f.toBytes();
    const wrong: readonly [string, unknown][] = [
      ["nested i1", 128],
      ["nested <u8", -1n],
      ["nested >i4", Number.NaN],
      ["odd", [0, 2048, 0]],
      ["enum", ["RED", "PINK", "RED"]],
      ["opaque", [Uint8Array.of(1, 2, 3, 4), Uint8Array.of(1)]],
      ["sequences", [[1], ["x"], [2]]],
      ["records", [{ id: 1 }, { id: 2 }]],
      ["lists of texts", [["fine"], [7]]],
      ["references", ["/", "/rows"]],
      ["days", [new Date("2020-01-01T12:00:00Z")]],
      ["moments", [2n ** 63n, 0n, 0n]],
      ["spans", [new Date(0)]],
      ["opaque", [new Date(0), new Date(0)]],
    ];
    for (const [name, value] of wrong) {
      expect(
        errorOf(() => f.get(name).write(null, value)),
        name,
      ).toBe(true);
      const { datatype, shape } = f.get(name);
      const options = { dtype: datatype, data: value, ...(shape === null ? {} : { shape }) };
      expect(
        errorOf(() => f.createDataset("new", options)),
        name,
      ).toBe(true);
    }
    f.flush();
    expect(f.toBytes()).toEqual(before);
    f.close();
  });
});

function errorOf(operation: () => unknown): boolean {
  try {
    operation();
  } catch (error) {
    return isHdf5Error(error);
  }
  return false;
}

test("arrays of arrays have all their dimensions in the shape, as in numpy", () => {
  inFolder((folder) => {
    const path = join(folder, "nested.h5");
    const make = `
with h5py.File(args[0], 'w') as f:
    inner = h5py.h5t.array_create(h5py.h5t.STD_I32LE, (3, 2))
    text = h5py.h5t.array_create(h5py.h5t.py_create(np.dtype('S3')), (2,))
    space = h5py.h5s.create_simple((5,))
    for name, kind, count in (('numbers', inner, 5 * 4 * 6), ('text', text, 5 * 4 * 2)):
        d = h5py.h5d.create(f.id, name.encode(), h5py.h5t.array_create(kind, (4,)), space)
        values = np.arange(count, dtype='i4') if name == 'numbers' else np.array([b'%d' % i for i in range(count)], 'S3')
        d.write(h5py.h5s.ALL, h5py.h5s.ALL, values, d.get_type())
`;
    runPython(`import numpy as np${make}`, path);
    const file = new File(path, "r+");
    const numbers = file.getDataset("numbers");
    const text = file.getDataset("text");
    const before = numbers.read<NDArray<Int32Array>>();
    expect(before.shape).toEqual([5, 4, 3, 2]);
    expect(before.data).toEqual(Int32Array.from({ length: 120 }, (_, i) => i));
    expect(text.read<NDArray>().shape).toEqual([5, 4, 2]);
    expect(text.read([1])).toMatchObject({ shape: [4, 2], data: Array.from({ length: 8 }, (_, i) => `${i + 8}`) });
    numbers.write(null, { data: before.data.map((n) => -n), shape: before.shape });
    text.write([2], text.read([1]));
    file.close();
    const check = `
f = h5py.File(args[0])
print(f['numbers'][()].shape, (f['numbers'][()].ravel() == -np.arange(120)).all(), f['text'][2].ravel().tolist())
`;
    const told = "(5, 4, 3, 2) True [b'8', b'9', b'10', b'11', b'12', b'13', b'14', b'15']";
    expect(runPython(`import numpy as np${check}`, path).trim()).toBe(told);
  });
});

test("sequences of arrays and of bytes are written as lists, one by one and many; h5dump reads the same", () => {
  inFolder((folder) => {
    const path = join(folder, "sequences.h5");
    const rows = vlenDtype("(2,)<i4");
    {
      using file = new File(path, "w");
      file.createDataset("made", { dtype: rows, data: [[], [[1, 2]], [[3, 4], Int32Array.of(5, 6)]] });
      const written = file.createDataset("written", { dtype: rows, shape: [3] });
      written.write([0], [[7, 8]]);
      written.write([1], []);
      written.write(
        [2],
        [
          [1, 2],
          [3, 4],
        ],
      );
      expect(written.read()).toMatchObject({
        data: [
          [[7, 8]],
          [],
          [
            [1, 2],
            [3, 4],
          ],
        ],
      });
      expect(() => written.write([0], [[1, 2, 3]])).toThrow("expected an array of dimensions (2)");
      written.write(["1:"], [[[9, 9]], [[0, 0]]]);
      file.createDataset("cubes", { dtype: vlenDtype("(1, 2)<i2"), data: [[[[1, 2]], [[3, 4]]], []] });
      file.createDataset("bytes", { dtype: vlenDtype("V2"), data: [[Uint8Array.of(1, 2), Uint8Array.of(3, 4)], []] });
      file.createDataset("nested", { dtype: vlenDtype(vlenDtype("<i4")), data: [[], [[], [1]], [[2, 3]]] });
      file.attrs.create(
        "one",
        [
          [1, 2],
          [3, 4],
        ],
        { dtype: rows, shape: [] },
      );
    }
    const text = h5dump(path).replace(/\s+/g, " ");
    for (const expected of [
      "(0): ([ 1, 2 ], [ 3, 4 ])",
      "(0): (01:02, 03:04), ()",
      "(0): ([ 1, 2 ], [ 3, 4 ]), ()",
      "(0): (), ([ 1, 2 ]), ([ 3, 4 ], [ 5, 6 ])",
      "(0): (), ((), (1)), ((2, 3))",
      "(0): ([ 7, 8 ]), ([ 9, 9 ]), ([ 0, 0 ])",
    ]) {
      expect(text).toContain(expected);
    }
  });
});
