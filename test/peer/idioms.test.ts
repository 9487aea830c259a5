/** What people do with h5py every day, done here: the same values, shapes and refusals. */
import { expect, test } from "vitest";
import {
  compoundDtype,
  Empty,
  ExternalLink,
  File,
  MultiBlockSlice,
  mask,
  SoftLink,
  slice,
  stringDtype,
  vlenDtype,
} from "../../src/index.ts";
import { runPython } from "./peers.ts";

/** Both sides make the same file. */
const PYTHON = `
import json
def world():
    f = h5py.File('idioms', 'w', driver='core', backing_store=False)
    f.create_dataset('d', data=np.arange(60, dtype='i4').reshape(3, 4, 5), chunks=(1, 2, 5), maxshape=(None, 4, 5))
    f.create_dataset('s', data=['a', 'ä', 'long text'], dtype=h5py.string_dtype())
    f.create_dataset('em', data=h5py.Empty('f4'))
    f.create_dataset('z', (0, 3), 'i2', maxshape=(None, 3))
    f.create_dataset('sc', data=5)
    f.create_dataset('c', (2,), np.dtype([('a', 'i4'), ('b', 'f8'), ('s', 'S2')]))
    f.create_dataset('v', (2,), dtype=h5py.vlen_dtype('i4'))
    g = f.create_group('t', track_order=True)
    for name in 'zya': g.create_group(name)
    f['soft'] = h5py.SoftLink('/nope')
    f['x'] = h5py.ExternalLink('no.h5', '/d')
    return f

def plain(value):
    if isinstance(value, np.ndarray): return [list(value.shape), plain(value.tolist())]
    if isinstance(value, np.generic): return plain(value.item())
    if isinstance(value, bytes): return value.decode()
    if isinstance(value, (list, tuple)): return [plain(each) for each in value]
    return value

def told(code):
    f = world()
    names = {**globals(), 'f': f, 'd': f['d'], 'a': f.attrs}
    try:
        *before, last = code.split('; ')
        for each in before: exec(each, names)
        return plain(eval(last, names))
    except Exception as error:
        return f"{type(error).__name__}: {error.args[0]}"
    finally:
        f.close()
`;

function world(): File {
  const f = File.inMemory();
  const data = Int32Array.from({ length: 60 }, (_, i) => i);
  f.createDataset("d", { data: { data, shape: [3, 4, 5] }, chunks: [1, 2, 5], maxshape: [null, 4, 5] });
  f.createDataset("s", { data: ["a", "ä", "long text"], dtype: stringDtype() });
  f.createDataset("em", { data: new Empty("f4") });
  f.createDataset("z", { shape: [0, 3], dtype: "i2", maxshape: [null, 3] });
  f.createDataset("sc", { data: 5n });
  f.createDataset("c", { shape: [2], dtype: compoundDtype({ a: "i4", b: "f8", s: "S2" }) });
  f.createDataset("v", { shape: [2], dtype: vlenDtype("i4") });
  const g = f.createGroup("t", { trackOrder: true });
  for (const name of "zya") g.createGroup(name);
  f.set("soft", new SoftLink("/nope"));
  f.set("x", new ExternalLink("no.h5", "/d"));
  return f;
}

/** Arrays as their shape and nested elements. */
function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (typeof value !== "object" || value === null) return value;
  if ("data" in value && "shape" in value) {
    const { data, shape } = value as { data: ArrayLike<unknown>; shape: readonly number[] };
    return [shape, nested(Array.from(data, plain), shape)];
  }
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<unknown>, plain);
  if (Array.isArray(value)) return value.map(plain);
  return value instanceof Empty ? String(value) : Object.values(value).map(plain);
}

function nested(items: unknown[], shape: readonly number[]): unknown {
  if (shape.length <= 1) return items;
  const length = shape.slice(1).reduce((a, b) => a * b, 1);
  return Array.from({ length: shape[0] as number }, (_, i) =>
    nested(items.slice(i * length, (i + 1) * length), shape.slice(1)),
  );
}

type Row = readonly [theirs: string, ours: (f: File) => unknown];

const d = (f: File) => f.get("d");
const read = (selection: Parameters<ReturnType<typeof d>["read"]>[0]) => (f: File) => d(f).read<unknown>(selection);
const written = (selection: Parameters<ReturnType<typeof d>["read"]>[0], value: unknown) => (f: File) => {
  d(f).write(selection, value);
  return d(f).read<unknown>(selection);
};
const bits = (of: (i: number) => boolean) =>
  mask(
    Array.from({ length: 60 }, (_, i) => of(i)),
    [3, 4, 5],
  );

const SELECTIONS: readonly Row[] = [
  ["d[-1, -1, -1]", read([-1, -1, -1])],
  ["d[-2:, 0, 0]", read("-2:, 0, 0")],
  ["d[::-1]", read("::-1")],
  ["d[0, 0, 4:0:-1]", read("0, 0, 4:0:-1")],
  ["d[..., 0]", read("..., 0")],
  ["d[0, ...]", read("0, ...")],
  ["d[..., ...]", read("..., ...")],
  ["d[3]", read([3])],
  ["d[-4]", read([-4])],
  ["d[0:10, 0, 0]", read("0:10, 0, 0")],
  ["d[0, 0, 0, 0]", read([0, 0, 0, 0])],
  ["d[[0, 2], 0, 0]", read([[0, 2], 0, 0])],
  ["d[[2, 0], 0, 0]", read([[2, 0], 0, 0])],
  ["d[[0, 0], 0, 0]", read([[0, 0], 0, 0])],
  ["d[[-1], 0, 0]", read([[-1], 0, 0])],
  ["d[[0, 5], 0, 0]", read([[0, 5], 0, 0])],
  ["d[[0, 1], [0, 1], 0]", read([[0, 1], [0, 1], 0])],
  ["d[[], 0, 0]", read([[], 0, 0])],
  ["d[np.array([True, False, True]), 0, 0]", read([[true, false, true], 0, 0])],
  ["d[np.array([True, False]), 0, 0]", read([[true, false], 0, 0])],
  ["d[d[()] > 57]", read(bits((i) => i > 57))],
  ["d[np.zeros((3, 4, 5), bool)]", read(bits(() => false))],
  ["d[::2, 1:3, ::3]", read("::2, 1:3, ::3")],
  ["d[2:1, 0, 0]", read("2:1, 0, 0")],
  ["d[1:1]", read("1:1")],
  ["d[::0]", read("::0")],
  ["d['x']", read(["x"])],
  [
    "d[0, 0, h5py.MultiBlockSlice(start=0, count=2, stride=3, block=2)]",
    read([0, 0, new MultiBlockSlice({ start: 0, count: 2, stride: 3, block: 2 })]),
  ],
];

const WRITES: readonly Row[] = [
  ["d[0, 0, 0:3] = 7; d[0, 0, 0:3]", written([0, 0, slice(0, 3)], 7)],
  ["d[:, 0, 0:2] = [1, 2]; d[:, 0, 0:2]", written(":, 0, 0:2", [1, 2])],
  ["d[0, 0, 0:3] = [1, 2]; 0", written([0, 0, slice(0, 3)], [1, 2])],
  ["d[0, 0:2, 0:2] = [[1], [2]]; d[0, 0:2, 0:2]", written("0, 0:2, 0:2", [[1], [2]])],
  ["d[[0, 2], 0, 0] = [5, 6]; d[[0, 2], 0, 0]", written([[0, 2], 0, 0], [5, 6])],
  ["d[0, 0, 0] = 2.7; d[0, 0, 0]", written([0, 0, 0], 2.7)],
  [
    "d[d[()] > 57] = -1; d[2, 3]",
    (f) => {
      d(f).write(
        bits((i) => i > 57),
        -1,
      );
      return d(f).read<unknown>([2, 3]);
    },
  ],
  [
    "d.resize(5, axis=0); d[3:, 0, 0]",
    (f) => {
      d(f).resize(5, 0);
      return d(f).read<unknown>("3:, 0, 0");
    },
  ],
  ["d.resize((2, 5, 5)); 0", (f) => d(f).resize([2, 5, 5])],
  [
    "d.resize((2, 4, 5)); [int(row.sum()) for row in d]",
    (f) => {
      d(f).resize([2, 4, 5]);
      return Array.from(d(f), (row) => (row as { data: Int32Array }).data.reduce((a, b) => a + b));
    },
  ],
];

const OTHERS: readonly Row[] = [
  ["f['s'].asstr()[0:2]", (f) => f.get("s").asstr().read("0:2")],
  ["f['s'][1]", (f) => f.get("s").read<unknown>([1])],
  ["[f['em'].shape, f['em'].size]", (f) => [f.get("em").shape, f.get("em").size]],
  ["len(f['em'])", (f) => f.get("em").len()],
  ["f['z'][()]", (f) => f.get("z").read()],
  ["f['z'][:, 0]", (f) => f.get("z").read(":, 0")],
  ["f['z'][0]", (f) => f.get("z").read([0])],
  ["[f['sc'][()], list(f['sc'].shape)]", (f) => [f.get("sc").read<unknown>(), f.get("sc").shape]],
  ["f['sc'][0]", (f) => f.get("sc").read<unknown>([0])],
  ["len(f['sc'])", (f) => f.get("sc").len()],
  [
    "f['c'][0] = (1, 2.5, b'hi'); f['c'][0].item()",
    (f) => {
      f.get("c").write([0], { a: 1, b: 2.5, s: "hi" });
      return f.get("c").read<unknown>([0]);
    },
  ],
  [
    "f['c']['a'] = [7, 8]; f['c']['a']",
    (f) => {
      f.get("c").write(["a"], [7, 8]);
      return f.get("c").read<unknown>(["a"]);
    },
  ],
  ["f['c']['nope']", (f) => f.get("c").read<unknown>(["nope"])],
  [
    "f['v'][0] = [1, 2, 3]; [each.tolist() for each in f['v'][:]]",
    (f) => {
      f.get("v").write([0], [1, 2, 3]);
      return f.get("v").read().data;
    },
  ],
  ["list(f['t'])", (f) => [...f.getGroup("t")]],
  ["['soft' in f, 't/z' in f, 'nope/x' in f]", (f) => ["soft", "t/z", "nope/x"].map((path) => f.has(path))],
  ["f['soft']", (f) => f.get("soft")],
  ["f['x']", (f) => f.get("x")],
  [
    "a['l'] = ['x', 'y']; a['l'].tolist()",
    (f) => {
      f.attrs.set("l", ["x", "y"]);
      return f.attrs.get<{ data: string[] }>("l").data;
    },
  ],
  ["a.create('y', [1, 2], shape=(3,)); 0", (f) => f.attrs.create("y", [1, 2], { shape: [3] })],
  [
    "a['big'] = np.arange(3); a.modify('big', [1]); 0",
    (f) => {
      f.attrs.set("big", [0, 1, 2]);
      f.attrs.modify("big", [1]);
    },
  ],
  ["f.require_dataset('d', (9,), 'i4')", (f) => f.requireDataset("d", { shape: [9], dtype: "i4" })],
  ["f.require_dataset('d', (3, 4, 5), 'i8')", (f) => f.requireDataset("d", { shape: [3, 4, 5], dtype: "i8" })],
  [
    "f.move('t', 'tt/uu'); list(f['tt/uu'])",
    (f) => {
      f.move("t", "tt/uu");
      return [...f.getGroup("tt/uu")];
    },
  ],
  [
    "list(f.create_dataset('q', (1000, 1000), chunks=True).chunks)",
    (f) => f.createDataset("q", { shape: [1000, 1000], chunks: true }).chunks,
  ],
  ["f.create_dataset('q', (2, 2), data=[1, 2, 3])", (f) => f.createDataset("q", { shape: [2, 2], data: [1, 2, 3] })],
];

function told(ours: (f: File) => unknown): unknown {
  const f = world();
  try {
    return plain(ours(f));
  } catch (error) {
    if (error instanceof Error) return `${error.name}: ${error.message}`;
    throw error;
  } finally {
    f.close();
  }
}

test.each([
  ["selections", SELECTIONS],
  ["writes", WRITES],
  ["strings, scalars, records, names", OTHERS],
] as const)("%s give what h5py gives", (_, rows) => {
  const codes = JSON.stringify(JSON.stringify(rows.map(([theirs]) => theirs)));
  const answers = JSON.parse(runPython(`${PYTHON}\nprint(json.dumps([told(code) for code in json.loads(${codes})]))`));
  const ours = rows.map(([theirs, call]) => [theirs, told(call)]);
  expect(ours).toEqual(rows.map(([theirs], i) => [theirs, answers[i]]));
});
