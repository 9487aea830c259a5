/** Filters of the user's own, filters that fail, and chunks written past the filters, against h5py. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { File, h5d, h5p, h5s, h5t, h5z, isHdf5Error } from "../../src/index.ts";
import { inFolder, runPython } from "./peers.ts";

/** In the range that is for testing. */
const INVERT = 300;

function registerInvert(fails: (bytes: Uint8Array) => boolean): void {
  const invert = (bytes: Uint8Array) => bytes.map((byte) => ~byte);
  h5z.registerFilter({
    id: INVERT,
    name: "invert",
    canApply: (_, { datatype }) => datatype.size === 1,
    setLocal: (clientData, { chunkDims, datatype }) => [...clientData, datatype.size, ...chunkDims],
    encode: (bytes) => (fails(bytes) ? undefined : invert(bytes)),
    decode: invert,
  });
}

function create(f: File, name: string, flags: number, typeId: h5t.TypeID = h5t.STD_U8LE): h5d.DatasetID {
  const dcpl = h5p.create(h5p.DATASET_CREATE);
  dcpl.setChunk([4]);
  dcpl.setShuffle();
  dcpl.setFilter(INVERT, flags, [7]);
  return h5d.create(f.id, name, typeId, h5s.createSimple([12]), dcpl);
}

afterEach(() => {
  if (h5z.filterAvail(INVERT)) h5z.unregisterFilter(INVERT);
});

const DATA = Uint8Array.of(1, 2, 3, 4, 0, 0, 0, 0, 9, 9, 9, 9);

describe("a filter of the user's", () => {
  test("that fails is left out of the chunk, whose mask h5py sees", () => {
    inFolder((folder) => {
      registerInvert((bytes) => bytes.every((byte) => byte === 0));
      const path = join(folder, "user.h5");
      const f = new File(path, "w");
      const id = create(f, "d", h5z.FLAG_OPTIONAL);
      id.write(h5s.ALL, h5s.ALL, DATA);
      const masks: number[] = [];
      id.chunkIter(({ filterMask }) => void masks.push(filterMask));
      expect(masks).toEqual([0, 2, 0]);
      f.close();
      const seen = runPython(
        `
f = h5py.File(args[0], 'r+'); d = f['d'].id
print(d.get_create_plist().get_filter(1))
for at in (0, 4, 8): print(*[list(x) if isinstance(x, bytes) else x for x in d.read_direct_chunk((at,))], d.get_chunk_info_by_coord((at,)).filter_mask)
d.write_direct_chunk((4,), bytes([5, 6, 7, 8]), filter_mask=3)
d.write_direct_chunk((8,), bytes([254, 253, 252, 251]), filter_mask=1)
f.close()`,
        path,
      );
      expect(seen.trimEnd().split("\n")).toEqual([
        "(300, 1, (7, 1, 4), b'invert')",
        "0 [254, 253, 252, 251] 0",
        "2 [0, 0, 0, 0] 2",
        "0 [246, 246, 246, 246] 0",
      ]);
      using again = new File(path, "r");
      expect(again.get("d").read().data).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4));
    });
  });

  test("that is mandatory and does not suit, or fails, changes nothing that is stored", () => {
    inFolder((folder) => {
      registerInvert((bytes) => bytes.includes(9));
      const path = join(folder, "mandatory.h5");
      const f = new File(path, "w");
      const error = caught(() => create(f, "wide", h5z.FLAG_MANDATORY, h5t.STD_I32LE));
      expect(error.message).toBe("Unable to create dataset (filter parameters not appropriate)");
      expect(f.has("wide")).toBe(false);
      const id = create(f, "d", h5z.FLAG_MANDATORY);
      id.write(h5s.ALL, h5s.ALL, new Uint8Array(12).fill(1));
      f.flush();
      const before = readFileSync(path);
      id.write(h5s.ALL, h5s.ALL, new Uint8Array(12).fill(9));
      expect(caught(() => f.flush()).message).toContain("filter returned failure");
      expect(readFileSync(path)).toEqual(before);
      // The chunks wait: once the filter is able to, they are stored.
      registerInvert(() => false);
      f.close();
      using again = new File(path, "r");
      expect(again.get("d").read().data).toEqual(new Uint8Array(12).fill(9));
    });
  });
});

describe("filters of the library", () => {
  test("are left out where the C library leaves them out", () => {
    inFolder((folder) => {
      const path = join(folder, "own.h5");
      const noise = Uint8Array.from({ length: 1000 }, (_, i) => (Math.imul(i + 1, 2654435761) ^ (i * 40503)) >>> 11);
      const f = new File(path, "w");
      for (const compression of ["gzip", "lzf", "szip"]) {
        f.createDataset(compression, { data: noise, chunks: [1000], compression, fletcher32: true });
      }
      f.close();
      // The same data, written by both: deflate makes it longer and stays, the others give up.
      const masks = runPython(
        `
import shutil
f = h5py.File(args[0]); g = h5py.File(args[0] + '2', 'w')
for name in f:
    data = f[name][()]
    d = g.create_dataset(name, data=data, chunks=(1000,), compression=None if name == 'szip' else name, fletcher32=name != 'szip') if name != 'szip' else None
    if d is None:
        p = f[name].id.get_create_plist()
        d = h5py.Dataset(h5py.h5d.create(g.id, b'szip', h5py.h5t.STD_U8LE, h5py.h5s.create_simple((1000,)), p)); d[...] = data
    a, b = f[name].id.get_chunk_info(0), d.id.get_chunk_info(0)
    print(name, a.filter_mask, b.filter_mask, a.size > 1000)`,
        path,
      );
      const [deflate, lzf, szip] = masks.trimEnd().split("\n");
      expect([deflate, lzf, szip]).toEqual(["gzip 0 0 True", "lzf 1 1 True", "szip 1 1 True"]);
    });
  });
});

describe("chunks written directly", () => {
  test("take the place of what the cache holds, and are read back through the filters", () => {
    inFolder((folder) => {
      const path = join(folder, "direct.h5");
      runPython(
        `
import zlib
f = h5py.File(args[0], 'w')
d = f.create_dataset('d', (8,), 'u1', chunks=(4,), compression='gzip')
d.id.write_direct_chunk((0,), zlib.compress(bytes([1, 2, 3, 4])))
d.id.write_direct_chunk((4,), bytes([5, 6, 7, 8]), filter_mask=1)
f.close()`,
        path,
      );
      const f = new File(path, "r+");
      const d = f.get("d");
      expect(d.read().data).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
      expect(d.id.readDirectChunk([4])).toEqual([1, Uint8Array.of(5, 6, 7, 8)]);
      const [, first] = d.id.readDirectChunk([0]);
      // A changed chunk in the cache does not come back over what was written directly,
      d.write("0:4", 77);
      d.id.writeDirectChunk([0], Uint8Array.of(9, 8, 7, 6), 1);
      expect(d.read("0:4").data).toEqual(Uint8Array.of(9, 8, 7, 6));
      // and one that was read is seen to be another.
      d.id.writeDirectChunk([4], first, 0);
      expect(d.read().data).toEqual(Uint8Array.of(9, 8, 7, 6, 1, 2, 3, 4));
      // A direct read sees what is still in the cache.
      d.write([7], 44);
      const [mask, bytes] = d.id.readDirectChunk([4]);
      expect(mask).toBe(0);
      expect(bytes).not.toEqual(first);
      expect(d.id.getChunkInfoByCoord([4]).size).toBe(bytes.length);
      expect(d.id.getChunkInfo(0)).toMatchObject({ chunkOffset: [0], filterMask: 1, size: 4 });
      f.close();
      const seen = runPython(
        `
d = h5py.File(args[0])['d']; print(list(d[()]))
print([(d.id.get_chunk_info(i).chunk_offset, d.id.get_chunk_info(i).filter_mask, d.id.get_chunk_info(i).size) for i in range(2)])
print(d.id.read_direct_chunk((0,)))`,
        path,
      );
      expect(seen.trimEnd().split("\n")).toEqual([
        "[9, 8, 7, 6, 1, 2, 3, 44]",
        `[((0,), 1, 4), ((4,), 0, ${bytes.length})]`,
        String.raw`(1, b'\t\x08\x07\x06')`,
      ]);
    });
  });
});

function caught(operation: () => unknown): Error {
  try {
    operation();
  } catch (error) {
    if (isHdf5Error(error)) return error as Error;
    throw error;
  }
  throw new Error("nothing failed");
}

describe("chunks that lack what lies outside the dataset", () => {
  test("are read as h5py reads them, which writes some whole", () => {
    inFolder((folder) => {
      const path = join(folder, "short.h5");
      runPython(
        `
import zlib
f = h5py.File(args[0], 'w')
whole = np.arange(5 * 7, dtype='<i4').reshape(5, 7)
for name, shuffle in (('plain', False), ('shuffled', True)):
    d = f.create_dataset(name, (5, 7), '<i4', chunks=(3, 4), compression='gzip', shuffle=shuffle, fillvalue=9)
    d[...] = whole
    for at in ((3, 0), (3, 4), (0, 4)):
        chunk = np.zeros((3, 4), '<i4')
        part = whole[at[0]:at[0] + 3, at[1]:at[1] + 4]
        chunk[:part.shape[0], :part.shape[1]] = part
        last = (part.shape[0] - 1) * 4 + part.shape[1]
        stored = chunk.reshape(-1)[:last].tobytes()
        if shuffle: stored = np.frombuffer(stored, 'u1').reshape(-1, 4).T.tobytes()
        d.id.write_direct_chunk(at, zlib.compress(stored))
f.close()`,
        path,
      );
      const read = `
f = h5py.File(args[0])
for name in f: print(f[name][...].ravel().tolist())`;
      const [plain, shuffled] = runPython(read, path)
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line));
      const f = new File(path, "r+");
      expect([...(f.get("plain").read().data as Int32Array)]).toEqual(plain);
      expect([...(f.get("shuffled").read().data as Int32Array)]).toEqual(shuffled);
      expect(plain).toEqual(Array.from({ length: 35 }, (_, i) => i));
      f.getDataset("plain").write("4, 6", -1);
      f.getDataset("plain").write("2, 5", -2);
      f.close();
      const [changed] = runPython(read, path).split("\n");
      expect(JSON.parse(changed ?? "")).toEqual(
        Array.from({ length: 35 }, (_, i) => (i === 34 ? -1 : i === 19 ? -2 : i)),
      );
    });
  });
});
