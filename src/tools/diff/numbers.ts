/** Numbers that are compared, and how differences are printed. Reference implementation: h5diff_array.c. */
import { printf } from "../c-printf.ts";
import type { DiffOptions } from "./options.ts";

export type NumberForm = "integer" | "single" | "double" | "extended";

const SINGLE_EPSILON = 2 ** -23;

/** Undefined where two numbers are as good as equal; else the columns to print. */
export function differenceText(
  a: number | bigint,
  b: number | bigint,
  form: NumberForm,
  options: DiffOptions,
): string | undefined {
  if (typeof a === "bigint" || typeof b === "bigint") return ofBigints(BigInt(a), BigInt(b), options);
  if (a === b) return undefined;
  if (options.nansAreEqual && (Number.isNaN(a) || Number.isNaN(b))) {
    return Number.isNaN(a) && Number.isNaN(b) ? undefined : columns(a, b, Number.NaN, form, undefined);
  }
  const exact = Math.abs(a - b);
  const difference = form === "single" ? Math.fround(exact) : exact;
  if (options.delta !== undefined && difference <= options.delta) return undefined;
  if (form !== "integer" && options.systemEpsilon) {
    if (difference < (form === "single" ? SINGLE_EPSILON : Number.EPSILON)) return undefined;
  }
  if (options.relative === undefined) return columns(a, b, difference, form, undefined);
  if (a === 0) return columns(a, b, difference, form, "not comparable");
  const relative = Math.abs((b - a) / a);
  return relative > options.relative ? columns(a, b, difference, form, relative) : undefined;
}

function ofBigints(a: bigint, b: bigint, options: DiffOptions): string | undefined {
  if (a === b) return undefined;
  const difference = a > b ? a - b : b - a;
  if (options.delta !== undefined && Number(difference) <= options.delta) return undefined;
  const start = printf("%-15d %-15d %-15d", a, b, difference);
  if (options.relative === undefined) return `${start}\n`;
  if (a === 0n) return `${start} not comparable\n`;
  const relative = Math.abs(Number(b - a) / Number(a));
  return relative > options.relative ? `${start} ${printf("%-14f", relative)}\n` : undefined;
}

function columns(
  a: number,
  b: number,
  difference: number,
  form: NumberForm,
  relative: number | "not comparable" | undefined,
): string {
  const isInteger = form === "integer";
  const directive = isInteger ? "%-15d" : form === "extended" ? "%-15f" : relative === undefined ? "%-15g" : "%-15.10g";
  const start = printf(`${directive} ${directive} ${directive}`, a, b, difference);
  if (relative === undefined) return `${start}\n`;
  if (relative === "not comparable") return `${start} not comparable\n`;
  return `${start} ${printf(isInteger ? "%-14f" : "%-14.10g", relative)}\n`;
}
