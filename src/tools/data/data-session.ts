/** What printing values needs to know of the tool that prints them. */
import type { TextOutput } from "../output.ts";
import type { ReferencePaths } from "../references.ts";
import type { ValueFormat } from "../value-format.ts";

export type BinaryForm = "NATIVE" | "FILE" | "LE" | "BE";

export interface DataSession {
  readonly paths: ReferencePaths;
  readonly valueFormat: ValueFormat;
  /** Where the values of datasets and of attributes go; undefined outputs take nothing. */
  readonly data: TextOutput | undefined;
  readonly attributes: TextOutput | undefined;
  /** Values are written as bytes in this form; undefined for text. */
  readonly binary: BinaryForm | undefined;
  /** Whether the values are shown that region and attribute references lead to. */
  readonly regions: boolean;
  /** Before the blocks and points of a region reference. */
  readonly blockLabel: (index: number) => string;
  readonly pointLabel: (index: number) => string;
  /** Reports an error and has the tool fail. */
  fail(message: string): void;
  /** Reports an error. */
  warn(message: string): void;
}
