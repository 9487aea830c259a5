/** Attributes that are made with their values in one go: what is known of them then is what the file says of them. */
import { describe, expect, test, vi } from "vitest";
import { HDF5Error } from "../../src/base/errors.ts";
import { type File, h5a } from "../../src/index.ts";
import { expectFailure, newFile, reopened } from "./helpers.ts";

const VALUES: Record<string, unknown> = {
  number: 1.5,
  bigint: -7n,
  boolean: true,
  text: "größe",
  empty: "",
  list: [1, 2, 3],
  texts: ["a", "bb"],
  typed: Int16Array.of(1, 2),
  unsigned: BigUint64Array.of(1n, 2n ** 63n),
  shaped: { data: Uint8Array.of(1, 2, 3, 4), shape: [2, 2] },
  record: { x: 1, y: "z" },
  flags: [true, false],
  none: new Float32Array(0),
  größe: 1n,
};

/** All that the engine says of the attributes of the root. */
function known(file: File): unknown {
  return file.id
    .location()
    .object.attributes()
    .map((attribute) => ({ ...attribute, bytes: [...attribute.bytes] }));
}

describe.each(["earliest", "v108", "v110", "latest"] as const)("attributes of files from %s on", (bound) => {
  test.each([0, 30])("with %i others are known as they are stored", (others) => {
    const file = newFile({ libver: bound });
    for (let i = 0; i < others; i++) file.attrs.set(`other ${i}`, i);
    for (const [name, value] of Object.entries(VALUES)) file.attrs.set(name, value);
    const made = known(file);
    expect(known(reopened(file))).toEqual(made);
  });

  test.each([0, 30])("get other values beside %i others", (others) => {
    const file = newFile({ libver: bound });
    for (let i = 0; i < others; i++) file.attrs.set(`other ${i}`, i);
    file.attrs.set("a", [1, 2, 3]);
    file.attrs.set("b", "text");
    file.attrs.modify("a", [4, 5, 6]);
    file.attrs.modify("b", "other text");
    const made = known(file);
    const again = reopened(file);
    expect(known(again)).toEqual(made);
    expect(again.attrs.get("b")).toBe("other text");
    expect(again.attrs.get("a")).toMatchObject({ data: Float64Array.of(4, 5, 6) });
  });
});

test("nothing is left of one whose value finds no room", () => {
  const file = newFile();
  file.attrs.set("a", "text");
  const { object } = file.id.location();
  vi.spyOn(object, "fillAttribute").mockImplementation(() => {
    throw new HDF5Error("state", "file allocation failed");
  });
  const words = "Unable to write attribute (file allocation failed)";
  expectFailure(() => file.attrs.set("b", "text"), "OSError", words);
  expectFailure(() => file.attrs.set("a", "another text"), "OSError", words);
  expect([...reopened(file).attrs.items()]).toEqual([["a", "text"]]);
});

test("names end where they end", () => {
  const { attrs, id } = newFile();
  attrs.set("a", 1);
  expectFailure(() => attrs.set("b\0c", 1), "RuntimeError", "Unable to create attribute (embedded null byte)");
  expectFailure(() => h5a.rename(id, "a", "b\0c"), "RuntimeError", "Can't rename attribute (embedded null byte)");
  expect(attrs.keys()).toEqual(["a"]);
});
