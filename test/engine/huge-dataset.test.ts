import { describe, expect, test } from "vitest";
import { createDataset } from "../../src/engine/create-object.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { selectBox } from "../../src/engine/selection/selection.ts";
import { fixedPoint } from "../../src/format/predefined-datatypes.ts";
import { File } from "../../src/index.ts";
import { MemoryTarget } from "../../src/io/memory-source.ts";

const DIMS = [2 ** 26, 2 ** 20];

/** Chunks that were never written take no space. */
function hugeFile(): Uint8Array {
  const target = new MemoryTarget();
  const file = H5File.create(target);
  const dataset = createDataset(file, {
    datatype: fixedPoint(8, true),
    dataspace: { kind: "simple", version: 1, dims: DIMS, maxDims: DIMS, maxDimsStored: false },
    layout: { kind: "chunked", chunkDims: [4, 4] },
  });
  file.root().insertLink("huge", { kind: "hard", objectHeaderAddress: dataset.address });
  dataset.writeBytes(new Uint8Array(8).fill(1), selectBox(DIMS, [2 ** 26 - 1, 2 ** 20 - 1], [1, 1]));
  file.close();
  return target.toBytes();
}

describe("a dataset of more bytes than there is memory", () => {
  test("is read in parts", () => {
    using f = new File(hugeFile());
    expect(f.get("huge").read([2 ** 26 - 1, 2 ** 20 - 1])).toBe(0x0101010101010101n);
  });

  test("says so when all of it is read", () => {
    using f = new File(hugeFile());
    expect(() => f.get("huge").read()).toThrow(
      "unable to allocate 562949953421312 bytes in one piece; a selection reads a part of them",
    );
  });
});
