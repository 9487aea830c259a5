/**
 * How encoded structures get to the file, in the two ways that there are.
 *
 * Where nobody else looks on, a flush is whole or undone: what it overwrites is saved and put back when a write fails. Where
 * others read along (SWMR), nothing is ever put back, because they may have seen it: the file is right after each write, as
 * it was or as it will be.
 */
import type { Address } from "../base/address.ts";
import type { ByteTarget } from "../io/source.ts";
import { cutTo, endsOf, growTo } from "./file-ends.ts";

/** @param bytes - Good until it returns. */
export type WriteBytes = (address: Address, bytes: Uint8Array) => void;

export interface WriteOut {
  readonly target: ByteTarget;
  /** Absolute position of address 0. */
  readonly baseAddress: number;
  /** Writes the encoded structures, in their order. */
  readonly writeStructures: (write: WriteBytes) => void;
  /** Where the file, or each of its members, is to reach; absolute. */
  readonly newEnds: readonly number[];
  /** Writes the superblock, which tells of `newEnds`. */
  readonly writeSuperblock: (write: WriteBytes) => void;
}

/**
 * Children first, the superblock last. When a write fails, or a structure cannot be encoded, the file has its old bytes and its old size again.
 *
 * @param oldEnd - Where the part of the file that the last flush left ends, in the member of that address; what lies behind
 *   it needs no saving.
 */
export function writeOrRestore(out: WriteOut, oldEnd: (address: Address) => Address): void {
  const { target, baseAddress, newEnds } = out;
  const undo: { offset: number; bytes: Uint8Array }[] = [];
  const write: WriteBytes = (address, bytes) => {
    const offset = baseAddress + address;
    const kept = Math.min(bytes.length, oldEnd(address) - address);
    // Asking for the file's size is a system call.
    const old = kept > 0 ? Math.min(kept, target.byteLength() - offset) : 0;
    if (old > 0) {
      const saved = new Uint8Array(old);
      target.readInto(offset, saved);
      undo.push({ offset, bytes: saved });
    }
    target.write(offset, bytes);
  };
  const oldEnds = endsOf(target);
  try {
    growTo(target, oldEnds, newEnds);
    out.writeStructures(write);
    out.writeSuperblock(write);
  } catch (cause) {
    for (const { offset, bytes } of undo.reverse()) target.write(offset, bytes);
    cutTo(target, oldEnds);
    throw cause;
  }
}

/**
 * For files that others read meanwhile: the superblock first, then children before parents, each structure in one write.
 *
 * The superblock says how far the file reaches. When the writer dies, whoever opens the file next holds every address
 * against that; so it must cover what is pointed at before anything points there, and the file must reach so far before it.
 */
export function writeForReaders({ target, baseAddress, writeStructures, newEnds, writeSuperblock }: WriteOut): void {
  const write: WriteBytes = (address, bytes) => target.write(baseAddress + address, bytes);
  growTo(target, endsOf(target), newEnds);
  writeSuperblock(write);
  writeStructures(write);
}
