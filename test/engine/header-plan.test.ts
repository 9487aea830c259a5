import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createDataset } from "../../src/engine/create-object.ts";
import type { DatasetOptions, LayoutRequest } from "../../src/engine/dataset-creation.ts";
import { DatasetObject } from "../../src/engine/dataset-object.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { selectBox } from "../../src/engine/selection/selection.ts";
import { PREDEFINED } from "../../src/format/predefined-datatypes.ts";
import { MemorySource, MemoryTarget } from "../../src/io/memory-source.ts";

const DIMS = [6];
const DATASPACE = { kind: "simple", version: 1, dims: DIMS, maxDims: DIMS, maxDimsStored: false } as const;
const SCALAR = { kind: "scalar", version: 1, dims: [], maxDims: [], maxDimsStored: false } as const;
const layouts: readonly LayoutRequest[] = [{ kind: "contiguous" }, { kind: "chunked", chunkDims: [4] }];

const at = fc.nat({ max: 20 });
const step = fc.oneof(
  fc.record({ kind: fc.constant("make" as const), layout: fc.constantFrom(0, 1), isShort: fc.boolean() }),
  fc.record({ kind: fc.constant("write" as const), at, isWhole: fc.boolean(), value: fc.nat({ max: 255 }) }),
  fc.record({ kind: fc.constant("attribute" as const), at, byteLength: fc.constantFrom(4, 8) }),
  fc.record({ kind: fc.constant("comment" as const), at, text: fc.string({ maxLength: 30, unit: "grapheme-ascii" }) }),
  fc.record({ kind: fc.constant("link" as const), at }),
  fc.record({ kind: fc.constant("unlink" as const), at }),
  fc.record({ kind: fc.constant("flush" as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** What the program of these steps leaves in a file. */
class Program {
  readonly target = new MemoryTarget();
  private readonly file: H5File;
  private readonly names: string[] = [];
  private readonly held: DatasetObject[] = [];
  private readonly isAlike: boolean;
  private count = 0;

  /** @param isAlike - Whether datasets that are made alike may share what they have in common. */
  constructor(lowBound: "earliest" | "v110", isAlike: boolean) {
    this.file = H5File.create(this.target, { lowBound });
    this.isAlike = isAlike;
  }

  run(steps: readonly Step[]): Uint8Array {
    for (const each of steps) this.take(each);
    for (const dataset of this.held) this.file.release(dataset);
    this.file.close();
    return this.target.toBytes();
  }

  private pick(at: number): string | undefined {
    return this.names[at % Math.max(this.names.length, 1)];
  }

  private dataset(name: string): DatasetObject {
    const target = this.file.root().link(name)?.target;
    const found = target?.kind === "hard" ? this.file.object(target.objectHeaderAddress) : undefined;
    if (!(found instanceof DatasetObject)) throw new Error(`${name} is no dataset`);
    return found;
  }

  private make(layout: LayoutRequest, isShort: boolean): void {
    const dims = isShort ? [2] : DIMS;
    const options: DatasetOptions = {
      datatype: PREDEFINED.STD_U8LE,
      dataspace: { ...DATASPACE, dims, maxDims: dims },
      layout: layout.kind === "chunked" ? { ...layout, chunkDims: dims } : layout,
    };
    const isPlain = !isShort && layout.kind === "contiguous";
    const dataset = createDataset(this.file, isPlain ? PLAIN : options);
    // Whoever asks for messages gets some that are the header's own.
    if (!this.isAlike) expect([...dataset.header.messages()].length).toBeGreaterThan(3);
    const name = `dataset ${this.count++}`;
    this.file.root().insertFreeLink(name, dataset);
    this.held.push(this.file.acquire(dataset));
    this.names.push(name);
  }

  private take(next: Step): void {
    if (next.kind === "make") this.make(layouts[next.layout] as LayoutRequest, next.isShort);
    else if (next.kind === "flush") this.file.flush();
    else this.change(next);
  }

  private change(next: Exclude<Step, { kind: "make" | "flush" }>): void {
    const name = this.pick(next.at);
    if (name === undefined) return;
    const dataset = this.dataset(name);
    switch (next.kind) {
      case "write": {
        const { dims } = dataset;
        const bytes = new Uint8Array(next.isWhole ? (dims[0] as number) : 1).fill(next.value);
        if (!next.isWhole) dataset.writeBytes(bytes, selectBox(dims, [1], [1]));
        else if (!dataset.writeWhole(bytes)) dataset.writeBytes(bytes);
        break;
      }
      case "attribute": {
        const spec = { name: `a${this.count++}`, datatype: PREDEFINED.STD_U8LE, characterSet: "ascii" } as const;
        const dims = [next.byteLength];
        const dataspace = { ...DATASPACE, dims, maxDims: dims };
        dataset.createAttribute({ ...spec, dataspace, bytes: new Uint8Array(next.byteLength).fill(7) });
        break;
      }
      case "comment":
        dataset.setComment(next.text);
        break;
      case "link": {
        const alias = `alias ${this.count++}`;
        this.file.root().insertLink(alias, { kind: "hard", objectHeaderAddress: dataset.address });
        this.names.push(alias);
        break;
      }
      case "unlink":
        this.file.root().removeLink(name);
        this.names.splice(this.names.indexOf(name), 1);
        break;
    }
  }
}

/** One object for all: the engine knows it again at once. */
const PLAIN: DatasetOptions = { datatype: PREDEFINED.STD_U8LE, dataspace: DATASPACE, layout: { kind: "contiguous" } };

describe("headers of datasets that are made alike", () => {
  test.each(["earliest", "v110"] as const)("are those of datasets made one by one, whatever follows (%s)", (low) => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
        const alike = new Program(low, true).run(steps);
        const single = new Program(low, false).run(steps);
        expect(Buffer.compare(alike, single)).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  test("a change of one is none of the others", () => {
    const target = new MemoryTarget();
    const file = H5File.create(target, {});
    const datasets = [0, 1, 2].map((i) => {
      const dataset = createDataset(file, PLAIN);
      file.root().insertFreeLink(`dataset ${i}`, dataset);
      return file.acquire(dataset);
    });
    datasets.forEach((dataset, i) => {
      expect(dataset.writeWhole(new Uint8Array(6).fill(i))).toBe(true);
    });
    const spec = { name: "a", datatype: PREDEFINED.STD_U8LE, characterSet: "ascii", dataspace: SCALAR } as const;
    datasets[1]?.createAttribute({ ...spec, bytes: Uint8Array.of(1) });
    file.flush();
    datasets[2]?.writeBytes(new Uint8Array(6).fill(9));
    for (const dataset of datasets) file.release(dataset);
    file.close();
    const again = H5File.open(new MemorySource(target.toBytes()));
    const found = [0, 1, 2].map((i) => {
      const link = again.root().link(`dataset ${i}`)?.target;
      const dataset = link?.kind === "hard" ? again.object(link.objectHeaderAddress) : undefined;
      return dataset instanceof DatasetObject ? [dataset.readBytes()[0], dataset.attributeCount] : undefined;
    });
    expect(found).toEqual([
      [0, 0],
      [1, 1],
      [9, 0],
    ]);
  });
});
