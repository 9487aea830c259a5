import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { File } from "../../src/index.ts";
import { MemoryTarget } from "../../src/io/memory-source.ts";
import { OpfsTarget, type SyncAccessHandle } from "../../src/io/opfs-target.ts";

/** A handle that moves few bytes at a time, as it may, and has a quota. */
class PartialHandle implements SyncAccessHandle {
  readonly file = new MemoryTarget();
  closed = 0;
  readonly #most: number;
  readonly #quota: number;

  constructor(most: number, quota = Number.POSITIVE_INFINITY) {
    this.#most = most;
    this.#quota = quota;
  }

  getSize(): number {
    return this.file.byteLength();
  }

  read(bytes: Uint8Array, { at }: { at: number }): number {
    const length = Math.max(0, Math.min(bytes.length, this.#most, this.file.byteLength() - at));
    this.file.readInto(at, bytes.subarray(0, length));
    return length;
  }

  write(bytes: Uint8Array, { at }: { at: number }): number {
    const length = Math.min(bytes.length, this.#most);
    if (at + length > this.#quota) throw new DOMException("no space", "QuotaExceededError");
    this.file.write(at, bytes.subarray(0, length));
    return length;
  }

  truncate(byteLength: number): void {
    this.file.truncate(byteLength);
  }

  flush(): void {
    this.file.sync();
  }

  close(): void {
    this.closed++;
  }
}

const step = fc.oneof(
  fc.record({ what: fc.constant("write" as const), at: fc.nat(300), bytes: fc.uint8Array({ maxLength: 100 }) }),
  fc.record({ what: fc.constant("truncate" as const), at: fc.nat(300) }),
);

describe("OpfsTarget", () => {
  it("holds what memory would after the same writes and changes of size", () => {
    fc.assert(
      fc.property(fc.array(step), fc.integer({ min: 1, max: 50 }), (steps, most) => {
        const target = new OpfsTarget(new PartialHandle(most));
        const memory = new MemoryTarget();
        for (const each of steps) {
          if (each.what === "truncate") {
            target.truncate(each.at);
            memory.truncate(each.at);
          } else {
            target.write(each.at, each.bytes);
            memory.write(each.at, each.bytes);
          }
          expect(target.byteLength()).toBe(memory.byteLength());
        }
        const bytes = new Uint8Array(memory.byteLength());
        target.readInto(0, bytes);
        expect(bytes).toEqual(memory.toBytes());
        expect(() => target.readInto(bytes.length, new Uint8Array(1))).toThrow(/which has/);
      }),
    );
  });

  it("carries a file, and closes its handle once", () => {
    const handle = new PartialHandle(1000);
    const f = new File(new OpfsTarget(handle, "data.h5"), "w");
    f.set(
      "a",
      Float64Array.from({ length: 1000 }, (_, i) => i),
    );
    f.close();
    expect(handle.closed).toBe(1);
    const again = new File(new OpfsTarget(handle), "r+");
    again.set("b", 5);
    expect(again.getDataset("a").read<{ data: Float64Array }>("998:").data).toEqual(Float64Array.of(998, 999));
    again.close();
    expect([...new File(handle.file.toBytes()).keys()]).toEqual(["a", "b"]);
  });

  it("says that there is no space left, and that it is closed", () => {
    const target = new OpfsTarget(new PartialHandle(1000, 50), "data.h5");
    expect(() => target.write(0, new Uint8Array(60))).toThrow(
      expect.objectContaining({ name: "SourceError", errno: 28, path: "data.h5" }),
    );
    target.close();
    target.close();
    expect(() => target.byteLength()).toThrow(expect.objectContaining({ code: "closed" }));
  });
});
