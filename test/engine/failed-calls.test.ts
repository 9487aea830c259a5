/** Every single write, and every single read, of a session fails once; what failed is tried again, and the file is as it would be. */
import { describe, expect, test } from "vitest";
import { UNLIMITED } from "../../src/base/address.ts";
import { createDataset } from "../../src/engine/create-object.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import type { FilterDescription } from "../../src/format/filter-pipeline.ts";
import { PREDEFINED } from "../../src/format/predefined-datatypes.ts";
import { type Dataset, File, type FileOptions, isHdf5Error } from "../../src/index.ts";
import { type Faults, FaultyTarget, MemorySource, MemoryTarget } from "../../src/io/index.ts";
import { typeIdOf } from "../../src/lowlevel/type-wrap.ts";
import { modelOfFile } from "../support/engine-model.ts";
import { type ByteSpan, lostSpans, overlaps, spaceProblems } from "../support/space-check.ts";

type Step = (file: File) => void;

const numbers = (count: number, factor: number) => Float64Array.from({ length: count }, (_, i) => Math.sin(factor * i));
const dataset = (file: File, name: string) => file.get(name) as Dataset;

const engineOf = (file: File) => file.id.location().object.file;

/** Larger than what is held back to be written with its neighbours. */
const CHUNK = 300;

function made(options: FileOptions): Uint8Array {
  const file = File.inMemory(undefined, options);
  const noise = { data: numbers(4 * CHUNK, 7), chunks: [CHUNK], maxshape: [null] };
  file.createDataset("packed", { ...noise, compression: "gzip" });
  file.createDataset("edges", {
    data: numbers(3 * CHUNK + 40, 3),
    chunks: [CHUNK],
    maxshape: [null],
    fletcher32: true,
  });
  file.createDataset("plain", noise);
  file.createDataset("grid", { shape: [40, 40], dtype: "<f8", chunks: [16, 16], maxshape: [null, null] });
  file.createDataset("fixed", { shape: [4 * CHUNK], dtype: "<f8", chunks: [CHUNK] });
  file.createDataset("contiguous", { shape: [1000], dtype: "<f8" });
  addEarly(file, "early", { chunkDims: [CHUNK] }, UNLIMITED);
  addEarly(file, "implicit", { chunkDims: [CHUNK] }, 7 * CHUNK, []);
  addEarly(file, "partial", { chunkDims: [CHUNK], dontFilterPartialChunks: true }, UNLIMITED);
  // Several chunks of it begin, or cease, to be stored as they are in one call.
  addEarly(file, "border", { chunkDims: [20, 20], dontFilterPartialChunks: true }, UNLIMITED, [DEFLATE], [50, 60]);
  dataset(file, "border").write([], { data: numbers(3000, 47), shape: [50, 60] });
  const bytes = file.toBytes();
  file.close();
  return bytes;
}

const DEFLATE = { id: 1, name: "deflate", optional: true, flags: 1, clientData: [4] };

/** A dataset all of whose chunks are there from the beginning, by the engine's own hand. */
function addEarly(
  file: File,
  name: string,
  layout: { readonly chunkDims: readonly number[]; readonly dontFilterPartialChunks?: boolean },
  maxDim: number,
  filters: readonly FilterDescription[] = [DEFLATE],
  dims: readonly number[] = [2 * CHUNK + 30],
): void {
  const engine = engineOf(file);
  const maxDims = [maxDim, ...dims.slice(1)];
  const dataspace = { kind: "simple", version: 1, dims, maxDims, maxDimsStored: true } as const;
  const datatype = PREDEFINED.IEEE_F64LE;
  const fillValue = new Uint8Array(Float64Array.of(5).buffer);
  const made = createDataset(engine, {
    datatype,
    dataspace,
    layout: { kind: "chunked", ...layout },
    filters,
    allocationTime: "early",
    fillTime: "alloc",
    fillValue,
  });
  engine.root().insertLink(name, { kind: "hard", objectHeaderAddress: made.address });
}

/** Filtered chunks that grow and shrink, from those of the file and from those of a moment ago; chunks and space that come into being. */
const STEPS: readonly Step[] = [
  (file) => dataset(file, "packed").write([`0:${2 * CHUNK}`], new Float64Array(2 * CHUNK)),
  (file) => dataset(file, "packed").write([`${CHUNK}:${3 * CHUNK}`], numbers(2 * CHUNK, 11)),
  (file) => file.flush(),
  (file) => dataset(file, "packed").write([`0:${CHUNK}`], numbers(CHUNK, 13)),
  (file) => dataset(file, "packed").resize([6 * CHUNK]),
  (file) => dataset(file, "packed").write([`${4 * CHUNK}:${6 * CHUNK}`], numbers(2 * CHUNK, 17)),
  (file) => dataset(file, "packed").write([`${4 * CHUNK}:${5 * CHUNK}`], new Float64Array(CHUNK).fill(1)),
  (file) => dataset(file, "edges").resize([5 * CHUNK]),
  (file) => dataset(file, "edges").write([`${2 * CHUNK}:${5 * CHUNK}`], numbers(3 * CHUNK, 19)),
  (file) => dataset(file, "edges").resize([2 * CHUNK + 17]),
  (file) => dataset(file, "plain").resize([3 * CHUNK + 5]),
  (file) => dataset(file, "grid").write(["10:30", "5:25"], { data: numbers(400, 23), shape: [20, 20] }),
  (file) => dataset(file, "grid").resize([60, 12]),
  (file) => dataset(file, "fixed").write(["5:20"], numbers(15, 29)),
  (file) => dataset(file, "contiguous").write(["3:300"], numbers(297, 31)),
  (file) => {
    // As in h5py, the dataset is there before its data.
    if (file.has("new")) file.delete("new");
    file.createDataset("new", { data: numbers(700, 37) }).id.close();
  },
  (file) => dataset(file, "early").resize([5 * CHUNK]),
  (file) => dataset(file, "implicit").resize([5 * CHUNK - 20]),
  (file) => dataset(file, "implicit").write([`${3 * CHUNK}:${3 * CHUNK + 20}`], numbers(20, 41)),
  (file) => dataset(file, "partial").write([`${CHUNK - 10}:${2 * CHUNK + 30}`], numbers(CHUNK + 40, 43)),
  (file) => dataset(file, "partial").resize([3 * CHUNK + 1]),
  (file) => dataset(file, "partial").resize([2 * CHUNK - 7]),
  (file) => dataset(file, "border").resize([60, 60]),
  (file) => dataset(file, "border").resize([55, 60]),
  (file) => addEarly(file, "made early", { chunkDims: [CHUNK / 4] }, UNLIMITED),
  (file) => addEarly(file, "made implicit", { chunkDims: [CHUNK / 4] }, 4 * CHUNK, []),
  (file) => dataset(file, "packed").flush(),
  (file) => file.flush(),
];

const NONE: Faults = {};

interface Outcome {
  /** The step that failed. */
  readonly failed: number | undefined;
  readonly bytes: Uint8Array;
}

function opened(target: FaultyTarget): { file: File; lost: ByteSpan[] } {
  // A cache so small that chunks are written as others come.
  const file = new File(target, "r+", { rdccNbytes: 3 * 8 * CHUNK });
  return { file, lost: lostSpans(engineOf(file)) };
}

/** All steps, that which fails a second time. */
function run(bytes: Uint8Array, faults: Faults): Outcome {
  const memory = new MemoryTarget(bytes.slice());
  const { file, lost } = opened(new FaultyTarget(memory, faults));
  let failed: number | undefined;
  for (const [i, step] of STEPS.entries()) {
    try {
      step(file);
    } catch (error) {
      expect(isHdf5Error(error), `step ${i}: ${(error as Error).stack}`).toBe(true);
      expect((error as Error).message).toMatch(/Input\/output error/);
      expect(failed).toBe(undefined);
      failed = i;
      step(file);
    }
  }
  // The rest of the calls belongs to looking and closing.
  if (failed === undefined && faults !== NONE) return { failed, bytes };
  expect(spaceProblems(engineOf(file), lost)).toEqual([]);
  file.close();
  return { failed, bytes: memory.toBytes() };
}

function contents(bytes: Uint8Array): Record<string, string> {
  const file = H5File.open(new MemorySource(bytes));
  expect(overlaps(file)).toEqual([]);
  const { objects } = modelOfFile(file);
  file.close();
  return Object.fromEntries(Object.entries(objects).map(([path, object]) => [path, JSON.stringify(object)]));
}

describe.each([
  ["the earliest format", {}],
  ["version 1.10", { libver: "v110" }],
  [
    "version 1.10, pages and stored free space",
    { libver: "v110", fsStrategy: "page", fsPersist: true, fsPageSize: 512 },
  ],
] as const)("%s", (_, options) => {
  const bytes = made(options);
  const expected = contents(run(bytes, NONE).bytes);

  test.each(["failedWrite", "failedRead"] as const)("%s", (fault) => {
    const opening = new FaultyTarget(new MemoryTarget(bytes.slice()), {});
    opened(opening);
    for (let n = (fault === "failedRead" ? opening.reads : opening.writes) + 1; ; n++) {
      const outcome = run(bytes, { [fault]: n });
      if (outcome.failed === undefined) {
        expect(n).toBeGreaterThan(20);
        break;
      }
      const found = contents(outcome.bytes);
      expect(
        Object.keys(expected).filter((path) => found[path] !== expected[path]),
        `call ${n}, step ${outcome.failed}`,
      ).toEqual([]);
    }
  });
});

describe.each(["earliest", "v110"] as const)("an object whose link cannot be made, bound %s", (libver) => {
  const full = File.inMemory(undefined, { libver });
  for (let i = 0; i < 200; i++) full.createGroup(`group ${i}`).id.close();
  const bytes = full.toBytes();
  full.close();

  test.each<[string, (file: File) => void]>([
    ["a group", (file) => file.createGroup("new").id.close()],
    ["a dataset", (file) => file.createDataset("new", { shape: [4], dtype: "<i4" }).id.close()],
    ["a datatype", (file) => typeIdOf(PREDEFINED.STD_I32LE).commit(file.id, "new")],
  ])("%s leaves nothing behind", (_, create) => {
    let failures = 0;
    const opening = new FaultyTarget(new MemoryTarget(bytes.slice()), {});
    opened(opening);
    for (let n = opening.reads + 1; ; n++) {
      const file = new File(new FaultyTarget(new MemoryTarget(bytes.slice()), { failedRead: n }), "r+");
      const lost = lostSpans(engineOf(file));
      engineOf(file).storage.dropClean();
      try {
        create(file);
        break;
      } catch {
        failures++;
        expect(spaceProblems(engineOf(file), lost)).toEqual([]);
        expect(file.has("new")).toBe(false);
      }
    }
    expect(failures).toBeGreaterThan(1);
  });
});
