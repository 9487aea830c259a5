/** Files of a folder as h5py and we find them, part by part. */
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { HDF5Error } from "../../src/base/errors.ts";
import { H5File } from "../../src/engine/h5-file.ts";
import { MemorySource } from "../../src/io/memory-source.ts";
import { modelWithErrors } from "../support/engine-model.ts";
import type { ModelValue } from "../support/fixture-model.ts";
import { folderOpener } from "../support/folder-opener.ts";
import { h5pyModels, type ModelOrError } from "./peers.ts";

export interface Comparison {
  readonly path: string;
  /** Why h5py does not open the file. */
  readonly error?: string;
  /** Why we do not open it. */
  readonly ownError?: string;
  /** Parts that both read. */
  readonly compared: number;
  /** Parts that h5py does not read, with its error. */
  readonly unread: readonly string[];
  /** Parts that differ. */
  readonly differences: readonly string[];
}

export function compareFiles(paths: readonly string[]): Comparison[] {
  const theirs = h5pyModels(paths);
  return paths.map((path, i) => compareFile(path, theirs[i] as ModelOrError));
}

function compareFile(path: string, theirs: ModelOrError): Comparison {
  const ours = ownModel(path);
  const ownError = "error" in ours ? { ownError: ours.error } : {};
  if ("error" in theirs) return { path, error: theirs.error, ...ownError, compared: 0, unread: [], differences: [] };
  if ("error" in ours)
    return { path, ...ownError, compared: 0, unread: [], differences: [`not opened: ${ours.error}`] };
  const walk = new Compared();
  walk.compare(theirs.model, ours.model, "");
  return { path, compared: walk.compared, unread: walk.unread, differences: walk.differences };
}

/** Errors of other classes than ours are never to be seen, however damaged a file is. */
function ownModel(path: string): ModelOrError {
  const opener = folderOpener(dirname(path));
  let file: H5File | undefined;
  try {
    file = H5File.open(new MemorySource(readFileSync(path), path), { opener });
    return { model: modelWithErrors(file) };
  } catch (error) {
    if (!(error instanceof HDF5Error)) throw new Error(`${path}: ${error}`, { cause: error });
    return { error: error.message };
  } finally {
    file?.close();
    opener.closeAll();
  }
}

type Parts = { readonly [name: string]: ModelValue };

class Compared {
  compared = 0;
  readonly unread: string[] = [];
  readonly differences: string[] = [];
  private readonly unreadLinks: string[] = [];

  compare(theirs: ModelValue | undefined, ours: ModelValue | undefined, at: string): void {
    const error = errorOf(theirs);
    if (error !== undefined) {
      const link = LINK.exec(at);
      if (link !== null) this.unreadLinks.push(`${link[1] === "/" ? "" : link[1]}/${link[2]}`);
      this.unread.push(`${at}: ${error} (ours: ${ours === undefined ? "nothing" : (errorOf(ours) ?? "read")})`);
    } else if (isParts(theirs) && isParts(ours) && errorOf(ours) === undefined) {
      for (const name of new Set([...Object.keys(theirs), ...Object.keys(ours)]))
        if (at !== ".objects" || name in theirs || !this.isUnread(name))
          this.compare(theirs[name], ours[name], `${at}.${name}`);
    } else {
      this.compared++;
      if (!isDeepStrictEqual(theirs, ours))
        this.differences.push(`${at}: h5py ${excerpts(JSON.stringify(theirs), JSON.stringify(ours))}`);
    }
  }

  /** Whether an object is behind a link whose object h5py does not open. */
  private isUnread(path: string): boolean {
    return this.unreadLinks.some((link) => path === link || path.startsWith(`${link}/`));
  }
}

const LINK = /^\.objects\.(.*)\.links\.(.*)\.object$/s;

function errorOf(part: ModelValue | undefined): string | undefined {
  return isParts(part) && typeof part.error === "string" && Object.keys(part).length === 1 ? part.error : undefined;
}

function isParts(part: ModelValue | undefined): part is Parts {
  return typeof part === "object" && part !== null && !Array.isArray(part);
}

/** Both from a little before where they begin to differ. */
function excerpts(theirs = "nothing", ours = "nothing"): string {
  let first = 0;
  while (first < theirs.length && theirs[first] === ours[first]) first++;
  const cut = (text: string) => text.slice(Math.max(0, first - 40), first + 80);
  return `${cut(theirs)}, we ${cut(ours)}`;
}
