/** What objects print as: h5py's texts, wherever they are printed. */
import { inspect } from "node:util";
import { expect, test } from "vitest";
import {
  type Datatype,
  Empty,
  ExternalLink,
  File,
  type Group,
  HardLink,
  h5t,
  Reference,
  RegionReference,
  SoftLink,
  select,
  slice,
  VirtualLayout,
  VirtualSource,
} from "../../src/index.ts";
import { inFolder, newFile } from "./helpers.ts";

/** The text by the object's own method, which is what the console prints too. */
function printed(object: { toString(): string }): string {
  const text = object.toString();
  expect(inspect(object)).toBe(text);
  return text;
}

test("files, groups, datasets and named datatypes", () => {
  inFolder((path) => {
    const f = new File(path("x.h5"), "w");
    const g: Group = f.createGroup("g/sub").parent;
    const d = f.createDataset("g/d", { shape: [2, 3], dtype: "<i2" });
    f.set("t", h5t.STD_I16BE);
    const t = f.get<Datatype>("t");
    expect(f.toString()).toBe('<HDF5 file "x.h5" (mode r+)>');
    expect(g.toString()).toBe('<HDF5 group "/g" (2 members)>');
    expect(d.toString()).toBe('<HDF5 dataset "d": shape (2, 3), type "<i2">');
    expect(t.toString()).toBe('<HDF5 named type "t" (dtype >i2)>');
    expect(f.createDataset(null, { dtype: "<f4" }).toString()).toBe(
      '<HDF5 dataset ("anonymous"): shape None, type "<f4">',
    );
    expect(f.createGroup(null).toString()).toBe("<HDF5 group (anonymous) (0 members)>");
    const all = [f, g, d, t];
    expect(all.map(printed)).toEqual(all.map(String));
    const { attrs } = d;
    const { dims } = d;
    expect(attrs.toString()).toBe("<Attributes of HDF5 object>");
    expect(dims.toString()).toBe("<Dimensions of HDF5 object>");
    dims.get(1).label = "across";
    const dimension = dims.get(1);
    expect(dimension.toString()).toBe('<"across" dimension 1 of HDF5 dataset>');
    f.close();
    expect(all.map(printed)).toEqual([
      "<Closed HDF5 file>",
      "<Closed HDF5 group>",
      "<Closed HDF5 dataset>",
      "<Closed HDF5 named type>",
    ]);
    expect([attrs, dims, dimension].map(printed)).toEqual([
      "<Attributes of closed HDF5 object>",
      "<Dimensions of closed HDF5 dataset>",
      "<Dimension of closed HDF5 dataset>",
    ]);
  });
});

test("links, references and values without elements", () => {
  const soft = new SoftLink("/a");
  const external = new ExternalLink("other.h5", "/b");
  expect([soft.path, external.filename, external.path]).toEqual(["/a", "other.h5", "/b"]);
  expect(soft.toString()).toBe('<SoftLink to "/a">');
  expect(external.toString()).toBe('<ExternalLink to "/b" in file "other.h5">');
  expect(printed(new HardLink())).toBe("<HardLink>");
  expect(new Empty("S3").toString()).toBe("Empty(dtype=dtype('|S3'))");
  expect([soft, external, new Empty()].map(printed)).toEqual([soft, external, new Empty()].map(String));
  expect(printed(new Reference())).toBe("<HDF5 object reference (null)>");
  expect(printed(new RegionReference())).toBe("<HDF5 region reference (null)>");
});

test("selections have a dataspace, layouts a dataset", () => {
  expect(select([4], slice(1, 3)).id.getSelectBounds()).toEqual([[1], [2]]);
  const f = newFile();
  f.set("source", Int8Array.of(1, 2));
  const layout = new VirtualLayout({ shape: [2], dtype: "|i1" });
  layout.set("...", new VirtualSource(f.get("source")));
  layout.makeDataset(f.id, "shown", { fillvalue: 0 }).close();
  expect(f.get("shown").read().data).toEqual(Int8Array.of(1, 2));
});
