/** A target that fails once, when it is told to: at a write or change of size, or at a read, from now on. */
import { SourceError } from "../../src/base/errors.ts";
import type { ByteTarget } from "../../src/io/source.ts";

export type Call = "read" | "write";

export class StumblingTarget implements ByteTarget {
  private readonly inner: ByteTarget;
  private failing: { readonly call: Call; left: number } | undefined;
  /** Calls that failed. */
  stumbles = 0;

  constructor(inner: ByteTarget) {
    this.inner = inner;
  }

  get name(): string {
    return this.inner.name;
  }

  /** The call after so many others fails. */
  arm(call: Call, after: number): void {
    this.failing = { call, left: after };
  }

  disarm(): void {
    this.failing = undefined;
  }

  byteLength(): number {
    return this.inner.byteLength();
  }

  readInto(offset: number, destination: Uint8Array): void {
    this.count("read");
    this.inner.readInto(offset, destination);
  }

  write(offset: number, bytes: Uint8Array): void {
    this.count("write");
    this.inner.write(offset, bytes);
  }

  truncate(byteLength: number): void {
    this.count("write");
    this.inner.truncate(byteLength);
  }

  sync(): void {
    this.inner.sync();
  }

  close(): void {
    this.inner.close();
  }

  private count(call: Call): void {
    const { failing } = this;
    if (failing?.call !== call || failing.left-- > 0) return;
    this.failing = undefined;
    this.stumbles++;
    throw new SourceError(`the device stumbles at a ${call}`, { path: this.name });
  }
}
