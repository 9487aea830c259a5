/** New objects that lie behind space that was freed: their headers move as the file is closed, unless somebody knows where they are. */
import { describe, expect, test } from "vitest";
import { type Dataset, Datatype, File, Group, h5f, h5g, h5o, h5p, h5r, h5t, type Reference } from "../../src/index.ts";
import { MemoryTarget } from "../../src/io/memory-source.ts";
import { end, GONE_BYTES, type Made, sizeOf } from "../support/closed-with-gap.ts";

/** A file with a group of some links, and much that is to go. */
function begin(libver: "earliest" | "latest", links: number): Made {
  const target = new MemoryTarget();
  const file = new File(target, "w", { libver });
  const g = file.createGroup("g");
  for (let i = 0; i < links; i++) g.createGroup(`group ${i}`).id.close();
  const gone = file.createGroup("gone");
  for (let i = 0; i < 5; i++) gone.attrs.set(`x${i}`, new Float64Array(1024));
  gone.id.close();
  return { target, file };
}

describe.each([
  ["a symbol table", "earliest", 3],
  ["a symbol table of two nodes", "earliest", 12],
  ["link messages", "latest", 3],
  ["dense links", "latest", 12],
] as const)("the header of a new object in a group with %s", (_, libver, links) => {
  test("moves", () => {
    const made = begin(libver, links);
    made.file.createGroup("g/last").attrs.set("x", 5);
    const read = end(made);
    expect(sizeOf(made)).toBeLessThan(GONE_BYTES / 2);
    expect((read.get("g/last") as Group).attrs.get("x")).toBe(5);
    expect((read.get("g") as Group).keys()).toHaveLength(links + 1);
  });

  test("moves for all of its links", () => {
    const made = begin(libver, links);
    const last = made.file.createGroup("g/last");
    made.file.set("g/second", last);
    made.file.set("g/group 0/third", last);
    last.attrs.set("x", 5);
    const read = end(made);
    expect(sizeOf(made)).toBeLessThan(GONE_BYTES / 2);
    const addresses = ["g/last", "g/second", "g/group 0/third"].map((path) => h5o.getInfo(read.id, path).addr);
    expect(new Set(addresses).size).toBe(1);
    expect(h5o.getInfo(read.id, "g/last").rc).toBe(3);
  });

  const tellers: [string, (file: File) => number][] = [
    ["h5o.getInfo", (file) => h5o.getInfo(file.id, "g/last").addr],
    [
      "h5o.visit",
      (file) => h5o.visit(file.id, (path, info) => (path === "g/last" ? info?.addr : undefined), { info: true }) ?? 0,
    ],
    ["h5g.getObjinfo", (file) => h5g.getObjinfo(file.id, "g/last").objno],
    ["links.getInfo", (file) => file.id.links.getInfo("g/last").u],
    [
      "links.visit",
      (file) => file.id.links.visit((path, info) => (path === "g/last" ? info?.u : undefined), { info: true }) ?? 0,
    ],
    ["h5r.create", (file) => addressOf(h5r.create(file.id, "g/last", h5r.OBJECT).bytes)],
    ["h5r.createObject", (file) => addressOf(h5r.createObject(file.id, "g/last").bytes.subarray(3))],
  ];
  test.each(tellers)("stays once %s has told its address", (_name, tell) => {
    const made = begin(libver, links);
    made.file.createGroup("g/last");
    const address = tell(made.file);
    const read = end(made);
    expect(address).toBeGreaterThan(GONE_BYTES);
    expect(h5o.getInfo(read.id, "g/last").addr).toBe(address);
  });
});

function addressOf(bytes: Uint8Array): number {
  return Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
}

describe.each(["earliest", "latest"] as const)("in the %s format", (libver) => {
  test("a committed datatype moves that nobody uses", () => {
    const made = begin(libver, 1);
    made.file.set("type", h5t.STD_I16BE);
    const read = end(made);
    expect(sizeOf(made)).toBeLessThan(GONE_BYTES / 2);
    expect(read.get("type")).toBeInstanceOf(Datatype);
  });

  test("a committed datatype stays for the attributes and the dataset of it", () => {
    const made = begin(libver, 1);
    made.file.set("type", h5t.STD_I16BE);
    const type = made.file.get("type") as Datatype;
    made.file.createDataset("values", { shape: [2], dtype: type });
    made.file.get("values")?.attrs.create("x", [1, 2], { dtype: type });
    const read = end(made);
    expect(sizeOf(made)).toBeGreaterThan(GONE_BYTES);
    const values = read.get("values") as Dataset;
    expect(values.attrs.get("x")).toMatchObject({ data: Int16Array.of(1, 2) });
    expect(h5o.getInfo(read.id, "type").rc).toBe(3);
  });

  test("an object stays that was there when the file was opened", () => {
    const { file, target } = begin(libver, 1);
    file.createDataset("old", { data: [1] });
    file.close();
    const address = h5o.getInfo(new File(target.toBytes(), "r").id, "old").addr;
    const again = new MemoryTarget(target.toBytes());
    const read = end({ target: again, file: new File(again, "r+") });
    expect(address).toBeGreaterThan(GONE_BYTES);
    expect(h5o.getInfo(read.id, "old").addr).toBe(address);
  });

  test("copies stay that copied references lead to", () => {
    const source = new File(new MemoryTarget(), "w", { libver });
    const named = source.createGroup("named");
    source.createDataset("refs", { data: [named.ref] });
    const made = begin(libver, 1);
    source.copy("refs", made.file, { expandRefs: true });
    const read = end(made);
    const { data } = (read.get("refs") as Dataset).read() as { data: Reference[] };
    expect(read.get(data[0] as Reference)).toBeInstanceOf(Group);
    expect(sizeOf(made)).toBeGreaterThan(GONE_BYTES);
  });

  test("scales and what they are attached to stay", () => {
    const made = begin(libver, 1);
    const [data, scale] = ["data", "scale"].map((name) => made.file.createDataset(name, { data: [1, 2] })) as [
      Dataset,
      Dataset,
    ];
    scale.makeScale("x");
    data.dims.get(0).attachScale(scale);
    const read = end(made);
    const { dims } = read.get("data") as Dataset;
    expect([...dims.get(0)].length).toBe(1);
    expect(dims.get(0).get(0).name).toBe("/scale");
  });

  test("an object stays where others find shared messages by its address", () => {
    const fcpl = h5p.create(h5p.FILE_CREATE);
    fcpl.setSharedMesgNindexes(1);
    fcpl.setSharedMesgIndex(0, h5o.SHMESG_DTYPE_FLAG | h5o.SHMESG_SDSPACE_FLAG, 1);
    const target = new MemoryTarget();
    const fapl = h5p.create(h5p.FILE_ACCESS);
    fapl.setLibverBounds(libver === "earliest" ? h5f.LIBVER_EARLIEST : h5f.LIBVER_LATEST, h5f.LIBVER_LATEST);
    const file = new File(h5f.create(target, { fcpl, fapl }));
    file.createDataset("gone", { data: new Uint8Array(GONE_BYTES) });
    file.createDataset("last", { shape: [3, 5], dtype: "<i2" });
    const again = new MemoryTarget(end({ target, file }) && target.toBytes());
    const more = new File(again, "r+");
    more.createDataset("next", { shape: [3, 5], dtype: "<i2" });
    more.delete("last");
    more.close();
    const { shape, dtype } = new File(again.toBytes(), "r").get("next") as Dataset;
    expect([shape, dtype.toString()]).toEqual([[3, 5], "<i2"]);
  });

  test("an object stays that is said to have fewer links than it has", () => {
    const made = begin(libver, 1);
    const last = made.file.createGroup("last");
    made.file.set("second", last);
    h5o.decrRefcount(last.id);
    const read = end(made);
    const [first, second] = ["last", "second"].map((name) => h5o.getInfo(read.id, name).addr);
    expect(first).toBe(second);
    expect(sizeOf(made)).toBeGreaterThan(GONE_BYTES);
  });

  test("an object stays where a flush left it", () => {
    const made = begin(libver, 1);
    const last = made.file.createGroup("last");
    made.file.flush();
    last.attrs.set("x", 1);
    end(made);
    expect(sizeOf(made)).toBeGreaterThan(GONE_BYTES);
  });

  test("an object with users that no link tells of stays", () => {
    const made = begin(libver, 1);
    const last = made.file.createGroup("last");
    h5o.incrRefcount(last.id);
    const read = end(made);
    expect(sizeOf(made)).toBeGreaterThan(GONE_BYTES);
    expect(h5o.getInfo(read.id, "last").rc).toBe(2);
  });
});
