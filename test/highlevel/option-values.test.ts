/** Values of options that are none of their choices: refused before anything is read or made, not passed over. */
import { expect, test } from "vitest";
import {
  compoundDtype,
  type DatasetOptions,
  type DatasetReadOptions,
  File,
  type FileOptions,
} from "../../src/index.ts";
import { expectFailure, newFile } from "./helpers.ts";

const WRONG: readonly (readonly [name: string, value: unknown, choices: string])[] = [
  ["int64", "nubmer", "'bigint' or 'number'"],
  ["as", "nestd", "'array', 'nested' or 'dataview'"],
  ["as", true, "'array', 'nested' or 'dataview'"],
  ["float16", "f4", "'float16' or 'float32'"],
  ["strings", "byte", "'text' or 'bytes'"],
  ["strings", null, "'text' or 'bytes'"],
  ["numpyTimes", "Date", "'bytes', 'bigint' or 'date'"],
];

test.each(WRONG)("of reading: %s %j", (name, value, choices) => {
  const f = newFile();
  const options = { [name]: value } as DatasetReadOptions;
  const d = f.createDataset("d", { data: [1, 2] });
  const s = f.createDataset("s", { data: ["a"] });
  const c = f.createDataset("c", { data: [{ x: 1 }], dtype: compoundDtype({ x: "<i4" }) });
  f.attrs.set("a", 1);
  const words = `${name} must be one of the following choices: ${choices}, but it is ${value}.`;
  for (const read of [
    () => d.read(null, options),
    () => d.astype("<f4").read(null, options),
    () => s.asstr().read(null, options),
    () => c.fields("x").read(null, options),
    () => c.readFields(["x"], null, options),
    () => f.attrs.get("a", options),
    () => f.attrs.pop("a", options),
  ]) {
    expectFailure(read, "ValueError", words);
  }
  expect(f.attrs.keys()).toEqual(["a"]);
  expect(d.read<{ data: unknown }>(null, { [name]: undefined } as DatasetReadOptions).data).toEqual(
    Float64Array.of(1, 2),
  );
});

test("of text that is read in an encoding: what they ask for is had", () => {
  const f = newFile();
  const s = f.createDataset("s", { data: [["a", "b"]] });
  expect(s.asstr().read(null, { as: "nested" })).toEqual([["a", "b"]]);
  expect(s.asstr().read(null, { strings: "bytes" }).data).toEqual(["a", "b"]);
});

test.each(["shuffle", "fletcher32"])("of making datasets: %s is a flag", (name) => {
  const f = newFile();
  for (const value of ["yes", 1]) {
    const options = { shape: [4], [name]: value } as DatasetOptions;
    expectFailure(() => f.createDataset("a", options), "TypeError", `${name} must be either True or False`);
  }
  expect(f.keys()).toEqual([]);
});

test("of opening: a single bound in a list is refused in h5py's class", () => {
  const options = { libver: ["v108"] } as unknown as FileOptions;
  expect(() => new File(new Uint8Array(0), "w", options)).toThrow(expect.objectContaining({ name: "KeyError" }));
});
