/** A path that leads to an object, for those that were not opened by one. Reference implementation: H5Gname.c, `H5G_get_name_by_addr`. */
import type { Address } from "../base/address.ts";
import { GroupObject } from "../engine/group-object.ts";
import type { H5File } from "../engine/h5-file.ts";
import { guarded, record } from "./api-error.ts";
import type { OpenObject } from "./open-object.ts";

/** The first path by hard links to the object at an address; null when there is none. Groups are looked into once. */
export function findPath(file: H5File, address: Address): string | null {
  const root = file.root();
  if (root.address === address) return "/";
  const entered = new Set([root.address]);
  const pending: { group: GroupObject; path: string }[] = [{ group: root, path: "/" }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const { name, target } of next.group.links()) {
      if (target.kind !== "hard") continue;
      const path = next.path + name;
      if (target.objectHeaderAddress === address) return path;
      if (entered.has(target.objectHeaderAddress)) continue;
      entered.add(target.objectHeaderAddress);
      const object = file.object(target.objectHeaderAddress);
      if (object instanceof GroupObject) pending.push({ group: object, path: `${path}/` });
    }
  }
  return null;
}

/** The path that something was opened by; else any path to it; null where there is none, or it is closed. */
export function nameOf(handle: OpenObject): string | null {
  if (!handle.valid) return null;
  const known = handle.pathInFile();
  if (known !== null || !handle.isPlaced) return known;
  return guarded(record("H5Iget_name", "ATOM", "CANTGET", "can't retrieve object name"), () => {
    const { file, object } = handle.location();
    return findPath(file.engine, object.address);
  });
}
