/** When space is allocated, what is in it, and what is told of it: the same calls in h5py and here. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { File, h5d, h5p, h5s, h5t } from "../../src/index.ts";
import { C_LIBRARY, inFolder, runPython } from "./peers.ts";

interface Scenario {
  readonly layout: "compact" | "contiguous" | "chunked" | "filtered";
  readonly allocTime: number;
  readonly fillTime: number;
  readonly fill: "none" | "undefined" | "user";
  readonly shape: readonly number[];
  /** -1 is unlimited. */
  readonly maxShape: readonly number[] | null;
}

const SHAPES: readonly Pick<Scenario, "shape" | "maxShape">[] = [
  { shape: [6, 5], maxShape: null },
  { shape: [8, 6], maxShape: null },
  { shape: [0, 5], maxShape: null },
  { shape: [6, 5], maxShape: [-1, 5] },
  { shape: [6, 5], maxShape: [8, 8] },
];

function* scenarios(): Generator<Scenario> {
  for (const layout of ["compact", "contiguous", "chunked", "filtered"] as const) {
    for (const allocTime of [0, 1, 2, 3]) {
      for (const fillTime of [0, 1, 2]) {
        for (const fill of ["none", "undefined", "user"] as const) {
          for (const shapes of SHAPES) {
            const isChunked = layout === "chunked" || layout === "filtered";
            if (isChunked || shapes.maxShape === null) yield { layout, allocTime, fillTime, fill, ...shapes };
          }
        }
      }
    }
  }
}

const RESIZED: readonly number[] = [8, 5];

const PYTHON = `
import json
from h5py import h5d, h5p, h5s, h5t, h5f
low = {'earliest': h5f.LIBVER_EARLIEST, 'v110': h5f.LIBVER_V110}[args[0]]
fapl = h5p.create(h5p.FILE_ACCESS); fapl.set_fapl_core(backing_store=False); fapl.set_libver_bounds(low, h5f.LIBVER_LATEST)
f = h5f.create(b'x', fapl=fapl)
def read(x, shape, fill_time):
    if fill_time == 1 and x.get_space_status() != 0 and x.get_create_plist().get_layout() != h5d.COMPACT: return 'anything'
    a = np.full(shape, -9, 'i4')
    try: x.read(h5s.ALL, h5s.ALL, a); return a.ravel().tolist()
    except Exception as e: return str(e)
def told(x, filtered): return [x.get_space_status(), x.get_storage_size() > 0 if filtered else x.get_storage_size(), x.get_offset() is not None]
for i, s in enumerate(json.loads(args[1])):
    d = h5p.create(h5p.DATASET_CREATE)
    if s['layout'] == 'compact': d.set_layout(h5d.COMPACT)
    if s['layout'] in ('chunked', 'filtered'): d.set_chunk((4, 2))
    filtered = s['layout'] == 'filtered'
    if filtered: d.set_deflate(1)
    d.set_alloc_time(s['allocTime']); d.set_fill_time(s['fillTime'])
    if s['fill'] == 'undefined': C.H5Pset_fill_value(ctypes.c_int64(d.id), ctypes.c_int64(h5t.STD_I32LE.id), None)
    if s['fill'] == 'user': d.set_fill_value(np.array([7], 'i4'))
    shape = tuple(s['shape'])
    greatest = s['maxShape'] and tuple(h5s.UNLIMITED if n == -1 else n for n in s['maxShape'])
    try: x = h5d.create(f, b'%d' % i, h5t.STD_I32LE, h5s.create_simple(shape, greatest), d)
    except Exception as e:
        print(json.dumps([type(e).__name__, str(e)]))
        continue
    found = [told(x, filtered)] + ([] if greatest else [read(x, shape, s['fillTime'])])
    if shape[0] > 0:
        part = x.get_space(); part.select_hyperslab((0, 0), (1, 2))
        x.write(h5s.create_simple((1, 2)), part, np.array([[1, 2]], 'i4'))
        found += [told(x, filtered)]
        if not greatest: found += [read(x, shape, s['fillTime'])]
        else:
            for changed in ((7, 5), (3, 4), (8, 5)):
                x.set_extent(changed)
                found += [told(x, filtered)]
            found += [read(x, changed, s['fillTime'])]
    print(json.dumps(found))
`;

/** What is never filled has the bytes of whatever was there before. */
function readAll(id: h5d.DatasetID, shape: readonly number[], { fillTime, layout }: Scenario): unknown {
  const isUnfilled = fillTime === h5d.FILL_TIME_NEVER && layout !== "compact";
  if (isUnfilled && id.getSpaceStatus() !== h5d.SPACE_STATUS_NOT_ALLOCATED) return "anything";
  const out = new Int32Array(shape.reduce((a, b) => a * b, 1)).fill(-9);
  try {
    id.read(h5s.ALL, h5s.ALL, out);
    return [...out];
  } catch (error) {
    return (error as Error).message;
  }
}

function run(f: File, name: string, scenario: Scenario): unknown[] {
  const { layout, allocTime, fillTime, fill, shape, maxShape } = scenario;
  const dcpl = h5p.create(h5p.DATASET_CREATE);
  const isFiltered = layout === "filtered";
  if (layout === "compact") dcpl.setLayout(h5d.COMPACT);
  if (layout === "chunked" || isFiltered) dcpl.setChunk([4, 2]);
  if (isFiltered) dcpl.setDeflate(1);
  dcpl.setAllocTime(allocTime);
  dcpl.setFillTime(fillTime);
  if (fill === "undefined") dcpl.setFillValue(null);
  if (fill === "user") dcpl.setFillValue(Int32Array.of(7));
  let id: h5d.DatasetID;
  try {
    const space = h5s.createSimple(shape, maxShape?.map((n) => (n === -1 ? null : n)) ?? null);
    id = h5d.create(f.id, name, h5t.STD_I32LE, space, dcpl);
  } catch (error) {
    return [(error as Error).name, (error as Error).message];
  }
  const told = () => {
    const size = id.getStorageSize();
    return [id.getSpaceStatus(), isFiltered ? size > 0 : size, id.getOffset() !== null];
  };
  const found: unknown[] = maxShape === null ? [told(), readAll(id, shape, scenario)] : [told()];
  if (shape[0] === 0) return found;
  const part = id.getSpace();
  part.selectHyperslab([0, 0], [1, 2]);
  id.write(h5s.createSimple([1, 2]), part, Int32Array.of(1, 2));
  found.push(told());
  if (maxShape === null) return [...found, readAll(id, shape, scenario)];
  // Nothing is read in between: the library then has chunks in its cache that it writes as it shrinks the dataset.
  for (const changed of [[7, 5], [3, 4], RESIZED]) {
    id.setExtent(changed);
    found.push(told());
  }
  return [...found, readAll(id, RESIZED, scenario)];
}

describe.each(["earliest", "v110"] as const)("allocation and fill values, low bound %s", (low) => {
  test("follow the C library's rules for every layout and every time", () => {
    const all = [...scenarios()];
    const theirs = runPython(C_LIBRARY + PYTHON, low, JSON.stringify(all))
      .trimEnd()
      .split("\n");
    using f = new File(new Uint8Array(), "w", { libver: [low, "latest"] });
    all.forEach((scenario, i) => {
      const expected = { scenario, found: JSON.parse(theirs[i] as string) };
      expect({ scenario, found: run(f, `${i}`, scenario) }).toEqual(expected);
    });
  });
});

const PLACES = `
import json
def order(path):
    d = h5py.File(path, 'r')['d'].id
    chunks = sorted((d.get_chunk_info(i) for i in range(d.get_num_chunks())), key=lambda c: c.byte_offset)
    return [list(c.chunk_offset) for c in chunks]
def make(path):
    with h5py.File(path, 'w') as f:
        dcpl = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        dcpl.set_chunk((3, 4))
        dcpl.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
        space = h5py.h5s.create_simple((5, 7), (h5py.h5s.UNLIMITED, h5py.h5s.UNLIMITED))
        h5py.h5d.create(f.id, b'd', h5py.h5t.STD_I32LE, space, dcpl)
`;

test("chunks allocated early when a dataset grows lie in the C library's order", () => {
  inFolder((folder) => {
    const [theirs, ours] = [join(folder, "theirs.h5"), join(folder, "ours.h5")];
    const made = `make(args[0]); make(args[1]); h5py.File(args[0], 'r+')['d'].resize((8, 13)); print(order(args[0]))`;
    const expected = runPython(PLACES + made, theirs, ours);
    using file = new File(ours, "r+");
    file.getDataset("d").resize([8, 13]);
    file.close();
    expect(runPython(`${PLACES}print(order(args[0]))`, ours)).toBe(expected);
    expect(JSON.parse(expected)).toHaveLength(12);
  });
});

test("a dataset that gets its space at once, and has no elements, is grown by h5py", () => {
  inFolder((folder) => {
    const path = join(folder, "empty.h5");
    for (const low of ["earliest", "v110"] as const) {
      {
        using file = new File(path, "w", { libver: [low, "v110"] });
        for (const [name, most] of Object.entries({ growing: [-1, 5], free: [-1, -1], bounded: [6, 5] })) {
          const dcpl = h5p.create(h5p.DATASET_CREATE);
          dcpl.setChunk([2, 4]);
          dcpl.setAllocTime(h5d.ALLOC_TIME_EARLY);
          const space = h5s.createSimple(
            [0, 5],
            most.map((size) => (size < 0 ? h5s.UNLIMITED : size)),
          );
          h5d.create(file.id, name, h5t.STD_I32LE, space, dcpl).close();
        }
      }
      runPython(
        `
with h5py.File(args[0], 'r+') as f:
    for d in f.values():
        d.resize((6, 5))
        d[...] = np.arange(30).reshape(6, 5)
`,
        path,
      );
      using file = new File(path, "r");
      for (const name of ["growing", "free", "bounded"]) {
        expect(file.getDataset(name).read().data, `${low} ${name}`).toEqual(
          Int32Array.from({ length: 30 }, (_, i) => i),
        );
      }
    }
  });
});

describe("a single chunk that the C library freed, and whose address it left", () => {
  const MAKE = `
def opened(mode): return h5py.File(args[0], mode, libver=('v110', 'v110'))
with opened('w') as f:
    for name, kind in (('plain', None), ('packed', 'gzip')):
        f.create_dataset(name, data=np.arange(4), chunks=(4,), maxshape=(4,), compression=kind)
with opened('r+') as f:
    for d in f.values(): d.resize((0,))
with opened('r+') as f:
    for i in range(3): f.create_dataset('other%d' % i, data=[7] * 9)
`;
  const others = (path: string) => {
    const code = "print([f[n][...].tolist() for f in [h5py.File(args[0], 'r')] for n in f])";
    return JSON.parse(runPython(code, path)) as number[][];
  };
  const other = new Array<number>(9).fill(7);

  test("is not written when the dataset grows again", () => {
    inFolder((folder) => {
      const path = join(folder, "cut.h5");
      runPython(MAKE, path);
      {
        using file = new File(path, "r+");
        for (const name of ["plain", "packed"]) {
          const dataset = file.getDataset(name);
          expect(dataset.id.getStorageSize()).toBe(0);
          dataset.resize([3]);
          expect([...dataset.read<{ data: BigInt64Array }>().data].map(Number)).toEqual([0, 0, 0]);
          dataset.write([1], 5n);
        }
      }
      expect(others(path)).toEqual([other, other, other, [0, 5, 0], [0, 5, 0]]);
    });
  });

  test("is not freed once more", () => {
    inFolder((folder) => {
      const path = join(folder, "cut.h5");
      runPython(MAKE, path);
      {
        using file = new File(path, "r+");
        for (const name of ["plain", "packed"]) file.delete(name);
        file.flush();
        for (let i = 0; i < 20; i++) file.createDataset(`x${i}`, { data: Int8Array.of(1, 2) });
      }
      expect(others(path)).toEqual([other, other, other, ...new Array<number[]>(20).fill([1, 2])]);
    });
  });
});
