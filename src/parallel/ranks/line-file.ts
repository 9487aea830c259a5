/**
 * Small files of text in which one process tells others how far it is: a line of JSON for each thing to tell, added at the
 * end. A line counts once its end is there, so that what a process died of writing is not seen.
 */
import { isHdf5Error } from "../../base/errors.ts";
import { openPath, removePath, renamePath } from "../../io/path-source.ts";
import { newIdentity } from "./identity.ts";

/** POSIX: no such file. */
const ENOENT = 2;

function isMissing(error: unknown): boolean {
  return isHdf5Error(error, "source") && error.errno === ENOENT;
}

/** The lines of a file, decoded; undefined when there is no such file. What is no JSON ends them. */
export function readLines(path: string): unknown[] | undefined {
  const text = readText(path);
  if (text === undefined) return undefined;
  const lines: unknown[] = [];
  // What follows the last line's end is still being written.
  for (const line of text.split("\n").slice(0, -1)) {
    try {
      lines.push(JSON.parse(line));
    } catch (error) {
      if (error instanceof SyntaxError) break;
      throw error;
    }
  }
  return lines;
}

function readText(path: string): string | undefined {
  try {
    const file = openPath(path, "r");
    try {
      const bytes = new Uint8Array(file.byteLength());
      file.readInto(0, bytes);
      return new TextDecoder().decode(bytes);
    } finally {
      file.close();
    }
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/**
 * A file with these lines in place of any of that name; it has reached the device.
 *
 * Others may read it, or put the same in its place, at that moment: they find the old one or the new one, and none that is
 * cut or begun. So it is written under a name that nobody else has.
 */
export function writeLines(path: string, lines: readonly unknown[]): void {
  const written = `${path}.${newIdentity()}`;
  try {
    const file = openPath(written, "x");
    try {
      file.write(0, encodeLines(lines));
      file.sync();
    } finally {
      file.close();
    }
    renamePath(written, path);
  } catch (error) {
    removeFile(written);
    throw error;
  }
}

/** Adds a line to a file that nobody else writes to. */
export function addLine(path: string, line: unknown, isLast: boolean): void {
  const file = openPath(path, "r+");
  try {
    file.write(file.byteLength(), encodeLines([line]));
    if (isLast) file.sync();
  } finally {
    file.close();
  }
}

function encodeLines(lines: readonly unknown[]): Uint8Array {
  return new TextEncoder().encode(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
}

/** Deletes a file if it is there. */
export function removeFile(path: string): void {
  try {
    removePath(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}
