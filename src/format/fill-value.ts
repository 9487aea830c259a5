/**
 * Fill value messages: new (0x0005) and old (0x0004).
 *
 * Specification: IV.A.2.f "The Data Storage - Fill Value Message", IV.A.2.e "… Fill Value (Old) Message".
 */
export type AllocationTime = "default" | "early" | "late" | "incremental";
export type FillTime = "alloc" | "never" | "if-set";

export interface FillValue {
  readonly version: 1 | 2 | 3;
  readonly allocationTime: AllocationTime;
  readonly fillTime: FillTime;
  /** "undefined": no fill value at all; "default": zeros; "user": `value` holds one element in the file's datatype. */
  readonly status: "undefined" | "default" | "user";
  readonly value: Uint8Array | undefined;
}
