/** Calls that make no sense: refused by h5py and by us with the same class and words, before anything changes. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Dataset, File, type Group, h5a, h5t, mask, SoftLink } from "../../src/index.ts";
import { inFolder, runPython } from "./peers.ts";

/** What is in the file that the calls are made on. */
const MAKE = `
f = h5py.File(args[0], 'w')
f['data'] = np.arange(20, dtype='i4').reshape(4, 5)
f['data'].attrs['y'] = [1, 2]
f.create_dataset('ch', (4, 5), 'i4', chunks=(2, 2), maxshape=(8, 5))
f.create_dataset('i1', (3,), 'i1')
f.create_dataset('rec', (2,), dtype=[('x', 'i4'), ('y', 'f8')])
f.create_dataset('ar', (2,), dtype='(3,)i4')
f['em'] = h5py.Empty('i4')
f['sc'] = 1
f.create_group('g')
f.close()
`;

const RUN = `
import json
f = h5py.File(args[0], args[1])
d, ch, c, s = f['data'], f['ch'], f.create_dataset, slice(None)
STR = h5py.string_dtype()
for code in json.loads(args[2]):
    try:
        eval(code)
        print('fine')
    except Exception as e:
        # The text of a KeyError is its argument's repr.
        print(type(e).__name__, e.args[0] if isinstance(e, KeyError) else e)
`;

type Call = (f: File, d: Dataset, ch: Dataset) => unknown;
type Case = readonly [python: string, typescript: Call];

const I4 = "<i4";

const CREATION: readonly Case[] = [
  ["c('x', (2,), dtype='bogus')", (f) => f.createDataset("x", { shape: [2], dtype: "bogus" })],
  ["c('x', (-1,))", (f) => f.createDataset("x", { shape: [-1] })],
  ["c('x', ('a',))", (f) => f.createDataset("x", { shape: ["a"] as unknown as number[] })],
  ["c('x', (3,), data=[0, 1])", (f) => f.createDataset("x", { shape: [3], data: [0, 1] })],
  ["c('x')", (f) => f.createDataset("x", {})],
  ["c('x', (2,), chunks=(3,))", (f) => f.createDataset("x", { shape: [2], chunks: [3] })],
  ["c('x', (2,), chunks=(2, 2))", (f) => f.createDataset("x", { shape: [2], chunks: [2, 2] })],
  ["c('x', (2, 2), chunks=(2,))", (f) => f.createDataset("x", { shape: [2, 2], chunks: [2] })],
  ["c('x', (2,), chunks=(0,))", (f) => f.createDataset("x", { shape: [2], chunks: [0] })],
  ["c('x', (2,), chunks=(-1,))", (f) => f.createDataset("x", { shape: [2], chunks: [-1] })],
  ["c('x', (), chunks=(1,))", (f) => f.createDataset("x", { shape: [], chunks: [1] })],
  ["c('x', (), chunks=True)", (f) => f.createDataset("x", { shape: [], chunks: true })],
  ["c('x', (5,), maxshape=(3,))", (f) => f.createDataset("x", { shape: [5], maxshape: [3] })],
  ["c('x', (5,), maxshape=(3, 3))", (f) => f.createDataset("x", { shape: [5], maxshape: [3, 3] })],
  ["c('x', (), maxshape=(3,))", (f) => f.createDataset("x", { shape: [], maxshape: [3] })],
  [
    "c('x', (5,), maxshape=(None,), chunks=False)",
    (f) => f.createDataset("x", { shape: [5], maxshape: [null], chunks: false }),
  ],
  ["c('x', (5,), maxshape=(6,), chunks=(7,))", (f) => f.createDataset("x", { shape: [5], maxshape: [6], chunks: [7] })],
  ["c('data', (5,))", (f) => f.createDataset("data", { shape: [5] })],
  ["c('g', (5,))", (f) => f.createDataset("g", { shape: [5] })],
  ["c('data/x', (5,))", (f) => f.createDataset("data/x", { shape: [5] })],
  ["c('/', (5,))", (f) => f.createDataset("/", { shape: [5] })],
  ["c('.', (5,))", (f) => f.createDataset(".", { shape: [5] })],
  [
    "c('x', (5,), track_times='abc')",
    (f) => f.createDataset("x", { shape: [5], trackTimes: "abc" as unknown as boolean }),
  ],
  ["c('x', (5,), external=[5])", (f) => f.createDataset("x", { shape: [5], external: [5] as unknown as string })],
  ["c('x', (5,), external=[('a', -1, 100)])", (f) => f.createDataset("x", { shape: [5], external: [["a", -1, 100]] })],
  [
    "c('x', (5,), 'i4', external=[('a', 0, 10)])",
    (f) => f.createDataset("x", { shape: [5], dtype: I4, external: [["a", 0, 10]] }),
  ],
  [
    "c('x', (5,), 'i4', chunks=(2,), external=[('a', 0, 100)])",
    (f) => f.createDataset("x", { shape: [5], dtype: I4, chunks: [2], external: [["a", 0, 100]] }),
  ],
  ["f.create_group('data')", (f) => f.createGroup("data")],
  ["f.require_group('data')", (f) => f.requireGroup("data")],
  ["f.require_dataset('data', (3,), 'i4')", (f) => f.requireDataset("data", { shape: [3], dtype: "i4" })],
  [
    "f.require_dataset('data', (4, 5), 'i8', exact=True)",
    (f) => f.requireDataset("data", { shape: [4, 5], dtype: "i8", exact: true }),
  ],
  ["f.require_dataset('g', (4, 5), 'i1')", (f) => f.requireDataset("g", { shape: [4, 5], dtype: "i1" })],
  ["f.__setitem__('data', 1)", (f) => f.set("data", 1)],
  ["f['nope']", (f) => f.get("nope")],
  ["f.__delitem__('nope')", (f) => f.delete("nope")],
];

const FILTERS: readonly Case[] = [
  ["c('x', (5,), compression='zip')", (f) => f.createDataset("x", { shape: [5], compression: "zip" })],
  ["c('x', (5,), compression=12345)", (f) => f.createDataset("x", { shape: [5], compression: 12345 })],
  [
    "c('x', (5,), compression='gzip', compression_opts=10)",
    (f) => f.createDataset("x", { shape: [5], compression: "gzip", compressionOpts: 10 }),
  ],
  [
    "c('x', (5,), compression='gzip', compression_opts='a')",
    (f) => f.createDataset("x", { shape: [5], compression: "gzip", compressionOpts: "a" as unknown as number }),
  ],
  [
    "c('x', (5,), compression=4, compression_opts=4)",
    (f) => f.createDataset("x", { shape: [5], compression: 4, compressionOpts: 4 }),
  ],
  ["c('x', (5,), compression_opts=4)", (f) => f.createDataset("x", { shape: [5], compressionOpts: 4 })],
  [
    "c('x', (5,), compression='lzf', compression_opts=4)",
    (f) => f.createDataset("x", { shape: [5], compression: "lzf", compressionOpts: 4 }),
  ],
  [
    "c('x', (5,), compression='szip', compression_opts=4)",
    (f) => f.createDataset("x", { shape: [5], compression: "szip", compressionOpts: 4 }),
  ],
  [
    "c('x', (5,), compression='szip', compression_opts=('xx', 8))",
    (f) => f.createDataset("x", { shape: [5], compression: "szip", compressionOpts: ["xx", 8] }),
  ],
  [
    "c('x', (5,), compression='szip', compression_opts=('nn', 7))",
    (f) => f.createDataset("x", { shape: [5], compression: "szip", compressionOpts: ["nn", 7] }),
  ],
  [
    "c('x', (5,), chunks=(5,), compression='szip')",
    (f) => f.createDataset("x", { shape: [5], chunks: [5], compression: "szip" }),
  ],
  [
    "c('x', (500,), 'S3', compression='szip')",
    (f) => f.createDataset("x", { shape: [500], dtype: "S3", compression: "szip" }),
  ],
  [
    "c('x', (500,), [('x', 'i4')], compression='szip')",
    (f) => f.createDataset("x", { shape: [500], dtype: "[('x','<i4')]", compression: "szip" }),
  ],
  [
    "c('x', (500,), 'S16', compression='szip')",
    (f) => f.createDataset("x", { shape: [500], dtype: "S16", compression: "szip" }),
  ],
  ["c('x', (), compression='gzip')", (f) => f.createDataset("x", { shape: [], compression: "gzip" })],
  ["c('x', (), shuffle=True)", (f) => f.createDataset("x", { shape: [], shuffle: true })],
  ["c('x', (5,), 'i4', scaleoffset=-1)", (f) => f.createDataset("x", { shape: [5], dtype: I4, scaleoffset: -1 })],
  ["c('x', (5,), scaleoffset=True)", (f) => f.createDataset("x", { shape: [5], scaleoffset: true })],
  ["c('x', (5,), 'S3', scaleoffset=2)", (f) => f.createDataset("x", { shape: [5], dtype: "S3", scaleoffset: 2 })],
  [
    "c('x', (5,), 'i4', scaleoffset=2, fletcher32=True)",
    (f) => f.createDataset("x", { shape: [5], dtype: I4, scaleoffset: 2, fletcher32: true }),
  ],
  ["c('x', (5,), STR, fletcher32=True)", (f) => f.createDataset("x", { shape: [5], dtype: "str", fletcher32: true })],
];

const TRANSFER: readonly Case[] = [
  ["d[4]", (_, d) => d.read([4])],
  ["d[-5]", (_, d) => d.read([-5])],
  ["d[1, 2, 3]", (_, d) => d.read([1, 2, 3])],
  ["d['a']", (_, d) => d.read("a")],
  ["d[1.5]", (_, d) => d.read([1.5])],
  ["d[::-1]", (_, d) => d.read("::-1")],
  ["d[::0]", (_, d) => d.read("::0")],
  ["d[[2, 1]]", (_, d) => d.read([[2, 1]])],
  ["d[[1, 1]]", (_, d) => d.read([[1, 1]])],
  [
    "d[[0, 1], [0, 1]]",
    (_, d) =>
      d.read([
        [0, 1],
        [0, 1],
      ]),
  ],
  ["d[[0, 9]]", (_, d) => d.read([[0, 9]])],
  ["d[np.ones((3, 3), bool)]", (_, d) => d.read(mask(new Uint8Array(9).fill(1), [3, 3]))],
  ["d[..., ...]", (_, d) => d.read(["...", "..."])],
  [
    "d.__setitem__(s, np.zeros((3, 3)))",
    (_, d) =>
      d.write(null, [
        [0, 0, 0],
        [0, 0, 0],
        [0, 0, 0],
      ]),
  ],
  ["d.__setitem__(0, np.zeros(4))", (_, d) => d.write([0], [0, 0, 0, 0])],
  ["d.__setitem__((0, 0), [1, 2])", (_, d) => d.write([0, 0], [1, 2])],
  ["d.__setitem__(4, 0)", (_, d) => d.write([4], 0)],
  ["f['i1'].__setitem__(0, float('nan'))", (f) => f.get("i1").write([0], Number.NaN)],
  ["f['i1'].__setitem__(0, float('inf'))", (f) => f.get("i1").write([0], Number.POSITIVE_INFINITY)],
  ["f['rec'].__setitem__('z', 5)", (f) => f.get("rec").write("z", 5)],
  ["f['rec']['z']", (f) => f.get("rec").read("z")],
  ["f['ar'].__setitem__(0, 5)", (f) => f.get("ar").write([0], 5)],
  ["f['ar'].__setitem__(0, [1, 2])", (f) => f.get("ar").write([0], [1, 2])],
  ["f['ar'].__setitem__(s, [1, 2, 3])", (f) => f.get("ar").write(null, [1, 2, 3])],
  ["f['em'][0]", (f) => f.get("em").read([0])],
  ["d.resize((5, 5))", (_, d) => d.resize([5, 5])],
  ["ch.resize((9, 5))", (_, __, ch) => ch.resize([9, 5])],
  ["ch.resize((9,))", (_, __, ch) => ch.resize([9])],
  ["ch.resize(9, axis=2)", (_, __, ch) => ch.resize(9, 2)],
  ["ch.resize((9, 5), axis=0)", (_, __, ch) => ch.resize([9, 5], 0)],
  ["ch.resize((-1, 5))", (_, __, ch) => ch.resize([-1, 5])],
  ["len(f['sc'])", (f) => f.get("sc").len()],
  ["list(f['sc'])", (f) => [...f.get("sc")]],
  ["len(f['em'])", (f) => f.get("em").len()],
  ["ch.id.write_direct_chunk((1, 1), b'x' * 16)", (_, __, ch) => ch.id.writeDirectChunk([1, 1], new Uint8Array(16))],
  ["ch.id.write_direct_chunk((50, 0), b'x' * 16)", (_, __, ch) => ch.id.writeDirectChunk([50, 0], new Uint8Array(16))],
  ["ch.id.write_direct_chunk((0,), b'x' * 16)", (_, __, ch) => ch.id.writeDirectChunk([0], new Uint8Array(16))],
  ["d.id.write_direct_chunk((0, 0), b'x')", (_, d) => d.id.writeDirectChunk([0, 0], new Uint8Array(1))],
  ["d.id.read_direct_chunk((0, 0))", (_, d) => d.id.readDirectChunk([0, 0])],
  ["ch.id.read_direct_chunk((0, 0))", (_, __, ch) => ch.id.readDirectChunk([0, 0])],
  ["ch.id.read_direct_chunk((1, 1))", (_, __, ch) => ch.id.readDirectChunk([1, 1])],
];

const ATTRIBUTES: readonly Case[] = [
  ["d.attrs['x']", (_, d) => d.attrs.get("x")],
  ["d.attrs.__delitem__('x')", (_, d) => d.attrs.delete("x")],
  ["d.attrs.create('x', [1, 2], shape=(3,))", (_, d) => d.attrs.create("x", [1, 2], { shape: [3] })],
  ["d.attrs.create('x', [1, 2], dtype='bogus')", (_, d) => d.attrs.create("x", [1, 2], { dtype: "bogus" })],
  ["d.attrs.modify('y', [1, 2, 3])", (_, d) => d.attrs.modify("y", [1, 2, 3])],
];

const READ_ONLY: readonly Case[] = [
  ["d.__setitem__(0, 1)", (_, d) => d.write([0], 1)],
  ["c('q', (1,))", (f) => f.createDataset("q", { shape: [1] })],
  ["c('q', (1,), STR, data=['a'])", (f) => f.createDataset("q", { shape: [1], dtype: "str", data: ["a"] })],
  ["f.create_group('q')", (f) => f.createGroup("q")],
  ["f.__delitem__('data')", (f) => f.delete("data")],
  ["f.__setitem__('q', 1)", (f) => f.set("q", 1)],
  ["f.__setitem__('q', h5py.SoftLink('/data'))", (f) => f.set("q", new SoftLink("/data"))],
  ["f.move('data', 'z')", (f) => f.move("data", "z")],
  ["ch.resize((5, 5))", (_, __, ch) => ch.resize([5, 5])],
  ["d.attrs.__setitem__('q', 1)", (_, d) => d.attrs.set("q", 1)],
  ["d.attrs.__delitem__('y')", (_, d) => d.attrs.delete("y")],
  ["d.attrs.modify('y', [3, 4])", (_, d) => d.attrs.modify("y", [3, 4])],
  ["h5py.h5a.rename(d.id, b'y', b'z')", (_, d) => h5a.rename(d.id, "y", "z")],
];

function said(call: () => unknown): string {
  try {
    call();
    return "fine";
  } catch (error) {
    return `${(error as Error).name} ${(error as Error).message}`;
  }
}

function compare(cases: readonly Case[], mode: "r" | "r+"): void {
  inFolder((folder) => {
    const path = join(folder, "bad.h5");
    const copy = join(folder, "copy.h5");
    runPython(MAKE, path);
    runPython("import shutil\nshutil.copy(args[0], args[1])", path, copy);
    const codes = JSON.stringify(cases.map(([python]) => python));
    const theirs = runPython(RUN, copy, mode, codes).trimEnd().split("\n");
    const f = new File(path, mode);
    const before = f.toBytes();
    const [d, ch] = [f.get("data"), f.get("ch")];
    const ours = cases.map(([, call]) => said(() => call(f, d, ch)));
    const pairs = (texts: readonly string[]) => texts.map((text, i) => `${cases[i]?.[0]}: ${text}`);
    expect(pairs(ours)).toEqual(pairs(theirs));
    expect(ours).not.toContain("fine");
    // None of it has changed a byte.
    if (mode === "r+") expect(f.toBytes()).toEqual(before);
    f.close();
  });
}

describe("calls that make no sense are refused with h5py's class and words", () => {
  test("making datasets, groups and links", () => compare(CREATION, "r+"));
  test("filters", () => compare(FILTERS, "r+"));
  test("selections, values, resizing, chunks", () => compare(TRANSFER, "r+"));
  test("attributes", () => compare(ATTRIBUTES, "r+"));
  test("changes of a file open for reading", () => compare(READ_ONLY, "r"));
});

test("values that do not fit are refused, where numpy would cut them", () => {
  using f = new File(new Uint8Array(), "w");
  const d = f.createDataset("d", { shape: [2], dtype: "i1" });
  const e = f.createDataset("e", { shape: [2], dtype: h5t.STD_I64LE });
  expect(said(() => d.write([0], 300))).toBe("OverflowError integer 300 out of bounds for int8");
  expect(said(() => e.write([0], 2n ** 70n))).toBe(`OverflowError integer ${2n ** 70n} out of bounds for int64`);
  expect(said(() => d.write([0], "5"))).toBe(
    "TypeError Can't convert value to datatype (expected a number, got string)",
  );
  expect((f.get<Group | Dataset>("d") as Dataset).read().data).toEqual(new Int8Array(2));
});
