/** Plays traces through the low-level interface. */
import { crc32 } from "node:zlib";
import { h5d, h5f, h5p, h5s, h5t, h5z } from "h5ts/lowlevel";
import type { Cache, Operation, Trace } from "./trace.ts";

const COUNTING_FILTER = 60001;
const BALLAST_BYTES = 1 << 22;

export interface Traffic {
  /** First elements of the chunks read from the file and written to it, in order. */
  readonly decoded: readonly number[];
  readonly encoded: readonly number[];
}

export interface Played {
  readonly steps: readonly (Traffic & { readonly result: number | null })[];
  readonly closing: Traffic;
  readonly settings: readonly number[];
}

function firstElement(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getInt32(0, true);
}

function accessList(cache: Cache | null): h5p.PropDAID | null {
  if (cache === null) return null;
  const dapl = h5p.create(h5p.DATASET_ACCESS);
  dapl.setChunkCache(cache.nslots, cache.nbytes, cache.w0);
  return dapl;
}

function bytesOf(values: Int32Array): Uint8Array {
  return new Uint8Array(values.buffer);
}

export class OurPlayer {
  private readonly trace: Trace;
  private readonly file: h5f.FileID;
  private handles: h5d.DatasetID[] = [];
  private decoded: number[] = [];
  private encoded: number[] = [];

  constructor(trace: Trace, path: string) {
    this.trace = trace;
    h5z.registerFilter({
      id: COUNTING_FILTER,
      name: "counting",
      decode: (bytes) => {
        this.decoded.push(firstElement(bytes));
        return bytes;
      },
      encode: (bytes) => {
        this.encoded.push(firstElement(bytes));
        return bytes;
      },
    });
    const fapl = h5p.create(h5p.FILE_ACCESS);
    if (trace.latest) fapl.setLibverBounds(h5f.LIBVER_LATEST, h5f.LIBVER_LATEST);
    const { fileCache } = trace;
    if (fileCache !== null) fapl.setCache(0, fileCache.nslots, fileCache.nbytes, fileCache.w0);
    this.file = h5f.create(path, { fapl });
    this.makeBallast();
    this.makeDataset();
    this.traffic();
    this.handles.push(this.open());
  }

  /** Of so large a file the chunks that are dropped are no part worth a flush, which would encode others before their time. */
  private makeBallast(): void {
    const dcpl = h5p.create(h5p.DATASET_CREATE);
    dcpl.setAllocTime(h5d.ALLOC_TIME_EARLY);
    h5d.create(this.file, "ballast", h5t.STD_U8LE, h5s.createSimple([BALLAST_BYTES]), dcpl).close();
  }

  private makeDataset(): void {
    const { chunks, fill, shape, maxshape, filled } = this.trace;
    const dcpl = h5p.create(h5p.DATASET_CREATE);
    dcpl.setChunk(chunks);
    dcpl.setFilter(COUNTING_FILTER, h5z.FLAG_MANDATORY);
    if (fill !== 0) dcpl.setFillValue(Int32Array.of(fill));
    const dataset = h5d.create(this.file, "x", h5t.STD_I32LE, h5s.createSimple(shape, maxshape), dcpl);
    const count = shape.reduce((a, b) => a * b, 1);
    if (filled)
      dataset.write(
        h5s.ALL,
        h5s.ALL,
        Int32Array.from({ length: count }, (_, i) => i),
      );
    dataset.close();
  }

  private traffic(): Traffic {
    const { decoded, encoded } = this;
    this.decoded = [];
    this.encoded = [];
    return { decoded, encoded };
  }

  private open(): h5d.DatasetID {
    return h5d.open(this.file, "x", accessList(this.trace.cache));
  }

  private get first(): h5d.DatasetID {
    return this.handles[0] as h5d.DatasetID;
  }

  private get last(): h5d.DatasetID {
    return this.handles[this.handles.length - 1] as h5d.DatasetID;
  }

  private read(space: h5s.SpaceID): number {
    const values = new Int32Array(space.getSelectNpoints());
    this.last.read(h5s.createSimple([values.length]), space, values);
    return crc32(bytesOf(values));
  }

  private write(space: h5s.SpaceID, value: number): null {
    const values = new Int32Array(space.getSelectNpoints()).fill(value);
    this.last.write(h5s.createSimple([values.length]), space, values);
    return null;
  }

  private selected(operation: Operation & { 0: "r" | "w" | "rp" | "wp" }): h5s.SpaceID {
    const space = this.first.getSpace();
    if (operation[0] === "rp" || operation[0] === "wp") space.selectElements(operation[1]);
    else space.selectHyperslab(operation[1], operation[2], operation[3], operation[4]);
    return space;
  }

  private step(operation: Operation): number | null {
    switch (operation[0]) {
      case "r":
      case "rp":
        return this.read(this.selected(operation));
      case "w":
        return this.write(this.selected(operation), operation[5]);
      case "wp":
        return this.write(this.selected(operation), operation[2]);
      case "resize":
        this.first.setExtent(operation[1]);
        return null;
      case "flush":
        this.first.flush();
        return null;
      case "flushFile":
        h5f.flush(this.file);
        return null;
      case "second":
        this.handles.push(this.open());
        return null;
      case "drop":
        if (this.handles.length > 1) this.handles.pop()?.close();
        return null;
      case "reopen":
        this.closeHandles();
        this.handles.push(this.open());
        return null;
    }
  }

  private closeHandles(): void {
    for (const handle of this.handles) handle.close();
    this.handles = [];
  }

  play(): Played {
    const steps = this.trace.ops.map((operation) => {
      const result = this.step(operation);
      return { ...this.traffic(), result };
    });
    const settings = this.first.getAccessPlist().getChunkCache();
    this.closeHandles();
    const closing = this.traffic();
    this.file.close();
    h5z.unregisterFilter(COUNTING_FILTER);
    return { steps, closing, settings };
  }
}
