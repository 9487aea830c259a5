/**
 * What is to be freed, collected by who walks through a structure: nothing has happened when a part of it cannot be read.
 */
import type { Address } from "../base/address.ts";
import { FormatError } from "../base/errors.ts";
import type { FileStorage } from "./file-storage.ts";
import type { MemoryType } from "./space/space-allocator.ts";

type Space = Pick<FileStorage, "forget" | "release" | "requireUsed">;

export class FreedBlocks {
  private readonly space: Space;
  private readonly types: MemoryType[] = [];
  /** Address and length of each block, one behind the other: a dataset may have millions of chunks. */
  private readonly places: number[] = [];
  private actions: (() => void)[] | undefined;

  constructor(space: Space) {
    this.space = space;
  }

  /** A block, with what is decoded of it. */
  add(type: MemoryType, address: Address, byteLength: number): void {
    this.types.push(type);
    this.places.push(address, byteLength);
  }

  /** What is decoded of a part of a block. */
  addPart(address: Address): void {
    this.add("super", address, 0);
  }

  /** What else happens with it. @param action - Must not fail, hence reads nothing. */
  afterwards(action: () => void): void {
    this.actions ??= [];
    this.actions.push(action);
  }

  /**
   * To be called before anything changes.
   *
   * @throws FormatError for what is free already, behind the end of the file, or told twice: parts of a damaged structure that
   *   share a block would free it twice.
   */
  check(): void {
    if (this.places.length === 0) return;
    const { starts, ends } = this.runs();
    for (let i = 0; i < starts.length; i++) {
      const start = starts[i] as Address;
      this.space.requireUsed(start, (ends[i] as number) - start);
    }
    if (starts.length < 2) return;
    // Runs lie apart if, each by itself, starts and ends in order do.
    const [from, to] = [Float64Array.from(starts).sort(), Float64Array.from(ends).sort()];
    for (let i = 1; i < from.length; i++) {
      const address = from[i] as Address;
      if (address < (to[i - 1] as number))
        throw new FormatError(`Block at address ${address}: told twice`, { address });
    }
  }

  /** Blocks that follow one another as one: chunks mostly do. */
  private runs(): { readonly starts: readonly number[]; readonly ends: readonly number[] } {
    const { places } = this;
    const starts: number[] = [];
    const ends: number[] = [];
    for (let i = 0; i < places.length; i += 2) {
      const address = places[i] as Address;
      const byteLength = places[i + 1] as number;
      if (byteLength === 0) continue;
      if (address === ends[ends.length - 1]) {
        ends[ends.length - 1] = address + byteLength;
      } else {
        starts.push(address);
        ends.push(address + byteLength);
      }
    }
    return { starts, ends };
  }

  /** Frees all of it. */
  commit(): void {
    const { space, types, places, actions } = this;
    for (let i = 0; i < types.length; i++) {
      const address = places[2 * i] as Address;
      const byteLength = places[2 * i + 1] as number;
      space.forget(address);
      if (byteLength > 0) space.release(types[i] as MemoryType, address, byteLength);
    }
    if (actions !== undefined) for (const action of actions) action();
  }
}

/** Frees what `collect` finds: all of it or, when that fails, nothing. */
export function freeAll(space: Space, collect: (freed: FreedBlocks) => void): void {
  const freed = new FreedBlocks(space);
  collect(freed);
  freed.check();
  freed.commit();
}
