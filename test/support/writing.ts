/** A writer of a file that others read meanwhile, in the same process, but sharing nothing with them but the bytes. */
import { type Dataset, File } from "../../src/index.ts";
import { MemoryTarget } from "../../src/io/memory-source.ts";
import type { AsyncByteSource, ByteSource } from "../../src/io/source.ts";

/** What readers go on to read when the writer has closed it. */
class LastingTarget extends MemoryTarget {
  override close(): void {
    // As a file would.
  }
}

/** A file that is being written, with datasets `a` (rows of two) and `b` (growing along the second dimension). */
export class Writing {
  readonly target = new LastingTarget(undefined, "written");
  readonly file: File;
  readonly a: Dataset;
  readonly b: Dataset;

  constructor() {
    this.file = new File(this.target, "w", { libver: "latest" });
    this.a = this.file.createDataset("a", { shape: [0, 2], maxshape: [null, 2], chunks: [4, 2], dtype: "<i4" });
    this.b = this.file.createDataset("b", { shape: [3, 0], maxshape: [null, null], chunks: [3, 2], dtype: "<i4" });
    this.file.swmrMode = true;
  }

  appendTo(name: "a" | "b", count: number): void {
    const dataset = this[name];
    const shape = dataset.shape as [number, number];
    const axis = name === "a" ? 0 : 1;
    const [rows, columns] = shape;
    dataset.resize((shape[axis] as number) + count, axis);
    const values = Int32Array.from({ length: count * (axis === 0 ? 2 : 3) }, (_, i) => i);
    if (axis === 0) dataset.write(`${rows}:`, { data: values, shape: [count, 2] });
    else dataset.write(`:, ${columns}:`, { data: values, shape: [3, count] });
    dataset.flush();
  }

  /** The same bytes for somebody who knows nothing of the writer. @param onRead - Is told of each read before it is made. */
  source(onRead: (offset: number) => void = () => undefined): ByteSource {
    const { target } = this;
    return {
      name: "read",
      byteLength: () => target.byteLength(),
      readInto: (offset, destination) => {
        onRead(offset);
        target.readInto(offset, destination);
      },
      close: () => undefined,
    };
  }
}

/** The same bytes, later. */
export function later(source: ByteSource): AsyncByteSource {
  return {
    name: "late",
    byteLength: async () => source.byteLength(),
    read: async (offset, byteLength) => {
      await Promise.resolve();
      const destination = new Uint8Array(byteLength);
      source.readInto(offset, destination);
      return destination;
    },
  };
}
