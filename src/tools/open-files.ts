/**
 * The files of one run of a tool: the one named on the command line, and those that external links lead to.
 *
 * Reference implementation of the search for an external link's file: `H5F_prefix_open_file` in H5F.c.
 */
import { HDF5Error, isHdf5Error, NotFoundError } from "../base/errors.ts";
import { DEFAULT_LIMITS } from "../base/limits.ts";
import type { EngineObject } from "../engine/engine-object.ts";
import type { GroupObject } from "../engine/group-object.ts";
import { H5File } from "../engine/h5-file.ts";
import { resolveObject } from "../engine/resolve.ts";
import { openPath } from "../io/path-source.ts";
import type { Platform } from "./platform.ts";

export class OpenFiles {
  private readonly platform: Platform;
  private readonly byPath = new Map<string, H5File>();
  /** External links being followed one within the other. */
  private depth = 0;

  constructor(platform: Platform) {
    this.platform = platform;
  }

  /** @throws HDF5Error when there is no such file, or it is no HDF5 file. */
  open(path: string): H5File {
    const known = this.byPath.get(path);
    if (known !== undefined) return known;
    const file = H5File.open(openPath(path, "r"), {
      externalResolver: (from, target, objectPath) => this.resolveExternal(path, from, target, objectPath),
    });
    this.byPath.set(path, file);
    return file;
  }

  private resolveExternal(fromPath: string, _from: GroupObject, target: string, objectPath: string): EngineObject {
    const file = this.search(candidatePaths(target, fromPath, this.platform.environment("HDF5_EXT_PREFIX")));
    if (file === undefined) {
      throw new NotFoundError(`unable to open external file, external link file name = '${target}'`, { path: target });
    }
    if (this.depth >= DEFAULT_LIMITS.maxLinkHops) throw new HDF5Error("limit", "too many links", { path: target });
    this.depth++;
    try {
      return resolveObject(file.root(), objectPath);
    } finally {
      this.depth--;
    }
  }

  private search(candidates: readonly string[]): H5File | undefined {
    for (const path of candidates) {
      try {
        return this.open(path);
      } catch (error) {
        if (!isHdf5Error(error)) throw error;
      }
    }
    return undefined;
  }

  closeAll(): void {
    for (const file of this.byPath.values()) file.close();
    this.byPath.clear();
  }
}

function directoryOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "" : path.slice(0, slash + 1);
}

/** Stands for the folder of the file that names another. */
const ORIGIN = "$" + "{ORIGIN}";

/** Where a file that another names may be, best guess first. */
export function candidatePaths(target: string, fromPath: string, prefixes: string | undefined): string[] {
  const candidates: string[] = [];
  let name = target;
  if (target.startsWith("/")) {
    candidates.push(target);
    name = target.slice(target.lastIndexOf("/") + 1);
  }
  const origin = directoryOf(fromPath);
  for (const prefix of prefixes?.split(":") ?? []) {
    if (prefix === "") continue;
    const directory = prefix.startsWith(ORIGIN) ? origin + prefix.slice(ORIGIN.length).replace(/^\//, "") : prefix;
    candidates.push(directory === "" || directory.endsWith("/") ? directory + name : `${directory}/${name}`);
  }
  candidates.push(origin + name);
  if (origin !== "") candidates.push(name);
  return candidates;
}
