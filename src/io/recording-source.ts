/** Test doubles that write down what is asked of a source or target: what costs reads is tested by counting them. */
import type { ByteRange, ByteSource, ByteTarget } from "./source.ts";

/** One call, in the order of calls. `truncate` has its new size as `offset`. */
export interface RecordedCall extends ByteRange {
  /** The function that was called. */
  readonly kind: "read" | "view" | "expect" | "write" | "truncate" | "sync" | "close";
}

/** Passes everything on to another source and logs it. Has `view` and `expect` if that one has. */
export class RecordingSource implements ByteSource {
  /** All calls so far, in their order. */
  readonly calls: RecordedCall[] = [];
  readonly view?: (offset: number, byteLength: number) => Uint8Array;
  readonly expect?: (ranges: readonly ByteRange[]) => void;
  readonly #inner: ByteSource;

  constructor(inner: ByteSource) {
    this.#inner = inner;
    const view = inner.view?.bind(inner);
    if (view !== undefined) {
      this.view = (offset, byteLength) => {
        this.record("view", offset, byteLength);
        return view(offset, byteLength);
      };
    }
    const expect = inner.expect?.bind(inner);
    if (expect !== undefined) {
      this.expect = (ranges) => {
        for (const { offset, byteLength } of ranges) this.record("expect", offset, byteLength);
        expect(ranges);
      };
    }
  }

  get name(): string {
    return this.#inner.name;
  }

  /** Calls of one kind. */
  count(kind: RecordedCall["kind"]): number {
    return this.calls.filter((call) => call.kind === kind).length;
  }

  byteLength(): number {
    return this.#inner.byteLength();
  }

  readInto(offset: number, destination: Uint8Array): void {
    this.record("read", offset, destination.length);
    this.#inner.readInto(offset, destination);
  }

  close(): void {
    this.record("close", 0, 0);
    this.#inner.close();
  }

  protected record(kind: RecordedCall["kind"], offset: number, byteLength: number): void {
    this.calls.push({ kind, offset, byteLength });
  }
}

/** Passes everything on to another target and logs it. */
export class RecordingTarget extends RecordingSource implements ByteTarget {
  readonly #inner: ByteTarget;

  constructor(inner: ByteTarget) {
    super(inner);
    this.#inner = inner;
  }

  write(offset: number, bytes: Uint8Array): void {
    this.record("write", offset, bytes.length);
    this.#inner.write(offset, bytes);
  }

  truncate(byteLength: number): void {
    this.record("truncate", byteLength, 0);
    this.#inner.truncate(byteLength);
  }

  sync(): void {
    this.record("sync", 0, 0);
    this.#inner.sync();
  }
}
