import { describe, expect, test } from "vitest";
import { UNLIMITED } from "../../src/base/address.ts";
import { createDataset, createDatatype, createGroup } from "../../src/engine/create-object.ts";
import type { DatasetOptions } from "../../src/engine/dataset-creation.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { createRegionReference } from "../../src/engine/references.ts";
import { selectBoxes } from "../../src/engine/selection/hyperslab-spans.ts";
import { selectAll, selectPoints, selectRegular } from "../../src/engine/selection/selection.ts";
import { storedSelectionOf } from "../../src/engine/selection/stored-selection.ts";
import { LIBRARY_VERSIONS, type LibraryVersion } from "../../src/format/library-version.ts";
import { PREDEFINED } from "../../src/format/predefined-datatypes.ts";
import { MemorySource, MemoryTarget } from "../../src/io/memory-source.ts";

const DIMS = { kind: "simple", version: 1, dims: [10], maxDims: [10], maxDimsStored: false } as const;
const CONTIGUOUS: DatasetOptions = {
  datatype: PREDEFINED.STD_I32LE,
  dataspace: DIMS,
  layout: { kind: "contiguous" },
};

function newFile(highBound: LibraryVersion, lowBound: LibraryVersion = "earliest"): H5File {
  return H5File.create(new MemoryTarget(), { lowBound, highBound });
}

describe("what the high bound forbids is refused before anything changes", () => {
  const needs: [string, LibraryVersion, string, (file: H5File) => void][] = [
    [
      "a virtual dataset",
      "v110",
      "layout version out of bounds",
      (file) => {
        const all = selectAll([10]);
        const mapping = { sourceFile: "x", sourceDataset: "y", sourceSelection: all, virtualSelection: all };
        createDataset(file, { ...CONTIGUOUS, layout: { kind: "virtual", mappings: [mapping] } });
      },
    ],
    [
      "chunks with flags",
      "v110",
      "layout version out of bounds",
      (file) =>
        createDataset(file, {
          ...CONTIGUOUS,
          layout: { kind: "chunked", chunkDims: [4], dontFilterPartialChunks: true },
        }),
    ],
    [
      "a revised reference",
      "v112",
      "Datatype version out of bounds",
      (file) => createDatatype(file, PREDEFINED.STD_REF),
    ],
    [
      "complex numbers",
      "v200",
      "Datatype version out of bounds",
      (file) =>
        file.root().createAttribute({
          name: "z",
          datatype: PREDEFINED.COMPLEX_IEEE_F64LE,
          dataspace: { ...DIMS, dims: [1], maxDims: [1] },
          bytes: new Uint8Array(16),
        }),
    ],
    [
      "blocks beyond 2^32",
      "v110",
      "Dataspace hyperslab selection version out of bounds",
      (file) => createRegionReference(file, 96, selectRegular([2 ** 40], [2 ** 33], [1], [1], [5])),
    ],
    [
      "points beyond 2^32",
      "v112",
      "Dataspace point selection version out of bounds",
      (file) => createRegionReference(file, 96, selectPoints([2 ** 40], [2 ** 33])),
    ],
  ];

  test.each(needs)("%s, below %s", (_, least, words, make) => {
    for (const bound of LIBRARY_VERSIONS.slice(1)) {
      const file = newFile(bound);
      const before = file.storage.allocator.endOfAllocation;
      if (LIBRARY_VERSIONS.indexOf(bound) >= LIBRARY_VERSIONS.indexOf(least)) make(file);
      else {
        expect(() => make(file), bound).toThrow(words);
        expect(file.storage.allocator.endOfAllocation, bound).toBe(before);
        expect(file.root().attributeCount).toBe(0);
      }
      file.close();
    }
  });

  test.each([
    ["a strategy", { strategy: "none" }],
    ["a threshold", { threshold: 5 }],
    ["a page size", { pageSize: 8192 }],
  ] as const)("settings of file space, below v110: %s", (_, fileSpace) => {
    const target = new MemoryTarget();
    expect(() => H5File.create(target, { highBound: "v108", fileSpace })).toThrow(
      "File space info message's version out of bounds",
    );
    expect(target.byteLength()).toBe(0);
    H5File.create(target, { highBound: "v108", fileSpace: { strategy: "free-space-managers" } }).close();
    H5File.create(new MemoryTarget(), { highBound: "v110", fileSpace }).close();
  });

  test("a file that is too new itself cannot be opened", () => {
    const target = new MemoryTarget();
    H5File.create(target, { lowBound: "v110" }).close();
    expect(() => H5File.open(new MemorySource(target.toBytes()), { highBound: "v108" })).toThrow(
      "superblock version exceeds high bound",
    );
  });
});

describe("the low bound of a file that is opened", () => {
  test.each([
    ["earliest", "earliest", "earliest"],
    ["v108", "earliest", "v108"],
    ["v108", "v112", "v112"],
    ["v110", "earliest", "v110"],
    ["v200", "v108", "v110"],
  ] as const)("made with %s and opened with %s is %s", (made, opened, found) => {
    const target = new MemoryTarget();
    H5File.create(target, { lowBound: made }).close();
    const file = H5File.open(new MemoryTarget(target.toBytes()), { writable: true, lowBound: opened });
    expect(file.lowBound).toBe(found);
    file.setBounds({ lowBound: "earliest", highBound: "v108" });
    expect(createGroup(file).header.version).toBe(1);
    expect(() => createDatatype(file, PREDEFINED.STD_REF)).toThrow("Datatype version out of bounds");
    file.close();
  });
});

describe("the stored form of a selection", () => {
  const apart = selectRegular([100, 10], [0, 0], [4, 1], [10, 1], [2, 5]);
  const few = selectRegular([100, 10], [0, 0], [3, 1], [10, 1], [2, 5]);
  const irregular = selectBoxes(
    [100],
    [
      { low: [0], high: [1] },
      { low: [50], high: [52] },
    ],
  );
  const far = selectBoxes(
    [2 ** 40],
    [
      { low: [0], high: [1] },
      { low: [2 ** 33], high: [2 ** 33 + 5] },
    ],
  );
  const endless = selectRegular([100], [0], [UNLIMITED], [2], [1]);
  const versions = (selection: Parameters<typeof storedSelectionOf>[0]) =>
    LIBRARY_VERSIONS.map((lowBound) => {
      const stored = storedSelectionOf(selection, { lowBound, highBound: "v200" });
      return "version" in stored ? `${stored.kind} ${stored.version}/${stored.coordinateSize}` : stored.kind;
    });

  test("follows the low bound where that is worth it, and what it has to hold", () => {
    expect(versions(apart)).toEqual([
      "blocks 1/4",
      "blocks 1/4",
      "regular 2/8",
      "regular 3/2",
      "regular 3/2",
      "regular 3/2",
    ]);
    expect(versions(few).slice(0, 4)).toEqual(["blocks 1/4", "blocks 1/4", "blocks 1/4", "regular 3/2"]);
    // Eight elements that adjoin are one block.
    expect(versions(selectRegular([9, 9], [1, 1], [2, 4])).slice(0, 3)).toEqual(Array(3).fill("blocks 1/4"));
    expect(versions(irregular).slice(0, 4)).toEqual(["blocks 1/4", "blocks 1/4", "blocks 1/4", "blocks 3/2"]);
    expect(new Set(versions(far))).toEqual(new Set(["blocks 3/8"]));
    expect(versions(endless).slice(0, 4)).toEqual(["regular 2/8", "regular 2/8", "regular 2/8", "regular 3/2"]);
    expect(versions(selectPoints([10], [3])).slice(2, 4)).toEqual(["points 1/4", "points 2/2"]);
  });
});
