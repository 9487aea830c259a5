/** Options that mean nothing: h5py refuses them, and so does the compiler where it sees them. */
import { expect, test } from "vitest";
import {
  compoundDtype,
  type DatasetOptions,
  type DatasetReadOptions,
  Empty,
  enumDtype,
  File,
  type FileOptions,
  follow,
  openAsync,
  registerDriver,
  stringDtype,
  unregisterDriver,
  urlResolver,
  VirtualLayout,
  type VirtualLayoutOptions,
  VirtualSource,
  type VirtualSourceOptions,
} from "../../src/index.ts";
import { openAsync as openAsyncForReading, File as ReadingFile } from "../../src/read/index.ts";
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
  const name = "'bogus' is an invalid keyword argument for this function";
  expectFailure(() => new File(new Uint8Array(0), "w", bogus), "TypeError", name);
  expectFailure(() => new File(f.toBytes(), "r", { driver: "core", ...bogus }), "TypeError", name);
  expectFailure(() => f.createGroup("a/b", bogus), "TypeError", unexpected("createGroup", "bogus"));
  f.set("x", 1);
  expectFailure(() => f.copy("x", "y", bogus), "TypeError", unexpected("copy", "bogus"));
  expectFailure(() => f.attrs.create("x", 1, bogus), "TypeError", unexpected("create", "bogus"));
  expect([f.keys(), f.attrs.keys()]).toEqual([["x"], []]);
});

const bogus = { bogus: 1 } as object;

/** A file with something of each kind. */
function sample(): File {
  const f = newFile();
  f.createDataset("numbers", { data: [1, 2, 3], chunks: true });
  f.createDataset("texts", { data: ["a"] });
  f.createDataset("records", { data: [{ x: 1 }], dtype: compoundDtype({ x: "<i4" }) });
  f.attrs.set("a", 1);
  return f;
}

const LAYOUT: VirtualLayoutOptions = { shape: [2], dtype: "<f8" };
const SOURCE: VirtualSourceOptions = { name: "x", shape: [2] };

const OF_READING: Record<string, (f: File, options: DatasetReadOptions) => unknown> = {
  read: (f, options) => f.get("numbers").read("0:1", options),
  "astype().read": (f, options) => f.get("numbers").astype("<i4").read(null, options),
  "asstr().read": (f, options) => f.get("texts").asstr().read(null, options),
  "fields().read": (f, options) => f.get("records").fields("x").read(null, options),
  readFields: (f, options) => f.get("records").readFields(["x"], null, options),
};

const OF_OTHERS: Record<string, (f: File, options: object) => unknown> = {
  get: (f, options) => f.get("numbers", options),
  getDataset: (f, options) => f.getDataset("numbers", options),
  "attrs.get": (f, options) => f.attrs.get("a", options),
  "attrs.pop": (f, options) => f.attrs.pop("a", options),
  readDirect: (f, options) => f.get("numbers").readDirect(new Float64Array(3), options),
  writeDirect: (f, options) => f.get("numbers").writeDirect(new Float64Array(3), options),
  "dataset.follow": (f, options) => f.get("numbers").follow(options),
  createVirtualDataset: (f, options) => f.createVirtualDataset("v", new VirtualLayout(LAYOUT), options),
  buildVirtualDataset: (f, options) => f.buildVirtualDataset("v", { ...LAYOUT, ...options }, () => undefined),
  VirtualLayout: (_, options) => new VirtualLayout({ ...LAYOUT, ...options }),
  VirtualSource: (_, options) => new VirtualSource("x.h5", { ...SOURCE, ...options }),
  stringDtype: (_, options) => stringDtype(options),
  enumDtype: (_, options) => enumDtype({ a: 1 }, options),
  urlResolver: (_, options) => urlResolver("https://example.org/", options),
};

test.each(Object.entries({ ...OF_READING, ...OF_OTHERS }))(
  "of %s are refused, and nothing has changed",
  (name, call) => {
    const f = sample();
    const before = f.toBytes();
    const func = name.replace(/^.*\./, "");
    expectFailure(() => call(f, bogus), "TypeError", unexpected(func, "bogus"));
    expect(f.toBytes()).toEqual(before);
  },
);

test.each(Object.entries({ ...OF_READING, ...OF_OTHERS }))(
  "of %s: those without a value are as good as none",
  (_name, call) => {
    call(sample(), { bogus: undefined } as object);
  },
);

const NO_MAPPINGS: readonly (readonly [options: unknown, kind: string])[] = [
  ["numbers", "string"],
  [5, "number"],
  [null, "null"],
  [true, "boolean"],
];

test.each(NO_MAPPINGS)("are an object, not %j: h5py's defaults stand in second place", (options, kind) => {
  const f = sample();
  const given = options as object;
  const words = (func: string) => `${func}() argument after ** must be a mapping, not ${kind}`;
  for (const func of ["read", "get", "getDataset", "attrs.get", "readDirect", "stringDtype"]) {
    const call = OF_READING[func] ?? OF_OTHERS[func];
    expectFailure(() => call?.(f, given), "TypeError", words(func.replace(/^.*\./, "")));
  }
  expectFailure(() => f.createGroup("g", given), "TypeError", words("createGroup"));
  expectFailure(() => new File(new Uint8Array(0), "w", given), "TypeError", words("File"));
  expectFailure(() => new File(f.toBytes(), "r", given), "TypeError", words("File"));
});

test("spelt another way are told how they are spelt", () => {
  const f = sample();
  const link = { getLink: true } as object;
  expectFailure(() => f.get("numbers", link), "TypeError", unexpected("get", "getLink", ". Did you mean 'getlink'?"));
});

test("of what arrives later are refused by the promise", async () => {
  const blob = sample().toBlob();
  const rejection = (func: string) =>
    expect.objectContaining({ name: "TypeError", message: unexpected(func, "bogus"), code: "argument" });
  await expect(openAsync(blob, bogus)).rejects.toEqual(rejection("openAsync"));
  await expect(openAsyncForReading(blob, bogus)).rejects.toEqual(rejection("openAsync"));
  const f = await openAsync(blob, { pageSize: 4096, rdccNslots: 11, signal: new AbortController().signal });
  await expect(f.get("numbers", bogus)).rejects.toEqual(rejection("get"));
  await expect(f.attrs.then((attrs) => attrs.get("a", bogus))).rejects.toEqual(rejection("get"));
  const numbers = await f.get("numbers");
  await expect(numbers.read(null, bogus)).rejects.toEqual(rejection("read"));
  await expect((await numbers.astype("<i4")).read(null, bogus)).rejects.toEqual(rejection("read"));
  await expect(follow([numbers], bogus).next()).rejects.toEqual(rejection("follow"));
  await f.close();
});

test("of `h5ts/read` are those of reading", async () => {
  const bytes = sample().toBytes();
  const words = "'driver' is an invalid keyword argument for this function";
  const options = { driver: "core" } as FileOptions;
  expectFailure(() => new ReadingFile(bytes, "r", options), "TypeError", words);
  expect(new ReadingFile(bytes, "r", { rdccNslots: 11 }).keys()).toEqual(["numbers", "records", "texts"]);
  const late = await openAsyncForReading(sample().toBlob(), { pageSize: 4096, rdccNslots: 11 });
  expect(await late.keys()).toEqual(["numbers", "records", "texts"]);
  await late.close();
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
