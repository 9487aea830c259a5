/** Values of arguments that are of no kind that makes sense: refused in Python's words, before anything is done. */
import { plainError } from "../lowlevel/api-error.ts";
import { wrongType } from "../lowlevel/arguments.ts";

/** What a value is, for messages. */
export function kindOf(value: unknown): string {
  return value === null ? "null" : typeof value;
}

/**
 * Options that are true or false; null is as good as none.
 *
 * @throws TypeError "x must be either True or False".
 */
export function requireFlags<O extends object>(options: O, ...names: readonly (keyof O & string)[]): void {
  for (const name of names) {
    const value: unknown = options[name] ?? undefined;
    if (value !== undefined && typeof value !== "boolean") {
      throw plainError("TypeError", `${name} must be either True or False`);
    }
  }
}

/** @throws TypeError "'number' object is not callable". */
export function requireFunction(func: unknown): void {
  if (typeof func !== "function") throw plainError("TypeError", `'${kindOf(func)}' object is not callable`);
}

/** @throws TypeError "'number' object is not iterable" for what is no array. */
export function requireArray(values: unknown): void {
  if (!Array.isArray(values)) throw plainError("TypeError", `'${kindOf(values)}' object is not iterable`);
}

/** @throws TypeError "must be real number, not string". */
export function requireNumber(value: unknown): void {
  if (typeof value !== "number") throw plainError("TypeError", `must be real number, not ${kindOf(value)}`);
}

/** @throws TypeError "expected str, bytes or os.PathLike object, not number" for what is no string. */
export function requireText(value: unknown): void {
  if (typeof value === "string") return;
  throw plainError("TypeError", `expected str, bytes or os.PathLike object, not ${kindOf(value)}`);
}

/** What has names and values. @throws TypeError "Expected dict, got number". */
export function requireRecord(values: unknown): void {
  if (typeof values === "object" && values !== null) return;
  throw plainError("TypeError", `Expected dict, got ${kindOf(values)}`);
}

/**
 * The pairs of an object, a Map or a list of pairs.
 *
 * @throws TypeError "'number' object is not iterable", "cannot unpack non-iterable number object".
 */
export function* entriesOf(
  values: Readonly<Record<string, unknown>> | Iterable<readonly [string, unknown]>,
): Generator<readonly [string, unknown]> {
  if (typeof values !== "object" || values === null) {
    throw plainError("TypeError", `'${kindOf(values)}' object is not iterable`);
  }
  const entries: Iterable<unknown> = Symbol.iterator in values ? (values as Iterable<unknown>) : Object.entries(values);
  for (const entry of entries) {
    if (!Array.isArray(entry)) throw plainError("TypeError", `cannot unpack non-iterable ${kindOf(entry)} object`);
    yield entry as unknown as readonly [string, unknown];
  }
}

/** Bytes of a piece of a stream. @throws ValueError for what is no size. */
export function requirePieceSize(pieceSize: unknown): void {
  if (Number.isSafeInteger(pieceSize) && (pieceSize as number) > 0) return;
  throw plainError("ValueError", `a piece has a positive number of bytes, not ${String(pieceSize)}`);
}

/** What can call an operation off, where it is given. @throws TypeError for anything else. */
export function requireSignal(signal: unknown): void {
  if (signal === undefined) return;
  const isSignal = typeof signal === "object" && signal !== null && "aborted" in signal;
  if (!isSignal) throw wrongType(signal, "AbortSignal", "signal");
}
