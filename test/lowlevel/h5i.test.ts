import { describe, expect, test } from "vitest";
import * as h5i from "../../src/lowlevel/h5i.ts";
import * as h5p from "../../src/lowlevel/h5p.ts";
import * as h5s from "../../src/lowlevel/h5s.ts";
import * as h5t from "../../src/lowlevel/h5t.ts";
import { expectError } from "./expect-error.ts";

describe("identifiers", () => {
  test("have a number while they are open, and 0 afterwards", () => {
    const space = h5s.createSimple([3]);
    expect(space.id).toBeGreaterThan(0);
    expect(h5i.wrapIdentifier(space.id)).toBe(space);
    const number = space.id;
    space.close();
    expect(space.id).toBe(0);
    expect(space.valid).toBe(false);
    expect(h5i.isValid(number)).toBe(false);
  });

  test("tell their type", () => {
    expect(h5i.getType(h5s.createSimple([3]))).toBe(h5i.DATASPACE);
    expect(h5i.getType(h5p.create(h5p.FILE_ACCESS))).toBe(h5i.GENPROP_LST);
    expect(h5i.getType(h5p.FILE_ACCESS)).toBe(h5i.GENPROP_CLS);
    expect(h5i.getType(h5t.STD_I8LE)).toBe(h5i.DATATYPE);
  });

  test("stay open until the last reference goes", () => {
    const space = h5s.createSimple([3]);
    h5i.incRef(space);
    expect(h5i.getRef(space)).toBe(2);
    space.close();
    expect(space.valid).toBe(true);
    h5i.decRef(space);
    expect(space.valid).toBe(false);
    const other = h5s.createSimple([3]);
    other.retain();
    other.close();
    expect([other.valid, other.referenceCount]).toEqual([true, 1]);
  });

  test("that are constants cannot be closed", () => {
    h5t.STD_I32LE.close();
    expect(h5t.STD_I32LE.valid).toBe(true);
    expect(h5t.STD_I32LE.locked).toBe(true);
    h5s.ALL.close();
    expect(h5s.ALL.valid).toBe(true);
  });

  test("close at the end of a using block", () => {
    const space = h5s.createSimple([3]);
    {
      using held = space;
      expect(held.valid).toBe(true);
    }
    expect(space.valid).toBe(false);
  });

  test("that are closed fail as in h5py", () => {
    const space = h5s.createSimple([3]);
    space.close();
    space.close();
    expectError(() => h5i.getType(space), "RuntimeError", "Unspecified error in H5Iget_type (return value <0)");
    expectError(() => h5i.decRef(space), "RuntimeError", "Can't decrement id ref count (can't locate ID)");
    expectError(() => h5i.incRef(space), "RuntimeError", "Can't increment id ref count (can't locate ID)");
    expectError(() => h5i.getRef(space), "RuntimeError", "Can't get id ref count (can't locate ID)");
    const error = expectError(() => space.shape, "ValueError", "Not a dataspace (not a dataspace)");
    expect(error.code).toBe("closed");
    expect(h5i.getName(space)).toBeNull();
  });
});
