/** Error stacks that a program keeps: taken from the current one, filled by hand, walked and printed. C: `H5E…_stack`. */
import { argumentError, libraryError, record } from "./api-error.ts";
import { expectInstance, type Size, toSize } from "./arguments.ts";
import { ErrorMessageID } from "./error-classes.ts";
import { type ErrorRecord, MAJOR, MINOR } from "./error-codes.ts";
import { changePauses, currentStack, replaceStack, type StackRecord, stackPauses } from "./error-stack.ts";
import { getLibversion } from "./h5.ts";
import { closedRecord, ID_TYPE, ObjectID } from "./object-id.ts";

/** From the innermost record to the API function. C: `H5E_WALK_UPWARD`. */
export const WALK_UPWARD = 0;
/** From the API function inwards. C: `H5E_WALK_DOWNWARD`. */
export const WALK_DOWNWARD = 1;

/** Records of a stack; older ones make room for none. C: `H5E_NSLOTS`. */
const MOST_RECORDS = 32;

/** Called with a record's position in the walk; what is not undefined ends it. C: `H5E_walk2_t`. */
export type StackVisitor<T> = (index: number, record: StackRecord) => T | undefined;

/** The text of a major or minor code. */
export function textOfMajor(code: StackRecord["major"]): string {
  return code instanceof ErrorMessageID ? code.text : MAJOR[code];
}

export function textOfMinor(code: StackRecord["minor"]): string {
  return code instanceof ErrorMessageID ? code.text : MINOR[code];
}

export function walkRecords<T>(
  records: readonly StackRecord[],
  visit: StackVisitor<T>,
  direction: number,
): T | undefined {
  if (direction !== WALK_UPWARD && direction !== WALK_DOWNWARD) {
    throw argumentError("H5Ewalk2", "ERROR", "CANTLIST", "can't walk error stack");
  }
  const ordered = direction === WALK_UPWARD ? [...records].reverse() : records;
  for (let index = 0; index < ordered.length; index++) {
    const result = visit(index, ordered[index] as StackRecord);
    if (result !== undefined) return result;
  }
  return undefined;
}

/** Who reports: the class's name, its library and version. */
function reporterOf({ errorClass }: StackRecord): string {
  if (errorClass === undefined) return `HDF5-DIAG: Error detected in h5ts (${getLibversion().join(".")}) thread 0:`;
  const { name, library, version } = errorClass;
  return `${name || "(null)"}-DIAG: Error detected in ${library || "(null)"} (${version || "(null)"}) thread 0:`;
}

export function printRecords(records: readonly StackRecord[]): string {
  const lines: string[] = [];
  let reporter = "";
  records.forEach((one, index) => {
    if (reporterOf(one) !== reporter) {
      reporter = reporterOf(one);
      lines.push(reporter);
    }
    const place = one.file === undefined ? "" : `${one.file} line ${one.line ?? 0} `;
    lines.push(
      `  #${String(index).padStart(3, "0")}: ${place}in ${one.where}()${one.text === "" ? "" : `: ${one.text}`}`,
      `    major: ${textOfMajor(one.major)}`,
      `    minor: ${textOfMinor(one.minor)}`,
    );
  });
  return lines.map((line) => `${line}\n`).join("");
}

/** A stack of the program's own, which failing calls leave alone. */
export class ErrorStackID extends ObjectID {
  private stack: readonly StackRecord[];
  private pauses = 0;

  constructor(records: readonly StackRecord[]) {
    super(ID_TYPE.ERROR_STACK);
    this.stack = records;
  }

  protected closedRecords(): readonly [ErrorRecord, ...ErrorRecord[]] {
    return [closedRecord("H5I_object_verify", "not a error stack ID")];
  }

  /** The API function first. */
  get records(): readonly StackRecord[] {
    this.requireValid();
    return this.stack;
  }

  /** @internal */
  replace(records: readonly StackRecord[]): void {
    this.requireValid();
    this.stack = records;
  }

  /** @internal */
  changePauses(by: 1 | -1): void {
    this.requireValid();
    this.pauses += by;
  }

  /** How often the stack was paused and not resumed. */
  get pauseCount(): number {
    this.requireValid();
    return this.pauses;
  }
}

/** `null` stands for the current stack. C: `H5E_DEFAULT`. */
export type StackArgument = ErrorStackID | null;

export function recordsOf(stack: StackArgument): readonly StackRecord[] {
  if (stack === null) return currentStack();
  return expectInstance(stack, ErrorStackID, "stack").records;
}

export function setRecords(stack: StackArgument, records: readonly StackRecord[]): void {
  if (stack === null) replaceStack(records);
  else expectInstance(stack, ErrorStackID, "stack").replace(records);
}

export function pausesOf(stack: StackArgument): number {
  return stack === null ? stackPauses() : expectInstance(stack, ErrorStackID, "stack").pauseCount;
}

export function pauseBy(stack: StackArgument, by: 1 | -1): void {
  if (by === -1 && pausesOf(stack) === 0) {
    throw libraryError([
      record("H5Eresume_stack", "ERROR", "CANTDEC", "unable to resume error stack"),
      record("H5E__resume_stack", "ERROR", "BADRANGE", "can't resume error stack with 0 paused count"),
    ]);
  }
  if (stack === null) changePauses(by);
  else stack.changePauses(by);
}

/** Adds a record on the outside. A full or paused stack takes no more. */
export function pushRecord(stack: StackArgument, one: StackRecord): void {
  const records = recordsOf(stack);
  if (pausesOf(stack) === 0 && records.length < MOST_RECORDS) setRecords(stack, [one, ...records]);
}

/** Takes the outermost `count` records away, at most all. */
export function popRecords(stack: StackArgument, count: Size): void {
  setRecords(stack, recordsOf(stack).slice(toSize(count, "size_t")));
}
