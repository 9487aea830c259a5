/**
 * Dataspace message (0x0001).
 *
 * Specification: IV.A.2.b, "The Dataspace Message".
 */
export interface Dataspace {
  readonly kind: "scalar" | "simple" | "null";
  /** Elements a dimension, slowest first; empty for scalar and null. */
  readonly dims: readonly number[];
  /** Greatest dims, `UNLIMITED` where unlimited; equal to `dims` when the file stores none. */
  readonly maxDims: readonly number[];
  /** Whether the file stores maxDims (they may be stored and equal). */
  readonly maxDimsStored: boolean;
  readonly version: 1 | 2;
}
