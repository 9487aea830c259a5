/** Names of files that are opened. */
import { argumentError, plainError, record } from "./api-error.ts";
import type { FileName } from "./open-source.ts";

export const CANNOT_OPEN = record("H5Fopen", "FILE", "CANTOPENFILE", "unable to open file");

/** @throws TypeError, ValueError for what is no name of a file. */
export function checkName(where: string, name: FileName): void {
  if (typeof name !== "string" && (typeof name !== "object" || name === null || !("readInto" in name))) {
    throw plainError("TypeError", `expected str or a source of bytes, not ${typeof name}`);
  }
  if (name === "") throw argumentError(where, "ARGS", "BADVALUE", "invalid file name");
}
