/** A file before and after records were appended, and what of its metadata was changed by that. */
import { H5File } from "../../src/engine/h5-file.ts";
import { spaceMap } from "../../src/engine/space-map/space-map.ts";
import { File } from "../../src/index.ts";
import { MemorySource } from "../../src/io/memory-source.ts";
import type { Tear } from "./torn-source.ts";

export const ROWS = 3000;

/** A file before and after some rows were appended to datasets with chunk indexes of both kinds. */
export function grownFile(): { older: Uint8Array; bytes: Uint8Array } {
  const file = new File(new Uint8Array(0), "w", { libver: "latest" });
  const ext = file.createDataset("ext", { shape: [0], maxshape: [null], chunks: [1], dtype: "<i4", fletcher32: true });
  const tree = file.createDataset("tree", { shape: [0, 1], maxshape: [null, null], chunks: [4, 1], dtype: "<i4" });
  const rows = (start: number, end: number) => {
    const values = Int32Array.from({ length: end - start }, (_, i) => start + i);
    ext.resize([end]);
    ext.write(`${start}:${end}`, values);
    tree.resize([end, 1]);
    tree.write(`${start}:${end}, 0`, values);
    file.flush();
    return file.toBytes();
  };
  const older = rows(0, ROWS - 1000);
  const bytes = rows(ROWS - 1000, ROWS);
  file.close();
  return { older, bytes };
}

const KINDS = new Set<string>(["object-header", "extensible-array", "b-tree-v2"]);

/** One piece of metadata of each kind that was changed, from the middle of what is others in it to its end. */
export function changedPieces(older: Uint8Array, bytes: Uint8Array): Map<string, Tear> {
  const pieces = new Map<string, Tear>();
  for (const { what, kind, offset, byteLength } of spaceMap(H5File.open(new MemorySource(bytes))).regions) {
    if (!KINDS.has(kind)) continue;
    const others: number[] = [];
    for (let at = offset; at < offset + byteLength; at++) if (bytes[at] !== (older[at] ?? 0)) others.push(at);
    // What was not there before is torn in its first bytes, too.
    const from = others[Math.floor(others.length / 2)];
    const name = `${kind}: ${what.replace(/[0-9]+/g, "N")}`;
    if (from !== undefined) pieces.set(name, { offset: from, byteLength: offset + byteLength - from, reads: 0 });
  }
  return pieces;
}
