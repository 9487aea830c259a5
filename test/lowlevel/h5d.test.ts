import { describe, expect, test } from "vitest";
import { H5File } from "../../src/engine/h5-file.ts";
import { resolveObject } from "../../src/engine/resolve.ts";
import { MESSAGE } from "../../src/format/message-types.ts";
import { MemorySource, MemoryTarget } from "../../src/io/memory-source.ts";
import * as h5a from "../../src/lowlevel/h5a.ts";
import * as h5d from "../../src/lowlevel/h5d.ts";
import * as h5f from "../../src/lowlevel/h5f.ts";
import * as h5i from "../../src/lowlevel/h5i.ts";
import * as h5p from "../../src/lowlevel/h5p.ts";
import * as h5s from "../../src/lowlevel/h5s.ts";
import * as h5t from "../../src/lowlevel/h5t.ts";
import { expectError } from "./expect-error.ts";
import { sampleFile } from "./sample-file.ts";

describe("datasets", () => {
  test("know their shape, storage and type", () => {
    const fid = sampleFile();
    const [data, chunked, scalar, empty] = ["data", "ch", "scalar", "empty"].map((name) => h5d.open(fid, name)) as [
      h5d.DatasetID,
      h5d.DatasetID,
      h5d.DatasetID,
      h5d.DatasetID,
    ];
    expect([data.rank, data.shape, data.dtype]).toEqual([1, [100], "|i1"]);
    expect([scalar.rank, scalar.shape, empty.rank, empty.shape]).toEqual([0, [], 0, null]);
    expect([data, chunked, empty, scalar].map((id) => id.getStorageSize())).toEqual([100, 100, 0, 8]);
    expect([data, chunked, empty].map((id) => id.getSpaceStatus())).toEqual([2, 1, 0]);
    expect([typeof data.getOffset(), chunked.getOffset()]).toEqual(["number", null]);
    expect(data.getType().getSize()).toBe(1);
    expect(chunked.getAccessPlist().getChunkCache()).toEqual([521, 1048576, 0.75]);
  });

  test("tell how they were made", () => {
    const fid = sampleFile();
    const plist = h5d.open(fid, "data").getCreatePlist();
    expect([plist.getLayout(), plist.getFillTime(), plist.getAllocTime(), plist.fillValueDefined()]).toEqual([
      1, 2, 2, 1,
    ]);
    const dcpl = h5p.create(h5p.DATASET_CREATE);
    dcpl.setChunk([4]);
    dcpl.setShuffle();
    dcpl.setDeflate(3);
    dcpl.setFillValue(Float64Array.of(7));
    dcpl.setFillTime(h5d.FILL_TIME_ALLOC);
    h5d.create(fid, "made", h5t.STD_I16BE, h5s.createSimple([10]), dcpl);
    const found = h5d.open(fid, "made").getCreatePlist();
    expect([found.getChunk(), found.getFilter(0)[2], found.getFilter(1)[2], found.getFillTime()]).toEqual([
      [4],
      [2],
      [3],
      0,
    ]);
    const fill = new Int32Array(1);
    found.getFillValue(fill);
    expect(fill[0]).toBe(7);
  });

  test("of files from before fill values tell that theirs is undefined", () => {
    const target = new MemoryTarget();
    sampleFile(target).close();
    const old = new MemoryTarget(target.toBytes());
    const file = H5File.open(old, { writable: true });
    const { header } = resolveObject(file.root(), "data");
    for (const message of header.all(MESSAGE.FILL_VALUE)) header.remove(message);
    file.close();
    const plist = h5d.open(h5f.open(new MemorySource(old.toBytes()), h5f.ACC_RDONLY), "data").getCreatePlist();
    expect([plist.getFillTime(), plist.getAllocTime(), plist.fillValueDefined()]).toEqual([
      h5d.FILL_TIME_IFSET,
      h5d.ALLOC_TIME_LATE,
      h5d.FILL_VALUE_UNDEFINED,
    ]);
  });

  test("convert between the file's numbers and those of the array", () => {
    const fid = sampleFile();
    const dataset = h5d.create(fid, "be", h5t.STD_I16BE, h5s.createSimple([4]));
    dataset.write(null, null, Float64Array.of(1.9, -2.9, 40000, -40000));
    const out = new BigInt64Array(4);
    dataset.read(h5s.ALL, h5s.ALL, out);
    expect([...out]).toEqual([1n, -2n, 32767n, -32768n]);
  });

  test("transfer what is selected at both ends", () => {
    const fid = sampleFile();
    const data = h5d.open(fid, "data");
    const every = data.getSpace();
    every.selectHyperslab([1], [5], [10]);
    const memory = h5s.createSimple([10]);
    memory.selectHyperslab([0], [5], [2]);
    const out = new Int8Array(10).fill(-1);
    data.read(memory, every, out);
    expect([...out]).toEqual([1, -1, 11, -1, 21, -1, 31, -1, 41, -1]);
    const points = data.getSpace();
    points.selectElements([[7], [3]]);
    data.write(h5s.createSimple([2]), points, Int8Array.of(70, 30));
    const all = new Int8Array(100);
    data.read(null, null, all);
    expect([all[3], all[7]]).toEqual([30, 70]);
  });

  test("keep compound elements, whole or by member", () => {
    const fid = sampleFile();
    const type = h5t.pyCreate("[('a', '<i4'), ('b', '>f8')]");
    const dataset = h5d.create(fid, "cmp", type, h5s.createSimple([2]));
    const bytes = new Uint8Array(24);
    const view = new DataView(bytes.buffer);
    view.setInt32(0, 1, true);
    view.setFloat64(4, 1.5);
    view.setInt32(12, 2, true);
    view.setFloat64(16, 2.5);
    dataset.write(null, null, bytes);
    const back = new Uint8Array(24);
    dataset.read(null, null, back);
    expect(back).toEqual(bytes);
    const onlyB = h5t.create(h5t.COMPOUND, 8);
    onlyB.insert("b", 0, h5t.NATIVE_DOUBLE);
    const values = new Float64Array(2);
    dataset.read(null, null, values, onlyB);
    expect([...values]).toEqual([1.5, 2.5]);
  });

  test("grow and shrink when chunked", () => {
    const fid = sampleFile();
    const chunked = h5d.open(fid, "ch");
    chunked.setExtent([12, 10]);
    chunked.extend([3, 10]);
    expect(chunked.shape).toEqual([12, 10]);
    const out = new Float32Array(120);
    chunked.read(null, null, out);
    expect([out[0], out[119]]).toEqual([1, 0]);
  });

  test("give and take chunks as they are stored", () => {
    const fid = sampleFile();
    const chunked = h5d.open(fid, "ch");
    expect(chunked.getNumChunks()).toBe(1);
    const info = chunked.getChunkInfo(0);
    expect(info).toMatchObject({ chunkOffset: [0, 0], filterMask: 0, size: 100 });
    expect(chunked.getChunkInfoByCoord([1, 1]).byteOffset).toBe(info.byteOffset);
    expect(chunked.getChunkInfoByCoord([5, 5])).toEqual({
      chunkOffset: null,
      filterMask: 0,
      byteOffset: null,
      size: 0,
    });
    const [mask, bytes] = chunked.readDirectChunk([0, 0]);
    expect([mask, new Float32Array(bytes.slice().buffer)[24]]).toEqual([0, 1]);
    chunked.writeDirectChunk([5, 5], new Float32Array(25).fill(3));
    expect(chunked.chunkIter((one) => one.chunkOffset?.[0] === 5)).toBe(false);
    const offsets: unknown[] = [];
    chunked.chunkIter(({ chunkOffset }) => void offsets.push(chunkOffset));
    expect(offsets).toEqual([
      [0, 0],
      [5, 5],
    ]);
    const out = new Float32Array(100);
    chunked.read(null, null, out);
    expect(out[99]).toBe(3);
  });

  test("share a committed datatype", () => {
    const fid = sampleFile();
    const type = h5t.open(fid, "nt");
    const dataset = h5d.create(fid, "typed", type, h5s.create(h5s.SCALAR));
    expect(dataset.getType().committed()).toBe(true);
    expect(dataset.getType().hash()).toBe(type.hash());
    expect(h5d.open(fid, "data").getType().committed()).toBe(false);
  });

  test("refuse in h5py's words", () => {
    const fid = sampleFile();
    const data = h5d.open(fid, "data");
    const chunked = h5d.open(fid, "ch");
    const five = h5s.createSimple([5]);
    const outside = h5s.createSimple([200]);
    outside.selectHyperslab([150], [5]);
    const cases: [() => unknown, string, string | RegExp][] = [
      [() => h5d.open(fid, "nope"), "KeyError", "Unable to open dataset (object 'nope' doesn't exist)"],
      [() => h5d.open(fid, "g"), "KeyError", "Unable to open dataset (not a dataset)"],
      [
        () => h5d.open(fid, ""),
        "ValueError",
        "Name parameter cannot be an empty string (name parameter cannot be an empty string)",
      ],
      [
        () => h5d.create(fid, "x/y", h5t.STD_I8LE, five),
        "ValueError",
        "Unable to create dataset (component not found)",
      ],
      [
        () => h5d.create(fid, "u", h5t.STD_I8LE, h5s.createSimple([5], [10])),
        "ValueError",
        "Unable to create dataset (extendible contiguous non-external dataset not allowed)",
      ],
      [() => data.setExtent([5]), "RuntimeError", "Unable to set dataset extent (dataset has contiguous storage)"],
      [() => data.extend([5]), "RuntimeError", "Unable to extend dataset (dataset has contiguous storage)"],
      [
        () => chunked.setExtent([12, 11]),
        "RuntimeError",
        "Unable to set dataset extent (dimension cannot exceed the existing maximal size (new: 11 max: 10))",
      ],
      [() => chunked.setExtent([5]), "TypeError", "New shape length (1) must match dataset rank (2)"],
      [() => data.getNumChunks(), "ValueError", "Not a chunked dataset (not a chunked dataset)"],
      [() => data.getChunkInfo(0), "ValueError", "Not a chunked dataset (not a chunked dataset)"],
      // h5py counts the offsets before anything else.
      [
        () => data.writeDirectChunk([0, 0], new Uint8Array(1)),
        "TypeError",
        "offset length (2) must match dataset rank (1)",
      ],
      [() => data.readDirectChunk([0, 0]), "TypeError", "offset length (2) must match dataset rank (1)"],
      [
        () => chunked.writeDirectChunk([0], new Uint8Array(1)),
        "TypeError",
        "offset length (1) must match dataset rank (2)",
      ],
      [
        () => data.writeDirectChunk([0], new Uint8Array(1)),
        "ValueError",
        "Not a chunked dataset (not a chunked dataset)",
      ],
      [() => chunked.getChunkInfoByCoord([0]), "ValueError", "Tuple length incompatible with array"],
      [
        () => chunked.readDirectChunk([5, 5]),
        "RuntimeError",
        "Can't get storage size of chunk (chunk storage is not allocated)",
      ],
      [
        () => chunked.writeDirectChunk([50, 50], new Uint8Array(1)),
        "RuntimeError",
        "Failure to copy offset array (offset exceeds dimensions of dataset)",
      ],
      [
        () => chunked.writeDirectChunk([1, 5], new Uint8Array(1)),
        "RuntimeError",
        "Failure to copy offset array (offset doesn't fall on chunks's boundary)",
      ],
      [
        () => data.read(five, null, new Int8Array(5)),
        "OSError",
        "Can't read data (src and dest dataspaces have different number of elements selected)",
      ],
      [
        () => data.read(five, outside, new Int8Array(5)),
        "ValueError",
        "Could not get a validated dataspace from file_space_id (selection + offset not within extent)",
      ],
      [
        () => data.read(null, null, new Uint8Array(100), h5t.create(h5t.OPAQUE, 1)),
        "OSError",
        "Can't read data (no appropriate function for conversion path)",
      ],
      [() => data.read(null, null, [] as never), "TypeError", "Array must be C-contiguous and writable"],
      [() => data.read(null, null, new Int8Array(99)), "OSError", /^Can't read data \(/],
    ];
    for (const [operation, name, message] of cases) expectError(operation, name, message);
  });

  test("of a file open for reading are not changed", () => {
    const fid = sampleFile();
    const reader = h5f.openFileImage(fid.getFileImage());
    const data = h5d.open(reader, "data");
    expectError(
      () => data.write(null, null, new Int8Array(100)),
      "OSError",
      "Can't write data (no write intent on file)",
    );
    expectError(
      () => h5d.open(reader, "ch").setExtent([9, 9]),
      "RuntimeError",
      "Unable to set dataset extent (no write intent on file)",
    );
    expectError(() => reader.unlink("data"), "KeyError", "Couldn't delete link (no write intent on file)");
    expectError(
      () => reader.links.move("data", reader, "e"),
      "ValueError",
      "Unable to move link (no write intent on file)",
    );
    const space = h5s.create(h5s.SCALAR);
    expectError(
      () => h5a.create(data, "b", h5t.STD_I8LE, space),
      "OSError",
      "No write intent on file (no write intent on file)",
    );
    expectError(() => h5a.delete(data, "a"), "KeyError", "Unable to delete attribute (no write intent on file)");
  });
});

describe("attributes", () => {
  const make = () => {
    const fid = sampleFile();
    const data = h5d.open(fid, "data");
    h5a.create(data, "a", h5t.STD_I32LE, h5s.create(h5s.SCALAR)).write(Int32Array.of(1));
    h5a.create(fid, "b", h5t.STD_I64LE, h5s.createSimple([3]), { objName: "data" }).write(BigInt64Array.of(1n, 2n, 3n));
    return { fid, data };
  };

  test("are made, read, written, renamed and deleted", () => {
    const { fid, data } = make();
    const attribute = h5a.open(data, "b");
    expect([attribute.name, attribute.shape, attribute.rank, attribute.dtype, attribute.getStorageSize()]).toEqual([
      "b",
      [3],
      1,
      "<i8",
      24,
    ]);
    const out = new Float32Array(3);
    attribute.read(out);
    expect([...out]).toEqual([1, 2, 3]);
    attribute.write(Int8Array.of(-1, -2, -3));
    attribute.read(out);
    expect([...out]).toEqual([-1, -2, -3]);
    h5a.rename(data, "b", "c");
    expect(attribute.name).toBe("c");
    attribute.read(out);
    expect([h5a.exists(data, "c"), h5a.exists(data, "b"), h5a.exists(fid, "a", { objName: "data" })]).toEqual([
      true,
      false,
      true,
    ]);
    h5a.delete(data, null, 0);
    expect([h5a.getNumAttrs(data), h5a.exists(data, "a")]).toEqual([1, false]);
    expect(h5i.getName(attribute)).toBe("/data");
    expect(h5i.getType(attribute)).toBe(h5i.ATTR);
  });

  test("are found by position and walked by name", () => {
    const { data } = make();
    expect([h5a.open(data, null, 0).name, h5a.open(data, null, 0, { order: 1 }).name]).toEqual(["a", "b"]);
    expect(h5a.getInfo(data, "b")).toMatchObject({ dataSize: 24, cset: 0 });
    expect(h5a.iterate(data, (name) => name, 1)).toBe("b");
    const sizes: unknown[] = [];
    expect(h5a.iterate(data, (name, info) => void sizes.push([name, info?.dataSize]), 0, { info: true })).toBeNull();
    expect(sizes).toEqual([
      ["a", 4],
      ["b", 24],
    ]);
  });

  test("refuse in h5py's words", () => {
    const { fid, data } = make();
    const scalar = h5s.create(h5s.SCALAR);
    const cases: [() => unknown, string, string][] = [
      [() => h5a.open(data, "nope"), "KeyError", "Can't open attribute (can't locate attribute: 'nope')"],
      [() => h5a.open(data), "TypeError", "Exactly one of name or idx must be specified"],
      [() => h5a.open(data, "a", 0), "TypeError", "Exactly one of name or idx must be specified"],
      [() => h5a.open(data, null, 99), "KeyError", "Unable to open attribute (invalid index specified)"],
      [
        () => h5a.open(fid, "a", -1, { objName: "nope" }),
        "KeyError",
        "Can't open attribute (object 'nope' doesn't exist)",
      ],
      [() => h5a.delete(data, "nope"), "KeyError", "Unable to delete attribute (can't locate attribute)"],
      [() => h5a.delete(data), "TypeError", "Exactly one of index or name must be specified."],
      [() => h5a.delete(data, null, 99), "KeyError", "Unable to delete attribute (invalid index specified)"],
      [
        () => h5a.rename(data, "nope", "x"),
        "RuntimeError",
        "Can't rename attribute (can't locate attribute with old name)",
      ],
      [
        () => h5a.rename(data, "a", "b"),
        "RuntimeError",
        "Can't rename attribute (attribute with new name already exists)",
      ],
      [
        () => h5a.create(data, "b", h5t.STD_I8LE, scalar),
        "RuntimeError",
        "Unable to create attribute (attribute already exists)",
      ],
      [() => h5a.create(data, "", h5t.STD_I8LE, scalar), "ValueError", "No attribute name (no attribute name)"],
      [
        () => h5a.create(fid, "x", h5t.STD_I8LE, scalar, { objName: "nope" }),
        "RuntimeError",
        "Unable to create attribute (object 'nope' doesn't exist)",
      ],
      [
        () => h5a.iterate(data, () => {}, 9),
        "RuntimeError",
        "Error iterating over attributes (invalid index specified)",
      ],
      [
        () => h5a.exists(fid, "a", { objName: "nope" }),
        "RuntimeError",
        "Unable to determine if attribute exists (object 'nope' doesn't exist)",
      ],
    ];
    for (const [operation, name, message] of cases) expectError(operation, name, message);
    const attribute = h5a.open(data, "a");
    fid.close();
    expectError(() => attribute.read(new Int32Array(1)), "ValueError", "Not an attribute (not an attribute)");
  });
});
