import { describe, expect, expectTypeOf, test } from "vitest";
import {
  type AbstractView,
  AsStrView,
  AsTypeView,
  AsyncAsStrView,
  AsyncAsTypeView,
  AsyncAttributes,
  AsyncDataset,
  AsyncDimension,
  AsyncDimensionManager,
  AsyncFieldsView,
  AsyncFile,
  AsyncGroup,
  AsyncNamedType,
  AsyncRegionProxy,
  AttributeManager,
  type ChunkIterator,
  type Column,
  Dataset,
  Datatype,
  Dimension,
  DimensionManager,
  FieldsView,
  File,
  Group,
  type Link,
  type NDArray,
  openAsync,
  RegionProxy,
  type RegionReference,
  slice,
} from "../../src/index.ts";
import { LateSource } from "../../src/io/late-source.ts";
import { newFile } from "./helpers.ts";

const CHANGES = "changes the file, and one whose bytes arrive later is open for reading";
const HANDLE = "the low level is synchronous: `run` gives its objects";

const OF_OBJECTS = { id: HANDLE, handle: HANDLE } as const;
const OF_GROUPS = {
  ...OF_OBJECTS,
  clear: CHANGES,
  copy: CHANGES,
  buildVirtualDataset: CHANGES,
  createDataset: CHANGES,
  createDatasetLike: CHANGES,
  createGroup: CHANGES,
  createVirtualDataset: CHANGES,
  delete: CHANGES,
  move: CHANGES,
  pop: CHANGES,
  popItem: CHANGES,
  requireDataset: CHANGES,
  requireGroup: CHANGES,
  set: CHANGES,
  setDefault: CHANGES,
  update: CHANGES,
} as const;

/** Members without a counterpart, and why; the compiler sees to it that every other one has one. */
const EXCLUDED = {
  Group: OF_GROUPS satisfies Record<Exclude<keyof Group, keyof AsyncGroup | symbol>, string>,
  File: { ...OF_GROUPS, flush: CHANGES } satisfies Record<Exclude<keyof File, keyof AsyncFile | symbol>, string>,
  Dataset: {
    ...OF_OBJECTS,
    flush: CHANGES,
    makeScale: CHANGES,
    resize: CHANGES,
    write: CHANGES,
    writeDirect: CHANGES,
  } satisfies Record<Exclude<keyof Dataset, keyof AsyncDataset | symbol>, string>,
  Datatype: OF_OBJECTS satisfies Record<Exclude<keyof Datatype, keyof AsyncNamedType | symbol>, string>,
  AttributeManager: {
    create: CHANGES,
    delete: CHANGES,
    getId: HANDLE,
    modify: CHANGES,
    pop: CHANGES,
    set: CHANGES,
    update: CHANGES,
  } satisfies Record<Exclude<keyof AttributeManager, keyof AsyncAttributes | symbol>, string>,
  AsTypeView: {} satisfies Record<Exclude<keyof AsTypeView, keyof AsyncAsTypeView | symbol>, string>,
  AsStrView: {} satisfies Record<Exclude<keyof AsStrView, keyof AsyncAsStrView | symbol>, string>,
  FieldsView: {} satisfies Record<Exclude<keyof FieldsView, keyof AsyncFieldsView | symbol>, string>,
  Dimension: {
    attachScale: CHANGES,
    detachScale: CHANGES,
  } satisfies Record<Exclude<keyof Dimension, keyof AsyncDimension | symbol>, string>,
  DimensionManager: {
    createScale: CHANGES,
  } satisfies Record<Exclude<keyof DimensionManager, keyof AsyncDimensionManager | symbol>, string>,
  RegionProxy: {} satisfies Record<Exclude<keyof RegionProxy, keyof AsyncRegionProxy | symbol>, string>,
};

/** What one side calls otherwise. */
const OTHER_NAMES = new Map<string | symbol, symbol>([
  [Symbol.iterator, Symbol.asyncIterator],
  [Symbol.dispose, Symbol.asyncDispose],
]);

const PAIRS: readonly (readonly [keyof typeof EXCLUDED, { prototype: object }, { prototype: object }])[] = [
  ["Group", Group, AsyncGroup],
  ["File", File, AsyncFile],
  ["Dataset", Dataset, AsyncDataset],
  ["Datatype", Datatype, AsyncNamedType],
  ["AttributeManager", AttributeManager, AsyncAttributes],
  ["AsTypeView", AsTypeView, AsyncAsTypeView],
  ["AsStrView", AsStrView, AsyncAsStrView],
  ["FieldsView", FieldsView, AsyncFieldsView],
  ["Dimension", Dimension, AsyncDimension],
  ["DimensionManager", DimensionManager, AsyncDimensionManager],
  ["RegionProxy", RegionProxy, AsyncRegionProxy],
];

/** Private ones, which TypeScript leaves in the prototype, cannot be told from public ones there. */
const PRIVATE = new Set<string | symbol>([
  "classOf",
  "engineFile",
  "filter",
  "link",
  "named",
  "object",
  "packed",
  "placeOf",
  "readSelected",
  "referred",
  "requireOpen",
  "rows",
  "tryOpen",
  "writeEncoded",
]);

function membersOf({ prototype }: { prototype: object }): Set<string | symbol> {
  const members = new Set<string | symbol>();
  for (let each = prototype; each !== Object.prototype; each = Object.getPrototypeOf(each)) {
    for (const key of Reflect.ownKeys(each)) if (key !== "constructor" && !PRIVATE.has(key)) members.add(key);
  }
  return members;
}

describe("the asynchronous classes", () => {
  test.each(PAIRS)("%s: every member has a counterpart, or a reason for having none", (name, sync, late) => {
    const counterparts = membersOf(late);
    const excluded: Readonly<Record<string, string>> = EXCLUDED[name];
    for (const member of membersOf(sync)) {
      const reason = typeof member === "string" && Object.hasOwn(excluded, member) ? excluded[member] : undefined;
      const other = OTHER_NAMES.get(member) ?? member;
      expect([member, counterparts.has(other)]).toEqual([member, reason === undefined]);
    }
  });

  test("results are promises of the asynchronous classes", () => {
    expectTypeOf<AsyncGroup["parent"]>().toEqualTypeOf<Promise<AsyncGroup>>();
    expectTypeOf<AsyncDataset["file"]>().toEqualTypeOf<Promise<AsyncFile>>();
    expectTypeOf<AsyncDataset["attrs"]>().toEqualTypeOf<Promise<AsyncAttributes>>();
    expectTypeOf<AsyncDataset["dims"]>().toEqualTypeOf<Promise<AsyncDimensionManager>>();
    expectTypeOf<AsyncDataset["shape"]>().toEqualTypeOf<Promise<number[] | null>>();
    expectTypeOf<AsyncDataset["regionref"]>().toEqualTypeOf<Promise<AsyncRegionProxy>>();
    expectTypeOf<ReturnType<AsyncGroup["values"]>>().toEqualTypeOf<
      Promise<(AsyncGroup | AsyncDataset | AsyncNamedType | undefined)[]>
    >();
    expectTypeOf<ReturnType<AsyncGroup["items"]>>().toEqualTypeOf<
      Promise<[string, AsyncGroup | AsyncDataset | AsyncNamedType | undefined][]>
    >();
    expectTypeOf<ReturnType<AsyncDimension["items"]>>().toEqualTypeOf<Promise<[string, AsyncDataset][]>>();
    expectTypeOf<ReturnType<AsyncDimension["values"]>>().toEqualTypeOf<Promise<AsyncDataset[]>>();
    expectTypeOf<ReturnType<AsyncDimension["get"]>>().toEqualTypeOf<Promise<AsyncDataset>>();
    expectTypeOf<ReturnType<AsyncDataset["regionRef"]>>().toEqualTypeOf<Promise<RegionReference>>();
    expectTypeOf<ReturnType<AsyncDataset["readColumn"]>>().toEqualTypeOf<Promise<Column>>();
    expectTypeOf<ReturnType<AsyncDataset["iterChunks"]>>().toEqualTypeOf<Promise<ChunkIterator>>();
    expectTypeOf<Parameters<AsyncDataset["readColumn"]>>().toEqualTypeOf<Parameters<Dataset["readColumn"]>>();
  });

  test("every property has the type that its counterpart's promise is of", () => {
    type Plain =
      | "shape"
      | "size"
      | "dtype"
      | "chunks"
      | "maxshape"
      | "compression"
      | "nbytes"
      | "filterIds"
      | "fillvalue";
    expectTypeOf<{ [K in Plain]: Awaited<AsyncDataset[K]> }>().toEqualTypeOf<{ [K in Plain]: Dataset[K] }>();
    type OfFiles = "libver" | "mode" | "driver" | "userblockSize" | "fileSize" | "freeSpace" | "swmrMode";
    expectTypeOf<{ [K in OfFiles]: Awaited<AsyncFile[K]> }>().toEqualTypeOf<{ [K in OfFiles]: File[K] }>();
    type OfViews = "dtype" | "shape" | "size" | "ndim";
    expectTypeOf<{ [K in OfViews]: Awaited<AsyncFieldsView[K]> }>().toEqualTypeOf<{
      [K in OfViews]: AbstractView[K];
    }>();
  });

  test("a dataset of a dtype that the compiler knows is read into its array", async () => {
    const f = await openAsync(newFile().toBytes());
    // Only looked at by the compiler.
    async function typed() {
      const dset = await f.getDataset<"<f4">("x");
      expectTypeOf(await dset.read()).toEqualTypeOf<NDArray<Float32Array>>();
      expectTypeOf(await (await dset.astype("<i2")).read()).toEqualTypeOf<NDArray<Int16Array>>();
      expectTypeOf(await dset.read(null, { dtype: "<f8" })).toEqualTypeOf<NDArray<Float64Array>>();
      const scalar = await f.getDataset<"<i8", "scalar">("y");
      expectTypeOf(await scalar.read()).toEqualTypeOf<bigint>();
      expectTypeOf(await dset.run((each) => each)).toEqualTypeOf<Dataset<"<f4">>();
    }
    expect(typed).toBeTypeOf("function");
    await f.close();
  });
});

describe("members that objects hand out", () => {
  const bytes = (() => {
    const f = newFile();
    const dset = f.createDataset("table", {
      data: [
        { name: "a", x: 1 },
        { name: "b", x: 2 },
      ],
      dtype: "[('name', 'S4'), ('x', '<i4')]",
    });
    const scale = f.createDataset("scale", { data: Float32Array.of(0.5, 1) });
    scale.makeScale("positions");
    dset.dims.get(0).label = "rows";
    dset.dims.get(0).attachScale(scale);
    const texts = f.createDataset("deep/texts", { data: ["ä", "b"], chunks: [1] });
    f.createDataset("refs", { data: [dset.ref, texts.ref] });
    f.attrs.set("region", dset.regionRef(slice(1, 2)));
    return f.toBytes();
  })();
  const opened = () => openAsync(new LateSource(bytes), { pageSize: 256, headSize: 0 });

  test("views read as another datatype, as text, and single members", async () => {
    await using f = await opened();
    const dset = await f.get("table");
    const fields = await dset.fields("x");
    expect([fields.constructor, await fields.dtype, await fields.shape, await fields.len()]).toEqual([
      AsyncFieldsView,
      "<i4",
      [2],
      2,
    ]);
    expect((await fields.read()).data).toEqual(Int32Array.of(1, 2));
    expect((await dset.readFields(["x"])).data).toEqual(Int32Array.of(1, 2));
    const texts = await (await f.get("deep/texts")).asstr("utf-8");
    expect([texts.encoding, texts.errors, (await texts.read()).data]).toEqual(["utf-8", "strict", ["ä", "b"]]);
    const scale = await (await f.get("scale")).astype("<i2");
    expect((await scale.read()).data).toEqual(Int16Array.of(0, 1));
    expect(String(scale)).toBe("<Asynchronous view of HDF5 dataset>");
  });

  test("dimensions tell their labels and scales", async () => {
    await using f = await opened();
    const dims = await (await f.get("table")).dims;
    expect([dims.constructor, await dims.length]).toEqual([AsyncDimensionManager, 1]);
    const labels: string[] = [];
    for await (const dimension of dims) labels.push(await dimension.label);
    expect(labels).toEqual(["rows"]);
    const first = await dims.get(0);
    const [[name, scale] = []] = await first.items();
    expect([await first.keys(), name, scale?.constructor]).toEqual([["positions"], "positions", AsyncDataset]);
    expect((await scale?.read())?.data).toEqual(Float32Array.of(0.5, 1));
    expect(await (await first.values())[0]?.isScale).toBe(true);
    expect(await first.equals(await dims.get(0))).toBe(true);
    const names: string[] = [];
    for await (const each of first) names.push(each);
    expect(names).toEqual(["positions"]);
    await expect(dims.get(1)).rejects.toThrow("Index out of range");
  });

  test("references lead to objects and regions", async () => {
    await using f = await opened();
    const refs = (await (await f.get("refs")).read<NDArray>()).data as readonly { kind: "object"; bytes: Uint8Array }[];
    const [first] = refs;
    const dset = await f.get("table");
    if (first === undefined) throw new Error("no reference");
    const found = await f.get(first);
    expect([await found.equals(dset), await found.equals(f), (await found.hash()) === (await dset.hash())]).toEqual([
      true,
      false,
      true,
    ]);
    const region = await (await f.attrs).get<RegionReference>("region");
    const proxy = await dset.regionref;
    expect([await proxy.shape(region), await proxy.selection(region)]).toEqual([[2], [1]]);
    expect((await dset.ref).isNull).toBe(false);
  });

  test("links are visited, and classes told", async () => {
    await using f = await opened();
    const names: string[] = [];
    await f.visitLinks((name) => void names.push(name));
    expect(names.sort()).toEqual(["deep", "deep/texts", "refs", "scale", "table"]);
    expect(await f.visitItemsLinks(async (name, link: Link) => (name === "refs" ? link.constructor.name : null))).toBe(
      "HardLink",
    );
    expect(await f.get("table", { getclass: true })).toBe(AsyncDataset);
    expect(await f.get("deep", { getclass: true })).toBe(AsyncGroup);
    expect(await f.reversed()).toEqual((await f.keys()).reverse());
  });

  test("the file is told about and copied out", async () => {
    await using f = await opened();
    expect([await f.mode, await f.driver, await f.fileSize, await f.swmrMode]).toEqual([
      "r",
      "sec2",
      bytes.length,
      false,
    ]);
    expect(await f.toBytes()).toEqual(bytes);
    expect(new Uint8Array(await new Response(f.stream(1000)).arrayBuffer())).toEqual(bytes);
    expect((await f.toBlob()).size).toBe(bytes.length);
  });

  test("chunks are gone through one by one, and read into one's own array", async () => {
    await using f = await opened();
    const texts = await f.get("deep/texts");
    const parts: unknown[] = [];
    for (const part of await texts.iterChunks()) parts.push((await texts.read<NDArray>(part)).data);
    expect(parts).toEqual([["ä"], ["b"]]);
    const array = new Float64Array(2);
    await (await f.get("scale")).readDirect(array);
    expect(array).toEqual(Float64Array.of(0.5, 1));
  });
});
