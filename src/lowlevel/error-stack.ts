/**
 * The current error stack: the records of the last failing call, and what is done when a call fails.
 */
import type { ErrorRecord } from "./error-codes.ts";

/** Called with the fresh stack when a call fails. C: `H5E_auto2_t`. */
export type ErrorReporter = (records: readonly ErrorRecord[]) => void;

let current: readonly ErrorRecord[] = [];
let reporter: ErrorReporter | null = null;

/** Makes `records` the current stack and reports them, if someone asked for that. */
export function recordStack(records: readonly ErrorRecord[]): void {
  current = records;
  reporter?.(records);
}

export function currentStack(): readonly ErrorRecord[] {
  return current;
}

export function clearStack(): void {
  current = [];
}

export function setReporter(next: ErrorReporter | null): void {
  reporter = next;
}

export function getReporter(): ErrorReporter | null {
  return reporter;
}
