/**
 * Fill value messages: new (0x0005) and old (0x0004).
 *
 * Specification: IV.A.2.f "The Data Storage - Fill Value Message", IV.A.2.e "… Fill Value (Old) Message".
 * Reference implementation: H5Ofill.c.
 *
 * | field                 | versions 1 and 2             | version 3                                         |
 * | --------------------- | ---------------------------- | ------------------------------------------------- |
 * | Version               | 1                            | 1                                                 |
 * | Space Allocation Time | 1                            | Flags, 1: bits 0-1                                |
 * | Fill Value Write Time | 1                            | bits 2-3                                          |
 * | Fill Value Defined    | 1                            | bit 4 undefined, bit 5 a value follows            |
 * | Size                  | 4, if defined (version 1: always) | 4, if bit 5                                  |
 * | Fill Value            | Size                         | Size                                              |
 *
 * The old message is Size (4) and the value.
 */
import type { Cursor } from "../base/cursor.ts";
import type { Writer } from "../base/writer.ts";

/** When space is allocated; the default follows from the layout. */
export type AllocationTime = "default" | "early" | "late" | "incremental";
/** When the fill value is written: with the space, never, or with the space if one is set. */
export type FillTime = "alloc" | "never" | "if-set";

/** What elements are that were never written. Specification: IV.A.2.f, "The Data Storage - Fill Value Message". */
export interface FillValue {
  readonly version: 1 | 2 | 3;
  /** When space is allocated. */
  readonly allocationTime: AllocationTime;
  /** When the fill value is written. */
  readonly fillTime: FillTime;
  /** "undefined": no fill value at all; "default": zeros; "user": `value` holds one element in the file's datatype. */
  readonly status: "undefined" | "default" | "user";
  /** One element in the dataset's datatype; undefined unless `status` is "user". */
  readonly value: Uint8Array | undefined;
}

const ALLOCATION_TIMES = ["default", "early", "late", "incremental"] as const;
const FILL_TIMES = ["alloc", "never", "if-set"] as const;

const FILL_TIME_SHIFT = 2;
const UNDEFINED_VALUE = 0x10;
const HAVE_VALUE = 0x20;
const ALL_FLAGS = 0x3f;

/** A Size of -1, which stands for "undefined". */
const MINUS_ONE = 0xffff_ffff;

/** Bytes of the message, without padding. */
export function sizeOfFillValue(fill: FillValue): number {
  const valueBytes = fill.status === "user" ? userValue(fill).length : 0;
  if (fill.version === 3) return 2 + (valueBytes === 0 ? 0 : 4 + valueBytes);
  return 4 + (fill.status === "undefined" ? 0 : 4 + valueBytes);
}

/** `value` is a view of the cursor's bytes. */
export function decodeFillValue(cursor: Cursor): FillValue {
  const version = cursor.version([1, 2, 3]) as 1 | 2 | 3;
  if (version === 3) return decodeVersion3(cursor);
  const allocationTime = cursor.oneOf(ALLOCATION_TIMES, "Space Allocation Time");
  const fillTime = cursor.oneOf(FILL_TIMES, "Fill Value Write Time");
  // Version 1 has a Size even when undefined; like the C library this reads no further.
  const defined = cursor.u8("Fill Value Defined") !== 0;
  const size = defined ? cursor.u32("Size") : MINUS_ONE;
  const common = { version, allocationTime, fillTime };
  if (size === MINUS_ONE) return { ...common, status: "undefined", value: undefined };
  if (size === 0) return { ...common, status: "default", value: undefined };
  return { ...common, status: "user", value: cursor.take(size, "Fill Value") };
}

function decodeVersion3(cursor: Cursor): FillValue {
  const flags = cursor.flags(ALL_FLAGS);
  const allocationTime = cursor.oneOf(ALLOCATION_TIMES, "Space Allocation Time", flags & 0x03);
  const fillTime = cursor.oneOf(FILL_TIMES, "Fill Value Write Time", (flags >> FILL_TIME_SHIFT) & 0x03);
  const common = { version: 3 as const, allocationTime, fillTime };
  if ((flags & UNDEFINED_VALUE) !== 0) {
    if ((flags & HAVE_VALUE) !== 0) throw cursor.error("a value that is also undefined", "Flags");
    return { ...common, status: "undefined", value: undefined };
  }
  const size = (flags & HAVE_VALUE) === 0 ? 0 : cursor.u32("Size");
  if (size === 0) return { ...common, status: "default", value: undefined };
  return { ...common, status: "user", value: cursor.take(size, "Fill Value") };
}

/** @throws RangeError for status "user" without a value. */
export function encodeFillValue(writer: Writer, fill: FillValue): void {
  const { version, status } = fill;
  const allocationTime = ALLOCATION_TIMES.indexOf(fill.allocationTime);
  const fillTime = FILL_TIMES.indexOf(fill.fillTime);
  writer.u8(version);
  if (version === 3) {
    const times = allocationTime | (fillTime << FILL_TIME_SHIFT);
    if (status === "undefined") writer.u8(times | UNDEFINED_VALUE);
    else if (status === "default") writer.u8(times);
    else
      writer
        .u8(times | HAVE_VALUE)
        .u32(userValue(fill).length)
        .bytes(userValue(fill));
    return;
  }
  writer.u8(allocationTime).u8(fillTime);
  if (status === "undefined") writer.u8(0);
  else if (status === "default") writer.u8(1).u32(0);
  else writer.u8(1).u32(userValue(fill).length).bytes(userValue(fill));
}

function userValue(fill: FillValue): Uint8Array {
  if (fill.value === undefined || fill.value.length === 0)
    throw new RangeError('a fill value of status "user" is empty');
  return fill.value;
}

export function sizeOfFillValueOld(value: Uint8Array | undefined): number {
  return 4 + (value?.length ?? 0);
}

/** The value in the file's datatype, a view of the cursor's bytes; `undefined` when the message holds none. */
export function decodeFillValueOld(cursor: Cursor): Uint8Array | undefined {
  const size = cursor.u32("Size");
  return size === 0 || size === MINUS_ONE ? undefined : cursor.take(size, "Fill Value");
}

export function encodeFillValueOld(writer: Writer, value: Uint8Array | undefined): void {
  writer.u32(value?.length ?? 0);
  if (value !== undefined) writer.bytes(value);
}
