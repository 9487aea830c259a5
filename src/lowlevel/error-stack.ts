/**
 * Error stacks as values: the records of the last failing call, and what is done when a call fails.
 */
import type { ErrorClassID, ErrorMessageID } from "./error-classes.ts";
import type { ErrorRecord, MajorCode, MinorCode } from "./error-codes.ts";

/** A record of a stack: the library's own, or one that a program pushed. C: `H5E_error2_t`. */
export interface StackRecord {
  /** The function that reports, by its name in the C library. */
  readonly where: string;
  /** Where it failed. */
  readonly major: MajorCode | ErrorMessageID;
  /** What was wrong. */
  readonly minor: MinorCode | ErrorMessageID;
  /** In words. */
  readonly text: string;
  /** The class that the codes belong to; undefined for the library's. */
  readonly errorClass?: ErrorClassID;
  /** Source file; the library's own records have none. */
  readonly file?: string;
  /** Line in it. */
  readonly line?: number;
}

/** Called with the fresh stack when a call fails. C: `H5E_auto2_t`. */
export type ErrorReporter = (records: readonly ErrorRecord[]) => void;

let current: readonly StackRecord[] = [];
let reporter: ErrorReporter | null = null;
let pauses = 0;

/** Makes `records` the current stack and reports them, if someone asked for that. Nothing happens while it is paused. */
export function recordStack(records: readonly ErrorRecord[]): void {
  if (pauses > 0) return;
  current = records;
  reporter?.(records);
}

/** The records of the current stack, the API function first. */
export function currentStack(): readonly StackRecord[] {
  return current;
}

export function replaceStack(records: readonly StackRecord[]): void {
  current = records;
}

export function clearStack(): void {
  current = [];
}

/** Counts the pauses of the current stack. */
export function changePauses(by: 1 | -1): void {
  pauses += by;
}

export function stackPauses(): number {
  return pauses;
}

export function setReporter(next: ErrorReporter | null): void {
  reporter = next;
}

export function getReporter(): ErrorReporter | null {
  return reporter;
}
