import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createDataset } from "../../../src/engine/create-object.ts";
import type { DatasetOptions } from "../../../src/engine/dataset-creation.ts";
import { DatasetObject } from "../../../src/engine/dataset-object.ts";
import { H5File } from "../../../src/engine/h5-file.ts";
import { resolveObject } from "../../../src/engine/resolve.ts";
import { selectBox } from "../../../src/engine/selection/selection.ts";
import type { LibraryVersion } from "../../../src/format/library-version.ts";
import { PREDEFINED, variableString } from "../../../src/format/predefined-datatypes.ts";
import { MemoryTarget } from "../../../src/io/memory-source.ts";
import { openPath } from "../../../src/io/path-source.ts";

/** 4 GiB of doubles. */
const CHUNK = 2 ** 29;

function optionsOf(dims: readonly number[], more: Partial<DatasetOptions> = {}): DatasetOptions {
  return {
    datatype: PREDEFINED.IEEE_F64LE,
    dataspace: { kind: "simple", version: 2, dims, maxDims: dims, maxDimsStored: false },
    layout: { kind: "chunked", chunkDims: [CHUNK] },
    ...more,
  };
}

describe("chunks of 4 GiB", () => {
  test("are written and read in place, in a sparse file", () => {
    const folder = mkdtempSync(join(tmpdir(), "large-chunks-"));
    try {
      const path = join(folder, "large.h5");
      const dims = [CHUNK + 5];
      const places = [3, CHUNK - 1, CHUNK, CHUNK + 4];
      const at = (place: number) => selectBox(dims, [place], [1]);
      const file = H5File.create(openPath(path, "w"), { lowBound: "v200" });
      const dataset = createDataset(file, optionsOf(dims));
      file.root().insertLink("large", { kind: "hard", objectHeaderAddress: dataset.address });
      for (const place of places) dataset.writeBytes(new Uint8Array(Float64Array.of(place).buffer), at(place));
      expect(dataset.layout).toMatchObject({ version: 5, chunkDims: [CHUNK], indexing: { type: "fixed-array" } });
      file.close();
      expect(statSync(path).size).toBeGreaterThan(2 * 8 * CHUNK);
      const again = H5File.open(openPath(path, "r"));
      const read = resolveObject(again.root(), "large");
      if (!(read instanceof DatasetObject)) throw new Error("no dataset");
      const values = [...places, 5].map((place) => new Float64Array(read.readBytes(at(place)).slice().buffer)[0]);
      expect(values).toEqual([...places, 0]);
      expect(read.storageSize()).toBe(2 * 8 * CHUNK);
      again.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test.each<[LibraryVersion, Partial<DatasetOptions>, string]>([
    ["earliest", {}, "chunk size must be < 4GB"],
    ["v110", {}, "chunk size must be < 4GB"],
    ["v200", { filters: [{ id: 2, name: "shuffle", optional: true, flags: 1, clientData: [] }] }, "filters on chunks"],
    ["v200", { datatype: variableString() }, "variable-length data in chunks"],
    ["v200", { allocationTime: "early" }, "early and late allocation of chunks"],
  ])("are refused with bound %s where they cannot be", (lowBound, more, words) => {
    const file = H5File.create(new MemoryTarget(), { lowBound });
    expect(() => createDataset(file, optionsOf([CHUNK], more))).toThrow(words);
  });
});
