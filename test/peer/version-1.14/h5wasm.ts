/**
 * h5wasm 0.8.11, a build of the C library's version 1.14.6, with the interface of today's, as far as the tests have use for it.
 * In the project `peer-1.14` it takes that one's place.
 */
import { File as OldFile, ready as oldReady } from "h5wasm-1.14/node";

/** What today's takes in one piece. */
interface Metadata {
  readonly shape: bigint[];
  readonly maxshape: bigint[] | null;
  readonly chunks?: bigint[];
  readonly type: number;
  readonly size: number;
  readonly signed: boolean;
  readonly vlen: boolean;
  readonly compression?: number;
  readonly compression_opts?: number[];
}

const Module = await oldReady;

function createDataset(file: bigint, path: string, address: bigint, metadata: Metadata): number {
  const { shape, maxshape, chunks, type, size, signed, vlen, compression, compression_opts: options } = metadata;
  return Module.create_dataset(
    file,
    path,
    address,
    shape,
    maxshape ?? shape,
    chunks ?? null,
    type,
    size,
    signed,
    vlen,
    compression ?? 0,
    options ?? [],
    false,
  );
}

function createAttribute(file: bigint, path: string, name: string, address: bigint, metadata: Metadata): number {
  const { shape, type, size, signed, vlen } = metadata;
  return Module.create_attribute(file, path, name, address, shape, type, size, signed, vlen);
}

const { create_dataset: _, create_attribute: __, ...same } = Module;

export const ready = Promise.resolve({ ...same, create_dataset: createDataset, create_attribute: createAttribute });

/** Its files have the default bounds, "earliest" and "latest". */
export class File extends OldFile {
  constructor(path: string, mode: "r" | "w" | "a", { track_order: isTracked = false } = {}) {
    super(path, mode, isTracked);
  }
}
