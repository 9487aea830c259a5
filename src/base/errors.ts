/**
 * The errors of this library.
 *
 * Every error is an `HDF5Error`; `code` says what kind, and is what callers test (`isHdf5Error(e, "format")`), because it
 * survives a worker boundary and two copies of the package. Errors that the API floor raises carry h5py's class in
 * `name` and h5py's words in `message`, with the engine's error as `cause`.
 */
import type { Address } from "./address.ts";

/** What kind of error it is; what programs test. h5py's class, which is another matter, is in `name`. */
export type ErrorCode =
  /** The bytes contradict the specification. */
  | "format"
  /** Valid HDF5 that this version does not handle; the message names the feature. */
  | "unsupported"
  /** A limit of {@link Limits} was passed. */
  | "limit"
  /** A path, link, attribute or object does not exist. */
  | "not-found"
  /** A name is taken. */
  | "exists"
  /** A filter failed, or is not available. */
  | "filter"
  /** The source or target of bytes failed: missing file, permission, short read, full disk. */
  | "source"
  /** The file, object or identifier is closed. */
  | "closed"
  /** The file is open for reading only. */
  | "read-only"
  /** No conversion between two datatypes, or a value that does not fit. */
  | "conversion"
  /** A wrong argument. */
  | "argument"
  /** The operation is not possible on this object or in this state. */
  | "state";

/** What is known of an error beside its words. */
export interface ErrorDetails {
  /** The error below, if there was one. */
  readonly cause?: unknown;
  /** The structure at fault, in the specification's words. */
  readonly structure?: string | undefined;
  /** Where the structure starts, relative to the file's base address. */
  readonly address?: Address | undefined;
  /** The field of the structure, in the specification's words. */
  readonly field?: string | undefined;
  /** Path of the object or of the file. */
  readonly path?: string;
  /** POSIX error number, where the operating system gave one. */
  readonly errno?: number;
}

/** Every error of this library. Those of the facade and the low level are `ApiError`s. */
export class HDF5Error extends Error {
  /** The class: here this one's or, from the facade and the low level, h5py's, such as `"KeyError"`. */
  override name = "HDF5Error";
  /** What kind of error it is: what programs test. */
  readonly code: ErrorCode;
  // Declared only, so that an error that is printed shows those that it has.
  /** The structure at fault, in the specification's words; undefined when the bytes of the file are not at fault. */
  declare readonly structure: string | undefined;
  /** Where the structure starts, in bytes from the file's base address; undefined where that is not known. */
  declare readonly address: Address | undefined;
  /** The field at fault, in the specification's words; undefined where that is not known. */
  declare readonly field: string | undefined;
  /** Path of the object or of the file; undefined where that is not known. */
  declare readonly path: string | undefined;
  /** POSIX error number, where the operating system gave one. */
  declare readonly errno: number | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    // What isHdf5Error goes by is there in any case, and seen when it says something.
    const { structure } = details;
    Object.defineProperty(this, "structure", { value: structure, enumerable: structure !== undefined });
    if (details.address !== undefined) this.address = details.address;
    if (details.field !== undefined) this.field = details.field;
    if (details.path !== undefined) this.path = details.path;
    if (details.errno !== undefined) this.errno = details.errno;
  }
}

/** The bytes contradict the specification. */
export class FormatError extends HDF5Error {
  override name = "FormatError";
  constructor(message: string, details?: ErrorDetails) {
    super("format", message, details);
  }
}

/** Valid HDF5 that is not handled; names the feature. */
export class UnsupportedError extends HDF5Error {
  override name = "UnsupportedError";
  constructor(message: string, details?: ErrorDetails) {
    super("unsupported", message, details);
  }
}

/** A count, size or depth passes one of the named limits. */
export class LimitError extends HDF5Error {
  override name = "LimitError";
  constructor(message: string, details?: ErrorDetails) {
    super("limit", message, details);
  }
}

/** Nothing of that name. */
export class NotFoundError extends HDF5Error {
  override name = "NotFoundError";
  constructor(message: string, details?: ErrorDetails) {
    super("not-found", message, details);
  }
}

/** A filter failed or is not available. */
export class FilterError extends HDF5Error {
  override name = "FilterError";
  /** Filter identification value of the pipeline message. */
  readonly filterId: number;
  constructor(filterId: number, message: string, details?: ErrorDetails) {
    super("filter", message, details);
    this.filterId = filterId;
  }
}

/** A source or target of bytes failed. */
export class SourceError extends HDF5Error {
  override name = "SourceError";
  constructor(message: string, details?: ErrorDetails) {
    super("source", message, details);
  }
}

/** Use of something closed. */
export class ClosedError extends HDF5Error {
  override name = "ClosedError";
  constructor(message: string, details?: ErrorDetails) {
    super("closed", message, details);
  }
}

/** Whether `error` is one of this library's, and of the kind `code` if one is given. */
export function isHdf5Error(error: unknown, code?: ErrorCode): error is HDF5Error {
  if (!(error instanceof Error) || !("code" in error) || !("structure" in error)) return false;
  return code === undefined || error.code === code;
}

/** Whether what an error tells lies in the file, and is there the next time too: not the failure of a device. */
export function isDamage(error: unknown): error is HDF5Error {
  return isHdf5Error(error) && error.code !== "source";
}

/** Where bytes are at fault; a cursor is such a place. */
export interface Place {
  /** In the specification's words. */
  readonly structure: string;
  /** Where the structure starts, in bytes from the file's base address. */
  readonly address?: Address | undefined;
  /** In the specification's words. */
  readonly field?: string | undefined;
}

/** `structure at address N, field "F": problem`, the shape of every message about bytes. */
function describe(problem: string, { structure, address, field }: Place): string {
  const where = address === undefined ? structure : `${structure} at address ${address}`;
  return field === undefined ? `${where}: ${problem}` : `${where}, field "${field}": ${problem}`;
}

/** A {@link FormatError} that says where. Like the others, it is returned for the caller to throw. */
export function formatError(problem: string, place: Place): FormatError {
  return new FormatError(describe(problem, place), place);
}

/** An {@link UnsupportedError} that says where. */
export function unsupportedError(problem: string, place: Place): UnsupportedError {
  return new UnsupportedError(describe(problem, place), place);
}

/** A {@link LimitError} that says where. */
export function limitError(problem: string, place: Place): LimitError {
  return new LimitError(describe(problem, place), place);
}
