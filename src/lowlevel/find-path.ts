/** A path that leads to an object, for those that were not opened by one. Reference implementation: H5Gname.c, `H5G_get_name_by_addr`. */
import type { Address } from "../base/address.ts";
import type { H5File } from "../engine/h5-file.ts";
import { guarded, record } from "./api-error.ts";
import { walkLinks } from "./link-operations.ts";
import type { OpenObject } from "./open-object.ts";

const CANNOT_NAME = record("H5Iget_name", "ATOM", "CANTGET", "can't retrieve object name");

/** The first path by hard links to the object at an address, as the C library comes by; null when there is none. */
export function findPath(file: H5File, address: Address): string | null {
  const root = file.root();
  if (root.address === address) return "/";
  for (const { path, link } of walkLinks(root, (group) => group.storedLinks(), CANNOT_NAME)) {
    if (link.target.kind === "hard" && link.target.objectHeaderAddress === address) return `/${path}`;
  }
  return null;
}

/** The path that something was opened by; else any path to it; null where there is none, or it is closed. */
export function nameOf(handle: OpenObject): string | null {
  if (!handle.valid) return null;
  const known = handle.pathInFile();
  if (known !== null || !handle.isPlaced) return known;
  return guarded(CANNOT_NAME, () => {
    const { file, object } = handle.location();
    return findPath(file.engine, object.address);
  });
}
