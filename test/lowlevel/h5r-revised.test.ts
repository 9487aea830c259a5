import { expect, test } from "vitest";
import * as h5a from "../../src/lowlevel/h5a.ts";
import * as h5d from "../../src/lowlevel/h5d.ts";
import * as h5i from "../../src/lowlevel/h5i.ts";
import * as h5r from "../../src/lowlevel/h5r.ts";
import * as h5s from "../../src/lowlevel/h5s.ts";
import * as h5t from "../../src/lowlevel/h5t.ts";
import { expectError } from "./expect-error.ts";
import { sampleFile } from "./sample-file.ts";

function references() {
  const fid = sampleFile();
  using dataset = h5d.open(fid, "data");
  h5a.create(dataset, "unit", h5t.STD_I32LE, h5s.createSimple([2])).close();
  const space = h5s.createSimple([10, 10]);
  space.selectHyperslab([1, 2], [3, 4]);
  return {
    fid,
    space,
    classic: h5r.create(fid, "data", h5r.OBJECT),
    classicRegion: h5r.create(fid, "ch", h5r.DATASET_REGION, space),
    object: h5r.createObject(fid, "data"),
    region: h5r.createRegion(fid, "ch", space),
    attribute: h5r.createAttr(fid, "data", "unit"),
  };
}

test("references tell what kind they are", () => {
  const { classic, classicRegion, object, region, attribute } = references();
  expect([classic, classicRegion, object, region, attribute].map(h5r.getType)).toEqual([
    h5r.OBJECT,
    h5r.DATASET_REGION,
    h5r.OBJECT2,
    h5r.DATASET_REGION2,
    h5r.ATTR,
  ]);
  expect(h5r.getType(new h5r.Reference(new Uint8Array(64), "standard-object"))).toBe(h5r.BADTYPE);
});

test("copies are equal, others are not", () => {
  const { fid, object, region, classic } = references();
  const copies = [object, region, classic].map((reference) => [reference, h5r.copy(reference)] as const);
  for (const [reference, copy] of copies) {
    expect(h5r.equal(reference, copy)).toBe(true);
    expect(copy).not.toBe(reference);
  }
  expect(h5r.copy(region)).toBeInstanceOf(h5r.RegionReference);
  expect(h5r.equal(object, h5r.createObject(fid, "g"))).toBe(false);
  expect(h5r.equal(object, classic)).toBe(false);
});

test("what references lead to is opened, each by its function", () => {
  const { fid, object, region, attribute, space, classic } = references();
  for (const reference of [object, attribute, classic]) {
    const opened = h5r.openObject(reference, fid);
    expect(opened).toBeInstanceOf(h5d.DatasetID);
    expect(h5i.getName(opened)).toBe("/data");
  }
  const selected = h5r.openRegion(region, fid);
  expect([selected.shape, selected.getSelectBounds()]).toEqual([[10, 10], space.getSelectBounds()]);
  const opened = h5r.openAttr(attribute, fid);
  expect([opened.name, opened.shape]).toEqual(["unit", [2]]);
  expectError(() => h5r.openRegion(object, fid), "ValueError", /invalid reference type/);
  expectError(() => h5r.openAttr(object, fid), "ValueError", /invalid reference type/);
  expectError(() => h5r.openObject(new h5r.Reference(), fid), "ValueError", /invalid reference pointer/);
  h5a.delete(h5d.open(fid, "data"), "unit");
  expectError(
    () => h5r.openAttr(attribute, fid),
    "KeyError",
    "Unable to open attribute (can't locate attribute: 'unit')",
  );
});
