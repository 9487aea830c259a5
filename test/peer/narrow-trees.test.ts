/** Version 1 B-trees of two children a node: the C library makes trees with almost as many levels as entries. */
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { File } from "../../src/index.ts";
import { h5d, h5f, h5p, h5s, h5t } from "../../src/lowlevel/index.ts";
import { inFolder, runPython } from "./peers.ts";

const MAKE = `
import ctypes
from h5py import h5f, h5p
with open("/proc/self/maps") as maps:
    C = ctypes.CDLL(next(line.split()[-1] for line in maps if "/libhdf5" in line and "_hl" not in line))
fcpl = h5p.create(h5p.FILE_CREATE)
assert C.H5Pset_istore_k(ctypes.c_int64(fcpl.id), ctypes.c_uint(1)) >= 0
assert C.H5Pset_sym_k(ctypes.c_int64(fcpl.id), ctypes.c_uint(1), ctypes.c_uint(1)) >= 0
with h5py.File(h5f.create(args[0].encode(), h5f.ACC_TRUNC, fcpl)) as f:
    a = f.create_dataset("a", shape=(200,), chunks=(1,), maxshape=(None,), dtype="<i4")
    g = f.create_group("g")
    for i in range(200):
        a[i] = i
        g.create_group("%04d" % i)
`;

const READ = `
import json
with h5py.File(args[0], "r") as f:
    print(json.dumps([f["a"][()].tolist(), list(f["g"])]))
`;

const name = (i: number): string => String(i).padStart(4, "0");

test("of the C library are read and changed", () => {
  inFolder((folder) => {
    const path = join(folder, "theirs.h5");
    runPython(MAKE, path);
    const f = new File(path, "r+");
    const a = f.getDataset("a");
    const g = f.getGroup("g");
    expect([...(a.read().data as Int32Array)]).toEqual(Array.from({ length: 200 }, (_, i) => i));
    expect([...g.keys()]).toEqual(Array.from({ length: 200 }, (_, i) => name(i)));
    a.resize([260]);
    for (let i = 200; i < 240; i++) {
      a.write(i, i);
      g.createGroup(name(i));
    }
    for (let i = 0; i < 200; i += 3) g.delete(name(i));
    a.resize([230]);
    f.close();
    const names = Array.from({ length: 240 }, (_, i) => i).filter((i) => i >= 200 || i % 3 !== 0);
    const [values, kept] = JSON.parse(runPython(READ, path));
    expect(values).toEqual(Array.from({ length: 230 }, (_, i) => i));
    expect(kept).toEqual(names.map(name));
  });
});

test("of ours have few levels, whatever the order of entries", () => {
  const orders = fc.oneof(
    fc.constant((i: number) => i),
    fc.constant((i: number, n: number) => n - 1 - i),
    // Of a prime number of entries each step but 0 meets all.
    fc.integer({ min: 2, max: 690 }).map((step) => (i: number, n: number) => (i * step) % n),
  );
  fc.assert(
    fc.property(orders, (order) => {
      inFolder((folder) => {
        const path = join(folder, "ours.h5");
        const fcpl = h5p.create(h5p.FILE_CREATE);
        fcpl.setIstoreK(1);
        fcpl.setSymK(1, 1);
        const file = h5f.create(path, { fcpl });
        const dcpl = h5p.create(h5p.DATASET_CREATE);
        dcpl.setChunk([1]);
        h5d.create(file, "a", h5t.STD_I32LE, h5s.createSimple([691]), dcpl).close();
        const f = new File(file);
        const a = f.getDataset("a");
        const g = f.createGroup("g");
        for (let i = 0; i < 691; i++) {
          const k = order(i, 691);
          a.write(k, k);
          g.createGroup(name(k));
        }
        f.close();
        const numbers = Array.from({ length: 691 }, (_, i) => i);
        expect(JSON.parse(runPython(READ, path))).toEqual([numbers, numbers.map(name)]);
      });
    }),
    { numRuns: 6 },
  );
});
