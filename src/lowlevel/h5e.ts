/**
 * Error stack. C: the H5E functions.
 *
 * Every failing call of the API floor throws an `ApiError` and leaves its records here until the next failure or
 * {@link clear}. Nothing is printed unless a reporter is set, which is h5py's behaviour too.
 */
import { argumentError } from "./api-error.ts";
import { expectInstance, type Name, type Size, toName } from "./arguments.ts";
import { ErrorClassID, ErrorMessageID } from "./error-classes.ts";
import type { MajorCode, MinorCode } from "./error-codes.ts";
import {
  clearStack,
  currentStack,
  type ErrorReporter,
  getReporter,
  type StackRecord,
  setReporter,
} from "./error-stack.ts";
import {
  ErrorStackID,
  pauseBy,
  pausesOf,
  popRecords,
  printRecords,
  pushRecord,
  recordsOf,
  type StackArgument,
  type StackVisitor,
  setRecords,
  textOfMajor,
  textOfMinor,
  WALK_UPWARD,
  walkRecords,
} from "./error-stack-id.ts";

export { ErrorClassID, ErrorMessageID } from "./error-classes.ts";
export { type ErrorRecord, MAJOR, type MajorCode, MINOR, type MinorCode } from "./error-codes.ts";
export type { ErrorReporter, StackRecord } from "./error-stack.ts";
export {
  ErrorStackID,
  type StackArgument,
  type StackVisitor,
  WALK_DOWNWARD,
  WALK_UPWARD,
} from "./error-stack-id.ts";

/** Stands for the current stack wherever a stack is taken. C: `H5E_DEFAULT`. */
export const DEFAULT = null;

/** Kinds of messages. C: `H5E_type_t`. */
export const MAJOR_MESSAGE = 0;
export const MINOR_MESSAGE = 1;

/** Records on a stack. C: `H5Eget_num`. */
export function getNum(stack: StackArgument = DEFAULT): number {
  return recordsOf(stack).length;
}

/** A new stack without records. C: `H5Ecreate_stack`. */
export function createStack(): ErrorStackID {
  return new ErrorStackID([]);
}

/** The current stack, which is empty afterwards. C: `H5Eget_current_stack`. */
export function getCurrentStack(): ErrorStackID {
  const taken = new ErrorStackID(currentStack());
  clearStack();
  return taken;
}

/** Puts a stack in place of the current one, and closes it. C: `H5Eset_current_stack`. */
export function setCurrentStack(stack: ErrorStackID): void {
  const records = expectInstance(stack, ErrorStackID, "stack").records;
  setRecords(DEFAULT, records);
  stack.close();
}

/** Closes a stack of a program's own. C: `H5Eclose_stack`. */
export function closeStack(stack: ErrorStackID): void {
  expectInstance(stack, ErrorStackID, "stack").requireValid();
  stack.close();
}

/**
 * Puts the records of `source` on the outside of those of `destination`, as far as there is room.
 *
 * @param closeSource - Whether `source` is closed then. C: `H5Eappend_stack`.
 */
export function appendStack(destination: ErrorStackID, source: ErrorStackID, closeSource = false): void {
  expectInstance(destination, ErrorStackID, "destination").requireValid();
  for (const one of [...expectInstance(source, ErrorStackID, "source").records].reverse()) pushRecord(destination, one);
  if (closeSource) source.close();
}

/** Lets a stack take no records until {@link resumeStack} was called as often. C: `H5Epause_stack`. */
export function pauseStack(stack: StackArgument = DEFAULT): void {
  pauseBy(stack, 1);
}

/** Takes one call of {@link pauseStack} back. @throws RuntimeError unless the stack is paused. C: `H5Eresume_stack`. */
export function resumeStack(stack: StackArgument = DEFAULT): void {
  pauseBy(stack, -1);
}

/** Whether a stack takes no records for now. C: `H5Eis_paused`. */
export function isPaused(stack: StackArgument = DEFAULT): boolean {
  return pausesOf(stack) > 0;
}

/** What {@link push} adds. */
export interface PushedRecord {
  /** The function that reports. */
  readonly where: string;
  /** Source file that is printed for it. Default: none. */
  readonly file?: string;
  /** Line in it. Default 0. */
  readonly line?: number;
  /** The library's own codes by their names, or messages of {@link createMsg}; major and minor of one class. */
  readonly major: MajorCode | ErrorMessageID;
  /** What was wrong. */
  readonly minor: MinorCode | ErrorMessageID;
  /** In words. */
  readonly text: string;
}

/** Adds a record on the outside of a stack, which takes 32 at most; more are not kept. C: `H5Epush2`. */
export function push(record: PushedRecord, stack: StackArgument = DEFAULT): void {
  const { major, minor } = record;
  if (major instanceof ErrorMessageID) major.requireValid();
  if (minor instanceof ErrorMessageID) minor.requireValid();
  const [majorClass, minorClass] = [major, minor].map((one) => (one instanceof ErrorMessageID ? one.errorClass : null));
  const errorClass = majorClass ?? minorClass ?? undefined;
  pushRecord(stack, errorClass === undefined ? { ...record } : { ...record, errorClass });
}

/** Takes the outermost `count` records off a stack; at most all. C: `H5Epop`. */
export function pop(count: Size, stack: StackArgument = DEFAULT): void {
  popRecords(stack, count);
}

/**
 * Calls `visit` for each record until it returns something other than undefined, which is then the result.
 *
 * C: `H5Ewalk2`.
 */
export function walk<T>(
  visit: StackVisitor<T>,
  direction: number = WALK_UPWARD,
  stack: StackArgument = DEFAULT,
): T | undefined {
  return walkRecords(recordsOf(stack), visit, direction);
}

/** A stack as text, in the shape of the C library's own printing; empty without records. C: `H5Eprint2`. */
export function print(stack: StackArgument | readonly StackRecord[] = DEFAULT): string {
  return printRecords(stack === null || stack instanceof ErrorStackID ? recordsOf(stack) : stack);
}

/** A new class of errors: its name, its library's, and the library's version. C: `H5Eregister_class`. */
export function registerClass(name: Name, library: Name, version: Name): ErrorClassID {
  return new ErrorClassID(toName(name), toName(library), toName(version));
}

/** Closes a class; records and messages that name it stay readable. C: `H5Eunregister_class`. */
export function unregisterClass(errorClass: ErrorClassID): void {
  expectInstance(errorClass, ErrorClassID, "errorClass").requireValid();
  errorClass.close();
}

/** The name of a class. C: `H5Eget_class_name`. */
export function getClassName(errorClass: ErrorClassID): string {
  expectInstance(errorClass, ErrorClassID, "errorClass").requireValid();
  return errorClass.name;
}

/**
 * A message of a class: `MAJOR_MESSAGE` or `MINOR_MESSAGE`, and its text.
 *
 * @throws ValueError for another kind. C: `H5Ecreate_msg`.
 */
export function createMsg(errorClass: ErrorClassID, kind: Size, text: Name): ErrorMessageID {
  expectInstance(errorClass, ErrorClassID, "errorClass").requireValid();
  if (kind !== MAJOR_MESSAGE && kind !== MINOR_MESSAGE) {
    throw argumentError("H5Ecreate_msg", "ARGS", "BADVALUE", "not a valid message type");
  }
  return new ErrorMessageID(errorClass, kind === MAJOR_MESSAGE ? "major" : "minor", toName(text));
}

/** Closes a message; records that name it stay readable. C: `H5Eclose_msg`. */
export function closeMsg(message: ErrorMessageID): void {
  expectInstance(message, ErrorMessageID, "message").requireValid();
  message.close();
}

/** Forgets the records of a stack. C: `H5Eclear2`. */
export function clear(stack: StackArgument = DEFAULT): void {
  setRecords(stack, []);
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

/** Text of a major or minor code, the library's own by its name. C: `H5Eget_msg`. */
export function getMsg(kind: "major", code: MajorCode): string;
export function getMsg(kind: "minor", code: MinorCode): string;
export function getMsg(kind: "major" | "minor", code: ErrorMessageID): string;
export function getMsg(kind: "major" | "minor", code: MajorCode | MinorCode | ErrorMessageID): string {
  if (code instanceof ErrorMessageID) code.requireValid();
  return kind === "major" ? textOfMajor(code as MajorCode) : textOfMinor(code as MinorCode);
}

/** Text of a major code of the library. C: `H5Eget_major`. */
export function getMajor(code: MajorCode): string {
  return getMsg("major", code);
}

/** Text of a minor code of the library. C: `H5Eget_minor`. */
export function getMinor(code: MinorCode): string {
  return getMsg("minor", code);
}
