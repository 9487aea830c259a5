/**
 * Arguments of API calls: checked once here, in h5py's words, so that what follows may rely on them.
 */
import { UNLIMITED } from "../base/address.ts";
import { decodeUtf8 } from "../base/text.ts";
import { argumentError, plainError } from "./api-error.ts";

/** A size, count, dimension or address as callers may give it. */
export type Size = number | bigint;

/** A name as callers may give it: text, or its bytes. */
export type Name = string | Uint8Array;

/** `H5S_UNLIMITED`, `H5F_UNLIMITED`, `HSIZE_UNDEF` of the C library: all 64 bits one. */
const ALL_ONES = 0xffff_ffff_ffff_ffffn;

function integer(value: unknown, type: string): number {
  if (Number.isSafeInteger(value)) return value as number;
  if (typeof value === "bigint") {
    if (value > BigInt(Number.MAX_SAFE_INTEGER) || value < BigInt(Number.MIN_SAFE_INTEGER)) {
      throw plainError("OverflowError", `value too large to convert to ${type}`);
    }
    return Number(value);
  }
  if (typeof value !== "number" || Number.isNaN(value) || (Number.isFinite(value) && !Number.isInteger(value))) {
    throw plainError("TypeError", "an integer is required");
  }
  throw plainError("OverflowError", `value too large to convert to ${type}`);
}

/** A size that must be finite. `type` is the C type named in the complaint. */
export function toSize(value: Size, type = "hsize_t"): number {
  const size = integer(value, type);
  if (size < 0) throw plainError("OverflowError", `can't convert negative value to ${type}`);
  return size;
}

/** Whether a size stands for no limit. */
export function isUnlimited(value: Size | null): boolean {
  return value === null || value === UNLIMITED || value === ALL_ONES;
}

/** A size that may be unlimited: `UNLIMITED`, `null`, or all 64 bits one. */
export function toSizeOrUnlimited(value: Size | null, type = "hsize_t"): number {
  return isUnlimited(value) ? UNLIMITED : toSize(value as Size, type);
}

/** A C `unsigned int`. */
export function toUnsigned(value: Size): number {
  const result = toSize(value, "unsigned int");
  if (result > 0xffff_ffff) throw plainError("OverflowError", "value too large to convert to unsigned int");
  return result;
}

/** A C `int`. */
export function toInt(value: Size): number {
  const result = integer(value, "int");
  if (result > 0x7fff_ffff || result < -0x8000_0000) {
    throw plainError("OverflowError", "value too large to convert to int");
  }
  return result;
}

function isSize(value: unknown): value is Size {
  if (typeof value === "bigint") return true;
  return typeof value === "number" && (Number.isInteger(value) || Math.abs(value) === UNLIMITED);
}

/** A list of sizes. `name` is the parameter's name in the complaint. */
export function toSizes(values: readonly Size[], name: string): number[] {
  if (!Array.isArray(values)) throw plainError("ValueError", `${name} must be a tuple.`);
  const sizes = new Array<number>(values.length);
  for (let i = 0; i < values.length; i++) {
    const value: unknown = values[i];
    if (!isSize(value)) throw plainError("TypeError", `Can't convert element ${i} (${String(value)}) to hsize_t`);
    sizes[i] = toSize(value);
  }
  return sizes;
}

/** A list of exactly `rank` sizes. */
export function toSizesOfRank(values: readonly Size[], rank: number, name: string): number[] {
  if (!Array.isArray(values) || values.length !== rank) {
    throw plainError("ValueError", `${name} must be a tuple of size ${rank}.`);
  }
  return values.map((value) => toSize(value));
}

export function toName(name: Name): string {
  if (typeof name === "string") return name;
  if (name instanceof Uint8Array) return decodeUtf8(name);
  throw plainError("TypeError", `expected bytes, ${typeof name} found`);
}

/** Refuses an argument of another class, as h5py's typed parameters do. */
export function expectInstance<T>(
  value: unknown,
  type: { readonly name: string; readonly prototype: T },
  name: string,
): T {
  if (isInstance(value, type)) return value;
  throw wrongType(value, type.name, name);
}

/** The error of an argument that is of another class. */
export function wrongType(value: unknown, expected: string, name: string) {
  const found =
    value === null ? "null" : typeof value === "object" ? (value?.constructor?.name ?? "object") : typeof value;
  return plainError("TypeError", `Argument '${name}' has incorrect type (expected ${expected}, got ${found})`);
}

function isInstance<T>(value: unknown, type: { readonly prototype: T }): value is T {
  return (
    typeof value === "object" && value !== null && Object.prototype.isPrototypeOf.call(type.prototype as object, value)
  );
}

/** A name that is not empty. @throws ValueError with `words` for one that is. */
export function requireName(where: string, name: Name, words: string): string {
  const text = toName(name);
  if (text === "") throw argumentError(where, "ARGS", "BADVALUE", words);
  return text;
}
