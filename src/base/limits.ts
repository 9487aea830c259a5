/**
 * What a damaged file may cost before it is refused.
 *
 * Every count, size and depth read from a file is checked against the bytes that hold it; these limits bound what those
 * checks cannot see. Each can be raised when a file is opened.
 */
export interface Limits {
  /**
   * Nesting of datatypes, levels of version 2 B-trees, soft-link hops and the like. Levels of version 1 B-trees fit a byte, and
   * the C library makes trees of more than a hundred where a node has two children.
   */
  readonly maxDepth: number;
  /** Soft and external links followed while resolving one name. C: `H5Pset_nlinks`. */
  readonly maxLinkHops: number;
  /** Elements of one decoded list (members, messages, entries). */
  readonly maxCount: number;
  /** Bytes of one object header, all of its blocks together. */
  readonly maxHeaderBytes: number;
  /** Bytes of one metadata block (heap segment, B-tree node, ...). */
  readonly maxMetadataBytes: number;
  /** Bits of storage per bit of a number's precision: more is a sign of damage. C: `H5Pset_relax_file_integrity_checks`. */
  readonly maxNumberPadding: number;
  /** Decompressed bytes per stored byte that a filter may produce where the output size is not known. */
  readonly maxInflateRatio: number;
}

export const DEFAULT_LIMITS: Limits = {
  maxDepth: 64,
  maxLinkHops: 16,
  maxCount: 1 << 24,
  maxHeaderBytes: 1 << 26,
  maxMetadataBytes: 1 << 30,
  maxNumberPadding: 16,
  maxInflateRatio: 1100,
};
