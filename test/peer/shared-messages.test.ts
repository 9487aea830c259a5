import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { DenseAttributes } from "../../src/engine/dense-attributes.ts";
import type { DenseAddresses } from "../../src/engine/dense-storage.ts";
import type { GroupObject } from "../../src/engine/group-object.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { resolveObject } from "../../src/engine/resolve.ts";
import { decodeAttributeInfo } from "../../src/format/attribute-info.ts";
import { MESSAGE } from "../../src/format/message-types.ts";
import { openPath } from "../../src/io/path-source.ts";
import { h5a, h5d, h5f, h5g, h5o, h5p, h5s, h5t } from "../../src/lowlevel/index.ts";
import { modelOfFile } from "../support/engine-model.ts";
import { versionsOfFile } from "../support/format-versions.ts";
import { sharedMessagesOfFile } from "../support/shared-messages-of-file.ts";
import { h5dump, h5pyModel, inFolder, runPython, type SharedMessageSizes, sharedMessageSizes } from "./peers.ts";

/** One step on a file: `count` datasets from `first` on are made, extended, given other attribute values, or deleted. */
interface Step {
  readonly kind: "make" | "extend" | "write" | "rename" | "delete";
  readonly first: number;
  readonly count: number;
}

interface Settings {
  readonly indexes: readonly (readonly [flags: number, minimumSize: number])[];
  readonly listMax: number;
  readonly treeMin: number;
  readonly low: number;
}

/** What every dataset has in common, and what only some have: its number decides. */
const PYTHON = `
import ctypes, json, re
from h5py import h5a, h5d, h5f, h5g, h5p, h5s, h5t
path, settings, steps = args[0].encode(), json.loads(args[1]), json.loads(args[2])
fapl = h5p.create(h5p.FILE_ACCESS)
fapl.set_libver_bounds(settings["low"], 2)
if args[3] == "new":
    loaded = [line.split()[-1] for line in open("/proc/self/maps") if re.search(r"/libhdf5(_serial)?[-.0-9a-z]*[.]so", line)]
    library = ctypes.CDLL(loaded[0])
    fcpl = h5p.create(h5p.FILE_CREATE)
    number = lambda value: ctypes.c_uint(value)
    assert library.H5Pset_shared_mesg_nindexes(ctypes.c_int64(fcpl.id), number(len(settings["indexes"]))) >= 0
    for i, (flags, size) in enumerate(settings["indexes"]):
        assert library.H5Pset_shared_mesg_index(ctypes.c_int64(fcpl.id), number(i), number(flags), number(size)) >= 0
    limits = number(settings["listMax"]), number(settings["treeMin"])
    assert library.H5Pset_shared_mesg_phase_change(ctypes.c_int64(fcpl.id), *limits) >= 0
    file = h5f.create(path, h5f.ACC_TRUNC, fcpl, fapl)
else:
    file = h5f.open(path, h5f.ACC_RDWR, fapl)

def attribute(where, name, values, dtype=h5t.STD_I64LE):
    a = h5a.create(where, name, dtype, h5s.create_simple((len(values),)))
    a.write(np.array(values, "<i8"))

def make(i):
    dcpl = h5p.create(h5p.DATASET_CREATE)
    dcpl.set_chunk((5,))
    dcpl.set_deflate(1 + i % 3)
    dcpl.set_fill_value(np.array(i % 4, "<i4"))
    group = b"g%d" % (i // 6)
    if i % 6 == 0 and not file.links.exists(group):
        h5g.create(file, group)
    # A constant is not shared under the earliest bound.
    dtype = h5t.STD_I32LE if i % 5 == 0 else h5t.STD_I32LE.copy()
    d = h5d.create(file, b"g%d/d%d" % (i // 6, i), dtype, h5s.create_simple((10 + i % 7,), (100,)), dcpl)
    attribute(d, b"same", [1, 2, 3])
    attribute(d, b"own", [i])

def change(kind, i):
    if kind == "make":
        make(i)
        return
    name = b"g%d/d%d" % (i // 6, i)
    if kind == "delete":
        file.unlink(name)
        return
    d = h5d.open(file, name)
    if kind == "extend":
        d.set_extent((20 + i % 3,))
    elif kind == "write":
        h5a.open(d, b"same").write(np.array([i % 2, 2, 3], "<i8"))
    else:
        h5a.rename(d, b"own", b"renamed")

for step in steps:
    for i in range(step["first"], step["first"] + step["count"]):
        change(step["kind"], i)
file.close()
`;

function pythonSteps(path: string, settings: Settings, steps: readonly Step[], mode: "new" | "old"): void {
  runPython(PYTHON, path, JSON.stringify(settings), JSON.stringify(steps), mode);
}

function attribute(where: h5d.DatasetID, name: string, values: number[]): void {
  const made = h5a.create(where, name, h5t.STD_I64LE, h5s.createSimple([values.length]));
  made.write(BigInt64Array.from(values, BigInt));
}

function nameOf(i: number): string {
  return `g${Math.floor(i / 6)}/d${i}`;
}

function make(file: h5f.FileID, i: number): void {
  const dcpl = h5p.create(h5p.DATASET_CREATE);
  dcpl.setChunk([5]);
  dcpl.setDeflate(1 + (i % 3));
  dcpl.setFillValue(Int32Array.of(i % 4));
  const space = h5s.createSimple([10 + (i % 7)], [100]);
  const group = `g${Math.floor(i / 6)}`;
  if (i % 6 === 0 && !file.links.exists(group)) h5g.create(file, group);
  const type = i % 5 === 0 ? h5t.STD_I32LE : h5t.STD_I32LE.copy();
  const made = h5d.create(file, nameOf(i), type, space, dcpl);
  attribute(made, "same", [1, 2, 3]);
  attribute(made, "own", [i]);
}

function change(file: h5f.FileID, kind: Step["kind"], i: number): void {
  if (kind === "make" || kind === "delete") {
    if (kind === "make") make(file, i);
    else file.unlink(nameOf(i));
    return;
  }
  const dataset = h5d.open(file, nameOf(i));
  if (kind === "extend") dataset.setExtent([20 + (i % 3)]);
  else if (kind === "write") h5a.open(dataset, "same").write(BigInt64Array.of(BigInt(i % 2), 2n, 3n));
  else h5a.rename(dataset, "own", "renamed");
}

function ownSteps(path: string, settings: Settings, steps: readonly Step[], mode: "new" | "old"): void {
  const fapl = h5p.create(h5p.FILE_ACCESS);
  fapl.setLibverBounds(settings.low, h5f.LIBVER_V110);
  fapl.setFcloseDegree(h5f.CLOSE_STRONG);
  const fcpl = h5p.create(h5p.FILE_CREATE);
  fcpl.setSharedMesgNindexes(settings.indexes.length);
  settings.indexes.forEach(([flags, size], i) => {
    fcpl.setSharedMesgIndex(i, flags, size);
  });
  fcpl.setSharedMesgPhaseChange(settings.listMax, settings.treeMin);
  const file = mode === "new" ? h5f.create(path, { fcpl, fapl }) : h5f.open(path, h5f.ACC_RDWR, fapl);
  for (const { kind, first, count } of steps) for (let i = first; i < first + count; i++) change(file, kind, i);
  file.close();
}

function facts(path: string) {
  const file = H5File.open(openPath(path, "r"));
  try {
    return { messages: sharedMessagesOfFile(file), versions: versionsOfFile(file) };
  } finally {
    file.close();
  }
}

function checkReadable(path: string): void {
  const file = H5File.open(openPath(path, "r"));
  const model = modelOfFile(file);
  file.close();
  expect(h5pyModel(path)).toEqual(model);
  h5dump(path);
}

/** Table and indexes take the same bytes; a heap may have one block more, for it fills its gaps otherwise. */
function expectSameSizes(ours: SharedMessageSizes, theirs: SharedMessageSizes): void {
  expect({ table: ours.table, indexes: ours.indexes }).toEqual({ table: theirs.table, indexes: theirs.indexes });
  expect(ours.heaps).toBeLessThanOrEqual(theirs.heaps + 1100);
}

const { SHMESG_ALL_FLAG: ALL, SHMESG_ATTR_FLAG: ATTR } = h5o;
const SETTINGS: [string, Settings][] = [
  ["one index of everything", { indexes: [[ALL, 0]], listMax: 50, treeMin: 40, low: 0 }],
  ["a list of few", { indexes: [[ALL, 0]], listMax: 10, treeMin: 8, low: 0 }],
  [
    "B-trees alone, v108",
    {
      indexes: [
        [ALL & ~ATTR, 0],
        [ATTR, 0],
      ],
      listMax: 0,
      treeMin: 0,
      low: 1,
    },
  ],
  [
    "large messages only, v110",
    {
      indexes: [
        [ALL & ~ATTR, 20],
        [ATTR, 60],
      ],
      listMax: 50,
      treeMin: 40,
      low: 2,
    },
  ],
  ["no attributes", { indexes: [[ALL & ~ATTR, 0]], listMax: 12, treeMin: 10, low: 2 }],
];
const MADE: Step[] = [{ kind: "make", first: 0, count: 30 }];
const CHANGED: Step[] = [
  { kind: "extend", first: 3, count: 9 },
  { kind: "write", first: 5, count: 12 },
  { kind: "rename", first: 8, count: 6 },
  { kind: "delete", first: 10, count: 10 },
];
const MORE: Step[] = [
  { kind: "make", first: 10, count: 4 },
  { kind: "delete", first: 20, count: 8 },
  { kind: "write", first: 0, count: 9 },
];
const LAST: Step[] = [
  { kind: "delete", first: 0, count: 10 },
  { kind: "delete", first: 12, count: 2 },
];

describe.each(SETTINGS)("shared messages: %s", (_, settings) => {
  test("the same calls give the table that the C library makes, which reads all", () => {
    inFolder((folder) => {
      const ours = join(folder, "ours.h5");
      const theirs = join(folder, "theirs.h5");
      for (const steps of [
        [...MADE, ...CHANGED],
        [...MADE, ...CHANGED, ...MORE, ...LAST],
      ]) {
        ownSteps(ours, settings, steps, "new");
        pythonSteps(theirs, settings, steps, "new");
        expect(facts(ours)).toEqual(facts(theirs));
        expectSameSizes(sharedMessageSizes(ours), sharedMessageSizes(theirs));
        checkReadable(ours);
      }
    });
  });

  test.each(["we", "the C library"])("when %s made the file, both edit it in turns", (first) => {
    inFolder((folder) => {
      const path = join(folder, "turns.h5");
      const reference = join(folder, "reference.h5");
      const turns = first === "we" ? [ownSteps, pythonSteps] : [pythonSteps, ownSteps];
      [MADE, CHANGED, MORE, LAST].forEach((steps, i) => {
        const mode = i === 0 ? "new" : "old";
        (turns[i % 2] as typeof ownSteps)(path, settings, steps, mode);
        pythonSteps(reference, settings, steps, mode);
        expect(facts(path).messages, `turn ${i}`).toEqual(facts(reference).messages);
        if (i % 2 === 1) checkReadable(path);
      });
    });
  });
});

test("an extent that is set to what it is stays where it lies, and the C library goes on from there", () => {
  inFolder((folder) => {
    const path = join(folder, "same.h5");
    const settings: Settings = { indexes: [[ALL, 0]], listMax: 50, treeMin: 40, low: 2 };
    // Datasets 0 and 7 have equal extents: that of 0 is in its header, that of 7 in the heap.
    pythonSteps(path, settings, [{ kind: "make", first: 0, count: 8 }], "new");
    const before = readFileSync(path);
    const file = h5f.open(path, h5f.ACC_RDWR);
    for (const i of [0, 7]) h5d.open(file, nameOf(i)).setExtent([10]);
    file.close();
    expect(readFileSync(path).equals(before)).toBe(true);
    pythonSteps(path, settings, [{ kind: "extend", first: 0, count: 1 }], "old");
    checkReadable(path);
  });
});

const DENSE_SHARED = `
import ctypes, re
loaded = [line.split()[-1] for line in open("/proc/self/maps") if re.search(r"/libhdf5(_serial)?[-.0-9a-z]*[.]so", line)]
library = ctypes.CDLL(loaded[0])
fcpl = h5py.h5p.create(h5py.h5p.FILE_CREATE)
assert library.H5Pset_shared_mesg_nindexes(ctypes.c_int64(fcpl.id), ctypes.c_uint(1)) >= 0
flags, least = ctypes.c_uint(0x1000), ctypes.c_uint(20)
assert library.H5Pset_shared_mesg_index(ctypes.c_int64(fcpl.id), ctypes.c_uint(0), flags, least) >= 0
fapl = h5py.h5p.create(h5py.h5p.FILE_ACCESS)
fapl.set_libver_bounds(h5py.h5f.LIBVER_LATEST, h5py.h5f.LIBVER_LATEST)
f = h5py.File(h5py.h5f.create(args[0].encode(), fcpl=fcpl, fapl=fapl))
for name in ("first", "second"):
    g = f.create_group(name, track_order=True)
    for i in range(14):
        g.attrs[f"attribute {i}"] = np.arange(i, i + 20)
f.close()
`;

test("attributes that the C library shares in dense storage are read by their IDs in the shared heap, and changed", () => {
  inFolder((folder) => {
    const path = join(folder, "dense.h5");
    runPython(DENSE_SHARED, path);
    const file = H5File.open(openPath(path, "r+"), { writable: true });
    const group = resolveObject(file.root(), "first") as GroupObject;
    const message = group.header.first(MESSAGE.ATTRIBUTE_INFO);
    if (message === undefined) throw new Error("no attribute info");
    const info = decodeAttributeInfo(file.storage.cursor(message.data, "Attribute info message", group.address));
    const stored = new DenseAttributes(file, info as DenseAddresses).all();
    expect(stored).toHaveLength(14);
    expect(stored.every(({ sharedHeapId }) => sharedHeapId?.length === 8)).toBe(true);
    for (let i = 0; i < 14; i++) expect(group.attribute(`attribute ${i}`)?.bytes[0]).toBe(i);
    group.writeAttribute("attribute 3", new Uint8Array(160).fill(1));
    group.deleteAttribute("attribute 4");
    file.close();
    const check = `
f = h5py.File(args[0], 'r+')
first, second = f['first'].attrs, f['second'].attrs
assert list(first) == [f'attribute {i}' for i in range(14) if i != 4] and len(second) == 14
assert (first['attribute 3'] == 0x0101010101010101).all()
for i in range(14):
    assert (second[f'attribute {i}'] == np.arange(i, i + 20)).all()
    if i not in (3, 4): assert (first[f'attribute {i}'] == np.arange(i, i + 20)).all()
for name in list(first): del first[name]
assert (second['attribute 9'] == np.arange(9, 29)).all()
`;
    runPython(check, path);
    h5dump(path);
  });
});
