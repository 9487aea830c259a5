/** The index of chunks is made before the first chunk gets its space, as the C library does. */
import { expect, test } from "vitest";
import type { DatasetObject } from "../../../src/engine/dataset-object.ts";
import { File } from "../../../src/index.ts";
import { MemoryTarget } from "../../../src/io/index.ts";

test.each([
  ["all at once", (file: File) => file.createDataset("d", { data: new Uint8Array(4), chunks: [4] })],
  ["filtered", (file: File) => file.createDataset("d", { data: new Uint8Array(4), chunks: [4], compression: "gzip" })],
  [
    "a part",
    (file: File) => {
      const dataset = file.createDataset("d", { shape: [40], dtype: "|u1", chunks: [4] });
      dataset.write([2], 7);
      return dataset;
    },
  ],
])("the root of a B-tree lies before the first chunk, and the file ends with it: %s", (_, make) => {
  const memory = new MemoryTarget();
  const file = new File(memory, "w");
  const dataset = make(file);
  file.flush();
  const { layout } = dataset.id.location().object as DatasetObject;
  const { byteOffset, size } = dataset.id.getChunkInfo(0);
  expect(layout.kind === "chunked" && layout.address).toBeLessThan(byteOffset as number);
  expect(memory.byteLength()).toBe((byteOffset as number) + size);
  file.close();
});
