/**
 * Mappings of points, which the C library refuses to make. The mapping block has a form for them, so the files here have one
 * in place of the block that was made with them.
 */
import { expect, test } from "vitest";
import { Writer } from "../../../src/base/writer.ts";
import { createDataset } from "../../../src/engine/create-object.ts";
import { H5File } from "../../../src/engine/h5-file.ts";
import { selectPoints } from "../../../src/engine/selection/selection.ts";
import { storedSelectionOf } from "../../../src/engine/selection/stored-selection.ts";
import { WIDEST_BOUNDS } from "../../../src/format/library-version.ts";
import { PREDEFINED } from "../../../src/format/predefined-datatypes.ts";
import { encodeVirtualMappingBlock } from "../../../src/format/virtual-mapping-block.ts";
import { MemoryTarget } from "../../../src/io/memory-source.ts";

function simple(dims: readonly number[]) {
  return { kind: "simple", version: 2, dims, maxDims: dims, maxDimsStored: false } as const;
}

test("are read and written through, point by point", () => {
  const file = H5File.create(new MemoryTarget(), {});
  const source = createDataset(file, {
    datatype: PREDEFINED.STD_U8LE,
    dataspace: simple([3, 4]),
    layout: { kind: "contiguous" },
  });
  source.writeBytes(Uint8Array.from({ length: 12 }, (_, i) => i));
  file.root().insertLink("source", { kind: "hard", objectHeaderAddress: source.address });
  const mapping = { sourceFile: ".", sourceDataset: "source" };
  const dataset = createDataset(file, {
    datatype: PREDEFINED.STD_U8LE,
    dataspace: simple([6]),
    layout: {
      kind: "virtual",
      mappings: [],
    },
    fillValue: Uint8Array.of(99),
  });
  const stored = (selection: Parameters<typeof storedSelectionOf>[0]) => storedSelectionOf(selection, WIDEST_BOUNDS);
  const writer = new Writer(file.storage.widths);
  encodeVirtualMappingBlock(writer, {
    version: 0,
    mappings: [
      {
        ...mapping,
        sourceSelection: stored(selectPoints([3, 4], [2, 1, 0, 3, 1, 1])),
        virtualSelection: stored(selectPoints([6], [4, 0, 3])),
      },
    ],
  });
  const { address, index } = file.globalHeap.insert(writer.toBytes());
  const { layout } = dataset;
  if (layout.kind !== "virtual") throw new Error("not virtual");
  dataset.replaceLayout({ ...layout, heapAddress: address, heapIndex: index });
  file.root().insertLink("points", { kind: "hard", objectHeaderAddress: dataset.address });
  file.flush();

  expect([...dataset.readBytes()]).toEqual([3, 99, 99, 5, 9, 99]);
  dataset.writeBytes(Uint8Array.of(50, 51), selectPoints([6], [3, 4]));
  expect([...source.readBytes()]).toEqual([0, 1, 2, 3, 4, 50, 6, 7, 8, 51, 10, 11]);
  file.close();
});
