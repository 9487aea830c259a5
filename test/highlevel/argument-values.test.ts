/** Values of arguments that are of no kind that makes sense: refused in h5py's or Python's words, before anything changes. */
import { expect, test } from "vitest";
import {
  arrayDtype,
  compoundDtype,
  type Dataset,
  type DatasetOptions,
  ExternalLink,
  enumDtype,
  File,
  type FileOptions,
  filesResolver,
  follow,
  fromColumns,
  guessShape,
  MultiBlockSlice,
  mask,
  opaqueDtype,
  openAsync,
  points,
  registerDriver,
  SoftLink,
  select,
  slice,
  specialDtype,
  VirtualLayout,
  VirtualSource,
} from "../../src/index.ts";
import { expectFailure, newFile } from "./helpers.ts";

/** A file with something of each kind, and nothing that waits to be written. */
function sample(): File {
  const f = newFile();
  f.createDataset("numbers", { data: [1, 2, 3, 4, 5, 6], chunks: [3], maxshape: [null] });
  f.createDataset("square", { data: [1, 2, 3, 4], shape: [2, 2] });
  f.createDataset("texts", { data: ["a"] });
  f.createDataset("records", { data: [{ x: 1 }], dtype: compoundDtype({ x: "<i4" }) });
  f.createGroup("group");
  f.attrs.set("a", 1);
  f.flush();
  return f;
}

/** What the caller gives, whatever the compiler says. */
const given = <T>(value: unknown): T => value as T;

/** A `Dataset` in name alone. */
const noDataset = given<Dataset>(5);

const NOT_ITERABLE = "'number' object is not iterable";
const BLOCKS = "Start, stride, count and block must be integers";
const NO_PATH = "expected str, bytes or os.PathLike object, not number";
const noClass = (name: string, expected: string) =>
  `Argument '${name}' has incorrect type (expected ${expected}, got number)`;

type Refused = readonly [call: (f: File) => unknown, name: string, words: string];

const REFUSED: Record<string, Refused> = {
  "update with a number": [(f) => f.update(given(5)), "TypeError", NOT_ITERABLE],
  "update with a list of numbers": [
    (f) => f.update(given([5])),
    "TypeError",
    "cannot unpack non-iterable number object",
  ],
  "attrs.update with a number": [(f) => f.attrs.update(given(5)), "TypeError", NOT_ITERABLE],
  "set of no name": [(f) => f.set("", 1), "ValueError", "No name specified (no name specified)"],
  "createDatasetLike of a number": [
    (f) => f.createDatasetLike("new", noDataset),
    "TypeError",
    noClass("other", "Dataset"),
  ],
  "createVirtualDataset of a number": [
    (f) => f.createVirtualDataset("new", given(5)),
    "TypeError",
    noClass("layout", "VirtualLayout"),
  ],
  "buildVirtualDataset without a function": [
    (f) => f.buildVirtualDataset("new", { shape: [2], dtype: "<f8" }, given(5)),
    "TypeError",
    "'number' object is not callable",
  ],
  "requireDataset without a shape": [
    (f) => f.requireDataset("numbers", { dtype: "<f8" } as never),
    "TypeError",
    "requireDataset() missing a required argument: 'shape'",
  ],
  "requireDataset of a shape that is text": [
    (f) => f.requireDataset("numbers", { shape: "x", dtype: "<f8" } as never),
    "TypeError",
    "Shapes do not match (existing (6,) vs new 'x')",
  ],
  "createDataset with a list that is none": [
    (f) => f.createDataset("new", given<DatasetOptions>({ shape: [2], dcpl: 5 }) as never),
    "TypeError",
    noClass("dcpl", "PropDCID"),
  ],
  "createDataset with an access list that is none": [
    (f) => f.createDataset("new", given<DatasetOptions>({ shape: [2], dapl: 5 }) as never),
    "TypeError",
    noClass("dapl", "PropDAID"),
  ],
  "createDataset with a share that is text": [
    (f) => f.createDataset("new", given<DatasetOptions>({ shape: [2], rdccW0: "1" }) as never),
    "TypeError",
    "must be real number, not string",
  ],
  "getDataset with an access list that is none": [
    (f) => f.getDataset("numbers", given({ dapl: 5 })),
    "TypeError",
    noClass("dapl", "PropDAID"),
  ],
  "regionref.shape of a number": [
    (f) => f.get("numbers").regionref.shape(given(5)),
    "TypeError",
    noClass("ref", "RegionReference"),
  ],
  "readFields of a number": [(f) => f.get("records").readFields(given(5)), "TypeError", NOT_ITERABLE],
  "readFields of a name": [
    (f) => f.get("records").readFields(given("x")),
    "TypeError",
    "'string' object is not iterable",
  ],
  "readFields where there are none": [
    (f) => f.get("numbers").readFields(given("x")),
    "ValueError",
    "Field names only allowed for compound types",
  ],
  "readColumns of a number": [(f) => f.get("records").readColumns(null, given(5)), "TypeError", NOT_ITERABLE],
  "fields of a number": [(f) => f.get("records").fields(given(5)), "TypeError", NOT_ITERABLE],
  "asstr in an encoding that is a number": [
    (f) => f.get("texts").asstr(given(5)),
    "TypeError",
    "lookup() argument must be str, not number",
  ],
  "resize along an axis that is text": [
    (f) => f.get("numbers").resize(3, given("0")),
    "TypeError",
    "'>=' not supported between instances of 'string' and 'number'",
  ],
  "resize along an axis that is no integer": [
    (f) => f.get("numbers").resize(3, 0.5),
    "ValueError",
    "Invalid axis (0 to 0 allowed)",
  ],
  "makeScale with a name that is a number": [
    (f) => f.get("numbers").makeScale(given(5)),
    "TypeError",
    "expected bytes, number found",
  ],
  "attachScale of a number": [
    (f) => f.get("numbers").dims.get(0).attachScale(noDataset),
    "TypeError",
    noClass("scale", "Dataset"),
  ],
  "a soft link to a number": [(f) => f.set("new", new SoftLink(given(5))), "TypeError", NO_PATH],
  "an external link to a number": [(f) => f.set("new", new ExternalLink("x.h5", given(5))), "TypeError", NO_PATH],
  "a virtual source in a number": [() => new VirtualSource(given(5), { name: "x", shape: [2] }), "TypeError", NO_PATH],
  "a virtual layout without a shape": [
    () => new VirtualLayout(given({ dtype: "<f8" })),
    "TypeError",
    "VirtualLayout() missing a required argument: 'shape'",
  ],
  "a virtual layout of a number": [
    () => new VirtualLayout({ shape: [2], dtype: "<f8" }).set(null, given(5)),
    "TypeError",
    noClass("source", "VirtualSource"),
  ],
  "blocks from within an element": [(f) => f.get("numbers").read(blocks({ start: 1.5 })), "TypeError", BLOCKS],
  "blocks at distances of no elements": [(f) => f.get("numbers").read(blocks({ stride: 1.5 })), "TypeError", BLOCKS],
  "so many and a half blocks": [(f) => f.get("numbers").write(blocks({ count: 1.5 }), 0), "TypeError", BLOCKS],
  "blocks of no number": [(f) => f.get("numbers").read(blocks({ block: Number.NaN })), "TypeError", BLOCKS],
  "blocks with a misspelt option": [
    () => blocks(given({ size: 2 })),
    "TypeError",
    "MultiBlockSlice() got an unexpected keyword argument 'size'",
  ],
  "a slice from text": [
    (f) => f.get("numbers").read(slice(given(""), 2)),
    "TypeError",
    "slice indices must be integers or None or have an __index__ method",
  ],
  "a mask that is a number": [
    () => mask(given(5)),
    "TypeError",
    "A mask is a list of booleans, its shape a list of sizes",
  ],
  "points that are numbers": [
    () => points(given([5])),
    "TypeError",
    "Points are a list of coordinates, each a list of an index a dimension",
  ],
  "a selection of no shape": [() => select(given(5), null), "ValueError", "shape must be a tuple."],
  "the shape of a number": [() => guessShape(given(5)), "TypeError", noClass("space", "SpaceID")],
  "an enumeration of text": [() => enumDtype(given({ a: "1" })), "TypeError", "an integer is required"],
  "an enumeration of fractions": [() => enumDtype({ a: 1.5 }), "TypeError", "an integer is required"],
  "an enumeration of a number": [() => enumDtype(given(5)), "TypeError", "Expected dict, got number"],
  "a compound of nothing": [() => compoundDtype(null as never), "TypeError", "Expected dict, got null"],
  "columns of a number": [() => fromColumns(given(5)), "TypeError", "Expected dict, got number"],
  "arrays of a number": [() => arrayDtype("<f4", given(3)), "ValueError", "invalid shape in fixed-type tuple."],
  "arrays of less than nothing": [() => arrayDtype("<f4", [-1]), "ValueError", "invalid shape in fixed-type tuple."],
  "an opaque number": [() => opaqueDtype(given(5)), "TypeError", "data type '5' not understood"],
  "a special dtype of nothing": [() => specialDtype(given(null)), "TypeError", "Exactly one keyword may be provided"],
  "a driver without a function": [() => registerDriver("x", given(5)), "TypeError", "'number' object is not callable"],
  "chosen files that are numbers": [() => filesResolver(given([5])), "TypeError", noClass("files", "File")],
  "a stream in pieces of nothing": [(f) => f.stream(0), "ValueError", "a piece has a positive number of bytes, not 0"],
};

function blocks(options: { start?: number; stride?: number; count?: number; block?: number }): [MultiBlockSlice] {
  return [new MultiBlockSlice(options.stride === undefined ? { stride: 2, ...options } : options)];
}

test.each(Object.entries(REFUSED))("%s is refused, and nothing has changed", (_, [call, name, words]) => {
  const f = sample();
  const before = f.toBytes();
  expectFailure(() => call(f), name, words);
  expect(f.toBytes()).toEqual(before);
});

const FLAGS: Record<string, readonly [names: readonly string[], call: (f: File, options: object) => unknown]> = {
  createDataset: [["allowUnknownFilter"], (f, options) => f.createDataset("new", { shape: [2], ...options })],
  createGroup: [["trackOrder", "trackTimes"], (f, options) => f.createGroup("new", options)],
  get: [["getclass", "getlink", "elinkSwmr"], (f, options) => f.get("numbers", options)],
  copy: [["shallow", "withoutAttrs", "expandRefs"], (f, options) => f.copy("numbers", "new", options)],
  readFields: [["asRecords"], (f, options) => f.get("records").readFields(["x"], null, options)],
  requireDataset: [["exact"], (f, options) => f.requireDataset("numbers", { shape: [6], dtype: "<f8", ...options })],
  File: [
    ["trackOrder", "trackTimes", "swmr", "fsPersist"],
    (_, options) => new File(new Uint8Array(0), "w", { fsStrategy: "page", ...options }),
  ],
};

const flags = Object.entries(FLAGS).flatMap(([func, [names, call]]) =>
  names.map((name) => [func, name, call] as const),
);

test.each(flags)("%s: %s is true or false", (_, name, call) => {
  const f = sample();
  const before = f.toBytes();
  for (const value of ["yes", 1, {}]) {
    expectFailure(() => call(f, { [name]: value }), "TypeError", `${name} must be either True or False`);
  }
  expect(f.toBytes()).toEqual(before);
  call(f, { [name]: null });
});

const OF_FILES: readonly (readonly [options: object, name: string, words: string])[] = [
  [{ resolver: 5 }, "TypeError", "'number' object is not callable"],
  [{ libver: 5 }, "TypeError", NOT_ITERABLE],
  [{ rdccW0: "1" }, "TypeError", "must be real number, not string"],
  [{ pageBufSize: "" }, "TypeError", "an integer is required"],
  [{ driver: Symbol("x") }, "ValueError", 'Unknown driver type "Symbol(x)"'],
];

test.each(OF_FILES)("opening a file with %o", (options, name, words) => {
  expectFailure(() => new File(new Uint8Array(0), "w", given<FileOptions>(options)), name, words);
});

test("what arrives later is refused by the promise", async () => {
  const blob = sample().toBlob();
  const refusal = (message: string) => expect.objectContaining({ name: "TypeError", code: "argument", message });
  for (const name of ["resolver", "onProgress", "fetch"]) {
    const opening = openAsync(blob, { [name]: 5 });
    await expect(opening).rejects.toEqual(refusal("'number' object is not callable"));
  }
  await expect(openAsync(blob, given({ swmr: 1 }))).rejects.toEqual(refusal("swmr must be either True or False"));
  await expect(openAsync(blob, given({ signal: 5 }))).rejects.toEqual(refusal(noClass("signal", "AbortSignal")));
  const f = sample();
  const numbers = f.get("numbers");
  await expect(follow([5] as never).next()).rejects.toEqual(refusal(noClass("datasets", "Dataset")));
  const late = numbers.follow(given({ timeout: "1" })).next();
  await expect(late).rejects.toEqual(refusal("must be real number, not string"));
});

test("null is as good as none where h5py has None", () => {
  const f = sample();
  f.get("numbers").resize([5], given(null));
  expect(f.get("numbers").shape).toEqual([5]);
  f.attrs.create("b", [1, 2], given({ shape: null, dtype: null }));
  expect(f.attrs.get<{ shape: number[] }>("b").shape).toEqual([2]);
  expect([...f.get("numbers").read([new MultiBlockSlice({ stride: 2, count: given(null) })]).data]).toEqual([1, 3, 5]);
});
