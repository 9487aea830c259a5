/** Groups and objects in dense storage that the C library and this one edit in turns. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ready } from "h5wasm/node";
import { describe, expect, test } from "vitest";
import { isDefined } from "../../src/base/address.ts";
import { BTreeV2 } from "../../src/engine/b-tree-v2.ts";
import type { GroupObject } from "../../src/engine/group-object.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { resolveObject } from "../../src/engine/resolve.ts";
import { LINK_NAME_RECORDS } from "../../src/format/b-tree-v2-records.ts";
import { decodeFractalHeapId } from "../../src/format/fractal-heap-id.ts";
import { decodeLinkInfo } from "../../src/format/link-info.ts";
import { MESSAGE } from "../../src/format/message-types.ts";
import { MemoryTarget } from "../../src/io/memory-source.ts";
import { disagreements, recount } from "../engine/fractal-heap/recount.ts";
import { h5dump, inFolder, runPython } from "./peers.ts";

await ready;

/** One edit: a link is made (its value given), or goes (no value). */
type Edit = readonly [name: string, value: string | null];

/** A repeatable row of numbers. C: `rand`. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state >>> 8;
  };
}

/** Edits that begin with what `model` holds, and bring it up to date. */
function makeEdits(model: Map<string, string>, count: number, removalsInTen: number, next: () => number): Edit[] {
  const edits: Edit[] = [];
  for (let i = 0; i < count; i++) {
    const names = [...model.keys()];
    if (names.length > 0 && next() % 10 < removalsInTen) {
      const name = names[next() % names.length] as string;
      model.delete(name);
      edits.push([name, null]);
    } else {
      const length = next() % 20 === 0 ? 5000 : 1 + (next() % 60);
      const name = `link ${next()}`;
      if (model.has(name)) continue;
      const value = `/${"v".repeat(length)}`;
      model.set(name, value);
      edits.push([name, value]);
    }
  }
  return edits;
}

const PYTHON_EDITS = `
import json
path, edits = args[0], json.load(open(args[1]))
with h5py.File(path, 'a', libver='latest') as f:
    g = f['g']
    for name, value in edits:
        if value is None: del g[name]
        else: g[name] = h5py.SoftLink(value)
`;

const PYTHON_CHECK = `
import json
path, model = args[0], json.load(open(args[1]))
with h5py.File(path, 'r') as f:
    g = f['g']
    found = {name: g.get(name, getlink=True).path for name in g}
    assert len(g) == len(model), (len(g), len(model))
    assert found == model
`;

function withJson(folder: string, value: unknown): string {
  const path = join(folder, "edits.json");
  writeFileSync(path, JSON.stringify(value));
  return path;
}

function editOurselves(path: string, use: (group: GroupObject) => void): void {
  const target = new MemoryTarget(readFileSync(path));
  const file = H5File.open(target, { writable: true, lowBound: "v110" });
  use(resolveObject(file.root(), "/g") as GroupObject);
  file.close();
  writeFileSync(path, target.toBytes());
}

/** What the group's dense storage says against itself, and whether there is any. */
function checkHeap(path: string): boolean {
  const file = H5File.open(new MemoryTarget(readFileSync(path)));
  const group = resolveObject(file.root(), "/g") as GroupObject;
  const message = group.header.first(MESSAGE.LINK_INFO);
  const { storage } = file;
  const info = decodeLinkInfo(storage.cursor(message?.data ?? new Uint8Array(), "Link info message", group.address));
  if (!isDefined(info.fractalHeapAddress)) return false;
  const count = recount(storage, info.fractalHeapAddress);
  const objects: { start: number; byteLength: number }[] = [];
  new BTreeV2(storage, info.nameIndexAddress, LINK_NAME_RECORDS).forEach(({ heapId }) => {
    const id = decodeFractalHeapId(storage.cursor(heapId, "Fractal heap ID", group.address), count.header);
    if (id.kind === "managed") objects.push({ start: id.heapOffset, byteLength: id.byteLength });
  });
  expect(disagreements(count, objects, 21)).toEqual([]);
  return true;
}

function applyOurselves(path: string, edits: readonly Edit[]): void {
  editOurselves(path, (group) => {
    for (const [name, value] of edits) {
      if (value === null) group.removeLink(name);
      else group.insertLink(name, { kind: "soft", path: value });
    }
  });
}

function create(path: string, tracked: boolean): void {
  const code = `
with h5py.File(args[0], 'w', libver='latest') as f: f.create_group('g', track_order=${tracked ? "True" : "False"})
`;
  runPython(code, path);
}

describe("links in dense storage, edited in turns with h5py", () => {
  test.each([
    [1, false],
    [2, true],
    [3, false],
  ])("by row of numbers %i (order tracked: %s)", (seed, tracked) => {
    inFolder((folder) => {
      const path = join(folder, "turns.h5");
      create(path, tracked);
      const model = new Map<string, string>();
      const next = numbers(seed);
      let wasDense = false;
      for (let turn = 0; turn < 10; turn++) {
        const removals = [0, 2, 9, 6, 10, 1, 5, 9, 8, 3][turn] as number;
        const edits = makeEdits(model, 400, removals, next);
        if ((turn + seed) % 2 === 0) {
          applyOurselves(path, edits);
          wasDense = checkHeap(path) || wasDense;
        } else {
          runPython(PYTHON_EDITS, path, withJson(folder, edits));
        }
        runPython(PYTHON_CHECK, path, withJson(folder, Object.fromEntries(model)));
        const file = H5File.open(new MemoryTarget(readFileSync(path)));
        const links = (resolveObject(file.root(), "/g") as GroupObject).links();
        const found = links.map(({ name, target }) => [name, target.kind === "soft" ? target.path : target.kind]);
        expect(new Map(found as [string, string][])).toEqual(model);
        file.close();
      }
      expect(wasDense).toBe(true);
      h5dump(path);
    });
  });
});
