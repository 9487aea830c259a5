/** Virtual datasets that we make in the formats of newer bounds, read by version 2.0 of the C library. */
import { join } from "node:path";
import { ready, type Dataset as WasmDataset, File as WasmFile } from "h5wasm/node";
import { expect, test } from "vitest";
import type { DatasetObject } from "../../src/engine/dataset-object.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { resolveObject } from "../../src/engine/resolve.ts";
import { decodeVirtualMappingBlock } from "../../src/format/virtual-mapping-block.ts";
import { File, h5s, MultiBlockSlice, slice, VirtualSource } from "../../src/index.ts";
import { openPath } from "../../src/io/path-source.ts";
import { inFolder } from "./peers.ts";

await ready;

const { UNLIMITED } = h5s;

/** Versions of the mapping block and of the selections in it. */
function versionsIn(path: string, name: string): { readonly block: number; readonly selections: readonly unknown[] } {
  const file = H5File.open(openPath(path, "r"));
  const { layout } = resolveObject(file.root(), name) as DatasetObject;
  if (layout.kind !== "virtual") throw new Error("not virtual");
  const bytes = file.globalHeap.read(layout.heapAddress, layout.heapIndex);
  const { version, mappings } = decodeVirtualMappingBlock(file.storage.cursor(bytes, "mappings", 0));
  file.close();
  return {
    block: version,
    selections: mappings.map(({ virtualSelection }) => ("version" in virtualSelection ? virtualSelection.version : 0)),
  };
}

test.each([
  ["v110", 0, 2],
  ["v112", 0, 3],
  ["v114", 0, 3],
  ["v200", 1, 3],
] as const)("of bound %s: mapping block %i, hyperslabs %i", (libver, block, hyperslabs) => {
  inFolder((folder) => {
    for (const [name, from] of [
      ["a.h5", 0],
      ["b.h5", 100],
    ] as const) {
      const source = new File(join(folder, name), "w");
      for (const part of ["one", "two"]) {
        const data = Int32Array.from({ length: 12 }, (_, i) => from + i + (part === "two" ? 50 : 0));
        source.createDataset(part, { data, maxshape: [null] });
      }
      source.close();
    }
    const path = join(folder, "virtual.h5");
    const file = new File(path, "w", { libver: [libver, "latest"] });
    file.createDataset("here", { data: Int32Array.of(7, 8, 9) });
    // Names of files and datasets that earlier mappings have, in every combination, and the virtual file itself.
    const names = [
      ["a.h5", "one"],
      ["a.h5", "two"],
      ["b.h5", "one"],
      ["b.h5", "two"],
      ["a.h5", "one"],
      ["b.h5", "two"],
    ] as const;
    file.buildVirtualDataset("all", { shape: [7, 12], dtype: "<i4", fillvalue: -1 }, (layout) => {
      names.forEach(([name, part], i) => {
        layout.set([i, slice(i, 12)], new VirtualSource(name, { name: part, shape: [12] }).select(slice(0, 12 - i)));
      });
      layout.set([6, [0, 2, 3]], new VirtualSource(".", { name: "here", shape: [3] }));
    });
    file.buildVirtualDataset("growing", { shape: [8], dtype: "<i4", maxshape: [null] }, (layout) => {
      const every = new MultiBlockSlice({ start: 0, stride: 2, block: 1, count: UNLIMITED });
      layout.set(every, new VirtualSource("a.h5", { name: "one", shape: [12] }).select(slice(0, UNLIMITED)));
    });
    file.close();
    expect(versionsIn(path, "all").block).toBe(block);
    expect(versionsIn(path, "growing")).toEqual({ block, selections: [hyperslabs] });

    const own = new File(path, "r");
    const cwd = process.cwd();
    process.chdir(folder);
    try {
      const read = new WasmFile("virtual.h5", "r");
      for (const name of ["all", "growing"]) {
        const theirs = read.get(name) as WasmDataset;
        expect(theirs.value).toEqual(own.getDataset(name).read().data);
      }
      expect((read.get("all") as WasmDataset).slice([[6, 7]])).toEqual(
        Int32Array.of(7, -1, 8, 9, ...new Array<number>(8).fill(-1)),
      );
      expect((read.get("all") as WasmDataset).slice([[3, 4]])).toEqual(
        Int32Array.of(-1, -1, -1, ...Array.from({ length: 9 }, (_, i) => 150 + i)),
      );
      read.close();
    } finally {
      process.chdir(cwd);
    }
    own.close();
  });
});
