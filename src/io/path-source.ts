/** Files by path, in whichever runtime has them. */
import { SourceError } from "../base/errors.ts";
import { bunFileSystem } from "./file-bun.ts";
import { denoFileSystem } from "./file-deno.ts";
import { nodeFileSystem } from "./file-node.ts";
import { type FileSource, type FileTarget, type OpenPathOptions, openFile } from "./file-source.ts";
import type { FileSystem, PathMode } from "./file-system.ts";
import { systemError } from "./system-errors.ts";

/** The files of this runtime; `undefined` where there are none, as in browsers and edge functions. */
export function platformFileSystem(): FileSystem | undefined {
  return denoFileSystem() ?? nodeFileSystem() ?? bunFileSystem();
}

/** A path with symbolic links followed; undefined for what does not exist, and where there are no files. */
export function realPathOf(path: string): string | undefined {
  try {
    return platformFileSystem()?.realPath(path);
  } catch {
    return undefined;
  }
}

/** Deletes a file. @throws SourceError when it cannot be deleted, or the runtime has no files. */
export function removePath(path: string): void {
  change(path, "delete", (files) => files.remove(path));
}

/**
 * Gives a file another name, in place of any of that name: whoever opens `to` finds the one or the other, whole.
 *
 * @throws SourceError when it cannot be renamed, or the runtime has no files.
 */
export function renamePath(from: string, to: string): void {
  change(from, "rename", (files) => files.rename(from, to));
}

function change(path: string, what: string, run: (files: FileSystem) => void): void {
  const files = platformFileSystem();
  if (files === undefined)
    throw new SourceError(`unable to ${what} file: '${path}': this runtime has no files`, { path });
  try {
    run(files);
  } catch (cause) {
    const { errno, message } = systemError(cause);
    const details = errno === undefined ? { path, cause } : { path, errno, cause };
    throw new SourceError(`unable to ${what} file: '${path}': ${message}`, details);
  }
}

/**
 * Opens a file by its path.
 *
 * A file opened in mode `"w"` loses its contents only once it is known to be openable and `beforeTruncate` agrees.
 *
 * @throws SourceError with `errno` and the C library's words when the file cannot be opened, or is a directory;
 *   without `errno` in a runtime without files.
 * @throws HDF5Error `"argument"` when `path` cannot be a file's name.
 */
export function openPath(path: string, mode: "r", options?: OpenPathOptions): FileSource;
export function openPath(path: string, mode: Exclude<PathMode, "r">, options?: OpenPathOptions): FileTarget;
export function openPath(path: string, mode: PathMode, options?: OpenPathOptions): FileSource;
export function openPath(path: string, mode: PathMode, options?: OpenPathOptions): FileSource {
  const files = platformFileSystem();
  if (files === undefined) {
    const problem = "this runtime has no files (Node has them since 20.16): open bytes, a Blob or a URL instead";
    throw new SourceError(`unable to open file: name = '${path}': ${problem}`, { path });
  }
  return openFile(files, path, mode, options);
}
