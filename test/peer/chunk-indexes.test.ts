import { createHash } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { UNLIMITED } from "../../src/base/address.ts";
import { product } from "../../src/base/bits.ts";
import { createDataset } from "../../src/engine/create-object.ts";
import type { DatasetObject } from "../../src/engine/dataset-object.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { resolveObject } from "../../src/engine/resolve.ts";
import { selectBox } from "../../src/engine/selection/selection.ts";
import { fixedPoint } from "../../src/format/predefined-datatypes.ts";
import { openPath } from "../../src/io/path-source.ts";
import { h5dump, inFolderAsync } from "./peers.ts";
import { PythonProcess } from "./python-process.ts";

const INT32 = fixedPoint(4, true);

type Edit =
  | { readonly resize: readonly number[] }
  | { readonly start: readonly number[]; readonly count: readonly number[]; readonly salt: number };

interface Case {
  readonly name: string;
  readonly index: string;
  readonly dims: readonly number[];
  /** `null` where unlimited. */
  readonly maxDims: readonly (number | null)[];
  readonly chunks: readonly number[];
  readonly filtered: boolean;
  readonly early: boolean;
  readonly partialUnfiltered: boolean;
  readonly fill: number;
  /** What each turn does. */
  readonly turns: readonly (readonly Edit[])[];
}

function write(start: readonly number[], count: readonly number[], salt: number): Edit {
  return { start, count, salt };
}

function resize(...dims: number[]): Edit {
  return { resize: dims };
}

const PLAIN = { filtered: false, early: false, partialUnfiltered: false, fill: -5 };
const FILTERED = { ...PLAIN, filtered: true };

const BASES: readonly Omit<Case, "filtered" | "early" | "partialUnfiltered" | "fill">[] = [
  {
    name: "one chunk",
    index: "single-chunk",
    dims: [6, 10],
    maxDims: [6, 10],
    chunks: [6, 10],
    turns: [
      [write([1, 2], [3, 4], 100)],
      [write([0, 0], [6, 10], 200)],
      [write([5, 5], [1, 5], 300)],
      [write([0, 9], [6, 1], 400)],
    ],
  },
  {
    name: "some chunks of a limited dataset",
    index: "fixed-array",
    dims: [20, 31],
    maxDims: [40, 33],
    chunks: [4, 5],
    turns: [
      [write([3, 3], [10, 10], 100)],
      [write([0, 30], [20, 1], 200)],
      [resize(33, 33), write([30, 20], [3, 13], 300)],
      [resize(9, 12)],
      [resize(40, 33), write([39, 0], [1, 33], 500)],
      [write([0, 0], [40, 33], 600)],
      [resize(5, 5)],
      [resize(12, 33)],
    ],
  },
  {
    name: "pages of a fixed array",
    index: "fixed-array",
    dims: [9000],
    maxDims: [20001],
    chunks: [2],
    turns: [
      [write([5000], [11], 100)],
      [write([0], [3], 200), write([8990], [10], 250)],
      [resize(20001), write([20000], [1], 300)],
      [resize(5003)],
      [resize(18000), write([4000], [9000], 500)],
    ],
  },
  {
    name: "a growing line",
    index: "extensible-array",
    dims: [5],
    maxDims: [null],
    chunks: [3],
    turns: [
      [write([1], [4], 100)],
      [resize(61), write([40], [20], 200)],
      [resize(2000), write([300], [1500], 300), write([0], [70], 350)],
      [resize(700)],
      [resize(9000), write([8990], [10], 500)],
      [resize(0)],
      [resize(100), write([20], [50], 700)],
    ],
  },
  {
    name: "a growing line of more than 100000 chunks",
    index: "extensible-array",
    dims: [263_000],
    maxDims: [null],
    chunks: [2],
    turns: [
      [write([262_000], [301], 100)],
      [write([100_000], [40], 200), write([262_990], [10], 250)],
      [resize(280_000), write([266_200], [100], 300), write([270_001], [1], 350)],
      [write([1], [2200], 400)],
      [resize(262_121)],
      [resize(264_500), write([262_113], [2300], 600)],
    ],
  },
  {
    name: "growing along the second dimension",
    index: "extensible-array",
    dims: [10, 7, 6],
    maxDims: [11, null, 8],
    chunks: [3, 2, 4],
    turns: [
      [write([2, 3, 1], [7, 4, 5], 100)],
      [resize(11, 20, 8), write([0, 15, 0], [11, 3, 8], 200)],
      [resize(4, 18, 5)],
      [resize(11, 40, 8), write([10, 0, 0], [1, 40, 1], 400)],
      [write([0, 0, 0], [11, 40, 8], 500)],
    ],
  },
  {
    name: "growing everywhere",
    index: "b-tree-v2",
    dims: [10, 12],
    maxDims: [null, null],
    chunks: [3, 2],
    turns: [
      [write([2, 3], [6, 7], 100)],
      [resize(90, 130), write([0, 100], [90, 30], 200)],
      [write([0, 0], [90, 130], 300)],
      [resize(40, 33)],
      [resize(200, 200), write([150, 0], [50, 200], 500), write([0, 150], [200, 7], 550)],
      [resize(3, 3)],
      [resize(0, 3)],
      [resize(50, 60), write([7, 7], [40, 50], 800)],
    ],
  },
];

const CASES: readonly Case[] = [
  ...BASES.flatMap((base) => [
    { ...base, ...PLAIN },
    { ...base, ...FILTERED, name: `${base.name}, filtered` },
    ...(base.name.includes("100000")
      ? []
      : [
          { ...base, ...FILTERED, partialUnfiltered: true, name: `${base.name}, edges unfiltered` },
          {
            ...base,
            ...PLAIN,
            early: true,
            index: base.index === "fixed-array" ? "implicit" : base.index,
            name: `${base.name}, allocated early`,
          },
          { ...base, ...FILTERED, early: true, name: `${base.name}, filtered, allocated early` },
        ]),
  ]),
];

/** What a dataset should hold. */
class Expected {
  dims: readonly number[];
  private values: Int32Array;
  private readonly fill: number;

  constructor({ dims, fill }: Case) {
    this.dims = dims;
    this.fill = fill;
    this.values = new Int32Array(product(dims)).fill(fill);
  }

  apply(edit: Edit): void {
    if ("resize" in edit) {
      const old = { dims: this.dims, values: this.values };
      this.dims = edit.resize;
      this.values = new Int32Array(product(edit.resize)).fill(this.fill);
      const kept = old.dims.map((size, d) => Math.min(size, edit.resize[d] as number));
      forEachOf(kept, (at) => {
        this.values[position(at, this.dims)] = old.values[position(at, old.dims)] as number;
      });
      return;
    }
    const box = boxValues(edit.start, edit.count, edit.salt);
    let next = 0;
    forEachOf(edit.count, (at) => {
      const there = at.map((coordinate, d) => coordinate + (edit.start[d] as number));
      this.values[position(there, this.dims)] = box[next++] as number;
    });
  }

  get bytes(): Uint8Array {
    return new Uint8Array(this.values.buffer);
  }
}

function position(at: readonly number[], dims: readonly number[]): number {
  return at.reduce((sum, coordinate, d) => sum * (dims[d] as number) + coordinate, 0);
}

function forEachOf(dims: readonly number[], visit: (at: readonly number[]) => void): void {
  const at = dims.map(() => 0);
  for (let left = product(dims); left > 0; left--) {
    visit(at);
    for (let d = dims.length - 1; d >= 0; d--) {
      const next = (at[d] as number) + 1;
      at[d] = next < (dims[d] as number) ? next : 0;
      if (at[d] !== 0) break;
    }
  }
}

function boxValues(start: readonly number[], count: readonly number[], salt: number): Int32Array {
  const values = new Int32Array(product(count));
  let next = 0;
  forEachOf(count, (at) => {
    values[next++] = at.reduce((sum, c, d) => sum + (c + (start[d] as number)) * (7 + 13 * d), salt);
  });
  return values;
}

function createOurs(file: H5File, spec: Case): DatasetObject {
  const { dims, chunks, maxDims, filtered, early, fill, partialUnfiltered } = spec;
  const dataset = createDataset(file, {
    datatype: INT32,
    dataspace: {
      kind: "simple",
      dims,
      maxDims: maxDims.map((size) => size ?? UNLIMITED),
      maxDimsStored: true,
      version: 2,
    },
    layout: { kind: "chunked", chunkDims: chunks, dontFilterPartialChunks: partialUnfiltered },
    filters: filtered
      ? [
          { id: 2, name: "", optional: true, flags: 1, clientData: [4] },
          { id: 1, name: "", optional: true, flags: 1, clientData: [4] },
        ]
      : [],
    allocationTime: early ? "early" : "default",
    fillValue: new Uint8Array(Int32Array.of(fill).buffer),
  });
  file.root().insertLink(spec.name, { kind: "hard", objectHeaderAddress: dataset.address });
  return dataset;
}

/** One turn of ours. */
function editOurs(path: string, turn: number): void {
  const file = H5File.open(openPath(path, "r+"), { writable: true, lowBound: "v110" });
  for (const spec of CASES) {
    const dataset = turn === 0 ? createOurs(file, spec) : (resolveObject(file.root(), spec.name) as DatasetObject);
    file.acquire(dataset);
    for (const edit of spec.turns[turn] ?? []) {
      if ("resize" in edit) dataset.setExtent(edit.resize);
      else {
        const bytes = new Uint8Array(boxValues(edit.start, edit.count, edit.salt).buffer);
        dataset.writeBytes(bytes, selectBox(dataset.dims, edit.start, edit.count));
      }
    }
    file.release(dataset);
  }
  file.close();
}

interface Digest {
  readonly dims: readonly number[];
  readonly sha256: string;
  readonly storageSize?: number;
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function digestsOfOurs(path: string): Record<string, Digest & { readonly index: string }> {
  const file = H5File.open(openPath(path, "r"));
  const digests = Object.fromEntries(
    CASES.map(({ name }) => {
      const dataset = resolveObject(file.root(), name) as DatasetObject;
      const { layout, dims } = dataset;
      const index = layout.kind === "chunked" ? layout.indexing.type : layout.kind;
      const bytes = product(dims) === 0 ? new Uint8Array(0) : dataset.readBytes();
      return [name, { dims, sha256: sha256(bytes), storageSize: dataset.storageSize(), index }];
    }),
  );
  file.close();
  return digests;
}

let python: PythonProcess;

beforeAll(() => {
  python = new PythonProcess(fileURLToPath(new URL("chunk-index-edits.py", import.meta.url)));
});

afterAll(() => python.close());

/** One turn of the C library, and what it finds afterwards. */
async function theirs(path: string, turn: number | undefined): Promise<Record<string, Digest>> {
  const cases = CASES.map(({ turns, ...spec }) => ({
    ...spec,
    edits: turn === undefined ? [] : (turns[turn] ?? []),
  }));
  return (await python.ask({ path, cases })) as Record<string, Digest>;
}

const TURNS = Math.max(...CASES.map(({ turns }) => turns.length));

describe("chunk indexes of layout version 4, edited by turns", () => {
  test.each([
    { first: "the C library", ours: 1 },
    { first: "h5ts", ours: 0 },
  ])("$first begins: both find the same after each turn", async ({ ours }) => {
    await inFolderAsync(async (folder) => {
      const path = join(folder, "turns.h5");
      const expected = new Map(CASES.map((spec) => [spec.name, new Expected(spec)]));
      if (ours === 0) H5File.create(openPath(path, "w"), { lowBound: "v110" }).close();
      for (let turn = 0; turn < TURNS; turn++) {
        if (turn % 2 === ours) editOurs(path, turn);
        const found = await theirs(path, turn % 2 === ours ? undefined : turn);
        const foundByUs = digestsOfOurs(path);
        for (const spec of CASES) {
          const model = expected.get(spec.name) as Expected;
          for (const edit of spec.turns[turn] ?? []) model.apply(edit);
          const digest = { dims: model.dims, sha256: sha256(model.bytes) };
          const where = `${spec.name}, turn ${turn}`;
          expect({ where, ...foundByUs[spec.name] }).toMatchObject({ where, ...digest, index: spec.index });
          expect({ where, ...found[spec.name] }).toMatchObject({ where, ...digest });
          expect({ where, storageSize: foundByUs[spec.name]?.storageSize }).toEqual({
            where,
            storageSize: found[spec.name]?.storageSize,
          });
        }
        h5dump(path, "-H", "-p");
      }
    });
  });
});
