import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { LimitError } from "../../../src/base/errors.ts";
import { createDataset } from "../../../src/engine/create-object.ts";
import type { DatasetOptions } from "../../../src/engine/dataset-creation.ts";
import { DatasetObject } from "../../../src/engine/dataset-object.ts";
import { H5File } from "../../../src/engine/h5-file.ts";
import { resolveObject } from "../../../src/engine/resolve.ts";
import { selectBox } from "../../../src/engine/selection/selection.ts";
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

/** Runs with a new file; `reopen` closes it and gives it, and its dataset "large", opened again. */
function inSparseFile(
  run: (file: H5File, reopen: () => { readonly again: H5File; readonly read: DatasetObject }) => void,
): void {
  const folder = mkdtempSync(join(tmpdir(), "large-chunks-"));
  try {
    const path = join(folder, "large.h5");
    const file = H5File.create(openPath(path, "w"), { lowBound: "v200" });
    run(file, () => {
      file.close();
      const again = H5File.open(openPath(path, "r+"), { writable: true });
      const read = resolveObject(again.root(), "large");
      if (!(read instanceof DatasetObject)) throw new Error("no dataset");
      return { again, read };
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("chunks of 4 GiB", () => {
  test("are written and read in place, in a sparse file", () => {
    inSparseFile((file, reopen) => {
      const dims = [CHUNK + 5];
      const places = [3, CHUNK - 1, CHUNK, CHUNK + 4];
      const at = (place: number) => selectBox(dims, [place], [1]);
      const dataset = createDataset(file, optionsOf(dims));
      file.root().insertLink("large", { kind: "hard", objectHeaderAddress: dataset.address });
      for (const place of places) dataset.writeBytes(new Uint8Array(Float64Array.of(place).buffer), at(place));
      expect(dataset.layout).toMatchObject({ version: 5, chunkDims: [CHUNK], indexing: { type: "fixed-array" } });
      const { read, again } = reopen();
      const values = [...places, 5].map((place) => new Float64Array(read.readBytes(at(place)).slice().buffer)[0]);
      expect(values).toEqual([...places, 0]);
      expect(read.storageSize()).toBe(2 * 8 * CHUNK);
      again.close();
    });
  });

  test("are refused where the high bound knows no layout that has them", () => {
    const file = H5File.create(new MemoryTarget(), { lowBound: "earliest", highBound: "v114" });
    expect(() => createDataset(file, optionsOf([CHUNK]))).toThrow("chunk size must be < 4GB");
    const { layout } = createDataset(H5File.create(new MemoryTarget(), {}), optionsOf([CHUNK]));
    expect(layout).toMatchObject({ version: 5, chunkDims: [CHUNK] });
  });

  test.each(["early", "late"] as const)("are filled in pieces by %s allocation", (allocationTime) => {
    inSparseFile((file, reopen) => {
      const dims = [CHUNK + 5];
      const fillValue = new Uint8Array(Float64Array.of(2.5).buffer);
      // Nothing of 8 GiB is written: the fill time is "never".
      const dataset = createDataset(file, optionsOf(dims, { allocationTime, fillValue, fillTime: "never" }));
      file.root().insertLink("large", { kind: "hard", objectHeaderAddress: dataset.address });
      expect(dataset.storageSize()).toBe(allocationTime === "early" ? 2 * 8 * CHUNK : 0);
      dataset.writeBytes(new Uint8Array(Float64Array.of(1).buffer), selectBox(dims, [CHUNK + 1], [1]));
      expect(dataset.storageSize()).toBe(2 * 8 * CHUNK);
      const { read, again } = reopen();
      const around = read.readBytes(selectBox(dims, [CHUNK - 1], [4]));
      expect([...new Float64Array(around.slice().buffer)]).toEqual([0, 0, 1, 0]);
      again.close();
    });
  });

  test("of texts are written and overwritten in place", () => {
    inSparseFile((file, reopen) => {
      const count = 2 ** 28;
      const dims = [2 * count];
      const dataset = createDataset(file, {
        ...optionsOf(dims, { datatype: variableString() }),
        layout: { kind: "chunked", chunkDims: [count] },
      });
      file.root().insertLink("large", { kind: "hard", objectHeaderAddress: dataset.address });
      const put = (place: number, value: string) => {
        const { address, index } = file.globalHeap.insert(new TextEncoder().encode(value));
        const bytes = new Uint8Array(16);
        const view = new DataView(bytes.buffer);
        view.setUint32(0, value.length, true);
        view.setBigUint64(4, BigInt(address), true);
        view.setUint32(12, index, true);
        dataset.writeBytes(bytes, selectBox(dims, [place], [1]));
        return () => new TextDecoder().decode(file.globalHeap.read(address, index));
      };
      const objects = [put(count - 1, "end"), put(count, "begin"), put(7, "seven")] as const;
      expect(objects.map((read) => read())).toEqual(["end", "begin", "seven"]);
      const kept = put(7, "eight-");
      expect(objects[2]).toThrow("Global heap");
      expect([objects[0](), objects[1](), kept()]).toEqual(["end", "begin", "eight-"]);
      const { read, again } = reopen();
      const lengths = [7, count - 1, count, count + 1].map((at) => read.readBytes(selectBox(dims, [at], [1]))[0]);
      expect(lengths).toEqual([6, 3, 5, 0]);
      again.close();
    });
  });

  test("behind filters are made, described and moved as they are stored; what is no stream is refused as such", () => {
    const filters = [{ id: 1, name: "deflate", optional: false, flags: 0, clientData: [1] }];
    const target = new MemoryTarget();
    const file = H5File.create(target, { lowBound: "v200" });
    const dataset = createDataset(file, optionsOf([CHUNK + 1], { filters }));
    file.root().insertLink("large", { kind: "hard", objectHeaderAddress: dataset.address });
    const one = selectBox([CHUNK + 1], [CHUNK], [1]);
    expect(dataset.readBytes(one)).toEqual(new Uint8Array(8));
    const stored = Uint8Array.of(1, 2, 3);
    dataset.chunkStore().writeStored([1], stored, 0);
    expect(dataset.chunkStore().readStored([1])?.bytes).toEqual(stored);
    expect(dataset.storageSize()).toBe(stored.length);
    expect(dataset.readBytes(selectBox([CHUNK + 1], [0], [1]))).toEqual(new Uint8Array(8));
    expect(() => dataset.readBytes(one)).toThrow("inflate() failed: 4294967296 bytes from 3");
    file.close();
  });

  test("behind filters that can tell where an element lies are read as far as is asked for", () => {
    inSparseFile((file) => {
      const filters = [{ id: 2, name: "shuffle", optional: false, flags: 0, clientData: [8] }];
      const dataset = createDataset(file, optionsOf([CHUNK + 1], { filters }));
      file.root().insertLink("large", { kind: "hard", objectHeaderAddress: dataset.address });
      const store = dataset.chunkStore();
      const place = file.storage.allocate("draw", 8 * CHUNK);
      store.index.insert([0], { address: place, byteLength: 8 * CHUNK, filterMask: 0 });
      const element = new Uint8Array(Float64Array.of(Math.PI).buffer);
      for (let plane = 0; plane < 8; plane++) {
        file.storage.writeRaw(place + plane * CHUNK + CHUNK - 2, element.subarray(plane, plane + 1));
      }
      file.storage.writeRaw(place + 8 * CHUNK - 1, Uint8Array.of(0x40));
      const around = dataset.readBytes(selectBox([CHUNK + 1], [CHUNK - 3], [4]));
      expect([...new Float64Array(around.slice().buffer)]).toEqual([0, Math.PI, 2, 0]);
      file.close();
    });
  });

  test("behind filters are not written where their elements own heap objects", () => {
    const filters = [{ id: 1, name: "deflate", optional: true, flags: 0, clientData: [1] }];
    const file = H5File.create(new MemoryTarget(), { lowBound: "v200" });
    const dataset = createDataset(file, {
      ...optionsOf([CHUNK], { datatype: variableString(), filters }),
      layout: { kind: "chunked", chunkDims: [CHUNK / 2] },
    });
    const write = () => dataset.writeBytes(new Uint8Array(16), selectBox([CHUNK], [0], [1]));
    expect(write).toThrow(LimitError);
    expect(write).toThrow("chunks of 4 GiB and more of variable length are not written through filters");
  });
});
