/**
 * Addresses, lengths and dimensions.
 *
 * All of them are `number`, exact up to 2^53 - 1; the two values the format writes as "all bits one"
 * have names of their own. An address is relative to the superblock's Base Address unless a name says otherwise.
 */
export type Address = number;

/** The "undefined address" of the specification: all bits one over Size of Offsets. */
export const UNDEFINED_ADDRESS: Address = -1;

/** An unlimited dimension, or an unlimited count of a selection: all bits one over Size of Lengths. C: `H5S_UNLIMITED`. */
export const UNLIMITED = Number.POSITIVE_INFINITY;

/** The widths of addresses and of lengths in one file (superblock, "Size of Offsets" and "Size of Lengths"). */
export interface FileWidths {
  /** Bytes of an address: 2, 4 or 8. */
  readonly sizeOfOffsets: number;
  /** Bytes of a length: 2, 4 or 8. */
  readonly sizeOfLengths: number;
  /** Where a file in several pieces has addresses beyond 2^53 - 1, in ascending order; addresses have 8 bytes then. */
  readonly farAddresses?: readonly FarAddresses[] | undefined;
}

/** A range of stored addresses that numbers cannot hold exactly, and what stands for it. */
export interface FarAddresses {
  /** The first stored address of the range, which ends where the next one starts. */
  readonly stored: bigint;
  /** The address that stands for the first. */
  readonly address: Address;
}

/** What libhdf5 writes unless told otherwise. */
export const DEFAULT_WIDTHS: FileWidths = { sizeOfOffsets: 8, sizeOfLengths: 8 };

/** Whether it is an address: not `UNDEFINED_ADDRESS`. */
export function isDefined(address: Address): boolean {
  return address !== UNDEFINED_ADDRESS;
}
