/** Following external links: which file is meant, and opening it. Reference implementation: H5Fint.c, `H5F_prefix_open_file`. */
import { NotFoundError } from "../base/errors.ts";
import type { EngineObject } from "../engine/engine-object.ts";
import type { GroupObject } from "../engine/group-object.ts";
import { resolveObject } from "../engine/resolve.ts";
import { isClosedError } from "./object-id.ts";
import type { SharedFile } from "./open-file.ts";

/** Opens a file by path, sharing it if it is open already. */
export type OpenShared = (path: string, writable: boolean) => SharedFile;

function isAbsolute(path: string): boolean {
  return path.startsWith("/") || /^[A-Za-z]:[\\/]/.test(path);
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}

/** Where a file named in a link may be: beside the file with the link, then where the process runs. */
function candidates(parent: string, file: string): string[] {
  const last = file.slice(file.lastIndexOf("/") + 1);
  const beside = folderOf(parent);
  const paths = isAbsolute(file) ? [file, beside + last] : [beside + file, file];
  return [...new Set(paths)];
}

/** The object that an external link leads to. @throws NotFoundError in the C library's words when the file cannot be opened. */
export function followExternal(
  shared: SharedFile,
  open: OpenShared,
  _from: GroupObject,
  file: string,
  path: string,
): EngineObject {
  let cause: unknown;
  for (const candidate of candidates(shared.name, file)) {
    let target: SharedFile;
    try {
      target = open(candidate, shared.engine.writable);
    } catch (error) {
      if (!(error instanceof Error) || isClosedError(error)) throw error;
      cause ??= error;
      continue;
    }
    return resolveObject(target.engine.root(), path);
  }
  throw new NotFoundError(`unable to open file, file name = '${file}', temp_file_name = '${file}'`, {
    path: file,
    cause,
  });
}
