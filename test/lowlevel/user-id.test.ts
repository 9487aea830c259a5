import { expect, test } from "vitest";
import * as h5i from "../../src/lowlevel/h5i.ts";
import { expectError } from "./expect-error.ts";
import { sampleFile } from "./sample-file.ts";

test("objects of a program get identifiers, and are freed with them", () => {
  const freed: string[] = [];
  const type = h5i.registerType<string>((object) => freed.push(object));
  const [a, b] = [h5i.register(type, "a"), h5i.register(type, "b")];
  expect([h5i.nmembers(type), h5i.typeExists(type), h5i.getType(a)]).toEqual([2, true, type]);
  expect(h5i.wrapIdentifier(a.id)).toBe(a);
  expect([h5i.objectVerify(a, type), h5i.objectVerify(sampleFile(), type)]).toEqual(["a", undefined]);
  expect(h5i.search(type, (object) => object === "b")).toBe("b");
  expect(h5i.search(type, () => false)).toBeUndefined();
  expect(h5i.iterate(type, (id) => (id === b ? "found" : null))).toBe("found");
  // Only those with one reference go, unless all have to.
  h5i.incRef(a);
  h5i.clearType(type);
  expect([h5i.nmembers(type), freed, b.valid]).toEqual([1, ["b"], false]);
  h5i.clearType(type, true);
  expect([h5i.nmembers(type), freed]).toEqual([0, ["b", "a"]]);
  const c = h5i.register(type, "c");
  h5i.decRef(c);
  expect(freed).toEqual(["b", "a", "c"]);
  const d = h5i.register(type, "d");
  expect([h5i.removeVerify(d, type), h5i.removeVerify(d, type), d.valid]).toEqual(["d", undefined, false]);
  expect(freed).toEqual(["b", "a", "c"]);
  expectError(() => d.requireValid(), "ValueError", /not an identifier of a registered type/);
  h5i.register(type, "e");
  h5i.destroyType(type);
  expect([freed.at(-1), h5i.typeExists(type)]).toEqual(["e", false]);
});

test("types end with their last reference", () => {
  const type = h5i.registerType();
  expect([h5i.incTypeRef(type), h5i.getTypeRef(type), h5i.decTypeRef(type)]).toEqual([2, 2, 1]);
  const id = h5i.register(type, {});
  expect([h5i.decTypeRef(type), h5i.typeExists(type), id.valid]).toEqual([0, false, false]);
});

test("types that are none, and those of the library, are refused in the C library's words", () => {
  const type = h5i.registerType();
  h5i.destroyType(type);
  expectError(() => h5i.nmembers(type), "ValueError", /supplied type does not exist/);
  expectError(() => h5i.destroyType(type), "ValueError", "Invalid type (invalid type)");
  expectError(() => h5i.register(type, 1), "ValueError", "Invalid type (invalid type)");
  for (const number of [-1, 40_000]) expectError(() => h5i.typeExists(number), "ValueError", /invalid type number/);
  const library = "Cannot call public function on library type (cannot call public function on library type)";
  expectError(() => h5i.typeExists(h5i.DATASET), "ValueError", library);
  expectError(() => h5i.register(h5i.DATASET, 1), "ValueError", library);
});
