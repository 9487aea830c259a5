import { afterEach, describe, expect, test } from "vitest";
import { DatasetID } from "../../src/lowlevel/dataset-id.ts";
import * as h5f from "../../src/lowlevel/h5f.ts";
import * as h5g from "../../src/lowlevel/h5g.ts";
import * as h5l from "../../src/lowlevel/h5l.ts";
import * as h5o from "../../src/lowlevel/h5o.ts";
import * as h5p from "../../src/lowlevel/h5p.ts";
import { expectError } from "./expect-error.ts";
import { sampleFile } from "./sample-file.ts";

const TYPE = 187;
const DATA = new TextEncoder().encode("g/../data");

/** A class whose links hold a path from the root. */
const BY_PATH: h5l.LinkClass = {
  id: TYPE,
  traverse: (_, group, data) => h5o.open(group, `/${new TextDecoder().decode(data)}`),
};

afterEach(() => {
  if (h5l.isRegistered(TYPE)) h5l.unregister(TYPE);
});

describe.each([h5f.LIBVER_EARLIEST, h5f.LIBVER_LATEST])("user-defined links, low bound %i", (low) => {
  function file() {
    const fapl = h5p.create(h5p.FILE_ACCESS);
    fapl.setLibverBounds(low, h5f.LIBVER_LATEST);
    const fid = sampleFile();
    h5l.register(BY_PATH);
    using group = h5g.create(fid, "links");
    group.links.createUserDefined("there", TYPE, new TextEncoder().encode("data"));
    group.links.createUserDefined("nowhere", TYPE, new TextEncoder().encode("missing"));
    group.links.createUserDefined("empty", 255 - 68, new Uint8Array(0));
    return fid;
  }

  test("are listed with their class and what they hold", () => {
    const fid = h5f.openFileImage(file().getFileImage());
    expect(fid.links.getInfo("links/there")).toMatchObject({ type: TYPE, u: 4 });
    expect(fid.links.getUserData("links/there")).toEqual(new TextEncoder().encode("data"));
    expect(fid.links.getUserData("links/empty")).toEqual(new Uint8Array(0));
    const visited: string[] = [];
    fid.links.visit((name) => void visited.push(name));
    expect(visited).toEqual(expect.arrayContaining(["links/there", "links/nowhere", "links/empty"]));
    expect(fid.links.exists("links/there")).toBe(true);
    expectError(() => fid.links.getVal("links/there"), "TypeError", "Link must be either a soft or external link");
    expectError(() => fid.links.getUserData("g"), "TypeError", "Link must be a user-defined one");
  });

  test("lead where their class says", () => {
    const fid = file();
    const found = h5o.open(fid, "links/there");
    expect(found).toBeInstanceOf(DatasetID);
    expect((found as DatasetID).shape).toEqual([100]);
    expectError(() => h5o.open(fid, "links/nowhere"), "KeyError", /doesn't exist/);
    h5l.register({ id: TYPE, traverse: (name, group) => (name === "there" ? group : h5o.open(group, "..")) });
    expect(h5o.open(fid, "links/there")).toBeInstanceOf(h5g.GroupID);
  });

  test("of a class that nobody registered end in the C library's error", () => {
    const fid = file();
    h5l.unregister(TYPE);
    expectError(() => h5o.open(fid, "links/there"), "KeyError", "Unable to open object (unable to find link class)");
    expectError(
      () => fid.links.createUserDefined("more", TYPE, DATA),
      "RuntimeError",
      /link class has not been registered with library/,
    );
    expectError(() => h5l.unregister(TYPE), "KeyError", /link class is not registered/);
    expect(() => h5l.unregister(TYPE)).toThrow(expect.objectContaining({ code: "not-found" }));
  });
});

test("numbers outside of the classes are refused", () => {
  const fid = sampleFile();
  expectError(() => h5l.register({ ...BY_PATH, id: 64 }), "ValueError", /invalid link identification number/);
  expectError(() => h5l.register({ ...BY_PATH, id: 256 }), "ValueError", /invalid link identification number/);
  expectError(() => h5l.isRegistered(1), "ValueError", /invalid link type id number/);
  expectError(() => fid.links.createUserDefined("x", 256, DATA), "ValueError", /invalid link class/);
  expect([h5l.isRegistered(h5l.TYPE_EXTERNAL), h5l.isRegistered(200)]).toEqual([true, false]);
});
