import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ExternalLink, File, type FileOptions, type Group, h5t, type NDArray, SoftLink } from "../../src/index.ts";
import { h5dump, inFolder, runPython } from "./peers.ts";

/** A file with one of everything that the high level makes. */
function writeSamples(path: string, options: FileOptions): void {
  using f = new File(path, "w", options);
  f.set("number", 1.5);
  f.set("bigint", -(2n ** 62n));
  f.set("boolean", true);
  f.set("text", "größe 🌊");
  f.set("numbers", [
    [1, 2, 3],
    [4, 5, 6],
  ]);
  f.set("texts", ["a", "", "long ".repeat(100)]);
  f.set("flags", [true, false]);
  f.set("typed", Int16Array.of(-1, 2));
  f.set("empty", null);
  f.set("records", [
    { x: 1, name: "one", at: [1n, 2n] },
    { x: 2, name: "two", at: [3n, 4n] },
  ]);
  f.createDataset("sequences", { dtype: h5t.vlenCreate(h5t.STD_I32LE), data: [[1, 2, 3], []] });
  f.createDataset("fixed", { dtype: "S5", data: ["ab", "abcde"] });
  const chunked = f.createDataset("chunked", {
    shape: [20, 30],
    dtype: ">i4",
    chunks: [6, 7],
    maxshape: [null, 30],
    compression: "gzip",
    shuffle: true,
    fletcher32: true,
    fillvalue: 7,
  });
  chunked.write("0:10, ::3", 1);
  chunked.resize(25, 0);
  f.set("group/deep/one", 1);
  f.set("soft", new SoftLink("/number"));
  f.set("hard", f.get("number"));
  f.set("external", new ExternalLink("elsewhere.h5", "/x"));
  f.set("type", h5t.STD_I16BE);
  const { attrs } = f.get("number");
  attrs.set("unit", "m");
  attrs.set("list", [1, 2]);
  attrs.set("list", ["now", "text"]);
  attrs.set("flag", false);
  attrs.set("nothing", null);
}

const CHECK = `
f = h5py.File(args[0], 'r+')
assert f['number'][()] == 1.5 and f['number'].dtype == 'f8'
assert f['bigint'][()] == -2**62
assert f['boolean'][()] and f['boolean'].dtype == bool
assert f['text'].asstr()[()] == 'größe 🌊'
assert (f['numbers'][()] == [[1, 2, 3], [4, 5, 6]]).all()
assert list(f['texts'].asstr()[()]) == ['a', '', 'long ' * 100]
assert list(f['flags'][()]) == [True, False]
assert list(f['typed'][()]) == [-1, 2] and f['typed'].dtype == 'i2'
assert f['empty'].shape is None
r = f['records'][()]
assert list(r['x']) == [1, 2] and list(r['name']) == [b'one', b'two'] and r['at'].tolist() == [[1, 2], [3, 4]]
assert [s.tolist() for s in f['sequences'][()]] == [[1, 2, 3], []]
assert list(f['fixed'][()]) == [b'ab', b'abcde']
c = f['chunked']
expected = np.full((25, 30), 7); expected[:10, ::3] = 1
assert (c[()] == expected).all() and c.chunks == (6, 7) and c.maxshape == (None, 30)
assert (c.compression, c.compression_opts, c.shuffle, c.fletcher32, c.fillvalue) == ('gzip', 4, True, True, 7)
assert f['group/deep/one'][()] == 1
assert f['hard'] == f['number'] and f['soft'] == f['number']
assert f.get('external', getlink=True).filename == 'elsewhere.h5'
assert f['type'].dtype == np.dtype('>i2')
a = f['number'].attrs
assert a['unit'] == 'm' and list(a['list']) == ['now', 'text'] and not a['flag'] and a['nothing'].shape is None
assert len(a) == 4
c.resize(30, axis=0); c[29] = np.arange(30)
f['records'][1] = (5, 'fünf', [6, 7])
f['added'] = ['by', 'h5py']
a['added'] = np.arange(3)
del f['typed']
f.close()
print('fine')
`;

describe("files of the high level", () => {
  test.each(["earliest", "latest"] as const)(
    "in the %s format are read and appended to by h5py, and read again",
    (libver) => {
      inFolder((folder) => {
        const path = join(folder, "samples.h5");
        writeSamples(path, { libver });
        h5dump(path);
        expect(runPython(CHECK, path)).toBe("fine\n");
        using f = new File(path);
        expect(f.has("typed")).toBe(false);
        expect(f.get("added").read().data).toEqual(["by", "h5py"]);
        expect(f.get("records").read([1])).toEqual({ x: 5, name: "fünf", at: [6n, 7n] });
        const chunked = f.get("chunked");
        expect(chunked.shape).toEqual([30, 30]);
        expect(Array.from(chunked.read([29]).data as Int32Array)).toEqual(Array.from({ length: 30 }, (_, i) => i));
        expect(f.get("number").attrs.get<NDArray>("added").data).toEqual(BigInt64Array.of(0n, 1n, 2n));
        h5dump(path);
      });
    },
  );

  test("print as h5py prints them", () => {
    inFolder((folder) => {
      const path = join(folder, "samples.h5");
      writeSamples(path, {});
      const code =
        "f = h5py.File(args[0])\nfor k in f: print(f.get(k))\nprint(f, f['group'], f['group/deep/one'].parent)";
      using f = new File(path);
      const lines = [...f.keys()].map((name) => String(f.get(name, { default: "None" as const }) ?? "None"));
      const group = f.get<Group>("group");
      const last = [f, group, f.get("group/deep/one").parent].map(String).join(" ");
      expect(runPython(code, path).trimEnd().split("\n")).toEqual([...lines, last]);
    });
  });

  test("are edited after h5py made them", () => {
    inFolder((folder) => {
      const path = join(folder, "theirs.h5");
      const make = [
        "f = h5py.File(args[0], 'w')",
        "f['x'] = np.arange(5)",
        "f.create_dataset('c', data=np.arange(100).reshape(10, 10), chunks=(3, 4), maxshape=(None, 10), compression=9)",
        "f['c'].attrs['a'] = 'text'",
        "f.close()",
      ];
      runPython(make.join("\n"), path);
      const f = new File(path, "r+");
      f.get("x").write("1:3", [10, 20]);
      f.get("c").resize(12, 0);
      f.get("c").write([11], 5);
      f.get("c").attrs.modify("a", "other text");
      f.set("ours/deep", "new");
      f.move("x", "moved/x");
      f.close();
      const check = [
        "f = h5py.File(args[0])",
        "assert list(f['moved/x']) == [0, 10, 20, 3, 4] and 'x' not in f",
        "assert f['c'].shape == (12, 10) and (f['c'][11] == 5).all() and (f['c'][10] == 0).all()",
        "assert (f['c'][:10] == np.arange(100).reshape(10, 10)).all()",
        "assert f['c'].attrs['a'] == 'other text' and f['ours/deep'].asstr()[()] == 'new'",
        "print('fine')",
      ];
      expect(runPython(check.join("\n"), path)).toBe("fine\n");
      h5dump(path);
    });
  });
});
