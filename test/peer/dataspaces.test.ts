/** Random dataspaces and selections: bytes and answers are those of the C library. */
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { File } from "../../src/index.ts";
import { MemoryTarget } from "../../src/io/memory-source.ts";
import * as h5s from "../../src/lowlevel/h5s.ts";
import { C_LIBRARY, h5dump, inFolder, runPython } from "./peers.ts";

interface Slab {
  readonly operation: number;
  readonly start: readonly number[];
  readonly count: readonly number[];
  readonly stride: readonly number[];
  readonly block: readonly number[];
}

/** A dataspace and how it is selected of. */
interface Space {
  readonly dims: readonly number[];
  readonly maxDims: readonly (number | null)[] | null;
  readonly points: readonly (readonly number[])[];
  readonly slabs: readonly Slab[];
  readonly none: boolean;
}

const perDim = <T>(rank: number, value: fc.Arbitrary<T>) => fc.array(value, { minLength: rank, maxLength: rank });

function anySlab(rank: number): fc.Arbitrary<Slab> {
  const small = (min: number, max: number) => perDim(rank, fc.integer({ min, max }));
  return fc
    .record({
      operation: fc.constantFrom(h5s.SELECT_OR, h5s.SELECT_AND, h5s.SELECT_XOR, h5s.SELECT_NOTB, h5s.SELECT_NOTA),
      start: small(0, 4),
      count: small(1, 3),
      gap: small(0, 2),
      block: small(1, 3),
    })
    .map(({ gap, ...slab }) => ({ ...slab, stride: slab.block.map((size, d) => size + (gap[d] as number)) }));
}

function anySpace(rank: number): fc.Arbitrary<Space> {
  return fc.record({
    dims: perDim(rank, fc.integer({ min: 3, max: 9 })),
    maxDims: fc.constantFrom(null, new Array<number | null>(rank).fill(12), new Array<number | null>(rank).fill(null)),
    points: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(perDim(rank, fc.integer({ min: 0, max: 6 })), { minLength: 1, maxLength: 5 }) },
    ),
    slabs: fc.array(anySlab(rank), { maxLength: 3 }),
    none: fc.nat(9).map((n) => n === 0),
  });
}

function make({ dims, maxDims, points, slabs, none }: Space): h5s.SpaceID {
  const space = h5s.createSimple(dims, maxDims);
  if (points.length > 0) space.selectElements(points);
  else {
    slabs.forEach(({ operation, start, count, stride, block }, i) => {
      space.selectHyperslab(start, count, stride, block, i === 0 ? h5s.SELECT_SET : operation);
    });
  }
  if (none) space.selectNone();
  return space;
}

const PYTHON = `${C_LIBRARY}
import json
from h5py import h5s
hid = ctypes.c_int64
array = lambda values, of=ctypes.c_uint64: (of * len(values))(*values)
for name in ('H5Sselect_project_intersection', 'H5Scombine_hyperslab'): getattr(C, name).restype = hid
C.H5Eset_auto2(hid(0), None, None)

def make(one):
    limits = None if one['maxDims'] is None else tuple(h5s.UNLIMITED if n is None else n for n in one['maxDims'])
    space = h5s.create_simple(tuple(one['dims']), limits)
    if one['points']:
        space.select_elements(one['points'])
    else:
        for i, s in enumerate(one['slabs']):
            space.select_hyperslab(tuple(s['start']), tuple(s['count']), tuple(s['stride']), tuple(s['block']),
                                   h5s.SELECT_SET if i == 0 else s['operation'])
    if one['none']: space.select_none()
    return space

def told(space):
    kind = space.get_select_type()
    bounds = space.get_select_bounds() if kind != h5s.SEL_NONE and space.get_select_npoints() else None
    return {'kind': kind, 'shape': space.shape, 'count': space.get_select_npoints(),
            'bytes': space.encode().hex(), 'bounds': bounds}

cases = []
`;

/** Runs Python code for each case, which it finds as `case`; what it leaves in `answer`. */
function ask(cases: readonly unknown[], code: string): unknown[] {
  const body = code
    .trim()
    .split("\n")
    .map((line) => `    ${line}`)
    .join("\n");
  const program = PYTHON.replace(/cases = .*/, `cases = json.loads(${JSON.stringify(JSON.stringify(cases))})`);
  return JSON.parse(
    runPython(
      `${program}\nanswers = []\nfor case in cases:\n${body}\n    answers.append(answer)\nprint(json.dumps(answers))`,
    ),
  );
}

function told(space: h5s.SpaceID) {
  const kind = space.getSelectType();
  const some = kind !== h5s.SEL_NONE && space.getSelectNpoints() > 0;
  return {
    kind,
    shape: space.shape,
    count: space.getSelectNpoints(),
    bytes: Buffer.from(space.encode()).toString("hex"),
    bounds: some ? space.getSelectBounds() : null,
  };
}

/** Answer by answer, so that a difference shows its case. */
function expectSame(cases: readonly unknown[], ours: readonly unknown[], theirs: readonly unknown[]): void {
  cases.forEach((one, i) => {
    expect({ one, answer: ours[i] }).toEqual({ one, answer: theirs[i] });
  });
  expect(ours).toHaveLength(theirs.length);
}

const spaces = fc.integer({ min: 1, max: 3 }).chain(anySpace);
const sample = <T>(values: fc.Arbitrary<T>, numRuns = 150) => fc.sample(values, { numRuns, seed: 20 });

describe("dataspaces as bytes", () => {
  test("are encoded as by H5Sencode", () => {
    const cases = sample(spaces);
    const theirs = ask(cases, "answer = told(make(case))");
    expect(cases.map((one) => told(make(one)))).toEqual(theirs);
  });

  test("are decoded to the same dataspace, ours by h5py and theirs by us", () => {
    const cases = sample(spaces, 80);
    const bytes = cases.map((one) => [...make(one).encode()]);
    expect(ask(bytes, "answer = told(h5s.decode(bytes(case)))")).toEqual(cases.map((one) => told(make(one))));
    const theirs = ask(cases, "answer = told(make(case))") as ReturnType<typeof told>[];
    expect(theirs.map((one) => told(h5s.decode(Uint8Array.from(Buffer.from(one.bytes, "hex")))))).toEqual(theirs);
  });

  test("of no elements, of one, and without a limit", () => {
    const unlimited = h5s.createSimple([4, 5], [null, 5]);
    unlimited.selectHyperslab([0, 1], [null, 1], [2, 1], [1, 3]);
    const scalarNone = h5s.create(h5s.SCALAR);
    scalarNone.selectNone();
    const ours = [h5s.create(h5s.NULL), h5s.create(h5s.SCALAR), scalarNone, h5s.createSimple([0, 3]), unlimited];
    const code = `
u = h5s.create_simple((4, 5), (h5s.UNLIMITED, 5))
u.select_hyperslab((0, 1), (h5s.UNLIMITED, 1), (2, 1), (1, 3))
n = h5s.create(h5s.SCALAR)
n.select_none()
answer = [list(s.encode()) for s in (h5s.create(h5s.NULL), h5s.create(h5s.SCALAR), n, h5s.create_simple((0, 3)), u)]`;
    expect(ours.map((space) => [...space.encode()])).toEqual(ask([0], code)[0]);
  });
});

describe("selections", () => {
  test("are moved as by H5Sselect_adjust", () => {
    const cases = sample(
      fc
        .integer({ min: 1, max: 3 })
        .chain((rank) => fc.record({ space: anySpace(rank), offset: perDim(rank, fc.integer({ min: -3, max: 1 })) })),
    );
    const code = `
space = make(case['space'])
ok = C.H5Sselect_adjust(hid(space.id), array(case['offset'], ctypes.c_int64)) >= 0
answer = [ok, told(space)]`;
    const ours = cases.map(({ space: one, offset }) => {
      const space = make(one);
      try {
        space.selectAdjust(offset);
        return [true, told(space)];
      } catch {
        return [false, told(space)];
      }
    });
    expectSame(cases, ours, ask(cases, code));
    expect(ours.filter(([ok]) => ok).length).toBeGreaterThan(30);
  });

  test("meet boxes as with H5Sselect_intersect_block", () => {
    const cases = sample(
      fc.integer({ min: 1, max: 3 }).chain((rank) => {
        const box = perDim(rank, fc.tuple(fc.nat(6), fc.nat(2)));
        return fc.record({
          space: anySpace(rank),
          start: box.map((sides) => sides.map(([at]) => at)),
          size: perDim(rank, fc.nat(2)),
        });
      }),
    ).map((one) => ({ ...one, end: one.start.map((at, d) => at + (one.size[d] as number)) }));
    const code = `
space = make(case['space'])
answer = C.H5Sselect_intersect_block(hid(space.id), array(case['start']), array(case['end'])) == 1`;
    const ours = cases.map(({ space, start, end }) => make(space).selectIntersectBlock(start, end));
    expectSame(cases, ours, ask(cases, code));
    expect(new Set(ours).size).toBe(2);
  });

  test("are joined with a hyperslab as by H5Scombine_hyperslab", () => {
    const cases = sample(
      fc
        .integer({ min: 1, max: 3 })
        .chain((rank) =>
          fc.record({ space: anySpace(rank).map((one) => ({ ...one, points: [] })), slab: anySlab(rank) }),
        ),
    );
    const code = `
s, space = case['slab'], make(case['space'])
parts = [s[n] for n in ('start', 'count', 'stride', 'block')]
if s['operation'] in (h5s.SELECT_NOTA, h5s.SELECT_NOTB):
    joined = space.copy()
    joined.select_hyperslab(*(tuple(part) for part in parts), s['operation'])
else:
    start, count, stride, block = (array(part) for part in parts)
    joined = h5s.SpaceID(C.H5Scombine_hyperslab(hid(space.id), s['operation'], start, stride, count, block))
answer = told(joined)`;
    const ours = cases.map(({ space, slab: { start, count, stride, block, operation } }) =>
      told(make(space).combineHyperslab(start, count, stride, block, operation)),
    );
    // HDF5 1.10.8 leaves adjoining blocks apart, and what is taken away from what it does not meet is lost there.
    const joined = (one: unknown) => told(h5s.decode(Buffer.from((one as ReturnType<typeof told>).bytes, "hex")));
    expectSame(cases, ours, ask(cases, code).map(joined));
  });

  test("are projected as by H5Sselect_project_intersection", () => {
    const whole = { points: [], slabs: [], none: false, maxDims: null };
    const cases = sample(
      fc.integer({ min: 1, max: 3 }).chain((rank) =>
        fc.record({
          source: anySpace(rank).map((one) => ({ ...one, points: [] })),
          wanted: anySpace(rank).map((one) => ({ ...one, points: [] })),
          start: fc.nat(5),
          gap: fc.nat(2),
        }),
      ),
      200,
    ).flatMap(({ source, wanted, start, gap }) => {
      const space = make(source);
      const count = space.getSelectNpoints();
      if (!space.selectValid() || count === 0) return [];
      const step = gap + 1;
      const slab = { operation: 0, start: [start], count: [count], stride: [step], block: [1] };
      const target: Space = { ...whole, dims: [start + count * step], slabs: [slab] };
      return [{ source, wanted: { ...wanted, dims: source.dims }, target }];
    });
    const code = `
parts = [make(case[name]) for name in ('source', 'target', 'wanted')]
answer = None
if parts[2].select_valid():
    answer = told(h5s.SpaceID(C.H5Sselect_project_intersection(*(hid(part.id) for part in parts))))`;
    const ours = cases.map(({ source, target, wanted }) => {
      const intersect = make(wanted);
      return intersect.selectValid() ? told(make(source).selectProjectIntersection(make(target), intersect)) : null;
    });
    expectSame(cases, ours, ask(cases, code));
    expect(ours.filter((one) => one !== null && one.count > 0).length).toBeGreaterThan(20);
  });

  test("have equal extents as by H5Sextent_equal", () => {
    const cases = sample(fc.tuple(anySpace(1), anySpace(1)), 60).map(([a, b], i) => [
      a,
      i % 3 === 0 ? a : { ...b, dims: a.dims },
    ]);
    const code = `
a, b = (make(one) for one in case)
answer = C.H5Sextent_equal(hid(a.id), hid(b.id)) == 1`;
    const ours = cases.map(([a, b]) => make(a as Space).extentEqual(make(b as Space)));
    expectSame(cases, ours, ask(cases, code));
    expect(new Set(ours).size).toBe(2);
  });
});

test("greatest dims beyond 2^53 stay what they are while the dataset grows", () => {
  inFolder((folder) => {
    const path = join(folder, "greatest.h5");
    runPython(
      "h5py.File(args[0], 'w').create_dataset('d', (3, 4), 'i4', maxshape=(2**63 - 1, None), chunks=(2, 2))[:] = 1",
      path,
    );
    using file = new File(path, "r+");
    const dataset = file.getDataset("d");
    expect(dataset.maxshape).toEqual([2 ** 63, null]);
    dataset.resize([5, 6]);
    file.close();
    expect(h5dump(path, "-H")).toContain("SIMPLE { ( 5, 6 ) / ( 9223372036854775807, H5S_UNLIMITED ) }");
    const check = "d = h5py.File(args[0])['d']; print(d.shape, d.maxshape == (2**63 - 1, None), d[()].sum())";
    expect(runPython(check, path).trim()).toBe("(5, 6) True 12");
  });
});

/** Datasets whose elements take more than 2^53 bytes, none or few of which are stored. */
const HUGE: Readonly<Record<string, readonly [shape: readonly number[], chunks: readonly number[] | null]>> = {
  contiguous: [[2 ** 40, 2 ** 20], null],
  "no power of two": [[2 ** 40 - 1, 2 ** 20 - 7], null],
  chunked: [
    [2 ** 40, 2 ** 22],
    [1000, 1000],
  ],
  "in one row": [[2 ** 52], [1000]],
};

const HUGE_CHECK = `
with h5py.File(args[0], 'r+') as f:
    for name in f:
        d = f[name]
        last = tuple(n - 1 for n in d.shape)
        print(name, d.shape, d.chunks, d[(5,) * d.ndim], d[last], d.id.get_storage_size())
        if d.chunks: d[tuple(n // 3 for n in d.shape)] = 8
`;

test("datasets of more than 2^53 bytes are made, copied, and read and written in parts", () => {
  inFolder((folder) => {
    const path = join(folder, "huge.h5");
    const make = `
with h5py.File(args[0], 'w') as f:
    for name, (shape, chunks) in json.loads(args[1]).items():
        d = f.create_dataset('theirs ' + name, tuple(shape), 'i4', fillvalue=3, chunks=chunks and tuple(chunks))
        if chunks: d[tuple(n - 1 for n in shape)] = 7
`;
    runPython(`import json${make}`, path, JSON.stringify(HUGE));
    const file = new File(path, "r+");
    for (const [name, [shape, chunks]] of Object.entries(HUGE)) {
      const last = shape.map((n) => n - 1);
      const theirs = file.getDataset(`theirs ${name}`);
      expect([theirs.read(last), theirs.read(shape.map(() => 5))]).toEqual([chunks === null ? 3 : 7, 3]);
      theirs.attrs.set("long", "x".repeat(5000));
      const ours = file.createDataset(`ours ${name}`, { shape, ...(chunks && { chunks }), dtype: "<i4", fillvalue: 3 });
      if (chunks !== null) ours.write(last, 7);
      else expect(() => ours.write(last, 7)).toThrow("cannot be stored");
      file.copy(theirs, file, { name: `copy of ${name}` });
    }
    file.close();
    const told = runPython(HUGE_CHECK, path).trim().split("\n");
    expect(told).toHaveLength(12);
    for (const [name, [shape, chunks]] of Object.entries(HUGE)) {
      const tuple = (of: readonly number[]) => `(${of.join(", ")}${of.length === 1 ? "," : ""})`;
      const stored = chunks === null ? 0 : 4 * chunks.reduce((a, b) => a * b);
      const facts = `${tuple(shape)} ${chunks === null ? "None" : tuple(chunks)} 3 ${chunks === null ? 3 : 7} ${stored}`;
      for (const whose of ["theirs", "ours", "copy of"]) expect(told).toContain(`${whose} ${name} ${facts}`);
    }
    using again = new File(path);
    for (const [name, [shape, chunks]] of Object.entries(HUGE)) {
      if (chunks !== null) expect(again.getDataset(`ours ${name}`).read(shape.map((n) => Math.floor(n / 3)))).toBe(8);
    }
  });
});

test("datasets of 2^63 elements, or 2^64 bytes, in one piece are refused in the C library's words", () => {
  const file = new File(new MemoryTarget(), "w");
  const make = (shape: number[]) => file.createDataset("d", { shape, dtype: "<i4" });
  expect(() => make([2 ** 40, 2 ** 22])).toThrow("size of dataset's storage overflowed");
  expect(() => make([2 ** 40, 2 ** 23])).toThrow("unable to retrieve number of elements in dataspace");
});
