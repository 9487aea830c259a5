import type ts from "typescript";

/** Something that others see and that nothing is said of. */
export interface Undocumented {
  /** As a program names it: `h5d.DatasetID.read`. */
  readonly name: string;
  /** Relative to the folder. */
  readonly file: string;
  readonly line: number;
}

/**
 * What `entries` export without a docstring, of what files in `folder` declare.
 *
 * @returns how many exports and members were looked at, and those without.
 */
export function undocumented(
  program: ts.Program,
  entries: readonly string[],
  folder: string,
): { readonly total: number; readonly missing: readonly Undocumented[] };
