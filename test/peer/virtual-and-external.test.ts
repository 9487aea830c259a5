/** Virtual datasets and datasets with external files that we make, read and changed by h5py; and those of h5py by us. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  File,
  h5d,
  h5f,
  h5p,
  h5s,
  h5t,
  MultiBlockSlice,
  slice,
  VirtualLayout,
  VirtualSource,
} from "../../src/index.ts";
import { h5dump, inFolder, runPython } from "./peers.ts";

const { UNLIMITED } = h5s;

function hyperslab(dims: number[], start: number[], count: number[], stride: number[], block: number[]): h5s.SpaceID {
  const space = h5s.createSimple(dims);
  space.selectHyperslab(start, count, stride, block);
  return space;
}

function writeSources(folder: string): void {
  for (let i = 0; i < 3; i++) {
    using f = new File(join(folder, `part-${i}.h5`), "w");
    f.createDataset("data", { data: Int32Array.from({ length: 4 }, (_, k) => 10 * i + k), maxshape: [null] });
  }
}

function writeVirtual(folder: string, libver: "earliest" | "latest"): void {
  using f = new File(join(folder, "virtual.h5"), "w", { libver });
  const source = f.createDataset("source", { data: Int32Array.from({ length: 12 }, (_, k) => k), shape: [3, 4] });
  // Rows of other files, a part of this one, and what nobody has.
  const layout = new VirtualLayout({ shape: [5, 4], dtype: ">i2" });
  for (let i = 0; i < 2; i++) layout.set(i, new VirtualSource(`part-${i}.h5`, { name: "data", shape: [4] }));
  layout.set("3:5, ::2", new VirtualSource(source).select("1:, 2:"));
  f.createVirtualDataset("rows", layout, { fillvalue: -7 });
  // A list of indexes, which is no regular hyperslab.
  f.buildVirtualDataset("deep/listed", { shape: [6], dtype: "<i4" }, (list) => {
    list.set([[0, 1, 4]], new VirtualSource("part-2.h5", { name: "data", shape: [4] }).select("1:4"));
  });
  // Numbered sources one after the other, and one that grows.
  f.buildVirtualDataset("numbered", { shape: [4], dtype: "<i4", maxshape: [null], fillvalue: 9 }, (numbered) => {
    const blocks = new MultiBlockSlice({ stride: 4, block: 4, count: UNLIMITED });
    numbered.set(blocks, new VirtualSource("part-%b.h5", { name: "data", shape: [4] }));
  });
  f.buildVirtualDataset("growing", { shape: [4, 2], dtype: "<i4", maxshape: [null, 2] }, (growing) => {
    for (let i = 0; i < 2; i++) {
      const every = new VirtualSource(`part-${i}.h5`, { name: "data", shape: [4] }).select(slice(0, UNLIMITED));
      growing.set([slice(0, UNLIMITED), i], every);
    }
  });
  const strided = h5p.create(h5p.DATASET_CREATE);
  strided.setVirtual(
    hyperslab([8], [1], [2], [4], [2]),
    ".",
    "source",
    hyperslab([3, 4], [0, 1], [2, 2], [2, 2], [1, 1]),
  );
  h5d.create(f.id, "strided", h5t.STD_I32BE, h5s.createSimple([8]), strided).close();
  const empty = h5p.create(h5p.DATASET_CREATE);
  empty.setLayout(h5d.VIRTUAL);
  h5d.create(f.id, "empty", h5t.STD_I32LE, h5s.createSimple([2]), empty).close();
}

const CHECK_VIRTUAL = `
f = h5py.File('virtual.h5', 'r+')
rows = f['rows']
assert rows.is_virtual and rows.dtype == '>i2' and len(rows.virtual_sources()) == 3
assert rows[()].tolist() == [[0,1,2,3],[10,11,12,13],[-7]*4,[6,-7,7,-7],[10,-7,11,-7]], rows[()]
assert [v.file_name for v in rows.virtual_sources()] == ['part-0.h5', 'part-1.h5', '.']
assert f['deep/listed'][()].tolist() == [21,22,0,0,23,0]
assert f['numbered'].shape == (12,) and f['numbered'].maxshape == (None,)
assert f['numbered'][()].tolist() == [0,1,2,3,10,11,12,13,20,21,22,23]
assert f['growing'][()].tolist() == [[0,10],[1,11],[2,12],[3,13]]
assert f['strided'][()].tolist() == [0,1,3,0,0,9,11,0]
assert f['empty'][()].tolist() == [0,0]
rows[3, 2] = 70
f['numbered'][5] = 110
rows.attrs['a'] = 1
f['more'] = np.arange(3)
f.close()
p = h5py.File('part-2.h5', 'r+'); p['data'].resize((6,)); p['data'][4:] = [24, 25]; p.close()
`;

describe.each(["earliest", "latest"] as const)("virtual datasets of bound %s", (libver) => {
  test("are read and written through by h5py, and again by us", () => {
    inFolder((folder) => {
      writeSources(folder);
      writeVirtual(folder, libver);
      runPython(`import os\nos.chdir(args[0])\n${CHECK_VIRTUAL}`, folder);
      h5dump(join(folder, "virtual.h5"), "-p");
      using f = new File(join(folder, "virtual.h5"), "r+");
      const rows = f.get("rows");
      expect([...(rows.read([3]).data as Int16Array)]).toEqual([6, -7, 70, -7]);
      expect([...(f.get("source").read([1]).data as Int32Array)]).toEqual([4, 5, 6, 70]);
      rows.write([3, 0], 60);
      expect(() => rows.write([2], 1)).toThrow(
        "Can't write data (write requested to unmapped portion of virtual dataset)",
      );
      expect(f.get("numbered").read([5])).toBe(110);
      f.get("numbered").write("11:", 230);
      f.delete("growing");
      f.close();
      const check = [
        "import os; os.chdir(args[0])",
        "f = h5py.File('virtual.h5')",
        "assert f['rows'][3].tolist() == [60, -7, 70, -7] and f['source'][1, 2] == 60",
        "assert f['numbered'][()].tolist() == [0,1,2,3,10,110,12,13,20,21,22,230]",
        "assert 'growing' not in f and f['more'][2] == 2",
      ];
      runPython(check.join("\n"), folder);
    });
  });
});

test("mappings are refused in h5py's words", () => {
  inFolder((folder) => {
    // Virtual selection, source selection (start, count, stride, block of one dimension, or "all"), file name.
    const cases: [unknown, unknown, string][] = [
      ["all", [0, 3, 1, 1], "f"],
      ["points", [0, 3, 1, 1], "f"],
      [[0, -1, 1, 1], [0, 3, 1, 1], "f"],
      [[0, 4, 1, 1], [0, -1, 1, 1], "f"],
      [[0, -1, 4, 3], "all", "f%b"],
      [[0, -1, 1, 1], [0, -1, 1, 1], "f%b"],
      ["all", "all", "f%b"],
      ["all", "all", "f%d"],
      ["all", "all", "f%%b"],
      [[0, -1, 4, 4], "all", "f%%%b"],
      [[2, 2, 1, 1], [0, 2, 1, 1], "f"],
    ];
    const python = `
import json
from h5py import h5d, h5p, h5s, h5t
f = h5py.File(args[0], 'w')
def space(given):
    s = h5s.create_simple((4,))
    if given == 'points': s.select_elements([(0,), (1,), (2,)])
    elif given != 'all': s.select_hyperslab(*[(h5s.UNLIMITED if v == -1 else v,) for v in given])
    return s
for here, there, name in json.loads(args[1]):
    try:
        dcpl = h5p.create(h5p.DATASET_CREATE)
        dcpl.set_virtual(space(here), name.encode(), b'd', space(there))
        h5d.create(f.id, None, h5t.STD_I32LE, h5s.create_simple((3,)), dcpl)
        print('fine')
    except Exception as e: print(type(e).__name__, e)
`;
    const theirs = runPython(python, join(folder, "x.h5"), JSON.stringify(cases)).trimEnd().split("\n");
    using f = new File(new Uint8Array(), "w");
    const space = (given: unknown): h5s.SpaceID => {
      const s = h5s.createSimple([4]);
      if (given === "points") s.selectElements([[0], [1], [2]]);
      else if (given !== "all") {
        const [start, count, stride, block] = (given as number[]).map((v) => [v === -1 ? UNLIMITED : v]);
        s.selectHyperslab(start as number[], count as number[], stride, block);
      }
      return s;
    };
    const ours = cases.map(([here, there, name]) => {
      try {
        const dcpl = h5p.create(h5p.DATASET_CREATE);
        dcpl.setVirtual(space(here), name, "d", space(there));
        h5d.create(f.id, null, h5t.STD_I32LE, h5s.createSimple([3]), dcpl);
        return "fine";
      } catch (error) {
        return `${(error as Error).name} ${(error as Error).message}`;
      }
    });
    // What selects all of another extent is made by the library, which then cannot read it; we refuse it.
    const known = ours.map((text, i) => (theirs[i] === "fine" && cases[i]?.[0] === "all" ? "fine" : text));
    expect(known).toEqual(theirs);
  });
});

describe("datasets with external files", () => {
  const CHECK = `
import os; os.chdir(args[0])
f = h5py.File('outside.h5', 'r+')
d = f['data']
assert d.external == [('a.raw', 4, 8), ('b.raw', 0, h5py.h5f.UNLIMITED)] and d.maxshape == (None,)
assert d[()].tolist() == [1, 2, 3, 4, 5]
d.id.set_extent((7,)); d[5:] = [6, 7]
assert f['one'][()].tolist() == [[1.5, 2], [0, 0]] and f['one'].external == [('one.raw', 0, h5py.h5f.UNLIMITED)]
assert (d.id.get_space_status(), d.id.get_offset()) == (2, None)
f.close()
`;

  test("are read and extended by h5py, and again by us", () => {
    inFolder((folder) => {
      const before = process.cwd();
      process.chdir(folder);
      try {
        const f = new File("outside.h5", "w");
        const external = [
          ["a.raw", 4, 8],
          ["b.raw", 0, h5f.UNLIMITED],
        ] as const;
        f.createDataset("data", { data: Int32Array.of(1, 2, 3, 4, 5), maxshape: [null], external });
        f.createDataset("one", { shape: [2, 2], dtype: "<f8", external: "one.raw" }).write([0], [1.5, 2]);
        f.close();
        runPython(CHECK, folder);
        h5dump("outside.h5", "-p");
        using again = new File("outside.h5", "r+");
        const d = again.get("data");
        expect(d.external).toEqual([
          ["a.raw", 4, 8],
          ["b.raw", 0, UNLIMITED],
        ]);
        expect([...(d.read().data as Int32Array)]).toEqual([1, 2, 3, 4, 5, 6, 7]);
        d.resize(3);
        d.write([0], 10);
        expect(readFileSync("a.raw").readInt32LE(4)).toBe(10);
      } finally {
        process.chdir(before);
      }
    });
  });

  test("may be in a folder of their own", () => {
    inFolder((folder) => {
      using f = new File(join(folder, "outside.h5"), "w");
      f.createDataset("x", { data: Int8Array.of(1, 2), external: "x.raw", efilePrefix: folder });
      expect([...readFileSync(join(folder, "x.raw"))]).toEqual([1, 2]);
    });
  });
});

test("what was changed in other files by way of one is in them once that is closed, though handles are held", () => {
  inFolder((folder) => {
    const make = `
import os
os.chdir(args[0])
with h5py.File('t.h5', 'w') as t:
    t.create_group('g')
    t.create_dataset('c', data=np.arange(10, dtype='i4'), chunks=(3,), maxshape=(None,))
    t.create_dataset('s', data=np.arange(4, dtype='i4'), chunks=(2,), compression='gzip')
with h5py.File('m.h5', 'w') as m:
    m['g'], m['c'] = h5py.ExternalLink('t.h5', '/g'), h5py.ExternalLink('t.h5', '/c')
    layout = h5py.VirtualLayout((4,), 'i4')
    layout[:] = h5py.VirtualSource('t.h5', 's', (4,))
    m.create_virtual_dataset('v', layout)
`;
    runPython(make, folder);
    const file = new File(join(folder, "m.h5"), "r+");
    const held = file.getGroup("g");
    const chunks = file.getDataset("c");
    held.createDataset("new", { data: Int32Array.of(1, 2) });
    held.attrs.set("a", 3);
    chunks.resize(12);
    chunks.write([11], 5);
    file.getDataset("v").write(["1:3"], [8, 9]);
    file.close();
    const check = `
f = h5py.File(args[0] + '/t.h5', 'r')
print(list(f['g/new']), f['g'].attrs['a'], f['c'][8:].tolist(), f['s'][:].tolist())
`;
    expect(runPython(check, folder).trim()).toBe("[1, 2] 3.0 [8, 9, 0, 5] [0, 8, 9, 3]");
    // The handles stay good.
    expect(held.attrs.get("a")).toBe(3);
    expect(chunks.shape).toEqual([12]);
  });
});
