/** Files in memory, and expectations about errors, for tests of the high level. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { File, type FileOptions, isHdf5Error } from "../../src/index.ts";

/** A new file in memory. */
export function newFile(options: FileOptions = {}): File {
  return new File(new Uint8Array(0), "w", options);
}

/** What is left of a file once it is closed and opened again. */
export function reopened(file: File, mode: "r" | "r+" = "r"): File {
  const bytes = file.toBytes();
  file.close();
  return new File(bytes, mode);
}

/** Runs `operation`, which must fail with this class and these words. */
export function expectFailure(operation: () => unknown, name: string, message: string): void {
  let caught: unknown;
  try {
    operation();
  } catch (error) {
    caught = error;
  }
  expect(isHdf5Error(caught), `expected ${name}: ${message}, got ${String(caught)}`).toBe(true);
  const error = caught as Error;
  expect(`${error.name}: ${error.message}`).toBe(`${name}: ${message}`);
}

/** Calls with a folder that is gone afterwards. */
export function inFolder<T>(use: (path: (name: string) => string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "h5ts-highlevel-"));
  try {
    return use((name) => join(folder, name));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
