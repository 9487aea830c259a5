/**
 * Shared message form: what stands in a message's place when its flag 0x02 is set.
 *
 * Specification: IV.A.2, "Version 1..3 Shared Message". DIFF: version 1 has Size of Lengths bytes more than drawn.
 */
import type { Address } from "../base/address.ts";

export type SharedMessage =
  /** In the shared message heap of the file (SOHM): an 8-byte fractal heap ID. */
  | { readonly kind: "heap"; readonly version: 3; readonly heapId: Uint8Array }
  /** In another object's header: a committed datatype, as a rule. */
  | { readonly kind: "committed"; readonly version: 1 | 2 | 3; readonly objectHeaderAddress: Address };

/** A message's value, or where it lives. */
export type MaybeShared<T> =
  | { readonly shared: false; readonly value: T }
  | { readonly shared: true; readonly location: SharedMessage };
