import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, expect, test } from "vitest";
import * as h5a from "../../src/lowlevel/h5a.ts";
import * as h5d from "../../src/lowlevel/h5d.ts";
import * as h5ds from "../../src/lowlevel/h5ds.ts";
import * as h5f from "../../src/lowlevel/h5f.ts";
import * as h5g from "../../src/lowlevel/h5g.ts";
import * as h5i from "../../src/lowlevel/h5i.ts";
import * as h5p from "../../src/lowlevel/h5p.ts";
import * as h5r from "../../src/lowlevel/h5r.ts";
import * as h5s from "../../src/lowlevel/h5s.ts";
import * as h5t from "../../src/lowlevel/h5t.ts";
import { expectError } from "./expect-error.ts";
import { sampleFile } from "./sample-file.ts";

describe("references", () => {
  test("to objects lead back to them", () => {
    const fid = sampleFile();
    const reference = h5r.create(fid, "g/sub", h5r.OBJECT);
    expect(h5r.dereference(reference, fid)).toBeInstanceOf(h5g.GroupID);
    expect(h5r.getName(reference, fid)).toBe("/g/sub");
    expect(["data", "g", "nt"].map((name) => h5r.getObjType(h5r.create(fid, name, h5r.OBJECT), fid))).toEqual([
      h5g.DATASET,
      h5g.GROUP,
      h5g.TYPE,
    ]);
    const opened = h5r.dereference(reference, fid);
    expect(opened === null ? null : h5i.getName(opened)).toBe("/g/sub");
    expect([String(reference), reference.typecode, reference.isNull]).toEqual(["<HDF5 object reference>", 0, false]);
  });

  test("to regions give the dataset's space, selected", () => {
    const fid = sampleFile();
    const space = h5s.createSimple([10, 10]);
    space.selectHyperslab([1, 2], [3, 4]);
    const reference = h5r.create(fid, "ch", h5r.DATASET_REGION, space);
    expect(reference.bytes.length).toBe(12);
    const region = h5r.getRegion(reference, fid);
    expect([region?.shape, region?.getSelectBounds()]).toEqual([
      [10, 10],
      [
        [1, 2],
        [3, 5],
      ],
    ]);
    const reader = h5f.openFileImage(fid.getFileImage());
    expect(h5r.getRegion(reference, reader)?.getSelectNpoints()).toBe(12);
    expect(h5r.dereference(reference, reader)).toBeInstanceOf(h5d.DatasetID);
    expect(String(reference)).toBe("<HDF5 region reference>");
  });

  test("that are null lead nowhere", () => {
    const fid = sampleFile();
    const nothing = new h5r.Reference();
    expect([h5r.dereference(nothing, fid), h5r.getObjType(nothing, fid), h5r.getName(nothing, fid)]).toEqual([
      null,
      null,
      null,
    ]);
    expect(h5r.getRegion(new h5r.RegionReference(), fid)).toBeNull();
    expect([nothing.isNull, String(nothing)]).toEqual([true, "<HDF5 object reference (null)>"]);
  });

  test("refuse in h5py's words", () => {
    const fid = sampleFile();
    expectError(
      () => h5r.create(fid, "nope", h5r.OBJECT),
      "OSError",
      "Unable to create reference (object 'nope' doesn't exist)",
    );
    expectError(
      () => h5r.create(fid, "data", h5r.DATASET_REGION as number),
      "ValueError",
      "Dataspace required for region reference",
    );
    expectError(() => h5r.create(fid, "data", 9), "ValueError", "Unknown reference typecode");
    expectError(
      () => h5r.getRegion(h5r.create(fid, "data", h5r.OBJECT), fid),
      "TypeError",
      "Argument 'ref' has incorrect type (expected RegionReference, got Reference)",
    );
    expectError(
      () => h5r.dereference(new h5r.Reference(new Uint8Array(8).fill(0x11)), fid),
      "ValueError",
      /^Unable to dereference object \(/,
    );
  });

  test("of the revised kind lead to objects, regions and attributes of other files", () => {
    const folder = mkdtempSync(`${tmpdir()}/references-`);
    const other = sampleFile(`${folder}/other.h5`);
    h5a.create(h5d.open(other, "data"), "unit", h5t.STD_I8LE, h5s.create(h5s.SCALAR)).close();
    const fid = h5f.create(`${folder}/here.h5`);
    const space = h5s.createSimple([10, 10]);
    space.selectHyperslab([1, 2], [3, 4]);
    const references = [
      h5r.createObject(other, "g/sub", fid),
      h5r.createRegion(other, "ch", space, fid),
      h5r.createAttr(other, "data", "unit", fid),
      h5r.createObject(fid, "/"),
    ];
    using dataset = h5d.create(fid, "references", h5t.STD_REF, h5s.createSimple([4]));
    const size = references[0]?.bytes.length ?? 0;
    const written = new Uint8Array(4 * size);
    references.forEach((reference, i) => void written.set(reference.bytes, i * size));
    dataset.write(null, null, written, h5t.STD_REF);
    fid.close();
    other.close();

    const again = h5f.open(`${folder}/here.h5`, h5f.ACC_RDONLY);
    const bytes = new Uint8Array(4 * size);
    h5d.open(again, "references").read(null, null, bytes, h5t.STD_REF);
    const read = references.map((_, i) => new h5r.Reference(bytes.slice(i * size, (i + 1) * size), "standard-object"));
    const [object, region, attribute, own] = read as [h5r.Reference, h5r.Reference, h5r.Reference, h5r.Reference];
    expect(read.map((each) => h5r.getFileName(each, again))).toEqual([
      ...Array(3).fill(`${folder}/other.h5`),
      `${folder}/here.h5`,
    ]);
    expect(read.map((each) => h5r.getName(each, again))).toEqual(["/g/sub", "/ch", "/data", "/"]);
    expect(h5r.dereference(object, again)).toBeInstanceOf(h5g.GroupID);
    expect(h5r.getRegion(region, again)?.getSelectNpoints()).toBe(12);
    expect((h5r.dereference(attribute, again) as h5d.DatasetID).shape).toEqual([100]);
    expect(h5r.getAttrName(attribute, again)).toBe("unit");
    expect(h5r.getAttrName(own, again)).toBeNull();

    const fapl = h5p.create(h5p.FILE_ACCESS);
    fapl.setExternalAccess("nowhere");
    again.close();
    const confined = h5f.open(`${folder}/here.h5`, h5f.ACC_RDONLY, fapl);
    expectError(() => h5r.dereference(object, confined), "ValueError", /unable to open file/);
    expect(h5r.getName(own, confined)).toBe("/");
    confined.close();
    rmSync(folder, { recursive: true });
  });
});

describe("dimension scales", () => {
  const make = () => {
    const fid = sampleFile();
    const vector = h5s.createSimple([10]);
    const x = h5d.create(fid, "x", h5t.IEEE_F64LE, vector);
    const y = h5d.create(fid, "y", h5t.IEEE_F64LE, vector);
    return { fid, x, y, data: h5d.open(fid, "ch") };
  };

  test("are named, tied and untied", () => {
    const { x, y, data } = make();
    h5ds.setScale(x, "xname");
    expect([h5ds.isScale(x), h5ds.isScale(y), h5ds.getScaleName(x)]).toEqual([true, false, "xname"]);
    h5ds.attachScale(data, x, 0);
    h5ds.attachScale(data, x, 0);
    h5ds.attachScale(data, y, 1);
    expect([h5ds.isScale(y), h5ds.getNumScales(data, 0), h5ds.getNumScales(data, 1)]).toEqual([true, 1, 1]);
    expect([h5ds.isAttached(data, x, 0), h5ds.isAttached(data, x, 1), h5ds.isAttached(data, y, 1)]).toEqual([
      true,
      false,
      true,
    ]);
    expect(h5ds.iterate(data, 0, (scale) => scale.equals(x))).toBe(true);
    expect(h5ds.iterate(data, 0, () => {})).toBeNull();
    h5ds.detachScale(data, x, 0);
    expect([h5ds.isAttached(data, x, 0), h5a.exists(x, "REFERENCE_LIST"), h5a.exists(data, "DIMENSION_LIST")]).toEqual([
      false,
      false,
      true,
    ]);
    h5ds.detachScale(data, y, 1);
    expect(h5a.exists(data, "DIMENSION_LIST")).toBe(false);
  });

  test("label dimensions", () => {
    const { data } = make();
    h5ds.setLabel(data, 0, "first");
    h5ds.setLabel(data, 1, "zweite, größer");
    h5ds.setLabel(data, 0, "again");
    expect([h5ds.getLabel(data, 0), h5ds.getLabel(data, 1)]).toEqual(["again", "zweite, größer"]);
  });

  test("refuse as the C library does", () => {
    const { x, y, data } = make();
    h5ds.attachScale(data, x, 0);
    const cases: [() => unknown, string][] = [
      [() => h5ds.attachScale(data, data, 0), "H5DSattach_scale"],
      [() => h5ds.attachScale(x, y, 0), "H5DSattach_scale"],
      [() => h5ds.attachScale(y, data, 0), "H5DSattach_scale"],
      [() => h5ds.attachScale(data, y, 5), "H5DSattach_scale"],
      [() => h5ds.isAttached(data, x, 9), "H5DSis_attached"],
      [() => h5ds.getNumScales(data, 9), "H5DSget_num_scales"],
      [() => h5ds.setLabel(data, 9, "x"), "H5DSset_label"],
      [() => h5ds.getLabel(data, 9), "H5DSget_label"],
      [() => h5ds.detachScale(data, x, 1), "H5DSdetach_scale"],
      [() => h5ds.getScaleName(y), "H5DSget_scale_name"],
      [() => h5ds.setScale(data), "H5DSset_scale"],
      [() => h5ds.iterate(data, 0, () => null, 3), "H5DSiterate_scales"],
    ];
    for (const [operation, where] of cases) {
      expectError(operation, "RuntimeError", `Unspecified error in ${where} (return value <0)`);
    }
  });
});
