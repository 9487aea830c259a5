import { describe, expect, test } from "vitest";
import { Empty, h5a, h5s, h5t, type NDArray } from "../../src/index.ts";
import { expectFailure, newFile, reopened } from "./helpers.ts";

describe("attributes", () => {
  test("hold what datasets hold", () => {
    const f = newFile();
    const values: Record<string, unknown> = {
      number: 1.5,
      bigint: -7n,
      boolean: true,
      text: "größe",
      list: [1, 2, 3],
      texts: ["a", "bb"],
      typed: Int16Array.of(1, 2),
      shaped: { data: Uint8Array.of(1, 2, 3, 4), shape: [2, 2] },
      record: { x: 1, y: "z" },
      flags: [true, false],
    };
    for (const [name, value] of Object.entries(values)) f.attrs.set(name, value);
    f.attrs.set("nothing", null);
    const { attrs } = reopened(f);
    const list = (data: unknown, shape: number[], stride: number[]) => ({ data, shape, stride });
    expect(Object.fromEntries([...attrs.items()].filter(([name]) => name !== "nothing"))).toEqual({
      ...values,
      list: list(Float64Array.of(1, 2, 3), [3], [1]),
      texts: list(["a", "bb"], [2], [1]),
      typed: list(values.typed, [2], [1]),
      shaped: list(Uint8Array.of(1, 2, 3, 4), [2, 2], [2, 1]),
      flags: list([true, false], [2], [1]),
    });
    expect(attrs.get("nothing")).toBeInstanceOf(Empty);
    expect(attrs.length).toBe(11);
  });

  test("belong to groups, datasets and named types", () => {
    const f = newFile();
    f.set("d", 1);
    f.createGroup("g");
    for (const object of [f, f.get("d"), f.getGroup("g")]) object.attrs.set("x", String(object.name));
    const again = reopened(f);
    expect(["/", "d", "g"].map((path) => again.get(path).attrs.get("x"))).toEqual(["/", "/d", "/g"]);
  });

  test("are listed, looked up and taken out", () => {
    const { attrs } = newFile();
    for (const name of ["b", "a", "c"]) attrs.set(name, name);
    expect(attrs.keys()).toEqual(["a", "b", "c"]);
    expect([...attrs]).toEqual(["a", "b", "c"]);
    expect([...attrs.values()]).toEqual(["a", "b", "c"]);
    expect([attrs.has("a"), attrs.has("x")]).toEqual([true, false]);
    attrs.delete("a");
    expect(attrs.keys()).toEqual(["b", "c"]);
    expect(attrs.getId("b").name).toBe("b");
  });

  test("are replaced with another datatype and shape", () => {
    const f = newFile();
    f.attrs.set("x", 1);
    f.attrs.set("x", ["now", "text"]);
    expect(f.attrs.get<NDArray>("x").data).toEqual(["now", "text"]);
    expect(reopened(f).attrs.keys()).toEqual(["x"]);
  });

  test("are made with a shape and datatype of the caller's", () => {
    const { attrs } = newFile();
    attrs.create("a", [1, 2, 3, 4], { shape: [2, 2], dtype: "u1" });
    expect(attrs.get("a")).toEqual({ data: Uint8Array.of(1, 2, 3, 4), shape: [2, 2], stride: [2, 1] });
    attrs.create("b", "text", { dtype: "S6" });
    expect(attrs.get("b")).toBe("text");
    attrs.create("c", 5, { shape: 1 });
    expect(attrs.get<NDArray>("c").shape).toEqual([1]);
    attrs.create("d", null, { dtype: "i4" });
    expect(String(attrs.get("d"))).toBe("Empty(dtype=dtype('<i4'))");
  });

  test("keep datatype and shape when modified", () => {
    const { attrs } = newFile();
    attrs.create("a", [1, 2], { dtype: "i2" });
    attrs.modify("a", [3, 4]);
    expect(attrs.get<NDArray>("a").data).toEqual(Int16Array.of(3, 4));
    attrs.modify("b", "new");
    expect(attrs.get("b")).toBe("new");
    attrs.create("one", [1], { dtype: "i2" });
    attrs.modify("one", 9);
    expect(attrs.get<NDArray>("one").data).toEqual(Int16Array.of(9));
    const words = "Shape of data is incompatible with existing attribute";
    expectFailure(() => attrs.modify("a", [1, 2, 3]), "TypeError", words);
    attrs.set("empty", null);
    expectFailure(() => attrs.modify("empty", 1), "OSError", "Empty attributes can't be modified");
  });

  test("give a default for what is missing", () => {
    const { attrs } = newFile();
    expect(attrs.get("x", { default: 3 })).toBe(3);
    attrs.set("x", 1);
    expect(attrs.get("x", { default: 3 })).toBe(1);
  });

  test("fail in h5py's words", () => {
    const f = newFile();
    const { attrs } = f;
    attrs.set("a", 1);
    const missing = "Can't open attribute (can't locate attribute: 'nope')";
    expectFailure(() => attrs.get("nope"), "KeyError", missing);
    expectFailure(() => attrs.getId("nope"), "KeyError", missing);
    expectFailure(() => attrs.delete("nope"), "KeyError", "Unable to delete attribute (can't locate attribute)");
    const unstorable = "Object dtype dtype('O') has no native HDF5 equivalent";
    expectFailure(() => attrs.set("a", Symbol("x")), "TypeError", unstorable);
    const conflict = "Shape of new attribute conflicts with shape of data";
    expectFailure(() => attrs.create("c", [1, 2], { shape: [3] }), "ValueError", conflict);
    expect(attrs.get("a")).toBe(1);
    const large = "Unable to create attribute (object header message is too large)";
    expectFailure(() => attrs.set("big", new Uint8Array(70000)), "RuntimeError", large);
    expect(attrs.keys()).toEqual(["a"]);
    const root = reopened(f);
    const readOnly = root.attrs;
    const refused = "No write intent on file (no write intent on file)";
    expectFailure(() => readOnly.set("b", 1), "OSError", refused);
    expectFailure(() => readOnly.set("a", "text"), "OSError", refused);
    expect(() => readOnly.set("b", 1)).toThrow(expect.objectContaining({ code: "read-only" }));
    const byHandle = () => h5a.create(root.id, "b", h5t.STD_I8LE, h5s.create(h5s.SCALAR));
    expect(byHandle).toThrow(expect.objectContaining({ name: "OSError", code: "read-only", message: refused }));
    const words = "Unable to delete attribute (no write intent on file)";
    expectFailure(() => readOnly.delete("a"), "KeyError", words);
  });

  test("of no name are refused whatever is done with them", () => {
    const { attrs } = newFile();
    const words = "No attribute name (no attribute name)";
    for (const call of [
      () => attrs.get(""),
      () => attrs.get("", { default: 1 }),
      () => attrs.has(""),
      () => attrs.pop(""),
      () => attrs.set("", 1),
    ]) {
      expectFailure(call, "ValueError", words);
    }
    expect(attrs.keys()).toEqual([]);
  });

  test("that could not replace another leave it as it was", () => {
    const { attrs } = newFile();
    attrs.set("a", 1);
    expect(() => attrs.set("a", new Uint8Array(70000))).toThrow(/too large/);
    expect([...attrs.items()]).toEqual([["a", 1]]);
  });
});
