/**
 * The error that the API floor raises: h5py's class in `name`, h5py's words in `message`.
 *
 * A failing call leaves a stack of records, the API function first and the innermost cause last. The message is the
 * first record's text, its first letter in upper case and all others in lower case, then the last record's text in
 * brackets. The class follows from the first record's codes. Errors of the engine become the innermost record and stay
 * reachable as `cause`.
 */
import { type ErrorCode, HDF5Error, isHdf5Error } from "../base/errors.ts";
import {
  type ErrorRecord,
  type ExceptionName,
  exceptionNameOf,
  type MajorCode,
  type MinorCode,
} from "./error-codes.ts";
import { recordStack } from "./error-stack.ts";

export interface ApiErrorDetails {
  readonly cause?: unknown;
  readonly code?: ErrorCode;
  readonly errno?: number | undefined;
}

/**
 * The error of a call of the low level or the facade: h5py's class in `name`, its words in `message`, the kind in
 * `code`.
 */
export class ApiError extends HDF5Error {
  /** h5py's class: `"KeyError"`, `"ValueError"`, … */
  override readonly name: ExceptionName;
  /** Major code of the outermost record, such as `"DATASET"`; undefined where h5py itself, not the library, objects. */
  readonly major: MajorCode | undefined;
  /** Minor code of the outermost record, such as `"READERROR"`; undefined where h5py itself objects. */
  readonly minor: MinorCode | undefined;
  /** The error stack, outermost first; empty where h5py itself objects. */
  readonly records: readonly ErrorRecord[];

  constructor(name: ExceptionName, message: string, records: readonly ErrorRecord[], details: ApiErrorDetails = {}) {
    super(details.code ?? codeOf(name), message, {
      ...(details.cause === undefined ? {} : { cause: details.cause }),
      ...(details.errno === undefined ? {} : { errno: details.errno }),
    });
    this.name = name;
    this.major = records[0]?.major;
    this.minor = records[0]?.minor;
    this.records = records;
  }
}

function codeOf(name: ExceptionName): ErrorCode {
  switch (name) {
    case "KeyError":
      return "not-found";
    case "NotImplementedError":
      return "unsupported";
    case "RuntimeError":
      return "state";
    case "OSError":
    case "FileExistsError":
    case "FileNotFoundError":
    case "IsADirectoryError":
    case "PermissionError":
      return "source";
    case "IndexError":
    case "OverflowError":
    case "TypeError":
    case "UnicodeDecodeError":
    case "UnicodeEncodeError":
    case "ValueError":
      return "argument";
    default:
      return name satisfies never;
  }
}

export function record(where: string, major: MajorCode, minor: MinorCode, text: string): ErrorRecord {
  return { where, major, minor, text };
}

function capitalize(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1).toLowerCase();
}

/** The error of a failing library call. `records` run from the API function inwards. */
export function libraryError(
  records: readonly [ErrorRecord, ...ErrorRecord[]],
  details: ApiErrorDetails = {},
): ApiError {
  const outer = records[0];
  const inner = records[records.length - 1] as ErrorRecord;
  const name = exceptionNameOf(outer.major, outer.minor, details.errno);
  const text = `${capitalize(outer.text)} (${inner.text})`;
  const prefix = details.errno !== undefined && codeOf(name) === "source" ? `[Errno ${details.errno}] ` : "";
  recordStack(records);
  return new ApiError(name, prefix + text, records, details);
}

/** A call refused by one record alone, which gives the same text twice. */
export function argumentError(where: string, major: MajorCode, minor: MinorCode, text: string): ApiError {
  return libraryError([record(where, major, minor, text)]);
}

/** What h5py's own code objects to, without an error stack. */
export function plainError(name: ExceptionName, message: string, details: ApiErrorDetails = {}): ApiError {
  return new ApiError(name, message, [], details);
}

/** A failing call that leaves no records. */
export function unspecifiedError(where: string): ApiError {
  return plainError("RuntimeError", `Unspecified error in ${where} (return value <0)`);
}

/**
 * The engine's error under the record of the API function. Anything else is handed back unchanged, to be rethrown: page
 * faults, and errors that have h5py's words already.
 */
export function wrapError(outer: ErrorRecord, error: unknown): unknown {
  if (!isHdf5Error(error) || error instanceof ApiError) return error;
  const below = record(error.structure ?? error.name, outer.major, outer.minor, error.message);
  return libraryError([outer, below], { cause: error, code: error.code, errno: error.errno });
}

/** Runs `operation`; errors of the engine come out under `outer`. Page faults and foreign errors pass through. */
export function guarded<T>(outer: ErrorRecord, operation: () => T): T {
  try {
    return operation();
  } catch (error) {
    throw wrapError(outer, error);
  }
}

/** Encodes or decodes; a value that does not fit is refused with numpy's class and words, one of another kind under `outer`. */
export function orRefused<T>(outer: ErrorRecord, encode: () => T): T {
  try {
    return encode();
  } catch (error) {
    if (isHdf5Error(error, "conversion")) {
      const { name } = error;
      if (name === "OverflowError" || name === "UnicodeEncodeError" || name === "ValueError") {
        throw plainError(name, error.message, { cause: error });
      }
    }
    throw wrapError(outer, error);
  }
}

/** Whether an error says that something was closed. */
export function isClosedError(error: unknown): error is ApiError {
  return error instanceof ApiError && error.code === "closed";
}
