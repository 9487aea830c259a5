import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { encodeElements } from "../../../src/engine/conversion/element-encoder.ts";
import { createDataset, createGroup } from "../../../src/engine/create-object.ts";
import { H5File } from "../../../src/engine/h5-file.ts";
import { selectBox } from "../../../src/engine/selection/selection.ts";
import { spaceMap } from "../../../src/engine/space-map/space-map.ts";
import { fixedPoint, variableString } from "../../../src/format/predefined-datatypes.ts";
import { MemorySource, MemoryTarget } from "../../../src/io/memory-source.ts";
import { elementContextOf } from "../../../src/lowlevel/element-context.ts";
import { copyFile } from "../../support/copy-file.ts";
import { fixtureBytes, fixtureModel, fixtures } from "../../support/fixture-model.ts";
import { bytesOf, overlaps, spaceProblems } from "../../support/space-check.ts";

const FOLDER = "test/fixtures/storage-info/";
const STATISTICS: Readonly<Record<string, { readonly statistics: string }>> = JSON.parse(
  readFileSync(`${FOLDER}facts.json`, "utf8"),
);

/**
 * What h5stat counts otherwise, in bytes. It takes an extensible array's index block to have no room for the 29 addresses of
 * super blocks, and of the heap of a virtual dataset it counts the object, not the collection.
 */
const COUNTED_OTHERWISE: Readonly<Record<string, number>> = {
  "../files/growing-chunks-latest.h5": 2 * 29 * 8,
  "../files/many-chunks-latest.h5": 29 * 8,
  "chunk-indexes.h5": 29 * 8,
  "../files/virtual-latest.h5": -191,
};

/** h5stat knows nothing of the global heap. */
function unaccountedByH5stat(name: string): number {
  const text = STATISTICS[name]?.statistics ?? "";
  return Number(/Unaccounted space: (\d+) bytes/.exec(text)?.[1]) - (COUNTED_OTHERWISE[name] ?? 0);
}

const INT32 = fixedPoint(4, true);
const FOUR = { kind: "simple", dims: [4], maxDims: [4], maxDimsStored: false, version: 1 } as const;

function newFile(): H5File {
  const file = H5File.create(new MemoryTarget());
  const group = createGroup(file);
  file.root().insertLink("group", { kind: "hard", objectHeaderAddress: group.address });
  for (const name of ["one", "two"]) {
    const dataset = createDataset(file, { datatype: INT32, dataspace: FOUR, layout: { kind: "contiguous" } });
    dataset.writeBytes(new Uint8Array(16));
    file.root().insertLink(name, { kind: "hard", objectHeaderAddress: dataset.address });
  }
  return file;
}

describe("the map of a file of the C library", () => {
  test.each(Object.keys(STATISTICS))("%s: nothing is owned twice, and h5stat misses the same bytes", (name) => {
    const file = H5File.open(new MemorySource(readFileSync(FOLDER + name)));
    const map = spaceMap(file);
    expect(overlaps(file)).toEqual([]);
    expect(bytesOf(map, "unaccounted") + bytesOf(map, "global-heap")).toBe(unaccountedByH5stat(name));
  });

  test.each(fixtures().map(({ name }) => name))(
    "%s: regions follow one another from the first byte to the last",
    (name) => {
      const bytes = fixtureBytes(name);
      const map = spaceMap(H5File.open(new MemorySource(bytes)));
      let end = 0;
      for (const { offset, byteLength } of map.regions) {
        expect(offset).toBe(end);
        end += byteLength;
      }
      expect(end).toBe(bytes.length);
    },
  );

  test("parts of a header add up to its block", () => {
    const { regions } = spaceMap(H5File.open(new MemorySource(fixtureBytes("many-attributes-latest"))));
    const headers = regions.filter(({ kind }) => kind === "object-header");
    expect(headers.length).toBeGreaterThan(1);
    for (const { claims, byteLength } of headers) {
      expect(claims[0]?.parts?.reduce((sum, part) => sum + part.byteLength, 0)).toBe(byteLength);
    }
  });
});

/** Bytes of more than 64 KiB in an attribute need dense storage; other files and virtual datasets are not copied here. */
const NOT_COPIED = new Set(["large-attribute-latest", "external-storage", "virtual-latest"]);

describe("the map of a file of ours", () => {
  const copied = fixtures().filter(({ name }) => !NOT_COPIED.has(name));

  test.each(copied)("$name written anew: every byte has one owner", ({ name, libver }) => {
    const from = H5File.open(new MemorySource(fixtureBytes(name)));
    const { userBlock, sizeOfOffsets, sizeOfLengths } = fixtureModel(name);
    const to = H5File.create(new MemoryTarget(), {
      lowBound: libver === "latest" ? "v110" : "earliest",
      userBlockBytes: userBlock,
      sizeOfOffsets,
      sizeOfLengths,
    });
    copyFile(from, to);
    expect(spaceProblems(to)).toEqual([]);
  });

  test("tells the owner of every structure by its path", () => {
    const file = newFile();
    const { regions } = spaceMap(file);
    const owners = (kind: string) => regions.filter((region) => region.kind === kind).map(({ owner }) => owner);
    expect(owners("object-header").sort()).toEqual(["/", "/group", "/one", "/two"]);
    expect(owners("contiguous").sort()).toEqual(["/one", "/two"]);
    expect(owners("group-b-tree").sort()).toEqual(["/", "/group"]);
  });

  test("freed space is the allocator's until it is used again", () => {
    const file = newFile();
    file.root().removeLink("one");
    expect(spaceProblems(file)).toEqual([]);
    expect(bytesOf(spaceMap(file), "free-space")).toBe(file.freeSpace());
    expect(file.freeSpace()).toBeGreaterThan(16);
  });

  test("elements of a gigantic extent own what is stored of them", () => {
    const file = H5File.create(new MemoryTarget());
    const dims = [2 ** 40, 3];
    const dataset = createDataset(file, {
      datatype: variableString(),
      dataspace: { kind: "simple", dims, maxDims: dims, maxDimsStored: false, version: 1 },
      layout: { kind: "chunked", chunkDims: [100, 2] },
    });
    file.root().insertLink("texts", { kind: "hard", objectHeaderAddress: dataset.address });
    const element = encodeElements(variableString(), ["far out"], elementContextOf(file));
    dataset.writeBytes(element, selectBox(dims, [2 ** 39, 2], [1, 1]));
    expect(spaceProblems(file)).toEqual([]);
    expect(bytesOf(spaceMap(file), "global-heap")).toBe(4096);
  });

  test("space that was allocated and not used is found", () => {
    const file = newFile();
    file.storage.allocate("object-header", 48);
    file.storage.allocate("object-header", 8);
    expect(spaceProblems(file)).toEqual([expect.stringMatching(/^unaccounted: 56 bytes at \d+: begins like nothing$/)]);
  });

  test("what one owner gave back while another uses it is found", () => {
    const file = newFile();
    const region = spaceMap(file).regions.find(({ kind }) => kind === "contiguous");
    file.storage.release("draw", region?.offset ?? 0, 8);
    expect(spaceProblems(file)).toEqual([
      expect.stringMatching(
        /^doubly-owned: 8 bytes at \d+: Free space of the file; Contiguous raw data of \/(one|two)$/,
      ),
    ]);
  });

  test("a structure that nothing points to any more is named by its signature", () => {
    const target = new MemoryTarget();
    const file = H5File.create(target);
    const group = createGroup(file);
    file.root().insertLink("group", { kind: "hard", objectHeaderAddress: group.address });
    file.flush();
    const bytes = new Uint8Array(target.byteLength());
    target.readInto(0, bytes);
    const last = Buffer.from(bytes).lastIndexOf("TREE");
    // The symbol table message and the entry in the root point elsewhere now.
    for (let at = 0; at + 8 <= bytes.length; at += 8) {
      if (Buffer.from(bytes).readUInt32LE(at) === last) new DataView(bytes.buffer).setUint32(at, 0xffff_ffff, true);
    }
    const map = spaceMap(H5File.open(new MemorySource(bytes)));
    expect(map.problems.length).toBeGreaterThan(0);
    const lost = map.regions.find(({ offset, byteLength }) => offset <= last && last < offset + byteLength);
    expect(lost?.what).toBe("Unaccounted, begins like a local heap");
  });
});

describe("early allocation", () => {
  test("takes no space for a null dataspace, which has no elements", () => {
    const file = newFile();
    const dataspace = { kind: "null", dims: [], maxDims: [], maxDimsStored: false, version: 2 } as const;
    const dataset = createDataset(file, {
      datatype: INT32,
      dataspace,
      layout: { kind: "contiguous" },
      allocationTime: "early",
    });
    expect(dataset.offset()).toBeUndefined();
    file.root().insertLink("nothing", { kind: "hard", objectHeaderAddress: dataset.address });
  });
});
