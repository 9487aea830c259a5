/** Errors of indexing, with h5py's classes as names and h5py's words. */
import { HDF5Error } from "../../base/errors.ts";

export function indexError(name: "IndexError" | "ValueError" | "TypeError", message: string): HDF5Error {
  const error = new HDF5Error("argument", message);
  error.name = name;
  return error;
}

/** A value as Python would print it. */
export function printed(value: unknown): string {
  if (typeof value === "string") return `'${value}'`;
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(printed).join(", ")}]`;
  if (typeof value === "object") return "{}";
  return String(value);
}

/** A shape as Python prints a tuple: `(3,)`, `(2, 3)`. */
export function printedShape(shape: readonly number[]): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
}
