/** A file in memory with nothing in it but chunks. */
import { DEFAULT_WIDTHS, type FileWidths } from "../../../src/base/address.ts";
import { DEFAULT_LIMITS } from "../../../src/base/limits.ts";
import { FileStorage } from "../../../src/engine/file-storage.ts";
import { Allocator } from "../../../src/engine/space/allocator.ts";
import { MemoryTarget } from "../../../src/io/memory-source.ts";

/** Counts what is read from it and remembers what was announced. */
export class CountingTarget extends MemoryTarget {
  bytesRead = 0;
  readonly expected: { offset: number; byteLength: number }[][] = [];

  override readInto(offset: number, destination: Uint8Array): void {
    this.bytesRead += destination.length;
    super.readInto(offset, destination);
  }

  /** A copy of some bytes, not counted. */
  peek(offset: number, byteLength: number): Uint8Array {
    const bytes = new Uint8Array(byteLength);
    super.readInto(offset, bytes);
    return bytes;
  }

  expect(ranges: readonly { offset: number; byteLength: number }[]): void {
    this.expected.push([...ranges]);
  }
}

export function newStorage(
  target: MemoryTarget,
  widths: FileWidths = DEFAULT_WIDTHS,
  endOfAllocation = Math.max(64, target.byteLength()),
): FileStorage {
  if (target.byteLength() < endOfAllocation) target.truncate(endOfAllocation);
  return new FileStorage({
    source: target,
    target,
    baseAddress: 0,
    widths,
    limits: DEFAULT_LIMITS,
    allocator: new Allocator({ end: endOfAllocation }),
    metadataCacheBytes: 1 << 20,
    blockCacheBytes: 1 << 20,
  });
}
