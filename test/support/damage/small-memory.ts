/** Memory for a damaged file: damaged sizes may ask for gigabytes, which would take seconds to clear and to copy. */
import { SourceError } from "../../../src/base/errors.ts";
import { MemoryTarget } from "../../../src/io/memory-source.ts";

const MOST_BYTES = 1 << 28;

export class SmallMemoryTarget extends MemoryTarget {
  override write(offset: number, bytes: Uint8Array): void {
    this.requireRoom(offset + bytes.length);
    super.write(offset, bytes);
  }

  override truncate(byteLength: number): void {
    this.requireRoom(byteLength);
    super.truncate(byteLength);
  }

  private requireRoom(byteLength: number): void {
    if (byteLength <= MOST_BYTES) return;
    throw new SourceError(`no space left for ${byteLength} bytes`, { path: this.name, errno: 28 });
  }
}
