/**
 * Where a file that another one names may be: lists of paths, best guess first. Pure text; nobody opens anything here.
 *
 * Reference implementation: H5Fint.c, `H5F_prefix_open_file` (external links, sources of virtual datasets); H5Dint.c,
 * `H5D__build_file_prefix`, and H5system.c, `H5_combine_path` (external raw data).
 */

/** Stands, at the start of a prefix, for the folder of the file that names another. */
const ORIGIN = "$" + "{ORIGIN}";

/** What a search starts from. */
export interface SearchOrigin {
  /** The name by which the file that names another was opened. */
  readonly name: string;
  /** The same with symbolic links followed, where that is known. */
  readonly realName?: string | undefined;
}

/** Folders to look in, beside the usual places. */
export interface SearchPrefixes {
  /** Value of the environment variable: folders with `:` between them (`;` on Windows). */
  readonly environment?: string | undefined;
  /** The access property's folder. */
  readonly property?: string | undefined;
}

/** A path from the root of a file system, of a drive, or a URL. */
export function isAbsoluteFileName(path: string): boolean {
  return /^(?:[\\/]|[A-Za-z]:[\\/]|[A-Za-z][A-Za-z0-9+.-]+:\/\/)/.test(path);
}

function isWindowsPath(path: string): boolean {
  return /^[A-Za-z]:[\\/]|^\\/.test(path);
}

function lastSeparator(path: string): number {
  return Math.max(path.lastIndexOf("/"), isWindowsPath(path) ? path.lastIndexOf("\\") : -1);
}

/** The folder part of a path with its separator; "" for a bare name. */
export function folderOfFileName(path: string): string {
  return path.slice(0, lastSeparator(path) + 1);
}

/** What follows the folder part. */
export function lastPartOfFileName(path: string): string {
  return path.slice(lastSeparator(path) + 1);
}

function joined(folder: string, name: string): string {
  return folder === "" || folder.endsWith("/") || folder.endsWith("\\") ? folder + name : `${folder}/${name}`;
}

/** A prefix with the folder of the naming file in place of `${ORIGIN}`. */
function expanded(prefix: string, origin: SearchOrigin): string {
  if (!prefix.startsWith(ORIGIN)) return prefix;
  return folderOfFileName(origin.name) + prefix.slice(ORIGIN.length).replace(/^[\\/]+/, "");
}

/** Splits at the separator of the system that the paths are of: a drive's colon is no separator. */
function environmentFolders(value: string | undefined, origin: SearchOrigin): string[] {
  const separator = isWindowsPath(origin.name) ? ";" : ":";
  return (value ?? "").split(separator).filter((folder) => folder !== "");
}

/**
 * Candidates for the file of an external link or of a virtual dataset's source: an absolute name as it is; then its last
 * part, or the relative name, in the environment's folders, the property's, the folder of the naming file, the current
 * folder, and the folder of the naming file behind symbolic links.
 */
export function linkedFileCandidates(target: string, origin: SearchOrigin, prefixes: SearchPrefixes): string[] {
  const candidates: string[] = [];
  let name = target;
  if (isAbsoluteFileName(target)) {
    candidates.push(target);
    name = lastPartOfFileName(target);
  }
  for (const folder of environmentFolders(prefixes.environment, origin)) {
    candidates.push(joined(expanded(folder, origin), name));
  }
  if (prefixes.property) candidates.push(joined(expanded(prefixes.property, origin), name));
  candidates.push(folderOfFileName(origin.name) + name, name);
  if (origin.realName !== undefined) candidates.push(folderOfFileName(origin.realName) + name);
  return [...new Set(candidates)];
}

/**
 * The one path of an external raw data file: an absolute name as it is, otherwise in the environment's folder, else the
 * property's, else the current folder. The environment variable is one folder here, and not a list.
 */
export function rawDataFilePath(target: string, origin: SearchOrigin, prefixes: SearchPrefixes): string {
  if (isAbsoluteFileName(target)) return target;
  const prefix = prefixes.environment || prefixes.property || "";
  return prefix === "" || prefix === "." ? target : joined(expanded(prefix, origin), target);
}

/** The parts of a path with `.` and `..` worked out; undefined when `..` leads above where the path starts. */
function normalParts(path: string): string[] | undefined {
  const parts: string[] = [];
  for (const part of path.split(/[\\/]+/)) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts;
}

/** Whether a path leads to something in a folder, `..` worked out. Both as they are named: links are another matter. */
export function isInFolder(path: string, folder: string): boolean {
  if (isAbsoluteFileName(path) !== isAbsoluteFileName(folder)) return false;
  const parts = normalParts(path);
  const around = normalParts(folder);
  if (parts === undefined || around === undefined || parts.length <= around.length) return false;
  return around.every((part, i) => part === parts[i]);
}
