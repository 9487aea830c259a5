/**
 * Moments and spans of time as h5py keeps them: opaque elements whose tag is numpy's name for them.
 *
 * HDF5 has no class for numpy's `datetime64` and `timedelta64`. h5py's `opaque_dtype` stores their eight bytes as opaque
 * data with a tag such as `NUMPY:<M8[ms]`, and reads them back by that tag. The bytes are a signed count of units since
 * 1970-01-01T00:00:00 UTC (`M8`) or of units alone (`m8`); the smallest integer is "not a time".
 */
import { HDF5Error } from "../../base/errors.ts";
import type { ByteOrder, Datatype, OpaqueType } from "../../format/datatype.ts";
import { opaque } from "../../format/predefined-datatypes.ts";

export const TAG_PREFIX = "NUMPY:";

/** numpy's units; a year and a month are of no fixed length. */
const UNITS = ["Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as"] as const;
type Unit = (typeof UNITS)[number];

export interface NumpyTime {
  /** `M` for a moment, `m` for a span. */
  readonly kind: "M" | "m";
  readonly byteOrder: ByteOrder;
  readonly unit: Unit;
  /** Units that one count stands for: 25 in `M8[25ns]`. */
  readonly multiple: bigint;
}

const NAME = /^([<>=]?)(?:([Mm])8|(datetime64|timedelta64))\[(\d{0,9})([a-zA-Z]{1,2})\]$/;

/** What numpy's name stands for: `<M8[ms]`, `datetime64[25ns]`, `>m8[s]`; `undefined` for other names. */
export function parseNumpyTime(name: string): NumpyTime | undefined {
  const [, order, letter, word, digits, unitName] = NAME.exec(name) ?? [];
  const unit = UNITS.find((one) => one === unitName);
  if (unit === undefined) return undefined;
  const multiple = digits === "" || digits === undefined ? 1n : BigInt(digits);
  if (multiple === 0n) return undefined;
  const kind = letter === "M" || word === "datetime64" ? "M" : "m";
  return { kind, byteOrder: order === ">" ? "big-endian" : "little-endian", unit, multiple };
}

export function numpyTimeText({ kind, byteOrder, unit, multiple }: NumpyTime): string {
  return `${byteOrder === "big-endian" ? ">" : "<"}${kind}8[${multiple === 1n ? "" : multiple}${unit}]`;
}

/** The time that a datatype holds, if it is one of h5py's. */
export function numpyTimeOf(type: Datatype): NumpyTime | undefined {
  if (type.class !== "opaque" || type.size !== 8 || !type.tag.startsWith(TAG_PREFIX)) return undefined;
  return parseNumpyTime(type.tag.slice(TAG_PREFIX.length));
}

export function numpyTimeType(time: NumpyTime): OpaqueType {
  return opaque(8, TAG_PREFIX + numpyTimeText(time));
}

const NOT_A_TIME = -(2n ** 63n);
const GREATEST = 2n ** 63n - 1n;
/** A Date reaches a hundred million days to both sides of 1970. */
const GREATEST_DATE = 8_640_000_000_000_000n;

/** Milliseconds in a unit of at least one. */
const MILLISECONDS: Partial<Record<Unit, bigint>> = {
  W: 604_800_000n,
  D: 86_400_000n,
  h: 3_600_000n,
  m: 60_000n,
  s: 1000n,
  ms: 1n,
};
/** Parts of a millisecond. */
const PARTS: Partial<Record<Unit, bigint>> = {
  us: 10n ** 3n,
  ns: 10n ** 6n,
  ps: 10n ** 9n,
  fs: 10n ** 12n,
  as: 10n ** 15n,
};

function unfit(name: "OverflowError" | "ValueError", message: string): HDF5Error {
  const error = new HDF5Error("conversion", message);
  error.name = name;
  return error;
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
}

/** Whole units up to a Date, which must be where one begins: nothing of it is cut off. */
function unitsOfDate(date: Date, time: NumpyTime): bigint {
  const ms = BigInt(date.getTime());
  const parts = PARTS[time.unit];
  if (parts !== undefined) return ms * parts;
  const length = MILLISECONDS[time.unit];
  if (length !== undefined) {
    if (ms % length === 0n) return ms / length;
    throw tooFine(date, time);
  }
  const months = (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
  const start = startOfMonth(months);
  if (BigInt(start) !== ms || (time.unit === "Y" && months % 12 !== 0)) throw tooFine(date, time);
  return BigInt(time.unit === "Y" ? months / 12 : months);
}

function startOfMonth(months: number): number {
  // Not the constructor, which takes years up to 99 for those of the twentieth century.
  return new Date(0).setUTCFullYear(1970 + Math.floor(months / 12), ((months % 12) + 12) % 12, 1);
}

function tooFine(date: Date, time: NumpyTime): HDF5Error {
  return unfit("ValueError", `${date.toISOString()} is no whole number of ${numpyTimeText(time)}`);
}

function countOfDate(date: Date, time: NumpyTime): bigint {
  if (Number.isNaN(date.getTime())) return NOT_A_TIME;
  const units = unitsOfDate(date, time);
  if (units % time.multiple !== 0n) throw tooFine(date, time);
  return units / time.multiple;
}

/** The Date of a count, rounded down to milliseconds; an invalid one for "not a time". */
function dateOfCount(count: bigint, { unit, multiple }: NumpyTime): Date {
  if (count === NOT_A_TIME) return new Date(Number.NaN);
  const units = count * multiple;
  const parts = PARTS[unit];
  const length = MILLISECONDS[unit];
  let ms: bigint;
  if (parts !== undefined) ms = floorDivide(units, parts);
  else if (length !== undefined) ms = units * length;
  else ms = startOf(units, unit);
  if (ms > GREATEST_DATE || ms < -GREATEST_DATE) {
    throw unfit("OverflowError", `${units} ${unit} from 1970 on is no Date`);
  }
  return new Date(Number(ms));
}

function startOf(units: bigint, unit: Unit): bigint {
  const start = startOfMonth(Number(unit === "Y" ? units * 12n : units));
  return Number.isNaN(start) ? GREATEST_DATE + 1n : BigInt(start);
}

/** Reads one element: a Date for a moment if `dates` are wanted, else the count. */
export function readNumpyTime(time: NumpyTime, bytes: Uint8Array, offset: number, dates: boolean): Date | bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = view.getBigInt64(offset, time.byteOrder !== "big-endian");
  return dates && time.kind === "M" ? dateOfCount(count, time) : count;
}

/**
 * Writes one element: a Date or a count for a moment, a count for a span.
 *
 * @returns false for a value of another kind, which is not written.
 * @throws HDF5Error "conversion", named ValueError for a Date that is no whole number of units, OverflowError beyond 64 bits.
 */
export function writeNumpyTime(time: NumpyTime, value: unknown, bytes: Uint8Array, offset: number): boolean {
  let count: bigint;
  if (typeof value === "bigint") count = value;
  else if (value instanceof Date && time.kind === "M") count = countOfDate(value, time);
  else return false;
  if (count < NOT_A_TIME || count > GREATEST) {
    throw unfit("OverflowError", `${count} is out of bounds for ${numpyTimeText(time)}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  view.setBigInt64(offset, count, time.byteOrder !== "big-endian");
  return true;
}
