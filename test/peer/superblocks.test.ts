import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createDataset, createGroup } from "../../src/engine/create-object.ts";
import type { CreateFileOptions } from "../../src/engine/file-options.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { fixedPoint } from "../../src/format/predefined-datatypes.ts";
import { openPath } from "../../src/io/path-source.ts";
import { modelOfFile } from "../support/engine-model.ts";
import { h5dump, h5pyModel, inFolder } from "./peers.ts";

/** Enough links and chunks for trees of more than one level where K is small. */
const COUNT = 40;
const SMALL_K = { leafK: 1, internalK: 2, chunkK: 3 };

function write(path: string, options: CreateFileOptions): void {
  const file = H5File.create(openPath(path, "w"), options);
  const datatype = fixedPoint(2, true);
  const dims = [COUNT];
  const group = createGroup(file);
  file.root().insertLink("group", { kind: "hard", objectHeaderAddress: group.address });
  const data = createDataset(file, {
    datatype,
    dataspace: { kind: "simple", version: 1, dims, maxDims: dims, maxDimsStored: false },
    layout: { kind: "chunked", chunkDims: [1] },
  });
  data.writeBytes(new Uint8Array(Int16Array.from({ length: COUNT }, (_, i) => 3 * i).buffer));
  for (let i = 0; i < COUNT; i++) group.insertLink(`link ${i}`, { kind: "hard", objectHeaderAddress: data.address });
  file.close();
}

const cases: [string, CreateFileOptions, number][] = [
  ["earliest", { lowBound: "earliest" }, 0],
  ["earliest with other group K", { lowBound: "earliest", ranks: { leafK: 1, internalK: 2 } }, 0],
  ["earliest with other K", { lowBound: "earliest", ranks: SMALL_K }, 1],
  ["v108", { lowBound: "v108" }, 2],
  ["v108 with other K", { lowBound: "v108", ranks: SMALL_K }, 2],
  ["v110", { lowBound: "v110" }, 3],
  ["v110 with other K and a user block", { lowBound: "v110", ranks: SMALL_K, userBlockBytes: 2048 }, 3],
];

describe("the superblock of a new file", () => {
  test.each(cases)("%s: the C library reads the file as we do", (_, options, superblock) => {
    inFolder((folder) => {
      const path = join(folder, "new.h5");
      write(path, options);
      const own = H5File.open(openPath(path, "r"));
      const model = modelOfFile(own);
      own.close();
      expect(model.superblock).toBe(superblock);
      expect(model.objects["/group"]?.links).toHaveProperty(`link ${COUNT - 1}`);
      expect(h5pyModel(path)).toEqual(model);
      expect(h5dump(path)).toContain("HARDLINK");
    });
  });
});
