/**
 * Error stack. C: the H5E functions.
 *
 * Every failing call of the API floor throws an `ApiError` and leaves its records here until the next failure or
 * {@link clear}. Nothing is printed unless a reporter is set, which is h5py's behaviour too.
 */
import { type ErrorRecord, MAJOR, type MajorCode, MINOR, type MinorCode } from "./error-codes.ts";
import { clearStack, currentStack, type ErrorReporter, getReporter, setReporter } from "./error-stack.ts";

export { type ErrorRecord, MAJOR, type MajorCode, MINOR, type MinorCode } from "./error-codes.ts";
export type { ErrorReporter } from "./error-stack.ts";

/** From the innermost record to the API function. C: `H5E_WALK_UPWARD`. */
export const WALK_UPWARD = 0;
/** From the API function inwards. C: `H5E_WALK_DOWNWARD`. */
export const WALK_DOWNWARD = 1;

/** Records on the current stack. C: `H5Eget_num`. */
export function getNum(): number {
  return currentStack().length;
}

/** The current stack, the API function first. C: `H5Eget_current_stack`. */
export function getCurrentStack(): readonly ErrorRecord[] {
  return currentStack();
}

/**
 * Calls `visit` for each record until it returns something other than undefined, which is then the result.
 *
 * C: `H5Ewalk2`.
 */
export function walk<T>(
  visit: (index: number, record: ErrorRecord) => T | undefined,
  direction = WALK_UPWARD,
): T | undefined {
  const records = currentStack();
  const ordered = direction === WALK_UPWARD ? [...records].reverse() : records;
  for (let index = 0; index < ordered.length; index++) {
    const result = visit(index, ordered[index] as ErrorRecord);
    if (result !== undefined) return result;
  }
  return undefined;
}

/** The stack as text, in the shape of the C library's own printing; empty without records. C: `H5Eprint2`. */
export function print(records: readonly ErrorRecord[] = currentStack()): string {
  if (records.length === 0) return "";
  const lines = ["HDF5-DIAG: Error detected in h5ts:"];
  records.forEach((record, index) => {
    lines.push(
      `  #${String(index).padStart(3, "0")}: in ${record.where}(): ${record.text}`,
      `    major: ${MAJOR[record.major]}`,
      `    minor: ${MINOR[record.minor]}`,
    );
  });
  return `${lines.join("\n")}\n`;
}

/** Forgets the current stack. C: `H5Eclear2`. */
export function clear(): void {
  clearStack();
}

/** Has every failing call reported, for example printed; `null` for silence. C: `H5Eset_auto2`. */
export function setAuto(reporter: ErrorReporter | null): void {
  setReporter(reporter);
}

/** What {@link setAuto} was last given. C: `H5Eget_auto2`. */
export function getAuto(): ErrorReporter | null {
  return getReporter();
}

let silenced: ErrorReporter | null = null;

/** Stops reporting until {@link unsilenceErrors}. h5py: `silence_errors`. */
export function silenceErrors(): void {
  if (getReporter() === null) return;
  silenced = getReporter();
  setReporter(null);
}

/** Resumes the reporting that {@link silenceErrors} stopped. h5py: `unsilence_errors`. */
export function unsilenceErrors(): void {
  if (silenced === null) return;
  setReporter(silenced);
  silenced = null;
}

/** Runs `operation` without reports, whatever happens in it. */
export function silently<T>(operation: () => T): T {
  const before = getReporter();
  setReporter(null);
  try {
    return operation();
  } finally {
    setReporter(before);
  }
}

/** Text of a major or minor code. C: `H5Eget_msg`. */
export function getMsg(kind: "major", code: MajorCode): string;
export function getMsg(kind: "minor", code: MinorCode): string;
export function getMsg(kind: "major" | "minor", code: MajorCode | MinorCode): string {
  return kind === "major" ? MAJOR[code as MajorCode] : MINOR[code as MinorCode];
}
