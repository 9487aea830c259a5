/** Shapes of selections, direct transfers, chunks and text that is none: h5py's answers beside ours, on random calls. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { type DecodeErrors, textCodec } from "../../src/highlevel/text-codecs.ts";
import { type Dataset, File, guessShape, h5s, type SelectionArguments, type Slice, slice } from "../../src/index.ts";
import { runPython } from "./peers.ts";

const SEED = { seed: 20240229 };

function pythonAnswers(code: string, calls: unknown): unknown[] {
  return JSON.parse(runPython(`import json\ncalls = json.loads(args[0])\n${code}`, JSON.stringify(calls))) as unknown[];
}

test("the shape that hyperslabs have together", () => {
  const axis = fc.record({
    start: fc.integer({ min: 0, max: 3 }),
    count: fc.integer({ min: 1, max: 2 }),
    stride: fc.integer({ min: 2, max: 3 }),
    block: fc.integer({ min: 1, max: 2 }),
  });
  const boxes = fc.sample(fc.array(fc.tuple(axis, axis), { minLength: 1, maxLength: 3 }), { ...SEED, numRuns: 200 });
  const theirs = pythonAnswers(
    `
from h5py import h5s
from h5py._hl.selections import guess_shape
out = []
for boxes in calls:
    s = h5s.create_simple((10, 10))
    for i, box in enumerate(boxes):
        p = [tuple(a[k] for a in box) for k in ('start', 'count', 'stride', 'block')]
        s.select_hyperslab(*p, op=h5s.SELECT_OR if i else h5s.SELECT_SET)
    # HDF5 1.10.8 gets bounds and blocks of some unions wrong; then there is nothing to compare with.
    low, high = (np.array(x, int) for x in s.get_select_bounds())
    if np.prod(high - low + 1) < s.get_select_npoints():
        out.append(None)
        continue
    # h5py rounds the lengths, and so takes some selections for boxes that are none.
    m = np.zeros((10, 10), bool)
    for low, high in s.get_select_hyper_blocklist().astype(int): m[low[0]:high[0] + 1, low[1]:high[1] + 1] = True
    first = [m[m.any(1)][0].sum(), m[:, m.any(0)][:, 0].sum()]
    exact = all(m.sum() % n == 0 for n in first)
    out.append([int(n) for n in guess_shape(s)] if exact else [int(m.sum())])
print(json.dumps(out))`,
    boxes,
  );
  const ours = boxes.map((list) => {
    const space = h5s.createSimple([10, 10]);
    list.forEach((box, i) => {
      const [start, count, stride, block] = (["start", "count", "stride", "block"] as const).map((key) =>
        box.map((part) => part[key]),
      ) as [number[], number[], number[], number[]];
      space.selectHyperslab(start, count, stride, block, i === 0 ? h5s.SELECT_SET : h5s.SELECT_OR);
    });
    return guessShape(space);
  });
  expect(ours).toEqual(theirs.map((answer, i) => answer ?? ours[i]));
  expect(theirs.filter((answer) => answer === null).length).toBeLessThan(20);
});

type Index = readonly [start: number, stop: number, step: number] | number;

const indexOf = (arg: Index) => (typeof arg === "number" ? arg : slice(...(arg as [number, number, number])));

test("arrays read into and written from directly, repeated or refused", () => {
  const bound = fc.integer({ min: 0, max: 6 });
  const index: fc.Arbitrary<Index> = fc.oneof(
    fc.integer({ min: 0, max: 3 }),
    fc.tuple(bound, bound, fc.integer({ min: 1, max: 3 })),
  );
  const call = fc.record({
    shape: fc.tuple(bound, bound),
    source: fc.tuple(index, index),
    destination: fc.tuple(index, index),
  });
  const calls = fc.sample(call, { ...SEED, numRuns: 300 });
  const theirs = pythonAnswers(
    `
f = h5py.File('x', 'w', driver='core', backing_store=False)
sel = lambda p: tuple(slice(*a) if isinstance(a, list) else a for a in p)
out = []
for c in calls:
    for direction in 'rw':
        d = f.create_dataset(None, data=np.arange(20, dtype='i2').reshape(4, 5))
        m = np.arange(100, 100 + c['shape'][0] * c['shape'][1], dtype='i4').reshape(c['shape'])
        try:
            if direction == 'r': d.read_direct(m, sel(c['source']), sel(c['destination']))
            else: d.write_direct(m, sel(c['source']), sel(c['destination']))
            out.append((m if direction == 'r' else d[()]).ravel().tolist())
        except Exception as e:
            out.append(type(e).__name__)
print(json.dumps(out))`,
    calls,
  );
  const f = File.inMemory();
  const ours = calls.flatMap(({ shape, source, destination }) =>
    (["readDirect", "writeDirect"] as const).map((method) => {
      const dset = f.createDataset(null, {
        data: { data: Int16Array.from({ length: 20 }, (_, i) => i), shape: [4, 5] },
      });
      const data = Int32Array.from({ length: shape[0] * shape[1] }, (_, i) => 100 + i);
      const selections = { source: source.map(indexOf), destination: destination.map(indexOf) };
      try {
        dset[method]({ data, shape }, selections as { source: SelectionArguments; destination: SelectionArguments });
        return Array.from(method === "readDirect" ? data : dset.read().data);
      } catch (error) {
        return (error as Error).name;
      }
    }),
  );
  // h5py divides by the length of a selection of nothing; here nothing happens.
  const compared = theirs.map((answer, i) => (answer === "ZeroDivisionError" ? ours[i] : answer));
  expect(ours).toEqual(compared);
  expect(theirs.filter((answer) => answer === "TypeError").length).toBeGreaterThan(50);
});

test("chunks of a dataset, one by one", () => {
  const size = fc.integer({ min: 1, max: 9 });
  const calls = fc.sample(fc.tuple(size, size, size, size), { ...SEED, numRuns: 100 }).map(([a, b, c, d]) => ({
    shape: [Math.max(a, c), Math.max(b, d)],
    chunks: [Math.min(a, c), Math.min(b, d)],
  }));
  const theirs = pythonAnswers(
    `
f = h5py.File('x', 'w', driver='core', backing_store=False)
print(json.dumps([[[[s.start, s.stop] for s in part] for part in
    f.create_dataset(None, tuple(c['shape']), 'i1', chunks=tuple(c['chunks'])).iter_chunks()] for c in calls]))`,
    calls,
  );
  const f = File.inMemory();
  const boundsOf = (dset: Dataset) =>
    [...dset.iterChunks()].map((part) => part.map(({ start, stop }: Slice) => [start, stop]));
  expect(calls.map((options) => boundsOf(f.createDataset(null, { ...options, dtype: "|i1" }) as Dataset))).toEqual(
    theirs,
  );
});

test("bytes as text, whatever the bytes, the encoding and the way with errors", () => {
  const byte = fc.oneof(
    fc.constantFrom(0x41, 0xc3, 0xa4, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0xed, 0xa0),
    fc.integer({ min: 1, max: 255 }),
  );
  const call = fc.record({
    bytes: fc.array(byte, { maxLength: 6 }),
    encoding: fc.constantFrom("ascii", "utf-8", "latin-1"),
    errors: fc.constantFrom<DecodeErrors>("strict", "replace", "ignore", "surrogateescape"),
  });
  const calls = fc.sample(call, { ...SEED, numRuns: 1000 });
  const theirs = pythonAnswers(
    `
def answer(c):
    try: return [ord(x) for x in bytes(c['bytes']).decode(c['encoding'], c['errors'])]
    except UnicodeDecodeError as e: return str(e)
print(json.dumps([answer(c) for c in calls]))`,
    calls,
  );
  const ours = calls.map(({ bytes, encoding, errors }) => {
    try {
      return Array.from(textCodec(encoding, errors)(Uint8Array.from(bytes)), (character) => character.codePointAt(0));
    } catch (error) {
      return (error as Error).message;
    }
  });
  expect(ours).toEqual(theirs);
});
