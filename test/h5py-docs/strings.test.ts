/** What h5py's page about strings shows. */
import { expect, test } from "vitest";
import { checkStringDtype, type Dataset, File, type NDArray, stringDtype } from "../../src/index.ts";
import { expectFailure } from "../highlevel/helpers.ts";

test("strings are read as text, or as bytes", () => {
  using f = File.inMemory();
  f.set("s", ["Hello", "größe"]);
  const dset = f.get("s");
  expect(dset.read().data).toEqual(["Hello", "größe"]);
  expect(dset.asstr().read().data).toEqual(["Hello", "größe"]);
  expect(dset.read<Uint8Array>(0, { strings: "bytes" })).toEqual(new TextEncoder().encode("Hello"));
});

test("and stored with a length or without", () => {
  using f = File.inMemory();
  const strings = ["varying", "sizes", "of", "strings"];
  f.set("vlen_strings1", strings);
  const vlen = f.createDataset("vlen_strings2", { shape: 4, dtype: stringDtype() });
  vlen.write("...", strings);
  f.createDataset("fixed_strings1", { data: strings, dtype: "S6" });
  const fixed = f.createDataset("fixed_strings2", { shape: 4, dtype: stringDtype({ length: 6 }) });
  fixed.write("...", strings);
  const cut = ["varyin", "sizes", "of", "string"];
  const read = (name: string) => (f.get(name) as Dataset).read<NDArray<string[]>>().data;
  expect(["vlen_strings1", "vlen_strings2", "fixed_strings1", "fixed_strings2"].map(read)).toEqual([
    strings,
    strings,
    cut,
    cut,
  ]);
  expect(checkStringDtype(fixed.datatype)).toEqual({ encoding: "utf-8", length: 6 });
});

test("bytes that are no text are opaque", () => {
  using f = File.inMemory();
  const blob = new TextEncoder().encode("Hello\0Hello\0");
  f.attrs.create("attribute_name", blob, { dtype: `V${blob.length}` });
  expect(f.attrs.get("attribute_name")).toEqual(blob);
});

test("text in an encoding that a file does not tell", () => {
  using f = File.inMemory();
  const text = "2.0±0.1";
  const latin = Uint8Array.from(text, (character) => character.charCodeAt(0));
  f.attrs.set("string_good", text);
  f.attrs.create("string_bad", latin, { dtype: stringDtype() });
  expect(f.attrs.get("string_good")).toBe(text);
  expect(f.attrs.get("string_bad")).toBe("2.0\udcb10.1");
  expect(f.attrs.get("string_bad", { strings: "bytes" })).toEqual(latin);

  f.createDataset("fixed_good", { data: text, dtype: stringDtype({ length: 30 }) });
  f.createDataset("fixed_bad", { data: latin, dtype: stringDtype({ encoding: "ascii", length: 30 }) });
  expect(f.get("fixed_good").asstr().read<string>()).toBe(text);
  const message = "'utf-8' codec can't decode byte 0xb1 in position 3: invalid start byte";
  expectFailure(() => f.get("fixed_bad").asstr("utf-8").read(), "UnicodeDecodeError", message);
  expect(f.get("fixed_bad").asstr("latin-1").read<string>()).toBe(text);
});
