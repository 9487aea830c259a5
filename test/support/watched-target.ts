/** A file in memory that lets somebody look at it after each single write, as another process may. */
import { MemoryTarget } from "../../src/io/memory-source.ts";

export interface FileChange {
  readonly offset: number;
  readonly byteLength: number;
}

export class WatchedTarget extends MemoryTarget {
  /** Called after each change of bytes or size; `undefined` for a new size. */
  onChange: ((change: FileChange | undefined) => void) | undefined;

  override write(offset: number, bytes: Uint8Array): void {
    super.write(offset, bytes);
    this.onChange?.({ offset, byteLength: bytes.length });
  }

  override truncate(byteLength: number): void {
    const isOther = byteLength !== this.byteLength();
    super.truncate(byteLength);
    if (isOther) this.onChange?.(undefined);
  }
}
