/** Elements of variable length that we and the C library overwrite and delete in turns. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { H5File } from "../../src/engine/h5-file.ts";
import { File, regionrefDtype } from "../../src/index.ts";
import { openPath } from "../../src/io/path-source.ts";
import { heapObjectCounts } from "../support/heap-objects.ts";
import { h5dump, inFolder, runPython } from "./peers.ts";

const STORAGE = {
  contiguous: {},
  chunked: { chunks: [2], maxshape: [null] },
  filtered: { chunks: [2], maxshape: [null], compression: "gzip" },
} as const;

describe("elements of variable length", () => {
  test("are overwritten, dropped and deleted in turns, and none takes another's heap object", () => {
    inFolder((folder) => {
      const path = join(folder, "turns.h5");
      const f = new File(path, "w");
      for (const [name, storage] of Object.entries(STORAGE)) {
        f.createDataset(`${name}-filled`, { shape: [5], dtype: "str", fillvalue: "fill", ...storage }).write([1], "x");
        // One value for all of them.
        f.createDataset(`${name}-same`, { shape: [4], dtype: "str", ...storage }).write(null, "same");
        f.createDataset(`${name}-gone`, { data: ["a".repeat(3000), "b".repeat(3000)], ...storage });
        f.createDataset(`${name}-records`, {
          data: [
            { a: "a0", b: 1 },
            { a: "a1", b: 2 },
          ],
          ...storage,
        });
      }
      f.close();
      // The library frees what the overwritten elements had.
      const theirs = `
f = h5py.File(args[0], 'r+')
for name in ('contiguous', 'chunked', 'filtered'):
    d = f[name + '-filled']
    d[0] = 'new'; d[3] = 'n' * 2000
    f[name + '-same'][2] = 'other'
    f[name + '-records'][0] = ('A0', 10)
    del f[name + '-gone']
f.create_dataset('theirs', data=['one', 'two', 'three'], dtype=h5py.string_dtype(), chunks=(1,), maxshape=(None,))
f.close()
# Where chunks are missing, the library reads such fill values only in files that it may write to.
f = h5py.File(args[0], 'r+')
for name in ('contiguous', 'chunked', 'filtered'):
    assert list(f[name + '-filled'].asstr()[()]) == ['new', 'x', 'fill', 'n' * 2000, 'fill'], name
    assert list(f[name + '-same'].asstr()[()]) == ['same', 'same', 'other', 'same'], name
    assert f[name + '-records'][()].tolist() == [(b'A0', 10), (b'a1', 2)], name
`;
      runPython(theirs, path);
      using ours = new File(path, "r+");
      for (const name of Object.keys(STORAGE)) {
        const d = ours.get(`${name}-filled`);
        d.write([3], "N");
        d.write([4], "m".repeat(5000));
        ours.get(`${name}-records`).write(["a", 1], "A1");
        ours.delete(`${name}-same`);
      }
      ours.get("theirs").resize(1);
      ours.get("theirs").resize(2);
      ours.close();
      h5dump(path);
      const check = `
f = h5py.File(args[0], 'r+')
for name in ('contiguous', 'chunked', 'filtered'):
    assert list(f[name + '-filled'].asstr()[()]) == ['new', 'x', 'fill', 'N', 'm' * 5000], name
    assert f[name + '-records'][()].tolist() == [(b'A0', 10), (b'A1', 2)], name
    f[name + '-filled'][:] = 'last'
    assert list(f[name + '-filled'].asstr()[()]) == ['last'] * 5
assert list(f['theirs'].asstr()[()]) == ['one', '']
f.close()
`;
      runPython(check, path);
    });
  });

  test("do not let a file grow that has them overwritten, dropped or deleted again and again", () => {
    inFolder((folder) => {
      const sizeAfter = (times: number): number => {
        const path = join(folder, `${times}.h5`);
        const f = new File(path, "w");
        const d = f.createDataset("d", { shape: [2], dtype: "str", chunks: [1], maxshape: [null] });
        for (let i = 0; i < times; i++) {
          d.write([0], "x".repeat(3000));
          d.resize(1);
          d.resize(2);
          d.write([1], "y".repeat(3000));
          f.createDataset("e", { data: ["z".repeat(3000)] }).id.close();
          f.delete("e");
          f.attrs.set("a", "w".repeat(3000));
        }
        f.close();
        return Number(runPython("import os\nprint(os.path.getsize(args[0]))", path));
      };
      expect(sizeAfter(50)).toBeLessThanOrEqual(1.5 * sizeAfter(2));
    });
  });
});

/** Objects in the heap, those that no element holds among them: [in all, held by nothing]. */
function heapObjects(path: string): readonly [number, number] {
  const file = H5File.open(openPath(path, "r"));
  const counts = heapObjectCounts(file);
  file.close();
  return counts;
}

describe("region references that are overwritten, copied and deleted", () => {
  test("leave as many objects in the heap as in the C library", () => {
    inFolder((folder) => {
      const theirs = join(folder, "theirs.h5");
      const code = `
f = h5py.File(args[0], 'w')
t = f.create_dataset('target', data=np.arange(20.))
def references(name, n):
    d = f.create_dataset(name, (n,), dtype=h5py.regionref_dtype)
    for i in range(n): d[i] = t.regionref[i:i + 2]
    return d
kept = references('kept', 5)
references('gone', 3)
f.copy('kept', 'copy')
for i in range(2): kept[i] = t.regionref[i + 5:i + 9]
del f['gone']
f.copy('kept', 'copy gone')
del f['copy gone']
f.close()`;
      runPython(code, theirs);
      const ours = join(folder, "ours.h5");
      const f = new File(ours, "w");
      const target = f.createDataset("target", { data: Float64Array.from({ length: 20 }, (_, i) => i) });
      const references = (name: string, count: number) => {
        const made = f.createDataset(name, { shape: [count], dtype: regionrefDtype });
        for (let i = 0; i < count; i++) made.write([i], target.regionRef(`${i}:${i + 2}`));
        return made;
      };
      const kept = references("kept", 5);
      references("gone", 3);
      f.copy("kept", "copy");
      for (let i = 0; i < 2; i++) kept.write([i], target.regionRef(`${i + 5}:${i + 9}`));
      f.delete("gone");
      f.copy("kept", "copy gone");
      f.delete("copy gone");
      f.close();
      // Ten were made; the two overwritten ones are still in the copy, and the three deleted ones nowhere.
      expect(heapObjects(theirs)).toEqual([10, 3]);
      expect(heapObjects(ours)).toEqual([10, 3]);
    });
  });
});
