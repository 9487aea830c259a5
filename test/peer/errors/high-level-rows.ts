/** Calls of the high level that fail, as Python code and here. */
import { slice } from "../../../src/engine/selection/index-arguments.ts";
import type { Dataset } from "../../../src/highlevel/dataset.ts";
import { stringDtype } from "../../../src/highlevel/special-dtypes.ts";
import * as h5 from "../../../src/lowlevel/h5.ts";
import { CLOSED, type Row } from "./low-level-rows.ts";
import { NOTHING, type World } from "./world.ts";

/** Whatever is done with what was closed: one class and one text here. */
export const CLOSED_OBJECT_ROWS: readonly Row[] = (
  [
    ["f['data']", ({ f }) => f.get("data")],
    ["list(f)", ({ f }) => [...f]],
    ["len(f)", ({ f }) => f.length],
    ["list(f.keys())", ({ f }) => f.keys()],
    ["list(f.attrs)", ({ f }) => [...f.attrs]],
    ["f.attrs['x']", ({ f }) => f.attrs.get("x")],
    ["f.create_group('q')", ({ f }) => f.createGroup("q")],
    ["f.create_dataset('q', data=1)", ({ f }) => f.createDataset("q", { data: 1 })],
    ["f.filename", ({ f }) => f.filename],
    ["f.mode", ({ f }) => f.mode],
    ["f.libver", ({ f }) => f.libver],
    ["f.driver", ({ f }) => f.driver],
    ["f.userblock_size", ({ f }) => f.userblockSize],
    ["f.flush()", ({ f }) => f.flush()],
    ["f.swmr_mode", ({ f }) => f.swmrMode],
    ["f['x'] = 1", ({ f }) => f.set("x", 1)],
    ["del f['data']", ({ f }) => f.delete("data")],
    ["dset[()]", (_, dset) => dset.read()],
    ["dset[0]", (_, dset) => dset.read([0])],
    ["dset.shape", (_, dset) => dset.shape],
    ["dset.dtype", (_, dset) => dset.dtype],
    ["dset.attrs['a']", (_, dset) => dset.attrs.get("a")],
    ["dset[0] = 1", (_, dset) => dset.write([0], 1)],
  ] as const satisfies readonly (readonly [string, (w: World, dset: Dataset) => unknown])[]
).map(([theirs, ours]) => [
  `f.close(); ${theirs}`,
  (w) => {
    const dset = w.dset("data");
    return ours(w.closed(), dset);
  },
  CLOSED,
  "ValueError",
]);

/** Text beyond ASCII where the datatype is ASCII. */
export const TEXT_ROWS: readonly Row[] = [
  ["f.create_dataset('q', data='é', dtype='S5')", ({ f }) => f.createDataset("q", { data: "é", dtype: "S5" })],
  [
    "f.create_dataset('q', data=['abcdefg€'], dtype='S5')",
    ({ f }) => f.createDataset("q", { data: ["abcdefg€"], dtype: "S5" }),
  ],
  [
    "f.create_dataset('q', data=['grüße'], dtype=h5py.string_dtype('ascii'))",
    ({ f }) => f.createDataset("q", { data: ["grüße"], dtype: VARIABLE_ASCII }),
  ],
  [
    "f.create_dataset('q', (2,), dtype='S5', fillvalue='é')",
    ({ f }) => f.createDataset("q", { shape: [2], dtype: "S5", fillvalue: "é" }),
  ],
  [
    "f.create_dataset('q', (2,), dtype=h5py.string_dtype('ascii'), fillvalue='𝄞')",
    ({ f }) => f.createDataset("q", { shape: [2], dtype: VARIABLE_ASCII, fillvalue: "𝄞" }),
  ],
  [
    "d = f.create_dataset('q', (2,), dtype='S5'); d[0] = 'x𝄞é'",
    ({ f }) => f.createDataset("q", { shape: [2], dtype: "S5" }).write([0], "x𝄞é"),
  ],
  [
    "d = f.create_dataset('q', (2,), dtype=h5py.string_dtype('ascii')); d[:] = ['a', 'é']",
    ({ f }) => f.createDataset("q", { shape: [2], dtype: VARIABLE_ASCII }).write(null, ["a", "é"]),
  ],
  [
    "d = f.create_dataset('q', (2,), dtype=[('n', 'i4'), ('s', 'S5')]); d[0] = (1, 'é')",
    ({ f }) => f.createDataset("q", { shape: [2], dtype: "[('n', '<i4'), ('s', 'S5')]" }).write([0], [1, "é"]),
  ],
  ["f.attrs.create('q', 'é', dtype='S5')", ({ f }) => f.attrs.create("q", "é", { dtype: "S5" })],
  [
    "f.attrs.create('q', 'é', dtype=h5py.string_dtype('ascii'))",
    ({ f }) => f.attrs.create("q", "é", { dtype: VARIABLE_ASCII }),
  ],
];

const VARIABLE_ASCII = stringDtype({ encoding: "ascii" });

export const HIGH_LEVEL_ROWS: readonly Row[] = [
  ["f['ext']", (w) => w.f.get("ext")],
  ["h5py.get_config().complex_names = 5", () => Object.assign(h5.getConfig(), { complexNames: 5 })],
  ["h5py.get_config().bool_names = ['x']", () => Object.assign(h5.getConfig(), { boolNames: ["x"] })],
  [
    "f.create_dataset('n', (10,), external=5)",
    (w) => w.f.createDataset("n", { shape: [10], external: 5 as never }),
    "'number' object is not iterable",
  ],
  ["f.visit(5)", (w) => w.f.visit(5 as never), "'number' object is not callable"],
  ["f[1]", (w) => w.f.get(1 as never), "Accessing a group is done with bytes or str,  not number"],
  ["f.swmr_mode = True", (w) => Object.assign(w.f, { swmrMode: true })],
  ["f['nope']", (w) => w.f.get("nope")],
  ["f['g/nope']", (w) => w.f.get("g/nope")],
  ["f['nope/deeper']", (w) => w.f.get("nope/deeper")],
  ["f['data/x']", (w) => w.f.get("data/x")],
  ["f['soft']", (w) => w.f.get("soft")],
  ["f['']", (w) => w.f.get("")],
  ["del f['nope']", (w) => w.f.delete("nope")],
  ["f['data'] = 1", (w) => w.f.set("data", 1)],
  ["f.create_group('g')", (w) => w.f.createGroup("g")],
  ["f.create_group('data/sub')", (w) => w.f.createGroup("data/sub")],
  ["f.require_group('data')", (w) => w.f.requireGroup("data")],
  ["f.copy('nope', 'q')", (w) => w.f.copy("nope", "q")],
  ["f.copy('data', 'ch')", (w) => w.f.copy("data", "ch")],
  ["f.move('nope', 'q')", (w) => w.f.move("nope", "q")],
  ["f.move('data', 'g')", (w) => w.f.move("data", "g")],
  ["f.create_dataset('data', (3,))", (w) => w.f.createDataset("data", { shape: [3] })],
  ["f.create_dataset('n')", (w) => w.f.createDataset("n", {} as never)],
  ["f.create_dataset('n', (10,), chunks=(20,))", (w) => w.f.createDataset("n", { shape: [10], chunks: [20] })],
  ["f.create_dataset('n', (10, 10), chunks=(5,))", (w) => w.f.createDataset("n", { shape: [10, 10], chunks: [5] })],
  ["f.create_dataset('n', (10,), chunks=(0,))", (w) => w.f.createDataset("n", { shape: [10], chunks: [0] })],
  ["f.create_dataset('n', (), chunks=True)", (w) => w.f.createDataset("n", { shape: [], chunks: true })],
  ["f.create_dataset('n', (), compression='gzip')", (w) => w.f.createDataset("n", { shape: [], compression: "gzip" })],
  [
    "f.create_dataset('n', (10,), compression='bogus')",
    (w) => w.f.createDataset("n", { shape: [10], compression: "bogus" as never }),
  ],
  [
    "f.create_dataset('n', (10,), compression=32015)",
    (w) => w.f.createDataset("n", { shape: [10], compression: 32015 }),
  ],
  [
    "f.create_dataset('n', (10,), compression='gzip', compression_opts=11)",
    (w) => w.f.createDataset("n", { shape: [10], compression: "gzip", compressionOpts: 11 }),
  ],
  [
    "f.create_dataset('n', (10,), compression_opts=4)",
    (w) => w.f.createDataset("n", { shape: [10], compressionOpts: 4 }),
  ],
  [
    "f.create_dataset('n', (10,), 'i4', scaleoffset=-1)",
    (w) => w.f.createDataset("n", { shape: [10], dtype: "<i4", scaleoffset: -1 }),
  ],
  [
    "f.create_dataset('n', (10,), 'f4', scaleoffset=True)",
    (w) => w.f.createDataset("n", { shape: [10], dtype: "<f4", scaleoffset: true }),
  ],
  ["f.create_dataset('n', (10,), maxshape=(5,))", (w) => w.f.createDataset("n", { shape: [10], maxshape: [5] })],
  [
    "f.create_dataset('n', (10,), maxshape=(None, None))",
    (w) => w.f.createDataset("n", { shape: [10], maxshape: [null, null] }),
  ],
  [
    "f.create_dataset('n', (10,), chunks=False, maxshape=(None,))",
    (w) => w.f.createDataset("n", { shape: [10], chunks: false, maxshape: [null] }),
  ],
  [
    "f.create_dataset('n', data=h5py.Empty('f4'), chunks=True)",
    (w) => w.f.createDataset("n", { data: NOTHING, chunks: true }),
  ],
  ["f.create_dataset('n', (-1,))", (w) => w.f.createDataset("n", { shape: [-1] })],
  [
    "f.create_dataset('n', (3,), bogus=1)",
    (w) => w.f.createDataset("n", { shape: [3], ...({ bogus: 1 } as object) }),
    "createDataset() got an unexpected keyword argument 'bogus'",
  ],
  [
    "f.create_group('n', bogus=1)",
    (w) => w.f.createGroup("n", { bogus: 1 } as object),
    "createGroup() got an unexpected keyword argument 'bogus'",
  ],
  [
    "f.copy('data', 'n', bogus=1)",
    (w) => w.f.copy("data", "n", { bogus: 1 } as object),
    "copy() got an unexpected keyword argument 'bogus'",
  ],
  ["f['data'][100]", (w) => w.dset("data").read([100])],
  ["f['data'][-101]", (w) => w.dset("data").read([-101])],
  ["f['data'][0, 0]", (w) => w.dset("data").read([0, 0])],
  ["f['data'][::-1]", (w) => w.dset("data").read([slice(null, null, -1)])],
  ["f['data'][::0]", (w) => w.dset("data").read([slice(null, null, 0)])],
  ["f['data'][[3, 1]]", (w) => w.dset("data").read([[3, 1]])],
  ["f['data'][[1, 1]]", (w) => w.dset("data").read([[1, 1]])],
  [
    "f['ch'][[0, 1], [0, 1]]",
    (w) =>
      w.dset("ch").read([
        [0, 1],
        [0, 1],
      ]),
  ],
  ["f['data'][1.5]", (w) => w.dset("data").read([1.5])],
  ["f['scalar'][0]", (w) => w.dset("scalar").read([0])],
  ["f['empty'][0]", (w) => w.dset("empty").read([0])],
  ["len(f['scalar'])", (w) => w.dset("scalar").len()],
  ["f['data'][0:3] = [1, 2]", (w) => w.dset("data").write([slice(0, 3)], Int8Array.of(1, 2))],
  ["f['data'][100] = 1", (w) => w.dset("data").write([100], 1)],
  ["f['data'].resize((200,))", (w) => w.dset("data").resize([200])],
  ["f['ch'].resize((5, 20))", (w) => w.dset("ch").resize([5, 20])],
  ["f['ch'].resize(5, axis=9)", (w) => w.dset("ch").resize(5, 9)],
  ["f['ch'].resize((5,))", (w) => w.dset("ch").resize([5])],
  ["f['data'].asstr()", (w) => w.dset("data").asstr()],
  ["f['data'].fields('a')", (w) => w.dset("data").fields("a")],
  ["f['data'].read_direct(np.zeros(5))", (w) => w.dset("data").readDirect(new Float64Array(5))],
  ["f['data'].write_direct(np.zeros(5))", (w) => w.dset("data").writeDirect(new Float64Array(5))],
  ["f['data'].iter_chunks()", (w) => w.dset("data").iterChunks()],
  ["f.attrs['nope']", (w) => w.f.attrs.get("nope")],
  ["del f.attrs['nope']", (w) => w.f.attrs.delete("nope")],
  ["f.attrs.get_id('nope')", (w) => w.f.attrs.getId("nope")],
  ["f.attrs['big'] = np.zeros(70000, 'u1')", (w) => w.f.attrs.set("big", new Uint8Array(70000))],
];
