/** The content of `bounds.py`, made by us through the same calls. */
import { createDataset } from "../../src/engine/create-object.ts";
import { selectAll, selectRegular } from "../../src/engine/selection/selection.ts";
import { PREDEFINED } from "../../src/format/predefined-datatypes.ts";
import { h5a, h5d, h5f, h5g, h5o, h5p, h5r, h5s, h5t } from "../../src/lowlevel/index.ts";
import type { PropDCID } from "../../src/lowlevel/prop-dcpl.ts";
import type { SpaceID } from "../../src/lowlevel/space-id.ts";
import type { TypeID } from "../../src/lowlevel/type-id.ts";

const INT = h5t.STD_I32LE;

function sampleTypes(): Record<string, TypeID> {
  const levels = h5t.enumCreate(h5t.STD_I8LE);
  levels.enumInsert("low", 0);
  levels.enumInsert("high", 1);
  const grid = h5t.arrayCreate(INT, [2, 3]);
  const plain = h5t.create(h5t.COMPOUND, 12);
  plain.insert("number", 0, h5t.IEEE_F64LE);
  plain.insert("count", 8, INT);
  const mixed = h5t.create(h5t.COMPOUND, 38);
  mixed.insert("before", 0, levels);
  mixed.insert("grid", 1, grid);
  mixed.insert("after", 25, levels);
  mixed.insert("inner", 26, plain);
  const text = h5t.C_S1.copy();
  text.setSize(5);
  const words = h5t.C_S1.copy();
  words.setSize(h5t.VARIABLE);
  return {
    int: INT,
    float: h5t.IEEE_F64LE,
    enum: levels,
    array: grid,
    plain,
    mixed,
    text,
    words,
    sequence: h5t.vlenCreate(INT),
    records: h5t.vlenCreate(mixed),
    opaque: h5t.create(h5t.OPAQUE, 4),
    bits: h5t.STD_B16LE,
    object: h5t.STD_REF_OBJ,
    region: h5t.STD_REF_DSETREG,
  };
}

function dataset(
  where: h5g.GroupID,
  name: string,
  dims: number[],
  maxDims: (number | null)[] | null,
  prepare: (dcpl: PropDCID) => void,
): h5d.DatasetID {
  const dcpl = h5p.create(h5p.DATASET_CREATE);
  prepare(dcpl);
  return h5d.create(where, name, INT, h5s.createSimple(dims, maxDims), dcpl);
}

function chunked(dims: number[], more: { early?: boolean; filters?: boolean; fill?: boolean } = {}) {
  return (dcpl: PropDCID) => {
    dcpl.setChunk(dims);
    if (more.early) dcpl.setAllocTime(h5d.ALLOC_TIME_EARLY);
    if (more.filters) {
      dcpl.setShuffle();
      dcpl.setDeflate(4);
      dcpl.setFletcher32();
    }
    if (more.fill) dcpl.setFillValue(Int32Array.of(7));
  };
}

function makeLayouts(file: h5f.FileID, virtual: boolean): void {
  const layouts = h5g.create(file, "layouts");
  dataset(layouts, "compact", [4], null, (dcpl) => dcpl.setLayout(h5d.COMPACT));
  dataset(layouts, "contiguous", [4], null, () => undefined);
  dataset(layouts, "one chunk", [4, 4], null, chunked([4, 4]));
  dataset(layouts, "implicit", [4, 4], null, chunked([2, 2], { early: true }));
  dataset(layouts, "fixed", [4, 4], null, chunked([2, 2], { filters: true }));
  dataset(layouts, "bounded", [4, 4], [8, 4], chunked([2, 2], { fill: true }));
  dataset(layouts, "growing", [4, 4], [h5s.UNLIMITED, 4], chunked([2, 2], { filters: true }));
  dataset(layouts, "everywhere", [4, 4], [h5s.UNLIMITED, h5s.UNLIMITED], chunked([2, 2]));
  if (!virtual) return;
  const names = { sourceDataset: "data" };
  const mappings = [
    {
      ...names,
      sourceFile: "other.h5",
      sourceSelection: selectAll([20]),
      virtualSelection: selectRegular([40], [0], [1], [1], [20]),
    },
    {
      ...names,
      sourceFile: ".",
      sourceSelection: selectRegular([20], [0], [1], [1], [10]),
      virtualSelection: selectRegular([40], [20], [5], [4], [2]),
    },
  ];
  const { engine } = file.openFile;
  const { address } = createDataset(engine, {
    datatype: PREDEFINED.STD_I32LE,
    dataspace: { kind: "simple", version: 1, dims: [40], maxDims: [40], maxDimsStored: true },
    layout: { kind: "virtual", mappings },
    trackTimes: true,
  });
  layouts.location().object.insertLink("virtual", { kind: "hard", objectHeaderAddress: address });
}

type Select = (space: SpaceID) => void;

function makeRegions(file: h5f.FileID): h5d.DatasetID {
  const target = dataset(file, "target", [100, 10], null, () => undefined);
  const regions = h5d.create(file, "regions", h5t.STD_REF_DSETREG, h5s.createSimple([6]));
  const list: Select[][] = [
    [],
    [(s) => s.selectHyperslab([2, 3], [1, 1], null, [5, 5])],
    [(s) => s.selectHyperslab([0, 0], [10, 1], [8, 1], [2, 5])],
    [
      (s) => s.selectHyperslab([0, 0], [1, 1], null, [2, 2]),
      (s) => s.selectHyperslab([50, 5], [1, 1], null, [3, 3], h5s.SELECT_OR),
    ],
    [
      (s) =>
        s.selectElements([
          [0, 0],
          [99, 9],
        ]),
    ],
    [(s) => s.selectHyperslab([0, 0], [3, 1], [8, 1], [2, 5])],
  ];
  const bytes = new Uint8Array(6 * 12);
  list.forEach((selects, i) => {
    const space = h5s.createSimple([100, 10]);
    for (const select of selects) select(space);
    bytes.set(h5r.create(file, "target", h5r.DATASET_REGION, space).bytes, 12 * i);
  });
  regions.write(h5s.ALL, h5s.ALL, bytes);
  return target;
}

function makeGroups(file: h5f.FileID, kinds: h5g.GroupID, target: h5d.DatasetID): void {
  const scalar = h5s.create(h5s.SCALAR);
  const attributes = h5g.create(file, "attributes");
  h5a.create(attributes, "plain", INT, scalar);
  h5a.create(attributes, "empty", INT, h5s.create(h5s.NULL));
  h5a.create(attributes, "shared", h5t.open(kinds, "mixed"), h5s.createSimple([2]));
  h5a.create(attributes, "fourth", INT, scalar);

  const ordered = h5p.create(h5p.GROUP_CREATE);
  ordered.setLinkCreationOrder(h5p.CRT_ORDER_TRACKED | h5p.CRT_ORDER_INDEXED);
  const inside = h5g.create(file, "links in order", null, ordered);
  inside.links.createSoft("soft", "/target");
  inside.links.createExternal("outside", "other.h5", "/data");
  inside.links.createHard("größer", file, "target");
  const both = h5p.create(h5p.GROUP_CREATE);
  both.setAttrCreationOrder(h5p.CRT_ORDER_TRACKED);
  h5a.create(h5g.create(file, "attributes in order", null, both), "first", INT, scalar);
  const timeless = h5p.create(h5p.GROUP_CREATE);
  timeless.setObjTrackTimes(false);
  h5g.create(file, "no times", null, timeless);
  h5o.setComment(target, "a comment");
  h5o.link(target, file, "another name of target");
}

/** @param low, high - `h5f.LIBVER_…`. */
export function writeBoundsContent(path: string, low: number, high: number): void {
  const fapl = h5p.create(h5p.FILE_ACCESS);
  fapl.setLibverBounds(low, high);
  const file = h5f.create(path, { fapl });
  const kinds = h5g.create(file, "types");
  const scalar = h5s.create(h5s.SCALAR);
  for (const [name, type] of Object.entries(sampleTypes())) {
    type.copy().commit(kinds, name);
    h5d.create(file, `of ${name}`, type, scalar);
    if (name.length === 5) h5a.create(kinds, `of ${name}`, type, scalar);
  }
  h5d.create(file, "of a committed type", h5t.open(kinds, "mixed"), scalar);
  h5d.create(file, "empty", INT, h5s.create(h5s.NULL));
  makeLayouts(file, high >= h5f.LIBVER_V110);
  makeGroups(file, kinds, makeRegions(file));
  file.close();
}
