/** Options that mean nothing: h5py refuses them, and so does the compiler where it sees them. */
import { expect, test } from "vitest";
import { type DatasetOptions, Empty, File, openAsync, registerDriver, unregisterDriver } from "../../src/index.ts";
import { expectFailure, newFile } from "./helpers.ts";

const unexpected = (func: string, name: string, hint = "") =>
  `${func}() got an unexpected keyword argument '${name}'${hint}`;

test("of datasets are refused before anything is made", () => {
  const f = newFile();
  const typo = { shape: [10], compression: "gzip", compression_opts: 9 };
  expectFailure(
    // @ts-expect-error The compiler says so, too.
    () => f.createDataset("a/b", typo),
    "TypeError",
    unexpected("createDataset", "compression_opts", ". Did you mean 'compressionOpts'?"),
  );
  expect(f.keys()).toEqual([]);
  const fill = { shape: [3], fillValue: 1 };
  // @ts-expect-error
  const make = () => f.requireDataset("a", { ...fill, dtype: "<f4" });
  expectFailure(make, "TypeError", unexpected("requireDataset", "fillValue", ". Did you mean 'fillvalue'?"));
  const made = f.createDataset("made", { shape: [3] });
  expectFailure(make, "TypeError", unexpected("requireDataset", "fillValue", ". Did you mean 'fillvalue'?"));
  const like = { bogus: 1 } as DatasetOptions;
  expectFailure(() => f.createDatasetLike("a", made, like), "TypeError", unexpected("createDatasetLike", "bogus"));
  expect(f.keys()).toEqual(["made"]);
});

test("of files, groups, copies and attributes, too", () => {
  const f = newFile();
  const bogus = { bogus: 1 } as object;
  const name = "'bogus' is an invalid keyword argument for this function";
  expectFailure(() => new File(new Uint8Array(0), "w", bogus), "TypeError", name);
  expectFailure(() => new File(f.toBytes(), "r", { driver: "core", ...bogus }), "TypeError", name);
  expectFailure(() => f.createGroup("a/b", bogus), "TypeError", unexpected("createGroup", "bogus"));
  f.set("x", 1);
  expectFailure(() => f.copy("x", "y", bogus), "TypeError", unexpected("copy", "bogus"));
  expectFailure(() => f.attrs.create("x", 1, bogus), "TypeError", unexpected("create", "bogus"));
  expect([f.keys(), f.attrs.keys()]).toEqual([["x"], []]);
});

test("without a value are as good as none, and names of all properties mean nothing, either", () => {
  const f = newFile();
  const options = { shape: [3], bogus: undefined } as DatasetOptions;
  expect(f.createDataset("a", options).shape).toEqual([3]);
  const odd = { shape: [3], toString: 1 } as unknown as DatasetOptions;
  expectFailure(() => f.createDataset("b", odd), "TypeError", unexpected("createDataset", "toString"));
});

test("are those of a driver of the program's own", () => {
  registerDriver("counted", (fapl, options) => fapl.setFaplCore((options as { grain?: number }).grain, false));
  const f = new File("counted.h5", "w", { driver: "counted", ...({ grain: 4096 } as object) });
  expect(f.id.getAccessPlist().getFaplCore()).toEqual([4096, false]);
  f.close();
  unregisterDriver("counted");
});

test("of fetching do not count when a file is opened that arrives later", async () => {
  const f = newFile();
  f.set("x", 1);
  const late = await openAsync(f.toBlob(), { pageSize: 4096, rdccNbytes: 1000 });
  expect(await (await late.get("x")).read()).toBe(1);
  await late.close();
});

test("a shape of what has no elements is refused", () => {
  const f = newFile();
  const words = "Shape tuple is incompatible with data";
  expectFailure(() => f.createDataset("a", { shape: [2], data: null }), "ValueError", words);
  expectFailure(() => f.createDataset("a", { shape: [], data: new Empty("<f4") }), "ValueError", words);
  const conflict = "Shape of new attribute conflicts with shape of data";
  expectFailure(() => f.attrs.create("a", null, { shape: [2] }), "ValueError", conflict);
  expect([f.keys(), f.attrs.keys()]).toEqual([[], []]);
});
