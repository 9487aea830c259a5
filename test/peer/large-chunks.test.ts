/** Chunks of 4 GiB and more, which HDF5 2.0 has; nearly all of them is a hole in the file. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { ready, type Dataset as WasmDataset, File as WasmFile } from "h5wasm/node";
import { describe, expect, test } from "vitest";
import { UNLIMITED } from "../../src/base/address.ts";
import { createDataset } from "../../src/engine/create-object.ts";
import type { DatasetObject } from "../../src/engine/dataset-object.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { resolveObject } from "../../src/engine/resolve.ts";
import { selectBox } from "../../src/engine/selection/selection.ts";
import { PREDEFINED } from "../../src/format/predefined-datatypes.ts";
import { type DatasetOptions, File, slice } from "../../src/index.ts";
import { openPath } from "../../src/io/path-source.ts";
import { inFolder } from "./peers.ts";

await ready;

/** Elements of one chunk, of a byte each. */
const CHUNK = 5e9;

interface LargeChunks {
  readonly shape: readonly number[];
  readonly maxshape: readonly (number | null)[];
  readonly chunks: readonly number[];
  readonly compression?: number;
}

const DATASETS: Readonly<Record<string, LargeChunks>> = {
  growing: { shape: [12], maxshape: [null], chunks: [CHUNK] },
  fixed: { shape: [12], maxshape: [2 * CHUNK], chunks: [CHUNK] },
  "growing everywhere": { shape: [3, 4], maxshape: [null, null], chunks: [1e5, 1e5] },
  filtered: { shape: [3, 4], maxshape: [null, null], chunks: [1e5, 1e5], compression: 1 },
  "growing, filtered": { shape: [12], maxshape: [null], chunks: [CHUNK], compression: 1 },
};

/** `address` left out: the C library makes an empty index at once. */
function layoutsOf(path: string): unknown {
  const file = H5File.open(openPath(path, "r"));
  const layouts = Object.keys(DATASETS).map((name) => {
    const { layout, pipeline } = resolveObject(file.root(), name) as DatasetObject;
    return { ...layout, address: undefined, filters: pipeline?.filters.map(({ id }) => id) };
  });
  file.close();
  return layouts;
}

describe.each(["earliest", "v110", "v200"] as const)("from bound %s", (low) => {
  test("2.0 and we make the same layouts, and we write where 2.0 began", () => {
    inFolder((folder) => {
      const theirs = join(folder, "theirs.h5");
      const made = new WasmFile(theirs, "w", { libver: [low, "latest"] });
      const data = new Int8Array(12);
      // In 32 bits of memory, 2.0 makes datasets of such chunks and cannot write to them: each of these prints its errors.
      for (const [name, options] of Object.entries(DATASETS)) {
        const { shape, maxshape, chunks, compression } = options;
        made.create_dataset({
          name,
          data,
          dtype: "<b",
          shape: [...shape],
          maxshape: [...maxshape],
          chunks: [...chunks],
          ...(compression !== undefined && { compression }),
        });
      }
      made.close();
      const ours = join(folder, "ours.h5");
      const file = new File(ours, "w", { libver: [low, "latest"] });
      for (const [name, options] of Object.entries(DATASETS)) {
        file.createDataset(name, { dtype: "|i1", ...options } as DatasetOptions);
      }
      file.close();
      expect(layoutsOf(ours)).toEqual(layoutsOf(theirs));

      const edited = new File(theirs, "r+");
      const names = Object.keys(DATASETS).filter((name) => DATASETS[name]?.compression === undefined);
      names.forEach((name, i) => {
        const dataset = edited.getDataset(name);
        expect(dataset.read().data).toEqual(data);
        dataset.write(null, { data: new Int8Array(12).fill(i + 1), shape: dataset.shape });
      });
      edited.getDataset("growing").resize([CHUNK + 3]);
      edited.getDataset("growing").write([slice(CHUNK - 1, CHUNK + 2)], Int8Array.of(7, 8, 9));
      edited.close();
      const read = new WasmFile(theirs, "r");
      const slices = names.map((name) => (read.get(name) as WasmDataset).slice(name === "growing" ? [[0, 12]] : []));
      expect(slices).toEqual(names.map((_, i) => new Int8Array(12).fill(i + 1)));
      expect((read.get("growing") as WasmDataset).slice([[CHUNK - 2, CHUNK + 3]])).toEqual(Int8Array.of(0, 7, 8, 9, 0));
      read.close();
    });
  });

  test.each(["early", "late"] as const)(
    "%s allocation reaches over all chunks, and 2.0 reads them",
    (allocationTime) => {
      inFolder((folder) => {
        const path = join(folder, "allocated.h5");
        const dims = [CHUNK + 5];
        const file = H5File.create(openPath(path, "w"), { lowBound: low });
        // The larger maximum keeps it from having the index of one chunk.
        for (const [name, maxDims] of [
          ["same", dims],
          ["growing", [UNLIMITED]],
        ] as const) {
          const dataset = createDataset(file, {
            datatype: PREDEFINED.STD_I8LE,
            dataspace: { kind: "simple", version: 2, dims, maxDims, maxDimsStored: true },
            layout: { kind: "chunked", chunkDims: [CHUNK] },
            allocationTime,
          });
          file.root().insertLink(name, { kind: "hard", objectHeaderAddress: dataset.address });
          dataset.writeBytes(Uint8Array.of(3, 4), selectBox(dims, [CHUNK - 1], [2]));
          expect(dataset.storageSize()).toBe(2 * CHUNK);
        }
        file.close();
        expect(statSync(path).size).toBeGreaterThan(4 * CHUNK);
        const read = new WasmFile(path, "r");
        for (const name of ["same", "growing"]) {
          const dataset = read.get(name) as WasmDataset;
          expect(dataset.slice([[CHUNK - 2, CHUNK + 2]])).toEqual(Int8Array.of(0, 3, 4, 0));
          expect(dataset.slice([[0, 2]])).toEqual(Int8Array.of(0, 0));
        }
        read.close();
      });
    },
  );
});
