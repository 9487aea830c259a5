/** What h5py's page about attributes shows. */
import { expect, test } from "vitest";
import { Empty, File } from "../../src/index.ts";
import { expectFailure } from "../highlevel/helpers.ts";

test("attributes are a mapping beside an object", () => {
  using f = File.inMemory();
  const { attrs } = f.createGroup("g");
  attrs.set("count", 3);
  attrs.set("name", "größe");
  attrs.set("list", Int16Array.of(1, 2));
  expect([attrs.length, attrs.keys(), [...attrs]]).toEqual([3, ["count", "list", "name"], ["count", "list", "name"]]);
  expect([...attrs.items()].map(([name]) => name)).toEqual(["count", "list", "name"]);
  expect([...attrs.values()][2]).toBe("größe");
  expect([attrs.get("count"), attrs.get("nope", { default: 0 }), attrs.has("name")]).toEqual([3, 0, true]);
  attrs.delete("name");
  expectFailure(() => attrs.get("name"), "KeyError", "Can't open attribute (can't locate attribute: 'name')");
  expect(attrs.pop("count")).toBe(3);
  expect(attrs.pop("count", { default: null })).toBe(null);
  attrs.update({ a: 1, b: [true] });
  expect(attrs.keys()).toEqual(["a", "b", "list"]);
});

test("type and shape are chosen when an attribute is created, and stay when it is modified", () => {
  using f = File.inMemory();
  f.attrs.create("a", [1, 2, 3, 4], { dtype: "<i2", shape: [2, 2] });
  expect(f.attrs.get("a")).toEqual({ data: Int16Array.of(1, 2, 3, 4), shape: [2, 2], stride: [2, 1] });
  f.attrs.modify("a", { data: [5, 6, 7, 8], shape: [2, 2] });
  expect(f.attrs.getId("a").dtype).toBe("<i2");
  const conflict = "Shape of new attribute conflicts with shape of data";
  expectFailure(() => f.attrs.create("c", [1, 2], { shape: [3] }), "ValueError", conflict);
  const shape = "Shape of data is incompatible with existing attribute";
  expectFailure(() => f.attrs.modify("a", [1, 2, 3]), "TypeError", shape);
  f.attrs.set("none", new Empty("S10"));
  expect(String(f.attrs.get("none"))).toBe("Empty(dtype=dtype('|S10'))");
});

test("large ones need an object that keeps their order", () => {
  using f = File.inMemory();
  const large = new Uint32Array(1_000_000);
  const message = "Unable to create attribute (object header message is too large)";
  expectFailure(() => f.attrs.set("large", large), "RuntimeError", message);
  const grp = f.createGroup("g", { trackOrder: true });
  grp.attrs.set("z", 1);
  grp.attrs.set("a", 2);
  expect(grp.attrs.keys()).toEqual(["z", "a"]);
});
