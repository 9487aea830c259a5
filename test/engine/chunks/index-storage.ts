/** Storage for tests of chunk indexes: knows which blocks are allocated. */
import { expect } from "vitest";
import type { Address, FileWidths } from "../../../src/base/address.ts";
import type { FileStorage } from "../../../src/engine/file-storage.ts";
import type { MemoryType } from "../../../src/engine/space/space-allocator.ts";
import { CountingTarget, newStorage } from "./helpers.ts";

export interface WatchedStorage {
  readonly target: CountingTarget;
  readonly storage: FileStorage;
  /** Allocated and not released: bytes by address. */
  readonly blocks: Map<Address, number>;
}

export function watchedStorage(widths?: FileWidths): WatchedStorage {
  const target = new CountingTarget();
  const storage = newStorage(target, widths);
  const blocks = new Map<Address, number>();
  const watched = new Proxy(storage, {
    get(of, name) {
      if (name === "allocate") {
        return (type: MemoryType, byteLength: number) => {
          const address = of.allocate(type, byteLength);
          blocks.set(address, byteLength);
          return address;
        };
      }
      if (name === "release") {
        return (type: MemoryType, address: Address, byteLength: number) => {
          expect(blocks.get(address)).toBe(byteLength);
          blocks.delete(address);
          of.release(type, address, byteLength);
        };
      }
      const value = of[name as keyof FileStorage];
      return typeof value === "function" ? value.bind(of) : value;
    },
  });
  return { target, storage: watched, blocks };
}

/** Writes what is dirty, and opens the bytes anew. */
export function reopened({ storage, target }: WatchedStorage, widths?: FileWidths): WatchedStorage {
  storage.flush(() => undefined);
  const copy = new CountingTarget();
  copy.write(0, target.peek(0, target.byteLength()));
  return { target: copy, storage: newStorage(copy, widths), blocks: new Map() };
}
