/** Where the other files of a file are, for runtimes without a file system: makers of `AsyncFileResolver`. */
import { isHdf5Error } from "../base/errors.ts";
import { type HttpOptions, HttpSource } from "../io/http-source.ts";
import { wrongType } from "../lowlevel/arguments.ts";
import { requireRecord } from "./argument-checks.ts";
import type { AsyncFileResolver } from "./async-resolver.ts";
import { type AsyncFileLike, type BlobLike, HTTP_OPTIONS } from "./async-source.ts";
import { requireKnown } from "./known-options.ts";

/** A name in steps from a folder; undefined where it leads out of it. */
function stepsOf(name: string): string[] | undefined {
  const steps: string[] = [];
  for (const step of name.replaceAll("\\", "/").split("/")) {
    if (step === "" || step === ".") continue;
    if (step !== "..") steps.push(step);
    else if (steps.pop() === undefined) return undefined;
  }
  return steps.length === 0 ? undefined : steps;
}

/** The address that a name stands for, seen from a folder's; names of files may have any characters. */
function addressOf(name: string, folder: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(name)) return URL.canParse(name) ? new URL(name).href : undefined;
  return new URL(name.split("/").map(encodeURIComponent).join("/"), folder).href;
}

/**
 * Files next to each other on a server: names are relative to `base`, and only what is under it is asked for.
 *
 * @param base - An address that ends in "/", or of a file, beside which the others are.
 * @param options - Of each request.
 */
export function urlResolver(base: string | URL, options: HttpOptions = {}): AsyncFileResolver {
  requireKnown(options, HTTP_OPTIONS, "urlResolver");
  const folder = new URL(".", base).href;
  return async (name) => {
    const url = addressOf(name, folder);
    if (url === undefined || !url.startsWith(folder)) return undefined;
    const source = new HttpSource(url, options);
    try {
      await source.byteLength();
      return source;
    } catch (error) {
      if (isHdf5Error(error, "not-found")) return undefined;
      throw error;
    }
  };
}

/** A `File` of the web, with its path where it was chosen with its folder. */
export interface NamedBlob extends BlobLike {
  /** The file's name, without a folder. */
  readonly name: string;
  /** Its path from the folder that was chosen; empty where files were chosen one by one. */
  readonly webkitRelativePath?: string;
}

/**
 * Files that somebody has chosen or dropped, or a table of names and sources. A name is looked for as the path of a
 * chosen file, then as its end (what is chosen one by one has no folder), the longest end first.
 *
 * @throws TypeError for what is neither.
 */
export function filesResolver(files: Iterable<NamedBlob> | Readonly<Record<string, AsyncFileLike>>): AsyncFileResolver {
  requireRecord(files);
  const known = new Map<string, AsyncFileLike>();
  if (Symbol.iterator in files) {
    for (const file of files as Iterable<NamedBlob>) {
      if (typeof file?.name !== "string") throw wrongType(file, "File", "files");
      known.set(file.name, file);
      if (file.webkitRelativePath) known.set(file.webkitRelativePath, file);
    }
  } else {
    for (const [name, file] of Object.entries(files)) known.set(name, file);
  }
  return (name) => {
    const exact = known.get(name);
    const steps = stepsOf(name);
    if (exact !== undefined || steps === undefined) return exact;
    for (let start = 0; start < steps.length; start++) {
      const found = known.get(steps.slice(start).join("/"));
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

/** What is used of a `FileSystemDirectoryHandle` of the web. */
export interface DirectoryHandleLike {
  /** The folder of that name in this one; rejects with a `NotFoundError` when there is none. */
  getDirectoryHandle(name: string): Promise<DirectoryHandleLike>;
  /** The file of that name in this folder; rejects with a `NotFoundError` when there is none. */
  getFileHandle(name: string): Promise<{ getFile(): Promise<BlobLike> }>;
}

/** A folder that somebody has chosen, or one of the origin's private file system; names do not lead out of it. */
export function directoryResolver(directory: DirectoryHandleLike): AsyncFileResolver {
  return async (name) => {
    const steps = stepsOf(name);
    const last = steps?.pop();
    if (steps === undefined || last === undefined) return undefined;
    try {
      let folder = directory;
      for (const step of steps) folder = await folder.getDirectoryHandle(step);
      return await (await folder.getFileHandle(last)).getFile();
    } catch (error) {
      if (error instanceof Error && (error.name === "NotFoundError" || error.name === "TypeMismatchError"))
        return undefined;
      throw error;
    }
  };
}
