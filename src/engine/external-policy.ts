/** How far a file may lead into others: anywhere, nowhere, or to what is in a folder. */
import { folderOfFileName, isInFolder, lastPartOfFileName } from "./external-search.ts";
import type { ExternalAccess, FileOpener } from "./file-opener.ts";

/**
 * Whether a path may be opened. Symbolic links are followed where the opener can tell; a path that it cannot find, nor
 * the folder of, is not in any folder.
 */
export function mayReach(path: string, access: ExternalAccess, opener: FileOpener): boolean {
  if (access === "anywhere") return true;
  if (access === "nowhere") return false;
  const { within } = access;
  const { realPath } = opener;
  if (realPath === undefined) return isInFolder(path, within);
  const real = realPath.call(opener, path) ?? realPathOfNew(path, opener);
  const folder = realPath.call(opener, within);
  return real !== undefined && folder !== undefined && isInFolder(real, folder);
}

/** Where a file that is not there yet would be. */
function realPathOfNew(path: string, opener: FileOpener): string | undefined {
  const folder = opener.realPath?.(folderOfFileName(path) || ".");
  const name = lastPartOfFileName(path);
  if (folder === undefined || name === "" || name === "." || name === "..") return undefined;
  return folder.endsWith("/") ? folder + name : `${folder}/${name}`;
}

/** What finds only the bytes that may be opened; undefined without an opener of bytes. */
export function confinedOpener(
  opener: FileOpener | undefined,
  access: ExternalAccess = "anywhere",
): FileOpener["openBytes"] {
  if (opener?.openBytes === undefined) return undefined;
  return (name, mode) => (mayReach(name, access, opener) ? opener.openBytes?.(name, mode) : undefined);
}
