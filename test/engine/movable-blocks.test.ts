/** Blocks at the end of a file move into free space before them when it is closed, so that it ends earlier. */
import { describe, expect, test } from "vitest";
import { spaceMap } from "../../src/engine/space-map/space-map.ts";
import { File, type Group, h5f, h5o, h5p, SoftLink } from "../../src/index.ts";
import { MemoryTarget } from "../../src/io/index.ts";
import { overlaps, spaceProblems } from "../support/space-check.ts";

const LARGE = 20_000;
/** Four links to it fill one of the first direct blocks. */
const PATH = "x".repeat(100);
type Options = ConstructorParameters<typeof File>[2];

function fileOf(file: File) {
  return file.id.location().object.file;
}

function link(group: Group, from: number, to: number): void {
  for (let i = from; i < to; i++) group.set(`link ${i}`, new SoftLink(PATH));
}

/** Soft links are all there. */
function expectLinks(group: Group, count: number): void {
  const names = Array.from({ length: count }, (_, i) => `link ${i}`).sort();
  expect([...group.keys()].sort()).toEqual(names);
  for (const name of names) expect(group.get(name, { getlink: true })).toMatchObject({ path: PATH });
}

/** Blocks of fractal heaps that say they are of another one: the C library reads none of those. */
function strayBlocks(bytes: Uint8Array): string[] {
  const file = new File(bytes.slice());
  const { regions } = spaceMap(fileOf(file));
  file.close();
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const heapOf = (what: string) => what.slice(what.indexOf(", "));
  const headers = new Map<string, number>();
  for (const { what, offset } of regions) {
    if (what.startsWith("Fractal heap header")) headers.set(heapOf(what), offset);
  }
  return regions
    .filter(({ kind }) => kind === "fractal-heap-direct" || kind === "fractal-heap-indirect")
    .filter(({ what, offset }) => Number(view.getBigUint64(offset + 5, true)) !== headers.get(heapOf(what)))
    .map(({ what }) => what);
}

/**
 * A file in which `before`, a large dataset and `behind` found their places one after the other, then the dataset went and
 * `last` changed something.
 */
function closedFile(
  options: Options,
  before: (file: File) => void,
  behind: (file: File) => void,
  last: (file: File) => void,
): Uint8Array {
  const memory = new MemoryTarget();
  const file = new File(memory, "w", options);
  before(file);
  file.flush();
  file.createDataset("large", { data: new Uint8Array(LARGE) }).id.close();
  file.flush();
  behind(file);
  file.flush();
  expect(memory.byteLength()).toBeGreaterThan(LARGE);
  file.delete("large");
  expect(spaceProblems(fileOf(file))).toEqual([]);
  last(file);
  file.close();
  return memory.toBytes();
}

/** Opens the file again, and once more after a change. */
function expectContent(bytes: Uint8Array, check: (file: File) => void): void {
  const seen = new File(bytes.slice());
  expect(overlaps(fileOf(seen))).toEqual([]);
  check(seen);
  seen.close();
  expect(strayBlocks(bytes)).toEqual([]);
  const edited = new MemoryTarget(bytes.slice());
  const file = new File(edited, "r+");
  check(file);
  file.createGroup("further");
  file.close();
  const again = new File(edited.toBytes());
  expect(overlaps(fileOf(again))).toEqual([]);
  check(again);
  again.close();
}

function group(file: File): Group {
  return file.get("group") as Group;
}

const VARIANTS: readonly (readonly [string, Options])[] = [
  ["a file", { libver: "v110", metaBlockSize: 1 }],
  [
    "a file that keeps account of its free space",
    { libver: "v110", fsStrategy: "fsm", fsPersist: true, metaBlockSize: 1 },
  ],
  ["a file in pages", { libver: "v110", fsStrategy: "page", fsPageSize: 4096 }],
  ["a file in pages that keeps account", { libver: "v110", fsStrategy: "page", fsPageSize: 4096, fsPersist: true }],
];

describe.each(VARIANTS)("%s ends before what was freed, though behind that lay", (_, options) => {
  test("direct blocks of a heap, its root and its free space, of which only some were changed", () => {
    const bytes = closedFile(
      options,
      (file) => link(file.createGroup("group"), 0, 12),
      (file) => link(group(file), 12, 30),
      (file) => group(file).delete("link 29"),
    );
    expect(bytes.length).toBeLessThan(LARGE);
    expectContent(bytes, (file) => expectLinks(group(file), 29));
  });

  test("the root of an index, a leaf", () => {
    const bytes = closedFile(
      options,
      (file) => {
        link(file.createGroup("group"), 0, 8);
        // Room for the headers of heap and index.
        for (let i = 0; i < 6; i++) file.createGroup(`hole ${i}`);
      },
      (file) => {
        for (let i = 0; i < 6; i++) file.delete(`hole ${i}`);
        file.flush();
        link(group(file), 8, 9);
      },
      (file) => link(group(file), 9, 12),
    );
    expect(bytes.length).toBeLessThan(LARGE);
    expectContent(bytes, (file) => expectLinks(group(file), 12));
  });

  test("all of dense links and attributes, their indexes of names and of order", () => {
    const count = 12;
    const attributes = (group: Group, from: number) => {
      for (let i = from; i < count; i++) group.attrs.set(`attribute ${i}`, i);
    };
    const bytes = closedFile(
      { ...options, trackOrder: true },
      (file) => file.createGroup("group", { trackOrder: true }),
      (file) => {
        link(group(file), 0, count - 1);
        attributes(group(file), 0);
      },
      (file) => {
        link(group(file), count - 1, count);
        group(file).attrs.delete(`attribute ${count - 1}`);
        attributes(group(file), count - 1);
      },
    );
    expect(bytes.length).toBeLessThan(LARGE);
    expectContent(bytes, (file) => {
      expectLinks(group(file), count);
      expect(group(file).keys()).toEqual(Array.from({ length: count }, (_, i) => `link ${i}`));
      const names = Array.from({ length: count }, (_, i) => `attribute ${i}`);
      expect([...group(file).attrs.keys()]).toEqual(names);
      expect(names.map((name) => group(file).attrs.get(name))).toEqual(names.map((_, i) => i));
    });
  });

  test("continuation blocks of an object header", () => {
    const values = Array.from({ length: 6 }, (_, i) => new Uint8Array(200 + i).fill(i));
    const bytes = closedFile(
      options,
      (file) => file.createGroup("group"),
      (file) => {
        for (const [i, value] of values.entries()) group(file).attrs.set(`attribute ${i}`, value);
      },
      (file) => group(file).attrs.set("attribute 5", new Uint8Array(205)),
    );
    expect(bytes.length).toBeLessThan(LARGE);
    expectContent(bytes, (file) => {
      for (const [i, value] of values.entries()) {
        const read = group(file).attrs.get(`attribute ${i}`) as { data: Uint8Array };
        expect([...read.data]).toEqual([...(i === 5 ? new Uint8Array(205) : value)]);
      }
    });
  });
});

const OLD_VARIANTS: typeof VARIANTS = [
  ["a file of the earliest format", { metaBlockSize: 1 }],
  ["such a file in pages", { fsStrategy: "page", fsPageSize: 4096 }],
];

describe.each(OLD_VARIANTS)("%s ends before what was freed, though behind that lay", (_, options) => {
  const values = Array.from({ length: 40 }, (_, i) => `name ${String(i).padStart(2, "0")} ${"x".repeat(20)}`);
  const fill = (file: File, from: number, to: number): void => {
    for (const name of values.slice(from, to)) group(file).set(name, file.getDataset("target"));
  };

  test("symbol table nodes and the names of an old-style group", () => {
    const bytes = closedFile(
      options,
      (file) => {
        file.createDataset("target", { data: [1] });
        file.createGroup("group");
        fill(file, 0, 8);
      },
      (file) => fill(file, 8, 30),
      // All nodes are changed, since names have other places.
      (file) => {
        for (const name of values.slice(0, 30)) group(file).delete(name);
        fill(file, 0, 30);
      },
    );
    expect(bytes.length).toBeLessThan(LARGE);
    expectContent(bytes, (file) => expect([...group(file).keys()]).toEqual(values.slice(0, 30)));
  });

  test("the B-tree of a dataset's chunks", () => {
    const bytes = closedFile(
      options,
      (file) => file.createDataset("chunked", { shape: [4], chunks: [4], maxshape: [null], dtype: "i4" }),
      (file) => {
        file.getDataset("chunked").write("...", 7);
        file.flush();
        file.getDataset("chunked").resize([0]);
      },
      (file) => {
        file.flush();
        file.getDataset("chunked").resize([3]);
        file.getDataset("chunked").write("...", 5);
      },
    );
    expect(bytes.length).toBeLessThan(LARGE);
    const data = Int32Array.of(5, 5, 5);
    expectContent(bytes, (file) => expect(file.getDataset("chunked").read()).toMatchObject({ data }));
  });
});

test.each([...VARIANTS, ...OLD_VARIANTS])(
  "a header of %s that was written since it changed gives way, too",
  (_, options) => {
    const bytes = closedFile(
      options,
      (file) => file.createGroup("group"),
      (file) => {
        for (let i = 0; i < 6; i++) group(file).attrs.set(`attribute ${i}`, new Uint8Array(200).fill(i));
      },
      (file) => {
        expect([...group(file).attrs.keys()].length).toBe(6);
        file.attrs.set("other", 1);
      },
    );
    expect(bytes.length).toBeLessThan(LARGE);
    expectContent(bytes, (file) => expect([...group(file).attrs.keys()].length).toBe(6));
  },
);

test("a block that fits nowhere follows those before it that do", () => {
  const memory = new MemoryTarget();
  const file = new File(memory, "w", { libver: "v110", metaBlockSize: 1 });
  file.createGroup("group");
  // Smaller than a direct block or a leaf, larger than all else.
  file.createDataset("hole", { data: new Uint8Array(400) }).id.close();
  file.flush();
  link(group(file), 0, 20);
  file.flush();
  const size = memory.byteLength();
  file.delete("hole");
  group(file).delete("link 19");
  file.close();
  const bytes = memory.toBytes();
  expect(bytes.length).toBeLessThan(size - 350);
  expectContent(bytes, (file) => expectLinks(group(file), 19));
});

test.each([
  ["lists", [20, 10]],
  ["B-trees", [0, 0]],
] as const)("%s of shared messages move, and the table leads to them", (_, [mostInList, leastInTree]) => {
  const fcpl = h5p.create(h5p.FILE_CREATE);
  fcpl.setSharedMesgNindexes(1);
  fcpl.setSharedMesgIndex(0, h5o.SHMESG_ATTR_FLAG, 20);
  fcpl.setSharedMesgPhaseChange(mostInList, leastInTree);
  const memory = new MemoryTarget();
  const file = new File(h5f.create(memory, { fcpl }));
  file.createDataset("large", { data: new Uint8Array(LARGE) }).id.close();
  file.flush();
  for (let i = 0; i < 6; i++) file.attrs.set(`attribute ${i}`, numbers(i));
  file.flush();
  expect(memory.byteLength()).toBeGreaterThan(LARGE);
  file.delete("large");
  file.attrs.set("attribute 5", numbers(7));
  file.close();
  const bytes = memory.toBytes();
  expect(bytes.length).toBeLessThan(LARGE);
  expectContent(bytes, (file) => {
    for (let i = 0; i < 6; i++)
      expect(file.attrs.get(`attribute ${i}`)).toMatchObject({ data: numbers(i < 5 ? i : 7) });
  });
});

function numbers(first: number): Float64Array {
  return Float64Array.from({ length: 10 }, (_, i) => first + i);
}

test("a block of a page or more finds pages that are free", () => {
  const bytes = closedFile(
    { libver: "v110", fsStrategy: "page", fsPageSize: 512, trackOrder: true },
    (file) => file.createGroup("group", { trackOrder: true }),
    (file) => link(group(file), 0, 11),
    (file) => {
      group(file).delete("link 10");
      link(group(file), 10, 12);
    },
  );
  expect(bytes.length).toBeLessThan(LARGE);
  expectContent(bytes, (file) => expect([...group(file).keys()].length).toBe(12));
});

test("a block that cannot be read stays where it is", () => {
  const memory = new MemoryTarget();
  const file = new File(memory, "w", { libver: "v110", metaBlockSize: 1 });
  link(file.createGroup("group"), 0, 12);
  file.flush();
  file.createDataset("large", { data: new Uint8Array(LARGE) }).id.close();
  file.flush();
  link(group(file), 12, 30);
  file.close();
  const bytes = memory.toBytes();
  const last = Buffer.from(bytes).lastIndexOf("FHDB");
  expect(last).toBeGreaterThan(LARGE);
  bytes[last] = 0;

  const damaged = new MemoryTarget(bytes);
  const edited = new File(damaged, "r+");
  edited.delete("large");
  group(edited).delete("link 0");
  edited.close();
  const size = damaged.toBytes().length;
  expect(size).toBeGreaterThan(last);
  const again = new File(damaged.toBytes());
  expect(group(again).get("link 1", { getlink: true })).toMatchObject({ path: PATH });
  again.close();
});

describe.each(VARIANTS)("what nobody who waits leads to keeps its place in %s", (_, options) => {
  test("the header of an index of chunks", () => {
    const tree = {
      shape: [1600, 1],
      maxshape: [null, null],
      chunks: [200, 1],
      dtype: "i4",
      compression: "gzip",
    } as const;
    const values = Int32Array.from({ length: 1600 }, (_, i) => Math.imul(i, 0x9e3779b1));
    const bytes = closedFile(
      options,
      () => undefined,
      (file) => file.createDataset("tree", tree).write(0, 7),
      (file) => {
        // What was freed may be used from here on.
        file.flush();
        file.getDataset("tree").write(":, 0", values);
      },
    );
    expectContent(bytes, (file) => expect(file.getDataset("tree").read()).toMatchObject({ data: values }));
  });
});

test.each(VARIANTS)("blocks move in %s, too, when what lay behind them has just gone", (_, options) => {
  const bytes = closedFile(
    options,
    (file) => file.createGroup("group"),
    (file) => {
      for (let i = 0; i < 6; i++) group(file).attrs.set(`attribute ${i}`, new Uint8Array(200).fill(i));
      file.createDataset("last", { data: new Uint8Array(5000) }).id.close();
    },
    (file) => {
      file.delete("last");
      group(file).attrs.modify("attribute 5", new Uint8Array(200));
    },
  );
  expect(bytes.length).toBeLessThan(LARGE);
  expectContent(bytes, (file) => expect([...group(file).attrs.keys()].length).toBe(6));
});

test("the header of a heap of which some blocks lie deeper stays where it is", () => {
  const long = new SoftLink("x".repeat(3900));
  const memory = new MemoryTarget();
  const file = new File(memory, "w", { libver: "v110", metaBlockSize: 1 });
  const name = (i: number) => `link ${String(i).padStart(3, "0")}`;
  const set = (links: Group, from: number, to: number): void => {
    for (let i = from; i < to; i++) links.set(name(i), long);
  };
  const other = file.createGroup("other");
  set(other, 0, 400);
  other.id.close();
  file.flush();
  set(file.createGroup("group"), 0, 9);
  file.flush();
  file.delete("other");
  file.flush();
  // The blocks of these lie before the header.
  set(group(file), 9, 250);
  file.flush();
  for (let i = 0; i < 225; i++) group(file).delete(name(i));
  group(file).attrs.set("has the object wait", 1);
  file.close();
  expectContent(memory.toBytes(), (read) => {
    expect([...group(read).keys()]).toEqual(Array.from({ length: 25 }, (_, i) => name(i + 225)));
    expect(group(read).get(name(249), { getlink: true })).toEqual(long);
  });
});
