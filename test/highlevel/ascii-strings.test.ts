/** Text beyond ASCII in datatypes that say they are ASCII: numpy and h5py refuse it, and nothing is made or changed. */
import { expect, test } from "vitest";
import {
  arrayDtype,
  compoundDtype,
  type DatasetOptions,
  type DtypeLike,
  fromColumns,
  stringDtype,
  vlenDtype,
} from "../../src/index.ts";
import { expectFailure, newFile } from "./helpers.ts";

const WORDS = "'ascii' codec can't encode character '\\xe9' in position 0: ordinal not in range(128)";
const FIXED = stringDtype({ encoding: "ascii", length: 5 });
const VARIABLE = stringDtype({ encoding: "ascii" });
const bytes = new TextEncoder().encode("é");

const CONTENTS: Readonly<Record<string, DatasetOptions>> = {
  "numpy's S": { data: "é", dtype: "S5" },
  "fixed length": { data: ["a", "é"], dtype: FIXED },
  "any length": { data: ["a", "é"], dtype: VARIABLE },
  "a fill value of fixed length": { shape: [2], dtype: FIXED, fillvalue: "é" },
  "a fill value of any length": { shape: [2], dtype: VARIABLE, fillvalue: "é" },
  "a member": { data: [{ n: 1, s: "é" }], dtype: compoundDtype({ n: "<i4", s: "S5" }) },
  "a column": { data: fromColumns({ n: [1], s: ["é"] }), dtype: compoundDtype({ n: "<i4", s: VARIABLE }) },
  "an array": { data: [["é", "b"]], dtype: arrayDtype("S5", [2]) },
  "a sequence": { data: [["a"], ["é"]], dtype: vlenDtype(VARIABLE) },
};

test.each(Object.entries(CONTENTS))("is refused before a dataset is made: %s", (_, options) => {
  const f = newFile();
  expectFailure(() => f.createDataset("a", options), "UnicodeEncodeError", WORDS);
  expect(f.keys()).toEqual([]);
});

test.each<[string, DtypeLike]>([
  ["fixed length", FIXED],
  ["any length", VARIABLE],
])("is refused before elements or attributes change: %s", (_, dtype) => {
  const f = newFile();
  const d = f.createDataset("d", { data: ["x", "y"], dtype });
  expectFailure(() => d.write([0], "é"), "UnicodeEncodeError", WORDS);
  expectFailure(() => d.write(null, ["z", "é"]), "UnicodeEncodeError", WORDS);
  expect(d.read().data).toEqual(["x", "y"]);
  expectFailure(() => f.attrs.create("a", "é", { dtype }), "UnicodeEncodeError", WORDS);
  expect(f.attrs.keys()).toEqual([]);
  f.attrs.create("a", "x", { dtype });
  expectFailure(() => f.attrs.modify("a", "é"), "UnicodeEncodeError", WORDS);
  expect(f.attrs.get("a")).toBe("x");
});

test("goes there as bytes, which come back", () => {
  const f = newFile();
  const d = f.createDataset("d", { data: [bytes, Uint8Array.of(0xe9)], dtype: VARIABLE, fillvalue: bytes });
  expect(d.read().data).toEqual(["é", "\udce9"]);
  expectFailure(() => d.write(null, d.read()), "UnicodeEncodeError", WORDS);
  d.write(null, d.read(null, { strings: "bytes" }));
  d.write([1], d.read([1]));
  expect(d.read().data).toEqual(["é", "\udce9"]);
  const like = f.createDatasetLike("like", d);
  expect(like.read().data).toEqual(["é", "é"]);
});
