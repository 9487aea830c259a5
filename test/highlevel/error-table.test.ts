/** Calls of the high level that fail: h5py's class and words, as measured with h5py 3.7 and HDF5 1.10.8. */
import { writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  checkDtype,
  type Dataset,
  Empty,
  ExternalLink,
  enumDtype,
  File,
  h5r,
  type Member,
  mask,
  SoftLink,
  slice,
  specialDtype,
  stringDtype,
  VirtualLayout,
  VirtualSource,
} from "../../src/index.ts";
import { expectFailure, inFolder, newFile } from "./helpers.ts";

/** The file of the measurements. */
function sample(): File {
  const f = newFile();
  f.set("data", new Int8Array(100));
  f.createDataset("ch", { shape: [10, 10], dtype: "f4", chunks: [5, 5], maxshape: [null, 10] });
  f.createGroup("g");
  f.set("soft", new SoftLink("/nowhere/at/all"));
  f.set("ext", new ExternalLink("nofile.h5", "/x"));
  f.createDataset("cmp", { shape: [3], dtype: "[('x', '<i4'), ('y', '<f8')]" });
  f.set("scalar", 1);
  f.createDataset("empty", { data: new Empty("f4") });
  f.get("data").attrs.set("a", [1, 2]);
  return f;
}

type Case = readonly [action: string, call: (f: File, data: Dataset) => unknown, name: string, message: string];

function check(cases: readonly Case[], make = sample): void {
  test.each(cases)("%s", (_, call, name, message) => {
    const f = make();
    expectFailure(() => call(f, f.get("data")), name, message);
  });
}

const NO_HDF5_TYPE = "Object dtype dtype('O') has no native HDF5 equivalent";
const any = (value: unknown) => value as never;

describe("groups and names", () => {
  const notThere = "Unable to open object (object 'nope' doesn't exist)";
  check([
    ["missing", (f) => f.get("nope"), "KeyError", notThere],
    ["missing in a group", (f) => f.get("g/nope"), "KeyError", notThere],
    [
      "missing group on the way",
      (f) => f.get("nope/deeper"),
      "KeyError",
      "Unable to open object (component not found)",
    ],
    ["through a dataset", (f) => f.get("data/x"), "KeyError", "Unable to open object (message type not found)"],
    ["dangling soft link", (f) => f.get("soft"), "KeyError", "Unable to open object (component not found)"],
    [
      "no name",
      (f) => f.get(""),
      "ValueError",
      "Name parameter cannot be an empty string (name parameter cannot be an empty string)",
    ],
    ["null reference", (f) => f.get(new h5r.Reference()), "ValueError", "Invalid HDF5 object reference"],
    [
      "delete missing",
      (f) => f.delete("nope"),
      "KeyError",
      "Couldn't delete link (callback link pointer is NULL (specified link may be '.' or not exist))",
    ],
    ["name taken", (f) => f.set("data", 1), "OSError", "Unable to create link (name already exists)"],
    ["group's name taken", (f) => f.createGroup("g"), "ValueError", "Unable to create group (name already exists)"],
    [
      "group in a dataset",
      (f) => f.createGroup("data/sub"),
      "ValueError",
      "Unable to create group (message type not found)",
    ],
    [
      "required group is none",
      (f) => f.requireGroup("data"),
      "TypeError",
      "Incompatible object (Dataset) already exists",
    ],
    [
      "required of another shape",
      (f) => f.requireDataset("data", { shape: [99], dtype: "i1" }),
      "TypeError",
      "Shapes do not match (existing (100,) vs new (99,))",
    ],
    [
      "required of another type",
      (f) => f.requireDataset("data", { shape: [100], dtype: "f8" }),
      "TypeError",
      "Datatypes cannot be safely cast (existing int8 vs new f8)",
    ],
    [
      "required of exactly another type",
      (f) => f.requireDataset("data", { shape: [100], dtype: "i2", exact: true }),
      "TypeError",
      "Datatypes do not exactly match (existing int8 vs new i2)",
    ],
    [
      "required dataset is a group",
      (f) => f.requireDataset("g", { shape: [1], dtype: "i1" }),
      "TypeError",
      "Incompatible object (Group) already exists",
    ],
    ["no value for HDF5", (f) => f.set("bad", Symbol("x")), "TypeError", NO_HDF5_TYPE],
    ["an empty object", (f) => f.set("bad", {}), "TypeError", NO_HDF5_TYPE],
    [
      "text of fixed UTF-32",
      (f) => f.createDataset("bad", { data: ["a"], dtype: "<U1" }),
      "TypeError",
      "No conversion path for dtype: dtype('<U1')",
    ],
    [
      "a time of numpy's",
      (f) => f.createDataset("bad", { shape: [1], dtype: "<M8[Y]" }),
      "TypeError",
      "No conversion path for dtype: dtype('<M8[Y]')",
    ],
    [
      "a ragged list",
      (f) => f.set("bad", [[1], [2, 3]]),
      "ValueError",
      "setting an array element with a sequence. The requested array has an inhomogeneous shape after 1 dimensions. " +
        "The detected shape was (2,) + inhomogeneous part.",
    ],
    [
      "copy onto a name",
      (f) => f.copy("data", "ch"),
      "RuntimeError",
      "Unable to copy object (destination object already exists)",
    ],
    ["move missing", (f) => f.move("nope", "q"), "ValueError", "Unable to move link (name doesn't exist)"],
    [
      "move onto a name",
      (f) => f.move("data", "g"),
      "ValueError",
      "Unable to move link (an object with that name already exists)",
    ],
    ["the class of links", (f) => f.set("h", SoftLink), "TypeError", NO_HDF5_TYPE],
  ]);
});

describe("options of createDataset", () => {
  const needsChunks = "Chunked format required for given storage options";
  const scalar = "Scalar datasets don't support chunk/filter options";
  const make = (options: object) => (f: File) => f.createDataset("n", options);
  const ten = { shape: [10], dtype: "f4" };
  check([
    [
      "name taken",
      (f) => f.createDataset("data", { shape: [3] }),
      "ValueError",
      "Unable to create dataset (name already exists)",
    ],
    ["nothing", make({}), "TypeError", "One of data, shape or dtype must be specified"],
    [
      "shape and data",
      make({ shape: [3], data: new Float64Array(4) }),
      "ValueError",
      "Shape tuple is incompatible with data",
    ],
    [
      "chunks too large",
      make({ shape: [10], chunks: [20] }),
      "ValueError",
      "Chunk shape must not be greater than data shape in any dimension. (20,) is not compatible with (10,)",
    ],
    [
      "rank of chunks",
      make({ shape: [10, 10], chunks: [5] }),
      "ValueError",
      '"chunks" must have same rank as dataset shape',
    ],
    [
      "chunks of nothing",
      make({ shape: [10], chunks: [0] }),
      "ValueError",
      "All chunk dimensions must be positive (all chunk dimensions must be positive)",
    ],
    ["chunks of a scalar", make({ shape: [], chunks: true }), "TypeError", scalar],
    ["compressed scalar", make({ shape: [], compression: "gzip" }), "TypeError", scalar],
    [
      "no such filter",
      make({ ...ten, compression: "bogus" }),
      "ValueError",
      'Compression filter "bogus" is unavailable',
    ],
    [
      "no filter of that number",
      make({ ...ten, compression: 32015 }),
      "ValueError",
      "Unknown compression filter number: 32015",
    ],
    [
      "level of gzip",
      make({ ...ten, compression: "gzip", compressionOpts: 11 }),
      "ValueError",
      "GZIP setting must be an integer from 0-9, not 11",
    ],
    [
      "options of LZF",
      make({ ...ten, compression: "lzf", compressionOpts: 1 }),
      "ValueError",
      "LZF compression filter accepts no options",
    ],
    [
      "options of szip",
      make({ ...ten, compression: "szip", compressionOpts: ["xx", 8] }),
      "ValueError",
      "SZIP options must be a 2-tuple ('ec'|'nn', even integer 0-32)",
    ],
    ["options alone", make({ ...ten, compressionOpts: 4 }), "TypeError", "Compression method must be specified"],
    ["scale below 0", make({ shape: [10], dtype: "i4", scaleoffset: -1 }), "ValueError", "scale factor must be >= 0"],
    [
      "scale of floats",
      make({ ...ten, scaleoffset: true }),
      "ValueError",
      "integer scaleoffset must be provided for floating point types",
    ],
    [
      "scale with checksum",
      make({ ...ten, scaleoffset: 2, fletcher32: true }),
      "ValueError",
      "fletcher32 cannot be used with potentially lossy scale/offset filter",
    ],
    [
      "scale of text",
      make({ shape: [10], dtype: "S4", scaleoffset: 2 }),
      "TypeError",
      "scale/offset filter only supported for integer and floating-point types",
    ],
    [
      "scale of an enumeration",
      make({ shape: [10], dtype: enumDtype({ A: 0, B: 1 }, { basetype: "i4" }), scaleoffset: 2 }),
      "ValueError",
      "Unable to create dataset (datatype class not supported by scaleoffset)",
    ],
    [
      "maxshape too small",
      make({ shape: [10], maxshape: [5] }),
      "ValueError",
      "Maxdims is smaller than dims (maxdims is smaller than dims)",
    ],
    [
      "rank of maxshape",
      make({ shape: [10], maxshape: [null, null] }),
      "ValueError",
      '"maxshape" must have same rank as dataset shape',
    ],
    ["growing without chunks", make({ shape: [10], chunks: false, maxshape: [null] }), "ValueError", needsChunks],
    ["compressed without chunks", make({ shape: [10], chunks: false, compression: "gzip" }), "ValueError", needsChunks],
    [
      "chunks of nothing at all",
      make({ data: new Empty("f4"), chunks: true }),
      "TypeError",
      "Empty datasets don't support chunk/filter options",
    ],
    ["negative shape", make({ shape: [-1] }), "OverflowError", "can't convert negative value to hsize_t"],
    ["no such dtype", make({ shape: [10], dtype: "c7" }), "TypeError", "data type 'c7' not understood"],
    ["external of a number", make({ shape: [10], external: 5 }), "TypeError", "'number' object is not iterable"],
    [
      "external with chunks",
      make({ shape: [10], external: "nofile.bin", chunks: true }),
      "ValueError",
      "Unable to create dataset (external storage not supported with chunked layout)",
    ],
  ]);
});

describe("reading, writing and shapes", () => {
  const only = "Only chunked datasets can be resized";
  const order = "Indexing elements must be in increasing order";
  check([
    ["index out of range", (_, d) => d.read(100), "IndexError", "Index (100) out of range for (0-99)"],
    ["index out of range from the end", (_, d) => d.read(-101), "IndexError", "Index (-1) out of range for (0-99)"],
    ["too many", (_, d) => d.read([0, 0]), "ValueError", "2 indexing arguments for 1 dimensions"],
    ["backwards", (_, d) => d.read("::-1"), "ValueError", "Step must be >= 1 (got -1)"],
    ["no step", (_, d) => d.read("::0"), "ValueError", "slice step cannot be zero"],
    ["unsorted list", (_, d) => d.read([[3, 1]]), "TypeError", order],
    ["repeated list", (_, d) => d.read([[1, 1]]), "TypeError", order],
    [
      "list out of range",
      (_, d) => d.read([[100]]),
      "ValueError",
      "Could not get a validated dataspace from file_space_id (selection + offset not within extent)",
    ],
    [
      "two lists",
      (f) =>
        f.get("ch").read([
          [0, 1],
          [0, 1],
        ]),
      "TypeError",
      "Only one indexing vector or array is currently allowed for fancy indexing",
    ],
    ["a fraction", (_, d) => d.read(1.5), "TypeError", "Simple selection can't process 1.5"],
    [
      "a field of a compound",
      (f) => f.get("cmp").read("nofield"),
      "ValueError",
      "Field nofield does not appear in this type.",
    ],
    [
      "mask of another shape",
      (_, d) => d.read(mask(new Array(5).fill(true))),
      "TypeError",
      "Boolean indexing array has incompatible shape",
    ],
    ["two ellipses", (_, d) => d.read(["...", "..."]), "ValueError", "Only one ellipsis may be used."],
    [
      "index of a scalar",
      (f) => f.get("scalar").read(0),
      "ValueError",
      "Illegal slicing argument for scalar dataspace",
    ],
    [
      "slice of a scalar",
      (f) => f.get("scalar").read(":"),
      "ValueError",
      "Illegal slicing argument for scalar dataspace",
    ],
    ["index of nothing", (f) => f.get("empty").read(0), "ValueError", "Empty datasets cannot be sliced"],
    ["length of a scalar", (f) => f.get("scalar").len(), "TypeError", "Attempt to take len() of scalar dataset"],
    ["length of nothing", (f) => f.get("empty").len(), "TypeError", "object of type 'NoneType' has no len()"],
    ["rows of a scalar", (f) => [...f.get("scalar")], "TypeError", "Can't iterate over a scalar dataset"],
    ["another shape", (_, d) => d.write("0:3", [1, 2]), "TypeError", "Can't broadcast (2,) -> (3,)"],
    ["write out of range", (_, d) => d.write(100, 1), "IndexError", "Index (100) out of range for (0-99)"],
    ["write to no field", (f) => f.get("cmp").write("nofield", 1), "ValueError", "No such field for indexing: nofield"],
    ["resize contiguous", (_, d) => d.resize([200]), "TypeError", only],
    [
      "resize beyond",
      (f) => f.get("ch").resize([5, 20]),
      "RuntimeError",
      "Unable to set dataset extent (dimension cannot exceed the existing maximal size (new: 20 max: 10))",
    ],
    ["resize no axis", (f) => f.get("ch").resize(5, 9), "ValueError", "Invalid axis (0 to 1 allowed)"],
    [
      "resize another rank",
      (f) => f.get("ch").resize([5]),
      "TypeError",
      "New shape length (1) must match dataset rank (2)",
    ],
    [
      "shape set",
      (_, d) => {
        d.shape = [200];
      },
      "TypeError",
      only,
    ],
    ["as no type", (_, d) => d.astype("bogus"), "TypeError", "data type 'bogus' not understood"],
    [
      "as text",
      (_, d) => d.astype("S5").read(),
      "OSError",
      "Can't read data (no appropriate function for conversion path)",
    ],
    [
      "text of numbers",
      (_, d) => d.asstr(),
      "TypeError",
      "dset.asstr() can only be used on datasets with an HDF5 string datatype",
    ],
    ["fields of numbers", (_, d) => d.fields("a"), "ValueError", "Field names only allowed for compound types"],
    ["read into less", (_, d) => d.readDirect(new Float64Array(5)), "TypeError", "Can't broadcast (100,) -> (5,)"],
    ["write from less", (_, d) => d.writeDirect(new Float64Array(5)), "TypeError", "Can't broadcast (5,) -> (100,)"],
    ["chunks of contiguous", (_, d) => d.iterChunks(), "TypeError", "Chunked dataset required"],
    ["sources of none", (_, d) => d.virtualSources(), "RuntimeError", "Not a virtual dataset"],
    ["no dimension", (f) => f.get("ch").dims.get(5), "IndexError", "Index out of range"],
    ["no scale of a name", (f) => f.get("ch").dims.get(0).get("noscale"), "KeyError", "noscale"],
    ["no scale of a number", (f) => f.get("ch").dims.get(0).get(3), "IndexError", "list index out of range"],
  ]);

  test("text that is none", () => {
    const f = newFile();
    f.createDataset("s", { data: Uint8Array.of(0xff), dtype: "S1" });
    const message = "'ascii' codec can't decode byte 0xff in position 0: ordinal not in range(128)";
    expectFailure(() => f.get("s").asstr().read(), "UnicodeDecodeError", message);
  });

  test.each([
    ["gzip", { compression: "gzip" }, "Can't read data (inflate() failed)"],
    ["checksum", { fletcher32: true }, "Can't read data (data error detected by Fletcher32 checksum)"],
  ])("a damaged chunk: %s", (_, filter, message) => {
    const f = newFile();
    const d = f.createDataset("d", { shape: [10], chunks: [10], dtype: "<i4", ...filter });
    d.id.writeDirectChunk([0], new Uint8Array(44).fill(7));
    expectFailure(() => f.get("d").read(), "OSError", message);
  });
});

describe("attributes", () => {
  const missing = "Can't open attribute (can't locate attribute: 'nope')";
  check([
    ["missing", (_, d) => d.attrs.get("nope"), "KeyError", missing],
    [
      "delete missing",
      (_, d) => d.attrs.delete("nope"),
      "KeyError",
      "Unable to delete attribute (can't locate attribute)",
    ],
    ["no value for HDF5", (_, d) => d.attrs.set("b", Symbol("x")), "TypeError", NO_HDF5_TYPE],
    [
      "too large",
      (_, d) => d.attrs.set("big", new Uint8Array(70000)),
      "RuntimeError",
      "Unable to create attribute (object header message is too large)",
    ],
    [
      "shape and data",
      (_, d) => d.attrs.create("c", [1, 2], { shape: [3] }),
      "ValueError",
      "Shape of new attribute conflicts with shape of data",
    ],
    [
      "modify to another shape",
      (_, d) => d.attrs.modify("a", [1, 2, 3]),
      "TypeError",
      "Shape of data is incompatible with existing attribute",
    ],
    ["handle of none", (_, d) => d.attrs.getId("nope"), "KeyError", missing],
  ]);
});

describe("virtual datasets and special types", () => {
  const source = (options?: object) => () => new VirtualSource("file.h5", any(options));
  check([
    [
      "sizes of a mapping",
      () =>
        new VirtualLayout({ shape: [10], dtype: "i4" }).set(
          "0:5",
          new VirtualSource("f.h5", { name: "x", shape: [100] }),
        ),
      "ValueError",
      "Invalid mapping selections (virtual and source space selections have different numbers of elements)",
    ],
    [
      "a source without shape",
      source({ name: "x" }),
      "TypeError",
      "The shape parameter is required when specifying a source by path",
    ],
    [
      "an enumeration of floats",
      () => enumDtype({ A: 1 }, { basetype: "f4" }),
      "TypeError",
      "Only integer types can be used as enums",
    ],
    [
      "an encoding",
      () => stringDtype({ encoding: any("latin1") }),
      "ValueError",
      "Invalid encoding ('iso8859-1'); 'utf-8' or 'ascii' allowed",
    ],
    ["special dtype", () => specialDtype(any({ foo: 1 })), "TypeError", 'Unknown special type "foo"'],
    ["check dtype", () => checkDtype(any({ foo: 1 })), "TypeError", 'Unknown special type "foo"'],
  ]);
});

describe("read-only files", () => {
  const noIntent = "No write intent on file (no write intent on file)";
  const set = (name: string) => (_: File, d: Dataset) => d.attrs.set(name, 2);
  const readOnly = () => new File(sample().toBytes(), "r");
  check(
    [
      ["new group", (f) => f.createGroup("x"), "ValueError", "Unable to create group (no write intent on file)"],
      ["new dataset", (f) => f.set("x", 1), "ValueError", "Unable to create dataset (no write intent on file)"],
      ["write", (_, d) => d.write(0, 1), "OSError", "Can't write data (no write intent on file)"],
      ["new attribute", set("b"), "OSError", noIntent],
      ["attribute", set("a"), "OSError", noIntent],
      ["delete", (f) => f.delete("data"), "KeyError", "Couldn't delete link (no write intent on file)"],
      [
        "delete attribute",
        (_, d) => d.attrs.delete("a"),
        "KeyError",
        "Unable to delete attribute (no write intent on file)",
      ],
      [
        "resize",
        (f) => f.get("ch").resize([9, 10]),
        "RuntimeError",
        "Unable to set dataset extent (no write intent on file)",
      ],
      ["move", (f) => f.move("data", "e"), "ValueError", "Unable to move link (no write intent on file)"],
    ],
    readOnly,
  );
});

describe("files", () => {
  const missing = (flags: string) =>
    `[Errno 2] Unable to open file (unable to open file: name = 'missing.h5', errno = 2, error message = 'No such file or directory', ${flags})`;
  const exists =
    "[Errno 17] Unable to create file (unable to open file: name = 'c.h5', errno = 17, error message = 'File exists', flags = 15, o_flags = c2)";
  const nodir = (verb: string, flags: string) =>
    `[Errno 2] Unable to ${verb} file (unable to open file: name = 'nodir/x.h5', errno = 2, error message = 'No such file or directory', ${flags})`;
  const signature = "Unable to open file (file signature not found)";

  test.each<[string, () => unknown, string, string]>([
    ["missing", () => new File("missing.h5"), "FileNotFoundError", missing("flags = 0, o_flags = 0")],
    ["missing, to write", () => new File("missing.h5", "r+"), "FileNotFoundError", missing("flags = 1, o_flags = 2")],
    ["text", () => new File("not.h5"), "OSError", signature],
    ["text, to append", () => new File("not.h5", "a"), "OSError", signature],
    ["nothing", () => new File("zero.h5"), "OSError", signature],
    [
      "cut short",
      () => new File("trunc.h5"),
      "OSError",
      "Unable to open file (truncated file: eof = 900, sblock->base_addr = 0, stored_eof = SIZE)",
    ],
    ["exists, x", () => new File("c.h5", "x"), "FileExistsError", exists],
    ["exists, w-", () => new File("c.h5", "w-"), "FileExistsError", exists],
    ["no mode", () => new File("c.h5", any("q")), "ValueError", "Invalid mode; must be one of r, r+, w, w-, x, a"],
    [
      "no folder, to create",
      () => new File("nodir/x.h5", "w"),
      "FileNotFoundError",
      nodir("create", "flags = 13, o_flags = 242"),
    ],
    ["no folder", () => new File("nodir/x.h5"), "FileNotFoundError", nodir("open", "flags = 0, o_flags = 0")],
    [
      "open already",
      () => {
        const first = new File("t.h5", "w");
        try {
          return new File("t.h5", "w");
        } finally {
          first.close();
        }
      },
      "OSError",
      "Unable to create file (unable to truncate a file which is already open)",
    ],
    [
      "user block",
      () => new File("q.h5", "w", { userblockSize: 100 }),
      "ValueError",
      "Userblock size is non-zero and less than 512 (userblock size is non-zero and less than 512)",
    ],
    [
      "user block of another",
      () => new File("c.h5", "r", { userblockSize: 512 }),
      "ValueError",
      "User block may only be specified when creating a file",
    ],
    ["library version", () => new File("q.h5", "w", { libver: any("bogus") }), "KeyError", "b"],
    ["driver", () => new File("q.h5", "w", { driver: "bogus" }), "ValueError", 'Unknown driver type "bogus"'],
    [
      "strategy",
      () => new File("q.h5", "w", { fsStrategy: any("bogus") }),
      "ValueError",
      "Invalid file space strategy type",
    ],
    [
      "strategy of another",
      () => new File("c.h5", "r", { fsStrategy: "page" }),
      "ValueError",
      "Unable to set file space strategy of an existing file",
    ],
  ])("%s", (_, call, name, message) => {
    inFolder((path) => {
      const before = process.cwd();
      process.chdir(path("."));
      try {
        writeFileSync("not.h5", "this is no HDF5 file, but long enough to be looked at");
        writeFileSync("zero.h5", "");
        const f = new File("c.h5", "w");
        f.set("d", new Int8Array(100));
        const bytes = f.toBytes();
        f.close();
        writeFileSync("trunc.h5", bytes.subarray(0, 900));
        expectFailure(call, name, message.replace("SIZE", String(bytes.length)));
      } finally {
        process.chdir(before);
      }
    });
  });
});

test("what one may expect to fail, and does not", () => {
  const f = sample();
  expect(f.get("nope", { getlink: true })).toBe(undefined);
  expect([f.has("soft"), [...f.get("data").read("10:5").data]]).toEqual([true, []]);
  expect(f.get("empty").read<Empty>()).toBeInstanceOf(Empty);
  f.get("empty").write(null, 1);
  const scale: Member = f.createDataset("plain", { data: new Float32Array(10) });
  f.get("ch").dims.get(0).attachScale(scale);
  expect(scale.isScale).toBe(true);
  f.get("ch").dims.get(0).detachScale(scale);
  new VirtualSource("f.h5", { name: "x", shape: [10] }).select(slice(0, 5)).select(slice(0, 2));
  f.close();
  f.close();
  expect([f.has("data"), f.name, String(f), f.isOpen]).toEqual([false, null, "<Closed HDF5 file>", false]);
});
