import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import {
  AbstractView,
  AsStrView,
  AsTypeView,
  ChunkIterator,
  FancySelection,
  FieldsView,
  filters,
  guessShape,
  h5d,
  h5f,
  h5p,
  h5r,
  h5s,
  h5t,
  mask,
  type NDArray,
  PointSelection,
  points,
  type ReferenceValue,
  RegionProxy,
  SimpleSelection,
  select,
  slice,
  stringDtype,
} from "../../src/index.ts";
import { expectFailure, newFile, reopened } from "./helpers.ts";

const counted = (length: number) => Int16Array.from({ length }, (_, i) => i);
const grid = { data: counted(20), shape: [4, 5] };

describe("views", () => {
  test("read as another datatype", () => {
    const f = newFile();
    f.set("d", grid);
    const view = f.get("d").astype("<f8");
    expect(view).toBeInstanceOf(AsTypeView);
    expect(view).toBeInstanceOf(AbstractView);
    expect([view.dtype, view.shape, view.ndim, view.size, view.len()]).toEqual(["<f8", [4, 5], 2, 20, 4]);
    expect(view.read().data).toEqual(Float64Array.from(counted(20)));
    expect(view.read<number>([1, 2])).toBe(7);
    expectFailure(() => f.get("d").astype("bogus"), "TypeError", "data type 'bogus' not understood");
    const message = "Can't read data (no appropriate function for conversion path)";
    expectFailure(() => f.get("d").astype("S5").read(), "OSError", message);
  });

  test("read strings in an encoding", () => {
    const f = newFile();
    const latin = [Uint8Array.of(0xe4, 0x62), Uint8Array.of(0x63)];
    f.createDataset("fixed", { data: latin, dtype: "S4" });
    f.createDataset("any", { data: latin, dtype: stringDtype() });
    for (const name of ["fixed", "any"]) {
      const dset = f.get(name);
      expect(dset.asstr("latin-1").read().data).toEqual(["äb", "c"]);
      expect(dset.asstr("latin-1").read<string>([0])).toBe("äb");
      expect(dset.asstr("windows-1251").read().data).toEqual(["дb", "c"]);
      expect(dset.asstr("ascii", "replace").read().data).toEqual(["\ufffdb", "c"]);
      expect(dset.asstr("utf-8", "ignore").read().data).toEqual(["b", "c"]);
      expect(dset.asstr("utf-8", "surrogateescape").read().data).toEqual(["\udce4b", "c"]);
    }
    const view = f.get("fixed").asstr();
    expect(view).toBeInstanceOf(AsStrView);
    expect([view.encoding, view.errors, view.dtype, view.len()]).toEqual(["ascii", "strict", "|O", 2]);
    const ascii = "'ascii' codec can't decode byte 0xe4 in position 0: ordinal not in range(128)";
    expectFailure(() => view.read(), "UnicodeDecodeError", ascii);
    const utf8 = "'utf-8' codec can't decode byte 0xe4 in position 0: invalid continuation byte";
    expectFailure(() => f.get("any").asstr().read(), "UnicodeDecodeError", utf8);
    f.set("n", 1);
    const numbers = "dset.asstr() can only be used on datasets with an HDF5 string datatype";
    expectFailure(() => f.get("n").asstr(), "TypeError", numbers);
    expectFailure(() => f.get("any").asstr("klingon"), "ValueError", "unknown encoding: klingon");
    expectFailure(
      () => f.get("any").asstr("utf-8", "bogus" as "strict"),
      "ValueError",
      "unknown error handler name 'bogus'",
    );
  });

  test.each([
    [[0xff], "byte 0xff in position 0: invalid start byte", "\ufffd"],
    [[0x61, 0xc3], "byte 0xc3 in position 1: unexpected end of data", "a\ufffd"],
    [[0xe2, 0x82], "bytes in position 0-1: unexpected end of data", "\ufffd"],
    [[0xe2, 0x28, 0xa1], "byte 0xe2 in position 0: invalid continuation byte", "\ufffd(\ufffd"],
    [[0x61, 0x62, 0xe2, 0x82, 0x78], "bytes in position 2-3: invalid continuation byte", "ab\ufffdx"],
    [[0xc1, 0x80], "byte 0xc1 in position 0: invalid start byte", "\ufffd\ufffd"],
    [[0xf5, 0x61], "byte 0xf5 in position 0: invalid start byte", "\ufffda"],
    [[0xdf, 0xc0], "byte 0xdf in position 0: invalid continuation byte", "\ufffd\ufffd"],
    [[0xe0, 0x80, 0x80], "byte 0xe0 in position 0: invalid continuation byte", "\ufffd\ufffd\ufffd"],
    [[0xf0, 0x80, 0x80, 0x80], "byte 0xf0 in position 0: invalid continuation byte", "\ufffd\ufffd\ufffd\ufffd"],
    [[0xf4, 0x90, 0x80, 0x80], "byte 0xf4 in position 0: invalid continuation byte", "\ufffd\ufffd\ufffd\ufffd"],
    [[0xed, 0xa0, 0x80], "byte 0xed in position 0: invalid continuation byte", "\ufffd\ufffd\ufffd"],
  ])("bytes %j are no UTF-8 in Python's words", (bytes, message, replaced) => {
    const f = newFile();
    f.createDataset("s", { data: Uint8Array.from(bytes), dtype: stringDtype() });
    const dset = f.get("s");
    expectFailure(() => dset.asstr().read(), "UnicodeDecodeError", `'utf-8' codec can't decode ${message}`);
    expect(dset.asstr("utf-8", "replace").read<string>()).toBe(replaced);
  });

  test.each(["\x80\u07ff", "\u0800\ud7ff\ue000\uffff", "\u{10000}\u{10ffff}"])(
    "%j is text at the edges of UTF-8",
    (text) => {
      const f = newFile();
      f.set("s", text);
      expect(f.get("s").asstr().read<string>()).toBe(text);
    },
  );

  test("read long texts of a byte a character whole", () => {
    const f = newFile();
    const bytes = Uint8Array.from({ length: 10_000 }, (_, i) => 33 + (i % 90));
    f.createDataset("s", { data: [bytes], dtype: "S10000" });
    const text = Buffer.from(bytes).toString("latin1");
    expect([f.get("s").asstr("latin-1").read([0]), f.get("s").asstr("ascii").read([0])]).toEqual([text, text]);
  });

  test("read members of compounds", () => {
    const f = newFile();
    f.set("t", [
      { x: 1, y: 2n },
      { x: 3, y: 4n },
    ]);
    const dset = f.get("t");
    const x = dset.fields("x");
    expect(x).toBeInstanceOf(FieldsView);
    expect(x.dtype).toBe("<f8");
    expect(x.read().data).toEqual(Float64Array.of(1, 3));
    expect(x.read<number>([1])).toBe(3);
    expect(dset.fields(["x"]).dtype).toBe("[('x', '<f8')]");
    expect(dset.fields(["x"]).read().data).toEqual([{ x: 1 }, { x: 3 }]);
    expect(dset.fields(["y", "x"]).read("1:").data).toEqual([{ y: 4n, x: 3 }]);
    expectFailure(() => dset.fields("z"), "ValueError", "Field z does not appear in this type.");
    f.set("n", [1]);
    expectFailure(() => f.get("n").fields("x"), "ValueError", "Field names only allowed for compound types");
    expectFailure(() => dset.fields("0"), "ValueError", "Field 0 does not appear in this type.");
    expectFailure(() => dset.readFields(["z"]), "ValueError", "Field z does not appear in this type.");
    expectFailure(() => f.get("n").readFields(["x"]), "ValueError", "Field names only allowed for compound types");
  });
});

describe("chunks", () => {
  test("come one by one, cut to the dataset or to what is selected", () => {
    const f = newFile();
    const dset = f.createDataset("d", { shape: [5, 4], chunks: [2, 3], dtype: "<i4" });
    const bounds = (parts: Iterable<readonly { start: unknown; stop: unknown }[]>) =>
      [...parts].map((part) => part.map(({ start, stop }) => `${start}:${stop}`).join(", "));
    expect(dset.iterChunks()).toBeInstanceOf(ChunkIterator);
    expect(bounds(dset.iterChunks())).toEqual(["0:2, 0:3", "0:2, 3:4", "2:4, 0:3", "2:4, 3:4", "4:5, 0:3", "4:5, 3:4"]);
    expect(bounds(dset.iterChunks([slice(1, 3), slice(2, 4)]))).toEqual([
      "1:2, 2:3",
      "1:2, 3:4",
      "2:3, 2:3",
      "2:3, 3:4",
    ]);
    expect(bounds(dset.iterChunks("3:5, 3:4"))).toEqual(["3:4, 3:4", "4:5, 3:4"]);
    const seen = new Set<string>();
    let value = 0;
    for (const part of dset.iterChunks()) {
      dset.write(part, ++value);
      seen.add(String(dset.read(part).data[0]));
    }
    expect(seen.size).toBe(6);
    const iterator = dset.iterChunks();
    expect(iterator.next().done).toBe(false);
    f.set("plain", [1]);
    expectFailure(() => f.get("plain").iterChunks(), "TypeError", "Chunked dataset required");
    const rank = "Invalid selection - selection region must have same rank as dataset";
    expectFailure(() => dset.iterChunks(slice(0, 2)), "ValueError", rank);
    const outside = "Invalid selection - selection region must be within dataset space";
    expectFailure(() => dset.iterChunks([slice(0, 9), slice(0, 2)]), "ValueError", outside);
    expect([...f.createDataset("empty", { shape: [0], maxshape: [null] }).iterChunks()]).toEqual([]);
  });
});

describe("direct transfers", () => {
  test("read into an array of the caller's, converting", () => {
    const f = newFile();
    f.set("d", grid);
    const dset = f.get("d");
    const whole = new Float32Array(20);
    dset.readDirect({ data: whole, shape: [4, 5] });
    expect(whole).toEqual(Float32Array.from(counted(20)));
    const part = new Int32Array(6);
    dset.readDirect(part, { source: [2, slice(1, 4)], destination: slice(2, 5) });
    expect(part).toEqual(Int32Array.of(0, 0, 11, 12, 13, 0));
    const column = new Uint8Array(8);
    dset.readDirect({ data: column, shape: [4, 2] }, { source: [slice(null), slice(3, 4)], destination: "..." });
    expect(column).toEqual(Uint8Array.of(3, 3, 8, 8, 13, 13, 18, 18));
    expectFailure(() => dset.readDirect(new Float64Array(5)), "TypeError", "Can't broadcast (4, 5) -> (5,)");
    expectFailure(
      () => dset.readDirect([1] as unknown as Int8Array),
      "TypeError",
      "Array must be C-contiguous and writable",
    );
    expectFailure(() => dset.readDirect({ data: whole, shape: [3] }), "ValueError", "20 elements are not 3");
    const empty = f.createDataset("e", { dtype: "<i4" });
    expectFailure(() => empty.readDirect(whole), "TypeError", "Empty datasets have no numpy representation");
    expectFailure(() => empty.writeDirect(whole), "TypeError", "Empty datasets cannot be written to");
  });

  test("write from one, repeated where it is smaller", () => {
    const f = newFile();
    const dset = f.createDataset("d", { shape: [3, 4], dtype: "<i2" });
    dset.writeDirect(Float64Array.of(1, 2, 3, 4));
    expect(dset.read().data).toEqual(Int16Array.of(1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4));
    dset.writeDirect(Int8Array.of(0, 9, 0), { source: slice(1, 2), destination: [slice(0, 3, 2), slice(1, 3)] });
    expect(dset.read().data).toEqual(Int16Array.of(1, 9, 9, 4, 1, 2, 3, 4, 1, 9, 9, 4));
    const column = { data: Int8Array.of(7, 8, 9), shape: [3, 1] };
    dset.writeDirect(column, { destination: [slice(0, 3), slice(0, 4, 3)] });
    expect(dset.read().data).toEqual(Int16Array.of(7, 9, 9, 7, 8, 2, 3, 8, 9, 9, 9, 9));
  });
});

describe("selections", () => {
  test("are kept and used for several datasets", () => {
    const corner = select([4, 5], [slice(1, 3), 2]);
    expect(corner).toBeInstanceOf(SimpleSelection);
    expect([corner.shape, corner.nselect, corner.mshape, corner.arrayShape]).toEqual([[4, 5], 2, [2, 1], [2]]);
    expect(corner.expandShape([1])).toEqual([1, 1]);
    const f = newFile();
    f.set("d", grid);
    expect(f.get("d").read(corner).data).toEqual(Int16Array.of(7, 12));
    f.get("d").write(corner, -1);
    expect(f.get("d").read([slice(null), 2]).data).toEqual(Int16Array.of(2, -1, -1, 17));
    f.set("other", [1]);
    expectFailure(() => f.get("other").read(corner), "TypeError", "Mismatched selection shape");
  });

  test("are of lists and of points", () => {
    const fancy = select([4, 5], [[0, 3], 1]);
    expect(fancy).toBeInstanceOf(FancySelection);
    expect([fancy.mshape, fancy.arrayShape, fancy.expandShape([2])]).toEqual([[2, 1], [2], [2, 1]]);
    expect([...fancy.broadcast([])].map((space) => space.getSelectElemPointlist())).toEqual([[[0, 1]], [[3, 1]]]);
    const single = PointSelection.fromMask([false, true, false, true]);
    expect([single.points, single.mshape]).toEqual([[[1], [3]], [2]]);
    expect(single.append([[0]]).points).toEqual([[1], [3], [0]]);
    const nothing = [
      select([4], mask([false, false, false, false])),
      PointSelection.fromMask([false]),
      select([4], points([])),
    ];
    expect(nothing.map((each) => [each instanceof PointSelection, each.nselect, each.mshape])).toEqual(
      Array.from({ length: 3 }, () => [true, 0, [0]]),
    );
    expect(single.prepend([[0]]).points).toEqual([[0], [1], [3]]);
    expect(single.set([[2]]).points).toEqual([[2]]);
    expect(new PointSelection([4]).points).toEqual([]);
    expect(select([4], points([[1]]))).toBeInstanceOf(PointSelection);
    expect(select([2], mask([true, true])).nselect).toBe(2);
    const f = newFile();
    f.set("d", counted(4));
    expect(f.get("d").read(single.append([[0]])).data).toEqual(Int16Array.of(1, 3, 0));
  });

  test("are covered by an array that is repeated", () => {
    const rows = select([4, 6], [slice(0, 4, 2), slice(1, 4)]);
    const bounds = [...rows.broadcast([3])].map((space) => space.getSelectBounds());
    expect(bounds).toEqual([
      [
        [0, 1],
        [0, 3],
      ],
      [
        [2, 1],
        [2, 3],
      ],
    ]);
    expect([...rows.broadcast([2, 3])].map((space) => space.getSelectNpoints())).toEqual([6]);
    expect([...new SimpleSelection([2, 2]).broadcast([])].map((space) => space.getSelectBounds()?.[0])).toEqual([
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ]);
    expect([...select([5], slice(0, 0)).broadcast([1])]).toEqual([]);
  });

  test("have the shape that a dataspace tells", () => {
    const space = h5s.createSimple([4, 6]);
    expect(guessShape(space)).toEqual([4, 6]);
    space.selectHyperslab([0, 1], [2, 2], [2, 3], [1, 2]);
    expect(guessShape(space)).toEqual([2, 4]);
    space.selectHyperslab([1, 0], [1, 1], null, null, h5s.SELECT_OR);
    expect(guessShape(space)).toEqual([9]);
    space.selectHyperslab([1, 0], [h5s.UNLIMITED, 1], [1, 1], [1, 6]);
    expect(guessShape(space)).toEqual([3, 6]);
    space.selectElements([
      [0, 0],
      [3, 3],
    ]);
    expect(guessShape(space)).toEqual([2]);
    space.selectNone();
    expect(guessShape(space)).toEqual([0, 0]);
    expect(guessShape(h5s.create(h5s.NULL))).toBe(null);
    expect(guessShape(h5s.create(h5s.SCALAR))).toEqual([]);
  });
});

describe("region references", () => {
  test("are made, measured and read through", () => {
    const f = newFile();
    f.set("d", grid);
    const dset = f.get("d");
    expect(dset.regionref).toBeInstanceOf(RegionProxy);
    f.set("refs", [
      dset.regionref.get([slice(1, 3), slice(0, 2)]),
      dset.regionRef(
        points([
          [0, 4],
          [3, 0],
        ]),
      ),
      dset.regionRef([[0, 2], 1]),
    ]);
    f.set("also", dset);
    f.set("like", grid);
    const again = reopened(f);
    const [box, two, list] = again.get("refs").read<NDArray<ReferenceValue[]>>().data as [
      ReferenceValue,
      ReferenceValue,
      ReferenceValue,
    ];
    const proxy = again.get("refs").regionref;
    expect([proxy.shape(box), proxy.selection(box), proxy.selection(two)]).toEqual([[4, 5], [2, 2], [2]]);
    const d = again.get("d");
    expect(d.read(box)).toEqual({ data: Int16Array.of(5, 6, 10, 11), shape: [2, 2], stride: [2, 1] });
    expect(d.read(two).data).toEqual(Int16Array.of(4, 15));
    expect(d.read(list).data).toEqual(Int16Array.of(1, 11));
    const other = "Region reference must point to this dataset";
    expectFailure(() => again.get("like").read(box), "ValueError", other);
    expectFailure(() => again.get("like").readColumn(box), "ValueError", other);
    expectFailure(() => d.read(new h5r.RegionReference()), "ValueError", other);
    expect(again.get("also").read(two).data).toEqual(Int16Array.of(4, 15));
    const mismatch = "Reference shape does not match dataset shape";
    expectFailure(() => select([4, 6], box, d), "TypeError", mismatch);
    expectFailure(() => select([4, 5], box), "TypeError", "Cannot apply a region reference without a dataset");
    expectFailure(() => again.regionref.get(), "TypeError", "Region references can only be made to datasets");
  });
});

describe("options of datasets", () => {
  test("say when space is filled, how chunks are cached, and what lists to start from", () => {
    const f = newFile();
    const fillTimeOf = (fillTime: "alloc" | "never" | "ifset") =>
      f
        .createDataset(null, { shape: [4], chunks: [2], fillTime })
        .id.getCreatePlist()
        .getFillTime();
    expect(["alloc", "never", "ifset"].map((time) => fillTimeOf(time as "alloc"))).toEqual([
      h5d.FILL_TIME_ALLOC,
      h5d.FILL_TIME_NEVER,
      h5d.FILL_TIME_IFSET,
    ]);
    const choices = "fill_time must be one of the following choices: 'alloc', 'never' or 'ifset', but it is x.";
    expectFailure(() => fillTimeOf("x" as "alloc"), "ValueError", choices);
    const cached = f.createDataset("c", { shape: [4], chunks: [2], rdccNbytes: 4096, rdccW0: 0.5 });
    expect(cached.id.getAccessPlist().getChunkCache()).toEqual([521, 4096, 0.5]);
    cached.id.close();
    const opened = f.getDataset("c", { rdccNslots: 11 });
    expect(opened.id.getAccessPlist().getChunkCache()).toEqual([11, 1048576, 0.75]);
    const dcpl = h5p.create(h5p.DATASET_CREATE);
    dcpl.setAllocTime(h5d.ALLOC_TIME_EARLY);
    const early = f.createDataset("early", { shape: [4], dtype: "<i4", dcpl });
    expect(early.id.getSpaceStatus()).toBe(h5d.SPACE_STATUS_ALLOCATED);
    const dapl = h5p.create(h5p.DATASET_ACCESS);
    dapl.setEfilePrefix("/data");
    expect(f.getDataset("early", { dapl, virtualPrefix: "/x" }).id.getAccessPlist().getEfilePrefix()).toBe("/data");
  });

  test("name filters by objects, and tell them", () => {
    const f = newFile();
    const gzip = new filters.Gzip(9);
    const dset = f.createDataset("z", { shape: [10], compression: gzip, shuffle: true });
    expect([dset.compression, dset.compressionOpts, dset.filterIds, dset.filterNames]).toEqual([
      "gzip",
      9,
      [2, 1],
      ["shuffle", "deflate"],
    ]);
    expect([...filters.getFilters(dset.id.getCreatePlist())]).toEqual([
      [2, [4]],
      [1, [9]],
    ]);
    expect(filters.getFilterName(1)).toBe("deflate");
    expect(gzip.equals(new filters.Gzip(9))).toBe(true);
    expect(gzip.equals(new filters.Gzip())).toBe(false);
    const [one, two] = [[1], [1, 2]].map((values) => new filters.FilterRefBase(305, values));
    expect([one?.equals(two), two?.equals(one), two?.equals(new filters.FilterRefBase(306, [1, 2]))]).toEqual([
      false,
      false,
      false,
    ]);
    expect([gzip.filterId, gzip.filterOptions]).toEqual([1, [9]]);
    const unknown = new filters.FilterRefBase(305, [1, 2]);
    expectFailure(
      () => f.createDataset("u", { shape: [4], compression: unknown }),
      "ValueError",
      "Unknown compression filter number: 305",
    );
    const raw = f.createDataset("u", { shape: [4], chunks: [4], ...unknown, allowUnknownFilter: true });
    expect(raw.filterIds).toEqual([305]);
    expect(filters.guessChunk([1000, 1000], 8)).toEqual([63, 63]);
    expect(filters.fillDcpl({ chunks: true }, [100], h5t.STD_I32LE.datatype()).getChunk()).toEqual([100]);
  });

  test("the shape is set to resize", () => {
    const f = newFile();
    const dset = f.createDataset("d", { shape: [2, 2], maxshape: [null, 2], dtype: "<i4" });
    dset.shape = [3, 2];
    expect(dset.shape).toEqual([3, 2]);
    f.set("plain", [1]);
    const plain = f.get("plain");
    const grow = () => {
      plain.shape = [2];
    };
    expectFailure(grow, "TypeError", "Only chunked datasets can be resized");
  });

  test("handles of one object have one hash", () => {
    const f = newFile();
    f.set("d", [1]);
    expect(f.get("d").hash()).toBe(f.get("d").hash());
    expect(f.get("d").hash()).not.toBe(f.hash());
    expect(inspect(f.get("d"))).toBe('<HDF5 dataset "d": shape (1,), type "<f8">');
    expect(f.id.getIntent()).toBe(h5f.ACC_RDWR);
  });
});
