/**
 * An account of its own of what a file's allocator gives out and takes back, to be compared with what structures own: what is
 * owned was given out, and what is not owned was taken back, also where the file itself forgets what is free.
 */
import type { H5File } from "../../src/engine/h5-file.ts";
import { spaceRole } from "../../src/engine/space-map/space-kinds.ts";
import { spaceMap } from "../../src/engine/space-map/space-map.ts";
import { type ByteSpan, without } from "./space-check.ts";

/** One byte for each of the file: 1 where it is in use. */
class UsedBytes {
  private bytes = new Uint8Array(1 << 16);

  private room(end: number): void {
    if (end <= this.bytes.length) return;
    const larger = new Uint8Array(2 * end);
    larger.set(this.bytes);
    this.bytes = larger;
  }

  mark(from: number, to: number, used: boolean): void {
    this.room(to);
    this.bytes.fill(used ? 1 : 0, from, to);
  }

  /** The first of these bytes that is in use, or is not; `to` if there is none. */
  first(from: number, to: number, used: boolean): number {
    this.room(to);
    const at = this.bytes.subarray(from, to).indexOf(used ? 1 : 0);
    return at < 0 ? to : from + at;
  }

  /** Whether any of these bytes is in use, or is not. */
  has(from: number, to: number, used: boolean): boolean {
    this.room(to);
    return this.bytes.subarray(from, to).includes(used ? 1 : 0);
  }
}

export class AllocationAccount {
  private readonly file: H5File;
  private readonly used = new UsedBytes();
  private readonly wrong: string[] = [];

  /**
   * @param file - What structures own in it now is in use.
   * @param others - Further bytes that are.
   */
  constructor(file: H5File, others: readonly ByteSpan[] = []) {
    this.file = file;
    for (const { from, to } of others) this.used.mark(from, to, true);
    for (const { offset, byteLength, kind } of spaceMap(file).regions) {
      const role = spaceRole(kind);
      if (role === "metadata" || role === "raw") this.used.mark(offset, offset + byteLength, true);
    }
    this.watch();
  }

  private watch(): void {
    const { used, wrong } = this;
    const { storage, superblock } = this.file;
    const { allocator } = storage;
    const base = superblock.baseAddress;
    const allocate = allocator.allocate.bind(allocator);
    const release = allocator.release.bind(allocator);
    const extend = allocator.extend.bind(allocator);
    const take = (from: number, to: number): void => {
      if (used.has(base + from, base + to, true)) wrong.push(`given out twice: ${to - from} bytes at ${base + from}`);
      used.mark(base + from, base + to, true);
    };
    allocator.allocate = (type, byteLength) => {
      const address = allocate(type, byteLength);
      take(address, address + Math.max(byteLength, 1));
      return address;
    };
    allocator.release = (type, address, byteLength) => {
      release(type, address, byteLength);
      if (byteLength > 0) used.mark(base + address, base + address + byteLength, false);
    };
    allocator.extend = (type, address, oldByteLength, newByteLength) => {
      const done = extend(type, address, oldByteLength, newByteLength);
      if (done) take(address + oldByteLength, address + newByteLength);
      return done;
    };
  }

  /** The first byte of a span that was given out; its end if there is none. */
  firstInUse({ from, to }: ByteSpan): number {
    return this.used.first(from, to, true);
  }

  /**
   * Where what structures own and what was given out are not the same.
   *
   * @param lost - In ascending order: bytes that were given out, and that nothing owns any more.
   */
  problems(lost: readonly ByteSpan[]): readonly string[] {
    const { used, wrong } = this;
    const found = spaceMap(this.file).regions.flatMap(({ offset, byteLength, kind, what }) => {
      const role = spaceRole(kind);
      const end = offset + byteLength;
      if (role === "metadata" || role === "raw") {
        return used.has(offset, end, false)
          ? [`owned, but not given out: ${byteLength} bytes at ${offset}: ${what}`]
          : [];
      }
      if (role !== "free" && role !== "unaccounted") return [];
      return this.inUse({ from: offset, to: end })
        .flatMap((span) => without(span, lost))
        .map(({ from, to }) => `given out, but not owned: ${to - from} bytes at ${from}`);
    });
    return [...wrong, ...found];
  }

  private inUse({ from, to }: ByteSpan): ByteSpan[] {
    const spans: ByteSpan[] = [];
    for (let start = this.used.first(from, to, true); start < to; ) {
      const end = this.used.first(start, to, false);
      spans.push({ from: start, to: end });
      start = this.used.first(end, to, true);
    }
    return spans;
  }
}
