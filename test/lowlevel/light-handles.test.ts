import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { MemorySource } from "../../src/io/memory-source.ts";
import * as h5a from "../../src/lowlevel/h5a.ts";
import * as h5d from "../../src/lowlevel/h5d.ts";
import * as h5f from "../../src/lowlevel/h5f.ts";
import * as h5g from "../../src/lowlevel/h5g.ts";
import * as h5i from "../../src/lowlevel/h5i.ts";
import * as h5o from "../../src/lowlevel/h5o.ts";
import * as h5p from "../../src/lowlevel/h5p.ts";
import * as h5s from "../../src/lowlevel/h5s.ts";
import * as h5t from "../../src/lowlevel/h5t.ts";
import type { LocationID } from "../../src/lowlevel/location-id.ts";
import { expectError } from "./expect-error.ts";
import { sampleFile } from "./sample-file.ts";

function image(): Uint8Array {
  const fid = sampleFile();
  h5a.create(h5d.open(fid, "data"), "unit", h5t.STD_I8LE, h5s.create(h5s.SCALAR)).close();
  const bytes = fid.getFileImage();
  fid.close();
  return bytes;
}

const bytes = image();

function reader(closeDegree?: number): h5f.FileID {
  const fapl = h5p.create(h5p.FILE_ACCESS);
  if (closeDegree !== undefined) fapl.setFcloseDegree(closeDegree);
  return h5f.openFileImage(bytes, 0, fapl);
}

/** Everything that can be open in a file that is read. */
function openAll(fid: h5f.FileID): LocationID[] {
  const data = h5d.open(fid, "data");
  return [data, h5d.open(fid, "ch"), h5g.open(fid, "g"), h5o.open(fid, "nt"), h5a.open(data, "unit")];
}

function others(fid: h5f.FileID, types: number = h5f.OBJ_ALL): LocationID[] {
  return h5f.getObjIds(fid, types).filter((id) => id !== fid) as LocationID[];
}

describe("handles of a file that is read", () => {
  test("are counted and listed by what they stand for", () => {
    const fid = reader();
    const opened = openAll(fid);
    const kinds = [h5f.OBJ_FILE, h5f.OBJ_DATASET, h5f.OBJ_GROUP, h5f.OBJ_DATATYPE, h5f.OBJ_ATTR, h5f.OBJ_ALL];
    expect(kinds.map((kind) => h5f.getObjCount(fid, kind))).toEqual([1, 2, 1, 1, 1, 6]);
    const listed = others(fid);
    expect(listed.map((id) => [h5i.getType(id), id.hash(), id.pathInFile()])).toEqual(
      opened.map((id) => [h5i.getType(id), id.hash(), id.pathInFile()]),
    );
    listed.forEach((id, i) => {
      expect(id.equals(opened[i])).toBe(true);
    });
    fid.close();
  });

  test("share validity, reference count and number with those that are listed", () => {
    const fid = reader();
    const dataset = h5d.open(fid, "data");
    const [same] = others(fid) as [h5d.DatasetID];
    expect(same.id).toBe(dataset.id);
    expect(h5i.wrapIdentifier(same.id).equals(dataset)).toBe(true);
    h5i.incRef(same);
    expect([h5i.getRef(dataset), h5i.getRef(same)]).toEqual([2, 2]);
    dataset.close();
    expect([dataset.valid, same.valid, same.rank]).toEqual([true, true, 1]);
    const number = same.id;
    same.close();
    expect([dataset.valid, same.valid, h5i.isValid(number)]).toEqual([false, false, false]);
    expect(h5f.getObjCount(fid)).toBe(1);
    fid.close();
  });

  test("are listed once when they have read data", () => {
    const fid = reader();
    const dataset = h5d.open(fid, "ch");
    const [same] = others(fid) as [h5d.DatasetID];
    for (const id of [dataset, same]) id.read(null, null, new Float32Array(100));
    expect(others(fid).length).toBe(1);
    expect(dataset.location().object).toBe(same.location().object);
    fid.close();
    expect([dataset.valid, same.valid]).toEqual([false, false]);
  });

  test("share the chunks of a dataset once they read it, until the last is closed", () => {
    const fid = reader();
    const [one, two] = [h5d.open(fid, "ch"), h5d.open(fid, "ch")];
    const data = new Float32Array(100);
    for (const id of [one, two]) id.read(null, null, data);
    const chunks = one.location().object.chunkStore();
    expect(two.location().object.chunkStore()).toBe(chunks);
    one.close();
    expect(two.location().object.chunkStore()).toBe(chunks);
    two.read(null, null, data);
    expect([data[0], data[99]]).toEqual([1, 0]);
    fid.close();
  });

  test.each([undefined, h5f.CLOSE_DEFAULT, h5f.CLOSE_STRONG])("end with the file (close degree %s)", (degree) => {
    const fid = reader(degree);
    const opened = openAll(fid);
    const numbers = opened.map(({ id }) => id);
    h5i.incRef(opened[0] as LocationID);
    (opened[1] as h5d.DatasetID).read(null, null, new Float32Array(100));
    fid.close();
    expect(opened.map(({ valid, id }) => [valid, id])).toEqual(opened.map(() => [false, 0]));
    expect(numbers.map((number) => h5i.isValid(number))).toEqual(opened.map(() => false));
    const [dataset] = opened as [h5d.DatasetID];
    expectError(() => dataset.shape, "ValueError", "Invalid dataset identifier (invalid dataset identifier)");
    dataset.close();
    expect(h5f.getObjCount(h5f.OBJ_ALL)).toBe(0);
  });

  test("end with their own opening of it, not with another", () => {
    const fid = reader();
    const again = fid.reopen();
    const [mine, other] = [h5d.open(fid, "data"), h5d.open(again, "data")];
    expect([h5f.getObjCount(fid), h5f.getObjCount(fid, h5f.OBJ_ALL | h5f.OBJ_LOCAL)]).toEqual([4, 2]);
    fid.close();
    expect([mine.valid, other.valid, other.rank]).toEqual([false, true, 1]);
    again.close();
    expect(other.valid).toBe(false);
  });

  test("keep it open, or from being closed, where its close degree says so", () => {
    const weak = reader(h5f.CLOSE_WEAK);
    const dataset = h5d.open(weak, "data");
    weak.close();
    expect([dataset.valid, dataset.rank, h5f.getObjCount()]).toEqual([true, 1, 1]);
    dataset.close();
    expect(h5f.getObjCount()).toBe(0);
    const semi = reader(h5f.CLOSE_SEMI);
    const group = h5g.open(semi, "g");
    const refusal = "Closing file id failed (can't close file, there are objects still open)";
    expectError(() => semi.close(), "OSError", refusal);
    group.close();
    semi.close();
  });

  test("share their object from the start when another process may change it", () => {
    const flags = h5f.ACC_RDONLY | h5f.ACC_SWMR_READ;
    const fid = h5f.open(new MemorySource(bytes), flags);
    const [one, two] = [h5d.open(fid, "data"), h5d.open(fid, "data")];
    expect(one.location().object).toBe(two.location().object);
    fid.close();
    const still = reader();
    const [first, second] = [h5d.open(still, "data"), h5d.open(still, "data")];
    expect(first.location().object).not.toBe(second.location().object);
    still.close();
  });

  test("are forgotten when they are dropped", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const fid = reader();
    const kept = h5d.open(fid, "data");
    for (let i = 0; i < 3000; i++) h5d.open(fid, i % 2 === 0 ? "data" : "ch");
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    expect(h5f.getObjCount(fid, h5f.OBJ_DATASET)).toBeLessThan(10);
    expect(kept.valid).toBe(true);
    fid.close();
  });
});
