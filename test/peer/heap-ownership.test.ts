/** Elements of variable length that we and the C library overwrite and delete in turns. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { File } from "../../src/index.ts";
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
