/** Property lists by the names of their properties, classes of a program's own, and lists as bytes. */
import { describe, expect, test } from "vitest";
import * as h5p from "../../src/lowlevel/h5p.ts";
import * as h5t from "../../src/lowlevel/h5t.ts";
import { expectError } from "./expect-error.ts";

describe("properties by name", () => {
  test("are the C library's", () => {
    const p = h5p.create(h5p.LINK_ACCESS);
    expect([...p].map(([name]) => name)).toEqual([
      "external link callback",
      "max soft links",
      "external link prefix",
      "external link flags",
      "external link fapl",
    ]);
    expect([p.getNprops(), p.exist("max soft links"), p.exist("nope"), p.getSize("external link flags")]).toEqual([
      5,
      true,
      false,
      4,
    ]);
    expect(h5p.create(h5p.FILE_ACCESS).getNprops()).toBe(38);
    expect(h5p.create(h5p.FILE_CREATE).getNprops()).toBe(21);
    expect(h5p.create(h5p.DATASET_CREATE).getNprops()).toBe(9);
    expect(h5p.create(h5p.DATASET_XFER).getNprops()).toBe(23);
    expect(h5p.create(h5p.DATASET_ACCESS).getNprops()).toBe(13);
  });

  test("are read, set, and visited until the visitor has what it wants", () => {
    const p = h5p.create(h5p.FILE_CREATE);
    p.set("block_size", 1024);
    expect([p.getUserblock(), p.get("block_size"), p.get("btree_rank")]).toEqual([
      1024,
      1024,
      { groupInternalK: 16, chunkK: 32 },
    ]);
    p.set("btree_rank", { groupInternalK: 5, chunkK: 6 });
    expect([p.getSymK()[0], p.getIstoreK()]).toEqual([5, 6]);
    const seen: string[] = [];
    expect(
      p.iterate((name, value) => {
        seen.push(name);
        return name === "block_size" ? value : undefined;
      }),
    ).toBe(1024);
    expect(seen.length).toBeLessThan(21);
    expect(p.iterate((name) => name, 20)).toBe(p.propertyNames()[20]);
    expect(p.get("super_version")).toBe(undefined);
  });

  test("are copied from list to list", () => {
    const [a, b] = [h5p.create(h5p.FILE_ACCESS), h5p.create(h5p.FILE_ACCESS)];
    a.setAlignment(5, 512);
    b.copyProp(a, "align");
    expect(b.getAlignment()).toEqual([1, 512]);
    a.insert("note", "mine", 4);
    b.copyProp(a, "note");
    expect([b.get("note"), b.getSize("note"), b.getNprops()]).toEqual(["mine", 4, 39]);
    expect(a.equal(b)).toBe(false);
    b.copyProp(a, "threshold");
    expect(a.equal(b)).toBe(true);
    b.set("note", "yours");
    expect([a.equal(b), b.copy().get("note")]).toEqual([false, "yours"]);
    b.remove("note");
    expect(b.exist("note")).toBe(false);
  });

  test("that are missing, or there already, are refused in the C library's words", () => {
    const p = h5p.create(h5p.FILE_ACCESS);
    const gone = "can't find property in skip list";
    const cases: [() => unknown, string, string][] = [
      [() => p.get("nope"), "RuntimeError", `Unable to query property value (${gone})`],
      [() => p.set("nope", 1), "RuntimeError", `Unable to set value in plist (${gone})`],
      [() => p.getSize("nope"), "RuntimeError", `Unable to query size in plist (${gone})`],
      [() => p.remove("nope"), "KeyError", `Unable to remove property (${gone})`],
      [() => p.insert("align", 1), "RuntimeError", "Unable to register property in plist (property already exists)"],
      [
        () => p.copyProp(p, "nope"),
        "RuntimeError",
        "Can't copy property between lists (property object doesn't exist)",
      ],
      [
        () => p.remove("align"),
        "ValueError",
        "Properties of the library cannot be removed (properties of the library cannot be removed)",
      ],
    ];
    for (const [operation, name, message] of cases) expectError(operation, name, message);
  });
});

describe("classes of a program's own", () => {
  test("make lists with what is registered, and with what the library's class has", () => {
    const mine = h5p.createClass(h5p.FILE_ACCESS, "mine");
    mine.register("colour", "red", 3);
    const list = h5p.create(mine);
    expect(list).toBeInstanceOf(h5p.PropFAID);
    expect([list.get("colour"), list.getSize("colour"), list.exist("align")]).toEqual(["red", 3, true]);
    expect([
      list.getClass(),
      list.isaClass(mine),
      list.isaClass(h5p.FILE_ACCESS),
      list.isaClass(h5p.LINK_ACCESS),
    ]).toEqual([mine, true, true, false]);
    expect([
      mine.equal(mine),
      mine.equal(h5p.ROOT),
      h5p.create(h5p.FILE_ACCESS).equal(h5p.create(h5p.FILE_ACCESS)),
    ]).toEqual([true, false, true]);
    expect([mine.derivesFrom(h5p.ROOT), h5p.ROOT.derivesFrom(mine)]).toEqual([true, false]);
    const plain: h5p.PropID = list;
    expect(plain.equal(list)).toBe(true);
    expect([mine.getClassName(), mine.getClassParent(), h5p.ROOT.getClassParent()]).toEqual([
      "mine",
      h5p.FILE_ACCESS,
      null,
    ]);
    mine.register("later", 1);
    expect([list.exist("later"), h5p.create(mine).exist("later"), mine.getNprops()]).toEqual([false, true, 2]);
    mine.unregister("colour");
    expect([mine.exist("colour"), mine.exist("align"), list.exist("colour")]).toEqual([false, true, true]);
    expect(h5p.create(h5p.FILE_ACCESS).equal(h5p.create(mine))).toBe(false);
  });

  test("may have no properties but their own", () => {
    const base = h5p.createClass(h5p.ROOT, "base");
    base.register("a", 1);
    const derived = h5p.createClass(base, "derived");
    derived.register("b", 2);
    const list = h5p.create(derived);
    expect([...list]).toEqual([
      ["a", 1],
      ["b", 2],
    ]);
    expect(list.copy().equal(list)).toBe(true);
    expectError(
      () => base.register("a", 1),
      "RuntimeError",
      "Unable to register property in class (property already exists)",
    );
    expectError(
      () => base.unregister("zz"),
      "RuntimeError",
      "Unable to remove property from class (can't find property in skip list)",
    );
    expectError(
      () => h5p.FILE_ACCESS.register("a", 1),
      "RuntimeError",
      "Unable to register property in class (class of the library)",
    );
    h5p.closeClass(derived);
    expect(list.get("b")).toBe(2);
    expectError(() => h5p.create(derived), "ValueError", "Can't find object for id (not a property list)");
    h5p.close(list);
    expectError(() => list.get("b"), "ValueError", "Can't find object for id (not a property list)");
    expectError(() => h5p.create(h5p.ROOT), "ValueError", `No class found for ID ${h5p.ROOT.id}`);
  });
});

describe("lists as bytes", () => {
  test("come back equal", () => {
    const p = h5p.create(h5p.DATASET_CREATE);
    p.setChunk([4, 5]);
    p.setDeflate(3);
    p.setFillValue(Float32Array.of(1.5), h5t.IEEE_F32BE);
    p.setExternal("x", 3, 500);
    const back = h5p.decode(p.encode()) as h5p.PropDCID;
    expect(back).toBeInstanceOf(h5p.PropDCID);
    expect(back.equal(p)).toBe(true);
    expect(back.getChunk()).toEqual([4, 5]);
    expect(back.encode().length).toBe(p.encode().length);
  });

  test("that mean nothing are refused", () => {
    const good = h5p.create(h5p.FILE_ACCESS).encode();
    const outer = "Unable to decode property list";
    const cases: [Uint8Array, string][] = [
      [Uint8Array.of(), `${outer} (bad version # of encoded information, expected 0, got nothing)`],
      [Uint8Array.of(120, 120), `${outer} (bad version # of encoded information, expected 0, got 120)`],
      [Uint8Array.of(0, 99), `${outer} (bad type of encoded information: 99)`],
      [Uint8Array.of(0, 4, 122, 0, 0), `${outer} (property doesn't exist: 'z')`],
    ];
    for (const [bytes, message] of cases) expectError(() => h5p.decode(bytes), "RuntimeError", message);
    for (let end = 0; end < good.length; end++) expect(() => h5p.decode(good.subarray(0, end))).toThrow(outer);
  });

  test("hold no fill values of variable length", () => {
    const p = h5p.create(h5p.DATASET_CREATE);
    const text = h5t.C_S1.copy();
    text.setSize(h5t.VARIABLE);
    p.setFillValue(new Uint8Array(16), text);
    expectError(
      () => p.encode(),
      "RuntimeError",
      "Unable to encode property list (encoding a fill value of variable length)",
    );
  });
});
