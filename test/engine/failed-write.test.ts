import { describe, expect, test } from "vitest";
import { createDataset } from "../../src/engine/create-object.ts";
import type { MemorySide } from "../../src/engine/dataset-io/memory-side.ts";
import { PackedMemory } from "../../src/engine/dataset-io/memory-side.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { selectAll } from "../../src/engine/selection/selection.ts";
import { fixedPoint } from "../../src/format/predefined-datatypes.ts";
import { MemoryTarget } from "../../src/io/index.ts";

/** Memory whose elements end after the first chunk, as a conversion that fails does. */
class FailingMemory extends PackedMemory {
  override take(...args: Parameters<MemorySide["take"]>): void {
    const position = args[5];
    if (position >= 8) throw new RangeError("no more elements");
    super.take(...args);
  }
}

describe("a write that fails on the way", () => {
  test.each([0, 1 << 20])("leaves the chunk it could not fill as it was (cache of %i bytes)", (nbytes) => {
    const file = H5File.create(new MemoryTarget(), { chunkCache: { nslots: 521, nbytes, w0: 0.75 } });
    const dataset = createDataset(file, {
      datatype: fixedPoint(1, false),
      dataspace: { kind: "simple", dims: [16], maxDims: [16], maxDimsStored: false, version: 1 },
      layout: { kind: "chunked", chunkDims: [8] },
      filters: [{ id: 3, name: "fletcher32", optional: false, flags: 0, clientData: [] }],
    });
    file.root().insertLink("data", { kind: "hard", objectHeaderAddress: dataset.address });
    dataset.writeBytes(new Uint8Array(16).fill(1));
    file.flush();
    const failing = new FailingMemory(new Uint8Array(16).fill(2), 1);
    expect(() => dataset.write(selectAll([16]), failing)).toThrow("no more elements");
    const bytes = dataset.readBytes();
    expect([...bytes.subarray(0, 8)]).toEqual(new Array(8).fill(2));
    expect([...bytes.subarray(8)]).toEqual(new Array(8).fill(1));
    file.close();
  });
});
