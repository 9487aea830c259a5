import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import * as h5d from "../../src/lowlevel/h5d.ts";
import * as h5f from "../../src/lowlevel/h5f.ts";
import * as h5o from "../../src/lowlevel/h5o.ts";
import * as h5p from "../../src/lowlevel/h5p.ts";
import * as h5s from "../../src/lowlevel/h5s.ts";
import * as h5t from "../../src/lowlevel/h5t.ts";
import { runFormatConvert } from "../../src/tools/format-convert/command.ts";
import { runTool } from "../tools/test-platform.ts";
import { h5dump, runPython } from "./peers.ts";

const folder = mkdtempSync(join(tmpdir(), "h5ts-convert-"));
afterAll(() => rmSync(folder, { recursive: true }));

interface Case {
  readonly dims: number[];
  readonly maxDims: (number | null)[] | null;
  readonly chunk: number[];
  readonly options?: (dcpl: h5p.PropDCID) => void;
}

const CASES: Record<string, Case> = {
  fixed: { dims: [11], maxDims: null, chunk: [4] },
  extensible: { dims: [1000, 3], maxDims: [null, 3], chunk: [2, 3], options: (dcpl) => dcpl.setDeflate(3) },
  tree: { dims: [17, 19], maxDims: [null, null], chunk: [3, 3] },
  single: { dims: [5], maxDims: null, chunk: [5], options: (dcpl) => dcpl.setShuffle() },
  implicit: { dims: [10], maxDims: null, chunk: [4], options: (dcpl) => dcpl.setAllocTime(h5d.ALLOC_TIME_EARLY) },
  edges: {
    dims: [11],
    maxDims: null,
    chunk: [4],
    options: (dcpl) => {
      dcpl.setDeflate(3);
      dcpl.setChunkOpts(h5d.CHUNK_DONT_FILTER_PARTIAL_CHUNKS);
    },
  },
};

test("converted files and datasets are read, and written on, by h5py", () => {
  const path = join(folder, "converted.h5");
  const fapl = h5p.create(h5p.FILE_ACCESS);
  fapl.setLibverBounds(h5f.LIBVER_LATEST, h5f.LIBVER_LATEST);
  const fid = h5f.create(path, { fapl });
  for (const [name, { dims, maxDims, chunk, options }] of Object.entries(CASES)) {
    const dcpl = h5p.create(h5p.DATASET_CREATE);
    dcpl.setChunk(chunk);
    options?.(dcpl);
    const dataset = h5d.create(fid, name, h5t.STD_I32LE, h5s.createSimple(dims, maxDims), dcpl);
    const count = dims.reduce((a, b) => a * b);
    dataset.write(
      null,
      null,
      Int32Array.from({ length: count }, (_, i) => i),
    );
    dataset.formatConvert();
    dataset.close();
  }
  fid.formatConvert();
  fid.close();
  const printed = runPython(
    `
with h5py.File(args[0], "r+") as f:
    print(f.id.get_create_plist().get_version()[0])
    for name, d in f.items():
        assert (d[()].ravel() == np.arange(d.size)).all(), name
        if None in d.maxshape:
            d.resize(d.shape[0] + 10, axis=0)
            d[-1] = 7
with h5py.File(args[0], "r") as f:
    print(all((f[n][-1] == 7).all() for n in ("extensible", "tree")), len(f))
`,
    path,
  );
  expect(printed.trim().split("\n")).toEqual(["2", "True 6"]);
  h5dump(path, "-H");
});

test("a file in pages with an account of its free space is one that HDF5 1.8 knows afterwards", () => {
  const path = join(folder, "pages.h5");
  runPython(
    `
with h5py.File(args[0], "w", libver="latest", fs_strategy="page", fs_persist=True, fs_page_size=512) as f:
    f["a"] = np.arange(1000)
    f["g/b"] = np.arange(2000)
    f.create_dataset("c", data=np.arange(100), chunks=(7,), compression="gzip")
    del f["a"]
`,
    path,
  );
  expect(runTool(runFormatConvert, path)).toMatchObject({ code: 0, errors: "", output: "" });
  const printed = runPython(
    `
with h5py.File(args[0], "r+") as f:
    p = f.id.get_create_plist()
    print(p.get_version()[0], p.get_file_space_strategy(), p.get_file_space_page_size(), f.id.get_freespace())
    print((f["g/b"][()] == np.arange(2000)).all(), (f["c"][()] == np.arange(100)).all())
    f["d"] = np.arange(300)
`,
    path,
  );
  expect(printed.trim().split("\n")).toEqual(["2 (0, 0, 1) 4096 0", "True True"]);
  h5dump(path);
});

test("what headers are made of is what h5py says of them", () => {
  const path = join(folder, "headers.h5");
  const lines = runPython(
    `
with h5py.File(args[0], "w", libver=args[1] if len(args) > 1 else "earliest") as f:
    f.create_dataset("chunked", data=np.arange(100), chunks=(10,), compression="gzip")
    f["plain"] = np.arange(5)
    f["plain"].attrs["unit"] = "m"
    for i in range(30):
        f["plain"].attrs[f"a{i}"] = np.arange(20)
        f.create_group(f"g/{i}")
with h5py.File(args[0], "r") as f:
    for name in ("chunked", "plain", "g", "/"):
        h = h5py.h5o.get_info(f.id, name.encode()).hdr
        print(name, h.version, h.nmesgs, h.space.total, h.space.meta, h.space.mesg, h.space.free, h.mesg.present, h.mesg.shared)
`,
    path,
  );
  const fid = h5f.open(path, h5f.ACC_RDONLY);
  for (const line of lines.trim().split("\n")) {
    const [name = "", ...numbers] = line.split(" ");
    const { hdr } = h5o.getNativeInfo(fid, name);
    const { space, mesg } = hdr;
    const ours = [hdr.version, hdr.nmesgs, space.total, space.meta, space.mesg, space.free, mesg.present, mesg.shared];
    expect([name, ...ours]).toEqual([name, ...numbers.map(Number)]);
  }
  fid.close();
});
